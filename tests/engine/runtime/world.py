"""A salon around the real shell and the real store: small fakes for both outside parties, virtual time."""

import asyncio
import contextlib
import itertools
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Literal

import apsw

from adapters.storage import SqliteStore
from adapters.storage.inline import LoopWriter
from adapters.storage.writer import connect
from adapters.virtual import LoopClock
from engine import texts
from engine.booking import (
    CancelRecord,
    CancelSettled,
    Command,
    FindRecords,
    Query,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordsFound,
    TurnedOut,
)
from engine.dialogue import Dialogue
from engine.events import Heard, Tap
from engine.flow import Salon
from engine.moment import Moment
from engine.notices import Notice, Told
from engine.ports import Address, Answers, Arrival, Bubble, Chance, Identity, Messenger, Status
from engine.runtime import Shell
from engine.session import Chat, Session
from engine.texts import Texts
from engine.understanding import Understanding, opt_out
from engine.values import Event
from states import everywhere, registry
from tests.chat import ANNA, MARIA, MOSCOW, proof, record

NUMBER = "1001"
MANICURE = record(1)


class CountingIds:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id{next(self._numbers)}"


def _connect(path: str) -> apsw.Connection:
    # A process dies here, never the machine, so no commit needs to reach the disk.
    connection = connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


@cache
def catalogue() -> Texts:
    return texts.load(registry.texts())


@cache
def dialogue() -> Dialogue:
    """Compiled once: it keeps nothing of what it is asked."""
    return Dialogue(registry.FLOWS, everywhere.rows, Understanding(), catalogue().claims)


@dataclass
class Fault:
    """What goes wrong, in order of the attempts; the last for ever, if `lasting`."""

    errors: list[Exception | None] = field(default_factory=list)
    lasting: Exception | None = None
    # How long each attempt takes.
    takes_s: float = 0.0

    async def comes(self) -> None:
        await asyncio.sleep(self.takes_s)
        error = self.errors.pop(0) if self.errors else self.lasting
        if error is not None:
            raise error


class FakeBooking:
    """The journal: what it holds is what it answers."""

    def __init__(self) -> None:
        self.records: dict[int, Record] = {1: MANICURE}
        self.cancelled: dict[int, Record] = {}
        self.asking, self.doing = Fault(), Fault()
        # Every attempt: when it began, and what it was.
        self.asked: list[tuple[float, Query]] = []
        self.done: list[tuple[float, Command, str]] = []

    async def ask(self, query: Query) -> Event:
        self.asked.append((asyncio.get_running_loop().time(), query))
        await self.asking.comes()
        match query:
            case FindRecords():
                mine = [one for one in self.records.values() if one.phone == query.phone]
                return RecordsFound(records=tuple(mine))
            case ReadOutcome():
                gone = self.cancelled.get(query.record.record_id)
                receipt, shown = (proof(gone), None) if gone else (None, query.record)
                return TurnedOut(record=query.record, receipt=receipt, shown=shown, attempt=query.attempt)
        raise AssertionError(query)

    async def do(self, command: Command, *, key: str, wanted_at: datetime) -> Event:
        self.done.append((asyncio.get_running_loop().time(), command, key))
        await self.doing.comes()
        assert isinstance(command, CancelRecord)
        self.cancelled[command.record.record_id] = command.record
        self.records.pop(command.record.record_id, None)
        return RecordCancelled(receipt=proof(command.record))


@dataclass(frozen=True, slots=True)
class Sent:
    at_s: float
    phone: str | None
    bubble: Bubble
    key: str


class FakeMessenger:
    """The channel. An attempt that raises did not arrive, as far as this fake is concerned."""

    def __init__(self) -> None:
        self.sending = Fault()
        self.attempts: list[Sent] = []
        self.sent: list[Sent] = []
        self.noticing: Exception | None = None
        # Whether it takes read marks, and what is seen of it where one is sent once more.
        self.marks = True
        self.answer: Answers = "yes"
        # Ids of messages shown as read, and whether an answer was announced.
        self.seen: list[tuple[str, bool]] = []

    async def turn(self, address: Address) -> None:
        """Nobody has to wait here."""

    async def send(self, address: Address, bubble: Bubble, *, key: str) -> str:
        one = Sent(asyncio.get_running_loop().time(), address.phone, bubble, key)
        self.attempts.append(one)
        await self.sending.comes()
        self.sent.append(one)
        return f"wamid.{len(self.sent)}"

    async def noticed(self, address: Address, channel_message_id: str, *, typing: bool) -> bool:
        self.seen.append((channel_message_id, typing))
        if self.noticing is not None:
            raise self.noticing
        return self.marks

    async def answers(self, address: Address, channel_message_id: str) -> Answers:
        return self.answer


