"""Which part each day and clock time plays in its sentence: old or new, ruled out, past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Mention, Role
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Reading
from engine.understanding.timewords import time_words

_TOWARDS = ("на", "в", "к")


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of a sentence between commas and conjunctions, and what its words say of the days in it."""

    gives_up: bool
    puts: bool
    past: bool
    aside: bool
    event: bool
    party: bool
    recorded: bool


def with_roles(
    found: Sequence[Reading], words: Sequence[str], lemmas: Lemmas, today: date
) -> tuple[Mention, ...]:
    """Return the readings as mentions, each with its role."""
    if not found:
        return ()
    cuts = _cuts(found, words, lemmas)
    segments = [
        _segment(words[start:end], lemmas) for start, end in zip(cuts, (*cuts[1:], len(words)), strict=True)
    ]
    places = [sum(read.first >= cut for cut in cuts) - 1 for read in found]
    mentions = [
        _mention(read, place, segments[place], today, offered=_offered(number, found, words))
        for number, (read, place) in enumerate(zip(found, places, strict=True))
    ]
    roles = [_role(number, found, mentions, segments) for number in range(len(found))]
    return tuple(
        replace(mention, role=roles[number] or _beside(number, found, mentions, roles) or mention.role)
        for number, mention in enumerate(mentions)
    )


def _offered(number: int, found: Sequence[Reading], words: Sequence[str]) -> bool:
    """Whether only «или», «и» or a comma stands between this reading and the one before."""
    if not number:
        return False
    between = words[found[number - 1].end : found[number].first]
    return bool(between) and all(word in (COMMA, "или", "либо", "и") for word in between)


def _cuts(found: Sequence[Reading], words: Sequence[str], lemmas: Lemmas) -> list[int]:
    """Return where the segments begin; a day or time is never cut in two."""
    groups = time_words().groups
    inside = {place for read in found for place in range(read.first + 1, read.end)}
    cuts = [0]
    for place, word in enumerate(words):
        begins = word in groups["breaks"] or word == COMMA or _begins_act(words, place, lemmas)
        if begins and place not in inside and place > cuts[-1]:
            cuts.append(place)
    return cuts


def _begins_act(words: Sequence[str], place: int, lemmas: Lemmas) -> bool:
    """Whether another act begins: «снимите и сразу же поставьте», «не успею буду в 4»; but not «28 и 29»."""
    if words[place] in time_words().groups["comes"]:
        return place > 0 and words[place - 1] not in ("не", "и", "я")
    if words[place] != "и":
        return False
    following = words[place + 1 : place + 4]
    return any(
        key.endswith((":impr", ":infn", ":1per")) for word in following for key in lemmas.word(word).keys
    )


def _segment(words: Sequence[str], lemmas: Lemmas) -> _Segment:
    groups = time_words().groups
    every: set[str] = set()
    gives_up = False
    for place, word in enumerate(words):
        keys = lemmas.word(word).keys
        every |= keys
        denied = place > 0 and words[place - 1] in ("не", "ни")
        gives_up |= denied and not keys.isdisjoint(groups["after_not"])
        gives_up |= not denied and not keys.isdisjoint(groups["gives_up"])
        gives_up |= word == "никак" or (word == "нет" and 0 < place == len(words) - 1)
    visited = any(f"{lemma}:past" in every for lemma in groups["visited"]) and every.isdisjoint(
        ("бы", "было")
    )
    told = any(not every.isdisjoint((f"{lemma}:1per", f"{lemma}:3per")) for lemma in groups["tells"])
    told |= not every.isdisjoint(("должный", "можно")) and any(
        f"{lemma}:infn" in every for lemma in groups["tells"]
    )
    event = not every.isdisjoint(groups["events"]) and every.isdisjoint(groups["puts"])
    party = not every.isdisjoint(groups["parties"])
    here = "у" in words[:2] and "меня" in words[:3]
    return _Segment(
        gives_up=gives_up,
        puts=any(
            not every.isdisjoint((f"{lemma}:impr", f"{lemma}:infn", f"{lemma}:1per"))
            for lemma in groups["puts"]
        )
        or "перенос" in every,
        past=visited and every.isdisjoint(groups["intends"]),
        aside=told or (words[0] == "а" and "то" in words[1:2]),
        event=event or party,
        party=party,
        recorded=here or not groups["recorded"].isdisjoint(words),
    )


