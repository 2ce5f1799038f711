"""What an expression may be: real objects where they are known, and below that types, patterns, nothing."""

import ast
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from engine.effects import Ask, Do, Heed, Option, Repeat, Say, Then

# More possibilities than these count as nothing known.
POSSIBILITIES_MAX = 64


class Abstract:
    """Base of what is not a real object."""


class Unknown(Abstract):
    """Nothing is known."""


ANY = Unknown()


@dataclass(frozen=True)
class Instance(Abstract):
    """Some value of this type; `given` are the possible values of the fields that its making named."""

    of: Any
    given: dict[str, "Values"] = field(default_factory=dict)


@dataclass(frozen=True)
class Pattern(Abstract):
    """A string; what is not known of it is `*`."""

    text: str


@dataclass(frozen=True)
class Several(Abstract):
    """A sequence of these; `more`: of each any number."""

    items: tuple["Values", ...]
    more: bool = False


@dataclass(frozen=True)
class Local(Abstract):
    """A function that is defined inside another."""

    node: ast.FunctionDef | ast.Lambda
    scope: "Scope"


Values = list[Any]


@dataclass
class Scope:
    """Where names are looked up."""

    names: dict[str, Values]
    known: Mapping[str, Any]
    outer: "Scope | None" = None

    def find(self, name: str) -> Values:
        if name in self.names:
            return self.names[name]
        if self.outer is not None:
            return self.outer.find(name)
        return [self.known[name]] if name in self.known else [ANY]


def abstract(value: Any) -> bool:
    return isinstance(value, Abstract)


def fewer(values: Values) -> Values:
    found: Values = []
    for value in values:
        if not any(value is one or (type(value) is type(one) is str and value == one) for one in found):
            found.append(value)
    return found if len(found) <= POSSIBILITIES_MAX else [ANY]


def truth(values: Values) -> bool | None:
    """Whether all that it may be is true, or false; None: not known."""
    if any(abstract(value) for value in values):
        return None
    truths = {bool(value) for value in values}
    return truths.pop() if len(truths) == 1 else None


def as_text(value: Any) -> str:
    match value:
        case str():
            return value
        case Pattern(text=text):
            return text
    return "*"


def joined(parts: list[Values]) -> Values:
    wholes = ["".join(one) for one in product(*([as_text(value) for value in part] for part in parts))]
    return [Pattern(whole) if "*" in whole else whole for whole in wholes[: POSSIBILITIES_MAX + 1]]


def with_gaps(template: str) -> str:
    inside, text = False, ""
    for letter in template:
        if letter == "{":
            inside, text = True, f"{text}*"
        elif letter == "}":
            inside = False
        elif not inside:
            text += letter
    return text


def attribute(base: Any, name: str) -> Values:
    match base:
        case Instance(of=of, given=given):
            return given[name] if name in given else of_type(annotated(of, name))
        case Abstract():
            return [ANY]
    try:
        return [getattr(base, name)]
    except AttributeError:
        return [ANY]


def annotated(of: Any, name: str) -> Any:
    """Return the type of a field of some class, or Any."""
    return _hints(typing.get_origin(of) or of).get(name, Any)


@cache
def _hints(of: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(of)
    except (TypeError, NameError):
        return {}


def of_type(of: Any) -> Values:
    """Return what a value of this annotation may be."""
    if typing.get_origin(of) is typing.Literal:
        return list(typing.get_args(of))
    if typing.get_origin(of) in (types.UnionType, typing.Union):
        return [value for part in typing.get_args(of) for value in of_type(part)]
    if of is type(None):
        return [None]
    if of is Any:
        return [ANY]
    return [Instance(of)] if isinstance(of, type) or typing.get_origin(of) else [ANY]


def promised(function: types.FunctionType) -> Any:
    """Return what a function that is not read promises to return."""
    returned = annotated(function, "return")
    return Instance(returned) if isinstance(returned, type) else ANY


def compared(left: Values, op: ast.cmpop, right: Values) -> Values:
    if len(left) != 1 or len(right) != 1 or abstract(left[0]) or abstract(right[0]):
        return [ANY]
    try:
        match op:
            case ast.Eq():
                return [left[0] == right[0]]
            case ast.NotEq():
                return [left[0] != right[0]]
            case ast.In():
                return [left[0] in right[0]]
            case ast.NotIn():
                return [left[0] not in right[0]]
            case ast.Is():
                return [left[0] is right[0]]
            case ast.IsNot():
                return [left[0] is not right[0]]
    except TypeError:
        return [ANY]
    return [ANY]


def elements(values: Values) -> Values:
    """Return what one of a sequence may be."""
    found: Values = []
    for value in values:
        match value:
            case Several(items=items):
                found += [one for item in items for one in item]
            case tuple() | list() | frozenset() | set() | dict():
                found += list(value)
            case _:
                found.append(ANY)
    return found or [ANY]


def at_place(values: Values, place: int) -> Values:
    found: Values = []
    for value in values:
        if isinstance(value, Several) and not value.more and place < len(value.items):
            found += value.items[place]
        elif isinstance(value, tuple) and place < len(value):
            found.append(value[place])
        else:
            found.append(ANY)
    return found


def looked_up(values: Values, keys: Values) -> Values:
    """Return what may stand in a container under one of these keys."""
    found: Values = []
    for value in values:
        match value:
            case Instance(given=given) if value.of is dict:
                known = [key for key in keys if isinstance(key, str)]
                wanted = known if len(known) == len(keys) else list(given)
                found += [one for key in wanted if key in given for one in given[key]]
            case dict():
                known = [key for key in keys if not abstract(key)]
                wanted = known if len(known) == len(keys) else list(value)
                found += [value[key] for key in wanted if key in value]
            case _:
                found += elements([value])
    return found


def surely_holds(values: Values, keys: Values) -> bool:
    """Whether each of these containers has each of these keys."""
    known = [value.given if isinstance(value, Instance) and value.of is dict else value for value in values]
    if any(abstract(key) for key in keys):
        return False
    return all(isinstance(one, Mapping) and all(key in one for key in keys) for one in known)


def class_of(value: Any) -> type | None:
    if isinstance(value, Instance):
        return value.of if isinstance(value.of, type) else None
    return None if abstract(value) else type(value)


def taken_apart(effect: Say | Repeat | Ask | Do | Then | Heed) -> Instance:
    return Instance(type(effect), {name: [getattr(effect, name)] for name in effect.model_fields_set})


def argument_names(args: Any) -> frozenset[str] | None:
    match args:
        case Instance(given=given) if args.of is dict and not any("*" in name for name in given):
            return frozenset(given)
        case dict():
            return frozenset(args)
    return None


def offered(values: Values) -> tuple[tuple[str | None, ...], bool]:
    """Return the kinds of the options that a message brings, and whether there may be more of them."""
    kinds: list[str | None] = []
    more = len(values) > 1
    for value in values:
        match value:
            case Several(items=items):
                more = more or value.more
                kinds += [kind for item in items for one in item for kind in kinds_of(one)]
            case tuple() | list():
                kinds += [kind for one in value for kind in kinds_of(one)]
            case _:
                kinds.append(None)
    return tuple(kinds), more


def kinds_of(option: Any) -> list[str | None]:
    match option:
        case Option():
            return [option.kind]
        case Instance(given=given) if option.of is Option:
            return [kind if isinstance(kind, str) else None for kind in given.get("kind", [ANY])]
    return [None]
