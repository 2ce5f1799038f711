"""Plainness: whether every word of a wish is explained, so that nothing is left that could change it.

A salon may cancel without a question (`OTMENA_CONFIRM=never`); then this closed grammar stands in its place.
"""

from collections.abc import Mapping
from functools import lru_cache

from engine.events import Named
from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.vocabulary import vocabulary

# Vocabulary groups whose words say what is wanted, and change nothing beside it.
_WISH = ("cancel", "remove", "record", "illness")
# Only with a «не» are these the wish: «в среду не смогу», but «в среду могу».
_COMING = ("come", "able", "works_out")
# Before a wish to cancel only: «хочу отменить», but «хочу к Ольге».
_WANTING = frozenset(("хочу", "хотим", "хотела", "хотел", "хотелось", "надо", "нужно"))
_DEED = ("cancel", "remove", "come", "works_out")
_AS_WRITTEN = ("own", "soft", "hello", "thanks", "yes_because")


def is_plain(phrase: Phrase, named: Named, *, listed: bool) -> bool:
    """Whether each word is the wish, courtesy, or what `named` holds; `listed`: or a place of a list."""
    # As packaged: a salon's own words never make a wish act without a question.
    groups = vocabulary().groups
    several = not groups["several"].isdisjoint(phrase.words)
    if phrase.question or several or len(named.days) > 1 or named.impossible_day:
        return False
    # «Я не могу» says neither what nor when.
    wished = any(_is_of(word, _DEED, groups) for clause in phrase.clauses for word in clause.words)
    return (wished or listed or named.anything()) and all(
        _explained(clause, place, named, groups, listed) for clause, place in _places(phrase)
    )


def excludes(phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether the message speaks of the rest, or of numbers that no day or time explains."""
    for clause, place in _places(phrase):
        word = clause.words[place]
        if not word.keys.isdisjoint(lemmas.vocabulary.groups["excludes"]):
            return True
        if word.text.isdecimal() and place not in clause.moments.spans and clause.moments.days:
            return True
    return False


def doubts(phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether an answer to a list denies or asks: «вторую не надо», «где Ольга»."""
    groups = lemmas.vocabulary.groups
    for clause, place in _places(phrase):
        word, after = clause.words[place], _word(clause, place + 1)
        # «Не вторую, а первую» denies a place, and names another.
        if word.text == "не" and (after is None or after.keys.isdisjoint(groups["positions"])):
            return True
        # «Ту, где Денис» asks nothing; «где мастер» may.
        if not word.keys.isdisjoint(groups["ask"]) and not _leads(clause, place):
            return True
    return False


def _leads(clause: Clause, place: int) -> bool:
    """Whether «где» stands before what picks one of a list: a day, a time, a master or a service."""
    if clause.words[place].text != "где":
        return False
    return any(
        after in clause.moments.spans or clause.words[after].name or clause.words[after].thing
        for after in range(place + 1, len(clause.words))
    )


def _places(phrase: Phrase) -> list[tuple[Clause, int]]:
    return [
        (clause, place)
        for clause in phrase.clauses
        for place, word in enumerate(clause.words)
        if word.text != COMMA
    ]


def _explained(
    clause: Clause, place: int, named: Named, groups: Mapping[str, frozenset[str]], listed: bool
) -> bool:
    word = clause.words[place]
    if word.text in _WANTING:
        return any(_is_of(other, _DEED, groups) for other in clause.words)
    if place in clause.moments.spans or word.text in groups["plain_around"]:
        return True
    if word.text == "не":
        after = _word(clause, place + 1)
        return after is not None and _is_of(after, _COMING, groups)
    if _is_of(word, _COMING, groups) and not _is_of(word, _WISH, groups):
        return "не" in clause.every
    if any(word.text in groups[name] for name in _AS_WRITTEN) or _is_of(word, _WISH, groups):
        return True
    if (word.thing and word.thing in named.words) or (word.name and word.name in named.names):
        return True
    return listed and (word.text.isdecimal() or not word.keys.isdisjoint(groups["positions"]))


def _word(clause: Clause, place: int) -> Word | None:
    return clause.words[place] if place < len(clause.words) else None


def _is_of(word: Word, names: tuple[str, ...], groups: Mapping[str, frozenset[str]]) -> bool:
    return not word.keys.isdisjoint(_union(*[groups[name] for name in names]))


@lru_cache(maxsize=100)
def _union(*groups: frozenset[str]) -> frozenset[str]:
    return frozenset[str]().union(*groups)
