"""What an expression may be, and what it does when it is evaluated."""

import ast
import functools
import sys
import types
from abc import ABC, abstractmethod
from typing import Any

from engine.effects import Repeat, Say
from engine.soundness.noting import Noting
from engine.soundness.possible import (
    ANY,
    Instance,
    Local,
    Pattern,
    Scope,
    Several,
    Values,
    abstract,
    at_place,
    attribute,
    compared,
    elements,
    fewer,
    joined,
    looked_up,
    promised,
    surely_holds,
    truth,
    with_gaps,
)


class Expressions(Noting, ABC):
    """Evaluates expressions over all that a name may be."""

    @abstractmethod
    def called(
        self, function: Any, args: list[Values], named: dict[str, Values]
    ) -> tuple[frozenset[bool], Values]:
        """Read a call; return whether it speaks in its possible courses, and what it may return."""

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
        key = args[0] if args else [ANY]
        default = args[1] if len(args) > 1 else [None]
        return looked_up(on, key) + ([] if surely_holds(on, key) else default)

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

    def _bind(self, target: ast.expr, values: Values, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope.names[name] = values
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for place, part in enumerate(parts):
                    self._bind(part, at_place(values, place), scope)


def _is_ours_to_read(function: types.FunctionType) -> bool:
    """Flows and their helpers are read; the engine and Python's own library are taken at their word."""
    module = function.__module__ or ""
    top = module.partition(".")[0]
    return module == "engine.flow" or not (top == "engine" or top in sys.stdlib_module_names)
