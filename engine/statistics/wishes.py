"""From facts to wishes: what one client wanted of one record, and how it ended, each counted once.

The ledger keeps facts as they come: an outcome that is unknown now and known ten minutes later, one told
twice, a reason, a take-back. A wish gathers those that belong together.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from engine.booking import (
    CancelSettled,
    Change,
    Fact,
    LeftAsItWas,
    MoveSettled,
    Reason,
    ReasonGiven,
    Receipt,
    Record,
    RestoreSettled,
    Slot,
)

# How long after its beginning a wish still gathers facts. A take-back comes within a day, a look at an
# unknown outcome within minutes; what takes longest is the salon's decision on a late request.
HOLD = timedelta(days=14)
# The same outcome of the same record again, so soon: one wish that was told twice.
TOLD_TWICE = timedelta(minutes=1)
# A question that ends as "kept" (or a request that is withdrawn), and a move right after it: the client took
# the move instead.
INSTEAD = timedelta(minutes=30)
# A reason that came with the wish itself waits so long for the wish's end.
REASON_WAITS = timedelta(hours=1)

Want = Literal["cancel", "move", "restore"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of the ledger and its moment (aware)."""

    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wanted of one record, and what became of it."""

    want: Want
    # As it stood when the wish first ended.
    record: Record
    # When its first fact was noted, and when its outcome became what it is; in UTC.
    begun_at: datetime
    settled_at: datetime
    # The fact's own word, or: "already", a cancel of what was off without us; "left_as_it_was", a doubt
    # that turned out not to be done.
    outcome: str
    detail: str = ""
    late: bool = False
    reason: Reason = "none"
    # Of a cancel: the client took it back.
    taken_back: bool = False
    # Of a cancel: the visit stands again, taken back or at another time.
    stands_again: bool = False
    # Of a move: it goes on with a wish to cancel, and is one story with it.
    instead: bool = False
    to: Slot | None = None
    # How the journal shows it, where it was read: "soft", "deleted" or "already".
    how: str = ""

    @property
    def lead(self) -> timedelta:
        """Return how long before the start of the visit it ended; in UTC, as clocks change in between."""
        return self.record.starts_at.astimezone(UTC) - self.begun_at

    @property
    def is_lost(self) -> bool:
        """Whether it surely cost the salon this visit."""
        return self.want == "cancel" and self.outcome == "cancelled" and not self.stands_again


# The record was changed through us.
_DONE = frozenset({"cancelled", "moved", "restored"})

_WANTS: Mapping[Change, Want] = {"cancelled": "cancel", "moved": "move", "restored": "restore"}

# What may come after an outcome that is none yet, and settles it.
_SETTLES: Mapping[tuple[Want, str], frozenset[str]] = {
    ("cancel", "unknown"): frozenset({"unknown", "cancelled", "already", "not_tried", "refused"}),
    ("cancel", "requested"): frozenset(
        {"requested", "denied", "withdrawn", "undecided", "silent"}
        | {"cancelled", "already", "unknown", "not_tried", "refused"}
    ),
    ("move", "unknown"): frozenset({"unknown", "moved", "not_tried", "refused"}),
    ("restore", "unknown"): frozenset({"unknown", "restored", "not_tried", "refused", "taken", "too_late"}),
}


def wishes(entries: Iterable[Entry], hold: timedelta = HOLD) -> Iterator[Wish]:
    """Yield every wish once, in the order of their beginnings.

    Entries come in the ledger's order. A wish is yielded when `hold` has passed since it began, so that no
    more than so many days of them are kept at a time.
    """
    gathering = _Gathering()
    for entry in entries:
        # Between two moments of one zone Python counts by the clock on the wall, also where it is changed.
        at = entry.at.astimezone(UTC)
        yield from gathering.begun_before(at - hold)
        gathering.take(at, entry.fact)
    yield from gathering.rest()


@dataclass(slots=True)
class _Gathering:
    """The wishes that may still change. Each record knows its last of each kind, by number."""

    _open: "OrderedDict[int, Wish]" = field(default_factory=OrderedDict)
    _last: dict[tuple[Want, int], int] = field(default_factory=dict)
    # Reasons that came before their cancel, oldest first.
    _early: "OrderedDict[int, tuple[datetime, Reason]]" = field(default_factory=OrderedDict)
    _begun: int = 0

    def begun_before(self, moment: datetime) -> Iterator[Wish]:
        while self._open and (wish := next(iter(self._open.values()))).begun_at < moment:
            number, _ = self._open.popitem(last=False)
            key = (wish.want, wish.record.record_id)
            if self._last[key] == number:
                del self._last[key]
            yield wish
        while self._early and next(iter(self._early.values()))[0] < moment:
            self._early.popitem(last=False)

    def rest(self) -> Iterator[Wish]:
        yield from self._open.values()

    def take(self, at: datetime, fact: Fact) -> None:
        match fact:
            case CancelSettled():
                self._settle(_wish("cancel", at, fact, late=fact.late))
            case MoveSettled():
                self._move(_wish("move", at, fact, to=fact.to))
            case RestoreSettled():
                self._restore(_wish("restore", at, fact))
            case LeftAsItWas():
                self._leave(at, fact)
            case ReasonGiven():
                self._reason(at, fact)
            case _:
                pass  # what other features note is no wish

    def _settle(self, fresh: Wish) -> None:
        """Let the fact settle the wish that it belongs to, or begin one."""
        last = self._last_of(fresh.want, fresh.record.record_id)
        if last is None or self._is_overtaken(last) or not _is_one(last, fresh):
            self._begin(self._with_early_reason(fresh))
        elif (last.want, last.outcome) in _SETTLES:
            self._change(
                last,
                outcome=fresh.outcome,
                detail=fresh.detail,
                settled_at=fresh.settled_at,
                late=last.late or fresh.late,
                how=fresh.how,
            )

    def _move(self, fresh: Wish) -> None:
        before = self._last_of("move", fresh.record.record_id)
        self._settle(fresh)
        move = self._last_of("move", fresh.record.record_id)
        cancel = self._last_of("cancel", fresh.record.record_id)
        assert move is not None
        if move is before or move.outcome != "moved" or cancel is None:
            return
        if cancel.is_lost:
            self._change(cancel, stands_again=True)
            self._change(move, instead=True)
        elif (
            cancel.outcome in ("kept", "silent", "withdrawn") and move.begun_at - cancel.settled_at <= INSTEAD
        ):
            self._change(move, instead=True)

    def _restore(self, fresh: Wish) -> None:
        self._settle(fresh)
        cancel = self._last_of("cancel", fresh.record.record_id)
        if fresh.outcome == "restored" and cancel is not None and cancel.is_lost:
            self._change(cancel, stands_again=True, taken_back=True)

    def _leave(self, at: datetime, left: LeftAsItWas) -> None:
        """What was unknown did not happen."""
        want = _WANTS.get(left.change)
        last = self._last_of(want, left.record.record_id) if want else None
        if last is not None and last.outcome == "unknown":
            self._change(last, outcome="left_as_it_was", settled_at=at)

    def _reason(self, at: datetime, given: ReasonGiven) -> None:
        """The last one wins. One that came with the wish itself waits for the wish's end."""
        cancel = self._last_of("cancel", given.record.record_id)
        if cancel is not None and cancel.outcome in ("cancelled", "unknown", "requested"):
            self._change(cancel, reason=given.code)
        else:
            self._early.pop(given.record.record_id, None)
            self._early[given.record.record_id] = (at, given.code)

    def _with_early_reason(self, wish: Wish) -> Wish:
        if wish.want != "cancel" or wish.outcome not in ("cancelled", "unknown", "requested"):
            return wish
        at, code = self._early.pop(wish.record.record_id, (wish.begun_at, wish.reason))
        return replace(wish, reason=code) if wish.begun_at - at <= REASON_WAITS else wish

    def _is_overtaken(self, last: Wish) -> bool:
        """Whether the record was changed in another way since: then nothing of this wish is told again."""
        others = (self._last_of(want, last.record.record_id) for want in get_args(Want) if want != last.want)
        return any(
            other is not None and other.outcome in _DONE and other.settled_at > last.settled_at
            for other in others
        )

    def _last_of(self, want: Want, record_id: int) -> Wish | None:
        number = self._last.get((want, record_id))
        return None if number is None else self._open[number]

    def _begin(self, wish: Wish) -> None:
        self._begun += 1
        self._open[self._begun] = wish
        self._last[wish.want, wish.record.record_id] = self._begun

    def _change(self, wish: Wish, **changes: object) -> None:
        number = self._last[wish.want, wish.record.record_id]
        self._open[number] = replace(self._open[number], **changes)  # type: ignore[arg-type]  # named by us


