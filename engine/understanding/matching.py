"""Which of some records the client means."""

from collections.abc import Sequence

from engine.booking import Record
from engine.events import Named
from engine.understanding.lemmas import Lemmas, shared
from engine.understanding.meaning import Meaning

# Services that go by many names, or are part of others: «ногти» are a manicure too.
_VAGUE = frozenset(("ноготь", "процедура", "уход", "коррекция", "наращивание", "плетение", "прическа"))
# «Маник» is a manicure, «бровки» are brows.
_STEM = 4


def fitting(named: Named, records: Sequence[Record], lemmas: Lemmas | None = None) -> tuple[Record, ...]:
    """Return the records that fit everything named, in their order.

    A day, time or personal name that no record fits leaves none. A word constrains only if it fits some:
    «хочу отменить свой чудесный маникюр» must not fail for «чудесный».
    """
    lemmas = lemmas or shared()
    if named.impossible_day:
        return ()
    left = _fitting(named, records, lemmas)
    if (but := named.but) is not None:
        spared = Named(days=but.days, clock=but.clock, places=but.places, words=but.words, names=but.names)
        stay = fitting(spared, records, lemmas)
        # What is to stay is not there, so nobody knows what is meant by the rest.
        left = tuple(record for record in left if record not in stay) if stay else ()
    return _at(named.places, left) if named.places else left


def _at(places: Sequence[int], records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the records at these places; none where one of the places is not there."""
    indices = {place - 1 if place > 0 else len(records) + place for place in places}
    there = len(indices) == len(places) and all(0 <= index < len(records) for index in indices)
    return tuple(records[index] for index in sorted(indices)) if there else ()


def _fitting(named: Named, records: Sequence[Record], lemmas: Lemmas) -> tuple[Record, ...]:
    masters = [
        name for name in named.names if any(is_called(record.master, name, lemmas) for record in records)
    ]
    # «Вере» of «к Вере» or «для Веры»: a name that no master has may be that of the person who comes.
    people = [name for name in named.names if name not in masters]
    perhaps = [name for name in named.people if any(is_for(name, record, lemmas) for record in records)]
    fits = tuple(
        record
        for record in records
        if (not named.days or record.starts_at.date() in named.days)
        and (named.day_since is None or record.starts_at.date() >= named.day_since)
        and (named.day_until is None or record.starts_at.date() < named.day_until)
        and (named.clock is None or record.starts_at.time() == named.clock)
        and all(is_called(record.master, name, lemmas) for name in masters)
        and all(is_for(name, record, lemmas) for name in (*people, *perhaps))
    )
    words = [word for word in named.words if any(_has_word(word, record, lemmas) for record in records)]
    together = tuple(record for record in fits if all(_has_word(word, record, lemmas) for word in words))
    # «Маникюр и педикюр» is one record of both, or one of each.
    return together or tuple(
        record for record in fits if any(_has_word(word, record, lemmas) for word in words)
    )


def explains(named: Named, record: Record, lemmas: Lemmas | None = None) -> bool:
    """Whether the record fits everything named, every single word included."""
    lemmas = lemmas or shared()
    return bool(fitting(named, (record,), lemmas)) and all(
        _has_word(word, record, lemmas) for word in named.words
    )


def picked(meaning: Meaning, records: Sequence[Record], lemmas: Lemmas | None = None) -> tuple[Record, ...]:
    """Return the records that an answer to the numbered list of `records` means.

    A number of the list wins unless what else was named contradicts it. A number beyond the list is read
    as the hour or the day of the month of exactly one record. Nothing named means none.
    """
    lemmas = lemmas or shared()
    named, place = meaning.named, meaning.ordinal
    fits = fitting(named, records, lemmas)
    if place is not None and place != 0 and -len(records) <= place <= len(records):
        chosen = records[place - 1] if place > 0 else records[place]
        return (chosen,) if chosen in fits else ()
    if place is not None:
        return _by_number(place, fits) if place else ()
    constrains = named.days or named.clock or named.names or named.impossible_day
    if constrains or any(_has_word(word, record, lemmas) for word in named.words for record in records):
        return fits
    return ()


def _by_number(number: int, records: Sequence[Record]) -> tuple[Record, ...]:
    hours = {number, number + 12} if 1 <= number <= 8 else {number}
    meant = tuple(
        record for record in records if record.starts_at.hour in hours or record.starts_at.day == number
    )
    return meant if len(meant) == 1 else ()


def is_for(name: str, record: Record, lemmas: Lemmas | None = None) -> bool:
    """Whether the record is for a person of this name: several people may share one phone."""
    return is_called(record.client, name, lemmas)


def is_called(whole: str, name: str, lemmas: Lemmas | None = None) -> bool:
    """Whether a name as the journal has it is, or holds, this lemma of a personal name."""
    lemmas = lemmas or shared()
    full = {full for key in lemmas.lemmas(whole) for full in lemmas.full_names(key)}
    return not full.isdisjoint(lemmas.full_names(name))


def is_service(word: str, lemmas: Lemmas | None = None) -> bool:
    """Whether this lemma is surely a service, whatever the salon's own are called."""
    return word in (lemmas or shared()).vocabulary.groups["visits"]


def lacks_a_service(named: Named, records: Sequence[Record], lemmas: Lemmas | None = None) -> bool:
    """Whether a service is named, and no record has any of the words: «отмените стрижку» of a manicure."""
    lemmas = lemmas or shared()
    if not any(is_service(word, lemmas) and word not in _VAGUE for word in named.words):
        return False
    titles = [title for record in records for title in lemmas.lemmas(" ".join(record.services))]
    return not any(
        _has_word(word, record, lemmas) or any(title[:_STEM] == word[:_STEM] for title in titles)
        for record in records
        for word in named.words
    )


def _has_word(word: str, record: Record, lemmas: Lemmas) -> bool:
    return word in lemmas.lemmas(" ".join((*record.services, record.master)))
