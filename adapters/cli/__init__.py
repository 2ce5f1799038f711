"""The `otmena` command."""
