"""The source of the tables: what a row may say is read from it, never run."""

import linecache


def source(filename: str) -> str:
    """Return what a source file holds, "" where there is none."""
    return "".join(linecache.getlines(filename))
