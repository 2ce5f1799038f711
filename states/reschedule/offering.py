"""Looking for windows, and the questions that offer them: days, the times of one day, or one window."""

from datetime import datetime, time
from typing import Any

from engine.booking import FindSlots, Record, RecordsFound, Slot, SlotsFound
from engine.effects import Ask, Day, Effects, Option, Say
from engine.events import Event, Named, RescheduleWanted
from engine.flow import Turn
from engine.understanding import is_called, together
from states import choose_record
from states.choose_record import people_of
from states.reschedule.hearing import NewTimeWanted, SlotNamed
from states.reschedule.memory import Memory
from states.reschedule.others import AnotherRecordWanted
from states.reschedule.windows import (
    SHOWN_MAX,
    Windows,
    days_to_offer,
    has_more,
    page,
    span,
    times_to_offer,
    turn_page,
    windows,
)

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def record_is_known(turn: Turn[Memory], wish: RescheduleWanted) -> bool:
    """Another flow hands it over, and need not ask which."""
    return wish.record is not None


def it_was_tapped(turn: Turn[Memory], found: RecordsFound) -> bool:
    """The button named a record, and it is still to come."""
    return any(record.record_id == turn.memory.tapped for record in found.records)


def that_day_is_full(turn: Turn[Memory], found: SlotsFound) -> bool:
    """Only one day was looked at, and the fortnight about it may have more."""
    return turn.memory.one_day is not None and not sorted_out(turn, found).of_the_day


def only_others_may_be_free(turn: Turn[Memory], found: SlotsFound) -> bool:
    """The record's own master has nothing at all."""
    return not (turn.memory.any_master or sorted_out(turn, found).free)


def nothing_is_free(turn: Turn[Memory], found: SlotsFound) -> bool:
    return not sorted_out(turn, found).free


def the_wanted_window_is_free(turn: Turn[Memory], found: SlotsFound) -> bool:
    """Day and hour were told, and there is just this window."""
    target, sorted_ = turn.memory.target, sorted_out(turn, found)
    whole = bool(target.days) and target.clock is not None and not sorted_.not_that_master
    return whole and len(sorted_.fitting) == 1


def one_day_is_left(turn: Turn[Memory], found: SlotsFound) -> bool:
    return len(sorted_out(turn, found).days) == 1


def sorted_out(turn: Turn[Memory], found: SlotsFound) -> Windows:
    return windows(turn.memory, found.slots, turn.now + turn.salon.notice)


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────


def look_up(turn: Turn[Any], wish: RescheduleWanted) -> Effects:
    turn.memory.target, turn.memory.tapped = wish.target, wish.record_id
    turn.memory.several, turn.memory.comes = wish.several, wish.comes
    yield from choose_record.look_up(turn, wish)


def look_up_another(turn: Turn[Any], another: AnotherRecordWanted) -> Effects:
    """Begin anew with another record; the new day and hour still hold, the master is another one's."""
    memory = turn.memory
    target = together(memory.target.model_copy(update={"names": ()}), another.target)
    turn.memory = Memory(left=memory.record.record_id)
    yield from look_up(turn, RescheduleWanted(named=another.named, target=target, several=another.several))


def find_for_known(turn: Turn[Memory], wish: RescheduleWanted) -> Effects:
    assert wish.record is not None
    turn.memory.chosen, turn.memory.revives = (wish.record,), wish.revives
    turn.memory.target = wish.target
    people = people_of((wish.record, *(one.record for one in turn.chat.undoable)))
    turn.memory.people = people if len(people) > 1 else ()
    yield from find_for_chosen(turn)


def find_for_tapped(turn: Turn[Memory], found: RecordsFound) -> Effects:
    turn.memory.chosen = tuple(one for one in found.records if one.record_id == turn.memory.tapped)
    turn.memory.known = found.records
    people = people_of(found.records)
    turn.memory.people = people if len(people) > 1 else ()
    yield _find(turn)


