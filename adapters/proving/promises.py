"""The promises, each held against what a witness has seen, never against what the engine says of itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from adapters.proving.witness import Witness, from_us, record_of
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import Logged
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
PROMISES_A_LOOK = re.compile(r"проверю ещё раз и напишу", re.IGNORECASE)
TELLS_OF_A_LOOK = re.compile(r"проверка показала|так и не ответил|уже отменена", re.IGNORECASE)
SAYS_ALREADY = re.compile(r"\bуже (?:была )?(?:отменена|отменили)", re.IGNORECASE)
SAYS_NONE = re.compile(
    r"\bне нахожу\b|\bне наш[её]л|записей (?:нет|не )|нет (?:предстоящих )?записей", re.IGNORECASE
)
DOUBTS = re.compile(r"\b(?:не знаю|в силе ли)\b", re.IGNORECASE)
# A status counts for so long as read before the message that tells it was first sent (design §9).
READ_AT_MOST = timedelta(seconds=10)
# Two look-ups and a send, with the lane between them.
TOLD_WITHIN = timedelta(seconds=20)
# The outcome of a call that was out, and what a later look shows where that was unknown.
OUTCOMES_MAX = 2
CALLS_A_SECOND_MAX = 5


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and by what."""

    invariant: str
    what: str


def broken_by_now(witness: Witness, *, at_rest: bool) -> Violation | None:
    """Return the first promise that is broken by now; `at_rest`: nothing is under way any more."""
    for name, promise in (*_ALWAYS, *(_AT_REST if at_rest else ())):
        for what in promise(witness):
            if what:
                return Violation(name, what)
            witness.checked[name] = witness.checked.get(name, 0) + 1
    return None


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
                    else f"«{bubble.text}», while the journal showed record {witness.number(entry.record_id)} in force"
                )


def _last_wish(witness: Witness, phone: str, bubble: Bubble, at_least: datetime) -> datetime:
    """A message that was held up may tell what was read when the client last said something."""
    said = [one.at for one in witness.screen(phone) if not from_us(one) and one.at <= bubble.at]
    return min(at_least, said[-1] - READ_AT_MOST) if said else at_least