class FakeNotifier:
    """The ways to the people of the salon. An attempt that raises did not arrive."""

    def __init__(self) -> None:
        self.telling = Fault()
        # Everything that was tried, and what arrived: at which time, to whom, which words.
        self.attempts: list[Told] = []
        self.told: list[tuple[float, Told, str]] = []
        self.links: dict[str, str] = {}

    async def tell(self, told: Told, text: str, link: str | None) -> None:
        self.attempts.append(told)
        await self.telling.comes()
        self.told.append((asyncio.get_running_loop().time(), told, text))

    def link(self, chat_id: int, notice: Notice) -> str | None:
        return self.links.get(notice.request)


class FragileDialogue(Dialogue):
    """The dialogue as it is, but for bugs that a test lists."""

    # Words whose understanding raises, and events whose step does.
    broken_words: frozenset[str] = frozenset()
    broken_events: frozenset[type[Event]] = frozenset()

    def understand(self, session: Session, chat: Chat, heard: Heard, at: Moment) -> Event:
        if heard.text in self.broken_words:
            raise RuntimeError("a bug in the understanding")
        return super().understand(session, chat, heard, at)


class World:
    """One salon, one database file, and as many processes after each other as a test wants."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = LoopClock()
        self.booking, self.messenger = FakeBooking(), FakeMessenger()
        # Put in its place, it sends instead of the fake.
        self.other_messenger: Messenger | None = None
        # Put in its place, it tells those whom the salon names.
        self.notifier: FakeNotifier | None = None
        self.counted: list[tuple[str, str]] = []
        # Of deliveries: kind and ending.
        self.endings: list[tuple[str, str]] = []
        self.texts = catalogue()
        self.dialogue: Dialogue = dialogue()
        self.salon = Salon(zone=MOSCOW)
        self.ids = CountingIds()
        self.chance: Chance = random.Random(1)
        self._numbers = itertools.count(1)
        self._heard: dict[str, int] = {}
        self.store: SqliteStore
        self.shell: Shell

    # ── processes ─────────────────────────────────────────────────────────────────────────────────────

    async def starts(self) -> None:
        writer = LoopWriter(partial(_connect, str(self.path)))
        self.store = await SqliteStore.over(writer, ids=self.ids, now=self.clock.now())
        await self.before_the_shell()
        self.shell = self.another_shell()
        await self.shell.start()

    async def before_the_shell(self) -> None:
        """What else a process does when it starts."""

    def another_shell(self) -> Shell:
        return Shell(
            dialogue=self.dialogue,
            texts=self.texts,
            store=self.store,
            booking=self.booking,
            messenger=self.other_messenger or self.messenger,
            clock=self.clock,
            chance=self.chance,
            salon=lambda: self.salon,
            notifier=self.notifier,
            counted=lambda notice, ending: self.counted.append((notice.event, ending)),
            delivered=lambda kind, ending: self.endings.append((kind, ending)),
        )

    async def stops(self) -> None:
        await self.shell.stop()
        await self.store.close()

    async def dies(self) -> None:
        """kill -9: nothing that was under way goes on, and nothing more is written."""
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.store.close()

    async def ends(self) -> None:
        with contextlib.suppress(Exception):
            await self.dies()

    # ── clients ───────────────────────────────────────────────────────────────────────────────────────

    def words(self, text: str, phone: str = ANNA, *, ago_s: float = 0, number: int | None = None) -> Arrival:
        said_at = self.clock.now() - timedelta(seconds=ago_s)
        return self._arrival(Heard(kind="words", text=text, said_at=said_at), phone, number)

    async def writes(self, *texts: str, phone: str = ANNA, ago_s: float = 0) -> None:
        """The client writes; all at once, where it is more than one."""
        await self.shell.receive([self.words(text, phone, ago_s=ago_s) for text in texts])
        await self.settles()

    async def reacts(self, emoji: str, phone: str = ANNA) -> None:
        """The client puts an emoji on a message; none takes it off again."""
        heard = Heard(kind="reaction", text=emoji, said_at=self.clock.now())
        await self.shell.receive([self._arrival(heard, phone, None)])
        await self.settles()

    async def taps(self, kind: str, phone: str = ANNA) -> None:
        """The client taps the latest option of this kind that arrived."""
        options = [option.id for sent in reversed(self._sent(phone)) for option in sent.bubble.options]
        option = next(one for one in options if one.startswith(f"{kind}:"))
        heard = Heard(kind="tap", option=option, said_at=self.clock.now())
        tap = Tap.decode(option)
        assert tap is not None
        arrival = self._arrival(heard, phone, None)._replace(tapped_question=tap.question)
        await self.shell.receive([arrival])
        await self.settles()

    async def reports(
        self, key: str | None, status: Literal["sent", "delivered", "failed"] = "delivered"
    ) -> None:
        """The channel reports a status of the message with this key; None: of some other message."""
        one = Status(account=NUMBER, message_id=f"wamid.{key}", key=key, status=status, at=self.clock.now())
        await self.shell.receive([], [one])
        await self.settles()

    def _arrival(self, heard: Heard, phone: str, number: int | None) -> Arrival:
        return Arrival(
            channel="whatsapp",
            account=NUMBER,
            message_id=f"wamid.in.{number or next(self._numbers)}",
            identities=(Identity(kind="phone", value=phone),),
            heard=heard,
            raw="{}",
            opt_out=opt_out(heard.text) if heard.kind == "words" else None,
        )

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────

    async def passes(self, seconds: float = 0, *, minutes: float = 0) -> None:
        await asyncio.sleep(seconds + minutes * 60)
        await self.settles()

    async def settles(self) -> None:
        """Let everything happen that needs no time."""
        await asyncio.sleep(0.02)

    def time_s(self) -> float:
        return self.clock.monotonic()

    # ── what was said ─────────────────────────────────────────────────────────────────────────────────

    def said(self, phone: str = ANNA) -> list[str]:
        """Return what arrived since this was last asked."""
        everything = [sent.bubble.text for sent in self._sent(phone)]
        new = everything[self._heard.get(phone, 0) :]
        self._heard[phone] = len(everything)
        return new

    def says(self, *parts: str, phone: str = ANNA) -> None:
        """Exactly these messages arrived since this was last asked; each is told by a part of it."""
        said = self.said(phone)
        fits = len(said) == len(parts) and all(part in text for part, text in zip(parts, said, strict=True))
        assert fits, f"said {said}, not {list(parts)}"

    def _sent(self, phone: str) -> list[Sent]:
        return [sent for sent in self.messenger.sent if sent.phone == phone]

    # ── what is stored ────────────────────────────────────────────────────────────────────────────────

    async def session(self, phone: str = ANNA) -> Session:
        stored = await self.looks_up("SELECT session FROM chat WHERE phone = ?", phone)
        return Session.model_validate_json(str(stored))

    async def chat(self, phone: str = ANNA) -> Chat:
        stored = await self.looks_up("SELECT chat FROM chat WHERE phone = ?", phone)
        return Chat.model_validate_json(str(stored))

    async def looks_up(self, sql: str, *bindings: object) -> object:
        def read(connection: apsw.Connection) -> object:
            row = connection.execute(sql, bindings).fetchone()
            return row[0] if row else None

        return await self.store._writer.run(read)

    async def outcomes(self) -> list[str]:
        """Return how wishes to cancel have ended, by the ledger."""
        facts = [entry.fact for entry in await self.store.ledger(CancelSettled)]
        return [fact.outcome for fact in facts if isinstance(fact, CancelSettled)]

    # ── scenes ────────────────────────────────────────────────────────────────────────────────────────

    async def is_asked(self) -> None:
        """Anna is asked whether to cancel."""
        await self.writes("хочу отменить запись")
        self.says("Отменить запись: Маникюр")

    async def agrees(self) -> None:
        """Anna is asked and says yes; the write leaves."""
        await self.is_asked()
        await self.taps("yes")


__all__ = [
    "ANNA",
    "MANICURE",
    "MARIA",
    "NUMBER",
    "FakeNotifier",
    "Fault",
    "FragileDialogue",
    "Sent",
    "World",
]
