"""What the ledger comes to: frozen figures, ready to be told in any form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal

from engine.booking import Reason
from engine.statistics.intervals import Rate


@dataclass(frozen=True, slots=True)
class Money:
    """What visits cost, from what is surely lost to what may be, in the salon's currency."""

    # Cancelled, not taken back nor moved, at a known cost.
    low: Decimal
    # And also: of unknown cost (at the dearest known visit's), in doubt, undecided, or fallen silent.
    high: Decimal
    # Visits in `high` whose cost the journal did not tell.
    without_cost: int


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How many visits were cancelled so long before their start. None: no bound."""

    from_h: int | None
    to_h: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Spell:
    """Some days, both inclusive, and the share of their wishes that cost a visit."""

    since: date
    until: date
    cancelled: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Counted:
    """What one tally comes to: the salon's, a master's or a service's."""

    name: str
    # Cancelled through us, whatever became of the visit later.
    cancelled: int
    # Of these, within the salon's notice.
    late: int
    moved: int
    # Of the cancelled ones, taken back by the client.
    taken_back: int
    # Wishes to cancel, move or take back that were refused, or whose outcome nobody knows.
    refused: int
    unknown: int
    # Wishes to cancel: the client said no; fell silent; waits for the salon; was told no by it.
    kept: int
    silent: int
    requested: int
    denied: int
    # Asked for late, and: the client comes after all; the visit began before anybody had decided.
    withdrawn: int
    undecided: int
    # Cancelled, and the visit does not stand again.
    lost: int
    # Lost ones among wishes to cancel or move of which it is known whether the visit stands.
    rate: Rate
    money: Money
    # "cancel", "move", "restore" → outcome → how many.
    by_want: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of some days."""

    # Both inclusive, as asked for, else the first and last with a wish; None: there was none.
    since: date | None
    until: date | None
    zone: tzinfo
    total: Counted
    # By number (or, where the journal has none, by name); titles. Most lost visits first.
    by_master: Mapping[str, Counted]
    by_service: Mapping[str, Counted]
    # Every code; `none` are those without a reason. They add up to the cancelled ones, as all below do.
    by_reason: Mapping[Reason, int]
    by_lead_hours: tuple[LeadTime, ...]
    # 7 × 24, Monday first: by the start of the visit, and by the moment of the wish.
    by_start: tuple[tuple[int, ...], ...]
    by_wish: tuple[tuple[int, ...], ...]
    # Days, weeks or months, as long as fits the whole; the first and last may be cut short.
    over_time: tuple[Spell, ...]
    # Facts that no class of today's reads: they are in no figure.
    unreadable: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.over_time
