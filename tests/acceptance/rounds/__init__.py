"""Rounds of kill -9: real processes, many clients at once, and a verdict by what the outside saw."""
