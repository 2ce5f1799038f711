"""Why a text was understood as it was: what the rules saw, what spoke, and where each rule stands."""

from dataclasses import dataclass
from functools import cache

from engine.understanding.meaning import Context, Meaning, Surroundings
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, phrase
from engine.understanding.understand import Understanding
from engine.understanding.vocabulary import Vocabulary, data

FOLDER = "engine/understanding"


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
    # Where its rule stands, «engine/understanding/rules.toml:7 [acts] cancel»; "" where it stands in code.
    place: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a meaning."""

    meaning: Meaning
    clauses: tuple[tuple[Seen, ...], ...]
    # ISO days and clock times that were read.
    days: tuple[str, ...]
    times: tuple[str, ...]
    decided: str
    evidence: tuple[Spoken, ...]
    blockers: tuple[Spoken, ...]


def explained(
    understanding: Understanding, text: str, context: Context, surroundings: Surroundings
) -> Explanation:
    """Understand a text and tell how."""
    meaning = understanding.understand(text, context, surroundings)
    words = understanding.lemmas.vocabulary
    said = phrase(text[: understanding.LENGTH_MAX], understanding.lemmas, surroundings.said_at)
    moments = [clause.moments for clause in said.clauses]
    evidence = tuple(_spoken(why, words) for why in meaning.trace.evidence or meaning.evidence)
    return Explanation(
        meaning=meaning,
        clauses=tuple(_seen(clause, words) for clause in said.clauses),
        days=tuple(dict.fromkeys(day.isoformat() for found in moments for day in found.days)),
        times=tuple(dict.fromkeys(clock.isoformat("minutes") for found in moments for clock in found.clocks)),
        decided=_decided(evidence, context),
        evidence=evidence,
        blockers=tuple(_spoken(why, words) for why in meaning.trace.blockers),
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


def _spoken(why: str, words: Vocabulary) -> Spoken:
    """Find the rule of «cancel: отмените»."""
    act = why.partition(":")[0].strip()
    if act not in words.patterns.of:
        return Spoken(why)
    line = _lines("rules.toml").get(act)
    return Spoken(why, f"{FOLDER}/rules.toml{f':{line}' if line else ''} [acts] {act}")


def _decided(evidence: tuple[Spoken, ...], context: Context) -> str:
    if not evidence:
        return "no rule spoke, so it is asked"
    first = evidence[0]
    if first.place or context == "idle":
        return f"the rules: {first.what}"
    return f"the answer to an open question (context {context}): {first.what}"


@cache
def _lines(name: str) -> dict[str, int]:
    """Return the line on which each entry of a data file begins, the first line being 1."""
    lines = enumerate(data(name).splitlines(), 1)
    return {line.partition(" =")[0]: number for number, line in lines if " = " in line and line[0].isalpha()}
