"""Order: which of two rows fires is decided by a guard, never by the order alone."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FunctionType
from typing import Any

from engine.soundness.problems import Problem, described, name_of
from engine.soundness.tables import Placed, Tables


def uncallable(tables: Tables) -> Iterator[Problem]:
    """Guards and actions take the turn and the event."""
    for placed in tables.rows:
        for function in (placed.row.when, placed.row.do):
            if function is not None and not _takes_two(function):
                what = f"{name_of(function)} of {described(placed.row)} cannot be called with turn and event"
                remedy = "write it with these two parameters; say and repeat are called in the table"
                yield Problem("callable", placed.flow, placed.row.source, what, remedy)


def _takes_two(function: Any) -> bool:
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    except ValueError:
        return True  # some builtins tell no signature
    return True


def unsure(tables: Tables) -> Iterator[Problem]:
    """The last row of an event has no guard: where all guards fail, the turn raises."""
    for name in tables.states:
        for event in tables.events_at(name):
            rows = tables.at(name, event)
            if all(placed.row.when is not None for placed in rows):
                what = f"every row on {event.__name__} has a guard, and where none holds the turn fails"
                remedy = f"add a last row on {event.__name__} without one"
                yield Problem("guard", rows[-1].flow, name, what, remedy)


def ambiguous(tables: Tables) -> Iterator[Problem]:
    """No row stands behind one that takes everything, and no two have the same guard."""
    for name in tables.states:
        for event in tables.events_at(name):
            yield from _clashes(tables.at(name, event), name)


def _clashes(rows: Sequence[Placed], state: str) -> Iterator[Problem]:
    for place, later in enumerate(rows):
        for earlier in rows[:place]:
            line = f"{described(earlier.row)} and {described(later.row)}"
            if earlier.row.when is None and later.row.when is None:
                what = f"{line} both fire always, so the order alone decides"
                yield Problem(
                    "ambiguous", later.flow, state, what, "give the first one a guard, or remove one"
                )
                break
            if earlier.row.when is None:
                what = (
                    f"{described(later.row)} stands behind {described(earlier.row)}, which takes everything"
                )
                yield Problem("ambiguous", later.flow, state, what, "put the row with the guard first")
                break
            if later.row.when is not None and _same(earlier.row.when, later.row.when):
                what = f"{line} have the same guard, so the second never fires"
                yield Problem(
                    "ambiguous", later.flow, state, what, "give one of them another guard, or remove it"
                )
                break


def _same(one: Callable[..., bool], other: Callable[..., bool]) -> bool:
    """Whether two guards ask the same: one function, or two of the same code over the same values."""
    return _essence(one) == _essence(other)


def _essence(guard: Any) -> object:
    match guard:
        case partial():
            return (_essence(guard.func), guard.args, tuple(sorted(guard.keywords.items())))
        case FunctionType():
            code = guard.__code__
            cells = tuple(id(cell.cell_contents) for cell in guard.__closure__ or ())
            return (code.co_code, _plain(code.co_consts), code.co_names, cells, guard.__defaults__)
    return id(guard)


def _plain(constants: tuple[object, ...]) -> tuple[object, ...]:
    # The first may be a docstring; a constant of a function's code may be code.
    return tuple(constant for constant in constants if isinstance(constant, str | int | float | tuple))
