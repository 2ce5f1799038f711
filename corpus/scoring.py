"""Scores of an understanding on labelled phrases: the figures of labels.md, as counts and shares."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from corpus.phrases import Phrase
from engine.understanding import Context, Intent, Meaning, Surroundings

# The fixed clock of all sets.
NOW = datetime.fromisoformat("2026-11-23T10:00+03:00")
INTENTS: tuple[Intent, ...] = get_args(Intent)
CONTEXTS: tuple[Context, ...] = get_args(Context)

Reads = Callable[[str, Context, Surroundings], Meaning]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.hits} of {self.of} ({self.percent:.1f} %)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood of one phrase."""

    writer: str
    phrase: Phrase
    meaning: Meaning

    @property
    def is_right(self) -> bool:
        return self.phrase.accepts(self.meaning.intent)

    @property
    def enters(self) -> bool:
        """Whether the cancel flow goes on by this answer: a cancel anywhere, a yes at the confirmation."""
        return self.meaning.intent == "cancel" or self.is_yes

    @property
    def is_yes(self) -> bool:
        return self.meaning.intent == "yes" and self.phrase.context == "confirm"


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures over some answers."""

    answers: tuple[Answer, ...] = field(repr=False)

    def of_sets(self, *names: str) -> "Scores":
        return self._where(lambda answer: answer.writer in names)

    def in_contexts(self, *contexts: Context) -> "Scores":
        return self._where(lambda answer: answer.phrase.context in contexts)

    def labelled(self, intent: Intent) -> "Scores":
        return self._where(lambda answer: answer.phrase.intent == intent)

    def _where(self, holds: Callable[[Answer], bool]) -> "Scores":
        return Scores(tuple(answer for answer in self.answers if holds(answer)))

    @property
    def sets(self) -> tuple[str, ...]:
        """The sets that the phrases come from, in their order."""
        return tuple(dict.fromkeys(answer.writer for answer in self.answers))

    @property
    def confusions(self) -> Counter[tuple[Intent, Intent]]:
        """How often one intent was taken for another, most often first."""
        wrong = Counter((a.phrase.intent, a.meaning.intent) for a in self.answers if not a.is_right)
        return Counter(dict(sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))))

    @property
    def accuracy(self) -> Share:
        return self._share(self.answers, lambda answer: answer.is_right)

    @property
    def fatal(self) -> Share:
        """Look-alikes at the confirmation that were taken for a yes."""
        tries = [a for a in self.answers if a.phrase.context == "confirm" and a.phrase.must_not_cancel]
        return self._share(tries, lambda answer: answer.is_yes)

    @property
    def look_alikes(self) -> Share:
        """Look-alikes, wherever, that let the cancel flow go on."""
        tries = [a for a in self.answers if a.phrase.danger and a.phrase.must_not_cancel]
        return self._share(tries, lambda answer: answer.enters)

    @property
    def false_cancels(self) -> Share:
        """All phrases that must not cancel, and did."""
        tries = [a for a in self.answers if a.phrase.must_not_cancel]
        return self._share(tries, lambda answer: answer.enters)

    @property
    def cancel_recall(self) -> Share:
        tries = [a for a in self.answers if a.phrase.intent == "cancel"]
        return self._share(tries, lambda answer: answer.is_right)

    @property
    def yes_recall(self) -> Share:
        tries = [a for a in self.answers if a.phrase.intent == "yes" and a.phrase.context == "confirm"]
        return self._share(tries, lambda answer: answer.is_right)

    @property
    def needless_questions(self) -> Share:
        tries = [a for a in self.answers if not a.phrase.accepts("unclear")]
        return self._share(tries, lambda answer: answer.meaning.intent == "unclear")

    @property
    def dates_right(self) -> Share:
        tries = [a for a in self.answers if a.phrase.resolved is not None]
        return self._share(tries, lambda answer: answer.meaning.resolved == answer.phrase.resolved)

    @property
    def dates_imagined(self) -> Share:
        tries = [a for a in self.answers if a.phrase.date is None and a.phrase.time is None]
        return self._share(tries, lambda answer: answer.meaning.resolved is not None)

    @property
    def macro_f1(self) -> float:
        """The mean F1 in percent over the intents that occur."""
        found = [self.of_intent(intent) for intent in INTENTS]
        scores = [f1 for _, _, f1, count in found if count]
        return sum(scores) / len(scores) if scores else 0.0

    def of_intent(self, intent: Intent) -> tuple[float, float, float, int]:
        """Return precision, recall, F1 (in percent) and count of one label; what is right is its label."""
        pairs = [(a.phrase.intent, a.phrase.intent if a.is_right else a.meaning.intent) for a in self.answers]
        right = sum(wanted == given == intent for wanted, given in pairs)
        count = sum(wanted == intent for wanted, _ in pairs)
        taken = sum(given == intent for _, given in pairs)
        precision, recall = 100 * right / taken if taken else 0.0, 100 * right / count if count else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        return precision, recall, f1, count

    @staticmethod
    def _share(tries: Sequence[Answer], hit: Callable[[Answer], bool]) -> Share:
        return Share(sum(hit(answer) for answer in tries), len(tries))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the gate: its name among the scores, and whether more of it is better."""

    name: str
    title: str
    good: Literal["few", "many"]

    def of(self, scores: Scores) -> Share:
        found = getattr(scores, self.name)
        assert isinstance(found, Share)
        return found


FIGURES = (
    Figure("fatal", "look-alikes at the confirmation taken for a yes", "few"),
    Figure("look_alikes", "look-alikes that enter the cancel flow", "few"),
    Figure("cancel_recall", "cancels found", "many"),
    Figure("yes_recall", "yeses at the confirmation found", "many"),
    Figure("accuracy", "intents right", "many"),
    Figure("needless_questions", "needless questions", "few"),
    Figure("dates_right", "days and times right", "many"),
    Figure("dates_imagined", "days and times seen where none is", "few"),
)


def score(reads: Reads, phrases: Iterable[tuple[str, Phrase]]) -> Scores:
    """Let every phrase be understood, with nothing known of the client's records, and count."""
    around = Surroundings(said_at=NOW)
    return Scores(
        tuple(
            Answer(writer, phrase, reads(phrase.text, phrase.context, around)) for writer, phrase in phrases
        )
    )
