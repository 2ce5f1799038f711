"""Intents: a recogniser that waits for a meaning which no words ever have lets nobody in."""

import ast
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from engine.flow import Open, Waiting
from engine.soundness.problems import Problem, name_of
from engine.soundness.source import Sources
from engine.soundness.tables import Tables
from engine.understanding import Intent

KNOWN: tuple[str, ...] = get_args(Intent)


def unheard_of(tables: Tables, sources: Sources) -> Iterator[Problem]:
    """Every intent that a recogniser compares with is one of those that words can have."""
    for flow, function in dict.fromkeys(_recognisers(tables)):
        node = sources.node(function.__code__) if hasattr(function, "__code__") else None
        for name in dict.fromkeys(_compared(node) if node is not None else ()):
            if name in KNOWN:
                continue
            near = get_close_matches(name, KNOWN, 1)
            what = f"it waits for the intent {name!r}, and no words ever have it"
            remedy = f"take {near[0]!r}" if near else f"take one of {', '.join(KNOWN)}"
            yield Problem("intent", flow, name_of(function), what, remedy)


def _recognisers(tables: Tables) -> Iterator[tuple[str, Callable[..., Any]]]:
    for flow in tables.flows:
        yield from ((flow.name, function) for function in flow.hears)
        for state in flow.states:
            if isinstance(state, Waiting | Open):
                yield from ((flow.name, function) for function in state.hears)


def _compared(function: ast.AST) -> Iterator[str]:
    """Yield every string that something called `intent` is compared with or matched to."""
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and _is_intent(node.left):
            yield from (text for one in node.comparators for text in _strings(one))
        elif isinstance(node, ast.Match) and _is_intent(node.subject):
            yield from (text for case in node.cases for text in _strings(case.pattern))


def _is_intent(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "intent"


def _strings(tree: ast.AST) -> Iterator[str]:
    return (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
