"""What a guard, an action or a recogniser may do: read from its source, never run.

A value is a list of what an expression may be: real objects where they are known, and below that
instances of a type, strings with unknown parts, or nothing known at all. Too many possibilities
become nothing known; whoever reads the outcome stays silent where it is not `complete`.
"""

import ast
import builtins
import functools
import types
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.soundness.expressions import Expressions
from engine.soundness.noting import Reading
from engine.soundness.possible import (
    ANY,
    Local,
    Scope,
    Values,
    abstract,
    elements,
    fewer,
    joined,
    truth,
)
from engine.soundness.source import Sources

CALLS_DEEP_MAX = 12


@dataclass
class Reader:
    """Reads functions; one for a whole check, so that no source is parsed twice."""

    sources: Sources

    def read(self, function: Callable[..., Any], *args: Values) -> Reading:
        """Read what a function may do when it is called with these."""
        course = _Course(self.sources)
        speaks, course.reading.returned = course.called(function, list(args), {})
        course.reading.speaks = speaks
        return course.reading


class _Course(Expressions):
    """One reading under way: calls and statements."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self.sources = sources
        self._deep: list[object] = []

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────

    def called(
        self, function: Any, args: list[Values], named: dict[str, Values]
    ) -> tuple[frozenset[bool], Values]:
        """Read a call; return whether it speaks in its possible courses, and what it may return."""
        match function:
            case functools.partial():
                bound = [[arg] for arg in function.args]
                fixed = {name: [value] for name, value in function.keywords.items()}
                return self.called(function.func, bound + args, fixed | named)
            case types.MethodType():
                return self.called(function.__func__, [[function.__self__], *args], named)
            case Local(node, scope):
                return self._inside(node, function.node, scope, args, named, {})
            case types.FunctionType():
                definition = self.sources.node(function.__code__)
                if definition is None or len(self._deep) >= CALLS_DEEP_MAX:
                    return self._lost()
                scope = Scope({}, ChainMap(function.__globals__, vars(builtins)), None)
                cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
                inner = Scope({name: [_content(cell)] for name, cell in cells}, {}, scope)
                return self._inside(definition, function, inner, args, named, _defaults(function))
        call = type(function).__call__ if callable(function) else None
        if isinstance(call, types.FunctionType):
            return self.called(call, [[function], *args], named)
        return self._lost()

    def _lost(self) -> tuple[frozenset[bool], Values]:
        self.reading.complete = False
        return frozenset((False, True)), [ANY]

    def _inside(
        self,
        node: ast.FunctionDef | ast.Lambda,
        mark: object,
        scope: Scope,
        args: list[Values],
        named: dict[str, Values],
        defaults: dict[str, Values],
    ) -> tuple[frozenset[bool], Values]:
        if mark in self._deep:
            # It calls itself: what it does was, or is being, read.
            return frozenset((False,)), [ANY]
        places = [place.arg for place in (*node.args.posonlyargs, *node.args.args)]
        given = defaults | dict(zip(places, args, strict=False)) | named
        wanted = [*places, *(place.arg for place in node.args.kwonlyargs)]
        names = {name: given.get(name, [ANY]) for name in wanted}
        for rest in (node.args.vararg, node.args.kwarg):
            if rest is not None:
                names[rest.arg] = [ANY]
        self._deep.append(mark)
        before = self._may, self._surely
        try:
            return self._run(node, Scope(names, {}, scope))
        finally:
            self._deep.pop()
            self._may, self._surely = before

    def _run(self, node: ast.FunctionDef | ast.Lambda, scope: Scope) -> tuple[frozenset[bool], Values]:
        if isinstance(node, ast.Lambda):
            self._may = self._surely = False
            values = self.value(node.body, scope)
            self._handed_back(values)
            return self._spoken(frozenset((False,))), values
        returned: Values = []
        through, left = self.block(node.body, scope, frozenset((False,)), returned)
        return through | left, returned or [None]

    def _handed_back(self, values: Values) -> None:
        """An action may return its effects; what a helper returns counts where it is used."""
        if len(self._deep) == 1:
            self._yielded(values)

    # ── statements ────────────────────────────────────────────────────────────────────────────────────

    def block(
        self, body: Iterable[ast.stmt], scope: Scope, said: frozenset[bool], returned: Values
    ) -> tuple[frozenset[bool], frozenset[bool]]:
        """Read statements; return whether something was said: where it goes on, and where it left."""
        left: frozenset[bool] = frozenset()
        for statement in body:
            said, leaving = self._statement(statement, scope, said, returned)
            left |= leaving
            if not said:
                break
        return said, left

    def _statement(
        self, statement: ast.stmt, scope: Scope, said: frozenset[bool], returned: Values
    ) -> tuple[frozenset[bool], frozenset[bool]]:
        self._may = self._surely = False
        nothing: frozenset[bool] = frozenset()
        match statement:
            case ast.Return(value=value):
                values = self.value(value, scope) if value else [None]
                self._handed_back(values)
                returned += values
                return nothing, self._spoken(said)
            case ast.Raise():
                return nothing, nothing
            case ast.If(test=test, body=body, orelse=orelse):
                holds = truth(self.value(test, scope))
                said = self._spoken(said)
                branches = [part for part, when in ((body, True), (orelse, False)) if holds in (when, None)]
                return self._branches(branches, scope, said, returned)
            case ast.Match(subject=subject, cases=cases):
                values = self.value(subject, scope)
                said = self._spoken(said)
                return self._branches(list(self._cases(values, cases, scope)), scope, said, returned)
            case ast.For(target=target, iter=among, body=body, orelse=orelse):
                self._bind(target, elements(self.value(among, scope)), scope)
                return self._branches([body, orelse], scope, self._spoken(said), returned)
            case ast.While(test=test, body=body, orelse=orelse):
                self.value(test, scope)
                return self._branches([body, orelse], scope, self._spoken(said), returned)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                parts = [[*body, *orelse], *(handler.body for handler in handlers)]
                through, left = self._branches(parts, scope, said, returned)
                finally_, leaving = self.block(final, scope, through, returned)
                return finally_, left | leaving
            case ast.With(items=items, body=body):
                for item in items:
                    self.value(item.context_expr, scope)
                return self.block(body, scope, self._spoken(said), returned)
            case ast.FunctionDef(name=name):
                scope.names[name] = [Local(statement, scope)]
            case ast.Assign(targets=targets, value=value):
                values = self.value(value, scope)
                for target in targets:
                    self._bind(target, values, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, self.value(value, scope), scope)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                scope.names[name] = fewer(joined([scope.find(name), self.value(value, scope)]))
            case ast.Assert(test=test):
                self._narrow(test, scope)
            case _:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.value(child, scope)
        return self._spoken(said), nothing

    def _spoken(self, said: frozenset[bool]) -> frozenset[bool]:
        if self._surely:
            return frozenset((True,))
        return said | {True} if self._may else said

    def _branches(
        self, parts: list[list[ast.stmt]], scope: Scope, said: frozenset[bool], returned: Values
    ) -> tuple[frozenset[bool], frozenset[bool]]:
        """Read alternatives, each from the same start; a name may be then what any of them made it."""
        through: frozenset[bool] = frozenset()
        left: frozenset[bool] = frozenset()
        before, after = dict(scope.names), dict[str, Values]()
        for part in parts:
            scope.names = dict(before)
            on, off = self.block(part, scope, said, returned)
            through, left = through | on, left | off
            if on:
                for name, values in scope.names.items():
                    after[name] = fewer([*after.get(name, []), *values])
        scope.names = after or before
        return through, left

    def _cases(self, values: Values, cases: list[ast.match_case], scope: Scope) -> Iterator[list[ast.stmt]]:
        for case in cases:
            wanted = self._matched(case.pattern, scope)
            if not wanted or any(abstract(value) for value in (*values, *wanted)):
                yield case.body
                if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and not case.guard:
                    return
            elif any(value in wanted for value in values):
                yield case.body
                if not case.guard and all(value in wanted for value in values):
                    return
        yield []

    def _matched(self, pattern: ast.pattern, scope: Scope) -> Values:
        """Return the values that a pattern takes; none where it is more than a list of values."""
        match pattern:
            case ast.MatchValue(value=value):
                return self.value(value, scope)
            case ast.MatchSingleton(value=single):
                return [single]
            case ast.MatchOr(patterns=patterns):
                found = [self._matched(one, scope) for one in patterns]
                return [value for values in found for value in values] if all(found) else []
        return []

    def _narrow(self, test: ast.expr, scope: Scope) -> None:
        """After `assert name is not None` the name is not None."""
        self.value(test, scope)
        match test:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
            ):
                scope.names[name] = [value for value in scope.find(name) if value is not None] or [ANY]


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return ANY


def _defaults(function: types.FunctionType) -> dict[str, Values]:
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    values = function.__defaults__ or ()
    found = {name: [value] for name, value in zip(names[len(names) - len(values) :], values, strict=True)}
    return found | {name: [value] for name, value in (function.__kwdefaults__ or {}).items()}
