"""The witness: reads phones, journal and requests as they are, and asks the engine nothing.

What it knows of the bot is what a client could read. What it knows of the truth are the simulators.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from babel.dates import format_date

from adapters.rehearsal import Rehearsal
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import Logged
from adapters.yclients.simulator.salon import Entry

_WRITES = ("cancel", "move", "delete")
_READS = ("record",)
_DIGITS = re.compile(r"\d+")
# Two look-ups and a send, with the lane between them.
TOLD_WITHIN = timedelta(seconds=20)
# No question stands so long.
_REMEMBERED = timedelta(minutes=45)
# Waiting or confirmed (yclients.md §4.4).
_TO_COME = (0, 2)


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a run mean by the plan of the run, not by the understanding."""

    # Whole messages that agree to «Отменить запись: …?», with the service that they name, if any.
    yes: Mapping[str, str]
    # Whole messages that wish to cancel; they act at once where the salon wants no question.
    wishes: frozenset[str]
    # Those among them that name no record.
    vague: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and by what."""

    invariant: str
    what: str


@dataclass(slots=True)
class Witness:
    """Looks at one rehearsal."""

    salon: Rehearsal
    words: Words
    # The client of each phone that plays.
    phones: tuple[str, ...]
    # When the salon edited which record by hand.
    edits: list[tuple[datetime, int]] = field(default_factory=list)
    asks_before_it_acts: bool = True
    # The journal was told to show a record as it was before: then nobody can know how it stands.
    was_shown_the_past: bool = False
    # It was told to hide whose a record is, or to show what is another's: then a list can be short.
    was_misled: bool = False
    # Any fault was asked for; without one and without a crash, everything is told as it was done.
    was_disturbed: bool = False
    picks_by_itself: bool = False
    may_delete: bool = True
    checked: dict[str, int] = field(default_factory=dict)
    # What was seen to be broken while a call was out, where nobody looks otherwise.
    midway: list[Violation] = field(default_factory=list)

    # ── what was shown and written ────────────────────────────────────────────────────────────────────

    def said(self, phone: str) -> list[Bubble]:
        return [bubble for bubble in self.screen(phone) if from_us(bubble)]

    def screen(self, phone: str) -> tuple[Bubble, ...]:
        return self.salon.parties.phones.phone(phone)

    def named(self, bubble: Bubble) -> list[Entry]:
        """Return every record, in any version of it, whose line stands in the message."""
        versions = {entry.record_id: entry for entry in self._versions() if _line(entry, self) in bubble.text}
        return list(versions.values())

    def offered(self, bubble: Bubble) -> dict[int, str]:
        """Return whose the records are that the message's options name, by their ids."""
        ids = {int(last) for option in bubble.options if (last := option.id.rpartition(":")[2])}
        return {entry.record_id: self.phone_of(entry) for entry in self._versions() if entry.record_id in ids}

    def _versions(self) -> Iterator[Entry]:
        return (entry for _, entry in self.salon.parties.salon.salon.history)

    def phone_of(self, entry: Entry) -> str:
        client = self.salon.parties.salon.salon.clients.get(entry.client_id or 0)
        return client.phone if client else ""

    def master_of(self, entry: Entry) -> str:
        return self.salon.parties.salon.salon.masters[entry.staff_id].name

    def writes(self) -> tuple[Logged, ...]:
        return self.salon.parties.salon.calls(*_WRITES)

    def reads(self, record_id: int) -> list[datetime]:
        """Return when the journal has shown this very record by itself."""
        calls = self.salon.parties.salon.calls(*_READS)
        return [call.at for call in calls if call.status == 200 and call.path.endswith(f"/{record_id}")]

    def stood(self, record_id: int, since: datetime, until: datetime) -> set[bool]:
        """Return whether the record was off (True) or on (False) in this time; both, where it changed."""
        history = [
            (at, is_off(e)) for at, e in self.salon.parties.salon.salon.history if e.record_id == record_id
        ]
        ends = [*(at for at, _ in history[1:]), None]
        return {
            off
            for (begins, off), ended in zip(history, ends, strict=True)
            if begins <= until and (ended is None or ended >= since)
        }

    def versions(self, record_id: int, since: datetime, until: datetime) -> list[Entry]:
        """Return how the record stood in this time, in every version of it."""
        history = [(at, entry) for at, entry in self.salon.parties.salon.salon.history]
        own = [(at, entry) for at, entry in history if entry.record_id == record_id]
        ends = [*(at for at, _ in own[1:]), None]
        return [
            entry
            for (begins, entry), ended in zip(own, ends, strict=True)
            if begins <= until and (ended is None or ended >= since)
        ]

    def line(self, entry: Entry) -> str:
        """Return the words by which a message names this record."""
        return _line(entry, self)

    def number(self, record_id: int) -> int:
        """Return how a transcript counts this record: 1, 2, … as they were booked."""
        return self.salon.number_of(record_id)

    def was_vague(self, phone: str, until: datetime) -> bool:
        """Whether all that this client has said of late are wishes that name no record."""
        lately = [
            one.text
            for one in self.screen(phone)
            if not from_us(one) and until - _REMEMBERED <= one.at <= until
        ]
        return bool(lately) and all(_plain(text) in self.words.vague for text in lately)

    def upcoming(self, phone: str, since: datetime, until: datetime) -> list[Entry]:
        """Return the client's records that could be cancelled all this time."""
        latest = {entry.record_id: entry for entry in self._versions() if self.phone_of(entry) == phone}
        return [
            entry
            for entry in latest.values()
            if entry.created_at <= since
            and all(
                version.attendance in _TO_COME
                and version.starts_at > until
                and self.phone_of(version) == phone
                and not version.deleted
                for version in self.versions(entry.record_id, since, until)
            )
        ]

    def cancelled_by_us(self, record_id: int) -> list[datetime]:
        """Return when the record went off without the salon's hand in it."""
        by_hand = set(self.edits)
        history = self.salon.parties.salon.salon.history
        versions = [(at, entry) for at, entry in history if entry.record_id == record_id]
        return [
            at
            for (_, before), (at, after) in pairwise(versions)
            if is_off(after) and not is_off(before) and (at, record_id) not in by_hand
        ]

    def consents(self, phone: str) -> Iterator[tuple[datetime, int]]:
        """Yield the moments at which this client agreed to cancel a record, and the record."""
        return ((at, record) for at, record, _ in self.agreements(phone))

    def agreements(self, phone: str) -> Iterator[tuple[datetime, int, str]]:
        """Yield the moments at which this client agreed, the record, and what was read when agreeing."""
        asked = [bubble for bubble in self.said(phone) if bubble.options]
        for bubble in self.screen(phone):
            # WhatsApp's clock counts whole seconds, so a question counts as there from its second on (§5).
            read = [one for one in asked if one.at.replace(microsecond=0) <= bubble.at]
            if from_us(bubble) or not read:
                continue
            for option in read[-1].options:
                kind, _, rest = option.id.partition(":")
                record = rest.partition(":")[2]
                # The label is what a person agrees to, whatever the id behind it says.
                tapped = bubble.context is not None and bubble.text == option.title.strip()
                tapped = tapped and option.title.startswith("Да")
                if record and kind == "yes" and (tapped or self._agrees(bubble.text, read[-1])):
                    yield bubble.at, int(record), read[-1].text

    def _agrees(self, text: str, question: Bubble) -> bool:
        service = self.words.yes.get(_plain(text))
        return service is not None and service in question.text

    def wished(self, phone: str) -> list[datetime]:
        """Return when this client wished to cancel, or picked one, in a salon that then acts at once."""
        return [
            bubble.at
            for bubble in self.screen(phone)
            if not from_us(bubble)
            and (bubble.context is not None or _plain(bubble.text) in self.words.wishes)
        ]

    def sql(self, query: str, *bindings: object) -> Sequence[tuple[Any, ...]]:
        """Ask the assistant's database; nothing, where it is dead this moment."""
        connection = self.salon.connection
        return () if connection is None else connection.execute(query, bindings).fetchall()


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────


def from_us(bubble: Bubble) -> bool:
    return bubble.direction == "out" and bubble.status != "failed"


def is_off(entry: Entry) -> bool:
    return entry.deleted or entry.attendance == -1


def record_of(write: Logged) -> int:
    """The record's id closes the path of every write (yclients.md §3, §4)."""
    return int(_DIGITS.findall(write.path)[-1])


def _line(entry: Entry, witness: Witness) -> str:
    services = ", ".join(line.service.title for line in entry.lines)
    day = _day(entry.starts_at.date())
    return f"{services}, {day}, {entry.starts_at:%H:%M}, мастер {witness.master_of(entry)}"


@cache
def _day(on: date) -> str:
    return format_date(on, "EEEE, d MMMM", locale="ru")


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
