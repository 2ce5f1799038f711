"""What the benchmarks hold us against does the same work, and no less than it says."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

import main
from adapters.storage.rows import fetch
from adapters.storage.writer import connect
from benchmarks import bare_flow, bare_stack, bare_turn
from benchmarks.cancelling import turns
from benchmarks.load import get, load, post
from benchmarks.serving import SECRET
from benchmarks.webhook import request
from engine.effects import Remember
from engine.session import Chat, Session
from states import cancel


def test_the_turns_are_those_of_a_whole_cancel() -> None:
    dialogue, _ = main.dialogue_and_texts()
    stored = turns(dialogue)
    last = stored[-1]
    session, chat = Session.model_validate_json(last.session), Chat.model_validate_json(last.chat)

    assert [Session.model_validate_json(turn.session).state for turn in stored] == [
        "idle", "cancel.looking", "cancel.confirming", "cancel.cancelling", "cancel.done", "cancel.done",
    ]  # fmt: skip
    assert dialogue.step(session, chat, last.event, last.at).session.state == "idle"


def test_without_the_engine_the_same_rows_want_the_same() -> None:
    dialogue, _ = main.dialogue_and_texts()
    machine = bare_flow.compiled(dialogue)
    for turn in turns(dialogue):
        session, chat = Session.model_validate_json(turn.session), Chat.model_validate_json(turn.chat)
        decision = dialogue.step(session, chat, turn.event, turn.at)

        bare, _, effects = bare_flow.stepped(machine, cancel.FLOW, turn)

        assert bare.state == decision.session.state
        # What the chat remembers is the engine's to keep, and no effect that anybody carries out.
        assert tuple(each for each in effects if not isinstance(each, Remember)) == decision.effects


@pytest.mark.parametrize("side", bare_turn.SIDES)
def test_every_small_side_plays_to_its_end(side: bare_turn.Side) -> None:
    side()()


async def test_the_bare_stack_stores_what_is_signed_and_nothing_else(tmp_path: Path) -> None:
    path = str(tmp_path / "bare.db")
    async with TestClient(TestServer(bare_stack.application(path, SECRET))) as client:
        assert client.port is not None
        forged = await client.post(
            "/webhooks/whatsapp", data=b"{}", headers={"X-Hub-Signature-256": "sha256="}
        )

        found = await load(client.port, [request(client.port, number) for number in (1, 2, 2, 3)], 2)

    assert forged.status == 401
    assert len(found.took_ms) == 4
    connection = connect(path)
    assert fetch(connection, "SELECT count(*) FROM inbox") == [(3,)]
    connection.close()


async def test_the_load_does_not_count_a_refusal(tmp_path: Path) -> None:
    async with TestClient(TestServer(bare_stack.application(str(tmp_path / "bare.db"), SECRET))) as client:
        assert client.port is not None
        with pytest.raises(ConnectionError, match="401"):
            await load(client.port, [post(client.port, "/webhooks/whatsapp", b"{}")], 1)


def test_a_request_without_a_body_says_where_it_goes() -> None:
    assert get(80, "/worked") == b"GET /worked HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"
