"""What the statistical opinion looks at: pieces of words, words, and the acts that the rules saw."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import sqrt
from zlib import crc32

from engine.understanding.lemmas import Word
from engine.understanding.meaning import Context, Intent
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.rules import Verdict
from engine.understanding.vocabulary import vocabulary

# As many rows as the table of weights has; features that share a row are told apart by the others.
ROWS = 1 << 16
Rows = tuple[int, ...]

_PIECES = (2, 3, 4, 5)
_NEIGHBOURS = 3
# Words of one list are one word in a shape: «с мужем», «с мамой». The first list that has it counts.
_ALIKE = (
    "cancel", "strike", "remove", "relatives", "visits", "record", "works_out", "able", "arrive", "come",
    "move", "illness", "foreign", "administrator", "positions", "later", "unsure", "leave",
)  # fmt: skip
_FORMS = ("impr", "infn", "1per", "2per", "3per", "past", "pass", "nomn", "gent")
_FEW = 4
# Seen in nearly everything, so they tell nothing.
_VAGUE = frozenset(("hints", "on_the_list"))
# How much each kind weighs: pieces and words as unit vectors, acts as they are.
_PIECE, _WORD, _SHAPE, ACT = 1.0, 1.0, 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the table of weights, duplicates allowed, in kinds of which every row counts the same."""

    # Words as they are spelt; their rows are their `pieces`.
    texts: tuple[str, ...]
    # Lemmas, alone and with their neighbours, and symbols.
    words: Rows
    # Runs of words, each as the list that it is in, with its form: «!@arrive:1per <when>».
    shapes: Rows
    # The context, how long the message is, whether it asks, whether it names a time.
    frame: Rows
    # What the rules saw; everything above is the client's own.
    acts: Rows

    @property
    def pieces(self) -> int:
        """How many pieces all texts have."""
        return sum([_count_pieces(len(text)) for text in self.texts])

    @property
    def piece_counts(self) -> float:
        """What each row of a piece of a text counts."""
        return _PIECE / sqrt(self.pieces or 1)

    @property
    def word_counts(self) -> float:
        """What each row of `words` counts."""
        return _WORD / sqrt(len(self.words) or 1)

    @property
    def shape_counts(self) -> float:
        """What each row of `shapes` counts."""
        return _SHAPE / sqrt(len(self.shapes) or 1)


def features(said: Phrase, heard: Verdict, context: Context) -> Features:
    """Return what a message looks like in this context."""
    words = [word for clause in said.clauses for word in clause.words if word.text != COMMA]
    timed = any(clause.moments.spans for clause in said.clauses)
    length = str(len(said.words)) if len(said.words) < _FEW else "more"
    return Features(
        texts=tuple([word.text for word in words]),
        words=_words(words, said.symbols, context),
        shapes=tuple(chain.from_iterable(map(_shapes, said.clauses))),
        frame=_frame(context, length, asks=said.question, timed=timed),
        acts=_acts(heard, context, asks=said.question, timed=timed),
    )


def pieces(word: str) -> Rows:
    """Return the rows of all pieces of a word, its ends marked."""
    letters = [letter.encode(errors="surrogatepass") for letter in f" {word} "]
    _, *sums = _runs(letters, max(_PIECES))
    return tuple([found % ROWS for found in chain.from_iterable(sums)])


@lru_cache(maxsize=100)
def _count_pieces(length: int) -> int:
    return sum(max(length + 3 - size, 0) for size in _PIECES)


def _words(words: Sequence[Word], symbols: Sequence[str], context: Context) -> Rows:
    rows = _with_neighbours("w", [_encoded(word.lemma) for word in words])
    if words:
        rows += [_in_context(word.lemma, context) for word in words]
        rows += _at_the_ends(words[0], words[-1], context)
    rows += [_row(f"s {symbol}") for symbol in symbols]
    return tuple(rows)


