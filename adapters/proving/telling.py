"""Promises about what clients read: true, theirs, and never missing."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from adapters.proving.keeping import messages_were_lost, stored_at
from adapters.proving.witness import TOLD_WITHIN, Witness, from_us, is_off, record_of
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator.salon import Entry
from engine.booking import Change
from engine.understanding import opt_out

# What only a cancelled record may be told as, and what only a standing one may. Broad: a lie need not use the
# words of today's texts.
SAYS_CANCELLED = re.compile(
    r"(?<!не )\b(?:отмен[её]н[аыо]?|отменил[аи]?|аннулирован[аы]?|удал[её]н[аы]?|удалил[аи]?|готово|сделано|"
    r"снял[аи]? (?:вас|запис)|больше не запис)",
    re.IGNORECASE,
)
# («Запись остаётся» tells what we did about a "no", not what the journal shows.)
SAYS_IT_STANDS = re.compile(r"(?<!не )\bв силе\b|\bв журнале (?:теперь )?стоит\b", re.IGNORECASE)
# What a look found not to have happened.
SAYS_IT_FAILED: dict[Change, re.Pattern[str]] = {
    "moved": re.compile(r"показала, что перенос не прош[её]л", re.IGNORECASE),
    "restored": re.compile(r"показала, что вернуть запись не получилось", re.IGNORECASE),
}
SAYS_IT_CHANGED = re.compile(r"\bизменил", re.IGNORECASE)
OF_A_LOOK = re.compile(r"проверка показала", re.IGNORECASE)
SAYS_WE_DID_NOTHING = re.compile(r"отмены не было|отмена не прошла", re.IGNORECASE)
PROMISES_A_LOOK = re.compile(r"проверю ещё раз и напишу", re.IGNORECASE)
TELLS_OF_A_LOOK = re.compile(r"проверка показала|так и не ответил|уже отменена", re.IGNORECASE)
SAYS_MOVED = re.compile(r"перен[её]с(?:ен[ао]?|л[аи]?)\b", re.IGNORECASE)
SAYS_ALREADY = re.compile(r"\bуже (?:была )?(?:отменена|отменили)", re.IGNORECASE)
SAYS_NONE = re.compile(
    r"\bне нахожу\b|\bне наш[её]л|записей (?:нет|не )|нет (?:предстоящих )?записей", re.IGNORECASE
)
DOUBTS = re.compile(r"\b(?:не знаю|в силе ли)\b", re.IGNORECASE)
# A status counts for so long as read before the message that tells it was first sent (design §9).
READ_AT_MOST = timedelta(seconds=10)
# The outcome of a call that was out, and what a later look shows where that was unknown.
OUTCOMES_MAX = 2


def claims_are_true(witness: Witness) -> Iterator[str]:
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
                number = witness.number(entry.record_id)
                yield "" if off else f"«{bubble.text}», while the journal showed record {number} in force"


def moves_are_true(witness: Witness) -> Iterator[str]:
    """Where a record is said to be now, the journal has just shown it."""
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_MOVED.search(bubble.text):
                continue
            named = witness.named(bubble)
            yield "" if named else f"«{bubble.text}», and nobody knows of which record"
            for entry in named:
                since = _last_wish(witness, phone, bubble, bubble.at - READ_AT_MOST - TOLD_WITHIN)
                stood = witness.versions(entry.record_id, since, bubble.at)
                there = any(witness.line(version) in bubble.text for version in stood)
                number = witness.number(entry.record_id)
                yield "" if there else f"«{bubble.text}», while the journal showed record {number} elsewhere"


def denials_are_true(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_IT_STANDS.search(bubble.text) or DOUBTS.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                since = _read_for(witness, phone, bubble, entry)
                on = False in witness.stood(entry.record_id, since, bubble.at)
                number = witness.number(entry.record_id)
                yield "" if on else f"«{bubble.text}», while the journal showed record {number} off"


def what_we_did_is_not_denied(witness: Witness) -> Iterator[str]:
    yield from _no_cancel_is_denied(witness)
    yield from _nothing_done_since_is_denied(witness)


def _no_cancel_is_denied(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            if not SAYS_WE_DID_NOTHING.search(bubble.text):
                continue
            for entry in witness.named(bubble):
                by_hand = [at for at, record_id in witness.edits if record_id == entry.record_id]
                # What the salon has taken up again by hand is another thing to call off.
                since = max(
                    (at for at in by_hand if at <= bubble.at), default=datetime.min.replace(tzinfo=UTC)
                )
                done = [at for at in witness.cancelled_by_us(entry.record_id) if since <= at <= bubble.at]
                yield f"«{bubble.text}», although we had cancelled it" if done else ""


def _nothing_done_since_is_denied(witness: Witness) -> Iterator[str]:
    """What nobody knew of, and was done after that was told, is not told later as if it had failed."""
    for phone in witness.phones:
        said = witness.said(phone)
        for place, bubble in enumerate(said):
            for change, denies in SAYS_IT_FAILED.items():
                for entry in witness.named(bubble) if denies.search(bubble.text) else ():
                    doubted = [one.at for one in said[:place] if _doubts_of(witness, one, entry)]
                    done = witness.changed_by_us(entry.record_id, change)
                    wrong = doubted and any(doubted[-1] <= at <= bubble.at for at in done)
                    yield f"«{bubble.text}», although we had done it since" if wrong else ""


def what_stands_is_found(witness: Witness) -> Iterator[str]:
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


def one_of_several_is_chosen_by_the_client(witness: Witness) -> Iterator[str]:
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


def what_was_just_done_is_not_called_old(witness: Witness) -> Iterator[str]:
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


def nothing_done_is_told_twice(witness: Witness) -> Iterator[str]:
    """Each time that a record goes off is told once: every message costs the salon money."""
    if witness.was_disturbed or witness.salon.kills:
        return
    for phone in witness.phones:
        claims = [one for one in witness.said(phone) if SAYS_CANCELLED.search(one.text)]
        for text, times in Counter(one.text for one in claims).items():
            named = witness.named(next(one for one in claims if one.text == text))
            most = max((len(witness.cancelled_by_us(entry.record_id)) for entry in named), default=0)
            yield f"«{text}» was said {times} times" if times > max(1, most) else ""


def a_look_that_was_promised_is_told(witness: Witness) -> Iterator[str]:
    if messages_were_lost(witness):
        return
    for phone in witness.phones:
        said = witness.said(phone)
        stopped = any(opt_out(one.text) for one in witness.screen(phone) if not from_us(one))
        for place, bubble in enumerate(said):
            if PROMISES_A_LOOK.search(bubble.text) and not stopped:
                told = any(_tells_after(witness, bubble, later) for later in said[place + 1 :])
                yield "" if told else f"«{bubble.text}», and nothing came of it"


def nobody_sees_another_s_record(witness: Witness) -> Iterator[str]:
    for phone in witness.phones:
        for bubble in witness.said(phone):
            shown = {entry.record_id: witness.phone_of(entry) for entry in witness.named(bubble)}
            for owner in (shown | witness.offered(bubble)).values():
                yield "" if owner == phone else f"{phone} read of a record of {owner}: «{bubble.text}»"


def stop_is_silence(witness: Witness) -> Iterator[str]:
    stored = stored_at(witness)
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


def everybody_is_answered(witness: Witness) -> Iterator[str]:
    """After the last of a client's own messages something came, unless «стоп» stands."""
    if messages_were_lost(witness):
        return
    for phone in witness.phones:
        screen = sorted(witness.screen(phone), key=lambda one: one.at)
        words = [one for one in screen if not from_us(one)]
        wishes = [wish for one in words if (wish := _opt_out(one)) is not None]
        if not words or (wishes and wishes[-1]):
            continue
        answered = any(from_us(one) and one.at >= words[-1].at for one in screen)
        yield "" if answered else f"«{words[-1].text}» of {phone} got no answer"


