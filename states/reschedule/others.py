"""Whether words in the middle of a move mean another record than the one that is being moved."""

import re

from engine.booking import Record
from engine.events import Event, Named
from engine.flow import Hearing
from engine.understanding import Meaning, fitting, is_service
from states.reschedule.memory import Memory

# What surely turns to another record, if one is named; with other words it is asked which.
_TURNING = ("reschedule", "choose", "no", "keep")
_ASKED_ABOUT = (*_TURNING, "yes", "unclear")
# «А маникюр?» is too little to be a question about anything else.
_BRIEF = 2
# «На другую» is a date, «не эту неделю» too.
_POINTING = re.compile(
    r"\b(друг(ую|ая|ой|ом)|втор(ую|ая)|не (т[уа]|эт[уа])) (запис|визит|услуг)"
    r"|\bне (ту|эту)[.!\s]*$|(?<!на )\bдругую[.!\s]*($|,)"
    r"|\bт[уа],? (что|котор\w+|на|в) |\b(про|имею в виду) (запись|визит)"
)
# They are moved one at a time.
_BOTH = re.compile(r"\bобе\b|\bоба визита\b|\bвсе (мои )?(записи|визиты)\b")
# «В 15 у меня маникюр» tells why not, and «маникюр тоже» wants both: neither says which is meant.
_BESIDE = re.compile(
    r"\b(у меня|тоже|также|обе|оба|еще и|не (могу|смогу|успе|получ|подход|выйдет))|неудобн|\?"
)

_OF_A_RECORD = re.compile(r"\b(запис|визит)")


class AnotherRecordWanted(Event):
    """The client means another record than the one that is being moved.

    `named` tells which, `target` where it is to go; where nothing is named, it is asked which.
    `several`: it is meant with others.
    """

    named: Named = Named()
    target: Named = Named()
    several: bool = False


def another_record(hearing: Hearing[Memory]) -> AnotherRecordWanted | None:
    """«Нет, я про маникюр», «другую запись»: what is moved must be what is meant."""
    meaning, memory = hearing.meaning, hearing.memory
    if hearing.tap is not None or meaning.intent == "cancel":
        return None
    words = " ".join(hearing.words.lower().replace("ё", "е").split())
    doubtful = _BESIDE.search(words) is not None
    if _BOTH.search(words) and meaning.intent in _ASKED_ABOUT:
        return AnotherRecordWanted(several=True)
    if _POINTING.search(words):
        named, target = told(meaning, memory)
        return AnotherRecordWanted(named=named, target=target)
    if not (meaning.intent in _ASKED_ABOUT or len(words.split()) <= _BRIEF):
        return None
    if names_another(meaning.named, memory):
        if not meaning.named.words and not _OF_A_RECORD.search(words):
            # «Когда у Ольги освободится место» may be said of the new time.
            return None
        doubtful = doubtful or _names_this(meaning.named, memory)
        sure = meaning.intent in _TURNING and not doubtful
        return _wanted(meaning) if sure else AnotherRecordWanted()
    if not any(why.startswith("reschedule:") for why in meaning.evidence):
        # «Пятница не подходит» is said of the new day, «перенесите пятницу на субботу» of the record.
        return None
    if is_unknown(meaning.named, memory):
        return AnotherRecordWanted() if doubtful else _wanted(meaning)
    if is_on_another_day(meaning.named, memory):
        return None if doubtful else _wanted(meaning)
    return None


def told(meaning: Meaning, memory: Memory) -> tuple[Named, Named]:
    """Return what is told of a record and of its new time: «ту, что в пятницу» names no new day."""
    named, target = meaning.named, meaning.target
    words = tuple(word for word in named.words if is_service(word) or _is_somebodys(word, memory))
    named = named.model_copy(update={"words": words})
    if named != Named():
        return named, target
    return Named(days=target.days, clock=target.clock, impossible_day=target.impossible_day), Named()


def names_another(named: Named, memory: Memory) -> bool:
    """Whether a service, master or person is named that others of the records have, and this one has not."""
    pool, this = _pool(memory), memory.chosen
    others_words = (word for word in named.words if _is_somebodys(word, memory) and not _is_of(word, this))
    fits = fitting(Named(names=named.names, people=named.people), pool)
    others_people = bool(fits) and not any(record in fits for record in this)
    return others_people or any(others_words)


def _names_this(named: Named, memory: Memory) -> bool:
    """«Стрижку оставьте, маникюр перенесите» names both, and which is to move is not clear."""
    return any(_is_of(word, memory.chosen) for word in named.words)


def is_unknown(named: Named, memory: Memory) -> bool:
    """Whether a service is named that is on none of the records that we know of: there may be others."""
    services = any(is_service(word) for word in named.words)
    return services and not any(_is_somebodys(word, memory) for word in named.words)


def is_on_another_day(named: Named, memory: Memory) -> bool:
    return not fitting(Named(days=named.days, clock=named.clock), memory.chosen)


def _wanted(meaning: Meaning) -> AnotherRecordWanted:
    return AnotherRecordWanted(named=meaning.named, target=meaning.target)


def _pool(memory: Memory) -> tuple[Record, ...]:
    numbers = {record.record_id for record in memory.chosen}
    return (*memory.chosen, *(record for record in memory.known if record.record_id not in numbers))


def _is_somebodys(word: str, memory: Memory) -> bool:
    return _is_of(word, _pool(memory))


def _is_of(word: str, records: tuple[Record, ...]) -> bool:
    """Whether a word is of one of the records: what fits none constrains nothing."""
    nobodys = tuple(record.model_copy(update={"services": (), "master": ""}) for record in records[:1])
    return not any(record in nobodys for record in fitting(Named(words=(word,)), (*nobodys, *records)))
