"""Which part each day and clock time plays in its sentence: old or new, ruled out, past."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Aside, Mention, Role
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Reading
from engine.understanding.segments import Segment, cuts, segment
from engine.understanding.timewords import time_words

_TOWARDS = ("на", "в", "к")
_FROM = ("с", "от", "из")
# So near, «вместо 24-го» makes the other day the new one.
_NEAR = 8
# No one books farther ahead.
_BOOKED_DAYS_MAX = 300


def with_roles(
    found: Sequence[Reading], words: Sequence[str], lemmas: Lemmas, today: date
) -> tuple[Mention, ...]:
    """Return the readings as mentions, each with its role."""
    if not found:
        return ()
    inside = frozenset(place for read in found for place in range(read.first + 1, read.end))
    starts = cuts(inside, words, lemmas)
    places = [bisect_right(starts, read.first) - 1 for read in found]
    ends = (*starts[1:], len(words))
    segments = {
        place: segment(tuple(words[starts[place] : ends[place]]), lemmas) for place in dict.fromkeys(places)
    }
    mentions = [
        _mention(number, found, words, place, segments[place], read.first - starts[place], today)
        for number, (read, place) in enumerate(zip(found, places, strict=True))
    ]
    swapped = [number for number, read in enumerate(found) if _is_instead(read, words)]
    roles = [
        _swapped(number, found, swapped) or _role(number, found, mentions, segments)
        for number in range(len(found))
    ]
    return tuple(
        replace(mention, role=role)
        if (role := roles[number] or _beside(number, found, mentions, roles))
        else mention
        for number, mention in enumerate(mentions)
    )


def _offered(number: int, found: Sequence[Reading], words: Sequence[str]) -> bool:
    """Whether only «или», «и» or a comma stands between this reading and the one before."""
    if not number:
        return False
    before, read = found[number - 1], found[number]
    between = words[before.end : read.first]
    if not between and (read.lead or not _alike(before, read)):
        return False
    return all(word in (COMMA, "или", "либо", "и") for word in between)


def _is_instead(read: Reading, words: Sequence[str]) -> bool:
    """Whether it stands after «вместо неё»."""
    before = words[max(read.first - 2, 0) : read.first]
    return len(before) == 2 and before[0] == "вместо" and before[1] in time_words().groups["it"]


def _swapped(number: int, found: Sequence[Reading], swapped: Sequence[int]) -> Role | None:
    """Return the roles of «среду отменить, вместо неё пятницу»."""
    if number in swapped:
        return "to"
    return (
        "from" if any(number < other and _alike(found[number], found[other]) for other in swapped) else None
    )


def _corrects(read: Reading, words: Sequence[str]) -> bool:
    """Whether the words right before it take back what was said: «то есть», «ой нет»."""
    before = words[max(read.first - 2, 0) : read.first]
    return tuple(before) == ("то", "есть") or not time_words().groups["corrections"].isdisjoint(before)


def _mention(
    number: int,
    found: Sequence[Reading],
    words: Sequence[str],
    place: int,
    said: Segment,
    at: int,
    today: date,
) -> Mention:
    """Return the mention, `at` in its segment at `place`, with what it and its segment tell of themselves."""
    read = found[number]
    told = words[read.first - 1] if read.first else ""
    day, past = read.day, read.past
    if at < said.past_to or (read.lead == "от" and told in time_words().groups["dated"]):
        day, past = _in_the_past(read, today)
    none_of_them = told == "ни"
    role: Role = "excluded" if read.denied and not none_of_them else "past" if past else "plain"
    since = read.lead == "раньше" and said.gives_up
    just_now = said.news and read.day == today and not read.lead and read.clock is None
    return Mention(
        first=read.first,
        end=read.end,
        day=day,
        day_end=read.day_end,
        clock=read.clock,
        clock_end=read.clock_end,
        twin=read.twin,
        part=read.part,
        # «Не смогу раньше трёх»: from three on.
        bound="from" if since else read.bound,
        role=role,
        impossible=read.impossible,
        number=read.number if read.kind != "month" else 0,
        segment=place,
        offered=_offered(number, found, words),
        given_up=none_of_them or said.gives_up or (said.recorded and not said.puts),
        aside="message" if just_now else _aside(read, words, said),
        kept=said.keeps,
        corrects=_corrects(read, words),
    )


def _aside(read: Reading, words: Sequence[str], said: Segment) -> Aside:
    """Return what else than the visit it is the time of."""
    # «Уберите меня с завтра я сама наберу»: such a day is that of a record.
    booked = said.gives_up and read.lead in ("с", "из", "от", "на")
    elapsed = (words[read.first] == "через" and said.befell) or (read.past and read.lead in ("с", "со"))
    if elapsed or (said.told and not booked):
        return "message"
    if read.remote:
        return "later"
    return "event" if _is_of_event(read, said) else ""


def _in_the_past(read: Reading, today: date) -> tuple[date | None, bool]:
    """Return the day as one before today if it may be: «не дошла в субботу», «15 числа красилась»."""
    if read.day is None or read.day < today:
        return read.day, read.past
    if read.kind == "weekday" and read.lead in ("в", "от"):
        return read.day - timedelta(7), True
    if read.lead == "от" and (read.day - today).days > _BOOKED_DAYS_MAX:
        # «Отмена от 20 ноября» was this year.
        return read.day.replace(year=read.day.year - 1), True
    return (_before(read.day, today), True) if read.monthly and read.lead != "на" else (read.day, read.past)


def _before(day: date, today: date) -> date:
    """Return the last day before tomorrow that has this day's number in its month."""
    month = today.replace(day=1)
    while day.day > monthrange(month.year, month.month)[1] or month.replace(day=day.day) > today:
        month = (month - timedelta(1)).replace(day=1)
    return month.replace(day=day.day)


