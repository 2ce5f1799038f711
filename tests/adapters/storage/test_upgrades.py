"""What an older version stored and today's code cannot read any more."""

import asyncio
from pathlib import Path

import pytest

from adapters.storage.writer import connect
from engine.booking import CallFailed
from engine.events import NotDelivered, StartedOver
from engine.ports import OutgoingCall, Patience
from engine.session import Session
from tests.contracts.store_kit import FIND, NOT_BUSY, TIMED_OUT, Desk, asking, message, question, waiting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


async def spoil(path: Path, statement: str) -> None:
    """Change the file behind the store's back, as another version would have written it."""

    def run() -> None:
        connection = connect(str(path))
        connection.execute(statement)
        connection.close()

    await asyncio.to_thread(run)


async def test_a_session_of_another_time_is_none_and_the_chat_stays(desk: Desk, path: Path) -> None:
    chat = await desk.hear()
    await spoil(path, """UPDATE chat SET session = '{"mood": "blue"}', chat = '{"hat": 1}', opted_out = 1""")

    head = await desk.head(chat)

    assert head.session is None
    assert head.chat.opted_out
    assert head.chat.phone == head.address.phone


async def test_a_result_of_another_time_is_unknown(desk: Desk, path: Path) -> None:
    chat = await desk.hear()
    await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=FIND))
    await desk.answer(CallFailed(reason="refused"))
    await spoil(path, """UPDATE inbox SET event = '{"kind": "Gone", "value": {}}' WHERE event IS NOT NULL""")

    head = await desk.head(chat)

    assert (head.event, head.call) == (CallFailed(reason="unknown"), "k1")


async def test_a_time_out_of_another_time_starts_over(desk: Desk, path: Path) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), patience=Patience(event=TIMED_OUT, after_s=0))
    await spoil(path, """UPDATE timer SET event = '{"kind": "Gone", "value": {}}'""")
    await desk.store.fire_timers(desk.now)

    assert (await desk.head(chat)).event == StartedOver()


async def test_words_of_another_time_are_still_heard(desk: Desk, path: Path) -> None:
    chat = await desk.hear()
    await spoil(path, """UPDATE inbox SET heard = '{"kind": "hologram"}'""")

    head = await desk.head(chat)

    assert head.heard is not None
    assert (head.heard.kind, head.heard.said_at) == ("other", desk.now)


@pytest.mark.parametrize(("attempts", "reason"), [(0, "not_tried"), (1, "unknown")])
async def test_a_call_of_another_time_is_answered_at_the_start(
    desk: Desk, path: Path, attempts: int, reason: str
) -> None:
    chat = await desk.hear()
    await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=FIND))
    for _ in range(attempts):
        await desk.start()
    await spoil(path, """UPDATE outbox SET payload = '{"kind": "Gone", "value": {}}'""")
    assert await desk.due() == ()

    await desk.store.recover(desk.now, grace_s=120, hold_s=30)

    head = await desk.head(chat)
    assert isinstance(head.event, CallFailed)
    assert (head.event.reason, head.call) == (reason, "k1")
    assert await desk.store.next_due(desk.now, busy=NOT_BUSY) is None


async def test_a_message_of_another_time_does_not_hold_the_chat(desk: Desk, path: Path) -> None:
    chat = await desk.hear()
    await desk.take(chat, asking(1), question(1), message("два"))
    await spoil(path, """UPDATE outbox SET payload = '{"smell": 1}' WHERE question = 1""")

    await desk.store.recover(desk.now, grace_s=120, hold_s=30)

    assert (await desk.send()).message == message("два")
    assert (await desk.head(chat)).event == NotDelivered(question=1)
