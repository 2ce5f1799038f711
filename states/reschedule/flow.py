"""Reschedule: the client moves one record to a free window, and is told only what the journal shows."""

from engine.booking import (
    CallFailed,
    FindSlots,
    MoveRecord,
    MoveSettled,
    Record,
    RecordChanged,
    RecordMoved,
    RecordsFound,
    SlotsFound,
    SlotTaken,
)
from engine.effects import Argument, Do, Effects, Note, Remember, Say, Then
from engine.events import (
    CancelWanted,
    Event,
    Named,
    No,
    NotUnderstood,
    RescheduleWanted,
    SlotPicked,
    StaleTap,
    TimedOut,
    Yes,
)
from engine.flow import IDLE, Calling, Flow, On, Open, Turn, Waiting, minutes, say
from states import choose_record
from states.choose_record import Settled
from states.everywhere import end_requests, look_later, watch
from states.reschedule import hearing, offering
from states.reschedule.hearing import (
    AnyMasterWanted,
    CancelInstead,
    MoreWanted,
    NewTimeWanted,
    OtherDayWanted,
    OtherTimeWanted,
    SlotNamed,
)
from states.reschedule.memory import Because, Memory
from states.reschedule.others import AnotherRecordWanted
from states.reschedule.reviving import (
    MovedBackWanted,
    a_cancel_may_be_meant,
    a_cancelled_one_is_meant,
    ask_whether_to_take_back,
    ask_which_to_take_back,
    cancelled_ones_may_be_meant,
    find_for_cancelled,
    it_came_back_by_the_move,
    moved_back,
    offer_the_old_window,
)
from states.reschedule.several import (
    cancel_it,
    it_is_rather_a_cancel,
    offer_one_at_a_time,
    several_are_wanted,
    tell_of_the_others,
)
from states.reschedule.waiting import (
    a_cancel_is_asked_for,
    ask_about_what_waits,
    its_cancel_is_asked_for,
    keep_what_is_asked_for,
    leave_the_list_in_silence,
    remind,
)

# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def it_has_begun(turn: Turn[Memory], event: Event) -> bool:
    """The visit began while the question stood."""
    return turn.memory.record.starts_at <= turn.now and not turn.memory.revives


def it_is_too_soon(turn: Turn[Memory], event: SlotPicked | Yes) -> bool:
    """The salon's notice of the window ended while the question stood."""
    slot = event.slot if isinstance(event, SlotPicked) else turn.memory.to
    assert slot is not None
    return slot.starts_at < turn.now + turn.salon.notice


def outcome_is_unknown(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "unknown"


def nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "not_tried"


def asked_for_silence(turn: Turn[Memory], event: RecordChanged | SlotTaken) -> bool:
    """The client said «стоп» meanwhile, so no question can be asked any more."""
    return turn.chat.opted_out


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def move_to_picked(turn: Turn[Memory], picked: SlotPicked) -> Effects:
    turn.memory.to = picked.slot
    yield from move_to_agreed(turn, picked)


def move_to_agreed(turn: Turn[Memory], event: SlotPicked | Yes) -> Effects:
    memory = turn.memory
    assert memory.to is not None
    yield Do(command=MoveRecord(record=memory.record, to=memory.to, revives=memory.revives))


def find_later_than_picked(turn: Turn[Memory], picked: SlotPicked) -> Effects:
    turn.memory.to = picked.slot
    yield from find_later(turn, picked)


def find_later(turn: Turn[Memory], event: SlotPicked | Yes) -> Effects:
    yield from _find_again(turn, turn.memory.record, "too_soon")


def keep(turn: Turn[Memory], no: No) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="kept"))
    # What was cancelled through us is not kept by leaving it alone.
    yield Say(
        text="reschedule.left_alone" if turn.memory.revives else "reschedule.kept",
        args={"record": record},
        whose=bool(turn.memory.people),
    )


def hand_over_to_cancel(turn: Turn[Memory], instead: CancelInstead) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="kept"))
    this_one = Named(days=(record.starts_at.date(),), clock=record.starts_at.time())
    # Not every word is explained here, so it is asked about in any case.
    yield Then(event=CancelWanted(named=this_one if instead.named == Named() else instead.named))


def leave_in_silence(turn: Turn[Memory], event: TimedOut) -> Effects:
    yield Note(fact=MoveSettled(record=turn.memory.record, to=turn.memory.to, outcome="silent"))
    yield Say(text="reschedule.timed_out")
    yield from remind(turn)


def say_that_it_began(turn: Turn[Memory], event: Event) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, outcome="refused", detail="started"))
    yield Say(text="reschedule.refused.started", args={"record": record}, whose=bool(turn.memory.people))


def say_that_nothing_is_free(turn: Turn[Memory], found: SlotsFound) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="no_slots"))
    yield Say(text="reschedule.no_slots", args={"record": record}, whose=bool(turn.memory.people))
    yield from remind(turn)


def say_that_windows_are_unseen(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, outcome="not_tried"))
    yield Say(text="reschedule.unavailable", args={"record": record}, whose=bool(turn.memory.people))
    yield from remind(turn)


