"""What everything that plays an exploration shares: the machine, its store, and what is counted."""

from collections import Counter
from dataclasses import dataclass, field

from engine.dialogue import Dialogue
from engine.ports import Bubble
from engine.proof.invariants import Checks
from engine.proof.standing import Rewindable
from engine.proof.world import Opening, Sentence
from engine.texts import Texts


@dataclass(slots=True)
class Seen:
    """What an exploration has met, to be counted."""

    rows: set[int] = field(default_factory=set)
    # State × what happened there.
    pairs: set[tuple[str, str]] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    redelivered: int = 0
    turns: int = 0


@dataclass(slots=True)
class Stage:
    """One opening over one store, which changes in place; the world goes in and comes out."""

    dialogue: Dialogue
    texts: Texts
    store: Rewindable
    opening: Opening
    checks: Checks = field(default_factory=Checks)
    seen: Seen = field(default_factory=Seen)
    # What reached the phones, in order, for who wants to read it: the number, and the message.
    heard: list[tuple[str, Bubble]] = field(default_factory=list)

    @property
    def sentences(self) -> dict[str, Sentence]:
        return {one.text: one for one in (*self.opening.sentences, *self.opening.midway)}

    @property
    def owned(self) -> dict[int, str]:
        """Whose each record was when it was booked, by its id."""
        return {record.record_id: record.phone for record in self.opening.records}