def _is_of_event(read: Reading, said: Segment) -> bool:
    """Whether the hour («самолёт в 6 утра») or the day («в субботу свадьба») is that of another event."""
    if said.gives_up or said.puts or (said.recorded and not said.party):
        return False
    return said.event if read.clock is not None else said.party and read.kind not in ("near", "part")


def _role(
    number: int, found: Sequence[Reading], mentions: Sequence[Mention], segments: Mapping[int, Segment]
) -> Role | None:
    """Return from or to, if the others of its kind show which it is."""
    read, mention = found[number], mentions[number]
    if mention.role != "plain":
        return None
    if read.lead == "вместо" or read.own:
        return "from"
    others = [
        other
        for place, other in enumerate(found)
        if place != number and _alike(read, other) and mentions[place].role == "plain"
    ]
    if any(other.lead == "вместо" and abs(other.first - read.first) < _NEAR for other in others):
        return "to"
    if read.lead in _FROM and not _is_range(read) and any(other.lead in _TOWARDS for other in others):
        return "from"
    departs = any(
        (other.lead in _FROM or other.own) and not _is_range(other) and other.first < read.first
        for other in others
    )
    if departs and read.lead in _TOWARDS:
        return "to"
    return _bare_pair(number, found, puts=segments[mention.segment].puts)


def _is_range(read: Reading) -> bool:
    return read.clock_end is not None or (read.kind == "date" and read.day_end is not None)


def _beside(
    number: int, found: Sequence[Reading], mentions: Sequence[Mention], roles: Sequence[Role | None]
) -> Role | None:
    """Return the role that a day shares with the clock time before it: «с 15 завтра на 16 четверг»."""
    before = number - 1
    if not number or mentions[number].role != "plain" or found[number].lead in ("с", "на"):
        return None
    touches = found[before].end == found[number].first and not _alike(found[number], found[before])
    return roles[before] if touches else None


def _bare_pair(number: int, found: Sequence[Reading], *, puts: bool) -> Role | None:
    """Read «четверг на субботу», «перенести в четверг на субботу»: nothing stands between old and new."""
    if number + 1 < len(found) and _moves_to(found[number], found[number + 1], puts=puts):
        return "from"
    return "to" if number and _moves_to(found[number - 1], found[number], puts=puts) else None


def _moves_to(old: Reading, new: Reading, *, puts: bool) -> bool:
    adjacent = old.end == new.first and new.lead == "на" and _alike(old, new)
    return adjacent and (not old.lead or (old.lead == "в" and puts))


def _alike(one: Reading, other: Reading) -> bool:
    """Whether both are days, or both clock times."""
    days = one.day is not None and other.day is not None
    return days or (one.clock is not None and other.clock is not None)
