"""A year of a salon, invented from a seed, and its truth: kept by hand as it is invented, story by story.

Nothing here counts with the code that is tested; a story says itself what it adds to the truth.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engine.booking import (
    CancelSettled,
    Fact,
    MoveSettled,
    Reason,
    ReasonGiven,
    Receipt,
    Record,
    RestoreSettled,
    Slot,
)
from engine.statistics import Entry

ZONE = ZoneInfo("Europe/Berlin")  # changes its clocks, as no salon in Russia does
# With the weight of how often a client comes to each.
MASTERS = ((101, "Ольга", 5), (102, "Марина", 4), (103, "Света", 3), (104, "Новенькая", 0.2))
SERVICES = (("Маникюр", 1800, 6), ("Шугаринг ног", 2500, 4), ("Стрижка", 2200, 4), ("Окрашивание", 6500, 1))
REASONS: tuple[tuple[Reason, float], ...] = (
    ("illness", 6),
    ("plans", 5),
    ("work", 4),
    ("family", 2),
    ("transport", 1),
    ("money", 1),
    ("other_salon", 0.5),
    ("forgot", 0.5),
    ("other", 1),
)
# Masters lose different shares of their wishes.
LOSSES = {101: 0.45, 102: 0.6, 103: 0.7, 104: 0.6}


@dataclass(slots=True)
class Truth:
    """What the stories said of themselves."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    masters: dict[str, Counter[str]] = field(default_factory=dict)
    services: dict[str, Counter[str]] = field(default_factory=dict)
    days: Counter[date] = field(default_factory=Counter)
    leads: Counter[int] = field(default_factory=Counter)
    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    low: Decimal = Decimal(0)
    in_doubt: Decimal = Decimal(0)
    lost_records: set[int] = field(default_factory=set)


class Year:
    """One seed, one year. `entries()` yields the facts in the ledger's order; `truth` is whole after them."""

    def __init__(
        self, seed: int, *, per_day: float = 8, since: date = date(2026, 1, 1), days: int = 365
    ) -> None:
        self.random = Random(seed)
        self.truth = Truth()
        self.per_day, self.since, self.days = per_day, since, days
        self._number = 1_000_000
        self._coming: list[tuple[datetime, int, Fact]] = []
        self._noted = 0

    def entries(self) -> Iterator[Entry]:
        for i in range(self.days):
            day = self.since + timedelta(days=i)
            season = 1.4 if day.month == 12 else 0.7 if day.month in (7, 8) else 1.0
            for _ in range(self._count(self.per_day * season)):
                self._invent(day)
            yield from self._due(datetime.combine(day, datetime.max.time(), ZONE))
        yield from self._due(None)

    # ── one story ─────────────────────────────────────────────────────────────────────────────────────

    def _invent(self, day: date) -> None:
        at = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(
            seconds=self.random.randrange(86_400)
        )
        at = datetime.fromtimestamp(at.timestamp(), ZONE)  # an hour that summer time leaves out is none
        if at.date() != day:
            return
        record = self._record(at)
        loss = LOSSES[record.master_id or 0]
        stories = self.random.choices(STORIES, [weight(loss) for _, weight in STORIES])[0]
        stories[0](self, at, record)

    def note(self, at: datetime, fact: Fact) -> None:
        self._noted += 1
        heapq.heappush(self._coming, (at, self._noted, fact))

    def tell(self, record: Record, *names: str) -> None:
        """Add to the truth: of the salon, of the master, and of each service."""
        holders = [
            self.truth.counts,
            self.truth.masters.setdefault(str(record.master_id), Counter()),
            *(self.truth.services.setdefault(title, Counter()) for title in record.services),
        ]
        for holder in holders:
            holder.update(names)

    def tell_cancelled(self, at: datetime, record: Record, *names: str, reason: str = "none") -> None:
        self.tell(record, "cancelled", *names)
        self.truth.reasons[reason] += 1
        self.truth.days[at.date()] += 1
        starts_at = record.starts_at.astimezone(ZONE)
        self.truth.hours[starts_at.weekday(), starts_at.hour] += 1
        hours = (record.starts_at.timestamp() - at.timestamp()) / 3600
        self.truth.leads[
            max(bound for bound in (0, 1, 2, 3, 6, 12, 24, 48, 72, 168, 336) if hours >= bound)
        ] += 1
        if "lost" in names:
            self.truth.lost_records.add(record.record_id)
            self.truth.low += record.cost or 0

    def doubt(self, record: Record) -> None:
        self.truth.in_doubt += record.cost or 0

    def _due(self, moment: datetime | None) -> Iterator[Entry]:
        while self._coming and (moment is None or self._coming[0][0] <= moment):
            at, _, fact = heapq.heappop(self._coming)
            yield Entry(at, fact)

    def _record(self, at: datetime) -> Record:
        self._number += 1
        number, name, _ = self.random.choices(MASTERS, [weight for _, _, weight in MASTERS])[0]
        services = self.random.choices(SERVICES, [weight for _, _, weight in SERVICES], k=self._several())
        starts_at = self._start(at)
        while starts_at <= at:
            starts_at = after(starts_at, days=1)
        return Record(
            record_id=self._number,
            phone="+79000000001",
            services=tuple(dict.fromkeys(title for title, _, _ in services)),
            master=name,
            master_id=number,
            starts_at=starts_at,
            cost=sum(
                (Decimal(cost) for _, cost in {(title, cost) for title, cost, _ in services}), Decimal(0)
            ),
        )

    def _start(self, at: datetime) -> datetime:
        """Return a half hour of the opening hours, often a busy one, today or some days ahead."""
        day = at.date() + timedelta(days=int(self.random.expovariate(1 / 2.5)))
        hour = self.random.choices(range(10, 20), (3, 4, 3, 2, 2, 2, 3, 5, 7, 6))[0]
        return datetime(day.year, day.month, day.day, hour, self.random.choice((0, 30)), tzinfo=ZONE)

    def _several(self) -> int:
        return 2 if self.random.random() < 0.15 else 1

    def _count(self, mean: float) -> int:
        return sum(self.random.random() < mean / 40 for _ in range(40))

    def reason(self) -> Reason:
        return self.random.choices([code for code, _ in REASONS], [weight for _, weight in REASONS])[0]


