"""Flows that others wrote: a module with `FLOWS`, its texts and its released tables, ready to be checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from adapters.cli.modules import CannotUse as CannotUse
from adapters.cli.modules import imported, short
from adapters.cli.parts import wrong_parts
from engine.flow import Flow
from engine.soundness import Document, Released, Subject
from engine.texts import InvalidTexts, read

# What live dialogues may stand in, at its shortest.
FORM = 'write it as {"flows": {"shop": [{"version": 1, "states": {"shop.asking": {"kind": "waiting"}}}]}}'


def foreign(name: str, ours: Subject) -> Subject:
    """Return the flows of a module over our rows of every state, texts and released tables.

    Our texts stand underneath, so that shared sentences need not be written again; those of a flow of
    ours vanish where the module brings texts of that name. `TEXTS` may be TOML, a path, a package, a
    mapping, or several of these, else `texts.toml` beside the module counts; `RELEASED` a path or a
    mapping, else `released.json` beside it.

    Raises:
        CannotUse: there is no such module, or what it holds is nothing that could be checked.
    """
    module = imported(name)
    flows = _flows(module, name)
    own = tuple(_documents(module, name))
    keys = {key for document in own for key in document.tables}
    replaced = {key.partition(".")[0] for key in keys} & {flow.name for flow in ours.flows}
    underneath = tuple(_without(document, replaced, keys) for document in ours.documents)
    return Subject(
        flows=flows,
        everywhere=ours.everywhere,
        documents=(*underneath, *own),
        released=_together(ours.released.only([flow.name for flow in flows]), _released(module, name)),
    )


def _flows(module: ModuleType, name: str) -> tuple[Flow, ...]:
    if not hasattr(module, "FLOWS"):
        raise CannotUse(f"{name} has no FLOWS: add FLOWS = (FLOW,), a tuple of engine.flow.Flow")
    found = module.FLOWS
    if not isinstance(found, Flow | Iterable) or isinstance(found, str | Mapping):
        raise CannotUse(f"FLOWS of {name} is {found!r}: write a tuple of flows, FLOWS = (FLOW,)")
    flows = (found,) if isinstance(found, Flow) else tuple(found)
    for flow in flows:
        if not isinstance(flow, Flow):
            raise CannotUse(f"FLOWS of {name} holds {flow!r}, which is no engine.flow.Flow")
    if wrong := [f"{name}: {part}" for flow in flows for part in wrong_parts(flow)]:
        raise CannotUse("\n".join(wrong))
    if not flows:
        raise CannotUse(f"FLOWS of {name} is empty: add a flow, FLOWS = (FLOW,)")
    return flows


def _documents(module: ModuleType, name: str) -> Iterator[Document]:
    given = getattr(module, "TEXTS", None)
    if given is None:
        beside = _beside(module, "texts.toml")
        given = beside if beside is not None and beside.is_file() else ()
    for one in given if isinstance(given, Sequence) and not isinstance(given, str) else (given,):
        yield _document(module, name, one)


def _document(module: ModuleType, name: str, given: Any) -> Document:
    if isinstance(given, Mapping):
        if strange := [key for key in given if not isinstance(key, str)]:
            raise CannotUse(f"TEXTS of {name} has the key {strange[0]!r}: a key is a string")
        return Document(f"TEXTS of {name}", _by_key(given))
    try:
        title, text = _text(module, name, given)
        return Document(title, read(text, title))
    except (InvalidTexts, ValueError, OSError) as error:
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
        raise CannotUse(f"TEXTS of {name} holds {given!r}, which is no TOML, path, package or mapping")
    beside = _beside(module, str(given)) or Path(given)
    if beside.is_file():
        return short(str(beside)), beside.read_text(encoding="utf-8")
    try:
        if isinstance(given, str):
            return f"{given}/texts.toml", files(given).joinpath("texts.toml").read_text(encoding="utf-8")
    except (OSError, ImportError, TypeError, ValueError):
        pass  # no package, or one without texts
    raise CannotUse(
        f"TEXTS of {name} names {given}, and there is no such file in {beside.parent}, "
        "nor a package of that name with a texts.toml: mend the name, or give the texts themselves"
    )


def _beside(module: ModuleType, name: str) -> Path | None:
    return Path(module.__file__).parent / name if module.__file__ else None


def _without(document: Document, namespaces: set[str], keys: set[str]) -> Document:
    kept = {
        key: table
        for key, table in document.tables.items()
        if key not in keys and key.partition(".")[0] not in namespaces
    }
    return Document(document.name, kept, own=False)


def _released(module: ModuleType, name: str) -> Released:
    given = getattr(module, "RELEASED", None)
    beside = _beside(module, "released.json")
    if given is None and (beside is None or not beside.is_file()):
        return Released()
    try:
        if isinstance(given, Mapping):
            return Released.model_validate(given)
        if not isinstance(given, str | Path | None):
            raise CannotUse(f"RELEASED of {name} is {given!r}: {FORM}")
        path = _beside(module, str(given)) if given is not None else beside
        return Released.model_validate_json((path or Path(str(given))).read_text(encoding="utf-8"))
    except ValidationError as error:
        where = "; ".join(f"{_place(found['loc'])}{found['msg']}" for found in error.errors()[:3])
        raise CannotUse(f"the released tables of {name} have another form ({where}): {FORM}") from error
    except (OSError, ValueError) as error:
        raise CannotUse(f"the released tables of {name} cannot be read ({error}): {FORM}") from error


def _place(path: Sequence[int | str]) -> str:
    return f"{'.'.join(map(str, path))}: " if path else ""


def _together(ours: Released, theirs: Released) -> Released:
    flows = dict(ours.flows)
    for name, tables in theirs.flows.items():
        fresh = [table for table in tables if table not in flows.get(name, ())]
        flows[name] = tuple(sorted([*flows.get(name, ()), *fresh], key=lambda table: table.version))
    return Released(flows=flows)
