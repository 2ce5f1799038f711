"""One turn, decided and committed as the runtime does, and judged."""

from dataclasses import dataclass, replace

from engine.booking import (
    CancelSettled,
    Command,
    MoveSettled,
    Proven,
    RecordCancelled,
    RecordChanged,
    RestoreSettled,
    SlotTaken,
    TurnedOut,
)
from engine.events import Heard, LateDecided
from engine.ports import Head, OutgoingCall, OutgoingMessage
from engine.proof.clients import readable
from engine.proof.reading import named_in
from engine.proof.stage import Stage
from engine.proof.world import LateWish, Phone, World
from engine.runtime.deciding import Decided, decide

_SETTLED = CancelSettled | MoveSettled | RestoreSettled


@dataclass(frozen=True, slots=True)
class Turning:
    stage: Stage

    def takes(self, world: World, head: Head) -> World:
        self.stage.seen.turns += 1
        before = "gone" if head.session is None else head.session.state
        try:
            decided = decide(self.stage.dialogue, self.stage.texts, self.stage.opening.salon, head, world.now)
        except Exception as error:
            # In a salon that breaks its word a turn may refuse; it is counted, as the runtime does.
            self.stage.checks.expect(
                "understood", self.stage.opening.leaks, f"{type(error).__name__} in {before}: {error}"
            )
            self.stage.store.turn_failed(head.arrival)
            return replace(world, dead=False)
        self.stage.checks.expect(
            "understood", self.stage.opening.leaks or not decided.poisoned, "a turn was put aside"
        )
        self.stage.seen.rows.update(tried.row for tried in decided.decision.tried if tried.held)
        event = type(decided.event).__name__
        self.stage.seen.pairs.add((before, event))
        self.stage.seen.events[event] += 1
        phone = world.phone(head.chat.phone)
        self._judge_turn(world, phone, decided)
        self.stage.checks.expect(
            "versions", self.stage.store.take(decided.turn, world.now), "a turn was refused"
        )
        self._cannot_be_repeated(decided, world)
        if head.heard is not None:
            phone = replace(phone, taken=head.arrival)
        world = self._untold(world, decided)
        world = self._unsaid(world, decided)
        world = _asked_for_late(world, decided)
        proof = decided.event.receipt if isinstance(decided.event, RecordCancelled | TurnedOut) else None
        if proof is not None and proof.change == "cancelled":
            since = dict(world.undoable) | {proof.record.record_id: world.now}
            world = replace(world, undoable=tuple(since.items()))
        return replace(world.with_phone(phone), dead=False)

    def _judge_turn(self, world: World, phone: Phone, decided: Decided) -> None:
        head, turn = decided.head, decided.turn
        if head.heard is not None:
            self.stage.checks.expect("ordered", head.arrival > phone.taken, "a later message was taken first")
        if isinstance(decided.event, Proven) and not self.stage.opening.leaks:
            # Of several, each may be told once the last one has ended.
            told = any(isinstance(each, OutgoingMessage) for each in turn.outgoing) or _goes_on(decided)
            self.stage.checks.expect("told", told, "a change was told to nobody")
        if phone.stopped or self.stage.opening.leaks:
            return
        if head.heard is not None and head.heard.kind == "words":
            # A copy of what stood on the phone already changes nothing.
            shown = readable(world, phone)
            sending = world.flight.delivery.message if world.flight else None
            # What only offers something waits for no answer.
            offers = sending is not None and sending.question is None
            known = (
                offers
                or shown is phone.open
                or (
                    phone.stale is not None
                    and shown is not None
                    and phone.stale.bubble.options == shown.bubble.options
                )
            )
            self.stage.checks.expect("settled", known, f"«{head.heard.text}» while a question is being sent")
        if head.heard is not None and self._wants_answer(head.heard):
            follows = head.question_unsent or phone.asked_arrival >= head.arrival
            what = head.heard.text or head.heard.kind
            self.stage.checks.expect("answered", bool(turn.outgoing) or follows, f"«{what}» got no answer")
        if isinstance(decided.event, LateDecided) and _is_pending(decided, decided.event):
            self.stage.checks.expect(
                "answered", bool(turn.outgoing), "the salon's decision was told to nobody"
            )
        if head.call is not None and head.session is not None and head.session.awaiting == head.call:
            told = bool(turn.outgoing)
            self.stage.checks.expect("answered", told, f"{type(head.event).__name__} was told to nobody")

    def _wants_answer(self, heard: Heard) -> bool:
        if heard.kind == "reaction":
            return False
        sentence = self.stage.sentences.get(heard.text)
        return sentence is None or sentence.means not in ("stop", "silent")

    def _cannot_be_repeated(self, decided: Decided, world: World) -> None:
        """Two workers on one chat: whoever commits later has read an older version, and must be refused."""
        turn = decided.turn
        again = [turn]
        for row in self.stage.store.standing().inbox:
            if row.chat_id == turn.head.chat_id:
                other = turn.head.model_copy(update={"arrival": row.arrival})
                again.append(turn.model_copy(update={"head": other}))
        for late in again:
            self.stage.store.mark()
            try:
                refused = not self.stage.store.take(late, world.now)
            finally:
                self.stage.store.back()
            self.stage.checks.expect("versions", refused, "a turn on an older version was committed")

    def _untold(self, world: World, decided: Decided) -> World:
        """Note the message that tells how a write ended, so that it cannot get lost."""
        settled = any(isinstance(fact, _SETTLED) for fact in decided.turn.facts)
        of_a_write = decided.head.call in dict(world.writes) and (
            settled or isinstance(decided.event, RecordChanged | SlotTaken)
        )
        settles = of_a_write or isinstance(decided.event, TurnedOut)
        told = any(isinstance(each, OutgoingMessage) for each in decided.turn.outgoing)
        if not (settles and told and decided.head.call is not None):
            return world
        row = max(
            (row.outbox_id, row.key) for row in self.stage.store.standing().outbox if row.kind == "message"
        )
        return replace(world, untold=(*world.untold, row[1]))

    def _unsaid(self, world: World, decided: Decided) -> World:
        """Where one wish has several writes, the message after the last one names what became of each."""
        head = decided.head
        number = head.chat.phone or ""
        mine = [rid for phone, rid in world.unsaid if phone == number]
        if _goes_on(decided):
            ended = dict(world.writes)[head.call or ""]
            return replace(world, unsaid=(*world.unsaid, (number, ended)))
        messages = [each.bubble.text for each in decided.turn.outgoing if isinstance(each, OutgoingMessage)]
        if not mine or not messages or decided.turn.session.write_is_out:
            return world
        named = {entry.record.record_id for entry in named_in("\n".join(messages), world)}
        # Of a record that is somebody else's by now, nothing is shown.
        given = {entry.record.record_id for entry in world.journal if entry.record.phone != number}
        left_out = [rid for rid in mine if rid not in named | given]
        self.stage.checks.expect("told", not left_out, f"what became of record {left_out} is not told")
        kept = tuple(each for each in world.unsaid if each[0] != number)
        return replace(world, unsaid=kept)


