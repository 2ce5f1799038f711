"""The SQLite store keeps every promise of the port."""

import pytest

from adapters.storage import SqliteStore
from tests.adapters.storage.conftest import LOOP, THREAD
from tests.contracts.store_delays import DelayContract
from tests.contracts.store_inbox import InboxContract, PeopleContract
from tests.contracts.store_kit import Desk
from tests.contracts.store_notices import NoticeContract
from tests.contracts.store_outbox import OutboxContract, QuestionContract, RestartContract, StatusContract
from tests.contracts.store_past import PastContract

pytestmark = pytest.mark.parametrize("desk", [THREAD, LOOP], indirect=True)


class _Ledger:
    async def facts(self, desk: Desk) -> list[object]:
        assert isinstance(desk.store, SqliteStore)
        return [(each.chat_id, each.at, each.fact) for each in await desk.store.ledger()]


class TestInbox(_Ledger, InboxContract):
    pass


class TestPeople(PeopleContract):
    pass


class TestOutbox(_Ledger, OutboxContract):
    pass


class TestQuestions(QuestionContract):
    pass


class TestStatuses(StatusContract):
    pass


class TestNotices(NoticeContract):
    pass


class TestPast(PastContract):
    pass


class TestRestarts(RestartContract):
    pass


class TestDelays(DelayContract):
    pass
