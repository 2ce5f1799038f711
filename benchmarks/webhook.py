"""How many webhooks a second are stored and acknowledged, beside the bare stack of the same run.

    python -m benchmarks.webhook [--quick] [--json FILE]

Each side is a server in a process of its own, and the load comes from here. In a round each side takes the
same number of messages from 64 connections. What a server worked itself is told too: other programs disturb
it less than the rate.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import frame
from benchmarks.frame import Bound, Result, Row, Samples
from benchmarks.load import asked, get, load, post
from benchmarks.serving import BARE, NAMES, NUMBER, OURS, SECRET

CONNECTIONS = 64
CLIENTS = 50
AT_LEAST = Bound(at_least=0.8)


@dataclass(frozen=True, slots=True)
class Took:
    """One side in one round."""

    per_second: float
    per_cpu_second: float
    p50_ms: float
    p99_ms: float


def body(number: int) -> bytes:
    """Return the webhook of one message of one of 50 clients."""
    message = {
        "from": f"790000000{number % CLIENTS:02}",
        "id": f"wamid.bench{number}",
        "timestamp": "1795392000",
        "type": "text",
        "text": {"body": "Хочу отменить запись"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "79000000099", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Анна"}, "wa_id": message["from"]}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def request(port: int, number: int) -> bytes:
    content = body(number)
    signature = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
    headers = f"Content-Type: application/json\r\nX-Hub-Signature-256: sha256={signature}\r\n"
    return post(port, "/webhooks/whatsapp", content, headers)


@contextmanager
def server(name: str, folder: str) -> Iterator[int]:
    """Run a side in a process of its own, and yield its port."""
    command = [sys.executable, "-m", "benchmarks.serving", name, folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        # Its input ends here, and with it the server.
        process.communicate(timeout=30)


async def loaded(port: int, first: int, count: int) -> Took:
    requests = [request(port, number) for number in range(first, first + count)]
    before = float(await asked(port, get(port, "/worked")))
    found = await load(port, requests, CONNECTIONS)
    worked = float(await asked(port, get(port, "/worked"))) - before
    return Took(
        found.per_second,
        count / worked,
        statistics.median(found.took_ms),
        statistics.quantiles(found.took_ms, n=100)[98],
    )


def measure(quick: bool) -> Result:
    count, rounds = (1000, frame.ROUNDS_QUICK) if quick else (20_000, frame.ROUNDS + 2)
    found: dict[str, list[Took]] = {name: [] for name in NAMES}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ports = {name: stack.enter_context(server(name, folder)) for name in NAMES}
        for port in ports.values():
            asyncio.run(loaded(port, 0, 500))
        for place in range(rounds):
            order = NAMES if place % 2 == 0 else NAMES[::-1]
            for name in order:
                found[name].append(asyncio.run(loaded(ports[name], 500 + place * count, count)))
    return Result(rows=tuple(rows(found)))


def rows(found: dict[str, list[Took]]) -> Iterator[Row]:
    rates = {
        name: samples(name, "acks/s", [took.per_second for took in sides]) for name, sides in found.items()
    }
    works = {
        name: samples(f"{name}, its own work", "acks/CPU s", [took.per_cpu_second for took in sides])
        for name, sides in found.items()
    }
    yield rates[OURS].row(ratios=[rates[OURS].beside(rates[BARE], AT_LEAST)])
    yield from (rates[name].row() for name in NAMES if name != OURS)
    yield works[OURS].row(ratios=[works[OURS].beside(works[BARE])])
    yield works[BARE].row()
    for name in (OURS, BARE):
        yield samples(f"{name}, median", "ms", [took.p50_ms for took in found[name]]).row()
        yield samples(f"{name}, 99th percentile", "ms", [took.p99_ms for took in found[name]]).row()


def samples(name: str, unit: str, values: list[float]) -> Samples:
    return Samples(name=name, unit=unit, values=tuple(values))


if __name__ == "__main__":
    frame.run(__doc__, measure)
