"""One folder for each outside party; adapters import the engine only."""
