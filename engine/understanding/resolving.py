"""The one day and time that a message comes down to, and the words that name them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine.understanding.meaning import Context, Intent
from engine.understanding.mentions import Bound, Mention, Moments, Part

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
class Place:
    """Where a phrase stands: the clause, counted from 0, and its words from `first` to before `end`."""

    clause: int
    first: int
    end: int


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


@dataclass(frozen=True, slots=True)
class _Said:
    """A mention and the clause that it stands in."""

    clause: int
    mention: Mention

    def place(self) -> Place:
        return Place(self.clause, self.mention.first, self.mention.end)

    def gap(self, other: "_Said") -> int:
        """Return how many words lie between the two; sentences and their segments count as many."""
        apart = max(other.mention.first - self.mention.end, self.mention.first - other.mention.end, 0)
        crossed = abs(other.mention.segment - self.mention.segment)
        return apart + 5 * crossed + 100 * abs(other.clause - self.clause)


def resolve(
    clauses: Sequence[Moments], context: Context, intent: Intent, starts: Sequence[datetime] = ()
) -> Resolved:
    """Return the day and time that the message is about.

    For a move that is the new one. `starts` are the starts of the records on offer, in the salon's zone:
    a bare number is first held against them.
    """
    said = [
        _Said(place, _against_records(mention, starts))
        for place, moments in enumerate(clauses)
        for mention in moments.mentions
        if not _is_place_of_list(mention, moments, context)
    ]
    said = _corrected(said)
    days = [one for one in said if one.mention.day is not None]
    hours = {start.time() for start in starts}
    clocks = [one for one in said if _is_open_then(one.mention.clock, hours)]
    moves = intent in ("reschedule", "late", "undo") or (intent == "unclear" and _is_moved(said))
    day = _chosen(_foremost(_usable(days, intent, context), intent, moves=moves), moves=moves)
    clock = _clock_beside(day, days, _usable(clocks, intent, context), moves=moves)
    if clock is None and any(moments.same_time for moments in clauses) and moves:
        clock = _chosen(clocks, moves=False)
    if clock and moves and _is_left(clock.mention) and any(_is_new_part(one.mention) for one in said):
        # «К десяти не успеваю, можно вечером?»
        clock = None
    if day and clock and day.mention.role == "excluded" != clock.mention.role:
        day = None
    return _resolved(day, clock, said)


def _corrected(said: Sequence[_Said]) -> list[_Said]:
    """Rule out what is taken back: «в среду, ой, в четверг»."""
    slips: set[tuple[date | None, time | None]] = set()
    for number, one in enumerate(said):
        if one.mention.corrects:
            slips.update(_value(other.mention) for other in said[:number] if _alike(other, one))
            slips.discard(_value(one.mention))
    return [
        replace(one, mention=replace(one.mention, role="excluded")) if _value(one.mention) in slips else one
        for one in said
    ]


def _value(mention: Mention) -> tuple[date | None, time | None]:
    return mention.day, mention.clock


def _alike(one: _Said, other: _Said) -> bool:
    days = one.mention.day is not None and other.mention.day is not None
    return days or (one.mention.clock is not None and other.mention.clock is not None)


def _is_open_then(clock: time | None, hours: set[time]) -> bool:
    """Whether there may be a visit at an hour: by night only if there is such a record."""
    return clock is not None and (clock in hours or _OPENS <= clock.hour <= _CLOSES)


def _is_moved(said: Iterable[_Said]) -> bool:
    """Whether one day or hour is given up and another is wished: «чт отпадает, пт?»."""
    ahead = [one.mention for one in said if one.mention.role in ("plain", "to")]
    return len({mention.given_up for mention in ahead if mention.day or mention.clock}) > 1


def _is_new_part(mention: Mention) -> bool:
    return mention.part is not None and mention.role == "plain" and not mention.given_up


def _foremost(days: list[_Said], intent: Intent, *, moves: bool) -> list[_Said]:
    """Leave out what steps back behind another day: «до среды», a week, what a cancel leaves alone."""
    said = [
        one.mention
        for one in days
        if one.mention.role in ("plain", "to") and one.mention.aside in ("", "later")
    ]
    single = [mention for mention in said if mention.bound != "before" and not (mention.given_up and moves)]
    wanted = [mention for mention in said if not mention.kept]
    return [one for one in days if not _steps_back(one.mention, single, wanted, intent)]


def _steps_back(
    mention: Mention, single: Sequence[Mention], wanted: Sequence[Mention], intent: Intent
) -> bool:
    if mention.bound == "before" and single:
        return True
    if mention.kept and intent == "cancel" and wanted:
        return True
    last = mention.day_end
    return last is not None and any(
        other.day_end is None and other.day and mention.day and mention.day <= other.day <= last
        for other in single
    )


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


def _usable(found: Sequence[_Said], intent: Intent, context: Context) -> list[_Said]:
    """Leave out what speaks of something else: the past, other bounds, the day of an answer or event."""
    return [one for one in found if not _is_beside_the_visit(one.mention, intent, context)]


def _is_beside_the_visit(mention: Mention, intent: Intent, context: Context) -> bool:
    if mention.aside == "message" or (mention.role == "past" and intent in _AHEAD):
        return True
    if mention.clock is not None and mention.bound in ("before", "after") and intent in _UNBOUND:
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


def _chosen(found: Sequence[_Said], *, moves: bool) -> _Said | None:
    """Return the one that counts, by its role; of a move the last that is proposed, else the first."""
    for fits in (_is_target, _is_open, _is_plain, _is_old, _is_excluded):
        group = [one for one in found if fits(one.mention, moves)]
        if group:
            return _last_offer(group) if moves and fits in (_is_target, _is_open) else group[0]
    return next(iter(found), None)


def _is_target(mention: Mention, moves: bool) -> bool:
    return moves and mention.role == "to"


def _is_open(mention: Mention, moves: bool) -> bool:
    """Whether it is what the wish bears on: what is given up, or for a move what is not."""
    return (
        mention.role in ("plain", "to")
        and mention.given_up is not moves
        and not (moves and mention.aside == "event")
    )


def _is_plain(mention: Mention, moves: bool) -> bool:
    return mention.role in ("plain", "to", "from") if not moves else mention.role == "plain"


def _is_old(mention: Mention, moves: bool) -> bool:
    return mention.role in ("from", "past")


def _is_excluded(mention: Mention, moves: bool) -> bool:
    return mention.role == "excluded"


def _last_offer(found: Sequence[_Said]) -> _Said:
    """Return the last one, or the first of «28 или 29» that it belongs to."""
    at = len(found) - 1
    while at and found[at].mention.offered and found[at - 1].clause == found[at].clause:
        at -= 1
    return found[at]


def _clock_beside(
    day: _Said | None, days: Sequence[_Said], clocks: Sequence[_Said], *, moves: bool
) -> _Said | None:
    """Return the clock time that goes with the chosen day; one that is said of another day does not."""
    if day is None or day.mention.clock is not None:
        return _chosen(clocks, moves=moves)
    free = [one for one in clocks if not moves or not _is_left(one.mention) or _is_left(day.mention)]
    mine = [
        one
        for one in free
        if min(days, key=one.gap).mention.day == day.mention.day
        or _said_alone(one, days)
        or _both_new(one, day)
    ]
    return _chosen(mine, moves=moves)


def _is_left(mention: Mention) -> bool:
    """Whether a move leads away from it."""
    return mention.role in ("from", "excluded") or mention.given_up


def _both_new(clock: _Said, day: _Said) -> bool:
    return clock.mention.role == day.mention.role == "to"


def _said_alone(clock: _Said, days: Sequence[_Said]) -> bool:
    """Whether no day stands in the clock's own part of the sentence."""
    return all((day.clause, day.mention.segment) != (clock.clause, clock.mention.segment) for day in days)


def _resolved(day: _Said | None, clock: _Said | None, said: Iterable[_Said]) -> Resolved:
    chosen = [one.mention for one in (clock, day) if one is not None]
    parts = [one for one in said if one.mention.part is not None and one.mention.role != "from"]
    part = min(parts, key=day.gap) if day and parts else parts[-1] if parts else None
    left_open = next((one for one in said if _is_left_open(one.mention)), None)
    place = day or left_open
    return Resolved(
        day=day.mention.day if day else None,
        day_end=day.mention.day_end if day else None,
        clock=clock.mention.clock if clock else None,
        part=part.mention.part if part else None,
        bound=next((mention.bound for mention in chosen if mention.bound), ""),
        excluded=bool(chosen) and all(mention.role == "excluded" for mention in chosen),
        date_at=place.place() if place else None,
        time_at=clock.place() if clock and clock != day else None,
    )


def _is_left_open(mention: Mention) -> bool:
    """Whether it names a time that is no one day: «в конце недели»."""
    return mention.day is None and mention.clock is None and mention.part is None and not mention.impossible
