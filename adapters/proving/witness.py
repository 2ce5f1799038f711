"""The witness: reads phones, journal and requests as they are, and asks the engine nothing.

What it knows of the bot is what a client could read. What it knows of the truth are the simulators.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from babel.dates import format_date

from adapters.proving.seen import Consent, Journal, Look, Timers, Violation, Words
from adapters.rehearsal import Rehearsal
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import Logged
from adapters.yclients.simulator.salon import Client, Entry
from engine.booking import Change
from engine.proof.reading import change_named

_WRITES = ("cancel", "move", "delete")
_READS = ("record",)
_DIGITS = re.compile(r"\d+")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
# What agrees to whatever is asked; more words name a cancel.
_BARE_YES = ("да", "+")
# Two look-ups and a send, with the lane between them.
TOLD_WITHIN = timedelta(seconds=20)
# The rest of a second, and the longest way of a send that counts as read since it began (seed 1067).
_ON_ITS_WAY = timedelta(seconds=2.5)
# No question stands so long.
_REMEMBERED = timedelta(minutes=45)
# Waiting or confirmed (yclients.md §4.4).
_TO_COME = (0, 2)


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
    # … and a day's list as well: then one reading cannot be held against the other.
    was_shown_old_days: bool = False
    # It was told to hide whose a record is, or to show what is another's: then a list can be short.
    was_misled: bool = False
    # Any fault was asked for; without one and without a crash, everything is told as it was done.
    was_disturbed: bool = False
    picks_by_itself: bool = False
    may_delete: bool = True
    # Phones of the salon's own people, who read notices.
    administrators: tuple[str, ...] = ()
    # WhatsApp was told to send no word of what became of a message.
    was_left_without_a_word: bool = False
    # The clients' cards as they were seen first.
    cards: dict[int, Client] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=dict)
    # What was seen to be broken while a call was out, where nobody looks otherwise.
    midway: list[Violation] = field(default_factory=list)
    # Each turn that was seen to stand: its chat, and the version that it read.
    turns: list[tuple[int, int]] = field(default_factory=list)
    timers: Timers = field(default_factory=Timers)
    # What a look has found out already, and what all looks have: most of their time went into the same again.
    _look: Look = field(default_factory=Look)
    _journal: Journal = field(default_factory=Journal)

    def looks_again(self) -> None:
        """Forget what one look had found out: something has happened since."""
        self._look = Look()

    # ── what was shown and written ────────────────────────────────────────────────────────────────────

    def said(self, phone: str) -> list[Bubble]:
        if phone not in self._look.said:
            self._look.said[phone] = [bubble for bubble in self.screen(phone) if from_us(bubble)]
        return self._look.said[phone]

    def screen(self, phone: str) -> tuple[Bubble, ...]:
        return self.salon.parties.phones.phone(phone)

    def named(self, bubble: Bubble) -> list[Entry]:
        """Return every record, in any version of it, whose line stands in the message."""
        return self._read_up().named_in(bubble.text)

    def offered(self, bubble: Bubble) -> dict[int, str]:
        """Return whose the records are that the message's options name, by their ids."""
        ids = {int(last) for option in bubble.options if (last := option.id.rpartition(":")[2])}
        return {entry.record_id: self.phone_of(entry) for entry in self._versions() if entry.record_id in ids}

    def _versions(self) -> Iterator[Entry]:
        return (entry for _, entry in self.salon.parties.salon.salon.history)

    def _read_up(self) -> Journal:
        """Read what the journal has gained since the last look."""
        history = self.salon.parties.salon.salon.history
        for at, entry in history[len(self._journal.lines) :]:
            self._journal.add(at, entry, _line(entry, self))
        return self._journal

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

    def records(self) -> tuple[int, ...]:
        """Return the ids of all records that the journal has ever shown."""
        return tuple(dict.fromkeys(entry.record_id for entry in self._versions()))

    def history(self, record_id: int) -> Sequence[tuple[datetime, Entry]]:
        """Return every version of this record, and since when it stood so."""
        return self._read_up().of(record_id)

    def stood(self, record_id: int, since: datetime, until: datetime) -> set[bool]:
        """Return whether the record was off (True) or on (False) in this time; both, where it changed."""
        history = [(at, is_off(entry)) for at, entry in self._read_up().of(record_id)]
        ends = [*(at for at, _ in history[1:]), None]
        return {
            off
            for (begins, off), ended in zip(history, ends, strict=True)
            if begins <= until and (ended is None or ended >= since)
        }

    def versions(self, record_id: int, since: datetime, until: datetime) -> list[Entry]:
        """Return how the record stood in this time, in every version of it."""
        own = self._read_up().of(record_id)
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
        return self.changed_by_us(record_id, "cancelled")

    def changed_by_us(self, record_id: int, change: Change) -> list[datetime]:
        """Return when this became of the record without the salon's hand in it."""
        return [at for at, before, after in self.our_versions(record_id) if _is(change, before, after)]

    def our_versions(self, record_id: int) -> list[tuple[datetime, Entry, Entry]]:
        """Return each change of the record that the salon did not make: when, from what, to what."""
        by_hand = set(self.edits)
        return [
            (at, before, after)
            for (_, before), (at, after) in pairwise(self._read_up().of(record_id))
            if (at, record_id) not in by_hand
        ]

    def versions_by_hand(self, record_id: int) -> list[tuple[datetime, Entry]]:
        """Return how the salon itself left the record, and when."""
        by_hand = set(self.edits)
        return [(at, entry) for at, entry in self._read_up().of(record_id) if (at, record_id) in by_hand]

    def consents(self, phone: str) -> Sequence[Consent]:
        """Return everything that this client agreed to, by what was to be read on the phone then."""
        if phone not in self._look.consents:
            self._look.consents[phone] = tuple(self._consents(phone))
        return self._look.consents[phone]

    def _consents(self, phone: str) -> Iterator[Consent]:
        asked = [bubble for bubble in self.said(phone) if bubble.options]
        for bubble in self.screen(phone):
            if from_us(bubble):
                continue
            for question in _readable(asked, bubble):
                yield from self._agreed(bubble, question)
            if self._wants_back(bubble):
                own = {entry.record_id for entry in self._versions() if self.phone_of(entry) == phone}
                yield from (Consent(bubble.at, rid, "restored", "") for rid in own)

    def _agreed(self, bubble: Bubble, question: Bubble) -> Iterator[Consent]:
        """Yield what these words, or this tap, agree to of one question."""
        change = change_named(question.text) or "cancelled"
        for place, option in enumerate(question.options):
            # The label is what a person agrees to, whatever the id behind it says.
            tapped = bubble.context is not None and bubble.text == option.title.strip()
            picked = tapped or self.words.places.get(_plain(bubble.text)) == place
            if option.title.startswith("Да"):
                agreed = tapped or self._agrees(bubble.text, question, change)
            else:
                agreed = picked and change == "moved" and _CLOCK.match(option.title) is not None
            if agreed:
                read = f"{question.text}\n{option.title}\n{option.description}"
                yield from (
                    Consent(bubble.at, entry.record_id, change, read) for entry in self.named(question)
                )

    def _agrees(self, text: str, question: Bubble, change: Change) -> bool:
        service = self.words.yes.get(_plain(text))
        fits = change == "cancelled" or _plain(text) in _BARE_YES
        return service is not None and service in question.text and fits

    def _wants_back(self, bubble: Bubble) -> bool:
        """A tap on what gives a record back, in a list of them too; or words that only mean that."""
        if bubble.context is None:
            return _plain(bubble.text) in self.words.back or _plain(bubble.text) in self.words.places
        tapped = next((one for one in self._bubbles() if one.wamid == bubble.context), None)
        return bubble.text.startswith("Вернуть") or (
            tapped is not None and change_named(tapped.text) == "restored"
        )

    def _bubbles(self) -> Iterator[Bubble]:
        return (bubble for phone in self.phones for bubble in self.said(phone))

    def decided_at(self, bubble: Bubble) -> datetime | None:
        """Return when the assistant decided to send this; None where nobody knows."""
        query = "SELECT created_us FROM outbox WHERE provider_id = ?"
        rows = self.sql(query, bubble.wamid)
        return datetime.fromtimestamp(rows[0][0] / 1e6, UTC) if rows else None

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


