"""The lane's book in a file: shared, outliving its processes, and never fatal, whatever stands in it."""

import fcntl
import os
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from structlog.testing import capture_logs

from adapters.clock import SystemClock, boot_id
from adapters.yclients.book import BookBusy, Page, Passage
from adapters.yclients.book_file import OURS, FileBook
from adapters.yclients.lane import Lane
from tests.adapters.yclients.world import START

ROOT = Path(__file__).parents[3]


@dataclass
class SetClock:
    """A clock that stands where it is put: seconds since the boot, and the time of day."""

    steady: float = 1000.0
    wall: datetime = START

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def passes(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db.lane"


def book(path: Path, clock: SetClock, boot: str = "one") -> FileBook:
    return FileBook(str(path), clock, boot)


def leave(book: FileBook, clock: SetClock, lane: Lane | None = None) -> None:
    """Write down a call that leaves on a lane that was idle before."""
    lane = lane or Lane()

    def left(page: Page) -> None:
        page.known = True
        lane.leave(page, clock.monotonic())

    book.changed(left)


def free_in(book: FileBook, clock: SetClock, *, background: bool = False) -> float:
    """Return after how many seconds a call may leave."""
    lane = Lane()

    def found(page: Page) -> float:
        lane.trust(page, clock.monotonic())
        return lane.free_at(page, clock.monotonic(), background=background)

    return max(0.0, book.changed(found) - clock.monotonic())


def paused(path: Path, clock: SetClock, retry_after_s: float = 0.0) -> None:
    """Let a process meet two refusals in a row."""
    lane = Lane()

    def refused(page: Page) -> None:
        page.known = True
        for _ in range(2):
            call = lane.leave(page, clock.monotonic())
            clock.passes(0.1)
            lane.turned_away(page, call, clock.monotonic(), retry_after_s=retry_after_s)
            clock.passes(0.001)

    book(path, clock).changed(refused)


# ── shared, and outliving ─────────────────────────────────────────────────────────────────────────────


def test_what_one_process_wrote_the_next_one_goes_by(path: Path) -> None:
    clock = SetClock()
    for _ in range(5):
        leave(book(path, clock), clock)

    assert free_in(book(path, clock), clock) == pytest.approx(1.05)
    clock.passes(0.5)
    # Nobody lives to say when the five arrived.
    assert free_in(book(path, clock), clock) == pytest.approx(1.005)
    clock.passes(1.01)
    assert free_in(book(path, clock), clock) == 0


def test_a_pause_is_kept_to_by_the_next_process_and_the_one_beside(path: Path) -> None:
    clock = SetClock()
    paused(path, clock)

    assert free_in(book(path, clock), clock) == pytest.approx(5, abs=0.01)
    assert free_in(book(path, clock), clock, background=True) == pytest.approx(60, abs=0.01)
    clock.passes(3)
    assert free_in(book(path, clock), clock) == pytest.approx(2, abs=0.01)


def test_everything_on_a_page_comes_back(path: Path) -> None:
    clock = SetClock()
    page = Page(
        passages=[Passage(7, 999.5, 999.75), Passage(8, 999.75, None, background=True)],
        numbers=8,
        tat=1002.5,
        second_tat=1000.5,
        turned_away_at=990.0,
        turned_away_in_a_row=2,
        paused_until=1003.0,
        background_paused_until=1050.0,
    )

    def written(blank: Page) -> None:
        for name in Page.__slots__:
            setattr(blank, name, getattr(page, name))

    book(path, clock).changed(written)
    clock.passes(0.25)

    assert book(path, clock).changed(lambda found: found) == page


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    leave(book(path, SetClock()), SetClock())

    assert path.stat().st_mode & 0o777 == 0o600


# ── clocks ────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_reboot_the_time_of_day_tells_how_long_ago_it_was(path: Path) -> None:
    clock = SetClock()
    paused(path, clock)
    clock.wall += timedelta(seconds=20)
    clock.steady = 3.0

    assert free_in(book(path, clock, "two"), clock) == 0
    assert free_in(book(path, clock, "two"), clock, background=True) == pytest.approx(40, abs=0.01)


@pytest.mark.parametrize("jump", [timedelta(days=-4000), timedelta(hours=-1)])
def test_a_clock_that_was_set_back_holds_nobody_up_for_longer_than_the_pause(
    path: Path, jump: timedelta
) -> None:
    clock = SetClock()
    paused(path, clock)
    clock.wall += jump
    clock.steady = 3.0

    assert free_in(book(path, clock, "two"), clock) == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize("jump", [timedelta(days=-4000), timedelta(days=4000)])
def test_within_one_boot_the_time_of_day_may_jump_as_it_likes(path: Path, jump: timedelta) -> None:
    clock = SetClock()
    paused(path, clock)
    clock.passes(1)
    clock.wall += jump

    assert free_in(book(path, clock), clock) == pytest.approx(4, abs=0.01)


def test_a_steady_clock_that_runs_behind_what_is_written_is_no_clock_of_this_boot(path: Path) -> None:
    clock = SetClock()
    paused(path, clock)
    clock.steady, clock.wall = 5.0, clock.wall + timedelta(seconds=2)

    assert free_in(book(path, clock), clock) == pytest.approx(3, abs=0.01)


def test_no_pause_of_another_is_kept_to_for_longer_than_the_longest(path: Path) -> None:
    clock = SetClock()
    paused(path, clock, retry_after_s=1e6)

    assert free_in(book(path, clock), clock) == 300


# ── whatever stands there ─────────────────────────────────────────────────────────────────────────────


def test_where_there_was_no_file_nobody_has_called_yet(path: Path) -> None:
    assert free_in(book(path, clock := SetClock()), clock) == 0


def test_a_file_that_is_taken_away_is_made_anew_with_what_this_process_knows(path: Path) -> None:
    one = book(path, clock := SetClock())
    for _ in range(5):
        leave(one, clock)
    path.unlink()

    assert free_in(one, clock) == pytest.approx(1.05)
    assert free_in(book(path, clock), clock) == pytest.approx(1.05)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda content: b"",
        lambda content: b"\0" * 512,
        lambda content: content[:40],
        lambda content: content.replace(b'"numbers":5', b'"numbers":4'),
        lambda content: OURS,
        lambda content: OURS + b"\xff\xfe\x00",
    ],
)
def test_what_is_damaged_counts_as_spent_and_is_whole_again_afterwards(path: Path, spoilt: object) -> None:
    clock = SetClock()
    for _ in range(5):
        leave(book(path, clock), clock)
    clock.passes(60)
    path.write_bytes(spoilt(path.read_bytes()))  # type: ignore[operator]  # each of them is a function

    assert free_in(book(path, clock), clock) > 1
    clock.passes(2)
    assert free_in(book(path, clock), clock) == 0


