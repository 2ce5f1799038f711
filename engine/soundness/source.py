"""Source text as syntax trees, and which node a function was compiled from."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Sources:
    """The source behind running code. `text` returns a file's content, or "" where there is none."""

    text: Callable[[str], str]
    _trees: dict[str, ast.Module] = field(default_factory=dict)
    # Of each file, by the name and the first line that their code bears.
    _functions: dict[str, dict[tuple[str, int], list[Function]]] = field(default_factory=dict)

    def node(self, code: CodeType) -> Function | None:
        """Return the definition that this code was compiled from."""
        fitting = self._defined(code.co_filename).get((code.co_name, code.co_firstlineno), [])
        if len(fitting) > 1:
            # Lambdas on one line are told apart by where their code stands in it.
            columns = {column for _, _, column, _ in code.co_positions() if column is not None}
            fitting = [node for node in fitting if _spans(node, columns)] or fitting
        return fitting[0] if fitting else None

    def _defined(self, filename: str) -> dict[tuple[str, int], list[Function]]:
        if filename not in self._functions:
            try:
                tree = ast.parse(self.text(filename))
            except (SyntaxError, ValueError):
                tree = ast.parse("")
            self._trees[filename] = tree
            found = self._functions[filename] = {}
            for node in ast.walk(tree):
                if isinstance(node, Function):
                    found.setdefault(_borne(node), []).append(node)
        return self._functions[filename]

    def strings(self) -> frozenset[str]:
        """Return every string of every module that was looked into."""
        return frozenset(text for tree in self._trees.values() for text in _written(tree))


def _written(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but those of a catalogue that stands in it."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _names_texts(statement):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _names_texts(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id == "TEXTS" for target in targets)


def _borne(node: Function) -> tuple[str, int]:
    """Return the name and the first line of the code that is compiled from it."""
    if isinstance(node, ast.Lambda):
        return "<lambda>", node.lineno
    return node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _spans(node: Function, columns: set[int]) -> bool:
    body = node.body if isinstance(node, ast.Lambda) else node.body[0]
    return body.col_offset in columns
