"""Deeds: what the action of each row may do, and when its guard holds, as far as the source tells."""

from dataclasses import dataclass, field
from typing import Any

from engine.events import Tap
from engine.flow import Hearing, Recogniser, Turn
from engine.soundness.noting import Reading
from engine.soundness.possible import ANY, Instance, Values, fewer, truth
from engine.soundness.reading import Reader
from engine.soundness.tables import Placed, Tables
from engine.understanding import Meaning
from engine.values import Event

SILENT = Reading()


@dataclass(frozen=True, slots=True)
class Deeds:
    """Reads every action once, with what is known of its arguments: the row's event, the flow's memory."""

    tables: Tables
    reader: Reader
    _read: dict[int, Reading] = field(default_factory=dict)

    def of(self, placed: Placed) -> Reading:
        """Return what the row's action may do, whatever the event holds."""
        if id(placed) not in self._read:
            self._read[id(placed)] = self.upon(placed, Instance(placed.row.event))
        return self._read[id(placed)]

    def upon(self, placed: Placed, event: Event | Instance) -> Reading:
        """Return what the row's action may do with this very event."""
        if placed.row.do is None:
            return SILENT
        return self.reader.read(placed.row.do, [self._turn(placed)], [event])

    def holds(self, placed: Placed, event: Event) -> bool | None:
        """Whether the row's guard holds for this very event; None where it depends on more."""
        if placed.row.when is None:
            return True
        return truth(self.reader.read(placed.row.when, [self._turn(placed)], [event]).returned)

    def tapped(self, recogniser: Recogniser, state: str, kind: str) -> list[Any]:
        """Return what a recogniser may make of a tap of this kind, each value once."""
        flow = self.tables.owner.get(state)
        hearing: dict[str, Values] = {
            "meaning": [Meaning(intent="unclear")],
            "tap": [Tap(kind=kind, question=1, record_id=1)],
            "memory": [Instance(flow.memory) if flow else ANY],
        }
        return fewer(self.reader.read(recogniser, [Instance(Hearing, hearing)]).returned)

    def _turn(self, placed: Placed) -> Any:
        row = placed.row
        flow = self.tables.owner.get(row.source) or self.tables.opens.get(row.event)
        return Instance(Turn, {"memory": [Instance(flow.memory) if flow else ANY]})