def test_a_page_of_a_newer_version_counts_as_spent(path: Path) -> None:
    clock = SetClock()
    leave(book(path, clock), clock)
    clock.passes(60)
    text = (
        path.read_bytes()
        .removeprefix(OURS)
        .split(b" ", 1)[1]
        .rstrip()
        .replace(b'"version":1', b'"version":2')
    )
    path.write_bytes(OURS + b"%08x " % zlib.crc32(text) + text + b"\n")

    assert free_in(book(path, clock), clock) > 1


@settings(max_examples=200, deadline=None)
@given(some.binary(max_size=300), some.booleans())
def test_no_content_stops_the_lane(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ours: bool
) -> None:
    path, clock = tmp_path_factory.mktemp("lane") / "file", SetClock()
    path.write_bytes((OURS if ours else b"") + content)

    assert free_in(book(path, clock), clock) <= 300


def test_a_file_of_somebody_else_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0 and much more")
    clock = SetClock()
    alone = book(path, clock)

    with capture_logs() as logs:
        assert free_in(alone, clock) > 1
        clock.passes(5)
        for _ in range(5):
            leave(alone, clock)
        # By itself it keeps to the limits as well.
        assert free_in(alone, clock) == pytest.approx(1.05)

    assert path.read_bytes() == b"SQLite format 3\0 and much more"
    assert [entry["event"] for entry in logs] == ["lane.not_shared"]


def test_where_there_can_be_no_file_the_process_counts_by_itself(tmp_path: Path) -> None:
    clock = SetClock()
    alone = book(tmp_path / "missing" / "file", clock)
    for _ in range(5):
        leave(alone, clock)

    assert free_in(alone, clock) == pytest.approx(1.05)


def test_a_shorter_page_leaves_nothing_of_a_longer_one(path: Path) -> None:
    clock, lane = SetClock(), Lane(per_second=50, per_minute=60_000)
    for _ in range(50):
        leave(book(path, clock), clock, lane)
    long = path.stat().st_size
    clock.passes(30)
    leave(book(path, clock), clock, lane)

    assert path.stat().st_size < long
    assert free_in(book(path, clock), clock) == 0


# ── the lock ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_book_that_another_has_open_is_busy_and_one_held_for_ever_is_done_without(path: Path) -> None:
    clock = SetClock()
    mine = book(path, clock)
    leave(mine, clock)
    file = os.open(path, os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)

    with pytest.raises(BookBusy):
        free_in(mine, clock)
    clock.passes(2.1)
    assert free_in(mine, clock) == 0

    os.close(file)
    leave(mine, clock)
    assert mine.changed(lambda page: page.numbers) == 2


COUNTING = """
import sys
from adapters.clock import SystemClock, boot_id
from adapters.yclients.book import BookBusy
from adapters.yclients.book_file import FileBook

book = FileBook(sys.argv[1], SystemClock(), boot_id())

def count(page):
    page.known = True
    page.numbers += 1

left = 500
while left:
    try:
        book.changed(count)
        left -= 1
    except BookBusy:
        pass
"""


def test_no_change_of_several_processes_is_lost(path: Path) -> None:
    command = [sys.executable, "-c", COUNTING, str(path)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]

    assert [process.wait(30) for process in processes] == [0, 0, 0]
    found = FileBook(str(path), SystemClock(), boot_id()).changed(lambda page: page.numbers)
    assert found == 1500


def test_kill_9_leaves_a_page_that_can_be_read(path: Path) -> None:
    endless = COUNTING.replace("left -= 1", "")
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", endless, str(path)], cwd=ROOT)
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)
        process.kill()
        process.wait()
        assert FileBook(str(path), SystemClock(), boot_id()).changed(lambda page: page.known)


def test_the_machine_names_its_boot_or_nothing() -> None:
    assert boot_id() == boot_id()
    assert SystemClock().now().tzinfo is UTC
