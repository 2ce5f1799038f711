"""`otmena replay`: what was recorded is decided again by today's tables, and differences are shown."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import apsw
import click

from adapters import logs
from adapters.cli.calm import Unusable, calmly
from adapters.cli.census import Today
from adapters.cli.testing import tell_difference
from adapters.rehearsal import Rehearse
from adapters.settings import PolicySettings, ZoneSettings, read
from adapters.storage.reading import reading
from adapters.storage.recorded import recorded
from adapters.transcripts import SUFFIX, play_file
from engine.dialogue import Dialogue
from engine.events import RecordsFound
from engine.flow import Salon
from engine.ports import StoreFailed
from engine.replay import Difference, Recorded, replay
from engine.texts import Texts

SQLITE_MAGIC = b"SQLite format 3\0"
# Of many chats that the same happens to.
NAMED_MAX = 5
# As the server has it, until the salon has told its own.
FALLBACK_ZONE = ZoneInfo("Europe/Moscow")


def command(today: Today, rehearse: Rehearse) -> click.Command:
    @click.command(name="replay")
    @click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--show-words", is_flag=True, help="Show what clients wrote, too. It is personal.")
    @calmly
    def replay_command(files: tuple[Path, ...], show_words: bool) -> None:
        """Decide recorded dialogues again by this version's tables, and show what would differ.

        A FILE is a database of Otmena, or a copy of one: every turn in it is decided anew, and what would
        be said, what would be called and where the dialogue would stand is held against what is recorded.
        The salon's policies are those of today's settings (OTMENA_SELECTION, OTMENA_CONFIRM, …). The
        file is only read, beside a running server too. Or it is a transcript (.chat), which is played as
        by `otmena test`. Exits 1 where anything differs, and 2 where a FILE cannot be read.

        \b
        Example:
          otmena replay otmena.db
        """
        logs.set_up("console", level=logging.CRITICAL)
        for file in files:
            if not _is_database(file) and file.suffix != SUFFIX:
                raise Unusable(f"{file} is neither a database of Otmena nor a transcript ({SUFFIX})")
        again = _Again(*today(), read(PolicySettings), read(ZoneSettings).timezone, show_words)
        same = [_played(file, rehearse) if file.suffix == SUFFIX else again.file(file) for file in files]
        sys.exit(0 if all(same) else 1)

    return replay_command


@contextmanager
def _usable(file: Path) -> Iterator[apsw.Connection]:
    """Read a database; one that cannot be read is wrong use, for 1 says that something differs."""
    try:
        with reading(file) as connection:
            yield connection
    except StoreFailed as error:
        raise Unusable(f"The database cannot be used: {error}") from error


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {str(error.strerror).lower()}") from error


def _played(file: Path, rehearse: Rehearse) -> bool:
    """Play a transcript; return whether it went as it was written."""
    played = play_file(file, rehearse)
    _print(f"{file}: goes as it is written" if played.holds else f"{played.at}: differs")
    tell_difference(played)
    return played.holds


@dataclass(frozen=True, slots=True)
class _Again:
    """Today's tables and settings, and how much of it is shown."""

    dialogue: Dialogue
    texts: Texts
    policies: PolicySettings
    timezone: str | None
    show_words: bool

    def file(self, file: Path) -> bool:
        """Replay every chat of a database; return whether nothing differs."""
        chats = turns = differ = 0
        # What ends many chats in the same way is shown once, and then added up.
        like_it, left_out = _Sums("more like it"), _Sums("left out")
        with _usable(file) as connection:
            for record in recorded(connection):
                salon = self._salon(record)
                done = replay(self.dialogue, self.texts, salon, record)
                for difference in done.differences:
                    about = f"{difference.state} takes {_events(difference)}; {difference.stuck}"
                    if not difference.stuck or like_it.begins(about):
                        _print(
                            *_title(difference, salon.zone), *self._words(difference), *difference.lines, ""
                        )
                    else:
                        like_it.add(about, record.chat_id)
                if done.left_out:
                    left_out.add(done.why, record.chat_id, done.left_out)
                chats, turns, differ = chats + 1, turns + done.turns, differ + len(done.differences)
        _print(*like_it.lines(), *left_out.lines())
        differing = "none differs" if not differ else f"{differ} differ{'s' if differ == 1 else ''}"
        _print(f"{file}: {chats} chat{'s' * (chats != 1)}, {_turns(turns)} decided again, {differing}")
        return not differ

    def _salon(self, record: Recorded) -> Salon:
        policies = self.policies
        return Salon(
            zone=ZoneInfo(self.timezone) if self.timezone else _zone_of(record),
            selection=policies.selection,
            confirm=policies.confirm,
            old_after=timedelta(minutes=policies.old_message_minutes),
            language=policies.language,
        )

    def _words(self, difference: Difference) -> Iterator[str]:
        for taken in difference.taken:
            if self.show_words and taken.heard is not None:
                yield f"  > {' '.join(taken.heard.text.split()) or f'<{taken.heard.kind}>'}"


@dataclass(frozen=True, slots=True)
class _Sums:
    """Turns added up by what is to be said of them."""

    what: str
    # How many turns of each chat.
    turns: dict[str, dict[int, int]] = field(default_factory=dict)

    def begins(self, about: str) -> bool:
        """Return whether it is the first of its kind: it is not counted."""
        first = about not in self.turns
        self.turns.setdefault(about, {})
        return first

    def add(self, about: str, chat_id: int, turns: int = 1) -> None:
        chats = self.turns.setdefault(about, {})
        chats[chat_id] = chats.get(chat_id, 0) + turns

    def lines(self) -> Iterator[str]:
        for about, chats in self.turns.items():
            if chats:
                yield f"{_chats(list(chats))}: {_turns(sum(chats.values()))} {self.what}: {about}"
                yield ""


def _zone_of(record: Recorded) -> tzinfo:
    """Return the salon's zone as the journal's answers show it: their times carry its offset."""
    found = (turn.event for turn in record.turns if isinstance(turn.event, RecordsFound))
    offsets = (one.starts_at.utcoffset() for event in found for one in event.records)
    offset = next((offset for offset in offsets if offset is not None), None)
    return FALLBACK_ZONE if offset is None else timezone(offset)


def _title(difference: Difference, zone: tzinfo) -> Iterator[str]:
    at = difference.at.astimezone(zone).isoformat(" ", "seconds")
    where = f"chat {difference.chat_id}, turn {difference.turn}, {at}"
    yield f"{where}: {difference.state} takes {_events(difference)}"
    if failures := max(taken.failures for taken in difference.taken):
        yield f"  (then it had failed {failures} times)"


def _events(difference: Difference) -> str:
    return ", ".join(difference.events) or "nothing"


def _chats(ids: list[int]) -> str:
    """Name a few chats: «chats 1, 4, 7 and 12 others»."""
    if len(ids) == 1:
        return f"chat {ids[0]}"
    named, others = ids[:NAMED_MAX], len(ids) - NAMED_MAX
    rest = f" and {others} other{'s' * (others > 1)}" if others > 0 else ""
    return f"chats {', '.join(map(str, named))}{rest}"


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"


def _print(*lines: str) -> None:
    for line in lines:
        click.echo(logs.masked(line))
