"""From wishes to figures: of the whole salon, of each master and service, and of each day.

Whatever is counted is a whole wish, on the day (in the salon's zone) on which it first ended, also where its
outcome became known, or was taken back, on a later one.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from itertools import zip_longest
from typing import get_args

from engine.booking import Reason, Record
from engine.statistics.figures import Counted, LeadTime, Money, Spell, Statistics
from engine.statistics.intervals import rate
from engine.statistics.wishes import Wish

REASONS: tuple[Reason, ...] = get_args(Reason)
# Bounds in hours from the wish to the start of the visit; the last has no end.
LEAD_HOURS = (0, 1, 2, 3, 6, 12, 24, 48, 72, 168, 336)
HOURS_A_DAY, DAYS_A_WEEK = 24, 7
DAYS_ALONE_MAX, DAYS_IN_WEEKS_MAX = 21, 184

# Outcomes after which it is known whether the visit stands.
_ENDED: Mapping[str, frozenset[str]] = {
    "cancel": frozenset({"cancelled", "kept", "refused", "denied", "withdrawn"}),
    "move": frozenset({"moved", "kept", "refused", "no_slots"}),
    "restore": frozenset(),
}
# A take-back that could not be, beside what the journal refused.
_NOT_RESTORED = ("taken", "too_late")
# Of wishes to cancel: whether the visit is lost is not known, or not yet.
_OPEN = frozenset({"unknown", "silent", "requested", "undecided"})


@dataclass(slots=True)
class Tally:
    """Counters that grow wish by wish."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    late: int = 0
    taken_back: int = 0
    lost: int = 0
    ended: int = 0
    low: Decimal = Decimal(0)
    # Known costs of visits that may be lost.
    in_doubt: Decimal = Decimal(0)
    without_cost: int = 0
    name: str = ""

    def add(self, wish: Wish) -> None:
        self.outcomes[wish.want, wish.outcome] += 1
        cancelled = wish.want == "cancel" and wish.outcome == "cancelled"
        self.late += cancelled and wish.late
        self.taken_back += wish.taken_back
        self.ended += wish.outcome in _ENDED[wish.want] and not wish.instead
        self.lost += wish.is_lost
        if wish.is_lost or (wish.want == "cancel" and wish.outcome in _OPEN):
            self._value(wish)

    def _value(self, wish: Wish) -> None:
        cost = wish.record.cost
        if cost is None:
            self.without_cost += 1
        elif wish.is_lost:
            self.low += cost
        else:
            self.in_doubt += cost

    def counted(self, dearest: Decimal) -> Counted:
        return Counted(
            name=self.name,
            cancelled=self.outcomes["cancel", "cancelled"],
            late=self.late,
            moved=self.outcomes["move", "moved"],
            taken_back=self.taken_back,
            refused=self._over_all("refused") + sum(self.outcomes["restore", why] for why in _NOT_RESTORED),
            unknown=self._over_all("unknown"),
            kept=self.outcomes["cancel", "kept"],
            silent=self.outcomes["cancel", "silent"],
            requested=self.outcomes["cancel", "requested"],
            denied=self.outcomes["cancel", "denied"],
            withdrawn=self.outcomes["cancel", "withdrawn"],
            undecided=self.outcomes["cancel", "undecided"],
            lost=self.lost,
            rate=rate(self.lost, self.ended),
            money=Money(self.low, self.low + self.in_doubt + self.without_cost * dearest, self.without_cost),
            by_want={
                want: {outcome: n for (of, outcome), n in sorted(self.outcomes.items()) if of == want}
                for want in _ENDED
            },
        )

    def _over_all(self, outcome: str) -> int:
        return sum(self.outcomes[want, outcome] for want in _ENDED)


