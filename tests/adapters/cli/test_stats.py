"""`otmena stats`: from the database alone, beside the server, in four forms, and never with a traceback."""

import csv
import io
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

import main
from adapters.storage import SqliteStore
from adapters.storage.rows import to_us
from adapters.storage.schema import MIGRATIONS, migrate
from adapters.storage.writer import connect
from engine.booking import CancelSettled, Fact, Reason, ReasonGiven, Record
from engine.codec import dump
from tests.adapters.cli.running import otmena
from tests.contracts.store_kit import ANNA, START, CountingIds, Desk
from tests.engine.statistics.year import Year, cancelled, stored

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '" onload="alert(2)',
    "</text></svg><img src=x onerror=alert(3)>",
    "'+alert(4)+'",
    "\\u0027+alert(5)",
    "\x1b[31mкрасное\x07",
    '=HYPERLINK("http://x.example","?")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "  =1+1",
    "\t=1",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "otmena.db"


def record(number: int = 1, **more: Any) -> Record:
    given = {
        "record_id": number,
        "phone": "+79000000001",
        "client": "Вера Секретная",
        "services": ("Маникюр",),
        "master": "Ольга",
        "master_id": 11,
        "starts_at": AT + timedelta(days=2),
        "cost": 1800,
        **more,
    }
    return Record.model_validate(given)


def write(path: Path, *facts: Fact, at: datetime = AT, steps: int = len(MIGRATIONS)) -> None:
    connection = connect(str(path))
    migrate(connection, at, MIGRATIONS[:steps])
    with connection:
        connection.executemany(
            "INSERT INTO ledger (at_us, kind, fact) VALUES (?, ?, ?)",
            [(to_us(at), type(fact).__name__, dump(fact)) for fact in facts],
        )
    connection.close()


def stats(path: Path | str, *arguments: str, zone: str | None = "Europe/Moscow") -> Result:
    environment = {"OTMENA_DATABASE_URL": f"sqlite:///{path}", "OTMENA_TIMEZONE": zone}
    return CliRunner().invoke(main.commands(), ["stats", *arguments], env=environment, prog_name="otmena")


def document(path: Path, *arguments: str, zone: str | None = "Europe/Moscow") -> Any:
    done = stats(path, "--format", "json", *arguments, zone=zone)
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def table(path: Path, *arguments: str, zone: str | None = "Europe/Moscow") -> str:
    done = stats(path, *arguments, zone=zone)
    assert done.exit_code == 0
    return done.stdout


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────


def test_json_has_the_fields_of_the_contract(path: Path) -> None:
    write(path, cancelled(record(), AT, late=True))

    found = document(path)

    assert (found["from"], found["to"], found["timezone"]) == ("2026-11-23", "2026-11-23", "Europe/Moscow")
    counts = {
        name: found[name] for name in ("cancelled", "late", "moved", "taken_back", "refused", "unknown")
    }
    assert counts == {"cancelled": 1, "late": 1, "moved": 0, "taken_back": 0, "refused": 0, "unknown": 0}
    assert list(found["by_reason"]) == list(get_args(Reason))
    assert found["by_reason"]["none"] == 1
    assert found["by_master"]["11"]["cancelled"] == found["by_service"]["Маникюр"]["cancelled"] == 1
    assert {"from": 48, "to": 72, "n": 1} in found["by_lead_hours"]
    assert [len(day) for day in found["by_weekday_hour"]] == [24] * 7
    assert found["by_weekday_hour"][2][10] == 1
    assert found["rate"] == {
        "value": 1.0, "low": 0.2699, "high": 1.0, "of": 1, "confidence": 0.9, "few": True
    }  # fmt: skip
    assert found["value_at_risk"] == {"low": 1800, "high": 1800, "currency": "RUB", "without_cost": 0}


def test_a_year_is_told_to_the_record_from_a_file(path: Path) -> None:
    year = Year(11, per_day=3)
    stored(path, year)

    found = document(path, zone="Europe/Berlin")

    truth = year.truth
    for name in ("cancelled", "late", "moved", "taken_back", "refused", "unknown", "lost"):
        assert found[name] == truth.counts[name]
    assert {code: n for code, n in found["by_reason"].items() if n} == truth.reasons
    assert {key: each["lost"] for key, each in found["by_master"].items()} == {
        key: each["lost"] for key, each in truth.masters.items()
    }
    rows = list(csv.DictReader(io.StringIO(stats(path, "--format", "csv", zone="Europe/Berlin").stdout)))
    assert {int(row["record"]) for row in rows if row["lost"] == "1"} == truth.lost_records


def test_the_table_tells_figures_interval_and_warnings(path: Path) -> None:
    write(path, cancelled(record(), AT))

    told = table(path)

    assert told.startswith("Отмены и переносы: 23.11.2026 – 23.11.2026 (Europe/Moscow)\n! Данных мало:")
    assert "Доля потерянных: 100\u00a0% (27–100\u00a0%) из 1\n" in told
    assert "Под угрозой: 1\u202f800\u00a0₽\n" in told
    assert "Ср  ██" in told


