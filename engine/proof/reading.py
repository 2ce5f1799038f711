"""What a person who reads a phone understands: which change is asked about, of what, and when it would be."""

import re
from datetime import datetime

from babel.dates import format_date

from engine.booking import Change, Slot
from engine.events import Tap
from engine.ports import Bubble, Button
from engine.proof.world import Entry, Shown, World

# What each change is called when it is asked about or told of; the word that comes first names it.
_CALLED: dict[Change, re.Pattern[str]] = {
    "cancelled": re.compile(r"отмен|аннулир|удалить|снять", re.IGNORECASE),
    "moved": re.compile(r"перен[её]с|перенос|на какое время|какой день", re.IGNORECASE),
    "restored": re.compile(r"верн|восстан|возвра", re.IGNORECASE),
}


def change_named(text: str) -> Change | None:
    """Return the change that a message asks about: its last paragraph that is about any."""
    for paragraph in reversed(text.split("\n\n")):
        if change := _first_change(paragraph):
            return change
    return None


def _first_change(text: str) -> Change | None:
    found = {change: match.start() for change, words in _CALLED.items() if (match := words.search(text))}
    return min(found, key=lambda change: found[change], default=None)


def named_in(text: str, world: World) -> list[Entry]:
    """Return the records that these words show, by their services."""
    return [entry for entry in world.journal if entry.service in text]


def everything(bubble: Bubble) -> str:
    return "\n".join((bubble.text, *(read(option) for option in bubble.options)))


def read(option: Button) -> str:
    return f"{option.title} {option.more}".rstrip()


def yes_among(shown: Shown) -> list[Tap]:
    """Return the options that say yes, whatever kind they are of."""
    said = (Tap.decode(option.id) for option in shown.bubble.options if option.title.startswith("Да"))
    return [tap for tap in said if tap is not None]


def asked_about(world: World, shown: Shown) -> set[int]:
    """Return the records that a yes to what stands there would change."""
    taps = yes_among(shown)
    if any(tap.record_id is None for tap in taps):
        return {entry.record.record_id for entry in named_in(shown.bubble.text, world)}
    return {tap.record_id for tap in taps if tap.record_id is not None}


def says_when(text: str, starts_at: datetime) -> bool:
    """Whether the words name this day and this time."""
    return f"{starts_at:%H:%M}" in text and format_date(starts_at, "d MMMM", locale="ru") in text


def says_where(text: str, to: Slot, master: str) -> bool:
    """Whether the words name the window; its master only where it is another one than the record's."""
    return says_when(text, to.starts_at) and (to.master == master or to.master in text)
