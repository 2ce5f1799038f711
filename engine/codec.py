"""Events, calls and facts as stored text and back: the class's name beside its fields."""

import json
from collections.abc import Iterator
from typing import TypeVar

from engine.values import Frozen

V = TypeVar("V", bound=Frozen)


class Unreadable(ValueError):
    """What is stored names no class of today's code, or no longer validates as it."""


def dump(value: Frozen) -> str:
    # A class's name needs no escape, so the fields are written once and not by way of a dict.
    return f'{{"kind":"{type(value).__name__}","value":{value.model_dump_json()}}}'


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


def _below(base: type[V]) -> Iterator[type[V]]:
    yield base
    for child in base.__subclasses__():
        yield from _below(child)
