"""What is measured, and beside what: peers and ceilings in the same run. `python -m benchmarks`."""
