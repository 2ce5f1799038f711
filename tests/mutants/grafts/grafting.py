"""Reads some modules of ours in another wording; all else is what it is, with its bytecode.

`OTMENA_GRAFTS` names a folder. What lies there under a module's path, such as `engine/codec.py`, is read
instead of the module. So nothing is copied to be broken.
"""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.readers import MultiplexedPath
from importlib.resources.abc import TraversableResources
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[3]


class Graft(SourceFileLoader):
    """Stands where the module stands, and says what was written instead of it."""

    def __init__(self, name: str, stands: Path, instead: Path) -> None:
        super().__init__(name, str(stands))
        self._instead = instead

    def get_code(self, fullname: str) -> CodeType | None:
        if not self._instead.exists():
            return super().get_code(fullname)
        return compile(self._instead.read_bytes(), self.path, "exec", dont_inherit=True)

    def get_resource_reader(self, name: str | None = None) -> "Resources":  # type: ignore[override]  # wider
        return Resources(MultiplexedPath(self._instead.parent, Path(self.path).parent))


class Resources(TraversableResources):
    """Files beside a package: what was written instead of them comes first."""

    def __init__(self, found: MultiplexedPath) -> None:
        self._found = found

    def files(self) -> MultiplexedPath:
        return self._found


class Grafts(MetaPathFinder):
    def __init__(self, folder: Path) -> None:
        # What is no module belongs to its package.
        modules = {
            file if file.suffix == ".py" else file.with_name("__init__.py") for file in folder.rglob("*.*")
        }
        self._by_name = {_name(module.relative_to(folder)): module for module in modules}
        self._folder = folder

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        instead = self._by_name.get(fullname)
        if instead is None:
            return None
        stands = ROOT / instead.relative_to(self._folder)
        return spec_from_file_location(fullname, stands, loader=Graft(fullname, stands, instead))


def _name(file: Path) -> str:
    return ".".join(file.parent.parts if file.stem == "__init__" else file.with_suffix("").parts)


def graft() -> None:
    if folder := os.environ.get("OTMENA_GRAFTS"):
        sys.meta_path.insert(0, Grafts(Path(folder)))
