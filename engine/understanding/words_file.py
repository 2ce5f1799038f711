"""The file with a salon's own words, read; what is no TOML is told with its line and what would mend it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

SECTIONS = ("services", "masters", "typos", "groups", "phrases")
Tables = Mapping[str, Mapping[str, Any]]

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_COMMENT = re.compile(r"""^((?:[^"'#]|"[^"]*"|'[^']*')*)#.*""")
_HEADER = re.compile(r"\[\s*([^\[\]]+?)\s*\]")
_FANCY = re.compile("[«»“”„‘’]")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


class InvalidWords(ValueError):
    """The salon's words cannot be used. `problems` holds a sentence for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def tables_in(text: str) -> Tables:
    """Return the sections of a TOML text.

    Raises:
        InvalidWords: it is no TOML, or has other sections.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidWords((_mended(text, str(error)),)) from error
    except (ValueError, RecursionError) as error:
        raise InvalidWords(("a number or a nesting in it is beyond all bounds",)) from error
    problems = []
    for section, entries in tables.items():
        if section not in SECTIONS:
            problems.append(
                f"[{section}] is no section of it: it has {', '.join(f'[{name}]' for name in SECTIONS)}"
            )
        elif not isinstance(entries, dict):
            problems.append(f"{section} must be a section of its own, [{section}], with entries below it")
    if problems:
        raise InvalidWords(tuple(problems))
    return tables


def _mended(text: str, error: str) -> str:
    """Return a sentence for what is no TOML."""
    lines = [_COMMENT.sub(r"\1", line).strip() for line in text.split("\n")]
    if twice := _twice(lines):
        return twice
    place = _AT_LINE.search(error)
    last = max((number for number, line in enumerate(lines, 1) if line), default=1)
    number = int(place[1]) if place and place[1] else last
    unknown = f"it is not TOML ({_AT_LINE.sub('', error)})"
    return f"line {number}: {_wrong(lines[number - 1]) or unknown}"


def _twice(lines: list[str]) -> str:
    """Return what is wrong if a section begins twice, or a word stands twice in one; else ""."""
    seen: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(lines, 1):
        if header := _HEADER.fullmatch(line):
            section = header[1]
            key, what = "", f"[{section}] begins a second time"
        elif "=" in line:
            key = line.partition("=")[0].strip().strip("\"'")
            what = f'"{key}" stands a second time in [{section}]'
        else:
            continue
        if (section, key) in seen:
            return f"line {number}: {what}, after line {seen[section, key]}; keep one of them"
        seen[section, key] = number
    return ""


def _wrong(line: str) -> str:
    """Return what is wrong with a line by itself, or ""."""
    bare = _QUOTED.sub("", line)
    if '"' in bare or "'" in bare:
        return "a quote is opened there and not closed"
    if _FANCY.search(bare):
        return 'quotes must be straight ones: "шугар" = "шугаринг"'
    if line.startswith("[") and not line.endswith("]"):
        return "the bracket of the section is not closed: [services]"
    if ":" in bare and "=" not in bare:
        return 'between the two sides stands "=", and not ":"'
    if _RUSSIAN.search(bare):
        return 'Russian words stand in quotes, on both sides: "шугар" = "шугаринг"'
    if "[" in bare:
        return 'a list has brackets around it and commas between its words: ["кума", "сваха"]'
    if "=" not in bare:
        return 'an entry has two sides: "шугар" = "шугаринг"'
    return ""
