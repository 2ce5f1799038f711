"""The wish: which cancels it may mean, whether one of them can still be taken back, and what is asked."""

from datetime import timedelta

from engine.booking import Record, RestoreSettled
from engine.chat import Undoable
from engine.effects import Effects, Option, Say, Then
from engine.events import KeepWanted, Picked, SeveralPicked, TakeBackWanted
from engine.flow import Turn
from engine.understanding import fitting
from states.take_back.memory import Memory, is_over, noted, sorted_out

# A WhatsApp list has room for ten rows (whatsapp.md §2.1, 2026-11); the last one stands for all of them.
OFFERED_MAX = 9

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def a_request_is_meant(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """A late cancel waits for the salon, and no cancel that could be taken back is meant rather."""
    undecided = (one for one in turn.chat.late_requests if not one.granted)
    waiting = tuple(one.record for one in undecided if one.record.starts_at > turn.now)
    if wish.record_id is not None or not waiting:
        return False
    if not any(record.starts_at > turn.now for record in _in_time(turn, wish)):
        return True
    if not wish.named.anything():
        return False
    # Held against both at once: a word that fits none of some records is no constraint among them.
    fits = fitting(wish.named, (*waiting, *(one.record for one in turn.chat.undoable)))
    return bool(fits) and all(record in waiting for record in fits)


def nothing_is_taken_back_here(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """By the salon's settings."""
    return "undo" not in turn.salon.offers or turn.salon.undo_for <= timedelta(0)


def nothing_is_known(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """No cancel of this chat's is remembered, or not this one: it came back already, or never went by us."""
    return not _meant(turn, wish)


def it_is_too_late(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    return not _in_time(turn, wish)


def all_have_begun(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    return all(record.starts_at <= turn.now for record in _in_time(turn, wish))


def several_may_be_meant(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    count = len(_in_time(turn, wish))
    enough = wish.meant == "all" or (wish.meant == "both" and count == 2)
    return count > 1 and (not enough or _names_another(turn, wish))


def it_is_clear(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """The words are fresh, name nothing else, and were taken before the time ended."""
    fresh = turn.now - turn.said_at <= turn.salon.old_after
    return (
        fresh
        and not wish.guessed
        and not _names_another(turn, wish)
        and not _some_are_over(turn, _in_time(turn, wish))
    )


def the_picked_have_begun(turn: Turn[Memory], picked: Picked | SeveralPicked) -> bool:
    """The visits began while the list stood."""
    return all(record.starts_at <= turn.now for record in _picked(picked))


def there_is_time_left(turn: Turn[Memory], picked: Picked | SeveralPicked) -> bool:
    return not _some_are_over(turn, _picked(picked))


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def keep_it(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    yield Then(event=KeepWanted(named=wish.named, meant=wish.meant, guessed=wish.guessed))


def say_that_it_is_too_late(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    late = [undoable.record for undoable in _meant(turn, wish)]
    yield from noted(turn, (RestoreSettled(record=record, outcome="too_late") for record in late))
    for record in late:
        yield Say(text="take_back.too_late", args={"record": record})


def say_that_they_have_begun(turn: Turn[Memory], event: TakeBackWanted | Picked | SeveralPicked) -> Effects:
    ended, _ = sorted_out(turn, wished(turn, event))
    yield from noted(turn, ended)
    for fact in ended:
        yield Say(text="take_back.refused.started", args={"record": fact.record})


def ask_which(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    records = _in_time(turn, wish)
    turn.memory.offered = records
    rows = [Option(kind="record", record=record) for record in records[:OFFERED_MAX]]
    yield Say(
        text="take_back.which",
        options=(*rows, Option(kind="take_back_all")),
        question=True,
        among=records,
    )


def ask_whether(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    yield _whether(turn, _in_time(turn, wish))


def ask_whether_picked(turn: Turn[Memory], picked: Picked | SeveralPicked) -> Effects:
    yield _whether(turn, _picked(picked))


def _whether(turn: Turn[Memory], records: tuple[Record, ...]) -> Say:
    turn.memory.wanted = records
    return Say(
        text="take_back.confirm_several" if len(records) > 1 else "take_back.confirm",
        args={"records": records} if len(records) > 1 else {"record": records[0]},
        options=(Option(kind="take_back_yes"), Option(kind="take_back_no")),
        question=True,
        proposes=records,
        change="restored",
    )


# ── what is meant ─────────────────────────────────────────────────────────────────────────────────────


def wished(turn: Turn[Memory], event: TakeBackWanted | Picked | SeveralPicked) -> tuple[Record, ...]:
    """Return the records that are to be taken back at once."""
    return _in_time(turn, event) if isinstance(event, TakeBackWanted) else _picked(event)


def _picked(picked: Picked | SeveralPicked) -> tuple[Record, ...]:
    return (picked.record,) if isinstance(picked, Picked) else picked.records


def _in_time(turn: Turn[Memory], wish: TakeBackWanted) -> tuple[Record, ...]:
    """Return what was wished back in time, soonest visit first."""
    records = [undoable.record for undoable in _meant(turn, wish) if undoable.until >= turn.said_at]
    return tuple(sorted(records, key=lambda record: record.starts_at))


def _meant(turn: Turn[Memory], wish: TakeBackWanted) -> tuple[Undoable, ...]:
    """Return the cancels that the wish may mean; where it names what none of them is, all of them."""
    # What was cancelled twice counts as it was the last time.
    known = {undoable.record.record_id: undoable for undoable in turn.chat.undoable}
    if wish.record_id is not None:
        return (known[wish.record_id],) if wish.record_id in known else ()
    fits = fitting(wish.named, tuple(undoable.record for undoable in known.values()))
    return tuple(known[record.record_id] for record in fits) or tuple(known.values())


def _names_another(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    records = tuple(undoable.record for undoable in turn.chat.undoable)
    return wish.record_id is None and not fitting(wish.named, records)


def _some_are_over(turn: Turn[Memory], records: tuple[Record, ...]) -> bool:
    return any(is_over(turn, record) for record in records)
