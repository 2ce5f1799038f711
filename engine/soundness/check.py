"""Check: everything that can be proved from tables and texts before the first message."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.flow import Flow
from engine.soundness import (
    calls,
    catalogue,
    causes,
    inputs,
    intents,
    limits,
    memory,
    messages,
    order,
    paths,
    questions,
    released,
    speech,
)
from engine.soundness.catalogue import Document
from engine.soundness.deeds import Deeds
from engine.soundness.inputs import Matrix
from engine.soundness.messages import Cost
from engine.soundness.problems import Problem
from engine.soundness.reading import Reader
from engine.soundness.released import Released
from engine.soundness.source import Sources
from engine.soundness.tables import Everywhere, Tables, laid_out


class Unsound(Exception):
    """The tables cannot be started on; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked."""

    flows: tuple[Flow, ...]
    everywhere: Everywhere
    documents: tuple[Document, ...]
    released: Released


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was found, and the figures of what was looked at."""

    problems: tuple[Problem, ...]
    matrix: Matrix
    costs: tuple[Cost, ...]
    states: int
    rows: int
    texts: int
    released: int


def structural(flows: Sequence[Flow], everywhere: Everywhere) -> tuple[Problem, ...]:
    """Return what is wrong with the tables alone: no source is read, so it is quick enough for a start."""
    return _sorted(_of_tables(laid_out(flows, everywhere)))


def ensure_sound(flows: Sequence[Flow], everywhere: Everywhere) -> None:
    """Refuse tables that a dialogue could not live on.

    Raises:
        Unsound: with every structural problem.
    """
    if problems := structural(flows, everywhere):
        raise Unsound(problems)


def check(subject: Subject, text_of: Callable[[str], str]) -> Verdict:
    """Check everything.

    `text_of` returns the content of a source file by its name, "" where there is none.
    """
    sources = Sources(text_of)
    reader = Reader(sources)
    tables = laid_out(subject.flows, subject.everywhere)
    tables = replace(tables, inferred=inputs.inferred(tables, reader))
    deeds = Deeds(tables, reader)
    texts = catalogue.gathered(subject.documents)
    spoken = speech.utterances(tables, deeds)
    prices = messages.costs(tables, deeds)
    flows = [flow.name for flow in tables.flows]
    unsaid = tuple(speech.unused(spoken, texts, sources.strings()))
    problems = [
        *_of_tables(tables),
        *released.broken(tables, subject.released),
        *intents.unheard_of(tables, sources),
        *calls.entered(tables, deeds),
        *calls.handed_over(tables, deeds),
        *calls.told_apart(tables, deeds),
        *texts.problems,
        *catalogue.faults(texts),
        *catalogue.unspeakable(texts),
        *speech.missing(spoken, texts, unsaid),
        *unsaid,
        *speech.unfilled(spoken, texts),
        *speech.unheard(spoken, tables, deeds),
        *questions.unasked(tables, deeds),
        *questions.unawaited(spoken),
        *questions.unproposed(spoken, tables, deeds),
        *questions.unagreed(tables, deeds),
        *questions.unmet(tables, deeds),
        *limits.too_long(spoken, texts),
        *limits.too_many(spoken, texts),
        *limits.too_long_together(spoken, texts),
        *messages.over_budget(prices),
    ]
    return Verdict(
        problems=_sorted(causes.with_flows(causes.without_consequences(problems, flows), flows, spoken)),
        matrix=inputs.matrix(tables),
        costs=prices,
        states=len(tables.states),
        rows=len(tables.rows),
        texts=len(texts.own),
        released=sum(len(versions) for versions in subject.released.flows.values()),
    )


def _of_tables(tables: Tables) -> list[Problem]:
    return [
        *tables.problems,
        *paths.unreachable(tables),
        *paths.dead_ends(tables),
        *paths.strays(tables),
        *inputs.holes(tables),
        *inputs.unsaid(tables),
        *inputs.never_made(tables),
        *order.uncallable(tables),
        *order.unsure(tables),
        *order.ambiguous(tables),
        *calls.unnamed(tables),
        *memory.unusable(tables),
    ]


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each once, by flow and place."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.flow, one.where, one.rule, one.what)))
