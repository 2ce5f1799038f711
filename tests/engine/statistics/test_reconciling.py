"""The ledger against the journal: each record is in one class, and differences are named."""

from datetime import timedelta

import pytest

from engine.booking import CancelSettled, Fact
from engine.statistics import FOUND, Entry, Found, Shown, reconciled, wishes
from tests.engine.statistics.test_wishes import ALREADY, CANCELLED, RECORD, SAYS_RESTORED, START, settled
from tests.engine.statistics.year import proof

OFF, OFF_MARKED, STANDS = Shown(7, True, False), Shown(7, True, True), Shown(7, False, True)
DELETED = CancelSettled(
    record=RECORD, outcome="cancelled", receipt=proof(RECORD, START).model_copy(update={"how": "deleted"})
)


@pytest.mark.parametrize(
    ("shown", "facts", "expected"),
    [
        (OFF_MARKED, [CANCELLED], "cancelled_through_us"),
        # The salon may have written its own comment since.
        (OFF, [CANCELLED], "cancelled_through_us"),
        (OFF_MARKED, [], "marked_but_not_in_ledger"),
        (OFF_MARKED, [CANCELLED, SAYS_RESTORED], "marked_but_not_in_ledger"),
        (OFF_MARKED, [settled("unknown")], "doubt_was_done"),
        (OFF, [], "salon_or_no_show"),
        (OFF, [settled("kept")], "salon_or_no_show"),
        (OFF, [settled("silent")], "salon_or_no_show"),
        (OFF, [ALREADY], "salon_or_no_show"),
        (STANDS, [CANCELLED, SAYS_RESTORED], "stands"),
        (STANDS, [], "stands"),
        (STANDS, [CANCELLED], "stands_though_cancelled"),
        (STANDS, [CANCELLED, settled("kept")], "stands_though_cancelled"),
        (STANDS, [settled("unknown")], "doubt_was_not_done"),
        (None, [DELETED], "deleted_by_us"),
        (None, [CANCELLED], "gone_though_cancelled"),
        (None, [settled("unknown")], "gone_in_doubt"),
        (None, [settled("kept")], None),
        (None, [CANCELLED, SAYS_RESTORED], None),
    ],
)
def test_each_record_is_in_one_class(shown: Shown | None, facts: list[Fact], expected: Found | None) -> None:
    entries = (Entry(START + timedelta(minutes=i), fact) for i, fact in enumerate(facts))

    found = reconciled([shown] if shown else [], wishes(entries))

    assert {kind for kind in FOUND if found.found[kind]} == ({expected} if expected else set())
    assert found.in_journal == (shown is not None)
    assert found.did_not_come == (shown in (OFF, OFF_MARKED))


def test_the_share_through_us_is_told_with_its_interval() -> None:
    records = [Shown(number, True, number < 3) for number in range(10)]

    found = reconciled(records, [])

    assert (found.through_us.value, found.through_us.of) == (0.3, 10)
    assert not found.agrees
    assert reconciled(records[3:], []).agrees
