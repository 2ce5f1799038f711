"""Our own source as syntax trees, for tests that read code instead of running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    # Relative to the repository, with slashes.
    path: str
    tree: ast.Module

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Return every module below these folders, and `main.py` if it is named."""
    files = [
        file
        for folder in folders
        for file in ([ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py")))
    ]
    return tuple(
        Source(file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8")))
        for file in files
    )


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a name or an attribute of one, else an empty string."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value)
            return f"{before}.{attr}" if before else ""
    return ""
