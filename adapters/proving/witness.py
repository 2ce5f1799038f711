"""The witness: reads phones, journal and requests as they are, and asks the engine nothing.

What it knows of the bot is what a client could read. What it knows of the truth are the simulators.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from babel.dates import format_date

from adapters.rehearsal import Rehearsal
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import Logged
from adapters.yclients.simulator.salon import Entry
from engine.understanding import opt_out

# What only a cancelled record may be told as, and what only a standing one may. Broad: a lie need not use the
# words of today's texts.
SAYS_CANCELLED = re.compile(
    r"(?<!не )\b(?:отмен[её]н[аыо]?|отменил[аи]?|аннулирован[аы]?|удал[её]н[аы]?|удалил[аи]?|готово|сделано|"
    r"снял[аи]? (?:вас|запис)|больше не запис)",
    re.IGNORECASE,
)
# («Запись остаётся» tells what we did about a "no", not what the journal shows.)
SAYS_IT_STANDS = re.compile(r"\bв силе\b", re.IGNORECASE)
SAYS_WE_DID_NOTHING = re.compile(r"отмены не было|отмена не прошла", re.IGNORECASE)
DOUBTS = re.compile(r"\b(?:не знаю|в силе ли)\b", re.IGNORECASE)
# A status counts for so long as read before the message that tells it was first sent (design §9).
READ_AT_MOST = timedelta(seconds=10)
# Two look-ups and a send, with the lane between them.
TOLD_WITHIN = timedelta(seconds=20)
# The outcome of a call that was out, and what a later look shows where that was unknown.
OUTCOMES_MAX = 2
CALLS_A_SECOND_MAX = 5
_WRITES = ("cancel", "move", "delete")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and by what."""

    invariant: str
    what: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a run mean by the plan of the run, not by the understanding."""

    # Whole messages that agree to «Отменить запись: …?», with the service that they name, if any.
    yes: Mapping[str, str]
    # Whole messages that wish to cancel; they act at once where the salon wants no question.
    wishes: frozenset[str]


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
    checked: dict[str, int] = field(default_factory=dict)

    def looks(self, *, at_rest: bool) -> Violation | None:
        """Return the first promise that is broken by now; `at_rest`: nothing is under way any more."""
        held = (*_ALWAYS, *(_AT_REST if at_rest else ()))
        for name, broken in held:
            for what in broken(self):
                if what:
                    return Violation(name, what)
                self.checked[name] = self.checked.get(name, 0) + 1
        return None

    # ── what was shown and written ────────────────────────────────────────────────────────────────────

    def said(self, phone: str) -> list[Bubble]:
        return [bubble for bubble in self.screen(phone) if _from_us(bubble)]

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

    def stood(self, record_id: int, since: datetime, until: datetime) -> set[bool]:
        """Return whether the record was off (True) or on (False) in this time; both, where it changed."""
        history = [
            (at, _is_off(e)) for at, e in self.salon.parties.salon.salon.history if e.record_id == record_id
        ]
        ends = [*(at for at, _ in history[1:]), None]
        return {
            off
            for (begins, off), ended in zip(history, ends, strict=True)
            if begins <= until and (ended is None or ended >= since)
        }

    def cancelled_by_us(self, record_id: int) -> list[datetime]:
        """Return when the record went off without the salon's hand in it."""
        by_hand = set(self.edits)
        history = self.salon.parties.salon.salon.history
        versions = [(at, entry) for at, entry in history if entry.record_id == record_id]
        return [
            at
            for (_, before), (at, after) in pairwise(versions)
            if _is_off(after) and not _is_off(before) and (at, record_id) not in by_hand
        ]

    def consents(self, phone: str) -> Iterator[tuple[datetime, int]]:
        """Yield the moments at which this client agreed to cancel a record, and the record."""
        asked = [bubble for bubble in self.said(phone) if bubble.options]
        for bubble in self.screen(phone):
            # WhatsApp's clock counts whole seconds, so a question counts as there from its second on (§5).
            read = [one for one in asked if one.at.replace(microsecond=0) <= bubble.at]
            if _from_us(bubble) or not read:
                continue
            for option in read[-1].options:
                kind, _, rest = option.id.partition(":")
                record = rest.partition(":")[2]
                tapped = bubble.context is not None and bubble.text == option.title
                if record and kind == "yes" and (tapped or self._agrees(bubble.text, read[-1])):
                    yield bubble.at, int(record)

    def _agrees(self, text: str, question: Bubble) -> bool:
        service = self.words.yes.get(_plain(text))
        return service is not None and service in question.text

    def wished(self, phone: str) -> list[datetime]:
        """Return when this client wished to cancel, or picked one, in a salon that then acts at once."""
        return [
            bubble.at
            for bubble in self.screen(phone)
            if not _from_us(bubble)
            and (bubble.context is not None or _plain(bubble.text) in self.words.wishes)
        ]


