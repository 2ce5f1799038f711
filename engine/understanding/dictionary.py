"""The dictionary of Russian word forms, loaded once for everybody: a twentieth of a second and 25 MB."""

from functools import lru_cache
from typing import Any

import pymorphy3
import pymorphy3_dicts_ru


@lru_cache(maxsize=1)
def dictionary() -> Any:
    """Return pymorphy's analyser; it is only read."""
    # Asked for by its place: pymorphy would look through every installed package for it, 25 ms.
    return pymorphy3.MorphAnalyzer(path=pymorphy3_dicts_ru.get_path(), lang="ru")
