"""Causes: what only follows from another fault is left out, so that one mistake is one line."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from engine.soundness.problems import Problem
from engine.soundness.speech import Utterance, told_by

# Where rows are missing or wrong, nothing can be said of what the right ones would have said.
UNFINISHED = frozenset((
    "hole", "dead-end", "unreachable", "undeclared", "event", "state", "guard", "ambiguous", "silence",
    "unknown", "text-missing",
))  # fmt: skip
# Where nobody comes, or nobody leaves, it does not matter yet how it is asked and answered.
NOWHERE = frozenset(("unreachable", "dead-end"))
# A failed write that is told badly because a row stands in the wrong place, or says nothing.
TOLD = frozenset(("ambiguous", "silence", "callable"))

Place: TypeAlias = tuple[str, str]


def with_flows(
    problems: Iterable[Problem], flows: Iterable[str], spoken: tuple[Utterance, ...]
) -> list[Problem]:
    """Name the flow of texts whose key does not, such as an option's: one whose rows bring it to a client."""
    names, found = frozenset(flows), list[Problem]()
    for one in problems:
        teller = (
            told_by(one.where, spoken) if one.flow not in names and one.rule.startswith("text-") else None
        )
        found.append(replace(one, flow=teller[0].flow) if teller else one)
    return found


def without_consequences(problems: Iterable[Problem], flows: Iterable[str]) -> list[Problem]:
    """Return the problems that have no other among them as their cause."""
    found, names = list(problems), frozenset(flows)
    unfinished = {one.flow for one in found if one.rule in UNFINISHED}
    nowhere: set[Place] = {(one.flow, one.where) for one in found if one.rule in NOWHERE}
    told_wrong: set[Place] = {(one.flow, one.where) for one in found if one.rule in TOLD}

    def follows(one: Problem) -> bool:
        if one.rule == "text-unused":
            # Options and sentences that flows share may belong to any of them.
            return one.flow in unfinished if one.flow in names else bool(unfinished)
        if one.rule == "version":
            # A table is released when it is whole.
            return one.flow in unfinished
        if one.rule in ("unasked", "silence", "consent"):
            return (one.flow, one.where) in nowhere
        return one.rule == "unknown" and (one.flow, one.where) in told_wrong

    return [one for one in found if not follows(one)]
