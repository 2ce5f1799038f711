"""Why a text was understood as it was: what the rules saw, what spoke, and where each rule stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.understanding.meaning import Context, Meaning, Surroundings
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause
from engine.understanding.places import place_of
from engine.understanding.rules import verdict
from engine.understanding.steps import decided
from engine.understanding.understand import Understanding, says_nothing
from engine.understanding.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Seen:
    """One word as the rules saw it: spelt, its lemmas (denied ones with «!»), the word groups it is in."""

    text: str
    lemmas: tuple[str, ...]
    groups: tuple[str, ...]
    # A part of a day or a time.
    when: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """What spoke for or against a meaning."""

    what: str
    # Its pattern («engine/understanding/rules.toml:131 [acts] cancel "@want .. @cancel:infn"») or function.
    place: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a meaning."""

    meaning: Meaning
    clauses: tuple[tuple[Seen, ...], ...]
    # ISO days and clock times that were read.
    days: tuple[str, ...]
    times: tuple[str, ...]
    # The step that decided, in a line.
    decided: str
    evidence: tuple[Spoken, ...]
    blockers: tuple[Spoken, ...]


def explained(
    understanding: Understanding, text: str, context: Context, surroundings: Surroundings
) -> Explanation:
    """Understand a text and tell how."""
    meaning = understanding.understand(text, context, surroundings)
    words = understanding.lemmas.vocabulary
    said = understanding.said(text, surroundings)
    heard = verdict(said, words)
    moments = [clause.moments for clause in said.clauses]
    picked = understanding.picked(said, context, surroundings)

    def spoken(found: Iterable[str]) -> tuple[Spoken, ...]:
        # A part's blocker is a blocker of the whole too, and stands there twice.
        return tuple(
            Spoken(why, place_of(why, heard.said, said.clauses, words)) for why in dict.fromkeys(found)
        )

    return Explanation(
        meaning=meaning,
        clauses=tuple(_seen(clause, words) for clause in said.clauses),
        days=tuple(dict.fromkeys(day.isoformat() for found in moments for day in found.days)),
        times=tuple(dict.fromkeys(clock.isoformat("minutes") for found in moments for clock in found.clocks)),
        decided=decided(
            meaning,
            understanding.read(text, said, heard, picked, context, surroundings),
            heard,
            context,
            whole=len(text) <= understanding.LENGTH_MAX,
            silent=says_nothing(said),
        ),
        evidence=spoken(meaning.trace.evidence),
        blockers=spoken(meaning.trace.blockers),
    )


def _seen(clause: Clause, words: Vocabulary) -> tuple[Seen, ...]:
    return tuple(
        Seen(
            text=word.text,
            lemmas=tuple(sorted(key for key in keys if ":" not in key and not key.startswith("<"))),
            groups=tuple(sorted(name for name, members in words.groups.items() if members & word.keys)),
            when=place in clause.moments.spans,
        )
        for place, (word, keys) in enumerate(zip(clause.words, clause.keys, strict=True))
        if word.text != COMMA
    )