@dataclass(slots=True)
class Counting:
    """Counts wishes one by one. Those of other days are left out as they come."""

    zone: tzinfo
    # Inclusive; None: from the first, to the last.
    since: date | None = None
    until: date | None = None
    _whole: Tally = field(init=False, default_factory=Tally)
    _masters: dict[str, Tally] = field(init=False, default_factory=lambda: defaultdict(Tally))
    _services: dict[str, Tally] = field(init=False, default_factory=lambda: defaultdict(Tally))
    _days: dict[date, Tally] = field(init=False, default_factory=lambda: defaultdict(Tally))
    _reasons: Counter[Reason] = field(init=False, default_factory=Counter)
    _leads: Counter[int] = field(init=False, default_factory=Counter)
    _by_start: Counter[tuple[int, int]] = field(init=False, default_factory=Counter)
    _by_wish: Counter[tuple[int, int]] = field(init=False, default_factory=Counter)
    # The dearest known visit: what one of unknown cost may have cost.
    _dearest: Decimal = field(init=False, default=Decimal(0))

    def of(self, gathered: Iterable[Wish], unreadable: Callable[[], int] = lambda: 0) -> Statistics:
        """Count them all; `unreadable` tells afterwards how many facts could not be read."""
        for wish in gathered:
            self.add(wish)
        return self.statistics(unreadable())

    def takes(self, wish: Wish) -> bool:
        day = self._day(wish)
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def add(self, wish: Wish) -> None:
        if not self.takes(wish):
            return
        record = wish.record
        self._dearest = max(self._dearest, record.cost or Decimal(0))
        master = self._masters[_master(record)]
        master.name = record.master
        # A visit of several services counts for each of them: nobody knows which one was too much.
        services = [self._services[title] for title in set(record.services)]
        for tally in (self._whole, self._days[self._day(wish)], master, *services):
            tally.add(wish)
        if wish.want == "cancel" and wish.outcome == "cancelled":
            self._add_cancelled(wish)

    def _add_cancelled(self, wish: Wish) -> None:
        self._reasons[wish.reason] += 1
        self._leads[_bound_below(wish.lead)] += 1
        for week, moment in ((self._by_start, wish.record.starts_at), (self._by_wish, wish.begun_at)):
            here = moment.astimezone(self.zone)
            week[here.weekday(), here.hour] += 1

    def _day(self, wish: Wish) -> date:
        return wish.begun_at.astimezone(self.zone).date()

    # ── what it comes to ──────────────────────────────────────────────────────────────────────────────

    def statistics(self, unreadable: int = 0) -> Statistics:
        return Statistics(
            since=self.since or min(self._days, default=None),
            until=self.until or max(self._days, default=None),
            zone=self.zone,
            total=self._whole.counted(self._dearest),
            by_master=self._sorted(self._masters),
            by_service=self._sorted({title: replace(t, name=title) for title, t in self._services.items()}),
            by_reason={code: self._reasons[code] for code in REASONS},
            by_lead_hours=tuple(self._lead_times()),
            by_start=_week(self._by_start),
            by_wish=_week(self._by_wish),
            over_time=self._over_time(),
            unreadable=unreadable,
        )

    def _sorted(self, tallies: Mapping[str, Tally]) -> dict[str, Counted]:
        found = sorted(
            tallies.items(), key=lambda item: (-item[1].lost, -item[1].ended, item[1].name, item[0])
        )
        return {key: tally.counted(self._dearest) for key, tally in found}

    def _lead_times(self) -> Iterator[LeadTime]:
        if self._leads[-1]:
            # Nothing is cancelled after its start, but a clock may be wrong, and a salon may decide late.
            yield LeadTime(None, 0, self._leads[-1])
        for i, (bound, upper) in enumerate(zip_longest(LEAD_HOURS, LEAD_HOURS[1:])):
            yield LeadTime(bound, upper, self._leads[i])

    def _over_time(self) -> tuple[Spell, ...]:
        if not self._days:
            return ()
        last = max(self._days)
        begins = _spells(min(self._days), last)
        ends = [*(day - timedelta(days=1) for day in begins[1:]), last]
        return tuple(self._spell(since, until) for since, until in zip(begins, ends, strict=True))

    def _spell(self, since: date, until: date) -> Spell:
        days = [tally for day, tally in self._days.items() if since <= day <= until]
        return Spell(
            since=since,
            until=until,
            cancelled=sum(tally.outcomes["cancel", "cancelled"] for tally in days),
            rate=rate(sum(tally.lost for tally in days), sum(tally.ended for tally in days)),
        )


def _master(record: Record) -> str:
    return record.master if record.master_id is None else str(record.master_id)


def _week(counted: Mapping[tuple[int, int], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(counted.get((day, hour), 0) for hour in range(HOURS_A_DAY)) for day in range(DAYS_A_WEEK)
    )


def _bound_below(lead: timedelta) -> int:
    """Return the number of the bound at or below it; -1: the visit had begun."""
    return bisect_right(LEAD_HOURS, lead / timedelta(hours=1)) - 1


def _spells(first: date, last: date) -> list[date]:
    """Return where each begins: days up to three weeks, weeks from Monday up to half a year, else months."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    if len(days) <= DAYS_ALONE_MAX:
        return days
    if len(days) <= DAYS_IN_WEEKS_MAX:
        return [day for day in days if day == first or day.weekday() == 0]
    return [day for day in days if day == first or day.day == 1]
