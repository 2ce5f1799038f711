"""Coverage: which states, rows and guards of the machine a set of scripts has seen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
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

    A row that every state of a kind has is one row, and seen once it was seen in any of them.
    """

    states: Share
    rows: Share
    guards: Share
    # Places among `Dialogue.rows()`, in every state that has the row: for painting them.
    fired: frozenset[int]
    one_sided: frozenset[int]
    # One place of each row that never fired.
    unfired: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        parts = {"states": self.states, "rows": self.rows, "guards": self.guards}
        return {name: share.as_json() for name, share in parts.items()}


def coverage(dialogue: Dialogue, tried: Collection[Tried]) -> Coverage:
    """Tell what of the whole machine was seen, from the rows that its steps came to."""
    rows = dialogue.rows()
    ways: dict[int, set[bool]] = {place: set() for place in range(len(rows))}
    for one in tried:
        ways[one.row].add(one.held)
    stood = {rows[place].source for place, seen in ways.items() if seen}
    stood |= {rows[place].to for place, seen in ways.items() if True in seen}
    lines = _lines(dialogue)
    seen_of = {name: {way for place in places for way in ways[place]} for name, places in lines.items()}
    unfired = [name for name in lines if True not in seen_of[name]]
    guarded = [name for name, places in lines.items() if rows[places[0]].when is not None]
    one_sided = [name for name in guarded if len(seen_of[name]) < len((True, False))]
    return Coverage(
        states=_share(len(dialogue.states), (name for name in dialogue.states if name not in stood)),
        rows=_share(len(lines), unfired),
        guards=_share(len(guarded), (f"{name}: never {_unseen(seen_of[name])}" for name in one_sided)),
        fired=frozenset(place for name in lines if name not in unfired for place in lines[name]),
        one_sided=frozenset(place for name in one_sided for place in lines[name]),
        unfired=tuple(lines[name][0] for name in unfired),
    )


def _lines(dialogue: Dialogue) -> dict[str, list[int]]:
    """Return the lines of the tables as one reads them, each with its places among `Dialogue.rows()`.

    A flow's own row has one place; a row that every state of a kind has, one in each of them.
    """
    own = sum(len(flow.table) for flow in dialogue.flows)
    lines: dict[str, list[int]] = {}
    for place, row in enumerate(dialogue.rows()):
        name = named(row)
        if place >= own:
            kind = type(dialogue.states[row.source]).__name__.lower()
            name = named(replace(row, source=kind, to="stays" if row.to == row.source else row.to))
        # Two rows may read alike and still be two: what is done tells them apart.
        while name in lines and (place < own or dialogue.rows()[lines[name][-1]].source == row.source):
            name += "'"
        lines.setdefault(name, []).append(place)
    return lines


def _unseen(seen: Collection[bool]) -> str:
    return " nor ".join(str(way).lower() for way in (True, False) if way not in seen)


def _share(total: int, missing: Iterable[str]) -> Share:
    return Share(total, tuple(missing))


def named(row: Row[Any]) -> str:
    """Return the row as one reads it aloud: `cancel.confirming: Yes [has_started] → idle`."""
    guard = f" [{row.when.__name__}]" if row.when is not None else ""
    return f"{row.source}: {row.event.__name__}{guard} → {row.to}"
