"""What a turn costs beside a thousand and beside a million stored sessions.

python -m benchmarks.sessions [--quick] [--json FILE]
"""

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import main
from adapters.clock import RandomIds
from adapters.storage import SqliteStore
from adapters.whatsapp import webhook
from benchmarks import frame
from benchmarks.filled import fill
from benchmarks.frame import ROUNDS, ROUNDS_QUICK, Bound, Result, interleaved
from benchmarks.town import NUMBER
from engine.booking import RecordsFound
from engine.flow import Salon
from engine.ports import Ending
from engine.runtime.deciding import decide
from engine.understanding import opt_out

FEW, MANY = 1_000, 1_000_000
RATIO_MAX = 1.2
TURNS, TURNS_QUICK = 150, 30
SALON = Salon(zone=ZoneInfo("Europe/Moscow"))


class Stored:
    """A store with so many sessions in it, and the same dialogue of new clients beside them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path, sessions: int) -> None:
        self._loop = loop
        self._clients = itertools.count(1)
        self._dialogue, self._texts = main.dialogue_and_texts()
        self._store = loop.run_until_complete(self._opened(path, sessions))

    async def _opened(self, path: Path, sessions: int) -> SqliteStore:
        now = datetime.now(UTC)
        await (await SqliteStore.open(path, ids=RandomIds(), now=now)).close()
        fill(str(path), sessions, now)
        return await SqliteStore.open(path, ids=RandomIds(), now=now)

    def close(self) -> None:
        self._loop.run_until_complete(self._store.close())

    def turn_ms(self, turns: int) -> float:
        """Return what one turn takes at the median: all that the store does for it, and its decision."""
        return statistics.median(self._loop.run_until_complete(self._turns(turns)))

    async def _turns(self, turns: int) -> list[float]:
        took: list[float] = []
        while len(took) < turns:
            body = _written(next(self._clients))
            took += [await self._turn(body), await self._turn(None)]
        return took

    async def _turn(self, body: bytes | None) -> float:
        """Take a client's message, or (None) what the call before has found; ms."""
        store, now = self._store, datetime.now(UTC)
        started = time.perf_counter()
        if body is not None:
            arrivals = webhook.parse(body, opt_out, now).arrivals
            (self._chat,) = (await store.receive(arrivals, (), (), now)).chats
        head = await store.head(self._chat)
        assert head is not None
        decided = decide(self._dialogue, self._texts, SALON, head, now)
        assert await store.take(decided.turn, now)
        (delivery,) = await store.due(now + timedelta(seconds=1), busy=frozenset())
        assert await store.starting(delivery, now)
        ending = (
            Ending(kind="sent", provider_id=f"wamid.{delivery.key}")
            if delivery.message
            else Ending(kind="result", result=RecordsFound(records=()))
        )
        await store.ended(delivery, ending, now)
        await store.next_due(now, busy=frozenset())
        await store.fire_timers(now)
        await store.next_timer()
        return (time.perf_counter() - started) * 1000

    def housekeeping_ms(self) -> float:
        """Return what it takes to look for work, for chats that wait for nothing, and for a writer; ms."""
        return self._loop.run_until_complete(self._housekeeping())

    async def _housekeeping(self) -> float:
        now = datetime.now(UTC)
        started = time.perf_counter()
        await self._store.chats_with_work()
        await self._store.orphans(RecordsFound(records=()), now)
        await self._store.heard_since("whatsapp", NUMBER, "+79010000001", now - timedelta(hours=24))
        return (time.perf_counter() - started) * 1000


def _written(number: int) -> bytes:
    message = {
        "from": f"7900{number:07}",
        "id": f"wamid.new{number}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "отмените запись"},
    }
    value = {"metadata": {"phone_number_id": NUMBER}, "messages": [message]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def measure(quick: bool) -> Result:
    turns, rounds = (TURNS_QUICK, ROUNDS_QUICK) if quick else (TURNS, ROUNDS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        loop = asyncio.new_event_loop()
        stack.callback(loop.close)
        many_sessions = MANY // 100 if quick else MANY
        stores = {}
        for sessions in (FEW, many_sessions):
            stores[sessions] = Stored(loop, folder / f"{sessions}.db", sessions)
            stack.callback(stores[sessions].close)
            stores[sessions].turn_ms(turns)
        taken = interleaved(
            {f"a turn, {sessions:,} sessions": _of(store, turns) for sessions, store in stores.items()},
            "ms",
            rounds,
        )
        kept = interleaved(
            {
                f"start and hourly look, {sessions:,} sessions": store.housekeeping_ms
                for sessions, store in stores.items()
            },
            "ms",
            rounds,
        )
    few, many = taken.values()
    ratio = many.beside(few, Bound(at_most=RATIO_MAX))
    return Result(rows=(few.row(), many.row(ratios=[ratio]), *(samples.row() for samples in kept.values())))


def _of(store: Stored, turns: int) -> Callable[[], float]:
    return lambda: store.turn_ms(turns)


if __name__ == "__main__":
    frame.run(__doc__, measure)
