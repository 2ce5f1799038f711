"""What took place on the demo's salon comes back as a transcript that holds, whatever was done to it."""

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Literal

import pytest

import main
from adapters.rehearsal import Rehearsal, in_virtual_time, rehearse
from adapters.rehearsal.assistant import Parties
from adapters.rehearsal.jitter import Jitter
from adapters.rehearsal.settings import APP_SECRET, PHONE_NUMBER_ID, VERIFY_TOKEN, rehearsal_settings
from adapters.stage import Recorder
from adapters.stage.people import lively_salon
from adapters.transcripts import made_to_hold, play_file
from adapters.virtual import START, LoopClock
from adapters.whatsapp.simulator import Bubble, Option, WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from engine.runtime import Decided
from engine.script.scene import Edited, Thing

REHEARSE = partial(rehearse, main.composed)
ONE, THREE, NONE = "+79000000001", "+79000000002", "+79000000003"
# Nobody looks at the clock on the full minute.
BEGAN = START + timedelta(seconds=17)


class Demo:
    """The demo's salon with a visitor, and a recorder that is told what a page would tell it."""

    def __init__(self, rehearsal: Rehearsal, client: str) -> None:
        self.rehearsal = rehearsal
        self.client = client
        self.salon = rehearsal.parties.salon
        self.recorder: Recorder

    def begins(self, settings: Mapping[str, str], hidden: frozenset[str]) -> None:
        self.recorder = Recorder(
            began=self.now,
            title="Recorded by a test.",
            persona_phone=self.client,
            booked=self.salon.journal(),
            settings=settings,
            hidden=hidden,
        )

    def watched(self, decided: Decided) -> None:
        self.recorder.watch(decided, self.now)

    @property
    def now(self) -> datetime:
        return self.rehearsal.parties.clock.now()

    async def says(self, text: str, *, settling: bool = True) -> None:
        await self._does(lambda: self.rehearsal.writes(self.client, text), settling=settling)

    async def taps(self, label: str, *, settling: bool = True) -> None:
        await self._does(lambda: self.rehearsal.taps(self.client, label), settling=settling)

    async def sends(self, thing: Thing) -> None:
        await self._does(lambda: self.rehearsal.sends(self.client, thing), settling=True)

    async def _does(self, act: Callable[[], None], *, settling: bool) -> None:
        # It takes a while to read and to press.
        await asyncio.sleep(7)
        act()
        if settling:
            await self.rehearsal.settles()

    async def waits(self, time: timedelta) -> None:
        await self.rehearsal.passes(time)

    async def restarts(self, *, settling: bool = True) -> None:
        self.recorder.restarted(self.now)
        await self.rehearsal.restarts(settling=settling)

    def troubles(self, side: Literal["yclients", "whatsapp"], quirk: str) -> None:
        self.recorder.troubled(self.now, side, quirk)
        (self.rehearsal.yclients if side == "yclients" else self.rehearsal.whatsapp)(quirk)

    def edits(self, record_id: int, **changes: Any) -> None:
        self.salon.edit_record(record_id, self.now, **changes)
        self.recorder.edited(self.now, record_id, Edited(**changes))

    def record_of(self, phone: str) -> int:
        return next(row.record_id for row in self.salon.journal() if row.phone == phone)

    @property
    def options(self) -> Sequence[str]:
        return self.rehearsal.messages(self.client)[-1].options

    def transcript(self) -> str:
        phones = self.rehearsal.parties.phones
        screens = {phone: phones.phone(phone) for phone in (ONE, THREE, NONE)}
        # Whoever forks a history copies it, and another process may write it down.
        recorder: Recorder = pickle.loads(pickle.dumps(deepcopy(self.recorder)))
        return recorder.transcript(screens, self.salon)


Story = Callable[[Demo], Awaitable[None]]