def _goes_on(decided: Decided) -> bool:
    """Whether the turn that took the result of a write makes the next write of the same wish."""
    session, outgoing = decided.head.session, decided.turn.outgoing
    after_a_write = session is not None and session.write_is_out and decided.head.call == session.awaiting
    return after_a_write and any(
        isinstance(each, OutgoingCall) and isinstance(each.call, Command) for each in outgoing
    )


# How a late request ends without a cancel.
_ENDS = ("denied", "withdrawn", "undecided", "silent", "not_tried", "refused")


def _is_pending(decided: Decided, event: LateDecided) -> bool:
    return any(late.request == event.request and not late.granted for late in decided.head.chat.late_requests)


def _asked_for_late(world: World, decided: Decided) -> World:
    """Note what the salon is asked to decide, and what of it is over."""
    asked = [
        LateWish(decided.head.chat.phone or "", fact.request, fact.record.record_id)
        for fact in decided.turn.facts
        if isinstance(fact, CancelSettled) and fact.outcome == "requested"
    ]
    settled = (fact for fact in decided.turn.facts if isinstance(fact, CancelSettled))
    over = {fact.request for fact in settled if fact.outcome in _ENDS}
    known = tuple(replace(late, over=late.over or late.request in over) for late in world.late)
    return replace(world, late=(*known, *asked))
