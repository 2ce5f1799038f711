"""What the client has agreed to, and the promises that no flow may break, whatever its table says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.booking import Change, Command, MoveRecord, Record, Slot
from engine.effects import Argument, Do, Repeat, Say
from engine.events import Event, LateDecided, SlotPicked, Yes
from engine.flow import Turn
from engine.session import Session


class BrokenPromise(Exception):
    """A flow wants what none may: a claim without receipt, a write without consent, a stranger's record."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the client agreed to: a change of these records, and for a move the window that it goes to."""

    record_ids: tuple[int, ...] = ()
    # None: the question did not say.
    change: Change | None = None
    to: Slot | None = None

    def covers(self, command: Command) -> bool:
        if command.record.record_id not in self.record_ids:
            return False
        if isinstance(command, MoveRecord):
            return self.change == "moved" and self.to == command.to
        return self.change in (None, command.change)


def consent_of(session: Session, event: Event) -> Consent:
    """Return what the client agrees to by this event, or has agreed to while the calls of it are out."""
    pending = session.pending
    match event:
        case Yes() if pending is not None:
            return Consent(_ids(pending.proposes), pending.change, pending.to)
        case SlotPicked(slot=slot) if pending is not None and any(o.slot == slot for o in pending.options):
            return Consent(_ids(pending.proposes), pending.change, slot)
    return Consent(session.consented, session.consented_to)


def keep_promises(turn: Turn[Any], consent: Consent, claims: Mapping[str, Change]) -> None:
    """Refuse what no flow may do, whatever its table says (design §1, §3, §5).

    `claims`: what each text claims, by its key.

    Raises:
        BrokenPromise: with the promise.
    """
    for effect in turn.effects:
        if isinstance(effect, Do):
            record = effect.command.record
            expect(record.phone == turn.chat.phone, f"record {record.record_id} is not this client's")
            expect(
                consent.covers(effect.command) or _needs_no_question(turn, effect.command),
                f"nobody agreed to a change of record {record.record_id}",
            )
        if isinstance(effect, Repeat):
            expect(effect.after not in claims, f"{effect.after} claims what a repeat cannot prove")
        if isinstance(effect, Say) and (change := claims.get(effect.text)):
            proven = {receipt.record.record_id for receipt in effect.receipts if receipt.change == change}
            named = {record.record_id for value in effect.args.values() for record in _named(value)}
            expect(bool(proven) and named <= proven, f"{effect.text} claims more than its receipts prove")


def expect(holds: bool, promise: str) -> None:
    if not holds:
        raise BrokenPromise(promise)


def _needs_no_question(turn: Turn[Any], command: Command) -> bool:
    """Whether something else than an answer is the consent.

    A cancel: the wish, where the salon wants no question, or what the salon granted of what had been asked
    for, unless the client has written since. What this chat had cancelled may be taken back, as long as the
    chat remembers it.
    """
    known: Iterable[Record] = ()
    match command.change, turn.event:
        case "cancelled", LateDecided(request=request, granted=True):
            asked = (late for late in turn.chat.late_requests if late.request == request)
            known = (late.record for late in asked if not late.spoken_since)
        case "cancelled", _:
            return turn.salon.confirm == "never"
        case "restored", _:
            known = (undoable.record for undoable in turn.chat.undoable if undoable.until >= turn.now)
    return command.record.record_id in _ids(known)


def _ids(records: Iterable[Record]) -> tuple[int, ...]:
    return tuple(record.record_id for record in records)


def _named(value: Argument) -> tuple[Record, ...]:
    """Return the records that an argument of a text names."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, Record) else ()