def _mention(read: Reading, place: int, segment: _Segment, today: date, *, offered: bool) -> Mention:
    """Return the mention with what it and its segment tell of themselves."""
    day, past = read.day, read.past
    told = segment.past and day is not None and day >= today and not read.day_end
    if told and read.weekday is not None and read.lead == "в" and read.kind == "weekday" and day:
        # «Не дошла до вас в субботу» is the one before today.
        day, past = day - timedelta(7 if day > today else 0), True
    if told and read.monthly and read.day:
        # «15 числа красилась у вас» was this month, or the one before.
        day, past = _before(read.day, today), True
    role: Role = "excluded" if read.denied else "past" if past else "plain"
    return Mention(
        first=read.first,
        end=read.end,
        day=day,
        day_end=read.day_end,
        clock=read.clock,
        clock_end=read.clock_end,
        twin=read.twin,
        part=read.part,
        bound=read.bound,
        role=role,
        impossible=read.impossible,
        number=read.number if read.kind != "month" else 0,
        offered=offered,
        segment=place,
        given_up=segment.gives_up or (segment.recorded and not segment.puts),
        # «Самолёт в 6 утра»: the hour is that of the flight.
        aside="message" if segment.aside else "event" if _is_of_event(read, segment) else "",
    )


def _is_of_event(read: Reading, segment: _Segment) -> bool:
    if segment.gives_up or segment.puts or (segment.recorded and not segment.party):
        return False
    return segment.event if read.clock is not None else segment.party and read.kind not in ("near", "part")


def _before(day: date, today: date) -> date:
    month = day.replace(day=1)
    while day > today:
        month = (month - timedelta(1)).replace(day=1)
        day = month + timedelta(day.day - 1) if day.day <= 28 else min(day, month + timedelta(27))
    return day


def _role(
    number: int, found: Sequence[Reading], mentions: Sequence[Mention], segments: Sequence[_Segment]
) -> Role | None:
    """Return from or to, if the others of its kind show which it is."""
    read, mention = found[number], mentions[number]
    if mention.role != "plain":
        return None
    others = [
        (other, shown)
        for place, (other, shown) in enumerate(zip(found, mentions, strict=True))
        if place != number and _alike(read, other) and shown.role != "past"
    ]
    if read.lead == "вместо" or read.own:
        return "from"
    if any(other.lead == "вместо" and abs(other.first - read.first) < 8 for other, _ in others):
        return "to"
    open_ones = [(other, shown) for other, shown in others if shown.role == "plain"]
    if not open_ones:
        return None
    led = any(other.lead in _TOWARDS for other, _ in open_ones)
    if (read.lead in ("с", "от") or read.own) and led and read.clock_end is None:
        return "from"
    departs = any(
        (other.lead in ("с", "от") or other.own) and other.clock_end is None and other.first < read.first
        for other, _ in open_ones
    )
    if departs and read.lead in _TOWARDS:
        return "to"
    return _bare_pair(number, found, puts=segments[mention.segment].puts)


def _beside(
    number: int, found: Sequence[Reading], mentions: Sequence[Mention], roles: Sequence[Role | None]
) -> Role | None:
    """Return the role that a day shares with its clock time: «с 15 завтра на 16 четверг»."""
    if mentions[number].role != "plain":
        return None
    for other in (number - 1, number + 1):
        if 0 <= other < len(found) and roles[other] and not _alike(found[number], found[other]):
            touches = found[other].end == found[number].first or found[number].end == found[other].first
            led = found[max(number, other)].lead
            if touches and (led not in ("с", "на") or other < number):
                return roles[other]
    return None


def _bare_pair(number: int, found: Sequence[Reading], *, puts: bool) -> Role | None:
    """Read «четверг на субботу», where nothing stands between the old day and the new one."""
    read = found[number]
    old = ("", "в") if puts else ("",)
    after = found[number + 1] if number + 1 < len(found) else None
    before = found[number - 1] if number else None
    if after and after.lead == "на" and after.first == read.end and read.lead in old and _alike(read, after):
        return "from"
    if (
        before
        and read.lead == "на"
        and read.first == before.end
        and before.lead in old
        and _alike(read, before)
    ):
        return "to"
    return None


def _alike(one: Reading, other: Reading) -> bool:
    """Whether both are days, both clock times, or both parts of the day."""
    return (one.day is not None and other.day is not None) or (
        one.clock is not None and other.clock is not None
    )
