"""Mentions: each day and clock time that a sentence speaks of, and in which role."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Part = Literal["morning", "day", "evening", "night"]
Bound = Literal["", "after", "before", "from", "about"]
Aside = Literal["", "message", "event", "later"]
Role = Literal["plain", "to", "from", "excluded", "past"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A day, a clock time, or a part of the day, as one run of words from `first` to before `end`."""

    first: int
    end: int
    day: date | None = None
    # The last day of a week, a weekend or another range.
    day_end: date | None = None
    clock: time | None = None
    clock_end: time | None = None
    # For a bare hour, the other half of the day, should a known record be there.
    twin: time | None = None
    part: Part | None = None
    bound: Bound = ""
    role: Role = "plain"
    impossible: bool = False
    # The bare number that this was read from («на 15»), which may be an hour or a day of the month; else 0.
    number: int = 0
    # Which part of its sentence it stands in, counted from 0.
    segment: int = 0
    # «28 или 29»: it is offered together with the mention before it.
    offered: bool = False
    # It stands beside what is given up or called off: «отмените среду», «в пятницу не могу».
    given_up: bool = False
    # It is the time of something else: of what will be or was told, of an event that is in the way, or so
    # far off that it is rather till then («через месяц запишусь», «до Нового года»).
    aside: Aside = ""
    # «Среду не трогайте»: it is left alone.
    kept: bool = False
    # «В среду, ой, в четверг»: it replaces what was said before it.
    corrects: bool = False


@dataclass(slots=True)
class Moments:
    """What a run of words says of days and times. `spans` are the word positions that it was read from."""

    days: list[date] = field(default_factory=list)
    clocks: list[time] = field(default_factory=list)
    # For a bare hour, the other half of the day, should a known record be there.
    twins: list[time] = field(default_factory=list)
    impossible_day: bool = False
    # A day or time that was ruled out or is only a bound stands here and nowhere else.
    loose: bool = False
    spans: set[int] = field(default_factory=set)
    # Everything above in full, in the order of the words.
    mentions: tuple[Mention, ...] = ()
    # «В то же время»: the clock time stays that of the record.
    same_time: bool = False
