"""`otmena stats --reconcile`: the simulator over real HTTP, a ledger, and differences by number."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from adapters.simulated import application
from adapters.stats import journal as reading
from adapters.yclients.commenting import SENTENCE
from adapters.yclients.journal import Journal
from adapters.yclients.simulator import YClientsSimulator
from engine.booking import CancelSettled, Record
from tests.adapters.cli.test_stats import write
from tests.adapters.yclients.world import START, VERA, World, client_over, play
from tests.engine.statistics.year import cancelled

NOW = datetime.now(UTC).replace(microsecond=0)


class Salon:
    """The simulator on a real port, and a database file with a ledger."""

    def __init__(self, simulator: YClientsSimulator, url: str, path: Path) -> None:
        self.simulator, self.url, self.path = simulator, url, path

    def record(self, days: float = 1, **more: Any) -> Record:
        starts_at = NOW + timedelta(days=days)
        number = self.simulator.add_record(VERA, "Маникюр", "Ольга", starts_at, NOW, **more)
        return Record(
            record_id=number, phone=VERA, services=("Маникюр",), master="Ольга", starts_at=starts_at
        )

    async def reconciled(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import main; main.run()",
            "stats",
            "--reconcile",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "OTMENA_DATABASE_URL": f"sqlite:///{self.path}",
                "OTMENA_YCLIENTS_BASE_URL": self.url,
                "OTMENA_YCLIENTS_PARTNER_TOKEN": "partner",
                "OTMENA_YCLIENTS_USER_TOKEN": "user",
                "OTMENA_YCLIENTS_COMPANY_ID": str(self.simulator.company_id),
                **environment,
            },
        )
        told, complained = await process.communicate()
        assert process.returncode is not None
        return process.returncode, told.decode(), complained.decode()


@pytest.fixture
async def salon(tmp_path: Path) -> AsyncIterator[Salon]:
    simulator = YClientsSimulator()
    server = TestServer(application(simulator))
    await server.start_server(shutdown_timeout=0.01)
    yield Salon(simulator, str(server.make_url("/api/v1")), tmp_path / "otmena.db")
    await server.close()


async def test_each_record_is_told_by_what_ledger_and_journal_say_of_it(salon: Salon) -> None:
    ours = salon.record(attendance=-1, comment=SENTENCE)
    theirs = salon.record(days=-2, attendance=-1)
    marked = salon.record(attendance=-1, comment=f"просила чай\n{SENTENCE}")
    back, kept = salon.record(), salon.record(days=3)
    gone = kept.model_copy(update={"record_id": 999})
    write(
        salon.path,
        cancelled(ours, NOW),
        cancelled(back, NOW),
        cancelled(gone, NOW),
        CancelSettled(record=kept, outcome="kept"),
    )

    code, told, complained = await salon.reconciled("--format", "json")

    assert (code, complained) == (0, "")
    found = json.loads(told)
    assert {kind: numbers for kind, numbers in found["records"].items() if numbers} == {
        "cancelled_through_us": [ours.record_id],
        "salon_or_no_show": [theirs.record_id],
        "marked_but_not_in_ledger": [marked.record_id],
        "stands": [kept.record_id],
        "stands_though_cancelled": [back.record_id],
        "gone_though_cancelled": [999],
    }
    assert (found["in_journal"], found["did_not_come"], found["agrees"]) == (5, 3, False)
    assert {logged.operation for logged in salon.simulator.log} <= {"company", "records"}


async def test_the_table_names_differences_or_says_that_there_are_none(salon: Salon) -> None:
    ours = salon.record(attendance=-1, comment=SENTENCE)
    write(salon.path, cancelled(ours, NOW))

    assert "Расхождений нет." in (await salon.reconciled())[1]

    marked = salon.record(attendance=-1, comment=SENTENCE)
    told = (await salon.reconciled())[1]
    assert f"отмену вернули:\n  {marked.record_id}\n" in told


async def test_a_salon_whose_calls_are_used_up_is_read_when_it_has_time_again(salon: Salon) -> None:
    theirs = salon.record(attendance=-1)
    write(salon.path)
    salon.simulator.quirk("429", "company", 1)
    salon.simulator.quirk("429", "records", 1)

    code, told, _ = await salon.reconciled("--format", "json")

    assert json.loads(told)["records"]["salon_or_no_show"] == [theirs.record_id]
    assert code == 0


async def test_days_are_those_of_the_visits(salon: Salon) -> None:
    near, far = salon.record(days=1, attendance=-1), salon.record(days=50, attendance=-1)
    write(salon.path)
    day = (NOW + timedelta(days=50)).date()

    around = json.loads((await salon.reconciled("--format", "json"))[1])
    then = json.loads((await salon.reconciled("--format", "json", "--from", str(day - timedelta(days=1))))[1])

    assert around["records"]["salon_or_no_show"] == [near.record_id]
    assert then["records"]["salon_or_no_show"] == [far.record_id]


async def test_a_journal_that_cannot_be_read_is_told_in_a_sentence(salon: Salon) -> None:
    write(salon.path)
    salon.simulator.quirk("403", "records", None)

    code, told, complained = await salon.reconciled()

    assert (code, told) == (1, "")
    assert complained.startswith("Error: YClients could not be read: YClients: 403")
    code, _, complained = await salon.reconciled(OTMENA_YCLIENTS_BASE_URL="http://127.0.0.1:9/api/v1")
    assert code == 1
    assert complained == "Error: YClients could not be read: no connection\n"


def test_a_list_that_would_be_cut_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CUT_AT", 4)
    world = World()

    async def run() -> None:
        journal = Journal(client_over(world.transport), world.simulator.company_id)
        for i in range(6):
            world.add(VERA, "Маникюр", "Анна", f"2026-11-{26 + i // 3} 1{i}:00")
        first, last = START.date(), START.date() + timedelta(days=9)
        assert len(await reading.shown(journal, first, last)) == 7
        world.add(VERA, "Маникюр", "Анна", "2026-11-26 19:00")
        with pytest.raises(reading.TooManyOnOneDay, match="2026-11-26"):
            await reading.shown(journal, first, last)

    play(run())
