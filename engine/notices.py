"""Notices: what of a turn's facts the master and the administrator have to know. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from engine.booking import (
    CancelSettled,
    Change,
    Fact,
    HandedOver,
    LeftAsItWas,
    MoveSettled,
    Reason,
    ReasonGiven,
    Receipt,
    Record,
    RestoreSettled,
    Slot,
)
from engine.values import Frozen

NoticeEvent = Literal["cancelled", "late", "moved", "restored", "refused", "unknown", "handover", "dead"]
To = Literal["master", "admin"]
Window = tuple[datetime, datetime]


class Notice(Frozen):
    """One thing that the master of a record, or the administrator, has to know."""

    to: To
    event: NoticeEvent
    # The master who is told; None: the administrator, or nobody knows who it is.
    master_id: int | None = None
    # What was wished or done.
    change: Change = "cancelled"
    # None: it is about no record.
    record: Record | None = None
    # The record before a move, as the client had been told it, or before somebody of the salon changed it.
    was: Record | None = None
    # When the master is free now: from and to, aware.
    freed: Window | None = None
    # Read back: the journal takes other clients into the freed window.
    sellable: bool = False
    reason: Reason | None = None
    # The client's own.
    words: str = ""
    # Why it was refused, needs a person or did not arrive: a code of the catalogue's `notice.why`.
    why: str = ""
    # The id of a late request that waits for a decision.
    request: str = ""
    # It adds to what was told before.
    update: bool = False
    # The dead letter that it is about: `otmena dead show` tells more of it.
    letter: str = ""


class Recipients(Frozen):
    """Who is told: ids that hold no secret, by role. The adapter knows the addresses behind them."""

    admin: tuple[str, ...] = ()
    # By staff id.
    masters: Mapping[int, tuple[str, ...]] = {}

    def of(self, notice: Notice) -> tuple[str, ...]:
        if notice.to == "admin":
            return self.admin
        return self.masters.get(notice.master_id, ()) if notice.master_id is not None else ()


NOBODY = Recipients()


class Told(Frozen):
    """One notice for one recipient, in words; the first line is its title."""

    # Unique for ever, and the same however often it is sent.
    key: str
    recipient: str
    notice: Notice
    text: str
    # What the channel said of it after it had accepted it, by the channel's codes.
    refused: tuple[int, ...] = ()


def notices_of(facts: Sequence[Fact]) -> tuple[Notice, ...]:
    """Return what one turn's facts come to, masters first. «Kept» and silence tell nobody."""
    found = [notice for fact in facts for notice in _of(fact, facts)]
    return tuple(sorted(found, key=lambda notice: notice.to != "master"))


def _of(fact: Fact, facts: Sequence[Fact]) -> Iterator[Notice]:
    match fact:
        case CancelSettled():
            yield from _cancel(fact, _reason_beside(fact, facts))
        case MoveSettled():
            yield from _move(fact)
        case RestoreSettled():
            yield from _restore(fact)
        case ReasonGiven(code=code) if code != "none" and not _is_told_with_its_cancel(fact, facts):
            told = Notice(to="admin", event="cancelled", record=fact.record, reason=code, words=fact.words)
            yield from _both(told.model_copy(update={"update": True}))
        case LeftAsItWas(record=record, change=change, found=found, was=was):
            why = "stands" if found == "as_it_was" else found
            told = Notice(to="admin", event="unknown", change=change, record=record, was=was, why=why)
            yield told.model_copy(update={"update": True})
        case HandedOver(record=record, change=change, why=why, told=was):
            yield Notice(to="admin", event="handover", change=change, record=record, was=was, why=why)


