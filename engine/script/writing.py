"""What happened, as lines of a transcript; and a script with its expectations rewritten to what came."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from engine.script.dates import MONTHS
from engine.script.lines import InJournal, Line, Shows
from engine.script.outcome import Outcome
from engine.script.scene import Edited, Left, Message, Noticed, Standing
from engine.script.speech import COMMENT

SILENCE = "<"


def message(came: Message, instead_of: Line | None = None) -> str:
    """Write a message as a line; by its key, where the line that it replaces names one."""
    if isinstance(instead_of, Shows) and instead_of.key and came.keys:
        # Its options where the line speaks of them: they may be what differs.
        labels = came.options if instead_of.options else ()
        return " ".join((f"< key: {came.keys[0]}", *_options(labels)))
    return " ".join(("<", _said(came.text), *_options(came.options)))


def _said(text: str) -> str:
    """Put a message's words into one line; a bracket at its end would read as an option."""
    said = spoken(text)
    return f"{said[:-1]}…" if said.endswith("]") else said


def _options(labels: Iterable[str]) -> Iterator[str]:
    return (f"[{_label(label)}]" for label in labels)


def _label(option: str) -> str:
    """Write an option up to where a bracket of its own would end it: a beginning is enough."""
    whole = " ".join(option.split())
    plain = re.split(r"[\[\]]", whole, maxsplit=1)[0].strip()
    return spoken(whole if plain == whole or not plain else f"{plain}…")


def spoken(text: str) -> str:
    """Put words into one line, so that no # of theirs reads as a comment."""
    return re.sub(r"(?<!\S)#(?=\s|$)", r"\#", " ".join(text.split()))


def name(text: str) -> str:
    """Write a name, so that nothing in it ends it."""
    return re.sub(r"[\\#:]", r"\\\g<0>", " ".join(text.split()))


def words(text: str) -> str:
    """Put a client's words into one line, so that they read as words whatever they begin with."""
    begins_like_another_line = text.lstrip()[:1] in ("[", "<", "\\")
    return ("\\" if begins_like_another_line else "") + spoken(text)


def left(came: Left, instead_of: Line | None = None) -> str:
    return f"! {came.command} {came.record}"


def noticed(came: Noticed, instead_of: Line | None = None) -> str:
    return f"notice: {came.to} {came.event}"


def edited(record: int, change: Edited) -> Iterator[str]:
    """Write what the salon changes by hand, a line for each change."""
    values = {
        "at": None if change.starts_at is None else moment(change.starts_at),
        "attendance": change.attendance,
        "master": change.master,
        "service": change.service,
    }
    marks = {"deleted": change.deleted, "paid": change.paid, "locked": change.locked}
    yield from (f"salon: {record} {what} {to}" for what, to in values.items() if to is not None)
    yield from (
        f"salon: {record} {mark if on else f'not {mark}'}" for mark, on in marks.items() if on is not None
    )


def state(name: str) -> str:
    return f"state: {name}"


def standing(of: InJournal, came: Standing) -> str:
    """Write how a record stands, by what the line looks at."""
    if came.deleted:
        return f"journal: {of.record} deleted"
    if of.when is not None:
        return f"journal: {of.record} at {moment(came.starts_at)}"
    return f"journal: {of.record} attendance {came.attendance}"


def moment(when: datetime) -> str:
    """Write a moment with its year, so that it reads the same whatever the clock says."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year} {when:%H:%M}"


def rewritten(outcome: Outcome) -> str:
    """Return the script with every expectation as it really came.

    What the client does, comments, blank lines and their order stay; so does a line that fits, as it was
    written. From where the script could not be played on, it stays too.
    """
    missed: set[int] = set()
    below: dict[int, list[str]] = {}
    for block in outcome.blocks:
        for change in block.changes:
            came = list(change.came)
            if change.missed is not None:
                missed.add(change.missed.number)
                came = _with_comment(came, change.missed.written)
            below.setdefault(change.below, []).extend(came)
    lines = list(below.get(0, ()))
    for number, written in enumerate(outcome.transcript.text, 1):
        if number not in missed:
            lines.append(written)
        indent = written[: len(written) - len(written.lstrip())]
        lines += [indent + line for line in below.get(number, ())]
    return "".join(f"{line}\n" for line in lines)


def _with_comment(came: list[str], written: str) -> list[str]:
    """Keep the comment behind a line that did not come true, behind what came instead, or by itself."""
    comment = COMMENT.search(written)
    if comment is None:
        return came
    first, *others = came or [""]
    return [f"{first}  {comment[0].rstrip()}".strip(), *others]
