"""Where the parts of a machine stand in the source: `states/cancel/flow.py:289`, from the project's root."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import PurePosixPath
from types import FunctionType, ModuleType
from typing import Any, get_args

from adapters.drawing.source import source
from engine.diagram import module_of, package_of
from engine.dialogue import Dialogue
from engine.flow import Flow, Home, State

# What is not known of a name.
_GAP = ".+"


def place_of(part: Callable[..., Any]) -> str:
    """Return where a function or a class is written; its file alone, where no line is known."""
    while isinstance(part, partial):
        part = part.func
    written = part if isinstance(part, type | FunctionType) else type(part)
    try:
        return f"{file_of(written.__module__)}:{inspect.getsourcelines(written)[1]}"
    except (OSError, TypeError):
        return file_of(written.__module__)


def file_of(module: str) -> str:
    """Return the file of a module by its name: where the machine keeps it is nobody's business."""
    path = PurePosixPath(*module.split("."))
    return str(path / "__init__.py" if hasattr(sys.modules.get(module), "__path__") else f"{path}.py")


def file_of_flow(flow: Flow) -> str:
    return file_of(package_of(flow))


def places_of_states(dialogue: Dialogue) -> dict[str, str]:
    """Return where each state is declared, by its name.

    A fragment makes the states of several flows at one place, with names such as `{flow}.looking`.
    """
    found = {name: place_of(Home) for name, state in dialogue.states.items() if isinstance(state, Home)}
    for flow in dialogue.flows:
        declared = [one for module in _modules_of(flow) for one in _declared(module)]
        # Whoever writes the whole name means it.
        declared.sort(key=lambda one: _GAP in one[1])
        for state in flow.states:
            kind = type(state).__name__
            fitting = (place for of, name, place in declared if of == kind and re.fullmatch(name, state.name))
            found[state.name] = next(fitting, file_of_flow(flow))
    return found


def _modules_of(flow: Flow) -> Iterator[ModuleType]:
    """Yield the modules that may declare the flow's states: its own first, then those of its fragments."""
    packages = dict.fromkeys(module.rpartition(".")[0] for module in (module_of(flow), *_used(flow)))
    for package in packages:
        for name, module in sorted(sys.modules.items()):
            if name.rpartition(".")[0] == package:
                yield module


def _used(flow: Flow) -> Iterator[str]:
    """Yield the names of the modules that guards, actions and recognisers of the flow come from."""
    parts: Iterable[Any] = (
        *(part for row in flow.table for part in (row.when, row.do)),
        *(recognise for state in flow.states for recognise in getattr(state, "hears", ())),
    )
    yield from (part.__module__ for part in parts if isinstance(part, FunctionType))


@cache
def _declared(module: ModuleType) -> tuple[tuple[str, str, str], ...]:
    """Return the kind of each state that a module declares, a pattern of its name, and the place."""
    kinds = {kind.__name__ for kind in get_args(State)}
    found = []
    for node in ast.walk(ast.parse(source(module.__file__ or ""))):
        match node:
            case ast.Call(func=ast.Name(id=kind), args=[name, *_]) if kind in kinds:
                place = f"{file_of(module.__name__)}:{node.lineno}"
                found.append((kind, _pattern(name, vars(module)), place))
    return tuple(found)


def _pattern(name: ast.expr, known: dict[str, Any]) -> str:
    match name:
        case ast.Constant(value=str(words)):
            return re.escape(words)
        case ast.Name(id=constant):
            return re.escape(str(known.get(constant, "")))
        case ast.JoinedStr(values=parts):
            return "".join(_pattern(part, known) for part in parts)
    return _GAP
