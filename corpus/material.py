"""What the statistical opinion is trained on, and its digest: a stored one is stale when it has another."""

from collections.abc import Iterable
from hashlib import sha256

from corpus.phrases import Phrase
from corpus.scoring import INTENTS, NOW
from engine.understanding.features import ACT, ROWS, Features, features, pieces
from engine.understanding.lemmas import shared
from engine.understanding.phrase import phrase as read
from engine.understanding.rules import verdict

# Chosen by training on most writers and measuring on the others.
STRENGTH, STRENGTH_OF_GATE = 6.0, 6.0
STEPS_MAX = 150
# Roots may differ by a last bit from one processor to the next.
_DIGITS = 4


def seen_as(phrase: Phrase) -> Features:
    """Return the features of a labelled phrase."""
    said = read(phrase.text, shared(), NOW)
    return features(said, verdict(said, shared().vocabulary), phrase.context)


def gives_up(phrase: Phrase) -> bool:
    return phrase.accepts("cancel")


def counted(seen: Features, *, own_words: bool) -> list[tuple[int, float]]:
    """Return the rows of the table, each with what it counts; `own_words`: without what the rules saw."""
    acts = () if own_words else seen.acts
    return [
        *((row, seen.piece_counts) for text in seen.texts for row in pieces(text)),
        *((row, seen.word_counts) for row in seen.words),
        *((row, seen.shape_counts) for row in seen.shapes),
        *((row, ACT) for row in (*seen.frame, *acts)),
    ]


def digest(phrases: Iterable[Phrase]) -> str:
    """Return what stands for everything that the weights follow from.

    It is taken of what the fitting is given (each phrase's features and two labels, the settings), not of
    files: rules, words, the dictionary and the code of features are in it as far as they change what is seen
    of some phrase. A comment, a note on a phrase, a phrase that moves to another file, or a rule that no
    phrase meets leaves it as it is, and asks nobody to train.
    """
    whole = sha256(repr((INTENTS, ROWS, STRENGTH, STRENGTH_OF_GATE, STEPS_MAX)).encode())
    for line in sorted(_line(phrase) for phrase in phrases):
        whole.update(line.encode())
    return whole.hexdigest()


def _line(phrase: Phrase) -> str:
    seen = seen_as(phrase)
    own, whole = (
        sorted((row, round(count, _DIGITS)) for row, count in counted(seen, own_words=own))
        for own in (True, False)
    )
    return f"{phrase.intent} {gives_up(phrase)} {own} {whole}\n"
