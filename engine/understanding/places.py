"""Where what spoke stands: the line of a pattern in rules.toml, or the function that came to a verdict."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from engine.understanding.parts import Part, is_inside
from engine.understanding.patterns import Pattern
from engine.understanding.phrase import Clause
from engine.understanding.vocabulary import Vocabulary, data

FOLDER = "engine/understanding"

# Verdicts that no pattern stands for, by how they begin: the module, and the function in it.
IN_CODE = {
    "every word says yes": ("consent", "is_yes"),
    "no cancel, but": ("rules", "_Reading.verdict"),
    "no clear answer": ("answering", "Answering._confirming"),
    "keeps in confirm": ("answering", "Answering._confirming"),
    "a wish, not an answer": ("answering", "Answering._confirming"),
    "a no among other words": ("answering", "Answering._confirming"),
    "nothing but the word": ("answering", "Answering._from_nowhere"),
    "not to be waited for with supper": ("answering", "Answering._from_nowhere"),
    "no word of a cancel": ("answering", "Answering._from_nowhere"),
    "a wish about another record": ("answering", "Answering._confirming"),
    "all of them stay": ("answering", "Answering._choosing"),
    "only what stays": ("answering", "Answering._choosing"),
    "keeps in choose": ("answering", "Answering._choosing"),
    "the rest": ("answering", "Answering._choosing"),
    "one beside those that stay": ("answering", "Answering._choosing"),
    "denies one of the list": ("answering", "Answering._picking"),
    "denies or asks": ("answering", "Answering._picking"),
    "several": ("answers", "several"),
    "one of the list": ("answering", "Answering._picking"),
    "a word of the list": ("answering", "Answering._narrows"),
    "keeps in reschedule": ("answering", "Answering._rescheduling"),
    "names a time": ("answering", "Answering._rescheduling"),
    "wants it back": ("answering", "Answering._acknowledging"),
    "why, beside a change of mind": ("understand", "Understanding._tells_why"),
    "wants it back after all": ("answering", "_telling_why"),
    "acknowledged": ("answering", "Answering._acknowledging"),
    "asks for nothing": ("answering", "Answering._from_nowhere"),
    "nothing but signs": ("answering", "_telling_why"),
    "a bare no": ("answering", "_telling_why"),
    "told after a cancel": ("answering", "_telling_why"),
    "courtesies only": ("rules", "_courtesy"),
    "condition": ("rules", "_Reading._depends"),
    "question word": ("rules", "_Reading._asked"),
    "unsure": ("rules", "_unsure"),
    "limited": ("rules", "_limit"),
    "echo": ("rules", "_Reading._wish"),
    "late, and coming": ("rules", "_with_the_others"),
    "a question about something else": ("rules", "_Reading._readings"),
    "a parted «не»": ("rules", "_parted_not"),
    "the words alone hardly": ("deciding", "_cancelled"),
    "sounds like": ("deciding", "_harmless"),
    "the opinion: ": ("deciding", "_harmless"),
    "evidence that the opinion agrees with": ("deciding", "_agreed"),
    "something in it consents": ("deciding", "_agreed"),
    "it sounds like a yes": ("deciding", "_agreed"),
    "hardly a no": ("deciding", "decide"),
    "the text is too long": ("deciding", "decide"),
    "no": ("answers", "is_no"),
    "yes": ("answering", "Answering._rescheduling"),
}
_WHOLE = ("no", "yes", "several", "condition", "unsure", "limited")
_ACT = re.compile(r"(\w+) = \[")
_QUOTED = re.compile(r'"([^"]*)"')


def place_of(why: str, said: Sequence[Part], clauses: Sequence[Clause], words: Vocabulary) -> str:
    """Return the place of «cancel: отмените», or of a verdict from code; "" if it has none.

    A verdict that names acts has the places of their patterns.
    """
    head, _, acts = why.partition(": ")
    if head.startswith("no cancel, but") and acts:
        found = dict.fromkeys(place_of(one, said, clauses, words) for one in acts.split("; "))
        return ", ".join(place for place in found if place)
    found = dict.fromkeys(_patterns(why, said, clauses, words))
    return ", ".join(found) if found else _in_code(why)


def _patterns(why: str, said: Sequence[Part], clauses: Sequence[Clause], words: Vocabulary) -> Iterator[str]:
    """Yield the patterns of the act whose last match the words of `why` are."""
    act = why.partition(":")[0]
    for part in said:
        if act not in words.patterns.of or why not in (act, *part.why(act)):
            continue
        for pattern in words.patterns.of[act]:
            if _matches(pattern, act, part, clauses[part.sentence]):
                yield f'{FOLDER}/rules.toml:{_lines()[act, pattern.text]} [acts] {act} "{pattern.text}"'


def _matches(pattern: Pattern, act: str, part: Part, clause: Clause) -> bool:
    span = part.span(act)
    return any(
        is_inside(act, start, end, part.start, part.end)
        and range(max(start - part.start, 0), end - part.start) == span
        for start, end in pattern.find(clause.keys, clause.starts)
    )


def _in_code(why: str) -> str:
    for begins, (module, function) in IN_CODE.items():
        if why == begins or (why.startswith(begins) and begins not in _WHOLE):
            return f"{function} in {FOLDER}/{module}.py"
    return ""


@cache
def _lines() -> dict[tuple[str, str], int]:
    """Return the line of each pattern by its act and what it is written as; the first line is 1."""
    found: dict[tuple[str, str], int] = {}
    act = ""
    for number, line in enumerate(data("rules.toml").splitlines(), 1):
        if line.startswith("#"):
            continue
        if begins := _ACT.match(line):
            act = begins[1]
        for text in _QUOTED.findall(line):
            found.setdefault((act, text), number)
    return found