def _cancel(fact: CancelSettled, reason: ReasonGiven | None) -> Iterator[Notice]:
    told = Notice(to="admin", event="cancelled", record=fact.record, why=fact.detail)
    if reason is not None:
        told = told.model_copy(update={"reason": reason.code, "words": reason.words})
    match fact.outcome:
        case "cancelled" if fact.receipt is not None and fact.receipt.how == "already":
            # Whoever cancelled it before us freed the window; that the client was told of it is news.
            yield told.model_copy(update={"why": "already"})
        case "cancelled":
            yield from _both(_with_window(told, fact.receipt, late=fact.late))
        case "requested":
            yield told.model_copy(update={"event": "late", "request": fact.request})
        case "refused" if fact.detail == "late":
            yield from _both(told.model_copy(update={"event": "refused"}))
        case "refused" | "unknown":
            yield told.model_copy(update={"event": fact.outcome})
        case "withdrawn" if fact.detail == "moved":
            # «Клиент хочет прийти» would contradict the notice of the move, which says it all.
            return
        case "withdrawn" | "undecided":
            yield told.model_copy(update={"event": "late", "why": fact.outcome, "update": True})
        case "silent" | "not_tried" if fact.request:
            # The salon had granted it, and nothing came of that.
            yield told.model_copy(update={"event": "late", "why": fact.outcome, "update": True})


def _move(fact: MoveSettled) -> Iterator[Notice]:
    told = Notice(to="admin", event="refused", change="moved", record=fact.record, why=fact.detail)
    if fact.outcome == "moved":
        now = fact.receipt.record if fact.receipt else _at(fact.record, fact.to)
        was = (fact.receipt.was if fact.receipt else None) or fact.record
        moved = Notice(to="admin", event="moved", change="moved", record=now, was=was, freed=_window(was))
        yield from _both(moved)
        if was.master_id != now.master_id:
            yield moved.model_copy(update={"to": "master", "master_id": was.master_id})
    elif fact.outcome in ("refused", "unknown"):
        yield told.model_copy(update={"event": fact.outcome})


def _restore(fact: RestoreSettled) -> Iterator[Notice]:
    told = Notice(to="admin", event="restored", change="restored", record=fact.record, why=fact.detail)
    if fact.outcome == "restored":
        shown = fact.receipt.record if fact.receipt else fact.record
        yield from _both(told.model_copy(update={"record": shown}))
        if fact.overlaps:
            yield told.model_copy(update={"event": "handover", "record": shown, "why": "overlap"})
    elif fact.outcome in ("taken", "too_late"):
        yield told.model_copy(update={"event": "refused", "why": fact.outcome})
    elif fact.outcome in ("refused", "unknown"):
        yield told.model_copy(update={"event": fact.outcome})


def _both(told: Notice) -> Iterator[Notice]:
    """The master of the record, then the administrator."""
    assert told.record is not None
    yield told.model_copy(update={"to": "master", "master_id": told.record.master_id})
    yield told


def _with_window(told: Notice, receipt: Receipt | None, *, late: bool) -> Notice:
    assert told.record is not None
    freed = (receipt.freed if receipt else None) or _window((receipt and receipt.was) or told.record)
    sellable = receipt is not None and receipt.freed is not None
    event = "late" if late else "cancelled"
    return told.model_copy(update={"event": event, "freed": freed, "sellable": sellable})


def _window(record: Record) -> Window | None:
    """When the record keeps its master; None: the journal does not tell how long."""
    if record.length_s is None:
        return None
    return record.starts_at, record.starts_at + timedelta(seconds=record.length_s)


def _at(record: Record, to: Slot | None) -> Record:
    if to is None:
        return record
    there = {"starts_at": to.starts_at, "master": to.master, "master_id": to.master_id}
    return record.model_copy(update=there)


def _reason_beside(settled: CancelSettled, facts: Sequence[Fact]) -> ReasonGiven | None:
    """The reason that came with the wish itself, so that it needs no notice of its own."""
    return next((fact for fact in facts if isinstance(fact, ReasonGiven) and _tells_of(fact, settled)), None)


def _is_told_with_its_cancel(reason: ReasonGiven, facts: Sequence[Fact]) -> bool:
    return any(isinstance(fact, CancelSettled) and _tells_of(reason, fact) for fact in facts)


def _tells_of(reason: ReasonGiven, settled: CancelSettled) -> bool:
    return reason.code != "none" and reason.record.record_id == settled.record.record_id