@asynccontextmanager
async def demo(
    client: str,
    settings: Mapping[str, str],
    hidden: frozenset[str],
    prepared: Callable[[YClientsSimulator], None],
) -> AsyncIterator[Demo]:
    salon = lively_salon(BEGAN)
    prepared(salon)
    phones = WhatsAppSimulator(
        phone_number_id=PHONE_NUMBER_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        status_delays_s=(0.05, 0.2, 0.6),
    )
    for phone in hidden:
        phones.introduce(phone, mode="username")
    parties = Parties(
        salon=salon,
        phones=phones,
        clock=LoopClock(BEGAN),
        settings=rehearsal_settings(settings, company_id=salon.company_id, verify_token=VERIFY_TOKEN),
        compose=main.composed,
        over_http=False,
        chance=Random(1),
        fate=Random(1),
        # Disk and net take their time, as on the page; when it is played again they take none.
        jitter=Jitter.of(1),
    )
    async with AsyncExitStack() as stack:
        rehearsal = Rehearsal(parties, stack)
        shown = Demo(rehearsal, client)
        rehearsal.watched = shown.watched
        await rehearsal.open()
        shown.begins(settings, hidden)
        yield shown
        await rehearsal.close()


def recorded(
    story: Story,
    *,
    client: str = ONE,
    settings: Mapping[str, str] = MappingProxyType({}),
    hidden: frozenset[str] = frozenset(),
    prepared: Callable[[YClientsSimulator], None] = lambda salon: None,
) -> str:
    async def playing() -> str:
        async with demo(client, dict(settings), hidden, prepared) as shown:
            await story(shown)
            return shown.transcript()

    return in_virtual_time(playing())


def not_held(text: str, folder: Path) -> Sequence[str]:
    """Return what does not hold of a transcript, as `otmena test` tells it."""
    path = folder / "recorded.chat"
    path.write_text(text, encoding="utf-8")
    return play_file(path, REHEARSE).report()


