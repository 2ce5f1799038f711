"""The vocabulary of understanding: contexts, intents, what surrounds the words, and what they mean."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.booking import Reason, Record
from engine.events import Named, Staying
from engine.understanding.taking_back import TakesBack

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
    # Names of masters and titles of services, as far as they are known: typos are held against them.
    masters: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entities:
    """What was named, each as the client wrote it: a piece of the text, or None."""

    date: str | None = None
    time: str | None = None
    staff: str | None = None
    service: str | None = None
    ordinal: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How a meaning came about, for people who debug: what `otmena understand --explain` shows."""

    # The words that the rules saw, spelt, parted into clauses.
    clauses: tuple[str, ...] = ()
    # What spoke for the meaning, and what kept another one from being taken: rule and words.
    evidence: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    # The statistical opinion: intents with their probabilities, likeliest first.
    opinion: tuple[tuple[Intent, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words mean in one context."""

    intent: Intent
    # What of a record was named: days, clock time, words that may be services, names of masters.
    named: Named = field(default_factory=Named)
    # The new day, time and master that a move is wished to, where it may be one; `named` holds the rest.
    target: Named = field(default_factory=Named)
    # Where it may be a move: nothing is said but the target, and words that agree.
    agrees: bool = False
    # Which of a list: 1 is the first, -1 the last, 0 is none of it.
    ordinal: int | None = None
    # More than one is meant («обе», «все», «1 и 3»), of a list or of all that there are.
    several: bool = False
    # Exactly two are («обе»).
    both: bool = False
    # It is said beside what was spoken of before: «и стрижку», «стрижку тоже».
    also: bool = False
    # It speaks of what is left of something: «остальное», «прочие».
    rest: bool = False
    # Which places of a list, where more than one is meant and they are told by number: 1 is the first.
    ordinals: tuple[int, ...] = ()
    # Every word is explained by the wish and what it names: nothing is left that could change it.
    plain: bool = False
    # What is to stay, where the message parts it from what is to go.
    stays: Staying = field(default_factory=Staying)
    # What it says of a take-back, every word explained; empty also where that was not looked at.
    takes_back: TakesBack = ""
    # No rule heard it, and the opinion is not sure either: it may be asked about, and not acted upon.
    guessed: bool = False
    # Why the client does not come, where the words tell it beside a cancel or as its reason.
    cause: Reason | None = None
    # The words, rules or lemmas that led here, for people who debug.
    evidence: tuple[str, ...] = ()
    # For "unclear": the two likeliest readings, likelier first, to be asked about; else empty.
    readings: tuple[Intent, ...] = ()
    entities: Entities = Entities()
    # "2026-11-24", "2026-11-24T15:00" or "T15:00": the day or time that is meant (labels.md), if any.
    resolved: str | None = None
    trace: Trace = Trace()
