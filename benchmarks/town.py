"""A town of clients who cancel, with light stand-ins for YClients and WhatsApp that count what they see.

Our simulators are too thorough for this: one core could not stand 200 dialogues a second of them. The
stand-ins give the simulator's own answers, kept as bytes, without delay: what is measured is Otmena alone.
"""

import asyncio
import hashlib
import hmac
import json
import random
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from adapters.simulated import Request
from adapters.yclients.simulator import YClientsSimulator
from benchmarks.wire import Lines

COMPANY = 962302
NUMBER = "106540352242922"
SECRET = "app-secret-1"
_CARD, _RECORD, _VISIT, _PHONE = 300_001, 500_001, 700_001, "+79000000001"
# When a message of ours is sent, delivered and read, after it was accepted.
STATUSES_S = (("sent", 0.02), ("delivered", 0.06), ("read", 0.2))
# One POST in ten comes again.
DUPLICATES = 0.1


@dataclass(slots=True)
class Client:
    """One dialogue: cancel, a question, yes, told."""

    number: int
    posted_at: float = 0.0
    heard: int = 0
    cancelled: int = 0
    # It leaves the question unanswered.
    silent: bool = False


@dataclass(slots=True)
class Seen:
    """What went wrong, by kind, and how long answers took."""

    took_ms: list[float] = field(default_factory=list)
    finished: int = 0
    doubled: int = 0
    out_of_order: int = 0
    untrue: int = 0
    refused: int = 0
    # Signs of waiting: what took ten seconds.
    signs: int = 0
    posts: int = 0
    calls: int = 0
    # How late the load itself was, at worst.
    lag_ms: float = 0.0


class Town:
    """Clients and both outside parties. `think_s`: how long a client reads before answering, at least."""

    def __init__(self, *, seed: int = 1, think_s: float = 0.4) -> None:
        self.seen = Seen()
        self.clients: dict[int, Client] = {}
        self.lines: Lines | None = None
        # Clients who write from now on do not answer.
        self.silent = False
        self._chance = random.Random(seed)
        self._think_s = think_s
        self._errands: set[asyncio.Task[None]] = set()
        self._sends = 0
        self._answers = _answers_of_the_simulator()

    # ── the clients ───────────────────────────────────────────────────────────────────────────────────

    async def write(self, rate: float, seconds: float) -> None:
        """Let new clients write at this rate, whether or not earlier ones were answered."""
        begun, first = time.perf_counter(), len(self.clients) + 1
        for i in range(int(rate * seconds)):
            due = begun + i / rate
            wait_s = due - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self.seen.lag_ms = max(self.seen.lag_ms, (time.perf_counter() - due) * 1000)
            client = self.clients[first + i] = Client(first + i, silent=self.silent)
            self._says(client, {"type": "text", "text": {"body": "отмените запись"}})

    async def rest(self, within_s: float) -> None:
        """Wait until every dialogue has ended, and every status was posted."""
        until = time.perf_counter() + within_s
        for _ in range(int(within_s / 0.05)):
            if time.perf_counter() > until or (self.seen.finished >= len(self.clients) and not self._errands):
                return
            await asyncio.sleep(0.05)

    @property
    def wrong(self) -> int:
        """How many things went wrong: lost, doubled, out of order, told and not done, not acknowledged."""
        seen = self.seen
        return self.lost + seen.doubled + seen.out_of_order + seen.untrue + seen.refused

    @property
    def lost(self) -> int:
        """How many clients were left without their answer."""
        return sum(client.heard < 2 - client.silent for client in self.clients.values())

    def _says(self, client: Client, words: dict[str, object]) -> None:
        client.posted_at = time.perf_counter()
        message = {
            "from": _phone(client.number)[1:],
            "id": f"wamid.{client.number}.{client.heard}",
            "timestamp": str(int(time.time())),
            **words,
        }
        contact = {"profile": {"name": "Клиент"}, "wa_id": message["from"]}
        body = _enveloped({"contacts": [contact], "messages": [message]})
        self._later(0, body)
        if self._chance.random() < DUPLICATES:
            self._later(self._chance.uniform(0.05, 1.0), body)

    def _later(self, wait_s: float, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._posted(wait_s, body))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _posted(self, wait_s: float, body: bytes) -> None:
        assert self.lines is not None
        if wait_s:
            await asyncio.sleep(wait_s)
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        self.seen.posts += 1
        status = await self.lines.post(body, f"X-Hub-Signature-256: sha256={signature}")
        self.seen.refused += status != 200

    # ── WhatsApp ──────────────────────────────────────────────────────────────────────────────────────

    def whatsapp(self, method: bytes, path: bytes, body: bytes) -> tuple[int, bytes]:
        arrived = time.perf_counter()
        self.seen.calls += 1
        payload = json.loads(body)
        if "to" not in payload:
            return 200, b'{"success": true}'
        self._heard(self.clients[_number(payload["to"])], payload, arrived)
        self._sends += 1
        wamid = f"wamid.out{self._sends}"
        key = payload.get("biz_opaque_callback_data", "")
        for status, after_s in STATUSES_S:
            told = {"id": wamid, "status": status, "timestamp": str(int(time.time()))}
            told |= {"recipient_id": payload["to"][1:], "biz_opaque_callback_data": key}
            self._later(after_s, _enveloped({"statuses": [told]}))
        accepted = {"messaging_product": "whatsapp", "messages": [{"id": wamid}]}
        return 200, json.dumps(accepted).encode()

    def _heard(self, client: Client, payload: dict[str, object], arrived: float) -> None:
        text, options = _shown(payload)
        if text.startswith("Ещё жду"):
            self.seen.signs += 1
            return
        client.heard += 1
        self.seen.took_ms.append((arrived - client.posted_at) * 1000)
        if client.heard == 1:
            self.seen.out_of_order += not text.startswith("Отменить запись")
            if client.silent:
                self.seen.finished += 1
                return
            wait_s = self._think_s + self._chance.random() * self._think_s
            asyncio.get_running_loop().call_later(wait_s, self._agrees, client, options)
        elif client.heard == 2:
            self.seen.out_of_order += not text.startswith("Запись отменена")
            self.seen.untrue += client.cancelled != 1
            self.seen.finished += 1
        else:
            self.seen.doubled += 1

    def _agrees(self, client: Client, options: list[dict[str, str]]) -> None:
        """Every second client taps; the others write «да»."""
        if client.number % 2 and options:
            tapped = {"type": "button_reply", "button_reply": options[0]}
            self._says(client, {"type": "interactive", "interactive": tapped})
        else:
            self._says(client, {"type": "text", "text": {"body": "да"}})

    # ── YClients ──────────────────────────────────────────────────────────────────────────────────────

    def yclients(self, method: bytes, path: bytes, body: bytes) -> tuple[int, bytes]:
        self.seen.calls += 1
        where = path.decode().removeprefix("/api/v1/")
        what = where.split("/", 1)[0]
        if what == "company":
            if method == b"GET":
                return 200, self._answers["company"].encode()
            digits = json.loads(body)["filters"][0]["state"]["value"]
            return 200, self._of(_number(f"+7{digits}"), "search")
        number = int(re.findall(r"\d+", where)[-1]) - (_VISIT if what == "visits" else _RECORD) + 1
        if what == "records":
            found = re.search(r"client_id=(\d+)", where)
            assert found
            number = int(found[1]) - _CARD + 1
        elif method == b"PUT":
            number = int(where.rsplit("/", 1)[1]) - _RECORD + 1
            self.clients[number].cancelled += json.loads(body)["attendance"] == -1
        return 200, self._of(number, what)

    def _of(self, number: int, what: str) -> bytes:
        """Return the simulator's answer, with this client's numbers in it."""
        text = self._answers[what]
        text = text.replace(str(_RECORD), str(_RECORD + number - 1)).replace(
            str(_VISIT), str(_VISIT + number - 1)
        )
        text = text.replace(str(_CARD), str(_CARD + number - 1)).replace(_PHONE, _phone(number))
        if self.clients[number].cancelled:
            text = text.replace('"attendance":0', '"attendance":-1')
        return text.encode()


