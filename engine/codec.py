"""Events, calls and facts as stored text and back: the class's name beside its fields."""

import json
from typing import TypeVar

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
        found = next(cls for cls in _below(base) if cls.__name__ == stored["kind"])
        return found.model_validate(stored["value"])
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise Unreadable(f"no {base.__name__} of today: {text[:80]}") from error


def _below(base: type[V]) -> list[type[V]]:
    return [base, *(cls for child in base.__subclasses__() for cls in _below(child))]
