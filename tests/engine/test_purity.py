"""A step and an understanding are pure: the same again for the same, and nothing given is changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import booking, events, texts
from engine.booking import RecordsFound
from engine.chat import LateRequest, Undoable
from engine.consent import BrokenPromise
from engine.dialogue import Dialogue, UnexpectedEvent
from engine.events import CancelWanted, Heard, TakeBackWanted, Yes
from engine.flow import Salon
from engine.moment import Moment
from engine.session import Chat, Session
from engine.understanding import Understanding
from engine.values import Event, Frozen
from states import everywhere, registry
from states.clarify import flow as clarify
from states.reason import WhyTapped
from states.reschedule.hearing import NewTimeWanted, SlotNamed
from tests.chat import ANNA, MONDAY, MOSCOW, record, slot

CATALOGUE = texts.load(registry.texts())
DIALOGUE = Dialogue(registry.FLOWS, everywhere.rows, Understanding(), CATALOGUE.claims, CATALOGUE.title)
CHAT = Chat(phone=ANNA)


def at(**more: Any) -> Moment:
    around: dict[str, Any] = {"salon": Salon(zone=MOSCOW), "now": MONDAY, "said_at": MONDAY, "turn": 9}
    asked = {"asked_at": MONDAY, "asked_arrival": 4, "arrival": 5, "call_key": "k9"}
    return Moment(**(around | asked | more))


def taking_back(records: tuple[booking.Record, ...]) -> tuple[Session, ...]:
    """One session in each state of the take-back, one or both of two cancels being remembered."""
    step = DIALOGUE.step
    until = MONDAY + timedelta(minutes=15)
    one, two = (Undoable(record=record, until=until) for record in records)
    one_cancel, both = (CHAT.model_copy(update={"undoable": u}) for u in ((one,), (one, two)))
    restoring = step(Session(), one_cancel, TakeBackWanted(), at(turn=1)).session
    which_back = step(Session(), both, TakeBackWanted(), at(turn=1)).session
    friday = TakeBackWanted(named=events.Named(days=(date(2026, 12, 4),)))
    whether_back = step(Session(), one_cancel, friday, at(turn=1)).session
    proof = booking.Receipt(change="restored", record=record(1), read_at=MONDAY)
    is_back = step(restoring, one_cancel, booking.RecordRestored(receipt=proof), at(turn=2)).session
    return restoring, which_back, whether_back, is_back


def moving(looking: Session, records: tuple[booking.Record, ...]) -> tuple[Session, ...]:
    """One session in each state of the move behind its choice of a record."""
    step = DIALOGUE.step
    slots = tuple(slot(f"2026-11-{when}") for when in ("26 10:00", "26 11:00", "27 12:00"))
    finding = step(looking, CHAT, RecordsFound(records=records[:1]), at(turn=2)).session
    choosing_day = step(finding, CHAT, booking.SlotsFound(slots=slots), at(turn=3)).session
    thursday = NewTimeWanted(target=events.Named(days=(date(2026, 11, 26),)))
    again = step(choosing_day, CHAT, thursday, at(turn=4)).session
    choosing_slot = step(again, CHAT, booking.SlotsFound(slots=slots[:2]), at(turn=5)).session
    confirming = step(choosing_slot, CHAT, SlotNamed(slot=slots[0]), at(turn=6)).session
    picked = step(choosing_slot, CHAT, events.SlotPicked(slot=slots[0]), at(turn=6)).session
    proof = booking.Receipt(change="moved", record=records[0], read_at=MONDAY)
    done = step(picked, CHAT, booking.RecordMoved(receipt=proof), at(turn=7)).session
    return finding, choosing_day, choosing_slot, confirming, picked, done


def sessions() -> list[Session]:
    """One session in each state, got by playing."""
    step = DIALOGUE.step
    looking = step(Session(), CHAT, CancelWanted(), at(turn=1)).session
    many = RecordsFound(records=(record(1), record(2, "Стрижка", "2026-11-27 12:00")))
    choosing = step(looking, CHAT, many, at(turn=2)).session
    confirming = step(looking, CHAT, RecordsFound(records=(record(1),)), at(turn=2)).session
    cancelling = step(confirming, CHAT, Yes(), at(turn=3)).session
    receipt = booking.Receipt(change="cancelled", record=record(1), read_at=MONDAY)
    done = step(cancelling, CHAT, booking.RecordCancelled(receipt=receipt), at(turn=4)).session
    telling_why = step(done, CHAT, WhyTapped(), at(turn=5)).session
    of_two = tuple(one.model_copy(update={"client": f"Гостья {one.record_id}"}) for one in many.records)
    asking_whose = step(looking, CHAT, RecordsFound(records=of_two), at(turn=2)).session
    late = Salon(zone=MOSCOW, notice=timedelta(days=9), late_policy="request")
    requesting = step(looking, CHAT, RecordsFound(records=(record(1),)), at(turn=2, salon=late)).session
    waits = LateRequest(request="c1.1.1", record=record(1), asked_at=MONDAY)
    waiting = CHAT.model_copy(update={"late_requests": (waits,)})
    withdrawing = step(Session(), waiting, events.KeepWanted(guessed=True), at(turn=1)).session
    unclear = clarify.Unclear(readings=("cancel", "keep"))
    asking = step(Session(), CHAT, unclear, at(turn=1)).session
    to_move = step(Session(), CHAT, events.RescheduleWanted(), at(turn=1)).session
    return [
        Session(),
        looking,
        choosing,
        confirming,
        cancelling,
        done,
        asking,
        telling_why,
        asking_whose,
        requesting,
        withdrawing,
        *taking_back(many.records),
        step(Session(), CHAT, events.FoundOff(record=record(1)), at(turn=1)).session,
        to_move,
        step(to_move, CHAT, many, at(turn=2)).session,
        step(to_move, CHAT, RecordsFound(records=of_two), at(turn=2)).session,
        *moving(to_move, many.records),
    ]


SESSIONS = sessions()


def below(base: type[Frozen]) -> list[type[Frozen]]:
    found = [cls for child in base.__subclasses__() for cls in (child, *below(child))]
    return [cls for cls in found if cls.__module__ in (booking.__name__, events.__name__)]


def values_of(cls: type[Frozen]) -> st.SearchStrategy[Any]:
    fields = {name: st.from_type(field.annotation) for name, field in cls.model_fields.items()}  # type: ignore[arg-type]
    return st.builds(cls, **fields)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by contract
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(Decimal, st.decimals(0, 10**9, places=2))
for model in (booking.Record, booking.Slot, booking.Receipt, events.Named):
    st.register_type_strategy(model, values_of(model))
# Pieces that numbers, days and clocks are read from, in any order and number.
PIECES = (
    "²", "½", "٣", "0", "31", "99", "1000000", "1" * 30, "2026", ":", ".", ",", "-", "?", "!", "в", "на", "к",
    "до", "через", "час", "часа", "недели", "дней", "месяц", "февраля", "числа", "пол", "без", "пятого",
    "лет", "тридцать", "среду", "завтра", "отмените", "не", "да", "нет", "первую", "\u200d", "\u0301", "👍",
    "𗀀", "日本",
)  # fmt: skip
# «Через» and what may follow it, glued or apart.
AHEAD = st.tuples(st.sampled_from(["через", "через "]), st.integers(0, 10**12), st.sampled_from(PIECES)).map(
    lambda parts: f"{parts[0]}{parts[1]} {parts[2]}"
)
ANY_WORDS = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | AHEAD
ANY_EVENT = st.one_of([values_of(cls) for cls in below(Event)])


def dumped(*values: Frozen) -> list[str]:
    return [value.model_dump_json() for value in values]


def outcome(decide: Callable[[], object]) -> object:
    try:
        return decide()
    except (UnexpectedEvent, BrokenPromise) as error:
        return type(error), str(error)


def test_there_is_a_session_in_every_state() -> None:
    assert {session.state for session in SESSIONS} == set(DIALOGUE.states)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.state)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(event=ANY_EVENT, opted_out=st.booleans())
def test_a_step_is_pure_for_any_event_in_any_state(session: Session, event: Event, opted_out: bool) -> None:
    chat = Chat(phone=ANNA, opted_out=opted_out)
    before = dumped(session, chat, event)

    first = outcome(lambda: DIALOGUE.step(session, chat, event, at()))

    assert outcome(lambda: DIALOGUE.step(session, chat, event, at())) == first
    assert dumped(session, chat, event) == before


@pytest.mark.parametrize(
    "session", [one for one in SESSIONS if one.awaiting is None], ids=lambda session: session.state
)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(text=ANY_WORDS, kind=st.sampled_from(["words", "tap", "reaction"]), ago=st.integers(0, 99))
def test_whatever_is_sent_is_an_event_that_the_state_takes(
    session: Session, text: str, kind: Any, ago: int
) -> None:
    heard = Heard(kind=kind, text=text, option=text, said_at=MONDAY - timedelta(minutes=ago))
    before = dumped(session, CHAT, heard)
    moment = at(said_at=heard.said_at)

    event = DIALOGUE.understand(session, CHAT, heard, moment)

    assert DIALOGUE.understand(session, CHAT, heard, moment) == event
    assert dumped(session, CHAT, heard) == before
    # Raises where the state has no row for it.
    DIALOGUE.step(session, CHAT, event, moment)
