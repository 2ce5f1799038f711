"""What of a record a phrase names: days, a time, words that may be services, personal names."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from engine.booking import Record
from engine.events import Named
from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.mentions import Moments
from engine.understanding.phrase import Clause

# «Это Мария», «меня зовут Мария», «на имя Марии» are the client, not a master.
_INTRODUCTIONS = frozenset(("это", "зовут", "я", "имя", "уважением", "фамилия", "клиент", "клиентка"))
_TO_A_MASTER = frozenset(("к", "ко", "у", "с", "со", "мастер", "мастера", "мастеру", "мастером"))
_GREETINGS = frozenset(("здравствуйте", "здравствуй", "привет", "день", "утро", "вечер", "добрый", "спасибо"))

# February has 28 days: no other range is so long.
_MONTH_MIN = 27


def named(clauses: Sequence[Clause], lemmas: Lemmas, records: Sequence[Record], *, listed: bool) -> Named:
    """Return what the clauses name. `listed`: answers a list of records, where a bare name is a master."""
    found = [clause.moments for clause in clauses]
    days = tuple(dict.fromkeys(day for moments in found for day in moments.days))
    if listed and not days:
        days = tuple(months_of(found))
    clocks = tuple(dict.fromkeys(clock for moments in found for clock in moments.clocks))
    twins = tuple(twin for moments in found for twin in moments.twins)
    names: dict[str, None] = {}
    people: dict[str, None] = {}
    words: dict[str, None] = {}
    for clause in clauses:
        for place, word in enumerate(clause.words):
            if not (word.name or word.thing) or place in clause.moments.spans or _denied(clause, place):
                continue
            if word.name and is_master(clause.words, place, listed=listed):
                names[word.name] = None
            elif word.name and _is_person(clause.words, place):
                people[word.name] = None
            elif not word.name and _is_thing(word, lemmas):
                words[word.thing] = None
    return Named(
        days=days,
        clock=_clock(clocks, twins, records),
        words=tuple(words),
        names=tuple(names),
        people=tuple(people),
        impossible_day=any(moments.impossible_day for moments in found),
    )


def months_of(found: Sequence[Moments]) -> Iterator[date]:
    """Yield every day of a month that answers a list: «все в декабре». Elsewhere it names no day."""
    for mention in (mention for moments in found for mention in moments.mentions):
        first, last = mention.day, mention.day_end
        if first and last and (last - first).days >= _MONTH_MIN and mention.role in ("plain", "to"):
            yield from (first + timedelta(days) for days in range((last - first).days + 1))


def _clock(clocks: tuple[time, ...], twins: tuple[time, ...], records: Sequence[Record]) -> time | None:
    """Return the one time named. The records on offer tell «в 8» of the morning from that of the evening."""
    if len(clocks) != 1:
        return None
    starts = {record.starts_at.time() for record in records}
    if twins and clocks[0] not in starts and twins[0] in starts:
        return twins[0]
    return clocks[0]


def _denied(clause: Clause, place: int) -> bool:
    return "<not>" in clause.keys[place]


def is_master(words: Sequence[Word], place: int, *, listed: bool) -> bool:
    """Whether the personal name at a place is a master's, and not the client's own or another's."""
    before = words[place - 1].text if place else ""
    if before in _TO_A_MASTER:
        return True
    if before in _INTRODUCTIONS or (before == "на" and "accs" in words[place].name_cases):
        return False
    if listed:
        return True
    # A nominative may be a client's signature or a greeting; the dative is where the visit was to lead.
    return (
        "nomn" not in words[place].name_cases
        and bool(words[place].name_cases & {"datv", "ablt"})
        and bool(before)
        and before not in _GREETINGS
    )


def _is_person(words: Sequence[Word], place: int) -> bool:
    """Whether the personal name at a place may be of whoever comes: «запись Маши», «это Мария».

    A bare nominative may be anybody: «Ольга, добрый день».
    """
    before, cases = words[place - 1].text if place else "", words[place].name_cases
    follows = words[place + 1].text if place + 1 < len(words) else ""
    if follows == "не" and "nomn" in cases:
        # «Вера не придёт».
        return True
    if not before:
        # «Соне верните»: a dative that begins the words is hers for whom it is done.
        return bool(follows) and "datv" in cases and "nomn" not in cases
    return before in _INTRODUCTIONS or bool(cases & {"gent", "accs"})


def _is_thing(word: Word, lemmas: Lemmas) -> bool:
    return (
        len(word.thing) > 2
        and lemmas.vocabulary.groups["not_services"].isdisjoint(word.keys)
        and word.text not in lemmas.vocabulary.groups["soft"]
        and not word.verbal
    )
