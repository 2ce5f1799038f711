"""A phrase as the rules see it: spelt words with their keys, what is denied, and the days and times named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.mentions import Moments
from engine.understanding.moments import moments
from engine.understanding.normal import COMMA, Message, Sentence, message
from engine.understanding.vocabulary import Vocabulary

_PLEASE = "пожалуйста"
# «Так как», «как можно скорее» and «кто-то» ask nothing.
_NO_QUESTION = frozenset((
    ("так", "как"), ("как", "раз"), ("как", "можно"), ("как", "только"), ("кто", "то"), ("как", "то"),
    ("когда", "то"),
    ("потому", "что"), ("куда", "деваться"), ("сто", "процентов"), ("куда", "денешься"), ("что", "поделаешь"),
    ("как", "бы"), ("как", "есть"), ("как", "и"), ("как", "договаривались"),
    ("как", "обычно"),
))  # fmt: skip


_DENYING = frozenset(("не", "ни", "без", "вместо", "нельзя", "против"))
# A denial reaches no farther than these.
_STOPS = frozenset((COMMA, "а", "но", "прошу", "просто", "лучше", "давайте"))
# «Кому-нибудь», «когда-нить», «кто-то».
_INDEFINITE = frozenset(("нибудь", "нить", "либо"))


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence. `keys` runs beside `words`: a denied word has only keys marked with «!»."""

    words: tuple[Word, ...]
    keys: tuple[frozenset[str], ...]
    every: frozenset[str]
    starts: frozenset[int]
    moments: Moments
    question: bool
    # Where each word stands in the text, as a slice of it; two words may share one («неприду»).
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A whole message, ready for the rules."""

    clauses: tuple[Clause, ...]
    # All words as they should be spelt, without punctuation, courtesies included.
    words: tuple[str, ...]
    symbols: tuple[str, ...]
    question: bool


def phrase(text: str, lemmas: Lemmas, said_at: datetime, titles: Sequence[str] = ()) -> Phrase:
    """Read a text. `titles` are names of masters and services that its typos may stand for."""
    said: Message = message(text)
    names = lemmas.names(tuple(titles))
    spelt = tuple(_spelt(sentence, lemmas, names) for sentence in said.sentences)
    return Phrase(
        clauses=tuple(_clause(sentence, lemmas, said_at) for sentence in spelt),
        words=Message(spelt).words(),
        symbols=said.symbols,
        question=said.asks(),
    )


def cut(clause: Clause, start: int, end: int, lemmas: Lemmas, said_at: datetime) -> Clause:
    """Return some words of a sentence as a sentence of its own, its days and times read anew.

    Only what matches records is read: it has no mentions.
    """
    if (start, end) == (0, len(clause.words)):
        return clause
    words = clause.words[start:end]
    keys = clause.keys[start:end]
    return Clause(
        words=words,
        keys=keys,
        every=frozenset().union(*keys),
        starts=frozenset(place - start for place in clause.starts if start <= place < end),
        moments=moments(tuple(word.text for word in words), lemmas, said_at, mentioned=False),
        question=clause.question,
        spans=clause.spans[start:end],
    )


def _spelt(sentence: Sentence, lemmas: Lemmas, names: frozenset[str]) -> Sentence:
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for begin, end, spelt in lemmas.sentence(sentence.words, names):
        words += spelt
        spans += [(sentence.spans[begin][0], sentence.spans[end - 1][1])] * len(spelt)
    return Sentence(tuple(words), sentence.question, tuple(spans))


def _clause(sentence: Sentence, lemmas: Lemmas, said_at: datetime) -> Clause:
    kept = _without_courtesy(sentence.words)
    plain = tuple(sentence.words[place] for place in kept)
    words = tuple(lemmas.word(word) for word in plain)
    named = moments(plain, lemmas, said_at)
    keys = [word.keys for word in words]
    for place in named.spans:
        keys[place] = keys[place] | {"<when>"}
    for place, pair in enumerate(pairwise(plain)):
        if pair in _NO_QUESTION or pair[1] in _INDEFINITE:
            keys[place] = keys[place + 1] = frozenset(("~",))
    denied, spent, forced = _denied(keys, lemmas.vocabulary)
    for place in forced:
        keys[place] = frozenset(("вынудить",))
    for place in spent:
        keys[place] = frozenset(("~",))
    for place in denied - spent:
        keys[place] = frozenset(("<not>", *("!" + key for key in keys[place])))
    return Clause(
        words=words,
        keys=tuple(keys),
        every=frozenset().union(*keys),
        starts=_starts(plain, lemmas.vocabulary.groups["soft"]),
        moments=named,
        question=sentence.question,
        spans=tuple(sentence.spans[place] for place in kept),
    )


def _without_courtesy(words: Sequence[str]) -> tuple[int, ...]:
    """Return the places that stay when «, пожалуйста,» is left out, so that it parts no clause."""
    if _PLEASE not in words:
        return tuple(range(len(words)))
    kept: list[int] = []
    for place, word in enumerate(words):
        if word == _PLEASE:
            if kept and words[kept[-1]] == COMMA:
                kept.pop()
            continue
        if (
            word == COMMA
            and place
            and words[place - 1] == _PLEASE
            and place > 1
            and words[place - 2] == COMMA
        ):
            continue
        kept.append(place)
    return tuple(kept)


def _denied(keys: Sequence[frozenset[str]], words: Vocabulary) -> tuple[set[int], set[int], set[int]]:
    """Return the places that «не» reaches: its word, and the cancelling that this word speaks of.

    The second set holds the words that only carried the denial on («отменять не буду»): they say no more.
    The third: modals denied twice.
    """
    denied: set[int] = set()
    forced: set[int] = set()
    spent: set[int] = set()
    if all(_DENYING.isdisjoint(here) for here in keys):
        return denied, spent, forced
    reach = _reach(words.groups["cancel"], words.groups["remove"], words.groups["move"])
    for place, here in enumerate(keys[:-1]):
        after = keys[place + 1]
        if _is_doubled(keys, place):
            # «Не могу не отменить» is «вынуждена отменить».
            forced |= {place + 1}
            spent |= {place, place + 2}
        if place in spent:
            continue
        if not here.isdisjoint(("не", "ни")):
            # «Не могли бы вы отменить», «не подскажете»: a courtesy, not a denial.
            if not after.isdisjoint(("мочь:past", "мочь:2per", "подсказать", COMMA)):
                continue
            denied.add(place + 1)
            if not after.isdisjoint(words.groups["modals"]):
                carried = _reached(keys, range(place + 2, place + 6), reach)
                carried |= _reached(keys, range(place - 1, place - 6, -1), reach)
            elif after.isdisjoint(words.groups["no_denial"]):
                carried = _reached(keys, range(place + 2, place + 3), reach)
            else:
                continue
            denied |= carried
            spent |= {place + 1} if carried else set()
        elif not here.isdisjoint(("без", "вместо", "нельзя", "против")) and "ли" not in after:
            denied |= _reached(keys, range(place + 1, place + 3), reach)
    return denied, spent, forced


def _is_doubled(keys: Sequence[frozenset[str]], place: int) -> bool:
    """Whether «не могу не», and a verb, begins here."""
    if place + 3 >= len(keys) or "не" not in keys[place] or "не" not in keys[place + 2]:
        return False
    able = not keys[place + 1].isdisjoint(("мочь:1per", "смочь:1per"))
    return able and any(key.endswith(":infn") for key in keys[place + 3])


def _reached(keys: Sequence[frozenset[str]], places: range, reach: frozenset[str]) -> set[int]:
    found: set[int] = set()
    for place in places:
        if not 0 <= place < len(keys) or not keys[place].isdisjoint(_STOPS):
            break
        if not keys[place].isdisjoint(reach):
            found.add(place)
    return found


@lru_cache(maxsize=10)
def _reach(*groups: frozenset[str]) -> frozenset[str]:
    """Return the keys that a denial reaches: these verbs as infinitives, and their nouns."""
    verbs = frozenset[str]().union(*groups)
    return frozenset(("отмена", "перенос", *(f"{lemma}:infn" for lemma in verbs)))


def _starts(words: Sequence[str], soft: frozenset[str]) -> frozenset[int]:
    """Return where clauses begin: at once, and after every courtesy or «и», «но», «тогда»."""
    starts: set[int] = set()
    fresh = True
    for place, word in enumerate(words):
        if fresh:
            starts.add(place)
        fresh = word == COMMA or (fresh and word in soft) or word in ("и", "но", "просто", "тогда")
    return frozenset(starts)
