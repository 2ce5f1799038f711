"""What a move remembers while it is talked about."""

from datetime import date
from typing import Literal

from engine.booking import Record, Slot
from engine.events import Named
from states import choose_record

# Why the windows are shown once more, or are others than were wished for.
Because = Literal["taken", "too_soon", "changed", "the_only", "others_only", "not_that_master", "cancelled"]


class Memory(choose_record.Memory):
    # The number of the record whose button was tapped.
    tapped: int | None = None
    # The client's records, as far as they were read: one that is named among them is meant.
    known: tuple[Record, ...] = ()
    # The number of the record whose move was left, since another one was meant.
    left: int | None = None
    # More than one was wished for; and it was said as coming on another day.
    several: bool = False
    comes: bool = False
    # The new day, hours and master, as far as they were told.
    target: Named = Named()
    # It was cancelled through us, and comes back by this move.
    revives: bool = False
    # Windows of any master count, and not those of its own alone.
    any_master: bool = False
    # The only day that is being looked at; None: the whole fortnight.
    one_day: date | None = None
    because: Because | None = None
    # Days that have windows, and the windows of the day that is asked about, in the order of their pages.
    days: tuple[date, ...] = ()
    slots: tuple[Slot, ...] = ()
    # The place of the first that is shown of them, and how many the first page holds.
    first: int = 0
    first_page: int = 0
    # Where it is to go, once that is agreed on or asked about.
    to: Slot | None = None
    # As it is since it was moved.
    moved: Record | None = None

    @property
    def record(self) -> Record:
        (record,) = self.chosen
        return record
