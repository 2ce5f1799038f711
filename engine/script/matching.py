"""Whether a line of a transcript fits what came."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from engine.script.lines import InJournal, Leaves, Notice, Shows
from engine.script.scene import Left, Message, Noticed, Standing

L = TypeVar("L")
C = TypeVar("C")
_ANY = re.compile(r"…|\.\.\.")


def shows(line: Shows, message: Message) -> bool:
    """Whether the message reads so; runs of white space count as one blank."""
    words_fit = line.key in message.keys if line.key else _reads(line.text, message.text)
    return words_fit and _options(line, message.options)


def _reads(pattern: str, text: str) -> bool:
    """Whether the text is the pattern from beginning to end, where … stands for any text, also none."""
    first, *others = (" ".join(part.split()) for part in _ANY.split(pattern))
    text = " ".join(text.split())
    if not others:
        return text == first
    if not text.startswith(first):
        return False
    place, last = len(first), others.pop()
    for part in others:
        # The first place where it stands leaves the most room for what follows.
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return text.endswith(last) and place <= len(text) - len(last)


def _options(line: Shows, labels: tuple[str, ...]) -> bool:
    named = line.options
    if not named and not line.more_options:
        return True
    if len(labels) < len(named) or (len(labels) > len(named) and not line.more_options):
        return False
    return all(begins(label, with_=wanted) for label, wanted in zip(labels, named, strict=False))


def begins(label: str, *, with_: str) -> bool:
    """Whether an option's label begins so; neither case nor the width of blanks matters."""
    return _plain(label).startswith(_plain(with_))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def leaves(line: Leaves, left: Left) -> bool:
    return (line.command, line.record) == (left.command, left.record)


def notices(line: Notice, noticed: Noticed) -> bool:
    return (line.to, line.event) == (noticed.to, noticed.event)


def stands(line: InJournal, standing: Standing, today: date) -> bool:
    if line.attendance is not None:
        return not standing.deleted and standing.attendance == line.attendance
    if line.when is not None:
        return not standing.deleted and standing.starts_at == line.when.near(today)
    return standing.deleted


def pairs(lines: Sequence[L], came: Sequence[C], fits: Callable[[L, C], bool]) -> tuple[tuple[int, int], ...]:
    """Pair up as many lines as possible with what came, each kind in its own order.

    Returns places in both. Pairing the most, rather than the first that fits, keeps one missing message
    from making every later line look wrong.
    """
    # `best[i][j]`: how many of lines[i:] can be paired with came[j:].
    best = [[0] * (len(came) + 1) for _ in range(len(lines) + 1)]
    for i in reversed(range(len(lines))):
        for j in reversed(range(len(came))):
            paired = 1 + best[i + 1][j + 1] if fits(lines[i], came[j]) else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(lines) and j < len(came):
        if fits(lines[i], came[j]) and best[i][j] == 1 + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return tuple(found)
