"""The SQLite store as the contract suites need it: a real file, reopened on demand, behind each writer."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from adapters.storage import SqliteStore
from adapters.storage.inline import LoopWriter
from adapters.storage.writer import connect

for suite in ("store_kit", "store_delays", "store_inbox", "store_notices", "store_outbox", "store_past"):
    pytest.register_assert_rewrite(f"tests.contracts.{suite}")

from tests.contracts.store_kit import START, CountingIds, Desk  # noqa: E402  (rewritten asserts come first)

THREAD, LOOP = "with the thread of a server", "on the loop, as in rehearsals"


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """The store of a server; a test that asks for `LOOP` instead gets that of a rehearsal."""
    on_the_loop = getattr(request, "param", THREAD) == LOOP
    ids = CountingIds()
    path = tmp_path / "otmena.db"
    opened: list[SqliteStore] = []

    async def fresh() -> SqliteStore:
        if on_the_loop:
            return await SqliteStore.over(LoopWriter(partial(connect, str(path))), ids=ids, now=START)
        return await SqliteStore.open(path, ids=ids, now=START)

    async def reopen() -> SqliteStore:
        if opened:
            await opened.pop().close()
        opened.append(await fresh())
        return opened[-1]

    yield Desk(await reopen(), reopen)
    await opened.pop().close()
