"""How far a wish for several records goes: «все, кроме педикюра», «первые две», «все до пятницы»."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.understanding.answers import is_several, ordinals
from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.mentions import Mention
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.picking import sparing

_DAY = timedelta(days=1)
_SINCE = frozenset(("с", "со", "начиная"))
# What follows these limits a wish, whether or not it is understood: «все до отпуска».
_LIMITS = frozenset(("до", "после", "помимо"))
_EVERY_ONE = frozenset(("единой", "одной", "единого", "одного"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What bounds a wish where no list stands on the client's phone."""

    # The pieces that name what is to go: all of them, where nothing stays.
    going: Phrase
    # The pieces that name what is to stay.
    staying: tuple[Clause, ...] = ()
    # «Все», «обе»: more than one is meant.
    many: bool = False
    # The places among all that fit, soonest first, that words told: «первые две», «первую и третью».
    places: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    # Only a list could tell, or a bound is not understood: «1 и 3», «все до отпуска».
    unclear: bool = False

    @property
    def bounds(self) -> bool:
        """Whether anything bounds the wish."""
        return bool(self.staying or self.places or self.since or self.until or self.unclear)


def scope(said: Phrase, lemmas: Lemmas, said_at: datetime) -> Scope:
    """Return how far a wish goes. Days bound it only where more than one record is meant."""
    parted = sparing(said, lemmas, said_at)
    going, staying = (said, ()) if parted is None else (parted.going, parted.staying)
    many = any(is_several(keys) for clause in said.clauses for keys in clause.keys)
    places = ordinals(going)
    if len(places) > 1:
        digits = any(word.text[:1].isdecimal() for word in _untimed(going))
        return Scope(going, staying, True, () if digits else places, unclear=digits)
    if not many:
        return Scope(going, staying)
    since, until = _bounds(said)
    numbered = any(word.text.isdecimal() for word in _untimed(replace(said, clauses=staying)))
    unclear = numbered or any(_is_limited(clause) for clause in going.clauses)
    return Scope(going, staying, True, since=since, until=until, unclear=unclear)


def _untimed(said: Phrase) -> Iterator[Word]:
    for clause in said.clauses:
        for place, word in enumerate(clause.words):
            if place not in clause.moments.spans:
                yield word


def _bounds(said: Phrase) -> tuple[date | None, date | None]:
    since: date | None = None
    until: date | None = None
    for clause in said.clauses:
        for mention in clause.moments.mentions:
            if mention.day is None or mention.role in ("excluded", "past"):
                continue
            if mention.bound == "before":
                until = mention.day
            elif mention.bound == "after":
                since = (mention.day_end or mention.day) + _DAY
            elif mention.bound == "from" or _leads(clause, mention):
                since = mention.day
    return since, until


def _leads(clause: Clause, mention: Mention) -> bool:
    """Whether «с» leads to a day: «все с декабря»."""
    return clause.words[mention.first].text in _SINCE


def _is_limited(clause: Clause) -> bool:
    return any(
        word.text in _LIMITS
        and place not in clause.moments.spans
        and not any(mention.first <= place < mention.end for mention in clause.moments.mentions)
        and not (place + 1 < len(clause.words) and clause.words[place + 1].text in _EVERY_ONE)
        for place, word in enumerate(clause.words)
    )
