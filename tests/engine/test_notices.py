"""Notices: who has to know what of a fact, and who is left in peace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.booking import (
    CancelSettled,
    Fact,
    HandedOver,
    LeftAsItWas,
    MoveSettled,
    ReasonGiven,
    Receipt,
    Record,
    RestoreSettled,
    Slot,
)
from engine.notices import Notice, Recipients, notices_of

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
RECORD = Record(
    record_id=1,
    phone="+79000000001",
    services=("Маникюр",),
    master="Ольга",
    master_id=7,
    starts_at=AT,
    length_s=3600,
    client="Анна",
)
WINDOW = (AT, AT + timedelta(hours=1))
ELSEWHERE = Slot(starts_at=AT + timedelta(days=1), master="Елена", master_id=8)
MOVED = RECORD.model_copy(
    update={"starts_at": ELSEWHERE.starts_at, "master": ELSEWHERE.master, "master_id": ELSEWHERE.master_id}
)


def receipt(change: str, record: Record = RECORD, **more: Any) -> Receipt:
    return Receipt.model_validate({"change": change, "record": record, "read_at": AT, **more})


def told(*facts: Fact) -> list[str]:
    """Return whom of the salon is told what, in order; a master by number."""
    return [
        f"{'master ' + str(notice.master_id) if notice.to == 'master' else 'admin'}: {notice.event}"
        for notice in notices_of(facts)
    ]


def cancelled(outcome: str = "cancelled", **more: Any) -> CancelSettled:
    return CancelSettled.model_validate({"record": RECORD, "outcome": outcome, **more})


def moved(outcome: str = "moved", **more: Any) -> MoveSettled:
    return MoveSettled.model_validate({"record": RECORD, "outcome": outcome, "to": ELSEWHERE, **more})


def restored(outcome: str = "restored", **more: Any) -> RestoreSettled:
    return RestoreSettled.model_validate({"record": RECORD, "outcome": outcome, **more})


@pytest.mark.parametrize(
    ("fact", "who"),
    [
        (cancelled(), ["master 7: cancelled", "admin: cancelled"]),
        (cancelled(late=True), ["master 7: late", "admin: late"]),
        (cancelled("requested", request="r", late=True), ["admin: late"]),
        (cancelled("denied"), []),
        (cancelled("withdrawn", request="r", late=True), ["admin: late"]),
        # The move tells it.
        (cancelled("withdrawn", detail="moved", request="r", late=True), []),
        (cancelled("undecided", request="r", late=True), ["admin: late"]),
        (cancelled("silent", request="r", late=True), ["admin: late"]),
        (cancelled("not_tried", request="r", late=True), ["admin: late"]),
        (cancelled("silent"), []),
        (cancelled("not_tried"), []),
        (cancelled("refused", detail="late"), ["master 7: refused", "admin: refused"]),
        (cancelled("refused", detail="paid"), ["admin: refused"]),
        (cancelled("unknown"), ["admin: unknown"]),
        (cancelled("kept"), []),
        (moved(), ["master 8: moved", "master 7: moved", "admin: moved"]),
        (moved(to=None), ["master 7: moved", "admin: moved"]),
        (moved("refused", detail="paid"), ["admin: refused"]),
        (moved("unknown"), ["admin: unknown"]),
        (moved("no_slots"), []),
        (restored(), ["master 7: restored", "admin: restored"]),
        (restored(overlaps=True), ["master 7: restored", "admin: restored", "admin: handover"]),
        (restored("refused"), ["admin: refused"]),
        (restored("unknown"), ["admin: unknown"]),
        (restored("taken"), ["admin: refused"]),
        (restored("too_late"), ["admin: refused"]),
        (restored("not_tried"), []),
        (cancelled(receipt=receipt("cancelled", how="already")), ["admin: cancelled"]),
        (cancelled(late=True, receipt=receipt("cancelled", how="already")), ["admin: cancelled"]),
        (
            cancelled(late=True, receipt=receipt("cancelled", how="deleted")),
            ["master 7: late", "admin: late"],
        ),
        (ReasonGiven(record=RECORD, code="illness"), ["master 7: cancelled", "admin: cancelled"]),
        (ReasonGiven(record=RECORD, code="none"), []),
        (LeftAsItWas(record=RECORD), ["admin: unknown"]),
        (LeftAsItWas(record=RECORD, found="off"), ["admin: unknown"]),
        (HandedOver(record=RECORD, why="nobody_knows"), ["admin: handover"]),
        (HandedOver(record=RECORD, why="undone"), ["admin: handover"]),
        (HandedOver(record=RECORD, why="otherwise"), ["admin: handover"]),
        (Fact(), []),
    ],
)
def test_who_is_told_what(fact: Fact, who: list[str]) -> None:
    assert told(fact) == who


def test_a_person_reads_what_the_client_had_been_told() -> None:
    told = RECORD.model_copy(update={"master": "Мария"})

    (notice,) = notices_of([HandedOver(record=RECORD, why="otherwise", told=told)])

    assert (notice.record, notice.was) == (RECORD, told)


def test_a_cancel_tells_the_window_of_the_record_as_it_was() -> None:
    shortened = RECORD.model_copy(update={"length_s": 300})
    proof = receipt("cancelled", shortened, was=RECORD)

    master, _ = notices_of([cancelled(record=shortened, receipt=proof)])

    assert (master.freed, master.sellable) == (WINDOW, False)


def test_what_the_salon_had_cancelled_itself_is_told_without_a_window() -> None:
    (notice,) = notices_of((cancelled(late=True, receipt=receipt("cancelled", how="already")),))

    assert (notice.freed, notice.why) == (None, "already")


@pytest.mark.parametrize("outcome", ["taken", "too_late"])
def test_a_take_back_that_could_not_be_says_why(outcome: str) -> None:
    (notice,) = notices_of((restored(outcome),))

    assert (notice.event, notice.change, notice.why) == ("refused", "restored", outcome)


def test_a_window_that_was_read_back_as_free_can_be_sold() -> None:
    free = (AT + timedelta(minutes=5), AT + timedelta(hours=1))

    master, _ = notices_of([cancelled(receipt=receipt("cancelled", freed=free))])

    assert (master.freed, master.sellable) == (free, True)


def test_a_journal_that_tells_no_length_tells_no_window() -> None:
    unknown = RECORD.model_copy(update={"length_s": None})

    master, _ = notices_of([cancelled(record=unknown)])

    assert master.freed is None


def test_a_move_tells_both_times_and_the_old_window() -> None:
    proof = receipt("moved", MOVED, was=RECORD)

    new, old, admin = notices_of([moved(receipt=proof)])

    assert {notice.record for notice in (new, old, admin)} == {MOVED}
    assert (admin.was, admin.freed) == (RECORD, WINDOW)


def test_a_restore_shows_the_record_as_it_was_read() -> None:
    shown = RECORD.model_copy(update={"attendance": 2})

    master, _ = notices_of([restored(receipt=receipt("restored", shown))])

    assert master.record == shown


def test_a_reason_that_comes_with_the_wish_is_told_with_it() -> None:
    reason = ReasonGiven(record=RECORD, code="illness", words="заболела")

    master, admin = notices_of([reason, cancelled()])

    assert (master.event, master.reason, master.words, master.update) == (
        "cancelled",
        "illness",
        "заболела",
        False,
    )
    assert admin.reason == "illness"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("first", ["the reason", "the cancel"])
def test_a_reason_of_the_same_turn_is_told_once_to_both_whichever_was_noted_first(
    late: bool, first: str
) -> None:
    facts: list[Fact] = [ReasonGiven(record=RECORD, code="illness"), cancelled(late=late)]

    notices = notices_of(facts if first == "the reason" else facts[::-1])

    assert [(notice.to, notice.reason, notice.update) for notice in notices] == [
        ("master", "illness", False),
        ("admin", "illness", False),
    ]


def test_a_reason_that_comes_later_adds_to_what_was_told() -> None:
    another = RECORD.model_copy(update={"record_id": 2})

    notices = notices_of([cancelled(record=another), ReasonGiven(record=RECORD, code="work")])

    added = [notice for notice in notices if notice.update]
    assert [(notice.to, notice.reason) for notice in added] == [("master", "work"), ("admin", "work")]
    assert [notice.reason for notice in notices if not notice.update] == [None, None]


def test_a_master_without_an_address_is_told_nothing_and_nobody_else_instead() -> None:
    recipients = Recipients(admin=("admin:1",), masters={7: ("master:7:1", "master:7:2")})

    assert recipients.of(Notice(to="admin", event="cancelled")) == ("admin:1",)
    assert recipients.of(Notice(to="master", event="cancelled", master_id=7)) == ("master:7:1", "master:7:2")
    assert recipients.of(Notice(to="master", event="cancelled", master_id=8)) == ()
    assert recipients.of(Notice(to="master", event="cancelled")) == ()
