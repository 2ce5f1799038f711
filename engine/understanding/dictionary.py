"""The dictionary of Russian word forms, loaded once for everybody: a twentieth of a second and 25 MB."""

from functools import lru_cache
from typing import Any

import pymorphy3


@lru_cache(maxsize=1)
def dictionary() -> Any:
    """Return pymorphy's analyser; it is only read."""
    return pymorphy3.MorphAnalyzer()
