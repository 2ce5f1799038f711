"""A salon in a box: what a visitor does to it, with our server as a process of its own behind."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import main
from adapters.box.box import Box, UnknownMoment
from adapters.box.frames import Fault
from adapters.box.process import Program
from adapters.stage import PERSONAS
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import JournalRow
from engine.script.scene import Edited

VERA = PERSONAS["one"]
PATIENCE_S = 30


class Visitor:
    """Somebody who plays with a box, and waits until what she waits for is there."""

    def __init__(self, box: Box) -> None:
        self.box = box

    async def sees(self, holds: Callable[[], object]) -> None:
        with self.box.watching() as changed:
            async with asyncio.timeout(PATIENCE_S):
                while not holds():
                    changed.clear()
                    await changed.wait()

    @property
    def last(self) -> Bubble | None:
        screen = self.box.screen(VERA)
        return screen[-1] if screen else None

    async def reads(self, words: str) -> Bubble:
        def came() -> bool:
            return self.last is not None and self.last.direction == "out" and words in self.last.text

        await self.sees(came)
        assert self.last is not None
        return self.last

    def taps(self, label: str) -> None:
        for bubble in reversed(self.box.screen(VERA)):
            for option in bubble.options:
                if option.title.startswith(label):
                    return self.box.tap(VERA, bubble, option.id)
        raise AssertionError(f"nothing reads {label}")

    async def asks_to_cancel(self) -> None:
        self.box.say(VERA, "Хочу отменить запись")
        await self.reads("Отменить запись")

    @property
    def record(self) -> JournalRow:
        return next(row for row in self.box.salon.journal() if row.phone == VERA.phone)

    def kinds(self, kind: str) -> list[dict[str, object]]:
        return [dict(entry.about) for entry in self.box.timeline.entries if entry.kind == kind]


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    box = Box(main.demo_parts().program, main.dialogue_and_texts()[0], tmp_path)
    await box.open()
    try:
        yield Visitor(box)
    finally:
        await box.close()


async def test_the_timeline_tells_a_cancel_in_the_order_in_which_it_happened(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()
    visitor.taps("Да")
    await visitor.reads("Запись отменена")
    # The master's phone, and the administrator's.
    await visitor.sees(lambda: all(visitor.box.frame().screens[f"790000000{n}"] for n in (20, 21)))

    assert visitor.record.attendance == -1
    told = [
        entry.about.get("operation") or entry.about.get("what") or entry.kind
        for entry in visitor.box.timeline.entries
        # Statuses, read marks and the zone come when they come.
        if entry.about.get("what") != "status" and entry.about.get("operation") not in ("mark", "company")
    ]
    assert [each for each in told if each != "restart"] == [
        "start",
        *("client", "message", "understood", "row", "commit", "search", "records"),
        *("row", "commit", "message"),
        *("client", "message", "understood", "row", "commit", "record", "visit", "cancel", "record"),
        *("row", "commit", "message", "message", "message"),
    ]
    assert {str(call["fault"]) for call in visitor.kinds("call")} == {""}
    assert "Отмена: Маникюр" in visitor.box.frame().screens["79000000021"][-1].text


async def test_the_machine_tells_which_guards_said_no(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()

    stance = visitor.box.stance(visitor.box.frame(), VERA)
    rows = main.dialogue_and_texts()[0].rows()
    *refused, (fired, held) = stance.tried
    assert held
    assert (rows[fired].source, rows[fired].to) == ("cancel.looking", "cancel.confirming")
    assert refused
    assert all(not holds and rows[place].when is not None for place, holds in refused)
    assert stance.visits == {"cancel.looking": 1, "cancel.confirming": 1}


async def test_words_are_told_with_what_they_were_taken_for_and_why(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()

    (understood,) = visitor.kinds("understood")
    assert (understood["intent"], understood["event"]) == ("cancel", "CancelWanted")
    assert "отменить" in str(understood["decided"])
    assert understood["heard"]


async def test_a_server_that_is_killed_in_the_middle_goes_on_where_it_stood(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()

    await visitor.box.restart()
    assert visitor.box.server == "starting"
    visitor.taps("Да")
    await visitor.reads("Запись отменена")

    assert visitor.record.attendance == -1
    assert [each["phase"] for each in visitor.kinds("restart")] == ["started", "killed", "started"]


async def test_a_server_that_dies_by_itself_is_started_again(visitor: Visitor) -> None:
    await visitor.sees(lambda: visitor.box.server == "up")
    assert visitor.box.server_pid

    os.kill(visitor.box.server_pid, signal.SIGKILL)
    await visitor.sees(lambda: visitor.box.server == "down")
    await visitor.sees(lambda: visitor.box.server == "up")
    await visitor.asks_to_cancel()


async def test_an_hour_passes_at_once_and_what_falls_due_happens(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()
    before = visitor.box.clock.now()

    # After a start no time-out fires for two minutes; an hour is more than that.
    await visitor.box.move_clock(timedelta(hours=1))
    await visitor.sees(lambda: visitor.box.stance(visitor.box.frame(), VERA).event == "TimedOut")

    assert visitor.box.clock.now() - before >= timedelta(hours=1)
    assert visitor.record.attendance == 0
    with pytest.raises(ValueError, match="60 days"):
        await visitor.box.move_clock(timedelta(days=61))


async def test_the_bot_takes_notice_of_what_the_administrator_changed(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()

    moved_to = (visitor.record.starts_at + timedelta(hours=2)).replace(tzinfo=None)
    visitor.box.edit(visitor.record.record_id, Edited(starts_at=moved_to))
    await visitor.sees(lambda: any(each["status"] == 200 for each in hints(visitor)))
    visitor.taps("Да")
    await visitor.reads("17:00")

    assert visitor.record.attendance == 0
    assert visitor.record.starts_at.replace(tzinfo=None) == moved_to


def hints(visitor: Visitor) -> list[dict[str, object]]:
    return [each for each in visitor.kinds("webhook") if each["what"] == "hint"]


async def test_time_is_turned_back_to_a_call_and_goes_on_another_way(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()
    visitor.taps("Да")
    await visitor.reads("Запись отменена")
    box, world = visitor.box, visitor.box.world
    (put,) = (entry.n for entry in box.timeline.entries if entry.about.get("operation") == "cancel")

    await box.fork(put, "yclients", Fault("403", "cancel", 1))

    assert box.world != world
    assert len(box.timeline.entries) < put + 1
    assert visitor.kinds("fork")[0]["from"] == put
    assert visitor.record.attendance == 0
    assert visitor.last is not None
    assert visitor.last.text == "Да, отменить"
    await visitor.sees(lambda: any(call["fault"] == "403" for call in visitor.kinds("call")))
    await visitor.sees(lambda: visitor.last and visitor.last.direction == "out")
    # What is said is what stands in the journal, whichever way it went.
    assert visitor.last is not None
    assert ("отменена" in visitor.last.text) == (visitor.record.deleted or visitor.record.attendance == -1)


async def test_words_that_no_server_has_taken_yet_are_not_lost_by_turning_back(visitor: Visitor) -> None:
    await visitor.sees(lambda: visitor.box.server == "up")
    visitor.box.say(VERA, "Хочу отменить запись")
    said = visitor.box.timeline.entries[-1].n
    await visitor.reads("Отменить запись")

    await visitor.box.fork(said)
    assert [bubble.direction for bubble in visitor.box.screen(VERA)] == ["in"]
    await visitor.reads("Отменить запись")

    await visitor.box.fork(1)
    assert visitor.box.screen(VERA) == ()
    with pytest.raises(UnknownMoment):
        await visitor.box.fork(500)
    await visitor.asks_to_cancel()


async def test_a_past_frame_shows_what_was_and_not_what_is(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()
    asked = visitor.box.timeline.entries[-1].frame
    visitor.taps("Да")
    await visitor.reads("Запись отменена")

    assert visitor.box.stance(asked, VERA).state == "cancel.confirming"
    assert len(asked.screens["79000000001"]) == 2
    assert all(row.attendance != -1 for row in asked.rows)


async def test_starting_over_begins_the_same_day_anew(visitor: Visitor) -> None:
    await visitor.asks_to_cancel()
    await visitor.box.move_clock(timedelta(days=1))

    await visitor.box.start_over()

    assert visitor.box.screen(VERA) == ()
    assert visitor.box.local(visitor.box.clock.now()).hour == 11
    await visitor.asks_to_cancel()


async def test_a_client_whose_number_whatsapp_hides_is_known_by_the_page_all_the_same(
    visitor: Visitor,
) -> None:
    visitor.box.say(PERSONAS["hidden"], "Хочу отменить запись")
    await visitor.sees(lambda: visitor.box.stance(visitor.box.frame(), PERSONAS["hidden"]).turn)

    written = [entry for entry in visitor.box.timeline.entries if entry.kind == "client"]
    assert [entry.whose for entry in written] == ["79000000005"]
    assert "79000000005" not in str([each["body"] for each in visitor.kinds("webhook")])


async def test_unknown_faults_masters_and_records_are_refused(visitor: Visitor) -> None:
    with pytest.raises(ValueError, match="no quirk is called"):
        visitor.box.fault("yclients", Fault("501"))
    with pytest.raises(LookupError, match="no master"):
        visitor.box.edit(visitor.record.record_id, Edited(master="Никто"))
    with pytest.raises(LookupError):
        visitor.box.edit(1, Edited(deleted=True))
    assert visitor.record.starts_at > datetime.now(visitor.record.starts_at.tzinfo) - timedelta(days=1)


async def test_a_server_that_cannot_start_is_not_tried_for_ever(tmp_path: Path) -> None:
    box = Box(Program(("false",), tmp_path), main.dialogue_and_texts()[0], tmp_path)
    await box.open()
    try:
        visitor = Visitor(box)
        await visitor.sees(lambda: len(visitor.kinds("restart")) == 3)
        await asyncio.sleep(1.5)

        assert (box.server, len(visitor.kinds("restart"))) == ("down", 3)
        box.say(VERA, "Здравствуйте")
        assert visitor.last is not None
    finally:
        await box.close()
