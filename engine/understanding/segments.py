"""Segments: the stretches of a sentence between commas and conjunctions, and what each says of its days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.timewords import time_words

# They have a person, and do nothing.
_PRONOUNS = frozenset(("я:1per", "мы:1per"))


@dataclass(frozen=True, slots=True)
class Segment:
    """What the words of one stretch say."""

    # Something is called off or impossible: «в пятницу не могу», «отмените среду».
    gives_up: bool
    # A move is ordered: what it names is the new day.
    puts: bool
    # A visit is told of that is over, in the words before this one of the segment.
    past_to: int
    # Something will be written or said.
    told: bool
    # Another event has this hour (a flight), or this day (a wedding).
    event: bool
    party: bool
    # It says what is booked: «записана на 14», «у меня на 16».
    recorded: bool
    # Something is left alone: «среду не трогайте».
    keeps: bool
    # It tells what has just happened: «сегодня передумала».
    news: bool
    # It tells of what became of something: «слезло через три дня».
    befell: bool


def cuts(inside: frozenset[int], words: Sequence[str], lemmas: Lemmas) -> list[int]:
    """Return where the segments begin; never at the places `inside`, which would cut a day or time in two."""
    forms = _forms()
    found = [0]
    for place, word in enumerate(words):
        begins = word in forms.begin or (word in forms.may_begin and _begins_act(words, place, lemmas))
        if begins and place not in inside and place > found[-1]:
            found.append(place)
    return found


def segment(words: Sequence[str], lemmas: Lemmas) -> Segment:
    """Return what the words of one segment say."""
    groups, forms = time_words().groups, _forms()
    keys = [lemmas.word(word).keys for word in words]
    every = frozenset().union(*keys)
    tells = not every.isdisjoint(forms.tells)
    tells |= not every.isdisjoint(forms.to_tell) and not every.isdisjoint(("должный", "можно", "дать:1per"))
    party = not every.isdisjoint(groups["parties"])
    return Segment(
        gives_up=not every.isdisjoint(forms.giving_up)
        and any(_gives_up(words, keys, place) for place in range(len(words))),
        puts=not every.isdisjoint(forms.puts),
        past_to=_past_to(words, keys, every),
        told=tells or (words[0] == "а" and words[1:2] == ("то",)),
        event=party or not every.isdisjoint(groups["events"]),
        party=party,
        recorded=("у" in words[:2] and "меня" in words[:3]) or not groups["recorded"].isdisjoint(words),
        keeps=not every.isdisjoint(forms.keeping)
        and any(_keeps(words, keys, place) for place in range(len(words))),
        news=not every.isdisjoint(groups["news"]),
        befell="через" in words and _befell(keys, every),
    )


def _past_to(words: Sequence[str], keys: Sequence[frozenset[str]], every: frozenset[str]) -> int:
    """Return how far a story of the past reaches; what was asked for in it may be to come."""
    groups, forms = time_words().groups, _forms()
    visited = not every.isdisjoint(forms.visited) and every.isdisjoint(groups["intends"])
    visited |= "еще" in words and not every.isdisjoint(forms.called_off)
    if not visited or not every.isdisjoint(("бы", "было", "пришло")):
        return 0
    asked = next((place for place, one in enumerate(keys) if not one.isdisjoint(forms.asking)), len(words))
    acts = (place for place in range(asked + 1, len(words)) if _is_act(keys[place]))
    return next(acts, len(words))


def _befell(keys: Sequence[frozenset[str]], every: frozenset[str]) -> bool:
    tells = any(key.endswith(":past") for key in every) and every.isdisjoint(time_words().groups["intends"])
    return tells and not any(map(_is_act, keys))


def _is_act(keys: frozenset[str]) -> bool:
    return any(key.endswith((":infn", ":3per", ":1per")) for key in keys - _PRONOUNS)


def _keeps(words: Sequence[str], keys: Sequence[frozenset[str]], place: int) -> bool:
    denied = place > 0 and words[place - 1] == "не"
    return not keys[place].isdisjoint(time_words().groups["kept_after_not" if denied else "keeps"])


def _begins_act(words: Sequence[str], place: int, lemmas: Lemmas) -> bool:
    """Whether «и» or «буду» begins another act: «снимите и поставьте», «не успею буду в 4», not «28 и 29»."""
    if words[place] != "и":
        return place > 0 and words[place - 1] not in ("не", "и", "я")
    following = words[place + 1 : place + 5]
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
    asking: frozenset[str]
    called_off: frozenset[str]
    keeping: frozenset[str]
    # Without one of these nothing is given up.
    giving_up: frozenset[str]
    # The words that begin a segment, whatever stands beside them.
    begin: frozenset[str]
    # Those that begin one if an act follows, or none was denied before.
    may_begin: frozenset[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    groups = time_words().groups
    return _Forms(
        tells=_in_forms(groups["tells"], "1per", "3per") - {"говорить:3per"},
        to_tell=_in_forms(groups["tells"], "infn") | {"знать:infn"},
        visited=_in_forms(groups["visited"], "past"),
        puts=_in_forms(groups["puts"], "impr", "infn", "1per") | {"перенос"},
        asking=_in_forms(groups["asking"], "past"),
        called_off=_in_forms(groups["called_off"], "past"),
        keeping=groups["keeps"] | groups["kept_after_not"],
        giving_up=groups["gives_up"] | groups["after_not"] | {"никак", "нет"},
        begin=groups["breaks"] | {COMMA},
        may_begin=groups["comes"] | {"и"},
    )


def _in_forms(lemmas: Iterable[str], *forms: str) -> frozenset[str]:
    return frozenset(f"{lemma}:{form}" for lemma in lemmas for form in forms)
