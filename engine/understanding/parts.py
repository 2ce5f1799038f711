"""The parts of a sentence: one predicate each, with the acts that were seen in it.

«Рейс отменили, снимите меня с завтра, а вторник оставьте» says three things of three subjects; what bars one
of them must not bar the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from engine.understanding.lemmas import Word
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.vocabulary import Vocabulary

# A new part begins with these wherever they stand.
_PARTING = frozenset((
    "но", "а", "однако", "зато", "поэтому", "потому", "хотя", "чтобы", "чтоб", "если", "так", "ибо", "раз",
    "поскольку", "вдруг", "лучше", "тогда", "просто", "зря",
))  # fmt: skip
# «И» parts two predicates only: «маникюр и педикюр», but «не приду и прошу отменить».
_JOINING = frozenset(("и", "да", "когда", "то"))
_MAY_PART = _PARTING | _JOINING
# What these say of what follows, they say across a comma: «не знаю, приду или нет».
_MATRIX = frozenset(
    (
        "думать",
        "!думать",
        "знать",
        "!знать",
        "уверенный",
        "!уверенный",
        "уверить",
        "!уверить",
        "сомневаться",
        "!сомневаться",
    )
)
# These are about the very part that they end in; a match that began in another one is none.
_LOCAL = frozenset(("cancel_order", "gives_up", "rebook", "not_come"))
_PREDICATES = frozenset(
    (
        "можно",
        "надо",
        "нужно",
        "нельзя",
        "жаль",
        "прошу",
        "готовый",
        "нет",
        "пас",
        "отбой",
        "отмена",
        "мимо",
        "отменить:infn",
        "отменять:infn",
    )
)
# An order begins its own part; these before it belong to it.
_BEFORE_ORDER = frozenset(
    ("не", "просто", "лучше", "тогда", "вы", "меня", "нас", "пожалуйста", "давайте", "прошу")
)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words of one sentence. `sightings` are slices of its own words, by act."""

    words: tuple[Word, ...]
    keys: tuple[frozenset[str], ...]
    every: frozenset[str]
    # The sentence asks, and this is its last part, or this part has the question word.
    question: bool
    # Which sentence of the message, and the slice of its words.
    sentence: int
    start: int
    end: int
    sightings: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def seen(self, act: str) -> int:
        """Return where the last match of this act ends, or 0. Matches that began earlier count."""
        matches = self.sightings.get(act)
        return max([end for _, end in matches]) if matches else 0

    def span(self, act: str) -> range:
        """Return where the last match of this act stands in this part."""
        matches = self.sightings.get(act, ())
        if not matches:
            return range(0)
        start, end = max(matches, key=lambda match: (match[1], -match[0]))
        return range(max(start, 0), end)

    def why(self, *acts: str) -> tuple[str, ...]:
        """Return which acts were seen, each with the words of its last match."""
        return tuple(
            f"{act}: {' '.join(self.words[place].text for place in self.span(act))}"
            for act in acts
            if self.seen(act)
        )

    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def parts(phrase: Phrase, vocabulary: Vocabulary) -> tuple[Part, ...]:
    """Return the parts of a message in order."""
    return tuple(
        part
        for number, clause in enumerate(phrase.clauses)
        if clause.words
        for part in _of_sentence(clause, number, vocabulary)
    )


def _of_sentence(clause: Clause, number: int, vocabulary: Vocabulary) -> Iterator[Part]:
    found = vocabulary.patterns.find(clause.keys, clause.starts)
    bounds = [*_bounds(clause), len(clause.words)]
    ranges = [(start, end) for start, end in pairwise(bounds) if start < end]
    asked = vocabulary.groups["ask"]
    for place, (start, end) in enumerate(ranges):
        whole = len(ranges) == 1
        keys = clause.keys[start:end]
        every = clause.every if whole else frozenset().union(*keys)
        last = place == len(ranges) - 1 or not any(
            _is_predicate(clause, later) for later in range(end, len(clause.words))
        )
        sightings = {
            act: inside
            for act, matches in found.items()
            if (inside := [(a - start, b - start) for a, b in matches if is_inside(act, a, b, start, end)])
        }
        yield Part(
            words=clause.words[start:end],
            keys=keys,
            every=every,
            question=clause.question and (last or not every.isdisjoint(asked)),
            sentence=number,
            start=start,
            end=end,
            sightings=sightings,
        )


def is_inside(act: str, first: int, last: int, start: int, end: int) -> bool:
    """Whether a match of an act, a slice of a sentence, counts in the part from `start` to `end`."""
    return start < last <= end and (first >= start or act not in _LOCAL)


def _bounds(clause: Clause) -> list[int]:
    """Return where the parts of a sentence begin."""
    bounds = [0]
    predicate = False
    for place, word in enumerate(clause.words):
        text = word.text
        if text == COMMA:
            # «К сожалению,» and «маникюр,» are no parts of their own.
            whole = predicate or "если" in clause.keys[bounds[-1]]
            if whole and place + 1 < len(clause.words) and clause.keys[place - 1].isdisjoint(_MATRIX):
                bounds.append(place + 1)
                predicate = False
            continue
        if predicate and place > bounds[-1] and _parts_here(clause, place, bounds[-1]):
            begin = place
            while (
                begin - 1 > bounds[-1]
                and clause.words[begin - 1].text in _BEFORE_ORDER
                and text not in _PARTING
            ):
                begin -= 1
            bounds.append(begin)
            predicate = False
        predicate = predicate or _is_predicate(clause, place)
    return bounds


def _parts_here(clause: Clause, place: int, start: int) -> bool:
    """Whether a new part begins at a word, the one before it having a predicate."""
    text = clause.words[place].text
    rest = range(place, len(clause.words))
    if text in _MAY_PART:
        return any(_is_predicate(clause, later) for later in _until_comma(clause, rest))
    if _turns(clause, place, start):
        return True
    ordered = clause.words[place].finite and any(key.endswith(":impr") for key in clause.keys[place])
    return ordered and clause.words[place - 1].text not in ("давайте", "прошу", "просим", "хочу")


def _turns(clause: Clause, place: int, start: int) -> bool:
    """Whether «приду в пятницу» begins here, after «завтра не смогу» in the same breath."""
    return _is_own_act(clause.keys[place]) and any(map(_is_own_act_denied, clause.keys[start:place]))


@lru_cache(maxsize=5_000)
def _is_own_act(keys: frozenset[str]) -> bool:
    return any(key.endswith(":1per") and not key.startswith("!") for key in keys)


def _is_own_act_denied(keys: frozenset[str]) -> bool:
    return any(key.endswith(":1per") and key.startswith("!") for key in keys)


def _until_comma(clause: Clause, places: range) -> Iterator[int]:
    for place in places:
        if clause.words[place].text == COMMA:
            return
        yield place


def _is_predicate(clause: Clause, place: int) -> bool:
    return clause.words[place].finite or not clause.keys[place].isdisjoint(_PREDICATES)