def _denials_are_true(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_IT_STANDS.search(bubble.text) or DOUBTS.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                since = _last_wish(witness, phone, bubble, bubble.at - READ_AT_MOST - TOLD_WITHIN)
                on = False in witness.stood(entry.record_id, since, bubble.at)
                yield (
                    ""
                    if on
                    else f"«{bubble.text}», while the journal showed record {witness.number(entry.record_id)} off"
                )


def _what_we_did_is_not_denied(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_WE_DID_NOTHING.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                done = [at for at in witness.cancelled_by_us(entry.record_id) if at <= bubble.at]
                yield f"«{bubble.text}», although we had cancelled it" if done else ""


def _what_stands_is_found(witness: Witness) -> Iterator[str]:
    """That there is no record is told of a journal that was read and showed none."""
    if witness.was_misled:
        return
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_NONE.search(bubble.text) or bubble.options:
                continue
            since = _last_wish(witness, phone, bubble, bubble.at - READ_AT_MOST - TOLD_WITHIN)
            there = witness.upcoming(phone, since, bubble.at)
            numbers = ", ".join(str(witness.number(entry.record_id)) for entry in there)
            yield f"«{bubble.text}», while the journal showed record {numbers}" if there else ""


def _one_of_several_is_chosen_by_the_client(witness: Witness) -> Iterator[str]:
    """Nothing is asked of one record where several stand and the client has named none (§5)."""
    if witness.was_misled or witness.picks_by_itself:
        return
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if len(witness.offered(bubble)) != 1 or not witness.was_vague(phone, bubble.at):
                continue
            since = _last_wish(witness, phone, bubble, bubble.at - READ_AT_MOST - TOLD_WITHIN)
            several = len(witness.upcoming(phone, since, bubble.at))
            yield f"«{bubble.text}», and {several} records stood" if several > 1 else ""


def _what_was_just_done_is_not_called_old(witness: Witness) -> Iterator[str]:
    """Who agreed to cancel is not told that it had been cancelled before."""
    if witness.was_disturbed or witness.salon.kills:
        return
    for phone in witness.phones:
        told: set[int] = set()
        for bubble in witness.said(phone):
            named = witness.named(bubble) if SAYS_CANCELLED.search(bubble.text) else []
            for entry in named:
                fresh = entry.record_id not in told and witness.cancelled_by_us(entry.record_id)
                wrong = fresh and SAYS_ALREADY.search(bubble.text)
                yield f"«{bubble.text}», which we had cancelled only just now" if wrong else ""
            told |= {entry.record_id for entry in named}


def _the_salon_s_notes_stay(witness: Witness) -> Iterator[str]:
    """What the salon had written into a record's comment is still in it (yclients.md §4.1)."""
    history = [entry for _, entry in witness.salon.parties.salon.salon.history]
    for record_id in dict.fromkeys(entry.record_id for entry in history):
        comments = [entry.comment for entry in history if entry.record_id == record_id]
        lost = next((before for before, after in pairwise(comments) if before not in after), None)
        yield (
            "" if lost is None else f"«{lost}» is gone from the comment of record {witness.number(record_id)}"
        )


def _every_write_was_agreed_to(witness: Witness) -> Iterator[str]:
    agreed = {phone: list(witness.consents(phone)) for phone in witness.phones}
    for write in witness.writes():
        record_id = record_of(write)
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
        yield "" if allowed else f"{_write(witness, write)}, to which nobody had agreed"


def _what_is_written_was_read(witness: Witness) -> Iterator[str]:
    """When it was written, the record stood as in the question that was agreed to (§5, `RecordChanged`)."""
    if not witness.asks_before_it_acts or witness.was_shown_the_past:
        return
    read = [agreed for phone in witness.phones for agreed in witness.agreements(phone)]
    for write in witness.writes():
        stood = witness.versions(record_of(write), write.at - TOLD_WITHIN, write.at)
        questions = [text for at, record, text in read if record == record_of(write) and at <= write.at]
        same = any(witness.line(entry) in text for entry in stood for text in questions)
        yield (
            "" if same or not questions else f"{_write(witness, write)}, which no longer was what was read"
        )


def _what_is_closed_is_left_alone(witness: Witness) -> Iterator[str]:
    """Nothing is written that has begun, that the client came to, that is paid or locked (§6)."""
    for write in witness.writes():
        stood = witness.versions(record_of(write), write.at - TOLD_WITHIN, write.at)
        open_ = any(
            not (
                entry.paid
                or entry.locked
                or entry.attendance == 1
                or entry.starts_at <= write.at - TOLD_WITHIN
            )
            for entry in stood
        )
        yield "" if open_ or not stood else f"{_write(witness, write)}, which is closed"


def _a_look_that_was_promised_is_told(witness: Witness) -> Iterator[str]:
    if _messages_were_lost(witness):
        return
    for phone in witness.phones:
        said = witness.said(phone)
        stopped = any(opt_out(one.text) for one in witness.screen(phone) if not from_us(one))
        for place, bubble in enumerate(said):
            if PROMISES_A_LOOK.search(bubble.text) and not stopped:
                told = any(TELLS_OF_A_LOOK.search(later.text) for later in said[place + 1 :])
                yield "" if told else f"«{bubble.text}», and nothing came of it"


def _write(witness: Witness, write: Logged) -> str:
    return f"{write.method} of record {witness.number(record_of(write))}"


def _one_change_for_each_consent(witness: Witness) -> Iterator[str]:
    agreed = [record for phone in witness.phones for _, record in witness.consents(phone)]
    history = witness.salon.parties.salon.salon.history
    for record_id in {entry.record_id for _, entry in history}:
        ours = witness.cancelled_by_us(record_id)
        most = agreed.count(record_id) if witness.asks_before_it_acts else len(history)
        yield (
            ""
            if len(ours) <= most
            else f"record {witness.number(record_id)} was cancelled {len(ours)} times for {most} consents"
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
            if other.at <= write.at and other.method == "PUT" and record_of(other) == record_of(write)
        ]
        refused = bool(before) and before[-1] in (404, 405)
        answer = f"HTTP {before[-1]}" if before and before[-1] else "no answer"
        yield "" if refused else f"{_write(witness, write)}, after {answer} to the soft cancel"


def _stop_is_silence(witness: Witness) -> Iterator[str]:
    stored = _stored_at(witness)
    for phone in witness.phones:
        own = [one for one in witness.screen(phone) if not from_us(one) and one.wamid in stored]
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
    rows = witness.sql("SELECT message_id, received_us FROM inbox WHERE heard IS NOT NULL")
    return {wamid: datetime.fromtimestamp(received_us / 1e6, UTC) for wamid, received_us in rows}


def _turns_never_raise(witness: Witness) -> Iterator[str]:
    rows = witness.sql("SELECT coalesce(event, heard) FROM inbox WHERE attempts > 0")
    yield "; ".join(f"a turn raised on {what}" for (what,) in rows)


def _own_messages_are_taken_in_order(witness: Witness) -> Iterator[str]:
    rows = witness.sql(
        "SELECT chat_id, taken_us FROM inbox WHERE heard IS NOT NULL AND taken_us IS NOT NULL"
        " AND chat_id IS NOT NULL ORDER BY chat_id, arrival",
    )
    for (chat, earlier), (other, later) in pairwise(rows):
        yield "" if chat != other or earlier <= later else f"chat {chat} took a later message first"


def _a_call_is_out_for_each_that_waits(witness: Witness) -> Iterator[str]:
    waiting = witness.sql("SELECT chat_id, awaiting FROM chat WHERE awaiting IS NOT NULL")
    for chat, key in waiting:
        (ways,) = witness.sql(
            "SELECT (SELECT count(*) FROM outbox WHERE key = ?1 AND finished_us IS NULL)"
            " + (SELECT count(*) FROM inbox WHERE call = ?1 AND taken_us IS NULL"
            " AND event NOT LIKE '%StillWaiting%')",
            key,
        )
        yield "" if ways[0] == 1 else f"chat {chat} waits for {key}, and {ways[0]} are on their way"


def _every_message_is_taken(witness: Witness) -> Iterator[str]:
    rows = witness.sql("SELECT chat_id, count(*) FROM inbox WHERE taken_us IS NULL GROUP BY chat_id")
    yield "; ".join(f"{count} messages of chat {chat} are not taken" for chat, count in rows)
    stored = {row[0] for row in witness.sql("SELECT message_id FROM inbox WHERE heard IS NOT NULL")}
    for phone in witness.phones:
        for bubble in witness.screen(phone):
            if not from_us(bubble):
                yield "" if bubble.wamid in stored else f"«{bubble.text}» of {phone} is lost"


def _messages_were_lost(witness: Witness) -> bool:
    """A message was refused for good, or sent twice in doubt: then a silence proves nothing (design §6)."""
    (lost,) = witness.sql(
        "SELECT count(*) FROM outbox WHERE kind = 'message' AND (status = 'dead' OR doubts)"
    )
    return bool(lost[0])


def _everybody_is_answered(witness: Witness) -> Iterator[str]:
    """After the last of a client's own messages something came, unless they had said «стоп»."""
    if _messages_were_lost(witness):
        return
    for phone in witness.phones:
        screen = sorted(witness.screen(phone), key=lambda one: one.at)
        words = [one for one in screen if not from_us(one)]
        if not words or any(opt_out(one.text) for one in words):
            continue
        answered = any(from_us(one) and one.at >= words[-1].at for one in screen)
        yield "" if answered else f"«{words[-1].text}» of {phone} got no answer"


def _nothing_waits(witness: Witness) -> Iterator[str]:
    for state, awaiting in witness.sql("SELECT session ->> '$.state', awaiting FROM chat"):
        yield (
            ""
            if (state, awaiting) == ("idle", None)
            else f"a dialogue rests in {state}, waiting for {awaiting}"
        )
    (left,) = witness.sql("SELECT count(*) FROM outbox WHERE finished_us IS NULL")
    yield "" if left[0] == 0 else f"{left[0]} deliveries never ended"


def _calls_keep_to_their_pace(witness: Witness) -> Iterator[str]:
    """YClients takes five a second (yclients.md §1); the lane is in memory, so a kill may break its count."""
    if witness.salon.kills:
        return
    worst = witness.salon.parties.salon.worst_second()
    yield "" if worst <= CALLS_A_SECOND_MAX else f"{worst} calls within one second"


def _little_is_said_twice(witness: Witness) -> Iterator[str]:
    """Only a send whose fate nobody knew may be repeated, once (design §6)."""
    (doubts,) = witness.sql("SELECT coalesce(sum(attempts > 1), 0) FROM outbox WHERE kind = 'message'")
    twice = witness.salon.parties.phones.ledger().shown_twice
    yield "" if twice <= doubts[0] else f"{twice} messages were shown twice, {doubts[0]} were in doubt"


Promise = Callable[[Witness], Iterator[str]]

_ALWAYS: tuple[tuple[str, Promise], ...] = (
    ("every write was agreed to", _every_write_was_agreed_to),
    ("a claim is true", _claims_are_true),
    ("a record said to stand stands", _denials_are_true),
    ("a record that stands is found", _what_stands_is_found),
    ("which of several is the client's to say", _one_of_several_is_chosen_by_the_client),
    ("what was just done is not called old", _what_was_just_done_is_not_called_old),
    ("the salon's notes stay", _the_salon_s_notes_stay),
    ("what we did is not denied", _what_we_did_is_not_denied),
    ("what is written is what was read", _what_is_written_was_read),
    ("what is closed is left alone", _what_is_closed_is_left_alone),
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
    ("a look that was promised is told", _a_look_that_was_promised_is_told),
    ("nothing waits for ever", _nothing_waits),
    ("nothing is said twice without need", _little_is_said_twice),
)
INVARIANTS = tuple(name for name, _ in (*_ALWAYS, *_AT_REST))
