"""What a wish to move names of the record as it is, and what of the new time."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from engine.events import Named
from engine.understanding.lemmas import Lemmas
from engine.understanding.mentions import Mention, Part
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.resolving import Resolved
from engine.understanding.selecting import Place

# Beyond a fortnight a stretch of days («в декабре») narrows nothing down.
_DAYS_MAX = 14
# When parts of the day begin and end (labels.md).
_PARTS: dict[Part, tuple[time, time]] = {
    "morning": (time(6), time(12)),
    "day": (time(12), time(17)),
    "evening": (time(17), time(23)),
    "night": (time(22), time(23, 59)),
}
_LEADS = frozenset(
    ("на", "в", "во", "к", "ко", "до", "после", "с", "со", "от", "около", "не", "раньше", "позже")
)
_RECORDS = frozenset(("запись", "визит", "прием", "сеанс", "бронь"))
# «Завтрашнюю запись» is the record.
_OF_A_RECORD = re.compile(r"(завтра|сегодня|послезавтра)шн(юю|ий|его|ее|ей|яя|ие|ем)")
# Beside a day or a time these words change nothing, and alone they agree. As written.
_AGREEING = frozenset((
    "да", "ага", "угу", "верно", "конечно", "подтверждаю", "ок", "окей", "хорошо", "давайте", "давай",
    "ладно", "согласна", "согласен", "разумеется", "правильно", "договорились", "отлично", "супер", "идет",
    "пойдет", "переносите", "перенесите", "переносим", "перенеси", "переноси", "перенести",
    "запишите", "запиши", "записывайте", "поставьте", "поставь", "ставьте", "подходит", "подойдет",
    "устраивает", "устроит", "годится", "удобно", "можно", "хочу", "тогда", "пусть", "будет",
    "мне", "меня", "нас", "нам", "я", "ну", "и", "вот", "это", "время", "час", "часов", "часа", "день",
    "вариант", "пожалуйста", "спасибо", "благодарю", "точно", "именно", "на", "в", "во", "к",
))  # fmt: skip


def parted(said: Phrase, resolved: Resolved, named: Named, lemmas: Lemmas) -> tuple[Named, Named]:
    """Return what is named of the record, and the day and time that it is wished for.

    `resolved` is what the message comes down to as a move, `named` all that it names.
    """
    target = _target(said, resolved, named, lemmas)
    old = [mention for _, mention in _mentions(said) if _is_of_the_record(mention, target)]
    clocks = tuple(dict.fromkeys(mention.clock for mention in old if mention.clock and mention.day is None))
    return (
        named.model_copy(
            update={
                "days": tuple(dict.fromkeys(day for mention in old for day in _days(mention))),
                "clock": clocks[0] if len(clocks) == 1 else None,
                "names": tuple(name for name in named.names if name not in target.names),
                "impossible_day": False,
            }
        ),
        target,
    )


def agrees(said: Phrase, lemmas: Lemmas) -> bool:
    """Whether there is nothing but days, times and places that are wished for, and words that agree."""
    positions = lemmas.vocabulary.groups["positions"]
    return not said.question and all(
        word.text in _AGREEING
        or word.text == COMMA
        or place in _wished(clause)
        or not word.keys.isdisjoint(positions)
        for clause in said.clauses
        for place, word in enumerate(clause.words)
    )


def _wished(clause: Clause) -> frozenset[int]:
    return frozenset(
        place
        for mention in clause.moments.mentions
        if mention.role in ("plain", "to") and not mention.given_up
        for place in range(mention.first, mention.end)
    )


def _target(said: Phrase, resolved: Resolved, named: Named, lemmas: Lemmas) -> Named:
    day = _mention_at(said, resolved.date_at)
    clock = _mention_at(said, resolved.time_at) or (day if day and day.clock else None)
    days: tuple[date, ...] = ()
    if day and not _is_left(day) and not _is_object(said, resolved.date_at, lemmas):
        days = tuple(dict.fromkeys(one for each in _with_others(said, day) for one in _days(each)))
    exact, since, until = _hours(said, None if clock is None or _is_left(clock) else clock)
    return Named(
        days=days,
        clock=exact,
        since=since,
        until=until,
        names=_new_masters(said, named),
        impossible_day=named.impossible_day and not days,
    )


def _hours(said: Phrase, clock: Mention | None) -> tuple[time | None, time | None, time | None]:
    """Return an hour, or from when and until when it may be."""
    if clock is None or clock.clock is None:
        parts = [one for _, one in _mentions(said) if one.part and not _is_left(one)]
        since, until = _PARTS[parts[-1].part] if parts and parts[-1].part else (None, None)
        return None, since, until
    if clock.bound in ("after", "from") and clock.clock_end is None:
        return None, clock.clock, None
    if clock.bound == "before":
        return None, None, clock.clock
    hours = [one.clock for _, one in _mentions(said) if one.clock and not one.bound and not _is_left(one)]
    if clock.clock_end is not None:
        return None, clock.clock, clock.clock_end
    if len(set(hours)) < 2:
        return clock.clock, None, None
    # «В 15 или в 16»: both will do.
    return None, min(hours), max(hours).replace(second=1)


def _mentions(said: Phrase) -> Iterator[tuple[int, Mention]]:
    for number, clause in enumerate(said.clauses):
        for mention in clause.moments.mentions:
            yield number, mention


def _mention_at(said: Phrase, place: Place | None) -> Mention | None:
    found = (one for number, one in _mentions(said) if place == Place(number, one.first, one.end))
    return next(found, None)


def _with_others(said: Phrase, day: Mention) -> list[Mention]:
    """Return a day with those that are offered beside it: «28 или 29»."""
    found: list[Mention] = []
    for _, mention in _mentions(said):
        if mention == day or (found and mention.offered and mention.day and not _is_left(mention)):
            found.append(mention)
        elif found:
            break
    return found


def _days(mention: Mention) -> tuple[date, ...]:
    if mention.day is None:
        return ()
    length = ((mention.day_end or mention.day) - mention.day).days + 1
    return tuple(mention.day + timedelta(number) for number in range(length)) if length <= _DAYS_MAX else ()


def _is_left(mention: Mention) -> bool:
    """Whether a move leads away from it, or it is ruled out."""
    return mention.given_up or mention.role in ("from", "excluded", "past") or mention.aside == "message"


def _is_object(said: Phrase, place: Place | None, lemmas: Lemmas) -> bool:
    """Whether the day stands for the record: «перенесите пятницу», «завтрашний маникюр»."""
    assert place is not None
    clause = said.clauses[place.clause]
    first = clause.words[place.first].text
    if _OF_A_RECORD.fullmatch(first):
        return True
    moved = {
        f"{lemma}{form}" for lemma in lemmas.vocabulary.groups["move"] for form in ("", ":impr", ":infn")
    }
    before = clause.words[place.first - 1].keys if place.first else frozenset[str]()
    accusative = first.endswith(("у", "ю")) or first in ("вторник", "четверг", "понедельник")
    return first not in _LEADS and accusative and not before.isdisjoint(moved)


def _is_of_the_record(mention: Mention, target: Named) -> bool:
    if mention.role in ("excluded", "past") or mention.aside or mention.bound:
        return False
    if mention.day is None:
        return mention.clock is not None and (mention.role == "from" or mention.given_up)
    return mention.day not in target.days


def _new_masters(said: Phrase, named: Named) -> tuple[str, ...]:
    """Return the masters that it is to go to: «перенесите к Марии», but not of «запись к Ольге»."""
    found: list[str] = []
    for clause in said.clauses:
        for place, word in enumerate(clause.words):
            led = place > 0 and clause.words[place - 1].text in ("к", "ко")
            of_a_record = place > 1 and clause.words[place - 2].lemma in _RECORDS
            if word.name and word.name in named.names and led and not of_a_record:
                found.append(word.name)
    return tuple(found)


def without(named: Named, target: Named) -> Named:
    """Return what of all that was named is not the target."""
    return named.model_copy(
        update={
            "days": tuple(day for day in named.days if day not in target.days),
            "clock": None if named.clock == target.clock else named.clock,
            "names": tuple(name for name in named.names if name not in target.names),
            "impossible_day": named.impossible_day and not target.impossible_day,
        }
    )


def together(before: Named, target: Named) -> Named:
    """Return a target that is told bit by bit: a new day or hour takes the place of the old one."""
    hours = target if target.clock or target.since or target.until else before
    when = target if target.days or target.impossible_day else before
    return Named(
        days=when.days,
        impossible_day=when.impossible_day,
        clock=hours.clock,
        since=hours.since,
        until=hours.until,
        names=target.names or before.names,
    )