def test_whoever_told_no_reason_comes_last_among_the_reasons(path: Path) -> None:
    silent = [cancelled(record(number), AT) for number in range(3, 9)]
    why = [ReasonGiven(record=record(number), code="illness") for number in (1, 2)]
    write(path, *(cancelled(record(number), AT) for number in (1, 2)), *why, *silent)

    told = table(path)
    page = stats(path, "--format", "html").stdout

    assert told.index("Болезнь ") < told.index("Причина не названа ")
    assert "Причины отмен. Болезнь: 2; Причина не названа: 6." in page


def test_reasons_bear_the_salons_own_titles_and_none_bears_anothers(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = [ReasonGiven(record=record(1), code="illness"), ReasonGiven(record=record(2), code="plans")]
    write(path, *(cancelled(record(number), AT) for number in (1, 2, 3)), *why)
    monkeypatch.setenv("OTMENA_REASONS", "illness=Болею <b>,plans=Деньги,money,work")

    told, page = table(path), stats(path, "--format", "html").stdout

    assert all(name in told for name in ("Болею <b> ", "Деньги (изменились планы) ", "Причина не названа "))
    assert "Болезнь" not in told
    assert "Болею &lt;b&gt;" in page
    assert "<b>," not in page.replace("<b></b>", "")
    assert document(path)["by_reason"]["illness"] == 1


def test_few_cancels_are_said_to_be_few_at_every_picture_of_them(path: Path) -> None:
    write(path, *(cancelled(record(number), AT) for number in range(29)))
    rare = "меньше 30 отмен, картина может быть случайной"

    assert table(path).lower().count(rare) == 3
    assert stats(path, "--format", "html").stdout.count(rare) == 3

    write(path, cancelled(record(29), AT))
    assert rare not in table(path).lower()
    assert rare not in stats(path, "--format", "html").stdout


@pytest.mark.parametrize(
    ("days", "steps", "first"),
    [(3, "по дням", "23.11"), (40, "по неделям", "23.11–29.11"), (300, "по месяцам", "нояб 2026")],
)
def test_the_steps_of_time_are_named(path: Path, days: int, steps: str, first: str) -> None:
    write(path, cancelled(record(), AT))
    write(
        path, cancelled(record(2, starts_at=AT + timedelta(days=days + 2)), AT), at=AT + timedelta(days=days)
    )

    told = table(path)

    assert f"Время, {steps}" in told
    assert f"\n{first} " in told
    assert f">{steps}<" in stats(path, "--format", "html").stdout


def test_csv_names_no_client_and_warns_beside_it(path: Path) -> None:
    write(path, cancelled(record(), AT))

    done = stats(path, "--format", "csv")

    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row | {"day": "2026-11-23", "wish": "cancel", "record": "1", "cost": "1800"} == row
    assert row["starts_at"] == "2026-11-25T10:00:00+03:00"
    assert "Данных мало" in done.stderr
    assert "79000000001" not in done.stdout
    assert "Вера" not in done.stdout


def test_only_the_days_that_are_asked_for_are_told(path: Path) -> None:
    for i in range(4):
        write(path, cancelled(record(i), AT), at=AT + timedelta(days=i))

    found = document(path, "--from", "2026-11-24", "--to", "25.11.2026")

    assert (found["from"], found["to"], found["cancelled"]) == ("2026-11-24", "2026-11-25", 2)
    assert document(path, "--from", "2026-11-26")["cancelled"] == 1
    assert document(path, "--to", "0001-01-01")["cancelled"] == 0
    assert document(path, "--from", "0001-01-01", "--to", "9999-12-31")["cancelled"] == 4


@pytest.mark.parametrize("form", ["table", "json", "csv", "html"])
def test_an_empty_ledger_is_told_as_such(path: Path, form: str) -> None:
    write(path)

    done = stats(path, "--format", form)

    assert done.exit_code == 0
    assert "нет ни одного обращения" in done.output


# ── names as people write them ────────────────────────────────────────────────────────────────────────


def hostile(path: Path) -> None:
    write(
        path,
        *(
            cancelled(record(i, master=name, master_id=i, services=(name,)), AT)
            for i, name in enumerate(HOSTILE)
        ),
    )


def test_no_cell_of_the_csv_is_a_formula(path: Path) -> None:
    hostile(path)

    rows = list(csv.DictReader(io.StringIO(stats(path, "--format", "csv").stdout)))

    assert len(rows) == len(HOSTILE)
    for row in rows:
        for cell in (row["master"], row["services"]):
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert cell.isprintable()


def test_no_name_commands_the_terminal(path: Path) -> None:
    hostile(path)

    assert "\x1b" not in table(path)
    assert "\x07" not in table(path)


class Elements(HTMLParser):
    """Names of elements, and of their attributes."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(told)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_no_name_gets_out_of_its_place_on_the_page(path: Path) -> None:
    hostile(path)

    told = stats(path, "--format", "html").stdout
    page = Elements(told)

    assert {"svg", "text", "table", "details"} <= page.tags
    assert not page.tags & {"script", "img", "iframe", "a", "foreignobject"}
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not {"\x1b", "\x07"} & set(told)


def test_the_page_needs_no_network_and_no_script(path: Path) -> None:
    stored(path, Year(12, per_day=2))

    told = stats(path, "--format", "html").stdout
    drawn = told.count("<svg ")

    assert told.startswith("<!doctype html>")
    assert drawn == told.count('<svg role="img" aria-label="') == 8
    assert not Elements(told).tags & {"script", "img", "a", "image", "use"}
    assert told.count("href=") == told.count('<link rel="icon" href="data:,">') == 1
    namespaces = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]
    assert re.findall(r"https?://[^\"\s]+", told) == namespaces * drawn


# ── the zone ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_servers_zone_is_read_from_the_file(path: Path) -> None:
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)
    await store.keep_zone("Asia/Vladivostok")
    await store.keep_zone("Asia/Vladivostok")
    await store.close()
    write(path, cancelled(record(), AT), at=datetime(2026, 11, 23, 15, tzinfo=UTC))

    found = document(path, zone=None)

    assert (found["timezone"], found["from"]) == ("Asia/Vladivostok", "2026-11-24")
    assert document(path)["timezone"] == "Europe/Moscow"


def test_without_it_the_newest_visit_tells_its_offset_and_that_is_warned_of(path: Path) -> None:
    starts_at = datetime.fromisoformat("2026-11-25T15:00:00+07:00")
    write(path, cancelled(record(starts_at=starts_at), AT))

    found = document(path, zone=None)

    assert found["timezone"] == "UTC+07:00"
    assert "Часовой пояс салона ещё не известен" in found["warnings"][0]


def test_a_zone_that_this_machine_does_not_know_is_no_zone(path: Path) -> None:
    write(path, cancelled(record(), AT))
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO meta VALUES ('timezone', 'Mars/Olympus')")

    assert document(path, zone=None)["timezone"] == "UTC"


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_the_first_version_is_read(path: Path) -> None:
    write(path, cancelled(record(), AT), steps=1)

    assert document(path)["cancelled"] == 1


def test_facts_of_another_version_are_left_out_and_told(path: Path) -> None:
    write(path, cancelled(record(), AT))
    old = CancelSettled(record=record(2), outcome="kept")
    write(path, old)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger SET fact = replace(fact, '\"kept\"', '\"pondered\"')")
        connection.execute("INSERT INTO ledger (at_us, kind, fact) VALUES (0, 'Unheard', '{}')")

    found = document(path)

    assert (found["cancelled"], found["kept"], found["unreadable"]) == (1, 0, 1)
    assert "не читает: 1" in found["warnings"][-1]


def test_where_not_even_the_newest_fact_is_readable_nothing_is_guessed(path: Path) -> None:
    write(path, CancelSettled(record=record(), outcome="kept"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger SET fact = '{'")

    found = document(path, zone=None)

    assert (found["timezone"], found["unreadable"]) == ("UTC", 1)


async def test_it_reads_beside_a_server_that_writes(path: Path) -> None:
    store = await SqliteStore.open(path, ids=CountingIds(), now=START)

    async def reopen() -> SqliteStore:
        raise AssertionError("nothing restarts here")

    desk = Desk(store, reopen)
    try:
        for _ in range(3):
            await desk.hear("отмените запись", ANNA)
            assert document(path)["cancelled"] == 0
        assert store.healthy
    finally:
        await store.close()


# ── wrong use ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2026-11-25", "--to", "2026-11-24"), "--from must not be later than --to"),
        (("--from", "yesterday"), "does not match the format"),
        (("--from", "2026-02-30"), "does not match the format"),
        (("--format", "pdf"), "is not one of"),
        (("--reconcile", "--format", "csv"), "--reconcile is told as table or json"),
        (("now",), "unexpected extra argument"),
    ],
)
def test_wrong_use_exits_2_with_a_sentence(path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    write(path)

    done = stats(path, *arguments)

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stdout == ""


def test_wrong_configuration_exits_78_and_names_the_variable(path: Path) -> None:
    for done in (stats(path), stats(path.parent / "no" / "where.db")):
        assert done.exit_code == 78
        assert "OTMENA_DATABASE_URL" in done.stderr
        assert "Traceback" not in done.stderr
    write(path)
    zoneless = stats(path, zone="Moscow")
    assert zoneless.exit_code == 78
    assert "OTMENA_TIMEZONE" in zoneless.stderr
    bare = stats(path, "--reconcile")
    assert bare.exit_code == 78
    assert "OTMENA_YCLIENTS_PARTNER_TOKEN is required" in bare.stderr


def test_the_command_runs_by_itself_and_has_an_example(path: Path) -> None:
    write(path, cancelled(record(), AT))

    done = otmena("stats", "--format", "json", OTMENA_DATABASE_URL=f"sqlite:///{path}")

    assert done.returncode == 0
    assert json.loads(done.stdout)["cancelled"] == 1
    assert "otmena stats --reconcile" in otmena("stats", "--help").stdout