async def a_wish(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")


async def a_cancel(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    if shown.options:
        await shown.taps("Да, отменить")


async def a_cancel_and_what_follows(shown: Demo) -> None:
    await a_cancel(shown)
    await shown.taps("Назвать причину")
    await shown.says("Заболела")
    await shown.sends("sticker")


async def an_answer_that_never_came(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    shown.troubles("yclients", "timeout-but-done on cancel × 1")
    await shown.taps("Да, отменить")


async def a_fault_that_was_ended(shown: Demo) -> None:
    shown.troubles("yclients", "500 on cancel")
    shown.troubles("whatsapp", "duplicate")
    await a_cancel(shown)
    await shown.waits(timedelta(minutes=1))
    shown.troubles("yclients", "ok")
    await shown.waits(timedelta(minutes=15))


async def a_list_and_a_move(shown: Demo) -> None:
    shown.client = THREE
    await shown.says("перенесите запись")
    await shown.taps(shown.options[1])
    await shown.taps("ср")
    await shown.taps(shown.options[0])


async def a_move_to_any_master(shown: Demo) -> None:
    await shown.says("перенесите запись")
    await shown.taps("К любому мастеру")
    await shown.taps("ср")
    await shown.taps(shown.options[1])


async def a_restart_between_two_messages(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    await shown.restarts()
    await shown.taps("Да, отменить")


async def a_restart_in_the_middle(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    await shown.taps("Да, отменить", settling=False)
    await asyncio.sleep(0.1)
    await shown.restarts()


async def a_restart_while_the_journal_does_not_answer(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    shown.troubles("yclients", "timeout-but-done on cancel × 1")
    await shown.taps("Да, отменить", settling=False)
    await asyncio.sleep(5)
    await shown.restarts()


async def a_move_by_the_administrator(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    record = shown.record_of(ONE)
    shown.edits(record, starts_at=shown.salon.record(record).starts_at + timedelta(hours=2))
    await shown.taps("Да, отменить")
    await shown.taps("Да, отменить")


async def whatever_an_administrator_does(shown: Demo) -> None:
    record = shown.record_of(ONE)
    shown.edits(record, deleted=True)
    await shown.says("Хочу отменить запись")
    shown.edits(record, deleted=False)
    shown.edits(record, master="Елена")
    await shown.says("Хочу отменить запись")
    shown.edits(shown.record_of("+79000000012"), attendance=1)
    shown.edits(shown.record_of("+79000000013"), starts_at=datetime(2026, 11, 24, 17))  # noqa: DTZ001


async def a_quarter_of_an_hour(shown: Demo) -> None:
    await shown.says("Хочу отменить запись")
    await shown.waits(timedelta(minutes=15))
    await shown.says("Хочу отменить запись")
    await shown.taps("Да, отменить")
    await shown.waits(timedelta(minutes=15))
    await shown.taps("Вернуть запись")
    await shown.waits(timedelta(days=1))


async def a_slow_reader(shown: Demo) -> None:
    for _ in range(3):
        await asyncio.sleep(40)
        await shown.says("Хочу отменить запись")
        await asyncio.sleep(40)
        await shown.taps("Оставить")
    await shown.says("Хочу отменить запись")
    await asyncio.sleep(50)
    shown.troubles("whatsapp", "duplicate")
    await shown.waits(timedelta(minutes=15))


@pytest.mark.parametrize(
    "story",
    [
        a_cancel,
        a_cancel_and_what_follows,
        an_answer_that_never_came,
        a_fault_that_was_ended,
        a_list_and_a_move,
        a_move_to_any_master,
        a_restart_between_two_messages,
        a_restart_in_the_middle,
        a_restart_while_the_journal_does_not_answer,
        a_move_by_the_administrator,
        whatever_an_administrator_does,
        a_quarter_of_an_hour,
        a_slow_reader,
    ],
)
def test_what_was_done_plays_again(story: Story, tmp_path: Path) -> None:
    text = recorded(story)

    assert not_held(text, tmp_path) == ()
    assert made_to_hold(text, REHEARSE) == text


def test_windows_are_those_of_who_does_the_service(tmp_path: Path) -> None:
    def busy(salon: YClientsSimulator) -> None:
        whole_day = datetime(2026, 11, 25, 10)  # noqa: DTZ001  # the salon's wall clock
        salon.add_record(None, "Педикюр", "Анна", whole_day, BEGAN, length_s=10 * 3600)

    text = recorded(a_move_to_any_master, prepared=busy)

    assert "[13:00 — Елена] [13:30 — Елена]" in text
    assert "salon: Маникюр only by Анна, Елена" in text
    assert not_held(text, tmp_path) == ()
    assert not_held(text.replace("only by Анна, Елена", "only by Анна, Мария"), tmp_path) != ()


@pytest.mark.parametrize("name", ["Даша", "<script>alert(1)</script>", "Даша: 5 # 1 [2]"])
def test_two_people_on_one_phone_come_back_as_two(name: str, tmp_path: Path) -> None:
    def with_a_daughter(salon: YClientsSimulator) -> None:
        tomorrow = datetime(2026, 11, 24, 12)  # noqa: DTZ001  # the salon's wall clock
        salon.add_record(ONE, "Стрижка", "Мария", tomorrow, BEGAN, name=name)
        salon.add_record(ONE, "Стрижка", "Ольга", tomorrow + timedelta(days=1), BEGAN)

    async def hers(shown: Demo) -> None:
        await shown.says("Хочу отменить запись")
        await shown.taps("вт, 24 нояб., 12:00" if "вт, 24" in shown.options[0] else name[:4])
        await shown.says("отмените стрижку на завтра")

    text = recorded(hers, prepared=with_a_daughter)

    booked = [line for line in text.splitlines() if line.startswith(f"salon: {ONE}")]
    assert [" as " in line for line in booked] == [True, True, False]
    assert name[:4] in text.partition("> Хочу")[2]
    assert not_held(text, tmp_path) == ()


def test_a_client_who_hides_the_number_hides_it_when_it_plays(tmp_path: Path) -> None:
    text = recorded(a_wish, hidden=frozenset((ONE,)))

    assert f"\nclient: {ONE} hidden\n" in text
    assert "WhatsApp не показывает мне ваш номер" in text
    assert not_held(text, tmp_path) == ()


def test_settings_hold_when_it_plays(tmp_path: Path) -> None:
    text = recorded(a_cancel, settings={"LATE_HOURS": "48", "LATE_POLICY": "refuse", "CONFIRM": "never"})

    assert "\nset LATE_HOURS=48\n" in text
    assert not_held(text, tmp_path) == ()


def test_what_had_been_deleted_before_takes_no_window(tmp_path: Path) -> None:
    def gone(salon: YClientsSimulator) -> None:
        record = next(row for row in salon.journal() if row.phone == ONE)
        salon.edit_record(record.record_id, BEGAN, deleted=True)

    text = recorded(a_wish, prepared=gone)

    assert text.endswith("journal: 1 deleted\n")
    assert "Не нахожу предстоящих записей" in text
    assert not_held(text, tmp_path) == ()


# ── what is seen on the screens ───────────────────────────────────────────────────────────────────────


def screened(*bubbles: Bubble) -> Sequence[str]:
    """Return what was said, half a second between one and the next."""
    bubbles = tuple(replace(one, at=BEGAN + n * timedelta(seconds=0.5)) for n, one in enumerate(bubbles))
    salon = lively_salon(BEGAN)
    recorder = Recorder(BEGAN, "Recorded by a test.", ONE, salon.journal())
    text = recorder.transcript({ONE.removeprefix("+"): bubbles}, salon)
    return [line for line in text.splitlines() if line.startswith((">", "<"))]


def test_of_windows_with_one_label_the_one_that_was_tapped_is_named() -> None:
    windows = tuple(Option(key, "10:00", master) for key, master in (("a", "Анна"), ("b", "Елена")))
    asked = Bubble("out", "1", "Когда?", "list", BEGAN, options=windows)
    tapped = Bubble("in", "2", "10:00", "text", BEGAN, context="1", tapped="b")

    assert screened(asked, tapped) == ["< Когда? [10:00 — Анна] [10:00 — Елена]", "> [10:00 — Елена]"]


def test_words_that_answer_a_message_are_words_and_things_are_things() -> None:
    asked = Bubble("out", "1", "Да?", "buttons", BEGAN, options=(Option("a", "Да"),))

    said = screened(
        asked,
        Bubble("in", "2", "Когда?", "text", BEGAN, context="1"),
        Bubble("in", "3", "🎤", "other", BEGAN),
        Bubble("in", "4", "📷 вот", "other", BEGAN),
        Bubble("in", "5", "<hologram>", "other", BEGAN),
    )

    assert said == ["< Да? [Да]", ">> Когда?", ">> <voice>", ">> <image>", r"> \<hologram>"]


def test_what_never_came_or_was_typed_by_a_person_or_taken_back_is_left_out() -> None:
    assert not screened(
        Bubble("out", "1", "Да?", "text", BEGAN, status="failed"),
        Bubble("out", "2", "Звоните!", "text", BEGAN, by_hand=True),
        Bubble("in", "3", "", "text", BEGAN, deleted=True),
    )


def test_of_whoever_never_writes_the_salon_is_all_there_is(tmp_path: Path) -> None:
    async def nothing(shown: Demo) -> None:
        shown.client = NONE

    text = recorded(nothing, client=NONE)

    assert text.endswith(f"client: {NONE}\nstate: idle\n")
    assert not_held(text, tmp_path) == ()


def test_what_nobody_booked_or_nobody_knows_is_passed_over() -> None:
    salon = lively_salon(BEGAN)
    recorder = Recorder(BEGAN, "Recorded by a test.", ONE, salon.journal())

    recorder.edited(BEGAN, 1, Edited(deleted=True))
    recorder.stands(None, "cancel.confirming")
    recorder.stands(ONE, "cancel.choosing")

    text = recorder.transcript({}, salon)
    assert text.splitlines()[-2:] == ["salon: Чистка лица only by Елена", "state: cancel.choosing"]
