"""The bare stack that Otmena is held against: aiohttp, the signature, pydantic, one durable SQLite insert.

It is what anybody would write who must not lose a message, and no more: nobody is looked up, nothing is put
in order, a second delivery changes nothing, and nothing is counted.
"""

import asyncio
import hashlib
import hmac
import threading
from queue import Empty, SimpleQueue

import apsw
from aiohttp import web
from pydantic import BaseModel

GROUP_MAX = 512
_TABLES = """
    CREATE TABLE inbox (
        seq INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, body TEXT NOT NULL,
        taken INTEGER
    ) STRICT;
    CREATE INDEX waiting ON inbox (sender, seq) WHERE taken IS NULL;
"""
_INSERT = "INSERT INTO inbox (message_id, sender, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


class Text(BaseModel):
    body: str


class Message(BaseModel):
    id: str
    sender: str
    timestamp: int
    type: str
    text: Text | None = None

    model_config = {"alias_generator": lambda name: "from" if name == "sender" else name}


class Metadata(BaseModel):
    phone_number_id: str


class Value(BaseModel):
    metadata: Metadata
    messages: list[Message] = []


class Change(BaseModel):
    field: str
    value: Value


class Entry(BaseModel):
    id: str
    changes: list[Change]


class Body(BaseModel):
    object: str
    entry: list[Entry]

    def messages(self) -> list[Message]:
        return [
            message for entry in self.entry for change in entry.changes for message in change.value.messages
        ]


def signed(request: web.Request, body: bytes, secret: bytes) -> bool:
    right = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right, request.headers.get("X-Hub-Signature-256", ""))


class GroupCommit:
    """One thread, one connection; whatever is queued while a commit runs is the next group."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: SimpleQueue[tuple[list[Message], asyncio.Future[None]]] = SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    async def insert(self, messages: list[Message]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put((messages, done))
        await done

    def _work(self) -> None:
        connection = apsw.Connection(self._path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_TABLES)
        while True:
            group = [self._queue.get()]
            try:
                while len(group) < GROUP_MAX:
                    group.append(self._queue.get_nowait())
            except Empty:
                pass
            connection.execute("BEGIN IMMEDIATE")
            for messages, _ in group:
                for message in messages:
                    connection.execute(_INSERT, (message.id, message.sender, message.model_dump_json()))
            connection.execute("COMMIT")
            futures = [done for _, done in group]
            futures[0].get_loop().call_soon_threadsafe(_resolve, futures)


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for done in futures:
        if not done.done():
            done.set_result(None)


def application(path: str, secret: str) -> web.Application:
    store = GroupCommit(path)

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not signed(request, body, secret.encode()):
            return web.Response(status=401)
        await store.insert(Body.model_validate_json(body).messages())
        return web.Response(text="stored\n")

    app = web.Application(client_max_size=4 * 1024**2)
    app.router.add_post("/webhooks/whatsapp", receive)
    return app
