"""One simulator by itself: its quirks, its address, its control."""

import json
import re
import urllib.request
from typing import Any

import pytest

from adapters.whatsapp import simulator as whatsapp
from adapters.yclients import simulator as yclients
from tests.adapters.cli.running import invoked, started


@pytest.mark.parametrize(("which", "known"), [("yclients", yclients.QUIRKS), ("whatsapp", whatsapp.QUIRKS)])
def test_quirks_are_listed_with_what_they_do(which: str, known: dict[str, str]) -> None:
    done = invoked("sim", which, "--quirks")

    assert done.exit_code == 0
    for name, description in known.items():
        assert re.search(rf"^{re.escape(name)} +{re.escape(description)}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("yclients", "--quirk", "timeout"), "did you mean timeout-before, timeout-but-done"),
        (("yclients", "--quirk", "500", "429", "nonsense"), "no quirk is called 'nonsense'"),
        (("yclients", "--quirk", "500 on cancle"), "no operation is called 'cancle'"),
        (("whatsapp", "--quirk", "duplicates × 2"), "did you mean duplicate"),
        (("whatsapp", "--webhook", "127.0.0.1:8080"), "must begin with http:// or https://"),
        (("yclients", "--port", "many"), "'many' is not a valid integer"),
        (("altegio",), "No such command 'altegio'"),
    ],
)
def test_wrong_use_is_told_and_exits_2(arguments: tuple[str, ...], sentence: str) -> None:
    done = invoked("sim", *arguments)

    assert done.exit_code == 2
    assert sentence in done.stderr


def test_yclients_runs_by_itself_with_its_quirks_on() -> None:
    process = started("sim", "yclients", "--port", "0", "--quirk", "500 on cancel × 2", "slow")
    try:
        assert process.stdout is not None
        base = re.search(r"http://\S+", process.stdout.readline())
        assert base is not None
        printed = dict(process.stdout.readline().strip().split("=", 1) for _ in range(4))
        assert printed == {
            "OTMENA_YCLIENTS_BASE_URL": base[0],
            "OTMENA_YCLIENTS_COMPANY_ID": "962302",
            "OTMENA_YCLIENTS_PARTNER_TOKEN": "simulated-partner-token",
            "OTMENA_YCLIENTS_USER_TOKEN": "simulated-user-token",
        }

        assert _get(base[0].replace("/api/v1", "/_sim/quirks"))["active"] == ["500 on cancel × 2", "slow"]
        assert _get(base[0].replace("/api/v1", "/_sim/journal"))["records"]
    finally:
        process.terminate()
        process.communicate(timeout=15)
    assert process.returncode == 0


def test_whatsapp_runs_by_itself() -> None:
    process = started("sim", "whatsapp", "--webhook", "http://127.0.0.1:9/webhooks/whatsapp")
    try:
        assert process.stdout is not None
        base = re.search(r"http://\S+", process.stdout.readline())
        assert base is not None

        assert "batch" in _get(base[0].replace("/v26.0", "/_sim/quirks"))["known"]
    finally:
        process.terminate()
        process.communicate(timeout=15)
    assert process.returncode == 0


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)
