"""How the salon's journal and the channel answer at the ports: truthfully, or with one of their faults."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from engine.booking import Command, MoveRecord, Query, ReadOutcome, Refusal
from engine.ports import Delivery, Ending, InDoubt, PortError, Rejected, Unavailable
from engine.proof import journal
from engine.proof.standing import Rewindable
from engine.proof.world import Flight, World, after
from engine.runtime import endings
from engine.values import Event

# Another client of the salon's, who never writes.
SOMEBODY = "+79000000099"
REFUSALS: tuple[Refusal, ...] = (
    "refused",
    "no_rights",
    "no_visit",
    "started",
    "came",
    "paid",
    "locked",
    "not_found",
)
# How a read and a write may end, beside well.
READS = ("unavailable", "refused", "unreachable", "silent")
WRITES = (
    "unavailable",
    "refused",
    "unreachable",
    "doubt, not done",
    "doubt, done",
    "unknown, not done",
    "unknown, done",
    "doubt, done, then unreachable",
)
LOOKS = ("unreachable",)
SENDS = ("unavailable", "doubt", "doubt, arrived", "refused", "bounced", "slow")


class HalfChance:
    """No chance at all: the same jitter each time."""

    def random(self) -> float:
        return 0.5


CHANCE = HalfChance()


def outcomes(world: World, delivery: Delivery) -> tuple[str, ...]:
    """Return how else this attempt can end."""
    if delivery.call is None:
        return SENDS
    match delivery.call.call:
        case ReadOutcome():
            return LOOKS
        case Query():
            return READS
    assert isinstance(delivery.call.call, Command)
    entry = world.entry(delivery.call.call.record.record_id)
    if entry is None or journal.stands(entry, delivery.call.call):
        # It begins with a fresh read, so what shows the end already is refused no more.
        return tuple(how for how in WRITES if how != "refused")
    return WRITES + tuple(f"refused: {detail}" for detail in REFUSALS[1:])


def call_ends(
    store: Rewindable, world: World, flight: Flight, how: str, *, leaks: bool
) -> tuple[World, Delivery, Ending]:
    """End a call: well (`how` is empty) or with a fault, which may take several attempts."""
    world, answer = _answer(world, flight.delivery, how, leaks=leaks)
    last, ending = flight.delivery, _ending(world, flight.delivery, answer, flight.started_at)
    lasting = how in ("unreachable", "silent") or how.startswith("unknown") or how.endswith("unreachable")
    while lasting and ending.kind == "later":
        # The same fault again and again, until it is given up.
        assert ending.due is not None
        store.ended(last, ending, world.now)
        world = replace(world, now=max(world.now, ending.due))
        due = store.due(world.now, frozenset())
        last = next(each for each in due if each.outbox_id == last.outbox_id)
        store.starting(last, world.now)
        again = Unavailable("unreachable") if how.endswith("unreachable") else InDoubt("no answer")
        ending = _ending(world, last, again, world.now)
    return world, last, ending


def message_ends(store: Rewindable, world: World, delivery: Delivery, how: str) -> Ending:
    if how in ("", "slow", "bounced"):
        return Ending(kind="sent", provider_id=f"wamid.{delivery.key}.{delivery.attempts}")
    errors: dict[str, PortError] = {
        "unavailable": Unavailable("busy"),
        "doubt": InDoubt("no answer"),
        "doubt, arrived": InDoubt("no answer"),
        "refused": Rejected("not allowed", code=131026),
    }
    seen = store.status_seen_since(delivery.address.account, world.now - timedelta(hours=24))
    held_s = endings.HOLD_IN_DOUBT_S if seen else 0.0
    return endings.of_send(delivery, errors[how], world.now, CHANCE, held_s=held_s)


def lands(world: World, delivery: Delivery) -> World:
    """A write that has left takes effect, whatever becomes of its answer."""
    assert delivery.call is not None
    call = delivery.call.call
    return journal.lands(world, call) if isinstance(call, Command) else world


def _answer(world: World, delivery: Delivery, how: str, *, leaks: bool) -> tuple[World, Event | PortError]:
    assert delivery.call is not None
    call = delivery.call.call
    if "done" in how and "not done" not in how:
        world = lands(world, delivery)
    if how.startswith("refused"):
        _, _, detail = how.partition(": ")
        return world, Rejected("refused", detail=detail or "refused")  # type: ignore[arg-type]  # of REFUSALS
    if how in ("unavailable", "unreachable"):
        return world, Unavailable("unreachable")
    if how:
        return world, InDoubt("no answer")
    return journal.answer(world, call, leaks=leaks)


def _ending(world: World, delivery: Delivery, answer: Event | PortError, started_at: datetime) -> Ending:
    if isinstance(answer, Event):
        return endings.of_done(delivery, answer)
    assert delivery.call is not None
    if isinstance(delivery.call.call, Query):
        first = dict(world.asking).get(delivery.outbox_id, started_at)
        spent_s = (world.now - first).total_seconds()
        return endings.of_ask(delivery, delivery.call.call, answer, world.now, CHANCE, spent_s=spent_s)
    return endings.of_do(delivery, answer, world.now, CHANCE, started_at=started_at)


Edit = Callable[[World, int], World]


def _moved(world: World, rid: int) -> World:
    entry = world.entry(rid)
    assert entry is not None
    record = entry.record.model_copy(update={"starts_at": entry.record.starts_at + timedelta(hours=27)})
    return world.with_entry(replace(entry, record=record, edited=True))


def _called_off(world: World, rid: int) -> World:
    entry = world.entry(rid)
    assert entry is not None
    return world.with_entry(replace(entry, cancelled_by="salon", edited=True))


def _deleted(world: World, rid: int) -> World:
    entry = world.entry(rid)
    assert entry is not None
    return world.with_entry(replace(entry, deleted=True, edited=True))


def _given(world: World, rid: int) -> World:
    entry = world.entry(rid)
    assert entry is not None
    record = entry.record.model_copy(update={"phone": SOMEBODY})
    return world.with_entry(replace(entry, record=record, edited=True))


def _taken(world: World, rid: int) -> World:
    """Somebody else books the window that a write under way wants, or that of a cancelled record."""
    flight = world.flight
    wanted = None if flight is None or flight.delivery.call is None else flight.delivery.call.call
    entry = world.entry(rid)
    assert entry is not None
    slot = wanted.to if isinstance(wanted, MoveRecord) else journal.window(entry.record)
    return replace(world, taken=(*world.taken, slot))


# What the salon may do to a record by hand.
EDITS: dict[str, Edit] = {"moves": _moved, "cancels": _called_off, "deletes": _deleted, "gives away": _given}
# What it may do to its window.
TAKES: dict[str, Edit] = {"takes the window": _taken}

__all__ = ["EDITS", "SOMEBODY", "TAKES", "after", "call_ends", "lands", "message_ends", "outcomes"]