def what_is_told_was_read_back(witness: Witness) -> Iterator[str]:
    """A change is told once the record was read after it was written: an answer proves nothing (§3)."""
    for phone in witness.phones:
        for bubble in witness.said(phone):
            claims = SAYS_CANCELLED.search(bubble.text) or SAYS_MOVED.search(bubble.text)
            if not claims or "?" in bubble.text:
                continue
            for entry in witness.named(bubble):
                before = [one.at for one in witness.writes() if record_of(one) == entry.record_id]
                written = [at for at in before if at <= bubble.at]
                read = any(written[-1] <= at <= bubble.at for at in witness.reads(entry.record_id) if written)
                yield "" if read or not written else f"«{bubble.text}», and nobody had read it back"


def what_was_done_is_told(witness: Witness) -> Iterator[str]:
    """Whoever's record we cancelled reads so, or that nobody knows; «стоп» holds back no outcome (§5).

    A write that lands a minute late, of a record that was shown as it had been before, is nobody's to know.
    """
    if messages_were_lost(witness) or witness.was_shown_the_past:
        return
    history = witness.salon.parties.salon.salon.history
    for entry in {entry.record_id: entry for _, entry in history}.values():
        phone = witness.phone_of(entry)
        for at in witness.cancelled_by_us(entry.record_id) if phone in witness.phones else ():
            later = [bubble for bubble in witness.said(phone) if bubble.at >= at - TOLD_WITHIN]
            told = any(SAYS_CANCELLED.search(bubble.text) or DOUBTS.search(bubble.text) for bubble in later)
            number = witness.number(entry.record_id)
            yield "" if told else f"record {number} was cancelled, and {phone} was told nothing of it"