def report(turn: Turn[Memory], moved: RecordMoved) -> Effects:
    receipt, before = moved.receipt, turn.memory.record
    turn.memory.moved = receipt.record
    yield from end_requests(turn, receipt.record)
    settled = MoveSettled(record=receipt.was or before, to=turn.memory.to, outcome="moved", receipt=receipt)
    yield Note(fact=settled)
    others = tuple(one for one in turn.chat.undoable if one.record.record_id != receipt.record.record_id)
    # What came back by a move is no cancel that could be taken back.
    yield Remember(undoable=others)
    text = "reschedule.revived" if turn.memory.revives else "reschedule.done"
    args: dict[str, Argument] = {"record": receipt.record, "was": before}
    yield Say(text=text, args=args, receipts=(receipt,), whose=bool(turn.memory.people))
    yield from watch(turn, receipt)
    yield from tell_of_the_others(turn)


def find_for_what_it_is_now(turn: Turn[Memory], changed: RecordChanged) -> Effects:
    yield from _find_again(turn, changed.now, "changed")


def find_what_is_left(turn: Turn[Memory], taken: SlotTaken) -> Effects:
    yield from _find_again(turn, turn.memory.record, "taken")


def _find_again(turn: Turn[Memory], record: Record, because: Because) -> Effects:
    turn.memory.because = because
    yield from offering.find_again(turn, record)


def say_that_it_is_as_the_salon_has_it(turn: Turn[Memory], changed: RecordChanged) -> Effects:
    yield Note(fact=MoveSettled(record=changed.now, to=turn.memory.to, outcome="not_tried"))
    yield Say(
        text="reschedule.changed_and_left", args={"record": changed.now}, whose=bool(turn.memory.people)
    )
    yield from remind(turn)


def say_that_it_was_taken(turn: Turn[Memory], taken: SlotTaken) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="not_tried"))
    yield Say(text="reschedule.taken_and_left", args={"record": record}, whose=bool(turn.memory.people))
    yield from remind(turn)


def say_that_it_is_unknown(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record, to = turn.memory.record, turn.memory.to
    assert to is not None
    yield Note(fact=MoveSettled(record=record, to=to, outcome="unknown"))
    yield Say(text="reschedule.unknown", args={"record": record, "slot": to}, whose=bool(turn.memory.people))
    yield from look_later(turn, record, "moved", to)


def say_that_nothing_was_tried(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="not_tried"))
    yield Say(text="reschedule.not_tried", args={"record": record}, whose=bool(turn.memory.people))
    yield from remind(turn)


def say_why_it_was_refused(turn: Turn[Memory], failed: CallFailed) -> Effects:
    record = turn.memory.record
    yield Note(fact=MoveSettled(record=record, to=turn.memory.to, outcome="refused", detail=failed.detail))
    yield Say(
        text=f"reschedule.refused.{failed.detail or 'refused'}",
        args={"record": record},
        whose=bool(turn.memory.people),
    )
    yield from remind(turn)


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────

DAY, TIME, PROPOSAL = "reschedule.choosing_day", "reschedule.choosing_slot", "reschedule.confirming"
LOOKING = "reschedule.looking"
CHOOSING = "reschedule.choosing"
LISTS = ("reschedule.asking_whose", CHOOSING)
FINDING, MOVING, DONE = "reschedule.finding", "reschedule.moving", "reschedule.done"

