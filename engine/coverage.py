"""Coverage: which states, rows and guards of the machine a set of scripts has seen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from engine.dialogue import Dialogue
from engine.flow import Row, Tried


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a kind were seen, and the names of those that were not."""

    total: int
    missing: tuple[str, ...]

    @property
    def covered(self) -> int:
        return self.total - len(self.missing)

    @property
    def whole(self) -> bool:
        return not self.missing

    def as_json(self) -> dict[str, Any]:
        return {"covered": self.covered, "total": self.total, "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """`rows` are rows that fired, `guards` those seen both true and false.

    `fired` are places among `Dialogue.rows()`, for painting them.
    """

    states: Share
    rows: Share
    guards: Share
    fired: frozenset[int]

    def as_json(self) -> dict[str, Any]:
        parts = {"states": self.states, "rows": self.rows, "guards": self.guards}
        return {name: share.as_json() for name, share in parts.items()}


def coverage(dialogue: Dialogue, tried: Collection[Tried]) -> Coverage:
    """Tell what of the whole machine was seen, from the rows that its steps came to."""
    rows = dialogue.rows()
    seen = frozenset(tried)
    fired = frozenset(one.row for one in seen if one.held)
    stood = {rows[place].source for place in {one.row for one in seen}} | {rows[place].to for place in fired}
    guarded = [(place, row) for place, row in enumerate(rows) if row.when is not None]
    return Coverage(
        states=_share(len(dialogue.states), (name for name in dialogue.states if name not in stood)),
        rows=_share(len(rows), (named(row) for place, row in enumerate(rows) if place not in fired)),
        guards=_share(
            len(guarded),
            (
                f"{named(row)}: never {' nor '.join(unseen)}"
                for place, row in guarded
                if (unseen := [str(held).lower() for held in (True, False) if Tried(place, held) not in seen])
            ),
        ),
        fired=fired,
    )


def _share(total: int, missing: Iterable[str]) -> Share:
    return Share(total, tuple(missing))


def named(row: Row[Any]) -> str:
    """Return the row as one reads it aloud: `cancel.confirming: Yes [has_started] → idle`."""
    guard = f" [{row.when.__name__}]" if row.when is not None else ""
    return f"{row.source}: {row.event.__name__}{guard} → {row.to}"
