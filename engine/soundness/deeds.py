"""Deeds: what the action of each row may do, and when its guard holds, as far as the source tells."""

from dataclasses import dataclass, field, replace
from typing import Any, get_args

from engine.events import Tap
from engine.flow import IDLE, Hearing, Recogniser, Turn
from engine.listening import otherwise
from engine.soundness.inputs import heard
from engine.soundness.noting import Reading
from engine.soundness.possible import ANY, Instance, Values, fewer, truth
from engine.soundness.reading import Reader
from engine.soundness.tables import Placed, Tables
from engine.understanding import Intent, Meaning
from engine.values import Event

SILENT = Reading()
# What home makes of words that no flow serves.
UNSERVED = frozenset(type(otherwise(Meaning(intent=intent))) for intent in get_args(Intent))


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
        done = self.reader.read(placed.row.do, [self._turn(placed)], [event])
        if not done.heeds:
            return done
        # A meaning may become anything that words at home may.
        home = heard(self.tables, self.tables.states[IDLE]) | UNSERVED
        return replace(done, thens=[*done.thens, *sorted(home, key=lambda one: one.__name__)])

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
            # An option stands for a record, a place in what was offered, or neither.
            "tap": [Tap(kind=kind, question=1, record_id=1), Tap(kind=kind, question=1, choice=0)],
            "memory": [Instance(flow.memory) if flow else ANY],
        }
        return fewer(self.reader.read(recogniser, [Instance(Hearing, hearing)]).returned)

    def _turn(self, placed: Placed) -> Any:
        row = placed.row
        flow = self.tables.owner.get(row.source) or self.tables.opens.get(row.event)
        return Instance(Turn, {"memory": [Instance(flow.memory) if flow else ANY]})
