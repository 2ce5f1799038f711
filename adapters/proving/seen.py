"""What a witness remembers: words and their meaning, consents, and what earlier looks have found out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator.salon import Entry
from engine.booking import Change


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a run mean by the plan of the run, not by the understanding."""

    # Whole messages that agree to «Отменить запись: …?», with the service that they name, if any.
    yes: Mapping[str, str]
    # Whole messages that wish to cancel; they act at once where the salon wants no question.
    wishes: frozenset[str]
    # Those among them that name no record.
    vague: frozenset[str] = frozenset()
    # Whole messages that want back what was cancelled.
    back: frozenset[str] = frozenset()
    # Whole messages that pick from a list by place, from 0.
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consent:
    """A client agreed to a change of one record, by what was to be read then."""

    at: datetime
    record_id: int
    change: Change
    # The question and the option that was taken; "": a wish that needs no question.
    read: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and by what."""

    invariant: str
    what: str


@dataclass(slots=True)
class Timers:
    """The time-outs as the witness has seen them, by their ids."""

    # When each was due, when last seen.
    due_us: dict[int, int] = field(default_factory=dict)
    # Those that were taken back or replaced before they fired.
    superseded: set[int] = field(default_factory=set)

    def see(self, standing: dict[int, int], fired: set[int]) -> None:
        gone = self.due_us.keys() - standing.keys() - fired
        self.superseded |= gone
        self.due_us.update(standing)


@dataclass(slots=True)
class Look:
    """What one look has found out, by phone."""

    said: dict[str, list[Bubble]] = field(default_factory=dict)
    consents: dict[str, Sequence[Consent]] = field(default_factory=dict)


@dataclass(slots=True)
class Journal:
    """The journal as it was read so far: it only grows."""

    # How a message would name each version, in the order in which they came to be.
    lines: list[tuple[str, Entry]] = field(default_factory=list)
    _versions: dict[int, list[tuple[datetime, Entry]]] = field(default_factory=dict)
    # By text: how many versions it was held against, and those that it names.
    _named: dict[str, tuple[int, dict[int, Entry]]] = field(default_factory=dict)

    def add(self, at: datetime, entry: Entry, line: str) -> None:
        self.lines.append((line, entry))
        self._versions.setdefault(entry.record_id, []).append((at, entry))

    def of(self, record_id: int) -> Sequence[tuple[datetime, Entry]]:
        return self._versions.get(record_id, ())

    def named_in(self, text: str) -> list[Entry]:
        known, found = self._named.get(text, (0, {}))
        for line, entry in self.lines[known:]:
            if line in text:
                found[entry.record_id] = entry
        self._named[text] = (len(self.lines), found)
        return list(found.values())
