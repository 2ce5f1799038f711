"""Flows that others wrote: a module with `FLOWS`, its texts and its released tables, ready to be checked."""

import importlib
import sys
import tomllib
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from pydantic import ValidationError

from engine.flow import Flow, Row
from engine.soundness import Document, Released, Subject
from engine.values import Event


class CannotUse(click.ClickException):
    """The module cannot be checked at all; the message says why, in one line."""

    exit_code = 2


def foreign(name: str, ours: Subject) -> Subject:
    """Return the flows of a module over our rows of every state, texts and released tables.

    Our texts stand underneath, so that shared sentences need not be written again; those of a flow of
    ours vanish where the module brings texts of that name. `TEXTS` may be TOML, a path, a package, a
    mapping, or several of these, else `texts.toml` beside the module counts; `RELEASED` a path or a
    mapping, else `released.json` beside it.

    Raises:
        CannotUse: there is no such module, or what it holds is nothing that could be checked.
    """
    module = _imported(name)
    flows = _flows(module, name)
    own = tuple(_documents(module, name))
    brought = {key.partition(".")[0] for document in own for key in document.tables}
    replaced = brought & {flow.name for flow in ours.flows}
    underneath = tuple(_without(document, replaced) for document in ours.documents)
    return Subject(
        flows=flows,
        everywhere=ours.everywhere,
        documents=(*underneath, *own),
        released=_together(ours.released.only([flow.name for flow in flows]), _released(module, name)),
    )


def _imported(name: str) -> ModuleType:
    if name.endswith(".py"):
        sys.path.insert(0, str(Path(name).resolve().parent))
        name = Path(name).stem
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        # Whatever a module does when it is imported is its author's to mend, and must not end in a traceback.
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            raise CannotUse(f"there is no module {name} here or among what is installed") from error
        raise CannotUse(f"{name} cannot be imported: {_told(error)}") from error


def _told(error: BaseException) -> str:
    trace = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in trace if "importlib" not in frame.filename and frame.filename != __file__]
    at = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    lines = str(error).splitlines()
    return f"{type(error).__name__}{': ' + lines[0] if lines else ''}{at}"


def _flows(module: ModuleType, name: str) -> tuple[Flow, ...]:
    if not hasattr(module, "FLOWS"):
        raise CannotUse(f"{name} has no FLOWS: add FLOWS = (FLOW,), a tuple of engine.flow.Flow")
    found = module.FLOWS
    flows = (found,) if isinstance(found, Flow) else tuple(found) if isinstance(found, Iterable) else (found,)
    for flow in flows:
        if not isinstance(flow, Flow):
            raise CannotUse(f"FLOWS of {name} holds {flow!r}, which is no engine.flow.Flow")
        for wrong in _wrong_parts(flow):
            raise CannotUse(f"{name}: {wrong}")
    if not flows:
        raise CannotUse(f"FLOWS of {name} is empty")
    return flows


def _wrong_parts(flow: Flow) -> Iterator[str]:
    """Say which part of a flow is not even of the right kind."""
    for part in ("intents", "states", "table", "hears"):
        if not isinstance(getattr(flow, part), Sequence):
            yield f"{part} of the flow {flow.name} is {getattr(flow, part)!r}, and must be a tuple"
            return
    for intent in flow.intents:
        if not (isinstance(intent, type) and issubclass(intent, Event)):
            yield f"the intent {intent!r} of the flow {flow.name} is no class below engine.events.Event"
    for row in flow.table:
        if not isinstance(row, Row):
            yield f"the table of the flow {flow.name} holds {row!r}, which is no row: write On(…)"
    if not isinstance(flow.was, Mapping):
        yield f"was of the flow {flow.name} is {flow.was!r}, and must map old names of states to new ones"


def _documents(module: ModuleType, name: str) -> Iterator[Document]:
    given = getattr(module, "TEXTS", None)
    if given is None:
        beside = _beside(module, "texts.toml")
        given = beside if beside is not None and beside.is_file() else ()
    for one in given if isinstance(given, Sequence) and not isinstance(given, str) else (given,):
        yield _document(module, name, one)


def _document(module: ModuleType, name: str, given: Any) -> Document:
    if isinstance(given, Mapping):
        return Document(f"TEXTS of {name}", _by_key(given))
    try:
        title, text = _text(module, name, given)
        return Document(title, tomllib.loads(text))
    except (OSError, ValueError, TypeError, ModuleNotFoundError) as error:
        raise CannotUse(f"the texts of {name} cannot be read: {error}") from error


def _by_key(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return words by language by key, also where they came by key by language."""
    if any("." in key for key in given) or not all(isinstance(words, Mapping) for words in given.values()):
        return given
    turned: dict[str, dict[str, Any]] = {}
    for language, words in given.items():
        for key, said in words.items():
            turned.setdefault(key, {})[language] = said
    return turned


def _text(module: ModuleType, name: str, given: Any) -> tuple[str, str]:
    """Return what to call one catalogue, and its TOML."""
    if isinstance(given, str) and ("\n" in given or "=" in given):
        return f"TEXTS of {name}", given
    if not isinstance(given, str | Path):
        raise TypeError(f"TEXTS holds {given!r}, which is no TOML, path, package or mapping")
    beside = _beside(module, str(given)) or Path(given)
    if beside.is_file() or isinstance(given, Path):
        return str(given), beside.read_text(encoding="utf-8")
    return given, files(given).joinpath("texts.toml").read_text(encoding="utf-8")


def _beside(module: ModuleType, name: str) -> Path | None:
    return Path(module.__file__).parent / name if module.__file__ else None


def _without(document: Document, namespaces: set[str]) -> Document:
    kept = {key: table for key, table in document.tables.items() if key.partition(".")[0] not in namespaces}
    return Document(document.name, kept, own=False)


def _released(module: ModuleType, name: str) -> Released:
    given = getattr(module, "RELEASED", None)
    beside = _beside(module, "released.json")
    if given is None and (beside is None or not beside.is_file()):
        return Released()
    try:
        if isinstance(given, Mapping):
            return Released.model_validate(given)
        path = _beside(module, str(given)) if given is not None else beside
        return Released.model_validate_json((path or Path(str(given))).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise CannotUse(
            f"the released tables of {name} cannot be read: {str(error).splitlines()[0]}"
        ) from error


def _together(ours: Released, theirs: Released) -> Released:
    flows = dict(ours.flows)
    for name, tables in theirs.flows.items():
        fresh = [table for table in tables if table not in flows.get(name, ())]
        flows[name] = tuple(sorted([*flows.get(name, ()), *fresh], key=lambda table: table.version))
    return Released(flows=flows)