def what_was_moved_is_told(witness: Witness) -> Iterator[str]:
    """Whoever's record we moved or took back reads where it is, or that nobody knows."""
    if messages_were_lost(witness):
        return
    for record_id in {entry.record_id for _, entry in witness.salon.parties.salon.salon.history}:
        for at, before, after in witness.our_versions(record_id):
            phone, changed = witness.phone_of(after), (before.starts_at, is_off(before))
            if changed == (after.starts_at, is_off(after)) or is_off(after) or phone not in witness.phones:
                continue
            later = [bubble for bubble in witness.said(phone) if bubble.at >= at - TOLD_WITHIN]
            told = any(witness.line(after) in one.text or DOUBTS.search(one.text) for one in later)
            number = witness.number(record_id)
            yield "" if told else f"record {number} is elsewhere, and {phone} was told nothing of it"


def _last_wish(witness: Witness, phone: str, bubble: Bubble, at_least: datetime) -> datetime:
    """A message that was held up may tell what was read when the client last said something."""
    said = [one.at for one in witness.screen(phone) if not from_us(one) and one.at <= bubble.at]
    return min(at_least, said[-1] - READ_AT_MOST) if said else at_least


def _read_for(witness: Witness, phone: str, bubble: Bubble, entry: Entry) -> datetime:
    """Since when the journal may have shown what is told: a look tells what it read, whatever was wished."""
    at_least = bubble.at - READ_AT_MOST - TOLD_WITHIN
    decided = witness.decided_at(bubble) if OF_A_LOOK.search(bubble.text) else None
    if decided is None or witness.was_shown_the_past:
        return _last_wish(witness, phone, bubble, at_least)
    reads = [at for at in witness.reads(entry.record_id) if at <= decided]
    return min(at_least, decided - READ_AT_MOST, *(at - READ_AT_MOST for at in reads[-1:]))


def _doubts_of(witness: Witness, bubble: Bubble, entry: Entry) -> bool:
    of_it = any(one.record_id == entry.record_id for one in witness.named(bubble))
    return of_it and DOUBTS.search(bubble.text) is not None


def _tells_after(witness: Witness, promise: Bubble, later: Bubble) -> bool:
    """Whether this tells of the look, or something newer of its record, which leaves nothing to look for."""
    if TELLS_OF_A_LOOK.search(later.text):
        return True
    if DOUBTS.search(later.text) or ("?" in later.text and not SAYS_IT_CHANGED.search(later.text)):
        return False
    meant = {entry.record_id for entry in witness.named(promise)}
    return any(entry.record_id in meant for entry in witness.named(later))


def _opt_out(bubble: Bubble) -> bool | None:
    return opt_out(bubble.text) if bubble.context is None else None
