"""The wish: which cancels it may mean, whether one of them can still be taken back, and what is asked."""

from datetime import timedelta

from engine.booking import Record, RestoreSettled
from engine.chat import Undoable
from engine.effects import Effects, Option, Say, Then
from engine.events import KeepWanted, Named, Picked, SeveralPicked, TakeBackWanted
from engine.flow import Turn
from engine.understanding import explains, fitting, is_for, is_service
from states.choose_record import each_named, people_of
from states.take_back.memory import Memory, are_all_named, is_over, noted, shared, sorted_out
from states.take_back.waiting import also_meant, waiting, were_asked_for_before

# A WhatsApp list has room for ten rows (whatsapp.md §2.1, 2026-11); the last one stands for all of them.
OFFERED_MAX = 9

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def a_request_is_meant(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """A late cancel waits for the salon, and no cancel that could be taken back is meant rather."""
    asked = waiting(turn)
    if wish.record_id is not None or not asked:
        return False
    if not any(record.starts_at > turn.now for record in in_time(turn, wish)):
        return True
    if not wish.named.anything():
        return False
    # Held against both at once: a word that fits none of some records is no constraint among them.
    fits = fitting(wish.named, (*asked, *(one.record for one in turn.chat.undoable)))
    return bool(fits) and all(record in asked for record in fits)


def nothing_is_taken_back_here(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """By the salon's settings."""
    return "undo" not in turn.salon.offers or turn.salon.undo_for <= timedelta(0)


def nothing_is_known(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """No cancel of this chat's is remembered, or not this one: it came back already, or never went by us.

    Where another one is named, this is so too once none can be offered instead.
    """
    return not _meant(turn, wish)


def it_is_too_late(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    return not in_time(turn, wish)


def all_have_begun(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    return all(record.starts_at <= turn.now for record in in_time(turn, wish))


def several_may_be_meant(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    records = in_time(turn, wish)
    enough = wish.meant == "all" or (wish.meant == "both" and len(records) == 2)
    of_each = each_named(wish.named, records)
    return len(records) > 1 and (not (enough or of_each) or _names_another(turn, wish))


def it_is_clear(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    """A plain order, fresh, that names nothing else, and was said and taken while it could be meant."""
    records = in_time(turn, wish)
    also = also_meant(turn, wish, records)
    fresh = turn.now - turn.said_at <= turn.salon.old_after and were_asked_for_before(turn, also)
    # «Обе», where one is known, may mean another one too.
    counted = wish.meant != "both" or len(_meant(turn, wish)) + len(also) == 2
    return (
        fresh
        and counted
        and not wish.guessed
        and not _names_another(turn, wish)
        and not _was_said_before(turn, wish, records)
        and are_all_named(wish.named, (*records, *also))
        and not _some_are_over(turn, records)
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
    know_people(turn)
    late = [undoable.record for undoable in _meant(turn, wish)]
    yield from noted(turn, (RestoreSettled(record=record, outcome="too_late") for record in late))
    for record in late:
        yield Say(text="take_back.too_late", args={"record": record}, whose=shared(turn))


def say_that_they_have_begun(turn: Turn[Memory], event: TakeBackWanted | Picked | SeveralPicked) -> Effects:
    know_people(turn)
    ended, _ = sorted_out(turn, wished(turn, event))
    yield from noted(turn, ended)
    for fact in ended:
        yield Say(text="take_back.refused.started", args={"record": fact.record}, whose=shared(turn))


def ask_which(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    know_people(turn)
    records = in_time(turn, wish)
    turn.memory.offered = records
    rows = [Option(kind="record", record=record) for record in records[:OFFERED_MAX]]
    yield Say(
        text="take_back.which_other" if _names_another(turn, wish) else "take_back.which",
        options=(*rows, Option(kind="take_back_all")),
        question=True,
        among=records,
        whose=shared(turn),
    )


def ask_whether(turn: Turn[Memory], wish: TakeBackWanted) -> Effects:
    know_people(turn)
    records = in_time(turn, wish)
    turn.memory.withdrawn = also_meant(turn, wish, records)
    yield _whether(turn, records, _how_it_is_asked(turn, wish, records))


def ask_whether_picked(turn: Turn[Memory], picked: Picked | SeveralPicked) -> Effects:
    yield _whether(turn, _picked(picked))


def _how_it_is_asked(turn: Turn[Memory], wish: TakeBackWanted, records: tuple[Record, ...]) -> str:
    """Return the end of the question's key: what is there may not be what was wished for, and it is said."""
    if turn.memory.withdrawn:
        return "_and_withdraw"
    if len(records) == 1 and _names_another(turn, wish):
        return "_own_time" if _names_another_time(wish, records) else "_other"
    return ""


def _whether(turn: Turn[Memory], records: tuple[Record, ...], how: str = "") -> Say:
    turn.memory.wanted = records
    return Say(
        text=f"take_back.confirm{how or ('_several' if len(records) > 1 else '')}",
        args={"record": records[0], "records": records, "late_records": turn.memory.withdrawn},
        options=(Option(kind="take_back_yes"), Option(kind="take_back_no")),
        question=True,
        proposes=records,
        change="restored",
        whose=shared(turn),
    )


def know_people(turn: Turn[Memory]) -> None:
    """Keep whose records can be taken back, so that what is asked and told can say it."""
    people = people_of([undoable.record for undoable in turn.chat.undoable])
    turn.memory.people = people if len(people) > 1 else turn.memory.people


# ── what is meant ─────────────────────────────────────────────────────────────────────────────────────


def wished(turn: Turn[Memory], event: TakeBackWanted | Picked | SeveralPicked) -> tuple[Record, ...]:
    """Return the records that are to be taken back; of all that were wished for, the late ones are told."""
    if not isinstance(event, TakeBackWanted):
        return _picked(event)
    left = in_time(turn, event)
    late = tuple(one.record for one in _meant(turn, event) if one.record not in left)
    return left if event.meant == "one" else (*left, *late)


def _picked(picked: Picked | SeveralPicked) -> tuple[Record, ...]:
    return (picked.record,) if isinstance(picked, Picked) else picked.records


def in_time(turn: Turn[Memory], wish: TakeBackWanted) -> tuple[Record, ...]:
    """Return what was wished back in time, soonest visit first."""
    records = [one.record for one in _meant(turn, wish) if _is_in_time(turn, one)]
    return tuple(sorted(records, key=lambda record: record.starts_at))


def _is_in_time(turn: Turn[Memory], undoable: Undoable) -> bool:
    return undoable.until >= turn.said_at


def _meant(turn: Turn[Memory], wish: TakeBackWanted) -> tuple[Undoable, ...]:
    """Return the cancels that the wish may mean; where it names what none of them is, those to offer."""
    fits = _fitting(turn, wish)
    if fits or wish.record_id is not None:
        return fits
    return tuple(
        one for one in _known(turn).values() if _is_in_time(turn, one) and one.record.starts_at > turn.now
    )


def _fitting(turn: Turn[Memory], wish: TakeBackWanted) -> tuple[Undoable, ...]:
    known = _known(turn)
    if wish.record_id is not None:
        return (known[wish.record_id],) if wish.record_id in known else ()
    records = tuple(undoable.record for undoable in known.values())
    # A wish that only sounds so may hold any word; what a plain order names is a service or a person.
    if not wish.guessed and _fits_nobody(turn, wish.named, records):
        return ()
    return tuple(known[record.record_id] for record in fitting(wish.named, records))


def _fits_nobody(turn: Turn[Memory], named: Named, records: tuple[Record, ...]) -> bool:
    """Whether there are services or persons in it, and none of these records has any of them.

    «Верните немедленно», «верните блин»: a word that nobody knows for a service names no other record.
    """
    words = [word for word in named.words if are_all_named(Named(words=(word,)), records)]
    asked = waiting(turn)
    others = [
        word
        for word in named.words
        if is_service(word) or any(explains(Named(words=(word,)), one) for one in asked)
    ]
    people = [name for name in named.people if any(is_for(name, record) for record in records)]
    return bool((others and not words) or (named.people and not people))


def _known(turn: Turn[Memory]) -> dict[int, Undoable]:
    # What was cancelled twice counts as it was the last time.
    return {undoable.record.record_id: undoable for undoable in turn.chat.undoable}


def _names_another(turn: Turn[Memory], wish: TakeBackWanted) -> bool:
    return wish.record_id is None and not _fitting(turn, wish)


def _names_another_time(wish: TakeBackWanted, records: tuple[Record, ...]) -> bool:
    """«Верните, но на 16:00»: but for its day and hour it is this record that is named."""
    named = wish.named.model_copy(update={"days": (), "clock": None})
    return bool(fitting(named, records)) and are_all_named(named, records)


def _was_said_before(turn: Turn[Memory], wish: TakeBackWanted, records: tuple[Record, ...]) -> bool:
    """The words are older than the cancel that they would undo; the channel's clock counts whole seconds."""
    cancelled = (one.until - turn.salon.undo_for for one in _meant(turn, wish) if one.record in records)
    return any(turn.said_at < moment.replace(microsecond=0) for moment in cancelled)


def _some_are_over(turn: Turn[Memory], records: tuple[Record, ...]) -> bool:
    return any(is_over(turn, record) for record in records)