def after(at: datetime, **delta: float) -> datetime:
    """Return a moment by the clock on no wall: real time later, over a change of clocks as well."""
    return datetime.fromtimestamp(at.timestamp() + timedelta(**delta).total_seconds(), ZONE)


def proof(record: Record, at: datetime, change: str = "cancelled", how: str = "soft") -> Receipt:
    return Receipt.model_validate({"change": change, "record": record, "read_at": at, "how": how})


def cancelled(record: Record, at: datetime, *, how: str = "soft", late: bool = False) -> CancelSettled:
    return CancelSettled(record=record, outcome="cancelled", late=late, receipt=proof(record, at, how=how))


def moved(record: Record, at: datetime, *, days: int = 2) -> MoveSettled:
    to = Slot(
        starts_at=after(record.starts_at, days=days), master=record.master, master_id=record.master_id or 0
    )
    return MoveSettled(record=record, to=to, outcome="moved", receipt=proof(record, at, "moved"))


# ── the stories ───────────────────────────────────────────────────────────────────────────────────────


def lost(year: Year, at: datetime, record: Record) -> None:
    late = record.starts_at - at < timedelta(hours=3)
    year.note(at, cancelled(record, at, late=late))
    year.tell_cancelled(at, record, "lost", "ended", *(["late"] if late else []))


def lost_with_a_reason(year: Year, at: datetime, record: Record) -> None:
    code = year.reason()
    year.note(at, cancelled(record, at))
    if year.random.random() < 0.2:  # changes their mind about why: the last word counts
        year.note(after(at, minutes=1), ReasonGiven(record=record, code="other", words="да так"))
    year.note(after(at, minutes=3), ReasonGiven(record=record, code=code, words="личное"))
    year.tell_cancelled(at, record, "lost", "ended", reason=code)


def lost_with_the_reason_in_the_wish(year: Year, at: datetime, record: Record) -> None:
    code = year.reason()
    year.note(at, ReasonGiven(record=record, code=code, words="личное"))
    year.note(after(at, seconds=40), cancelled(record, at))
    year.tell_cancelled(after(at, seconds=40), record, "lost", "ended", reason=code)


def told_twice(year: Year, at: datetime, record: Record) -> None:
    year.note(at, cancelled(record, at))
    year.note(after(at, minutes=7), cancelled(record, at))
    year.note(after(at, hours=7), cancelled(record, at, how="already"))
    year.tell_cancelled(at, record, "lost", "ended")


def taken_back(year: Year, at: datetime, record: Record) -> None:
    year.note(at, cancelled(record, at))
    for minutes in (9, 12):  # the second one was told again
        year.note(
            after(at, minutes=minutes),
            RestoreSettled(record=record, outcome="restored", receipt=proof(record, at, "restored")),
        )
    year.tell_cancelled(at, record, "taken_back", "ended")


def taken_back_and_lost_after_all(year: Year, at: datetime, record: Record) -> None:
    record = record.model_copy(update={"starts_at": after(record.starts_at, days=1)})
    taken_back(year, at, record)
    again = after(at, hours=20)
    year.note(again, cancelled(record, again))
    year.tell_cancelled(again, record, "lost", "ended")


def back_by_another_time(year: Year, at: datetime, record: Record) -> None:
    year.note(at, cancelled(record, at))
    year.note(after(at, minutes=6), moved(record, at))
    year.tell_cancelled(at, record, "ended", "moved")


def unknown_then_cancelled(year: Year, at: datetime, record: Record) -> None:
    code = year.reason()
    year.note(at, CancelSettled(record=record, outcome="unknown"))
    year.note(after(at, minutes=2), ReasonGiven(record=record, code=code))
    year.note(after(at, minutes=10), cancelled(record, at))
    year.tell_cancelled(at, record, "lost", "ended", reason=code)


def unknown(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="unknown"))
    year.note(after(at, minutes=10), CancelSettled(record=record, outcome="unknown"))
    year.tell(record, "unknown")
    year.doubt(record)


