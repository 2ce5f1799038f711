"""Modules that others wrote: imported by name or by file, and told in a sentence where they cannot be."""

import importlib
import os
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType

import click


class CannotUse(click.ClickException):
    """The module cannot be used at all; the message says why."""

    exit_code = 2


def imported(name: str) -> ModuleType:
    """Import `my_salon.flows`, or the file `my_salon/flows.py`; the current folder is looked in first.

    Raises:
        CannotUse: there is no such module, or it cannot be imported.
    """
    file = _file(name)
    folder, module = (Path.cwd(), name.strip()) if file is None else _dotted(file)
    if not module:
        raise CannotUse("no module is named: write my_salon.flows, or the file my_salon/flows.py")
    sys.path[:0] = [str(folder), str(Path.cwd())]
    try:
        found = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        # Whatever a module does when it is imported is its author's to mend, and must not end in a traceback.
        missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else ""
        if missing and f"{module}.".startswith(f"{missing}."):
            raise CannotUse(f"there is no module {name} here or among what is installed") from error
        raise CannotUse(f"{name} cannot be imported: {_told(error)}") from error
    if file is not None and (found.__file__ is None or not Path(found.__file__).samefile(file)):
        raise CannotUse(f"{name} cannot be imported: another module is called {module}; rename the file")
    return found


def _file(name: str) -> Path | None:
    """Return the file that is meant, where it is not a module's name."""
    if not (name.endswith(".py") or os.sep in name or name.startswith(".")):
        return None
    path = Path(name)
    for file in (path, path.with_name(f"{path.name}.py"), path / "__init__.py"):
        if file.is_file():
            return file.resolve()
    raise CannotUse(
        f"there is no file {name}: name a module (my_salon.flows) or its file (my_salon/flows.py)"
    )


def _dotted(file: Path) -> tuple[Path, str]:
    """Return the folder that a file is imported from, and its name there: packages are kept whole."""
    parts = [] if file.name == "__init__.py" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _told(error: BaseException) -> str:
    """Say what went wrong, and in which line."""
    trace = traceback.extract_tb(error.__traceback__)
    places = [
        (frame.filename, frame.lineno)
        for frame in trace
        if "importlib" not in frame.filename and frame.filename != __file__
    ]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    at = f" ({short(places[-1][0])}:{places[-1][1]})" if places else ""
    said = error.msg if isinstance(error, SyntaxError) else next(iter(str(error).splitlines()), "")
    # Where the other module stands is no help, and may be nobody's business.
    said = re.sub(r" \(\S*\.(py|so)\)$| \(unknown location\)$", "", said)
    return f"{type(error).__name__}{f': {said}' if said else ''}{at}"


def short(filename: str) -> str:
    """Return a file as it is called from here, or by its name alone."""
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else path.name
