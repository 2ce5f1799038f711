"""A simulated year of the demo's salon, as its ledger would keep it. Masters and clients are invented.

Each day is drawn from its own date, so that a day stays what it was on every later page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from random import Random
from typing import Literal, TypeVar

from adapters.yclients.simulator.demo import DONE_BY, MASTERS, SERVICES
from engine.booking import (
    Attendance,
    CancelSettled,
    Change,
    LeftAsItWas,
    MoveSettled,
    Reason,
    ReasonGiven,
    Receipt,
    Record,
    RestoreSettled,
    Slot,
)
from engine.statistics import Entry

T = TypeVar("T")

DAYS = 365
WISHES_A_DAY = 6.2
CLIENTS = 420
# Of the invented salon: within its notice it is asked whether a visit may be cancelled.
NOTICE = timedelta(hours=3)

# From January: a slow start, the eighth of March, a summer at the sea, and everybody before New Year.
SEASON = (0.75, 0.95, 1.2, 1.0, 1.05, 0.95, 0.75, 0.72, 1.05, 1.0, 1.05, 1.4)
# From Monday: on which days clients write, and for which days they are booked.
WRITTEN_ON = (1.05, 1.0, 1.0, 1.05, 1.2, 0.95, 0.75)
VISITED_ON = (0.6, 0.75, 0.9, 1.0, 1.4, 1.45, 0.5)
# From 08:00: when clients write, and from 10:00: when visits begin, on a working day and at the weekend.
WRITTEN_AT = (5, 9, 10, 8, 6, 6, 5, 5, 6, 6, 8, 9, 8, 5)
VISITED_AT = (3, 3, 2, 3, 2, 3, 4, 7, 9, 6)
VISITED_AT_WEEKEND = (4, 7, 8, 7, 6, 6, 5, 4, 2, 1)
# How long before the visit: hours from and to, and how often.
LEADS = ((1, 3, 10), (3, 12, 22), (12, 26, 30), (26, 50, 18), (50, 75, 9), (75, 170, 9), (170, 330, 3))
# How busy each master is, and how much more often than others a wish costs the visit.
BUSY = {"Анна": 9, "Мария": 7, "Ольга": 6, "Елена": 5}
LOSES = {"Анна": 0.8, "Мария": 1.25, "Ольга": 0.95, "Елена": 1.1}
REASONS: tuple[tuple[Reason, float], ...] = (
    ("illness", 26),
    ("plans", 21),
    ("work", 17),
    ("family", 9),
    ("transport", 6),
    ("money", 4),
    ("no_time", 4),
    ("forgot", 3),
    ("mistake", 2.5),
    ("other_salon", 1.5),
    ("dissatisfied", 1),
    ("other", 5),
)
# More of these from November to March.
OF_WINTER: dict[Reason, float] = {"illness": 1.6, "transport": 1.4}
REASON_IS_TOLD, REASON_COMES_WITH_THE_WISH = 0.62, 0.3
OFF_BEFORE_US = 0.01


@dataclass(frozen=True, slots=True)
class Wish:
    """One client's wish about one record. `at` is in UTC, the record in the salon's zone."""

    chance: Random
    at: datetime
    record: Record

    @property
    def is_late(self) -> bool:
        return self.record.starts_at - self.at < NOTICE

    def after(self, **delta: float) -> datetime:
        return self.at + timedelta(**delta)

    def settled(
        self,
        outcome: Literal[
            "refused", "unknown", "kept", "silent", "requested", "denied", "withdrawn", "undecided"
        ],
        at: datetime | None = None,
        detail: Literal["", "paid"] = "",
    ) -> Entry:
        request = f"simulated-{self.record.record_id}" if self.is_late else ""
        fact = CancelSettled(
            record=self.record, outcome=outcome, detail=detail, late=self.is_late, request=request
        )
        return Entry(at or self.at, fact)

    def cancelled(self, at: datetime | None = None, how: Literal["soft", "already"] = "soft") -> Entry:
        shown = self.record.model_copy(update={"attendance": Attendance.DID_NOT_COME})
        receipt = self._receipt("cancelled", shown, at, how)
        fact = CancelSettled(record=shown, outcome="cancelled", late=self.is_late, receipt=receipt)
        return Entry(at or self.at, fact)

    def moved(self, at: datetime | None = None) -> Entry:
        record, to = self.record, self._other_window()
        shown = record.model_copy(update={"starts_at": to.starts_at})
        receipt = self._receipt("moved", shown, at)
        return Entry(at or self.at, MoveSettled(record=record, to=to, outcome="moved", receipt=receipt))

    def restored(self, at: datetime) -> Entry:
        receipt = self._receipt("restored", self.record, at)
        return Entry(at, RestoreSettled(record=self.record, outcome="restored", receipt=receipt))

    def reason(self, at: datetime) -> Entry:
        winter = self.at.month in (11, 12, 1, 2, 3)
        weights = [weight * (OF_WINTER.get(code, 1) if winter else 1) for code, weight in REASONS]
        code = _one(self.chance, [code for code, _ in REASONS], weights)
        return Entry(at, ReasonGiven(record=self.record, code=code))

    def _receipt(
        self, change: Change, shown: Record, at: datetime | None, how: Literal["soft", "already"] = "soft"
    ) -> Receipt:
        return Receipt(change=change, record=shown, read_at=at or self.at, how=how, was=self.record)

    def _other_window(self) -> Slot:
        days, hour = self.chance.randint(1, 9), self.chance.randrange(10, 20)
        starts_at = (self.record.starts_at + timedelta(days=days)).replace(hour=hour)
        return Slot(starts_at=starts_at, master=self.record.master, master_id=self.record.master_id or 0)


def year(until: date, zone: tzinfo) -> list[Entry]:
    """Return the facts of the 365 days that end with this one (inclusive), in the ledger's order."""
    days = (until - timedelta(days=back) for back in range(DAYS))
    # No story goes on after midnight: nobody writes after ten, and what is late is decided before the visit.
    return sorted((entry for day in days for entry in _of_day(day, zone)), key=lambda entry: entry.at)