def _wish(
    want: Want,
    at: datetime,
    fact: CancelSettled | MoveSettled | RestoreSettled,
    *,
    late: bool = False,
    to: Slot | None = None,
) -> Wish:
    return Wish(
        want=want,
        record=_before(fact.record, fact.receipt),
        begun_at=at,
        settled_at=at,
        outcome="already" if want == "cancel" and _was_off(fact.receipt) else fact.outcome,
        detail=fact.detail,
        late=late,
        to=to,
        how=fact.receipt.how if fact.receipt is not None else "",
    )


def _was_off(receipt: Receipt | None) -> bool:
    """Whether the record had been cancelled before we wrote anything, and without our marker.

    A move or a restore that the journal shows before we write bears no marker. It is the client's own all the
    same: an attempt of ours whose end we did not live to see, or what the salon did for him meanwhile.
    """
    return receipt is not None and receipt.how == "already"


def _before(record: Record, receipt: Receipt | None) -> Record:
    """Return the record before the change where it was read: only there it has its own length and cost."""
    if receipt is not None and receipt.was is not None and record.cost is None:
        return receipt.was
    return record


def _is_one(last: Wish, fresh: Wish) -> bool:
    """Whether a fact belongs to this wish, and is not another one's beginning."""
    if fresh.outcome in _SETTLES.get((last.want, last.outcome), ()):
        return True
    if last.outcome in _DONE:
        return _is_told_again(last, fresh)
    return last.outcome == fresh.outcome and fresh.begun_at - last.settled_at <= TOLD_TWICE


def _is_told_again(last: Wish, fresh: Wish) -> bool:
    """Whether the end that was reached already is told once more."""
    if last.want == "move" and last.to != fresh.to:
        return False
    return fresh.outcome in (last.outcome, "already")
