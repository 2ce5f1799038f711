"""No query of the daily work reads the past: it grows without end, and every turn would pay for it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from adapters.storage import delays, deliveries, notices, people, sends, timers, turns
from adapters.storage.people import Door
from adapters.storage.receive import Webhook
from adapters.storage.schema import migrate
from adapters.storage.writer import connect
from engine.booking import CallFailed
from engine.events import Heard
from engine.ports import Arrival, Identity, Status

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PHONE = "+79000000001"
STATUS = Status(account="1", message_id="wamid.1", key="m1", status="sent", at=NOW)
WORDS = Arrival(
    channel="whatsapp",
    account="1",
    message_id="wamid.2",
    identities=(Identity(kind="phone", value=PHONE),),
    heard=Heard(kind="words", text="да", said_at=NOW),
)
QUERIES: dict[str, Callable[[apsw.Connection], object]] = {
    "receive": Webhook((), (STATUS,), (), NOW),
    "receive_together": lambda c: Webhook.together(c, [Webhook((WORDS,), (), (), NOW)] * 2),
    "chat_of": lambda c: people.chat_of(c, Door("whatsapp", "1"), (Identity(kind="phone", value=PHONE),)),
    "head": lambda c: turns.head(c, 1),
    "chats_with_work": turns.chats_with_work,
    "due": lambda c: deliveries.due(c, NOW, frozenset({1}), 100),
    "next_due": lambda c: deliveries.next_due(c, NOW, frozenset({1})),
    "on_its_way": lambda c: sends.on_its_way(c, 1),
    "fire_timers": lambda c: timers.fire(c, NOW),
    "next_timer": timers.next_timer,
    "orphans": lambda c: timers.orphans(c, CallFailed(reason="unknown"), NOW),
    "recover": lambda c: timers.recover(c, NOW, grace_s=120, hold_s=30),
    "recover_notices": notices.recover,
    "pull_back": lambda c: delays.pull_back(c, NOW, by_s=3600, patience_s=900),
    "settle_unreadable": lambda c: deliveries.settle_unreadable(c, NOW),
    "notices_due": lambda c: notices.due(c, NOW, frozenset(), 10),
    "next_notice": lambda c: notices.next_due(c, frozenset()),
    "heard_since": lambda c: notices.heard_since(c, "whatsapp", "1", PHONE, NOW - timedelta(hours=24)),
}
# Indices over what is unfinished; they are read whole, and stay short.
UNFINISHED = ("SCAN timer", "outbox_due", "inbox_untaken", "inbox_results", "chat_awaiting", "notice_due")


@pytest.mark.parametrize("name", QUERIES)
def test_it_reads_no_finished_row(tmp_path: Path, name: str) -> None:
    connection = connect(str(tmp_path / "otmena.db"))
    migrate(connection, NOW)

    ran = _ran(connection, QUERIES[name])

    assert ran
    assert [step for sql in ran for step in _whole_tables(connection, sql)] == []


@pytest.mark.parametrize("waiting", ["head", "on_its_way"])
def test_what_waits_in_other_chats_costs_a_chat_nothing(tmp_path: Path, waiting: str) -> None:
    connection = connect(str(tmp_path / "otmena.db"))
    migrate(connection, NOW)

    ran = _ran(connection, QUERIES[waiting])

    assert ran
    assert [step for sql in ran for step in _plan(connection, sql) if step.startswith("SCAN")] == []


def _ran(connection: apsw.Connection, query: Callable[[apsw.Connection], object]) -> list[str]:
    """Run the query and return its statements."""
    statements: list[str] = []

    def traced(cursor: object, sql: str, bindings: object) -> bool:
        statements.append(sql)
        return True

    connection.exec_trace = traced
    query(connection)
    connection.exec_trace = None
    return statements


def _whole_tables(connection: apsw.Connection, sql: str) -> list[str]:
    scans = (step for step in _plan(connection, sql) if re.match(r"SCAN (?!json_each|CONSTANT)", step))
    return [f"{step}: {sql}" for step in scans if not step.endswith(UNFINISHED)]


def _plan(connection: apsw.Connection, sql: str) -> list[str]:
    if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)", sql):
        return []
    # Bindings with a number may stand there several times.
    bindings = len(set(re.findall(r"\?\d+", sql))) or sql.count("?")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * bindings)
    return [detail for *_, detail in plan]