def _with_neighbours(kind: str, names: Sequence[bytes]) -> list[int]:
    """Return the rows of every one, two and three neighbours: «w не», «w не приду», «w не приду завтра»."""
    sums = _runs(names, _NEIGHBOURS, crc32(kind.encode()))
    return [found % ROWS for found in chain.from_iterable(sums)]


def _runs(names: Sequence[bytes], length_max: int, begun: int = 0) -> Iterator[list[int]]:
    """Yield the checksums of all single names, then those of every two neighbours, and so on.

    That of a run goes on from that of the run without its last name, the first ones from what has `begun`:
    nothing is put together or read twice.
    """
    sums = [crc32(name, begun) for name in names]
    yield sums
    for length in range(1, length_max):
        sums = list(map(crc32, names[length:], sums))
        yield sums


@lru_cache(maxsize=5_000)
def _in_context(lemma: str, context: Context) -> int:
    return _row(f"w {lemma} @{context}")


def _at_the_ends(first: Word, last: Word, context: Context) -> Rows:
    return _row(f"first {first.lemma}"), _row(f"last {last.lemma}"), _row(f"first {first.text} @{context}")


def _shapes(clause: Clause) -> list[int]:
    """Return runs of up to three words, with lists of words in the place of those that mean the same."""
    names = [_BEGIN]
    for word, keys in zip(clause.words, clause.keys, strict=True):
        if "<when>" not in keys:
            names.append(_shape(word.lemma, word.keys, bool(word.name), "<not>" in keys))
        elif names[-1] is not _WHEN:
            names.append(_WHEN)
    names.append(_END)
    return _with_neighbours("h", names)


@lru_cache(maxsize=5_000)
def _shape(lemma: str, keys: frozenset[str], is_name: bool, is_denied: bool) -> bytes:
    """Return the name of one word in a run; `keys` are its own, without what its sentence makes of them."""
    if lemma == COMMA:
        return _encoded(COMMA)
    form = next((form for form in _FORMS if f"{lemma}:{form}" in keys), "")
    kind = "<name>" if is_name else _kinds().get(lemma, lemma)
    return _encoded(f"{'!' if is_denied else ''}{kind}:{form}")


@lru_cache(maxsize=5_000)
def _encoded(name: str) -> bytes:
    return f" {name}".encode(errors="surrogatepass")


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    """Return for each word of a list what stands for it in a shape."""
    groups = vocabulary().groups
    return {lemma: f"@{name}" for name in reversed(_ALIKE) for lemma in groups[name]}


@lru_cache(maxsize=1_000)
def _frame(context: Context, length: str, *, asks: bool, timed: bool) -> Rows:
    names = [f"c {context}", f"c {context} {length}"]
    names += ["?", f"? @{context}"] if asks else []
    names += ["when", f"when @{context}"] if timed else []
    return _rows(names)


def _acts(heard: Verdict, context: Context, *, asks: bool, timed: bool) -> Rows:
    acts = {act for part in heard.said for act in part.sightings if act not in _VAGUE}
    last = heard.said[-1].sightings if heard.said else ()
    return (
        *chain.from_iterable([_of_act(act, context) for act in acts]),
        *map(_last_act, last),
        *_of_intent(heard.intent, context, asks=asks, timed=timed),
    )


@lru_cache(maxsize=5_000)
def _of_act(act: str, context: Context) -> Rows:
    return _row(f"a {act}"), _row(f"a {act} @{context}")


@lru_cache(maxsize=1_000)
def _last_act(act: str) -> int:
    return _row(f"a last {act}")


@lru_cache(maxsize=1_000)
def _of_intent(intent: Intent, context: Context, *, asks: bool, timed: bool) -> Rows:
    names = [f"i {intent}", f"i {intent} @{context}"]
    names += [f"? {intent}"] if asks else []
    names += [f"when {intent}"] if timed else []
    return _rows(names)


def _rows(names: Iterable[str]) -> Rows:
    return tuple(map(_row, names))


def _row(name: str) -> int:
    return crc32(name.encode(errors="surrogatepass")) % ROWS


_BEGIN, _END, _WHEN = map(_encoded, ("^", "$", "<when>"))
