"""Reads some modules of ours in another wording; all else is what it is, with its bytecode.

`OTMENA_GRAFTS` names a folder. What lies there under a module's path, such as `engine/codec.py`, is read
instead of the module. So nothing is copied to be broken.
"""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[3]


class Graft(SourceFileLoader):
    """Stands where the module stands, and says what was written instead of it."""

    def __init__(self, name: str, path: str, instead: Path) -> None:
        super().__init__(name, path)
        self._instead = instead

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._instead.read_bytes(), self.path, "exec", dont_inherit=True)


class Grafts(MetaPathFinder):
    def __init__(self, folder: Path) -> None:
        self._by_name = {}
        for file in folder.rglob("*.py"):
            inside = file.relative_to(folder)
            names = inside.parent.parts if file.stem == "__init__" else inside.with_suffix("").parts
            self._by_name[".".join(names)] = (str(ROOT / inside), file)

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname not in self._by_name:
            return None
        stands, instead = self._by_name[fullname]
        return spec_from_file_location(fullname, stands, loader=Graft(fullname, stands, instead))


def graft() -> None:
    if folder := os.environ.get("OTMENA_GRAFTS"):
        sys.meta_path.insert(0, Grafts(Path(folder)))
