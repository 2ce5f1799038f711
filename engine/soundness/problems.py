"""A problem: what is wrong with a table or a text, where, and what mends it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.flow import Row


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. Its line reads: flow · where · what is wrong: what mends it."""

    # The rule that it breaks; `docs/checking.md` explains each.
    rule: str
    flow: str
    # A state, a row, a text's key, or the name of a function.
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.flow} · {self.where} · {self.what}: {self.remedy}"


def described(row: Row[Any]) -> str:
    """Return a row as one line: `CallFailed: cancel.cancelling → idle [outcome_is_unknown]`."""
    guard = f" [{name_of(row.when)}]" if row.when else ""
    return f"{row.event.__name__}: {row.source} → {row.to}{guard}"


def name_of(function: Callable[..., object]) -> str:
    """Return what a reader would look for; a lambda is told by its line."""
    if isinstance(function, functools.partial):
        return name_of(function.func)
    name = getattr(function, "__name__", type(function).__name__)
    code = getattr(function, "__code__", None)
    return f"{name} at line {code.co_firstlineno}" if name == "<lambda>" and code else str(name)
