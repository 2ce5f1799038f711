"""What a guard, an action or a recogniser may do: read from its source, never run.

A value is a list of what an expression may be: real objects where they are known, and below that
instances of a type, strings with unknown parts, or nothing known at all. Too many possibilities
become nothing known; whoever reads the outcome stays silent where it is not `complete`.
"""

import ast
import functools
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.effects import Ask, Do, Repeat, Say, Then
from engine.soundness.possible import (
    ANY,
    Instance,
    Local,
    Pattern,
    Scope,
    Several,
    Unknown,
    Values,
    abstract,
    argument_names,
    as_text,
    at_place,
    attribute,
    class_of,
    compared,
    elements,
    fewer,
    joined,
    looked_up,
    offered,
    promised,
    taken_apart,
    truth,
    with_gaps,
)
from engine.soundness.source import Sources

CALLS_DEEP_MAX = 12


@dataclass(frozen=True)
class Said:
    """One message that may be said. A part of its key that is not known is `*`."""

    text: str
    repeats: bool = False
    # Names of its arguments; None: not known.
    args: frozenset[str] | None = None
    # Kinds of its options, in order; None among them: not known.
    kinds: tuple[str | None, ...] = ()
    # There may be more of these kinds.
    more: bool = False
    question: bool = False
    receipts: bool = False


@dataclass(frozen=True)
class Made:
    """One call that may be made. `call`: its class, None where it is not known."""

    call: type | None
    awaited: bool


@dataclass
class Reading:
    """What one function may do."""

    said: list[Said] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    # Classes of the events that are handed over; None: not known.
    thens: list[type | None] = field(default_factory=list)
    constants: set[str] = field(default_factory=set)
    returned: Values = field(default_factory=list)
    # Something is yielded of which nothing is known, or the source cannot be read.
    complete: bool = True
    # Whether it says something, in the possible courses of it.
    speaks: frozenset[bool] = frozenset((False,))


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