def kept(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="kept"))
    year.tell(record, "kept", "ended")


def kept_and_moved_instead(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="kept"))
    year.note(after(at, minutes=4), moved(record, at))
    year.tell(record, "kept", "ended", "moved")


def silent(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="silent"))
    year.tell(record, "silent")
    year.doubt(record)


def refused(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="refused", detail="paid"))
    year.note(after(at, seconds=20), CancelSettled(record=record, outcome="refused", detail="paid"))
    year.tell(record, "refused", "ended")


def asked_and_denied(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="requested", late=True, request="r1"))
    year.note(after(at, hours=2), CancelSettled(record=record, outcome="denied", late=True))
    year.tell(record, "denied", "ended")


def asked_and_allowed(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="requested", late=True, request="r2"))
    year.note(after(at, hours=30), cancelled(record, at))
    year.tell_cancelled(at, record, "lost", "late", "ended")


def asked_in_vain(year: Year, at: datetime, record: Record) -> None:
    year.note(at, CancelSettled(record=record, outcome="requested", late=True, request="r3"))
    year.tell(record, "requested")
    year.doubt(record)


def off_already(year: Year, at: datetime, record: Record) -> None:
    year.note(at, cancelled(record, at, how="already"))


def tried_again_later(year: Year, at: datetime, record: Record) -> None:
    record = record.model_copy(update={"starts_at": after(record.starts_at, days=1)})
    year.note(at, CancelSettled(record=record, outcome="not_tried"))
    later = after(at, hours=1)
    year.note(later, cancelled(record, later))
    year.tell_cancelled(later, record, "lost", "ended")


def another_time(year: Year, at: datetime, record: Record) -> None:
    year.note(at, moved(record, at))
    year.tell(record, "moved", "ended")


def another_time_twice(year: Year, at: datetime, record: Record) -> None:
    year.note(at, moved(record, at))
    year.note(after(at, hours=3), moved(record, at, days=4))
    year.tell(record, "moved", "ended", "moved", "ended")


def another_time_after_a_doubt(year: Year, at: datetime, record: Record) -> None:
    done = moved(record, at)
    year.note(at, MoveSettled(record=record, to=done.to, outcome="unknown"))
    year.note(after(at, minutes=2), done)
    year.tell(record, "moved", "ended")


def no_other_time(year: Year, at: datetime, record: Record) -> None:
    year.note(at, MoveSettled(record=record, outcome="no_slots"))
    year.tell(record, "ended")


def could_not_be_taken_back(year: Year, at: datetime, record: Record) -> None:
    lost(year, at, record)
    year.note(after(at, minutes=5), RestoreSettled(record=record, outcome="taken"))
    year.tell(record, "refused")


def may_not_be_taken_back(year: Year, at: datetime, record: Record) -> None:
    lost(year, at, record)
    year.note(after(at, minutes=5), RestoreSettled(record=record, outcome="refused", detail="no_rights"))
    year.tell(record, "refused")


Story = Callable[[Year, datetime, Record], None]
Weight = Callable[[float], float]


def _often(weight: float) -> Weight:
    return lambda loss: weight


STORIES: tuple[tuple[Story, Weight], ...] = (
    (lost, lambda loss: 12 * loss),
    (lost_with_a_reason, lambda loss: 24 * loss),
    (lost_with_the_reason_in_the_wish, lambda loss: 8 * loss),
    (told_twice, _often(1)),
    (taken_back, _often(3)),
    (taken_back_and_lost_after_all, _often(0.3)),
    (back_by_another_time, _often(1)),
    (unknown_then_cancelled, _often(0.5)),
    (unknown, _often(0.5)),
    (kept, lambda loss: 14 * (1 - loss)),
    (kept_and_moved_instead, lambda loss: 5 * (1 - loss)),
    (silent, _often(1.5)),
    (refused, _often(0.7)),
    (asked_and_denied, _often(0.4)),
    (asked_and_allowed, _often(0.6)),
    (asked_in_vain, _often(0.2)),
    (off_already, _often(0.3)),
    (tried_again_later, _often(0.3)),
    (another_time, lambda loss: 16 * (1 - loss)),
    (another_time_twice, _often(0.3)),
    (another_time_after_a_doubt, _often(0.3)),
    (no_other_time, _often(0.7)),
    (could_not_be_taken_back, _often(0.3)),
    (may_not_be_taken_back, _often(0.1)),
)


def stored(path: Any, year: Year) -> None:
    """Write the year into a database file, as the server would."""
    from functools import partial

    from adapters.storage.rows import to_us
    from adapters.storage.schema import migrate
    from adapters.storage.writer import connect
    from engine.codec import dump

    connection = partial(connect, str(path))()
    migrate(connection, datetime(2026, 1, 1, tzinfo=ZONE))
    with connection:
        connection.executemany(
            "INSERT INTO ledger (at_us, kind, fact) VALUES (?, ?, ?)",
            ((to_us(entry.at), type(entry.fact).__name__, dump(entry.fact)) for entry in year.entries()),
        )
    connection.close()
