"""The one day and time that a message comes down to, and the words that name them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine.understanding.meaning import Context, Intent
from engine.understanding.mentions import Bound, Mention, Moments, Part
from engine.understanding.selecting import Place, Said, chosen, corrected, foremost

# These speak of a record to come, so a day that is over is none of it.
_AHEAD: frozenset[Intent] = frozenset(
    ("cancel", "keep", "reschedule", "yes", "no", "choose", "late", "third_party")
)
# For these a bound («у меня смена до 20») is not about the visit.
_UNBOUND: frozenset[Intent] = frozenset(("cancel", "keep", "yes", "no", "late", "reason"))
# A whole month («в декабре») tells these which records are asked about, and is no day of any other.
_LONG: frozenset[Intent] = frozenset(("list", "choose", "reschedule"))
# Only these look as far ahead as «через месяц».
_LATER: frozenset[Intent] = frozenset(("list", "reschedule", "undo", "other", "ask_cancel"))
_WEEKS_DAYS_MAX = 14
# A number up to this answers a list by its place.
_PLACES_MAX = 4
_HOURS_MAX = 24
# The hours at which a visit may begin.
_OPENS, _CLOSES = 6, 22


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a message comes down to."""

    day: date | None = None
    # The last day of a week, a weekend or another range.
    day_end: date | None = None
    clock: time | None = None
    part: Part | None = None
    bound: Bound = ""
    # Nothing but this is ruled out.
    excluded: bool = False
    # The words that name the day and the time, with their prepositions.
    date_at: Place | None = None
    time_at: Place | None = None

    @property
    def iso(self) -> str | None:
        """Return «2026-11-24», «2026-11-24T15:00», «T15:00», or None."""
        clock = "" if self.clock is None else f"T{self.clock:%H:%M}"
        return f"{self.day or ''}{clock}" or None


def resolve(
    clauses: Sequence[Moments], context: Context, intent: Intent, starts: Sequence[datetime] = ()
) -> Resolved:
    """Return the day and time that the message is about.

    For a move that is the new one. `starts` are the starts of the records on offer, in the salon's zone:
    a bare number is first held against them.
    """
    said = [
        Said(place, _against_records(mention, starts))
        for place, moments in enumerate(clauses)
        for mention in moments.mentions
        if not _is_place_of_list(mention, moments, context)
    ]
    if not said:
        return Resolved()
    said = corrected(said)
    days = [one for one in said if one.mention.day is not None]
    hours = {start.time() for start in starts}
    clocks = [one for one in said if _is_open_then(one.mention.clock, hours)]
    moves = intent in ("reschedule", "late", "undo") or (intent == "unclear" and _is_moved(said))
    day = chosen(foremost(_usable(days, intent, context), intent, moves=moves), moves=moves)
    clock = _clock_beside(day, days, _usable(clocks, intent, context), moves=moves)
    if clock is None and any(moments.same_time for moments in clauses) and moves:
        clock = chosen(clocks, moves=False)
    if clock and moves and _is_left(clock.mention) and any(_is_new_part(one.mention) for one in said):
        # «К десяти не успеваю, можно вечером?»
        clock = None
    if day and clock and day.mention.role == "excluded" != clock.mention.role:
        day = None
    return _resolved(day, clock, said)


def _is_open_then(clock: time | None, hours: set[time]) -> bool:
    """Whether there may be a visit at an hour: by night only if there is such a record."""
    return clock is not None and (clock in hours or _OPENS <= clock.hour <= _CLOSES)


def _is_moved(said: Iterable[Said]) -> bool:
    """Whether one day or hour is given up and another is wished: «чт отпадает, пт?»."""
    ahead = [one.mention for one in said if one.mention.role in ("plain", "to")]
    return len({mention.given_up for mention in ahead if mention.day or mention.clock}) > 1


def _is_new_part(mention: Mention) -> bool:
    return mention.part is not None and mention.role == "plain" and not mention.given_up


