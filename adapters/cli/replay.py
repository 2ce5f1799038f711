"""`otmena replay`: what was recorded is decided again by today's tables, and differences are shown."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from adapters import logs
from adapters.cli.calm import calmly
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
from engine.replay import Difference, Recorded, replay
from engine.texts import Texts

SQLITE_MAGIC = b"SQLite format 3\0"
# As the server has it, until the salon has told its own.
FALLBACK_ZONE = ZoneInfo("Europe/Moscow")


def command(today: Today, rehearse: Rehearse) -> click.Command:
    @click.command(name="replay")
    @click.argument(
        "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
    )
    @click.option("--show-words", is_flag=True, help="Show what clients wrote, too. It is personal.")
    @calmly
    def replay_command(files: tuple[Path, ...], show_words: bool) -> None:
        """Decide recorded dialogues again by this version's tables, and show what would differ.

        A FILE is a database of Otmena, or a copy of one: every turn in it is decided anew, and what would
        be said, what would be called and where the dialogue would stand is held against what is recorded.
        The salon's policies are those of today's settings (OTMENA_SELECTION, OTMENA_CONFIRM, …). The
        file is only read, beside a running server too. Or it is a transcript (.chat), which is played as
        by `otmena test`. Exits 1 where anything differs.

        \b
        Example:
          otmena replay otmena.db
        """
        logs.set_up("console", level=logging.CRITICAL)
        for file in files:
            if file.suffix != SUFFIX and not _is_database(file):
                raise click.UsageError(f"{file} is neither a database of Otmena nor a transcript ({SUFFIX})")
        again = _Again(*today(), read(PolicySettings), read(ZoneSettings).timezone, show_words)
        same = [_played(file, rehearse) if file.suffix == SUFFIX else again.file(file) for file in files]
        sys.exit(0 if all(same) else 1)

    return replay_command


def _is_database(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


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
        with reading(file) as connection:
            for record in recorded(connection):
                salon = self._salon(record)
                done = replay(self.dialogue, self.texts, salon, record)
                for difference in done.differences:
                    _print(*_title(difference, salon.zone), *self._words(difference), *difference.lines, "")
                if done.left_out:
                    _print(f"chat {record.chat_id}: {_turns(done.left_out)} left out: {done.why}", "")
                chats, turns, differ = chats + 1, turns + done.turns, differ + len(done.differences)
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


def _zone_of(record: Recorded) -> tzinfo:
    """Return the salon's zone as the journal's answers show it: their times carry its offset."""
    found = (turn.event for turn in record.turns if isinstance(turn.event, RecordsFound))
    offsets = (one.starts_at.utcoffset() for event in found for one in event.records)
    offset = next((offset for offset in offsets if offset is not None), None)
    return FALLBACK_ZONE if offset is None else timezone(offset)


def _title(difference: Difference, zone: tzinfo) -> Iterator[str]:
    at = difference.at.astimezone(zone).isoformat(" ", "seconds")
    events = ", ".join(difference.events) or "nothing"
    yield f"chat {difference.chat_id}, turn {difference.turn}, {at}: {difference.state} takes {events}"
    if failures := max(taken.failures for taken in difference.taken):
        yield f"  (then it had failed {failures} times)"


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"


def _print(*lines: str) -> None:
    for line in lines:
        click.echo(logs.masked(line))
