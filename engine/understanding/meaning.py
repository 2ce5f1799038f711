"""The vocabulary of understanding: contexts, intents, what surrounds the words, and what they mean."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.booking import Record
from engine.events import Named

Context = Literal["idle", "confirm", "choose", "reason", "reschedule", "done"]

Intent = Literal[
    "cancel", "keep", "undo", "yes", "no", "reschedule", "choose", "reason", "ask_cancel", "dispute",
    "third_party", "list", "human", "thanks", "hello", "late", "other", "unclear",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the words are read against."""

    # When they were said, aware, in the salon's zone: «завтра» is the day after this one.
    said_at: datetime
    # The records that the state offers (context "choose"), or the one asked about (context "confirm").
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words mean in one context."""

    intent: Intent
    # What of a record was named: days, clock time, words that may be services, names of masters.
    named: Named = field(default_factory=Named)
    # Which of a list: 1 is the first, -1 the last.
    ordinal: int | None = None
    # More than one of a list was picked («обе», «1 и 3»).
    several: bool = False
    # Every word is explained by the wish and what it names: nothing is left that could change it.
    plain: bool = False
    # The words, rules or lemmas that led here, for people who debug.
    evidence: tuple[str, ...] = ()
