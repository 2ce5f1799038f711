"""Attempts at deliveries: they start, end well or badly, reach phones, and are judged before they leave."""

from dataclasses import dataclass, replace
from datetime import timedelta

from engine.booking import Command, RecordChanged, RestoreRecord
from engine.ports import Delivery, OutgoingCall, OutgoingMessage, Status
from engine.proof import outside
from engine.proof.invariants import PATIENCE_S, judge_consent, judge_late, judge_owner, judge_words
from engine.proof.reading import everything, named_in
from engine.proof.stage import Stage
from engine.proof.world import ACCOUNT, Flight, Shown, World, after
from engine.runtime.endings import SENDS_IN_DOUBT_MAX


@dataclass(frozen=True, slots=True)
class Delivering:
    stage: Stage

    def starts(self, world: World, delivery: Delivery) -> World:
        if delivery.call is not None:
            world = self._judge_call(world, delivery, delivery.call)
        if not self.stage.store.starting(delivery, world.now):
            # Both sends that it may have are in doubt: it is as told as it can be.
            dropped = delivery.key in world.untold and delivery.doubts < SENDS_IN_DOUBT_MAX
            self.stage.checks.expect("told", not dropped, "the outcome of a write was dropped")
            return replace(_told(world, delivery), dead=False)
        if delivery.message is not None:
            world = self._judge_message(world, delivery, delivery.message)
        asking = dict(world.asking)
        if delivery.call is not None:
            asking.setdefault(delivery.outbox_id, world.now)
        flight = Flight(delivery, world.now)
        return replace(world, flights=(*world.flights, flight), asking=tuple(asking.items()), dead=False)

    def _judge_call(self, world: World, delivery: Delivery, outgoing: OutgoingCall) -> World:
        if not isinstance(outgoing.call, Command):
            return world
        command, salon = outgoing.call, self.stage.opening.salon
        record = command.record
        phone = world.phone(delivery.address.phone)
        owner = self.stage.owned.get(record.record_id)
        self.stage.checks.expect("ownership", owner == phone.number, "a stranger's record is written")
        if outgoing.key in dict(world.writes):
            return world
        used = judge_consent(self.stage.checks, phone, command)
        agreements = tuple(replace(one, used=True) if one is used else one for one in phone.agreements)
        is_late = record.starts_at - delivery.created_at < salon.notice
        judge_late(self.stage.checks, world, command, is_late=is_late, policy=salon.late_policy)
        if isinstance(command, RestoreRecord):
            self._judge_take_back(world, command, delivery, asked=used.by.startswith("question"))
        world = replace(world, writes=(*world.writes, (outgoing.key, record.record_id)))
        return world.with_phone(replace(phone, agreements=agreements))

    def _judge_take_back(
        self, world: World, command: RestoreRecord, delivery: Delivery, *, asked: bool
    ) -> None:
        """A wish counts as long as the salon lets it; a yes for the patience of its question more."""
        since = dict(world.undoable).get(command.record.record_id)
        until = self.stage.opening.salon.undo_for + timedelta(seconds=PATIENCE_S if asked else 0)
        held = since is not None and delivery.created_at - since <= until
        self.stage.checks.expect("take-back", held, f"«{command.record.services[0]}» is taken back")

    def _judge_message(self, world: World, delivery: Delivery, message: OutgoingMessage) -> World:
        phone = world.phone(delivery.address.phone)
        if delivery.first_tried_at is None:
            said_s = (world.now - delivery.created_at).total_seconds()
            judge_words(self.stage.checks, world, message.bubble, said_s=said_s)
            if not self.stage.opening.leaks:
                judge_owner(self.stage.checks, phone, message.bubble, world, self.stage.owned)
            if phone.stopped and delivery.key not in phone.queued:
                left, said = phone.outcomes_left, message.bubble.text
                self.stage.checks.expect("silence", left > 0, f"«{said}» after «стоп»")
                self.stage.checks.expect(
                    "silence", not message.bubble.options, f"offers in «{said}» after «стоп»"
                )
                phone = replace(phone, outcomes_left=left - 1)
        return world.with_phone(phone)

    def ends(self, world: World, how: str) -> World:
        """The attempt under way ends: a message before a call."""
        flight = world.flight
        assert flight is not None
        others = tuple(each for each in world.flights if each is not flight)
        delivery = flight.delivery
        if how:
            kind = "message" if delivery.call is None else type(delivery.call.call).__name__
            self.stage.seen.outcomes[f"{kind}: {how}"] += 1
        if delivery.call is not None:
            world, last, ending = outside.call_ends(
                self.stage.store, world, flight, how, leaks=self.stage.opening.leaks
            )
            if isinstance(ending.result, RecordChanged):
                entry = world.entry(ending.result.was.record_id)
                edited = entry is not None and (entry.edited or entry.moved)
                self.stage.checks.expect("unchanged", edited, f"«{ending.result.was.services}» is as it was")
            self.stage.checks.counted["works"] += 1
            self.stage.store.ended(last, ending, world.now)
            return replace(world, flights=others, dead=False)
        if how == "slow":
            world = replace(world, now=after(world.now, 5))
        ending = outside.message_ends(self.stage.store, world, delivery, how)
        if not flight.arrived and how in ("", "slow", "doubt, arrived"):
            world = self.reaches(world, flight)
        if not flight.arrived and how:
            world = _too_slow(world, delivery)
        if ending.kind in ("sent", "failed"):
            world = _told(world, delivery)
        world = replace(world, flights=others, dead=False)
        self.stage.store.ended(delivery, ending, world.now)
        if how == "bounced":
            status = Status(
                account=ACCOUNT,
                message_id=ending.provider_id,
                key=delivery.key,
                status="failed",
                at=world.now,
                error_code=131026,
            )
            self.stage.store.receive((), (status,), (), world.now)
        return world

    def reaches(self, world: World, flight: Flight) -> World:
        """A message reaches the phone."""
        delivery = flight.delivery
        assert delivery.message is not None
        phone, bubble = world.phone(delivery.address.phone), delivery.message.bubble
        self.stage.heard.append((phone.number, bubble))
        copies = dict(world.copies)
        count = copies.get(delivery.key, 0) + 1
        copies[delivery.key] = count
        self.stage.checks.expect("copies", count <= 2, f"«{bubble.text}» arrived {count} times")
        self.stage.checks.expect(
            "copies", count == 1 or delivery.attempts > 0, f"«{bubble.text}» arrived again without a doubt"
        )
        shown = Shown(bubble, world.now, world.inbounds)
        if bubble.options:
            old = phone.open if phone.open and phone.open.bubble.options != bubble.options else phone.stale
            if phone.open is not None and phone.open.bubble.options == bubble.options:
                # Another copy: it was there to be read before.
                shown = replace(shown, at=phone.open.at)
            phone = replace(phone, open=shown, stale=old)
        elif phone.open is not None:
            phone = replace(phone, open=None, stale=phone.open)
        if bubble.options:
            phone = replace(phone, asked_arrival=self._highest(world))
        if subject := named_in(everything(bubble), world):
            phone = replace(phone, subject=tuple(entry.record.record_id for entry in subject))
        arrived = tuple(replace(each, arrived=True) if each is flight else each for each in world.flights)
        return replace(world.with_phone(phone), copies=tuple(copies.items()), flights=arrived, dead=False)

    def _highest(self, world: World) -> int:
        """Return an arrival number that no stored message exceeds."""
        waiting = [row.arrival for row in self.stage.store.standing().inbox]
        return max((*waiting, *(phone.taken for phone in world.phones)), default=0)


def _told(world: World, delivery: Delivery) -> World:
    """Nothing more is to be done for this message."""
    return replace(world, untold=tuple(key for key in world.untold if key != delivery.key))


def _too_slow(world: World, delivery: Delivery) -> World:
    """What was said while this was being sent did not answer it."""
    phone = world.phone(delivery.address.phone)
    kept = tuple(one for one in phone.agreements if one.during != delivery.key)
    return world.with_phone(replace(phone, agreements=kept))
