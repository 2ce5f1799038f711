"""Windows: which of those that are free fit a wish, which are nearest to it, and which stand on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from engine.booking import Slot
from engine.events import Named
from engine.understanding import is_called
from states.reschedule.memory import Memory

# A WhatsApp list has room for ten rows (whatsapp.md §2.1, 2026-11); days leave two of them for buttons,
# and so do times.
SHOWN_MAX = 8
# How far ahead windows are looked for.
AHEAD = timedelta(days=14)
# So much of it lies before a day that was named beyond that.
BEFORE_A_FAR_DAY = timedelta(days=3)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Windows:
    """What is free for a record, narrowed down step by step to what was wished for."""

    # Of the wished master, where that one has any; one for each start, its own master's first.
    free: tuple[Slot, ...]
    # Of the wished days, and of these within the wished hours.
    of_the_day: tuple[Slot, ...]
    fitting: tuple[Slot, ...]
    # The wished master has none.
    not_that_master: bool = False

    @property
    def shown(self) -> tuple[Slot, ...]:
        """The nearest that there is to the wish."""
        return self.fitting or self.of_the_day or self.free

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(dict.fromkeys(slot.starts_at.date() for slot in self.shown))


def windows(memory: Memory, slots: Sequence[Slot], not_before: datetime) -> Windows:
    """Sort out what the journal found. Where the record stands is no move; a window too soon is none."""
    record, target = memory.record, memory.target
    fresh = [slot for slot in slots if slot.starts_at >= not_before and not _is_where_it_stands(slot, memory)]
    wished = [slot for slot in fresh if all(is_called(slot.master, name) for name in target.names)]
    own_first = sorted(wished or fresh, key=lambda slot: (slot.starts_at, slot.master_id != record.master_id))
    free = tuple({slot.starts_at: slot for slot in reversed(own_first)}.values())[::-1]
    of_the_day = tuple(slot for slot in free if not target.days or slot.starts_at.date() in target.days)
    fitting = tuple(slot for slot in of_the_day if _is_within(slot.starts_at.time(), target))
    return Windows(free, of_the_day, fitting, not_that_master=bool(fresh) and not wished)


def _is_where_it_stands(slot: Slot, memory: Memory) -> bool:
    record = memory.record
    same_master = record.master_id in (None, slot.master_id)
    return not memory.revives and slot.starts_at == record.starts_at and same_master


def _is_within(start: time, target: Named) -> bool:
    if target.clock is not None:
        return start == target.clock
    return (target.since is None or start >= target.since) and (target.until is None or start < target.until)


def span(memory: Memory, today: date) -> tuple[date, date]:
    """Return the first and the last day to look at: a fortnight, or one about a day that is farther off."""
    if memory.one_day is not None:
        return memory.one_day, memory.one_day
    days = memory.target.days
    far = bool(days) and days[-1] > today + AHEAD
    since = days[0] - BEFORE_A_FAR_DAY if far else today
    return since, since + AHEAD


def days_to_offer(found: Windows, target: Named) -> tuple[date, ...]:
    """Return the days that have windows; those nearest to a day that has none, soonest first."""
    if not target.days or found.of_the_day:
        return found.days
    wished = target.days[0]
    nearest = sorted(found.days, key=lambda day: (abs((day - wished).days), day))[:SHOWN_MAX]
    return tuple(sorted(nearest))


def times_to_offer(found: Windows, target: Named, usual: time) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
    """Return the windows of the one day that is left: those of the first page, and the others.

    First come those that fit the wished hours, or else those nearest to them; without a wish, nearest to
    the `usual` time, when the record is now: most keep their time of day.
    """
    of_it = [slot for slot in found.free if slot.starts_at.date() == found.days[0]]
    wished = target.clock or target.since or target.until
    if wished and found.fitting:
        first = found.fitting[:SHOWN_MAX]
    else:
        near = sorted(of_it, key=lambda slot: _apart(slot.starts_at.time(), wished or usual))
        first = tuple(sorted(near[:SHOWN_MAX], key=lambda slot: slot.starts_at))
    return first, tuple(slot for slot in of_it if slot not in first)


def _apart(one: time, other: time) -> int:
    return abs(60 * (one.hour - other.hour) + one.minute - other.minute)


def page(memory: Memory, offered: Sequence[T]) -> Sequence[T]:
    """Return what stands on the page that is shown."""
    return offered[memory.first : _end(memory)]


def turn_page(memory: Memory, offered: Sequence[T]) -> None:
    """Go on to the next page; after the last comes the first."""
    memory.first = _end(memory) if _end(memory) < len(offered) else 0


def has_more(memory: Memory, offered: Sequence[T]) -> bool:
    """Whether there are more than the first page holds."""
    return len(offered) > memory.first_page


def _end(memory: Memory) -> int:
    return memory.first + (SHOWN_MAX if memory.first else memory.first_page)
