"""The lane's book in a small file, shared by all processes of one egress address."""

import fcntl
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal, TypeVar

import structlog
from pydantic import FiniteFloat, ValidationError

from adapters.yclients.book import BookBusy, Page, Passage
from engine.ports import Clock
from engine.values import Frozen

log = structlog.get_logger()
T = TypeVar("T")

# What a file of ours begins with; any other one is somebody else's, and left as it is.
OURS = b"otmena lane "
# Only a stopped process holds the file for longer (Ctrl+Z); nobody can wait for that.
HELD_FOR_S_MAX = 2.0
# Older than this nothing matters, and -inf has no place in JSON.
LONG_AGO_S = 86_400.0
SIZE_MAX = 1_000_000


class _Foreign(Exception):
    """The file is not ours to write to."""


class _Line(Frozen):
    """The page as it is written: moments in seconds from that of the writing."""

    version: Literal[1] = 1
    # The moment of the writing, by the clock of which boot, and by the time of day.
    boot: str
    steady: FiniteFloat
    wall: FiniteFloat
    passages: tuple[tuple[int, FiniteFloat, FiniteFloat | None, bool], ...]
    numbers: int
    tat: FiniteFloat
    second_tat: FiniteFloat
    turned_away_at: FiniteFloat
    turned_away_in_a_row: int
    paused_until: FiniteFloat
    background_paused_until: FiniteFloat


class FileBook:
    """Read and written whole under flock for each change, in tens of microseconds, and never synced.

    What was written survives kill -9 in the page cache. What cannot be read is no page that is known. Where
    there is no file nobody has called yet: its name alone is synced, so that a power cut makes no new one of
    an old one. Where there can be no file at all this process goes on by itself.
    """

    def __init__(self, path: str, clock: Clock, boot: str) -> None:
        """`boot` names the boot whose steady clock this is; empty: nobody knows."""
        self._path = path
        self._clock = clock
        self._boot = boot
        # The last that we saw, in case that there is no file any more.
        self._own = Page(known=False)
        self._has_own_to_write = False
        self._has_made_it = False
        self._held_since: float | None = None
        self._complained = False

    def changed(self, work: Callable[[Page], T]) -> T:
        try:
            with self._opened() as file:
                if file is None:
                    return work(self._own)
                if not self._has_own_to_write:
                    self._own = self._read(file)
                done = work(self._own)
                self._write(file)
                return done
        except _Foreign as error:
            self._complain(str(error))
            return work(self._own)

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        """Open and lock the file; None: there can be none.

        Raises:
            BookBusy: somebody else has locked it.
        """
        try:
            file = self._found_or_made()
        except OSError as error:
            self._complain(f"cannot be opened: {error.strerror}")
            yield None
            return
        try:
            yield file if self._locked(file) else None
        finally:
            os.close(file)

    def _found_or_made(self) -> int:
        """Open the file; where there is none, make it, and go by what this process knows.

        Raises:
            OSError: there can be none.
        """
        how = os.O_RDWR | os.O_CLOEXEC
        with suppress(FileNotFoundError):
            return os.open(self._path, how)
        try:
            file = os.open(self._path, how | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return os.open(self._path, how)
        self._has_made_it = True
        folder = os.open(os.path.dirname(self._path) or ".", os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file

    def _locked(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            now = self._clock.monotonic()
            self._held_since = now if self._held_since is None else self._held_since
            if now - self._held_since < HELD_FOR_S_MAX:
                raise BookBusy from error
            self._complain("is held by a process that does not go on")
            return False
        except OSError as error:
            self._complain(f"cannot be locked: {error.strerror}")
            return False
        self._held_since = None
        return True

    def _read(self, file: int) -> Page:
        """Return the page, unknown where it is missing or damaged.

        Raises:
            _Foreign: this was never a file of ours.
        """
        try:
            content = os.pread(file, SIZE_MAX, 0)
        except OSError as error:
            raise _Foreign(f"cannot be read: {error.strerror}") from error
        # A power failure may leave zeros where there was something.
        if not content and self._has_made_it:
            return self._own if self._own.known else Page()
        if not content.strip(b"\0"):
            return Page(known=False)
        if not content.startswith(OURS):
            raise _Foreign("holds something that is not ours, and is left as it is")
        checksum, _, text = content.removeprefix(OURS).partition(b"\n")[0].partition(b" ")
        if checksum != _checksum(text):
            return Page(known=False)
        try:
            return self._page(_Line.model_validate_json(text))
        except ValidationError:
            # A newer Otmena has written it.
            return Page(known=False)

    def _write(self, file: int) -> None:
        text = self._line(self._own).model_dump_json().encode()
        content = OURS + _checksum(text) + b" " + text + b"\n"
        try:
            self._has_own_to_write = os.pwrite(file, content, 0) != len(content)
            # A longer page may have stood there; its rest is behind our line.
            os.ftruncate(file, len(content))
        except OSError as error:
            # What stands there now knows nothing of the call that leaves.
            self._has_own_to_write = True
            self._complain(f"cannot be written: {error.strerror}")

    def _page(self, line: _Line) -> Page:
        now = self._clock.monotonic()
        if line.boot and line.boot == self._boot and line.steady <= now:
            written_at = line.steady
        else:
            # By the time of day, which may have jumped: what lies ahead of us is as if written now.
            written_at = now - max(0.0, self._clock.now().timestamp() - line.wall)
        return Page(
            passages=[
                Passage(number, written_at + left, None if seen is None else written_at + seen, background)
                for number, left, seen, background in line.passages
            ],
            numbers=line.numbers,
            tat=written_at + line.tat,
            second_tat=written_at + line.second_tat,
            turned_away_at=written_at + line.turned_away_at,
            turned_away_in_a_row=line.turned_away_in_a_row,
            paused_until=written_at + line.paused_until,
            background_paused_until=written_at + line.background_paused_until,
        )

    def _line(self, page: Page) -> _Line:
        now = self._clock.monotonic()

        def since(moment: float) -> float:
            return max(moment - now, -LONG_AGO_S)

        return _Line(
            boot=self._boot,
            steady=now,
            wall=self._clock.now().timestamp(),
            passages=tuple(
                (
                    one.number,
                    since(one.left_at),
                    None if one.seen_at is None else since(one.seen_at),
                    one.background,
                )
                for one in page.passages
            ),
            numbers=page.numbers,
            tat=since(page.tat),
            second_tat=since(page.second_tat),
            turned_away_at=since(page.turned_away_at),
            turned_away_in_a_row=page.turned_away_in_a_row,
            paused_until=since(page.paused_until),
            background_paused_until=since(page.background_paused_until),
        )

    def _complain(self, why: str) -> None:
        """Say once that the lane is not shared as it should be."""
        if not self._complained:
            self._complained = True
            log.warning("lane.not_shared", file=self._path, why=why)


def _checksum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)
