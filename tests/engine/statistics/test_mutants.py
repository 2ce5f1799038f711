"""Each rule of what is one wish, and of how it counts, is broken once; the known truth must not fit then."""

# ruff: noqa: E501  # mutants quote the source as it stands, each change on one line

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from engine.statistics import counting
from tests.engine.statistics.test_year import by_place, figures
from tests.engine.statistics.year import ZONE, Year

WISHES, COUNTING = "wishes", "counting"
MUTANTS = {
    "a doubt is settled by nothing": (
        WISHES,
        '("cancel", "unknown"): frozenset({"unknown", "cancelled",',
        '("cancel", "unknown"): frozenset({"unknown",',
    ),
    "a doubt of a move is settled by nothing": (
        WISHES,
        '("move", "unknown"): frozenset({"unknown", "moved",',
        '("move", "unknown"): frozenset({"unknown",',
    ),
    "the salon's decision is a wish of its own": (WISHES, '{"requested", "denied", "withdrawn", "undecided", "silent"}\n        | {"cancelled", ', "{"),
    "what is told twice is counted twice": (WISHES, 'return fresh.outcome in (last.outcome, "already")', "return False"),
    "a double refusal is counted twice": (WISHES, "fresh.begun_at - last.settled_at <= TOLD_TWICE", "False"),
    "what the salon had cancelled is ours": (WISHES, 'return receipt is not None and receipt.how == "already"', "return False"),
    "a take-back changes nothing": (WISHES, "self._change(cancel, stands_again=True, taken_back=True)", "pass"),
    "a take-back is a loss all the same": (WISHES, "stands_again=True, taken_back=True", "taken_back=True"),
    "a cancel after a take-back is no cancel": (WISHES, "self._is_overtaken(last) or ", ""),
    "a visit at another time is lost": (WISHES, "            self._change(cancel, stands_again=True)\n", ""),
    "a story of two wishes is counted twice": (COUNTING, " and not wish.instead", ""),
    "a move to yet another time is told again": (WISHES, "last.to != fresh.to", "False"),
    "the first reason counts": (
        WISHES,
        "            self._change(cancel, reason=given.code)\n",
        '            if cancel.reason == "none":\n                self._change(cancel, reason=given.code)\n',
    ),
    "a reason in the wish is lost": (WISHES, "self._early[given.record.record_id] = (at, given.code)", "pass"),
    "days are those of UTC": (COUNTING, "wish.begun_at.astimezone(self.zone).date()", "wish.begun_at.date()"),
    "hours are those of UTC": (COUNTING, "here = moment.astimezone(self.zone)", "here = moment.astimezone(UTC)"),
    "hours before the visit are those of the wall": (
        WISHES,
        "self.record.starts_at.astimezone(UTC) - self.begun_at",
        "self.record.starts_at.replace(tzinfo=None) - self.begun_at.astimezone(self.record.starts_at.tzinfo).replace(tzinfo=None)",
    ),
    "the silent are counted as known": (COUNTING, '"cancel": frozenset({"cancelled",', '"cancel": frozenset({"silent", "cancelled",'),
    "doubts are worth nothing": (COUNTING, "            self.in_doubt += cost\n", "            pass\n"),
    "only the first service is counted": (COUNTING, "for title in set(record.services)]", "for title in record.services[:1]]"),
}  # fmt: skip


def mutated(module: ModuleType, before: str, after: str) -> ModuleType:
    """Return the module with one text of its source replaced, which must stand there once."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{module.__name__} has {source.count(before)} times {before!r}"
    broken = ModuleType("broken")
    sys.modules[broken.__name__] = broken  # dataclasses look up their module
    try:
        code = "from datetime import UTC\n" + source.replace(before, after)
        exec(compile(code, "<broken>", "exec"), broken.__dict__)
    finally:
        del sys.modules[broken.__name__]
    return broken


def fits(gather: ModuleType, count: ModuleType) -> bool:
    """Whether the truth is reproduced."""
    # A hundred days from January on, with the change to summer time among them.
    year = Year(1, per_day=16, days=100)
    gathered = list(gather.wishes(year.entries()))
    found, truth = count.Counting(ZONE).of(gathered), year.truth
    days = sorted(truth.days)[70:90]
    return (
        figures(found.total) == truth.counts
        and Counter(found.by_reason) == truth.reasons
        and {key: figures(each) for key, each in found.by_service.items()} == truth.services
        and Counter({time.from_h: time.n for time in found.by_lead_hours}) == truth.leads
        and by_place(found.by_start) == truth.hours
        and (found.total.money.low, found.total.money.high) == (truth.low, truth.low + truth.in_doubt)
        and all(
            count.Counting(ZONE, day, day).of(gathered).total.cancelled == truth.days[day] for day in days
        )
    )


def test_the_year_fits_the_rules_as_they_are() -> None:
    assert fits(wishes_module(), counting)


def wishes_module() -> ModuleType:
    # The package exports a function of the same name.
    return sys.modules["engine.statistics.wishes"]


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_rule_is_noticed(name: str) -> None:
    where, before, after = MUTANTS[name]
    gather, count = wishes_module(), counting
    if where == WISHES:
        gather = mutated(gather, before, after)
    else:
        count = mutated(count, before, after)

    assert not fits(gather, count)