def find_for_chosen(turn: Turn[Memory]) -> Effects:
    """Look for windows of the record that was settled on.

    «Перенесите запись на пятницу» may be said of Friday's: then it tells which, and not where to.
    """
    memory, event = turn.memory, turn.event
    memory.known = event.records if isinstance(event, RecordsFound) else memory.records
    if memory.record.record_id == memory.left and len(memory.known) == 1:
        memory.because = "the_only"
    memory.left = None
    target = memory.target
    if target == Named(days=(turn.memory.record.starts_at.date(),)):
        turn.memory.target = Named()
    if turn.memory.tapped is not None and isinstance(turn.event, RecordsFound):
        # The tapped one is gone, and this is the only one that is left.
        turn.memory.because = "the_only"
    yield _find(turn)


def find_for_the_only(turn: Turn[Memory]) -> Effects:
    """Something else was named than the one record that there is: the question will say so."""
    turn.memory.because = "the_only"
    yield from find_for_chosen(turn)


def find_anew(turn: Turn[Memory], wanted: NewTimeWanted) -> Effects:
    """Look where the client points now; what was told before and still holds is kept."""
    turn.memory.target = together(turn.memory.target, wanted.target)
    days = turn.memory.target.days
    turn.memory.one_day = days[0] if len(days) == 1 else None
    yield _find(turn)


def find_around(turn: Turn[Memory], found: SlotsFound) -> Effects:
    turn.memory.one_day = None
    yield _find(turn)


def find_other_days(turn: Turn[Memory], event: Event) -> Effects:
    turn.memory.one_day = None
    turn.memory.target = Named(names=turn.memory.target.names)
    yield _find(turn)


def find_other_times(turn: Turn[Memory], event: Event) -> Effects:
    assert turn.memory.to is not None
    day = turn.memory.to.starts_at.date()
    turn.memory.one_day = day
    turn.memory.target = Named(days=(day,), names=turn.memory.target.names)
    yield _find(turn)


def find_any_master(turn: Turn[Memory], event: Event) -> Effects:
    turn.memory.any_master = True
    yield _find(turn)


def find_others(turn: Turn[Memory], found: SlotsFound) -> Effects:
    turn.memory.because = turn.memory.because or "others_only"
    yield from find_any_master(turn, found)


def find_again(turn: Turn[Memory], record: Record) -> Effects:
    """The window that was agreed on is none any more, or the record has changed: show what is free now."""
    assert turn.memory.to is not None
    turn.memory.chosen = (record,)
    turn.memory.one_day = None
    turn.memory.target = Named(days=(turn.memory.to.starts_at.date(),), names=turn.memory.target.names)
    yield _find(turn)


def _find(turn: Turn[Memory]) -> Ask:
    memory = turn.memory
    memory.any_master = memory.any_master or not all(
        is_called(memory.record.master, name) for name in memory.target.names
    )
    since, until = span(memory, turn.now.astimezone(turn.salon.zone).date())
    return Ask(
        query=FindSlots(
            record=memory.record,
            since=since,
            until=until,
            any_master=memory.any_master,
            not_before=turn.now + turn.salon.notice,
        )
    )


# ── offering ──────────────────────────────────────────────────────────────────────────────────────────


def offer_days(turn: Turn[Memory], found: SlotsFound) -> Effects:
    sorted_ = sorted_out(turn, found)
    yield from _why_these(turn, sorted_)
    memory = turn.memory
    memory.days = days_to_offer(sorted_, memory.target)
    memory.first, memory.first_page = 0, SHOWN_MAX
    if not sorted_.of_the_day or memory.target.impossible_day:
        # There is no such day: «вечером» is said next of those that there are.
        memory.target = memory.target.model_copy(update={"days": (), "impossible_day": False})
    yield _which_day(memory)


def offer_more_days(turn: Turn[Memory], event: Event) -> Effects:
    turn_page(turn.memory, turn.memory.days)
    yield _which_day(turn.memory)


