"""Long runs: many clients, every fault and crashes anywhere, watched by a witness who trusts nobody."""
