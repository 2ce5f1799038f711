"""The ledger against the salon's journal, record by record.

The journal keeps cancellations and no-shows under one value. Which of them were cancelled through us is told
there by the marker in the comment alone, and here by the ledger; where the two differ, each record is named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from engine.statistics.intervals import Rate, rate
from engine.statistics.wishes import Wish

# Every record is in exactly one of these.
Found = Literal[
    # In the journal as "did not come".
    "cancelled_through_us",  # and the ledger knows it
    "marked_but_not_in_ledger",  # our marker, and the ledger has no such cancel, or one that was taken back
    "doubt_was_done",  # the ledger never learnt the outcome
    "salon_or_no_show",  # neither marker nor ledger: cancelled by the salon, or did not come
    # In the journal as a visit that stands.
    "stands",
    "stands_though_cancelled",  # the ledger has it as cancelled
    "doubt_was_not_done",
    # Not in the journal on these days: deleted, or moved to other ones.
    "deleted_by_us",
    "gone_though_cancelled",
    "gone_in_doubt",
]
FOUND: tuple[Found, ...] = get_args(Found)
DIFFERENCES: tuple[Found, ...] = (
    "marked_but_not_in_ledger",
    "doubt_was_done",
    "stands_though_cancelled",
    "doubt_was_not_done",
    "gone_though_cancelled",
    "gone_in_doubt",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the journal shows of one record."""

    record_id: int
    did_not_come: bool
    # Our sentence stands in the comment.
    marked: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Record numbers by what was found, in ascending order."""

    found: Mapping[Found, tuple[int, ...]]

    def n(self, *kinds: Found) -> int:
        return sum(len(self.found[kind]) for kind in kinds)

    @property
    def in_journal(self) -> int:
        return self.did_not_come + self.n("stands", "stands_though_cancelled", "doubt_was_not_done")

    @property
    def did_not_come(self) -> int:
        return self.n(
            "cancelled_through_us", "marked_but_not_in_ledger", "doubt_was_done", "salon_or_no_show"
        )

    @property
    def through_us(self) -> Rate:
        """Which share of the journal's "did not come" was cancelled through us."""
        ours = self.did_not_come - self.n("salon_or_no_show")
        return rate(ours, self.did_not_come)

    @property
    def agrees(self) -> bool:
        return not self.n(*DIFFERENCES)


def reconciled(shown: Iterable[Shown], wishes: Iterable[Wish]) -> Reconciliation:
    """Compare the journal of some days with the wishes that concern visits of these days."""
    last: dict[int, Wish] = {
        wish.record.record_id: wish for wish in wishes if wish.want == "cancel" and _concerns(wish)
    }
    found: dict[Found, list[int]] = {kind: [] for kind in FOUND}
    for record in shown:
        found[_in_journal(record, last.pop(record.record_id, None))].append(record.record_id)
    for record_id, wish in last.items():
        if wish.is_lost or wish.outcome == "unknown":
            found[_gone(wish)].append(record_id)
    return Reconciliation({kind: tuple(sorted(records)) for kind, records in found.items()})


def _concerns(wish: Wish) -> bool:
    """Whether it says anything of how the record should look: a client who kept it says nothing new."""
    return wish.outcome in ("cancelled", "unknown", "left_as_it_was")


def _in_journal(record: Shown, wish: Wish | None) -> Found:
    lost, in_doubt = wish is not None and wish.is_lost, wish is not None and wish.outcome == "unknown"
    if record.did_not_come:
        if lost:
            return "cancelled_through_us"
        if in_doubt:
            return "doubt_was_done"
        return "marked_but_not_in_ledger" if record.marked else "salon_or_no_show"
    if lost:
        return "stands_though_cancelled"
    return "doubt_was_not_done" if in_doubt else "stands"


def _gone(wish: Wish) -> Found:
    if wish.outcome == "unknown":
        return "gone_in_doubt"
    return "deleted_by_us" if wish.how == "deleted" else "gone_though_cancelled"