def _of_day(day: date, zone: tzinfo) -> Iterator[Entry]:
    chance = Random(day.toordinal())
    mean = WISHES_A_DAY * SEASON[day.month - 1] * WRITTEN_ON[day.weekday()]
    for number in range(sum(chance.random() < mean / 30 for _ in range(30))):
        wish = _wish(chance, day, number, zone)
        yield from _one(chance, *_stories(wish))(wish)


# ── what is wished ────────────────────────────────────────────────────────────────────────────────────


def _wish(chance: Random, day: date, number: int, zone: tzinfo) -> Wish:
    clock = time(_one(chance, range(8, 22), WRITTEN_AT), chance.randrange(60), chance.randrange(60))
    at = datetime.combine(day, clock, zone)
    title, price, length_s = _one(chance, SERVICES, [_asked_for(title) for title, _, _ in SERVICES])
    services, cost = [title], Decimal(price)
    if title == "Маникюр" and chance.random() < 0.2:
        services, cost, length_s = ["Маникюр", "Педикюр"], cost + 2400, 2 * length_s
    master = _one(chance, DONE_BY[title], [BUSY[name] for name in DONE_BY[title]])
    record = Record(
        record_id=day.toordinal() * 100 + number,
        # Whoever came once comes again: the first half of them twice as often.
        phone=f"+7900000{min(chance.randrange(CLIENTS), chance.randrange(2 * CLIENTS)):04}",
        services=tuple(services),
        master=master,
        master_id=100_001 + [name for name, _ in MASTERS].index(master),
        starts_at=_start(chance, at),
        created_at=at - timedelta(days=chance.randint(1, 20)),
        length_s=length_s,
        # The journal does not always tell.
        cost=None if chance.random() < 0.01 else cost,
    )
    return Wish(chance, at.astimezone(UTC), record)


def _asked_for(title: str) -> float:
    return sum(BUSY[name] for name in DONE_BY[title]) * (0.4 if title == "Окрашивание" else 1)


