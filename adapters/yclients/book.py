"""The book of the lane: what must be known of the calls that have left, whoever made them and still lives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Passage:
    """One call that has left. Moments are those of the reader's own steady clock, in seconds."""

    number: int
    left_at: float
    # When its answer proved that it had arrived; None: no answer yet, or whoever waited for it is dead.
    seen_at: float | None = None
    background: bool = False


@dataclass(slots=True)
class Page:
    """All that a lane remembers."""

    # Those that may still count in the sliding second.
    passages: list[Passage] = field(default_factory=list)
    # How many calls have left; names the next.
    numbers: int = 0
    # Theoretical arrival time of a steady stream (GCRA), for the minute.
    tat: float = float("-inf")
    # The same for the second, on a wide lane.
    second_tat: float = float("-inf")
    turned_away_at: float = float("-inf")
    turned_away_in_a_row: int = 0
    paused_until: float = float("-inf")
    background_paused_until: float = float("-inf")
    # False: what was written could not be read, so that anything may have happened.
    known: bool = True


class BookBusy(Exception):
    """Somebody else has it open this moment."""


class Book(Protocol):
    def changed(self, work: Callable[[Page], T]) -> T:
        """Let `work` read and change the page while nobody else does, and keep what it made of it.

        Raises:
            BookBusy: another process has it open; try again in a moment.
        """


class MemoryBook:
    """For one process, or for several in one simulated world, which it may outlive."""

    def __init__(self) -> None:
        self._page = Page()

    def changed(self, work: Callable[[Page], T]) -> T:
        return work(self._page)
