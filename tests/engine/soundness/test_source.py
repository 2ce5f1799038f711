"""Source: the definition that running code was compiled from."""

import ast
import functools
from typing import Any

from engine.soundness.source import Sources
from tests.engine.soundness.toys import text_of

SOURCES = Sources(text_of)

first, second = (lambda: "one"), (lambda: "two")


def decorated_twice(function: Any) -> Any:
    return functools.wraps(function)(function)


@decorated_twice
@decorated_twice
def function() -> str:
    return "function"


TEXTS = {"a.in_a_catalogue": {"ru": "Да"}}
WORDS: tuple[str, ...] = ("a.in_the_code",)


def written(node: ast.FunctionDef | ast.Lambda | None) -> str:
    assert node is not None
    return ast.unparse(node)


def test_two_lambdas_on_one_line_are_told_apart() -> None:
    assert written(SOURCES.node(first.__code__)) == "lambda: 'one'"
    assert written(SOURCES.node(second.__code__)) == "lambda: 'two'"


def test_a_decorated_function_is_found() -> None:
    assert written(SOURCES.node(function.__code__)).endswith("return 'function'")


def test_what_has_no_source_is_not_found() -> None:
    namespace: dict[str, Any] = {}
    exec("def unwritten(): ...", namespace)

    assert SOURCES.node(namespace["unwritten"].__code__) is None
    assert Sources(lambda filename: "def x(:").node(function.__code__) is None


def test_the_strings_of_a_module_but_not_of_a_catalogue_in_it() -> None:
    sources = Sources(text_of)
    assert sources.node(function.__code__) is not None

    assert "a.in_the_code" in sources.strings()
    assert "a.in_" + "a_catalogue" not in sources.strings()
