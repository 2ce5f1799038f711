"""What the statistical opinion is trained on, and its digest: a stored one is stale when it has another."""

from collections.abc import Iterable
from hashlib import sha256

from corpus.phrases import Phrase
from corpus.scoring import INTENTS, NOW
from engine.understanding.features import ROWS, Features, features
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
    found = seen_as(phrase)
    seen = sorted(
        (row, round(count, _DIGITS), place < found.acts_from)
        for place, (row, count) in enumerate(zip(found.rows.tolist(), found.counts.tolist(), strict=True))
    )
    return f"{phrase.intent} {gives_up(phrase)} {seen}\n"
