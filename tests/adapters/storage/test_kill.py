"""kill -9 in a real process: whatever was acknowledged is there afterwards, whole."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.storage import SqliteStore
from engine.booking import RecordsFound
from engine.ports import Ending
from tests.contracts.store_kit import NOT_BUSY, RECORD, START, CountingIds

ROOT = Path(__file__).parents[3]

# Prints each acknowledgement after the commit, as the webhook's 200 would.
LIFE = r"""
import asyncio, os, sys, uuid
from adapters.storage import SqliteStore
from engine.booking import RecordsFound
from engine.ports import Ending, Identity, OutgoingCall
from engine.session import Session
from tests.contracts.store_kit import FIND, NOT_BUSY, RECORD, START, Desk, message, waiting

class Ids:
    def new(self):
        return uuid.uuid4().hex[:24]

def tell(*words):
    os.write(1, f"{' '.join(words)}\n".encode())

async def client(desk, run, number):
    person = Identity(kind="phone", value=f"+7900000{run:02d}{number:02d}")
    n = 0
    while True:
        n += 1
        text = f"{run}.{number}.{n}"
        (chat,) = (await desk.receive(desk.arrival(text, person, message_id=text))).chats
        tell("received", text)
        key = f"k{run}.{number}.{n}"
        await desk.take(chat, waiting(key), OutgoingCall(key=key, call=FIND))
        tell("taken", text)
        (call,) = [each for each in await desk.due() if each.key == key]
        await desk.store.starting(call, START)
        await desk.store.ended(call, Ending("result", result=RecordsFound(records=(RECORD,))), START)
        tell("answered", text)
        await desk.take(chat, Session(), message(text))
        tell("finished", text)

async def main(path, run):
    store = await SqliteStore.open(path, ids=Ids(), now=START)
    async def never(): raise AssertionError
    desk = Desk(store, never)
    await asyncio.gather(*(client(desk, run, number) for number in range(8)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.parametrize("seed", range(4))
async def test_everything_acknowledged_survives_kill_9(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "otmena.db"
    acknowledged: dict[str, str] = {}

    for run in range(2):
        for line in acknowledgements_until_killed(path, run, after=chance.randrange(50, 400)):
            step, text = line.split()
            acknowledged[text] = step

    store = await SqliteStore.open(path, ids=CountingIds(), now=START)
    await assert_nothing_is_lost(store, acknowledged)
    await store.close()


def acknowledgements_until_killed(path: Path, run: int, *, after: int) -> list[str]:
    """Let one process live until its `after`-th acknowledgement, and a moment more."""
    command = [sys.executable, "-c", LIFE, str(path), str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        return lines + process.stdout.readlines()


async def assert_nothing_is_lost(store: SqliteStore, acknowledged: dict[str, str]) -> None:
    def look(connection: object) -> tuple[dict[str, bool], set[str], set[str], set[str], list[str]]:
        execute = connection.execute  # type: ignore[attr-defined]  # an apsw connection
        words = {i: bool(t) for i, t in execute("SELECT message_id, taken_us FROM inbox WHERE channel <> ''")}
        done = {key for (key,) in execute("SELECT key FROM outbox WHERE kind = 'call' AND status = 'done'")}
        results = {key for (key,) in execute("SELECT call FROM inbox WHERE event IS NOT NULL")}
        said = {text for (text,) in execute("SELECT payload ->> 'text' FROM outbox WHERE kind = 'message'")}
        check = [row[0] for row in execute("PRAGMA integrity_check")]
        return words, done, results, said, check

    words, done, results, said, check = await store._writer.run(look)
    assert check == ["ok"]
    # A call is marked done if and only if its result stands.
    assert done == results
    order = ["received", "taken", "answered", "finished"]
    for text, step in acknowledged.items():
        reached = order.index(step)
        assert text in words, f"{text} was acknowledged and is lost"
        assert reached < 1 or words[text], f"{text} was taken and is open again"
        assert reached < 2 or f"k{text}" in done, f"{text} was answered and is not"
        assert reached < 3 or text in said, f"{text} was finished and its message is lost"
    # And life goes on.
    for chat_id in await store.chats_with_work():
        assert await store.head(chat_id) is not None
    for call in await store.due(START, busy=NOT_BUSY):
        if call.call is not None:
            await store.ended(call, Ending("result", result=RecordsFound(records=(RECORD,))), START)
    assert await asyncio.wait_for(store.next_due(START, busy=NOT_BUSY), 5) is not None