def _answers_of_the_simulator() -> dict[str, str]:
    """Return what our simulator answers about one client with one record tomorrow, by operation."""
    now = datetime.now(UTC)
    simulator = YClientsSimulator(company_id=COMPANY, limited=False)
    tomorrow = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    assert simulator.add_record(_PHONE, "Маникюр", "Ольга", tomorrow, now) == _RECORD
    filters = [{"type": "quick_search", "state": {"value": _PHONE[2:]}}]
    search = json.dumps({"page": 1, "page_size": 100, "fields": ["id", "phone"], "filters": filters})
    wanted = {
        "company": ("GET", f"/company/{COMPANY}", (), ""),
        "search": ("POST", f"/company/{COMPANY}/clients/search", (), search),
        "records": ("GET", f"/records/{COMPANY}", (("client_id", str(_CARD)),), ""),
        "record": ("GET", f"/record/{COMPANY}/{_RECORD}", (), ""),
        "visits": ("GET", f"/visits/{_VISIT}", (), ""),
    }
    headers = {"accept": "application/vnd.yclients.v2+json", "authorization": "Bearer partner, User user"}
    answers = {}
    for name, (method, path, query, body) in wanted.items():
        reply = simulator.handle(Request(method, f"/api/v1{path}", query, headers, body.encode()), now)
        assert reply.status == 200, (name, reply)
        answers[name] = reply.body.decode()
    return answers


def _phone(number: int) -> str:
    return f"+7900{number:07}"


def _number(phone: str) -> int:
    return int(phone[5:])


def _enveloped(parts: dict[str, object]) -> bytes:
    metadata = {"display_phone_number": "79000000000", "phone_number_id": NUMBER}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _shown(payload: dict[str, object]) -> tuple[str, list[dict[str, str]]]:
    """Return the words of a send, and its buttons."""
    interactive = payload.get("interactive")
    if not isinstance(interactive, dict):
        text = payload["text"]
        assert isinstance(text, dict)
        return str(text["body"]), []
    buttons = interactive["action"].get("buttons", [])
    return str(interactive["body"]["text"]), [button["reply"] for button in buttons]