FLOW = Flow(
    name="reschedule",
    intents=(RescheduleWanted,),
    hears=(hearing.reschedule_wanted,),
    memory=Memory,
    # Whose record, which, what time, whether that one; and what a cancel costs that is preferred to it,
    # where a request is withdrawn beside it, or a take-back of what was cancelled before.
    messages_max=12,
    version=2,
    states=(
        *choose_record.states("reschedule"),
        Calling(FINDING, FindSlots),
        Waiting(DAY, hears=hearing.AT_THE_DAY, context="reschedule", patience=minutes(15)),
        Waiting(TIME, hears=hearing.AT_THE_TIME, context="reschedule", patience=minutes(15)),
        Waiting(PROPOSAL, hears=hearing.AT_THE_PROPOSAL, context="reschedule", patience=minutes(15)),
        Calling(MOVING, MoveRecord),
        Open(DONE, hears=(moved_back,), context="done", patience=minutes(15)),
    ),
    table=(
        On(RescheduleWanted, IDLE, FINDING, when=offering.record_is_known, do=offering.find_for_known),
        On(
            RecordsFound,
            LOOKING,
            FINDING,
            when=offering.it_was_tapped,
            do=offering.find_for_tapped,
        ),
        # What was cancelled just now stands nowhere, and comes back by the move.
        On(RecordsFound, LOOKING, FINDING, when=a_cancelled_one_is_meant, do=find_for_cancelled),
        On(RecordsFound, LOOKING, IDLE, when=cancelled_ones_may_be_meant, do=ask_which_to_take_back),
        On(RecordsFound, LOOKING, IDLE, when=it_is_rather_a_cancel, do=cancel_it),
        On(RecordsFound, LOOKING, CHOOSING, when=several_are_wanted, do=offer_one_at_a_time),
        *(On(No, here, IDLE, when=a_cancel_is_asked_for, do=ask_about_what_waits) for here in LISTS),
        *(
            On(TimedOut, here, IDLE, when=a_cancel_is_asked_for, do=leave_the_list_in_silence)
            for here in LISTS
        ),
        *choose_record.rows(
            "reschedule",
            RescheduleWanted,
            settled=(Settled(FINDING, offering.find_for_chosen),),
            the_only=(Settled(FINDING, offering.find_for_the_only),),
            several=False,
            words="reschedule",
            look=offering.look_up,
            timed_out="reschedule.timed_out",
        ),
        # What is free.
        On(SlotsFound, FINDING, FINDING, when=offering.that_day_is_full, do=offering.find_around),
        On(SlotsFound, FINDING, FINDING, when=offering.only_others_may_be_free, do=offering.find_others),
        On(SlotsFound, FINDING, IDLE, when=offering.nothing_is_free, do=say_that_nothing_is_free),
        On(
            SlotsFound, FINDING, PROPOSAL, when=offering.the_wanted_window_is_free, do=offering.propose_wanted
        ),
        On(SlotsFound, FINDING, TIME, when=offering.one_day_is_left, do=offering.offer_times),
        On(SlotsFound, FINDING, DAY, do=offering.offer_days),
        On(CallFailed, FINDING, IDLE, do=say_that_windows_are_unseen),
        # Which day.
        On(NewTimeWanted, DAY, FINDING, do=offering.find_anew),
        On(MoreWanted, DAY, DAY, do=offering.offer_more_days),
        On(AnyMasterWanted, DAY, FINDING, do=offering.find_any_master),
        # At what time: a picked window is agreed on.
        On(SlotPicked, TIME, IDLE, when=it_has_begun, do=say_that_it_began),
        On(SlotPicked, TIME, FINDING, when=it_is_too_soon, do=find_later_than_picked),
        On(SlotPicked, TIME, MOVING, do=move_to_picked),
        On(SlotNamed, TIME, PROPOSAL, do=offering.propose_named),
        On(NewTimeWanted, TIME, FINDING, do=offering.find_anew),
        On(MoreWanted, TIME, TIME, do=offering.offer_more_times),
        On(OtherDayWanted, TIME, FINDING, do=offering.find_other_days),
        # This one?
        On(Yes, PROPOSAL, IDLE, when=it_has_begun, do=say_that_it_began),
        On(Yes, PROPOSAL, FINDING, when=it_is_too_soon, do=find_later),
        On(Yes, PROPOSAL, MOVING, do=move_to_agreed),
        On(NewTimeWanted, PROPOSAL, FINDING, do=offering.find_anew),
        On(OtherTimeWanted, PROPOSAL, FINDING, do=offering.find_other_times),
        # Not this record: what is moved must be what was meant.
        *(
            On(AnotherRecordWanted, here, LOOKING, do=offering.look_up_another)
            for here in (DAY, TIME, PROPOSAL)
        ),
        # Rather not.
        *(
            On(No, here, IDLE, when=its_cancel_is_asked_for, do=keep_what_is_asked_for)
            for here in (DAY, TIME, PROPOSAL)
        ),
        *(On(No, here, IDLE, do=keep) for here in (DAY, TIME, PROPOSAL)),
        *(On(CancelInstead, here, IDLE, do=hand_over_to_cancel) for here in (DAY, TIME, PROPOSAL)),
        *(On(TimedOut, here, IDLE, do=leave_in_silence) for here in (DAY, TIME, PROPOSAL)),
        # What became of it.
        On(RecordMoved, MOVING, DONE, do=report),
        On(RecordChanged, MOVING, IDLE, when=asked_for_silence, do=say_that_it_is_as_the_salon_has_it),
        On(RecordChanged, MOVING, FINDING, do=find_for_what_it_is_now),
        On(SlotTaken, MOVING, IDLE, when=asked_for_silence, do=say_that_it_was_taken),
        On(SlotTaken, MOVING, FINDING, do=find_what_is_left),
        On(CallFailed, MOVING, IDLE, when=outcome_is_unknown, do=say_that_it_is_unknown),
        On(CallFailed, MOVING, IDLE, when=nothing_was_tried, do=say_that_nothing_was_tried),
        On(CallFailed, MOVING, IDLE, do=say_why_it_was_refused),
        On(MovedBackWanted, DONE, IDLE, when=a_cancel_may_be_meant, do=ask_whether_to_take_back),
        On(MovedBackWanted, DONE, DONE, when=it_came_back_by_the_move, do=say("reschedule.after")),
        On(MovedBackWanted, DONE, IDLE, do=offer_the_old_window),
        # A double tap: "no longer works" would frighten right after a move.
        On(StaleTap, DONE, DONE, do=say("reschedule.tapped_again")),
        On(NotUnderstood, DONE, DONE, do=say("reschedule.after")),
        # Nothing was asked, so nothing is said when the time for a "thank you" is over.
        On(TimedOut, DONE, IDLE),
    ),
)