def _start(chance: Random, at: datetime) -> datetime:
    """Return a half hour of the opening hours, often a busy one, about so long after the wish as wished."""
    earliest = at + timedelta(minutes=40)
    while True:
        low, high, _ = _one(chance, LEADS, [weight for _, _, weight in LEADS])
        day = (at + timedelta(hours=chance.uniform(low, high))).date()
        hours = VISITED_AT if day.weekday() < 5 else VISITED_AT_WEEKEND
        hour = _one(chance, range(10, 20), hours)
        starts_at = datetime.combine(day, time(hour, chance.choice((0, 30))), at.tzinfo)
        if starts_at > earliest and chance.random() < VISITED_ON[day.weekday()] / max(VISITED_ON):
            return starts_at


# ── what becomes of it ────────────────────────────────────────────────────────────────────────────────


def _cancels(wish: Wish) -> Iterator[Entry]:
    told = wish.chance.random() < REASON_IS_TOLD
    if told and wish.chance.random() < REASON_COMES_WITH_THE_WISH:
        yield wish.reason(wish.after(seconds=-wish.chance.randint(20, 90)))
        told = False
    yield wish.cancelled(how="already" if wish.chance.random() < OFF_BEFORE_US else "soft")
    if told:
        yield wish.reason(wish.after(minutes=wish.chance.randint(1, 9)))


def _takes_it_back(wish: Wish) -> Iterator[Entry]:
    yield wish.cancelled()
    yield wish.restored(wish.after(minutes=wish.chance.randint(1, 14)))


def _takes_it_back_in_vain(wish: Wish) -> Iterator[Entry]:
    yield from _cancels(wish)
    outcome = _one(wish.chance, ("taken", "too_late"), (2, 1))
    yield Entry(wish.after(minutes=13), RestoreSettled(record=wish.record, outcome=outcome))


def _moves(wish: Wish) -> Iterator[Entry]:
    yield wish.moved()


def _moves_instead(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("kept")
    yield wish.moved(wish.after(minutes=wish.chance.randint(2, 8)))


def _finds_no_window(wish: Wish) -> Iterator[Entry]:
    yield Entry(wish.at, MoveSettled(record=wish.record, outcome="no_slots"))


def _keeps(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("kept")


def _falls_silent(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("silent")


def _is_refused(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("refused", detail="paid")


def _is_known_later(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("unknown")
    yield wish.cancelled(wish.after(minutes=2))


def _turns_out_not_done(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("unknown")
    yield Entry(wish.after(minutes=2), LeftAsItWas(record=wish.record))


def _stays_unknown(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("unknown")


def _is_granted(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("requested")
    yield wish.cancelled(_decided_at(wish))


def _is_denied(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("requested")
    yield wish.settled("denied", _decided_at(wish))


def _wants_it_no_longer(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("requested")
    yield wish.settled("withdrawn", wish.after(minutes=6))


def _is_not_decided(wish: Wish) -> Iterator[Entry]:
    yield wish.settled("requested")
    yield wish.settled("undecided", wish.record.starts_at.astimezone(UTC))


def _decided_at(wish: Wish) -> datetime:
    return wish.after(minutes=wish.chance.randint(2, 30))


Story = Callable[[Wish], Iterator[Entry]]


def _stories(wish: Wish) -> tuple[Sequence[Story], Sequence[float]]:
    """Return what may become of a wish, and how often it does."""
    loses = LOSES[wish.record.master]
    if wish.is_late:
        return (
            (_is_granted, _is_denied, _wants_it_no_longer, _is_not_decided, _keeps, _falls_silent),
            (52 * loses, 17, 9, 4, 12, 6),
        )
    often: tuple[tuple[Story, float], ...] = (
        (_cancels, 46 * loses),
        (_moves, 22 / loses),
        (_keeps, 12 / loses),
        (_moves_instead, 6),
        (_takes_it_back, 4.5),
        (_falls_silent, 4),
        (_is_refused, 1.2),
        (_finds_no_window, 1.2),
        (_is_known_later, 0.8),
        (_takes_it_back_in_vain, 0.8),
        (_turns_out_not_done, 0.3),
        (_stays_unknown, 0.4),
    )
    return [story for story, _ in often], [weight for _, weight in often]


def _one(chance: Random, among: Sequence[T], weights: Sequence[float]) -> T:
    return chance.choices(among, weights)[0]
