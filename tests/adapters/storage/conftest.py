"""The SQLite store as the contract suites need it: a real file, reopened on demand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.storage import SqliteStore

for suite in ("store_kit", "store_delays", "store_inbox", "store_notices", "store_outbox", "store_past"):
    pytest.register_assert_rewrite(f"tests.contracts.{suite}")

from tests.contracts.store_kit import START, CountingIds, Desk  # noqa: E402  (rewritten asserts come first)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    ids = CountingIds()
    opened: list[SqliteStore] = []

    async def reopen() -> SqliteStore:
        if opened:
            await opened.pop().close()
        opened.append(await SqliteStore.open(tmp_path / "otmena.db", ids=ids, now=START))
        return opened[-1]

    yield Desk(await reopen(), reopen)
    await opened.pop().close()