def offer_times(turn: Turn[Memory], found: SlotsFound) -> Effects:
    sorted_ = sorted_out(turn, found)
    yield from _why_these(turn, sorted_)
    memory = turn.memory
    first, others = times_to_offer(sorted_, memory.target, memory.record.starts_at.time())
    memory.slots = (*first, *others)
    memory.first, memory.first_page = 0, len(first)
    # An hour that is said next is one of this day.
    memory.target = memory.target.model_copy(update={"days": sorted_.days, "impossible_day": False})
    yield _which_time(memory)


def offer_more_times(turn: Turn[Memory], event: Event) -> Effects:
    turn_page(turn.memory, turn.memory.slots)
    yield _which_time(turn.memory)


def propose_wanted(turn: Turn[Memory], found: SlotsFound) -> Effects:
    sorted_ = sorted_out(turn, found)
    yield from _why_these(turn, sorted_)
    yield _proposal(turn.memory, sorted_.fitting[0])


def propose_named(turn: Turn[Memory], named: SlotNamed) -> Effects:
    yield _proposal(turn.memory, named.slot)


def _why_these(turn: Turn[Memory], found: Windows) -> Effects:
    """Say what became of the wish, where what is offered now is not what was wished for."""
    target = turn.memory.target
    if found.not_that_master:
        turn.memory.because = turn.memory.because or "not_that_master"
    if turn.memory.because is not None:
        yield Say(text=f"reschedule.because.{turn.memory.because}")
    if target.impossible_day:
        yield Say(text="reschedule.because.no_such_day")
    elif not found.fitting and _is_within_the_notice(turn):
        yield Say(text="reschedule.because.within_notice")
    elif not found.of_the_day:
        yield Say(text="reschedule.because.not_that_day")
    elif not found.fitting:
        yield Say(text="reschedule.because.not_that_time")
    turn.memory.because = None


def _is_within_the_notice(turn: Turn[Memory]) -> bool:
    """Whether all that was wished for is sooner than the salon's notice, whether free or not."""
    target, zone = turn.memory.target, turn.salon.zone
    latest = target.clock or target.until or time.max
    ends = [datetime.combine(day, latest, zone) for day in target.days]
    return bool(ends) and max(ends) < turn.now + turn.salon.notice


def _which_day(memory: Memory) -> Say:
    shown = page(memory, memory.days)
    options = [
        Option(kind="day", choice=memory.first + place, args={"day": Day(on=day)})
        for place, day in enumerate(shown)
    ]
    if has_more(memory, memory.days):
        options.append(Option(kind="more_days"))
    if not memory.any_master:
        options.append(Option(kind="any_master"))
    return Say(
        text="reschedule.which_day",
        args={"record": memory.record},
        options=tuple(options),
        question=True,
        among=(memory.record,),
        opens="option.list_of_days",
        whose=bool(memory.people),
    )


def _which_time(memory: Memory) -> Say:
    """A picked window is the consent, so the question says that it will be taken at once."""
    shown = page(memory, memory.slots)
    options = [
        Option(kind="slot", slot=slot, choice=memory.first + place) for place, slot in enumerate(shown)
    ]
    if has_more(memory, memory.slots):
        options.append(Option(kind="more_times"))
    options.append(Option(kind="other_day"))
    return Say(
        text="reschedule.which_time",
        args={"record": memory.record, "day": Day(on=shown[0].starts_at.date())},
        options=tuple(options),
        question=True,
        proposes=(memory.record,),
        change="moved",
        opens="option.list_of_times",
        whose=bool(memory.people),
    )


def _proposal(memory: Memory, slot: Slot) -> Say:
    memory.to = slot
    return Say(
        text="reschedule.confirm",
        args={"record": memory.record, "slot": slot},
        options=(Option(kind="yes_move"), Option(kind="other_time"), Option(kind="no")),
        question=True,
        proposes=(memory.record,),
        change="moved",
        to=slot,
        whose=bool(memory.people),
    )
