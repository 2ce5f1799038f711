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
_WANTING = frozenset(("хочу", "хотим", "хотелось", "хотела", "хотел", "надо", "нужно"))
# What turns a wish stands among the courtesies too.
_TURNING = frozenset(("нет", "но", "неа", "то"))
# Forms in which a client calls off; «снимешь», «отменят» and «сняли» are others'.
_OWN_FORMS = (":impr", ":infn", ":1per")
# «К 15», «после 15» and «с 15» say how far a wish goes.
_BOUNDS = frozenset(("к", "ко", "с", "со", "от", "до", "после"))
_CALLING = ("cancel", "remove")
# «Не надо» may mean that one is to be left alone; «не нужна» does not.
_NOT_WANTED = frozenset(("нужна", "нужен", "нужны"))
_RECORD = frozenset(("запись", "визит", "бронь", "прием", "сеанс"))
_DEED = ("cancel", "remove", "come", "works_out")
_AS_WRITTEN = ("own", "soft", "hello", "thanks", "yes_because")


def is_plain(phrase: Phrase, named: Named, *, listed: bool) -> bool:
    """Whether each word is the wish, courtesy, or what `named` holds; `listed`: or a place of a list."""
    # As packaged: a salon's own words never make a wish act without a question.
    groups = vocabulary().groups
    several = not groups["several"].isdisjoint(phrase.words)
    if phrase.question or several or len(named.days) > 1 or named.impossible_day:
        return False
    if not all(_names_one_time(clause) for clause in phrase.clauses):
        return False
    # «Я не могу» says neither what nor when.
    deeds = (*_DEED, "able") if named.anything() else _DEED
    wished = any(_is_of(word, deeds, groups) for clause in phrase.clauses for word in clause.words)
    return (wished or listed) and all(
        _explained(clause, place, named, groups, listed) for clause, place in _places(phrase)
    )


def _names_one_time(clause: Clause) -> bool:
    """Whether a day and a time name a record, and no part of a day or bound: «утром», «до 15»."""
    moments = clause.moments
    bounded = any(clause.words[mention.first].text in _BOUNDS for mention in moments.mentions)
    return not (moments.loose or bounded) and len(moments.clocks) <= 1


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
        # «Не вторую, а первую» denies a place, and names another; «вторая не нужна» picks it.
        if word.text == "не" and (
            after is None or (after.keys.isdisjoint(groups["positions"]) and after.text not in _NOT_WANTED)
        ):
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
    if word.text in _TURNING:
        return False
    if word.text in _WANTING:
        would = _is_text(clause, place + 1, "бы")
        if word.text in ("хотела", "хотел") and not would:
            # She did, and may not any more.
            return False
        after = _word(clause, place + (2 if would else 1))
        return after is not None and _is_of(after, _CALLING, groups)
    if place in clause.moments.spans or word.text in groups["plain_around"]:
        return True
    if word.text == "не":
        return _gives_up(clause, place, groups)
    if _is_of(word, _CALLING, groups):
        return _calls_off(clause, word, groups)
    if _is_of(word, _COMING, groups):
        return "не" in clause.every and any(key.endswith((":1per", ":infn", ":3per")) for key in word.keys)
    if _is_of(word, ("illness",), groups):
        return not named.names
    if any(word.text in groups[name] for name in _AS_WRITTEN) or _is_of(word, _WISH, groups):
        return word.lemma != "записать"
    if (word.thing and word.thing in named.words) or (word.name and word.name in named.names):
        return True
    return listed and (word.text.isdecimal() or not word.keys.isdisjoint(groups["positions"]))


def _gives_up(clause: Clause, place: int, groups: Mapping[str, frozenset[str]]) -> bool:
    """Whether a «не» gives a visit up: «не приду», «не смогу прийти», but «не могу отменить» is no wish."""
    after = _word(clause, place + 1)
    if after is None or not _is_of(after, _COMING, groups):
        return False
    mine = any(key.endswith((":1per", ":infn")) for key in after.keys)
    works = _is_of(after, ("works_out",), groups) and any(key.endswith(":3per") for key in after.keys)
    others = clause.words[place + 2 :]
    return (mine or works) and not any(_is_of(word, _CALLING, groups) for word in others)


def _calls_off(clause: Clause, word: Word, groups: Mapping[str, frozenset[str]]) -> bool:
    """Whether a word calls off for the client; what is taken off a nail needs a record beside it."""
    own = not any(":" in key for key in word.keys) or any(key.endswith(_OWN_FORMS) for key in word.keys)
    noun = "отмена" in word.keys
    taken = not word.keys.isdisjoint(groups["take_off"])
    return (own or noun) and (not taken or not clause.every.isdisjoint(_RECORD | {"меня", "нас"}))


def _is_text(clause: Clause, place: int, text: str) -> bool:
    return place < len(clause.words) and clause.words[place].text == text


def _word(clause: Clause, place: int) -> Word | None:
    return clause.words[place] if place < len(clause.words) else None


def _is_of(word: Word, names: tuple[str, ...], groups: Mapping[str, frozenset[str]]) -> bool:
    return not word.keys.isdisjoint(_union(*[groups[name] for name in names]))


@lru_cache(maxsize=100)
def _union(*groups: frozenset[str]) -> frozenset[str]:
    return frozenset[str]().union(*groups)
