"""What was named, as the client wrote it: pieces of the text, for people and for the logs."""

import re
from collections.abc import Sequence

from engine.understanding.answers import COUNTED, POSITIONS, is_several
from engine.understanding.lemmas import Lemmas
from engine.understanding.meaning import Context, Entities
from engine.understanding.naming import is_master
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.resolving import Resolved
from engine.understanding.selecting import Place
from engine.understanding.timewords import time_words

_LEADS_TO_MASTER = frozenset(("к", "ко", "у", "с", "со", "мастер", "мастера", "мастеру"))
_LEADS_TO_SERVICE = frozenset(("на",))
_LATEST = frozenset(("раньше", "позже", "позднее"))
_PLACE = re.compile(r"\d{1,2}(?:ю|ую|я|ая|й|ый|ой|е|ое)?")


def entities(text: str, said: Phrase, resolved: Resolved, lemmas: Lemmas, context: Context) -> Entities:
    """Return the pieces of the text that name a day, a time, a master, a service or a place of the list."""
    listed = context == "choose"
    return Entities(
        date=_at(text, said, resolved.date_at),
        time=_at(text, said, resolved.time_at),
        staff=_staff(text, said, listed),
        service=_service(text, said, lemmas),
        ordinal=_ordinal(text, said, resolved) if listed else None,
    )


def _at(text: str, said: Phrase, place: Place | None) -> str | None:
    if place is None:
        return None
    clause = said.clauses[place.clause]
    return _piece(text, clause, *_as_labelled(clause, place.first, place.end))


def _as_labelled(clause: Clause, first: int, end: int) -> tuple[int, int]:
    """Return where the name of a day or time begins and ends: no «мою», but «не раньше»."""
    groups, words = time_words().groups, [word.text for word in clause.words]
    if words[first] in groups["own"]:
        return first + 1, end
    if first and words[first] in _LATEST and words[first - 1] == "не":
        return first - 1, end
    return first, end


def _piece(text: str, clause: Clause, first: int, end: int) -> str:
    return text[clause.spans[first][0] : clause.spans[end - 1][1]].strip(" ,")


def _staff(text: str, said: Phrase, listed: bool) -> str | None:
    for clause in said.clauses:
        for place, word in enumerate(clause.words):
            if (
                word.name
                and place not in clause.moments.spans
                and is_master(clause.words, place, listed=listed)
            ):
                led = place > 0 and clause.words[place - 1].text in _LEADS_TO_MASTER
                return _piece(text, clause, place - led, place + 1)
    return None


def _service(text: str, said: Phrase, lemmas: Lemmas) -> str | None:
    visits = lemmas.vocabulary.groups["visits"]
    for clause in said.clauses:
        for place, word in enumerate(clause.words):
            if place in clause.moments.spans or word.keys.isdisjoint(visits):
                continue
            led = (
                place > 0
                and clause.words[place - 1].text in _LEADS_TO_SERVICE
                and place - 1 not in clause.moments.spans
            )
            return _piece(text, clause, place - led, place + 1)
    return None


def _ordinal(text: str, said: Phrase, resolved: Resolved) -> str | None:
    taken = {
        (place.clause, at)
        for place in (resolved.date_at, resolved.time_at)
        if place is not None
        for at in range(place.first, place.end)
    }
    for number, clause in enumerate(said.clauses):
        for place, word in enumerate(clause.words):
            if (number, place) in taken or word.text == COMMA or _counts(clause, place):
                continue
            if _PLACE.fullmatch(word.text) or not word.keys.isdisjoint(POSITIONS) or is_several(word.keys):
                return _piece(text, clause, place, place + 1)
    return None


def _counts(clause: Clause, place: int) -> bool:
    """Whether the number at a place counts what follows: «10 минут»."""
    following: Sequence[str] = () if place + 1 >= len(clause.words) else tuple(clause.keys[place + 1])
    return not COUNTED.isdisjoint(following)