# ── the promises: each yields "" for every time that it held, or what broke it ────────────────────────


def _claims_are_true(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_CANCELLED.search(bubble.text) or "?" in bubble.text:
                continue
            named = witness.named(bubble)
            yield "" if named else f"«{bubble.text}», and nobody knows of which record"
            for entry in named:
                since = bubble.at - READ_AT_MOST - TOLD_WITHIN
                off = True in witness.stood(
                    entry.record_id, _last_wish(witness, phone, bubble, since), bubble.at
                )
                yield (
                    ""
                    if off
                    else f"«{bubble.text}», while the journal showed record {entry.record_id} in force"
                )


def _last_wish(witness: Witness, phone: str, bubble: Bubble, at_least: datetime) -> datetime:
    """A message that was held up may tell what was read when the client last said something."""
    said = [one.at for one in witness.screen(phone) if not _from_us(one) and one.at <= bubble.at]
    return min(at_least, said[-1] - READ_AT_MOST) if said else at_least


def _denials_are_true(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_IT_STANDS.search(bubble.text) or DOUBTS.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                since = _last_wish(witness, phone, bubble, bubble.at - READ_AT_MOST - TOLD_WITHIN)
                on = False in witness.stood(entry.record_id, since, bubble.at)
                yield "" if on else f"«{bubble.text}», while the journal showed record {entry.record_id} off"


def _what_we_did_is_not_denied(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_WE_DID_NOTHING.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                done = [at for at in witness.cancelled_by_us(entry.record_id) if at <= bubble.at]
                yield f"«{bubble.text}», although we had cancelled it" if done else ""


def _every_write_was_agreed_to(witness: Witness) -> Iterator[str]:
    agreed = {phone: list(witness.consents(phone)) for phone in witness.phones}
    for write in witness.writes():
        record_id = _record_of(write)
        phones = {
            witness.phone_of(e)
            for at, e in witness.salon.parties.salon.salon.history
            if e.record_id == record_id
        }
        allowed = any(
            record == record_id and at <= write.at for phone in phones for at, record in agreed.get(phone, ())
        )
        if not allowed and not witness.asks_before_it_acts:
            allowed = any(at <= write.at for phone in phones for at in witness.wished(phone))
        yield "" if allowed else f"{write.method} {write.path}, to which nobody had agreed"


def _one_change_for_each_consent(witness: Witness) -> Iterator[str]:
    agreed = [record for phone in witness.phones for _, record in witness.consents(phone)]
    history = witness.salon.parties.salon.salon.history
    for record_id in {entry.record_id for _, entry in history}:
        ours = witness.cancelled_by_us(record_id)
        most = agreed.count(record_id) if witness.asks_before_it_acts else len(history)
        yield (
            ""
            if len(ours) <= most
            else f"record {record_id} was cancelled {len(ours)} times for {most} consents"
        )


def _nobody_sees_another_s_record(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            shown = {entry.record_id: witness.phone_of(entry) for entry in witness.named(bubble)}
            for owner in (shown | witness.offered(bubble)).values():
                yield "" if owner == phone else f"{phone} read of a record of {owner}: «{bubble.text}»"


def _delete_only_after_a_refusal(witness: Witness) -> Iterator[str]:
    """YClients has refused the soft cancel with 404 or 405 before, and never just failed to answer (§6)."""
    for write in witness.writes():
        if write.method != "DELETE":
            continue
        before = [
            other.status
            for other in witness.writes()
            if other.at <= write.at and other.method == "PUT" and _record_of(other) == _record_of(write)
        ]
        refused = bool(before) and before[-1] in (404, 405)
        yield "" if refused else f"DELETE of record {_record_of(write)} after {before[-1:] or 'no answer'}"


def _stop_is_silence(witness: Witness) -> Iterator[str]:
    stored = _stored_at(witness)
    for phone in witness.phones:
        own = [one for one in witness.screen(phone) if not _from_us(one) and one.wamid in stored]
        wishes = sorted((stored[one.wamid], wish) for one in own if (wish := _opt_out(one)) is not None)
        ends = [*(at for at, _ in wishes[1:]), datetime.max.replace(tzinfo=UTC)]
        for (stopped_at, wish), ended_at in zip(wishes, ends, strict=False):
            if not wish:
                continue
            # What was under way when «стоп» was stored cannot be held back.
            after = stopped_at + timedelta(seconds=2)
            told = [one for one in witness.said(phone) if after < one.at < ended_at]
            asked = [one.text for one in told if one.options]
            yield f"a question after «стоп»: «{asked[0]}»" if asked else ""
            yield f"{len(told)} messages after «стоп»: «{told[-1].text}»" if len(told) > OUTCOMES_MAX else ""


def _opt_out(bubble: Bubble) -> bool | None:
    return opt_out(bubble.text) if bubble.context is None else None


def _stored_at(witness: Witness) -> dict[str, datetime]:
    rows = _sql(witness, "SELECT message_id, received_us FROM inbox WHERE heard IS NOT NULL")
    return {wamid: datetime.fromtimestamp(received_us / 1e6, UTC) for wamid, received_us in rows}


def _turns_never_raise(witness: Witness) -> Iterator[str]:
    rows = _sql(witness, "SELECT coalesce(event, heard) FROM inbox WHERE attempts > 0")
    yield "; ".join(f"a turn raised on {what}" for (what,) in rows)


def _own_messages_are_taken_in_order(witness: Witness) -> Iterator[str]:
    rows = _sql(
        witness,
        "SELECT chat_id, taken_us FROM inbox WHERE heard IS NOT NULL AND taken_us IS NOT NULL"
        " AND chat_id IS NOT NULL ORDER BY chat_id, arrival",
    )
    for (chat, earlier), (other, later) in pairwise(rows):
        yield "" if chat != other or earlier <= later else f"chat {chat} took a later message first"


def _a_call_is_out_for_each_that_waits(witness: Witness) -> Iterator[str]:
    waiting = _sql(witness, "SELECT chat_id, awaiting FROM chat WHERE awaiting IS NOT NULL")
    for chat, key in waiting:
        (ways,) = _sql(
            witness,
            "SELECT (SELECT count(*) FROM outbox WHERE key = ?1 AND finished_us IS NULL)"
            " + (SELECT count(*) FROM inbox WHERE call = ?1 AND taken_us IS NULL"
            " AND event NOT LIKE '%StillWaiting%')",
            key,
        )
        yield "" if ways[0] == 1 else f"chat {chat} waits for {key}, and {ways[0]} are on their way"


def _every_message_is_taken(witness: Witness) -> Iterator[str]:
    rows = _sql(witness, "SELECT chat_id, count(*) FROM inbox WHERE taken_us IS NULL GROUP BY chat_id")
    yield "; ".join(f"{count} messages of chat {chat} are not taken" for chat, count in rows)
    stored = {row[0] for row in _sql(witness, "SELECT message_id FROM inbox WHERE heard IS NOT NULL")}
    for phone in witness.phones:
        for bubble in witness.screen(phone):
            if not _from_us(bubble):
                yield "" if bubble.wamid in stored else f"«{bubble.text}» of {phone} is lost"


def _everybody_is_answered(witness: Witness) -> Iterator[str]:
    """After the last of a client's own messages something came, unless they had said «стоп»."""
    (lost,) = _sql(
        witness, "SELECT count(*) FROM outbox WHERE kind = 'message' AND (status = 'dead' OR doubts)"
    )
    if lost[0]:
        # A message was refused for good, or sent twice in doubt: then a silence proves nothing (design §6).
        return
    for phone in witness.phones:
        screen = sorted(witness.screen(phone), key=lambda one: one.at)
        words = [one for one in screen if not _from_us(one)]
        if not words or any(opt_out(one.text) for one in words):
            continue
        answered = any(_from_us(one) and one.at >= words[-1].at for one in screen)
        yield "" if answered else f"«{words[-1].text}» of {phone} got no answer"


def _nothing_waits(witness: Witness) -> Iterator[str]:
    for state, awaiting in _sql(witness, "SELECT session ->> '$.state', awaiting FROM chat"):
        yield (
            ""
            if (state, awaiting) == ("idle", None)
            else f"a dialogue rests in {state}, waiting for {awaiting}"
        )
    (left,) = _sql(witness, "SELECT count(*) FROM outbox WHERE finished_us IS NULL")
    yield "" if left[0] == 0 else f"{left[0]} deliveries never ended"


def _calls_keep_to_their_pace(witness: Witness) -> Iterator[str]:
    """YClients takes five a second (yclients.md §1); the lane is in memory, so a kill may break its count."""
    if witness.salon.kills:
        return
    worst = witness.salon.parties.salon.worst_second()
    yield "" if worst <= CALLS_A_SECOND_MAX else f"{worst} calls within one second"


def _little_is_said_twice(witness: Witness) -> Iterator[str]:
    """Only a send whose fate nobody knew may be repeated, once (design §6)."""
    (doubts,) = _sql(witness, "SELECT coalesce(sum(attempts > 1), 0) FROM outbox WHERE kind = 'message'")
    twice = witness.salon.parties.phones.ledger().shown_twice
    yield "" if twice <= doubts[0] else f"{twice} messages were shown twice, {doubts[0]} were in doubt"


Promise = Callable[[Witness], Iterator[str]]

_ALWAYS: tuple[tuple[str, Promise], ...] = (
    ("a claim is true", _claims_are_true),
    ("a record said to stand stands", _denials_are_true),
    ("what we did is not denied", _what_we_did_is_not_denied),
    ("every write was agreed to", _every_write_was_agreed_to),
    ("one change for each consent", _one_change_for_each_consent),
    ("nobody reads of another's record", _nobody_sees_another_s_record),
    ("deleted only after a definite refusal", _delete_only_after_a_refusal),
    ("«стоп» is silence", _stop_is_silence),
    ("no turn raises", _turns_never_raise),
    ("a client's messages are taken in order", _own_messages_are_taken_in_order),
    ("calls keep to their pace", _calls_keep_to_their_pace),
    ("who waits has one call or result on its way", _a_call_is_out_for_each_that_waits),
)
_AT_REST: tuple[tuple[str, Promise], ...] = (
    ("no message is lost", _every_message_is_taken),
    ("everybody is answered", _everybody_is_answered),
    ("nothing waits for ever", _nothing_waits),
    ("nothing is said twice without need", _little_is_said_twice),
)
INVARIANTS = tuple(name for name, _ in (*_ALWAYS, *_AT_REST))


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────


def _from_us(bubble: Bubble) -> bool:
    return bubble.direction == "out" and bubble.status != "failed"


def _is_off(entry: Entry) -> bool:
    return entry.deleted or entry.attendance == -1


def _record_of(write: Logged) -> int:
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


def _sql(witness: Witness, query: str, *bindings: object) -> Sequence[tuple[Any, ...]]:
    connection = witness.salon.connection
    return () if connection is None else connection.execute(query, bindings).fetchall()
