"""The `otmena` command, and what each of its commands does."""