class _Course:
    """One reading under way."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.reading = Reading()
        self._deep: list[object] = []
        # Of the statement at hand: whether it may speak, and whether it surely does.
        self._may, self._surely = False, False

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
                scope = Scope({}, function.__globals__, None)
                cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
                inner = Scope({name: [_content(cell)] for name, cell in cells}, {}, scope)
                return self._inside(definition, function.__code__, inner, args, named, _defaults(function))
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
            self._yielded(values)
            return self._spoken(frozenset((False,))), values
        returned: Values = []
        through, left = self.block(node.body, scope, frozenset((False,)), returned)
        return through | left, returned or [None]

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
                self._yielded(values)
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

    def _bind(self, target: ast.expr, values: Values, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope.names[name] = values
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for place, part in enumerate(parts):
                    self._bind(part, at_place(values, place), scope)

    def _narrow(self, test: ast.expr, scope: Scope) -> None:
        """After `assert name is not None` the name is not None."""
        self.value(test, scope)
        match test:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
            ):
                scope.names[name] = [value for value in scope.find(name) if value is not None] or [ANY]

    # ── expressions ───────────────────────────────────────────────────────────────────────────────────

    def value(self, node: ast.expr, scope: Scope) -> Values:
        """Return what an expression may be, and note what it does."""
        return fewer(self._value(node, scope))

    def _value(self, node: ast.expr, scope: Scope) -> Values:
        match node:
            case ast.Constant(value=value):
                if isinstance(value, str):
                    self.reading.constants.add(value)
                return [value]
            case ast.JoinedStr(values=parts):
                return joined([self.value(part, scope) for part in parts])
            case ast.FormattedValue(value=value):
                return self.value(value, scope)
            case ast.Name(id=name):
                return scope.find(name)
            case ast.Attribute(value=value, attr=name):
                return [one for base in self.value(value, scope) for one in attribute(base, name)]
            case ast.IfExp(test=test, body=body, orelse=orelse):
                holds = truth(self.value(test, scope))
                yes = self.value(body, scope) if holds is not False else []
                return yes + (self.value(orelse, scope) if holds is not True else [])
            case ast.BoolOp(op=op, values=parts):
                return self._either(isinstance(op, ast.Or), [self.value(part, scope) for part in parts])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                holds = truth(self.value(operand, scope))
                return [ANY] if holds is None else [not holds]
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return compared(self.value(left, scope), op, self.value(right, scope))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return joined([self.value(left, scope), self.value(right, scope)])
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return [self._sequence(parts, scope)]
            case ast.Dict(keys=keys, values=values):
                return [self._mapping(keys, values, scope)]
            case ast.Subscript(value=value, slice=index):
                return looked_up(self.value(value, scope), self.value(index, scope))
            case ast.GeneratorExp() | ast.ListComp():
                return [self._comprehension(node, scope)]
            case ast.Lambda():
                return [Local(node, scope)]
            case ast.NamedExpr(target=target, value=value):
                values = self.value(value, scope)
                self._bind(target, values, scope)
                return values
            case ast.Yield(value=value):
                self._yielded(self.value(value, scope) if value else [None])
                return [ANY]
            case ast.YieldFrom(value=value):
                self._yielded(self.value(value, scope))
                return [ANY]
            case ast.Call():
                return self._call(node, scope)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, scope)
        return [ANY]

    def _either(self, first_true: bool, parts: list[Values]) -> Values:
        """`a or b`: what of a may be true, and b unless a surely is. `and` the other way round."""
        found: Values = []
        for values in parts[:-1]:
            found += [value for value in values if abstract(value) or bool(value) == first_true]
            if truth(values) is first_true:
                return found
        return found + parts[-1]

    def _sequence(self, parts: list[ast.expr], scope: Scope) -> Any:
        items: list[Values] = []
        more = False
        for part in parts:
            if isinstance(part, ast.Starred):
                items.append(elements(self.value(part.value, scope)))
                more = True
            else:
                items.append(self.value(part, scope))
        known = [values[0] for values in items if len(values) == 1 and not abstract(values[0])]
        return Several(tuple(items), more) if more or len(known) < len(items) else tuple(known)

    def _mapping(self, keys: list[ast.expr | None], values: list[ast.expr], scope: Scope) -> Any:
        found: dict[str, Values] = {}
        whole = True
        for key, value in zip(keys, values, strict=True):
            made = self.value(value, scope)
            names = self.value(key, scope) if key else [ANY]
            whole = whole and len(names) == 1 and isinstance(names[0], str)
            found[names[0] if isinstance(names[0], str) else f"*{len(found)}"] = made
        return Instance(dict, found) if whole else Instance(dict, found | {"**": [ANY]})

    def _comprehension(self, node: ast.GeneratorExp | ast.ListComp, scope: Scope) -> Several:
        inner = Scope({}, {}, scope)
        for part in node.generators:
            self._bind(part.target, elements(self.value(part.iter, inner)), inner)
            for test in part.ifs:
                self.value(test, inner)
        return Several((self.value(node.elt, inner),), more=True)

    def _call(self, node: ast.Call, scope: Scope) -> Values:
        args = [self.value(arg.value if isinstance(arg, ast.Starred) else arg, scope) for arg in node.args]
        named = {keyword.arg: self.value(keyword.value, scope) for keyword in node.keywords if keyword.arg}
        rest = [self.value(keyword.value, scope) for keyword in node.keywords if not keyword.arg]
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "format"):
            return self._method(node.func, args, scope)
        found: Values = []
        for function in self.value(node.func, scope):
            found += self._called(function, args, named | ({"**": [ANY]} if rest else {}))
        return found

    def _method(self, called: ast.Attribute, args: list[Values], scope: Scope) -> Values:
        on = self.value(called.value, scope)
        if called.attr == "format":
            return [Pattern(with_gaps(base)) if isinstance(base, str) else ANY for base in on]
        default = args[1] if len(args) > 1 else [None]
        return looked_up(on, args[0] if args else [ANY]) + default

    def _called(self, function: Any, args: list[Values], named: dict[str, Values]) -> Values:
        if function in (tuple, list, sorted, reversed, iter) and args:
            return args[0]
        if isinstance(function, type):
            made = Instance(function, named)
            if issubclass(function, Say | Repeat):
                self._say(made)
            return [made]
        if isinstance(function, types.FunctionType) and not _is_ours_to_read(function):
            return [promised(function)]
        if isinstance(function, Local | functools.partial | types.MethodType | types.FunctionType):
            speaks, returned = self.called(function, args, named)
            self._may = self._may or True in speaks
            self._surely = self._surely or speaks == {True}
            return returned
        return [ANY]

    # ── effects ───────────────────────────────────────────────────────────────────────────────────────

    def _yielded(self, values: Values) -> None:
        """Note the effects that are handed out."""
        for value in values:
            match value:
                case Say() | Repeat():
                    self._say(taken_apart(value))
                case Ask() | Do() | Then():
                    self._effect(taken_apart(value))
                case Instance(of=of) if of in (Ask, Do, Then):
                    self._effect(value)
                case Several(items=items):
                    for item in items:
                        self._yielded(item)
                case list() | tuple():
                    self._yielded(list(value))
                case Unknown():
                    self.reading.complete = False

    def _effect(self, effect: Instance) -> None:
        given = effect.given
        if effect.of is Then:
            self.reading.thens += [class_of(value) for value in given.get("event", [ANY])]
            return
        what = given.get("query" if effect.of is Ask else "command", [ANY])
        later = effect.of is Ask and "after" in given
        self.reading.made += [Made(class_of(value), not later) for value in what]

    def _say(self, said: Instance) -> None:
        self._may = self._surely = True
        given = said.given
        repeats = issubclass(said.of, Repeat)
        kinds, more = offered(given.get("options", [()]))
        for text in given.get("after" if repeats else "text", [ANY]):
            for args in given.get("args", [{}]):
                self.reading.said.append(
                    Said(
                        text=as_text(text),
                        repeats=repeats,
                        args=argument_names(args),
                        kinds=kinds,
                        more=more,
                        question=truth(given.get("question", [False])) is not False,
                        receipts="receipts" in given or "**" in given,
                    )
                )


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


def _is_ours_to_read(function: types.FunctionType) -> bool:
    """Flows and their helpers are read; the engine and Python's own library are taken at their word."""
    module = function.__module__ or ""
    top = module.partition(".")[0]
    return module == "engine.flow" or not (top == "engine" or top in sys.stdlib_module_names)