def _readable(asked: Sequence[Bubble], answer: Bubble) -> list[Bubble]:
    """Return the messages that this one can have answered: the last one before it, and any of its second.

    WhatsApp's clock counts whole seconds, so a question counts as there from its second on (§5): from that in
    which its send began, which the phone may see a moment later. Of these the arrival decides.
    """
    second = answer.at.replace(microsecond=0)
    before = [one for one in asked if one.at < second]
    there = [*before[-1:], *(one for one in asked if second <= one.at < second + _ON_ITS_WAY)]
    return [one for one in there if answer.context in (None, one.wamid)]


def change_of(write: Logged, stood: Entry | None) -> Change:
    """Return what a write wanted of its record, which stood so before it."""
    if write.method == "DELETE" or write.operation == "cancel":
        return "cancelled"
    wanted = json.loads(write.body or b"{}")
    if wanted.get("attendance") == -1:
        return "cancelled"
    at = str(wanted.get("datetime", ""))[:16]
    stays = stood is not None and at.replace(" ", "T") == f"{stood.starts_at:%Y-%m-%dT%H:%M}"
    return "restored" if stays and wanted.get("staff_id") == getattr(stood, "staff_id", None) else "moved"


def _is(change: Change, before: Entry, after: Entry) -> bool:
    match change:
        case "cancelled":
            return is_off(after) and not is_off(before)
        case "restored":
            return is_off(before) and not is_off(after) and not _is("moved", before, after)
        case "moved":
            return (before.starts_at, before.staff_id) != (after.starts_at, after.staff_id)
    return False


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
