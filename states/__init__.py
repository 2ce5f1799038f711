"""Flows and fragments: everything that a client can do. They know the engine and nothing else."""