def _against_records(mention: Mention, starts: Sequence[datetime]) -> Mention:
    """Read a bare number as the hour or the day of a record, if there is just one such reading."""
    hours = {start.time() for start in starts}
    if mention.twin is not None and mention.clock not in hours and mention.twin in hours:
        return replace(mention, clock=mention.twin, twin=None)
    if not mention.number or mention.clock in hours:
        return mention
    dates = {start.date() for start in starts if start.day == mention.number}
    if len(dates) == 1:
        return replace(mention, day=dates.pop(), clock=None, twin=None)
    return mention


def _is_place_of_list(mention: Mention, moments: Moments, context: Context) -> bool:
    """Whether a lone number answers a list, or nothing that has a time."""
    alone = mention.number > 0 and not moments.spans & set(range(mention.first, mention.end))
    if not alone:
        return False
    return context not in ("choose", "reschedule") or (context == "choose" and mention.number <= _PLACES_MAX)


def _usable(found: Sequence[Said], intent: Intent, context: Context) -> list[Said]:
    """Leave out what speaks of something else: the past, other bounds, the day of an answer or event."""
    return [one for one in found if not _is_beside_the_visit(one.mention, intent, context)]


def _is_beside_the_visit(mention: Mention, intent: Intent, context: Context) -> bool:
    if mention.aside == "message" or (mention.role == "past" and intent in _AHEAD):
        return True
    if mention.clock is not None and mention.bound in ("before", "after") and intent in _UNBOUND:
        return True
    if mention.clock is not None and mention.bound == "from" and mention.given_up and intent == "cancel":
        # «Не смогу раньше трёх, отмените»: the visit is at some hour before.
        return True
    if _is_long(mention) and intent not in _LONG:
        return True
    if mention.aside == "later" and intent not in _LATER:
        return True
    # «27-го корпоратив»: where it is known which record is meant, that need not be its day.
    known = context == "confirm" or intent == "keep"
    return mention.aside == "event" and (mention.clock is not None or known)


def _is_long(mention: Mention) -> bool:
    """Whether it is a whole month."""
    return bool(mention.day and mention.day_end and (mention.day_end - mention.day).days > _WEEKS_DAYS_MAX)


def _clock_beside(
    day: Said | None, days: Sequence[Said], clocks: Sequence[Said], *, moves: bool
) -> Said | None:
    """Return the clock time that goes with the chosen day; one that is said of another day does not."""
    if day is None or day.mention.clock is not None:
        return chosen(clocks, moves=moves)
    free = [one for one in clocks if not moves or not _is_left(one.mention) or _is_left(day.mention)]
    mine = [
        one
        for one in free
        if min(days, key=one.gap).mention.day == day.mention.day
        or _said_alone(one, days)
        or _both_new(one, day)
    ]
    return chosen(mine, moves=moves)


def _is_left(mention: Mention) -> bool:
    """Whether a move leads away from it."""
    return mention.role in ("from", "excluded") or mention.given_up


def _both_new(clock: Said, day: Said) -> bool:
    return clock.mention.role == day.mention.role == "to"


def _said_alone(clock: Said, days: Sequence[Said]) -> bool:
    """Whether no day stands in the clock's own part of the sentence."""
    return all((day.clause, day.mention.segment) != (clock.clause, clock.mention.segment) for day in days)


def _resolved(day: Said | None, clock: Said | None, said: Iterable[Said]) -> Resolved:
    counts = [one.mention for one in (clock, day) if one is not None]
    parts = [one for one in said if one.mention.part is not None and one.mention.role != "from"]
    part = min(parts, key=day.gap) if day and parts else parts[-1] if parts else None
    left_open = next((one for one in said if _is_left_open(one.mention)), None)
    place = day or left_open
    return Resolved(
        day=day.mention.day if day else None,
        day_end=day.mention.day_end if day else None,
        clock=clock.mention.clock if clock else None,
        part=part.mention.part if part else None,
        bound=next((mention.bound for mention in counts if mention.bound), ""),
        excluded=bool(counts) and all(mention.role == "excluded" for mention in counts),
        date_at=place.place() if place else None,
        time_at=clock.place() if clock and clock != day else None,
    )


def _is_left_open(mention: Mention) -> bool:
    """Whether it names a time that is no one day: «в конце недели»."""
    return mention.day is None and mention.clock is None and mention.part is None and not mention.impossible
