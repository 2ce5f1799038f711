"""Segments: the stretches of a sentence between commas and conjunctions, and what each says of its days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.timewords import time_words


@dataclass(frozen=True, slots=True)
class Segment:
    """What the words of one stretch say."""

    # Something is called off or impossible: «в пятницу не могу», «отмените среду».
    gives_up: bool
    # A move is ordered: what it names is the new day.
    puts: bool
    # A visit is told of that is over.
    past: bool
    # Something will be written or said.
    told: bool
    # Another event has this hour (a flight), or this day (a wedding).
    event: bool
    party: bool
    # It says what is booked: «записана на 14», «у меня на 16».
    recorded: bool


def cuts(inside: frozenset[int], words: Sequence[str], lemmas: Lemmas) -> list[int]:
    """Return where the segments begin; never at the places `inside`, which would cut a day or time in two."""
    breaks = time_words().groups["breaks"]
    found = [0]
    for place, word in enumerate(words):
        begins = word in breaks or word == COMMA or _begins_act(words, place, lemmas)
        if begins and place not in inside and place > found[-1]:
            found.append(place)
    return found


def segment(words: Sequence[str], lemmas: Lemmas) -> Segment:
    """Return what the words of one segment say."""
    groups, forms = time_words().groups, _forms()
    keys = [lemmas.word(word).keys for word in words]
    every = frozenset().union(*keys)
    tells = not every.isdisjoint(forms.tells)
    tells |= not every.isdisjoint(forms.to_tell) and not every.isdisjoint(("должный", "можно"))
    party = not every.isdisjoint(groups["parties"])
    visited = not every.isdisjoint(forms.visited) and every.isdisjoint(groups["intends"])
    return Segment(
        gives_up=any(_gives_up(words, keys, place) for place in range(len(words))),
        puts=not every.isdisjoint(forms.puts),
        past=visited and every.isdisjoint(("бы", "было")),
        told=tells or (words[0] == "а" and words[1:2] == ("то",)),
        event=party or not every.isdisjoint(groups["events"]),
        party=party,
        recorded=("у" in words[:2] and "меня" in words[:3]) or not groups["recorded"].isdisjoint(words),
    )


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


def _gives_up(words: Sequence[str], keys: Sequence[frozenset[str]], place: int) -> bool:
    groups, word = time_words().groups, words[place]
    if place and words[place - 1] in ("не", "ни"):
        return not keys[place].isdisjoint(groups["after_not"])
    if word == "никак" or (word == "нет" and 0 < place == len(words) - 1):
        return True
    return not keys[place].isdisjoint(groups["gives_up"])


@dataclass(frozen=True, slots=True)
class _Forms:
    """Keys of verbs in the forms that count."""

    tells: frozenset[str]
    to_tell: frozenset[str]
    visited: frozenset[str]
    puts: frozenset[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    groups = time_words().groups
    return _Forms(
        tells=_in_forms(groups["tells"], "1per", "3per"),
        to_tell=_in_forms(groups["tells"], "infn"),
        visited=_in_forms(groups["visited"], "past"),
        puts=_in_forms(groups["puts"], "impr", "infn", "1per") | {"перенос"},
    )


def _in_forms(lemmas: Iterable[str], *forms: str) -> frozenset[str]:
    return frozenset(f"{lemma}:{form}" for lemma in lemmas for form in forms)
