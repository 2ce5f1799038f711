"""A salon's desk for tests of any `Store`: people write, turns are taken, deliveries run, time is stepped."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from engine.booking import Attendance, CancelRecord, FindRecords, Record
from engine.effects import Say
from engine.events import Event, Heard, TimedOut
from engine.ports import (
    Arrival,
    Bubble,
    Delivery,
    Ending,
    Head,
    Identity,
    OutgoingCall,
    OutgoingMessage,
    Patience,
    Received,
    Status,
    Store,
    TurnTaken,
)
from engine.session import Session

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CHANNEL = "whatsapp"
SALON = "1001"
ANNA = Identity(kind="phone", value="+79000000001")
BORIS = Identity(kind="phone", value="+79000000002")
ANNA_USER = Identity(kind="user", value="RU.1")
BORIS_USER = Identity(kind="user", value="RU.2")
ANNA_PARENT = Identity(kind="parent", value="RU.ENT.1")

RECORD = Record(
    record_id=7,
    phone=ANNA.value,
    services=("Стрижка",),
    master="Ольга",
    starts_at=START + timedelta(days=2),
    attendance=Attendance.WAITING,
)
FIND = FindRecords(phone=ANNA.value)
CANCEL = CancelRecord(record=RECORD)
TIMED_OUT = TimedOut(state="cancel.confirming", question=1)
NOT_BUSY: frozenset[int] = frozenset()


class CountingIds:
    """Ids that tell tests apart from each other by nothing but their order."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id{next(self._numbers)}"


def message(
    text: str = "Здравствуйте", *, good_for_s: float = 86_400, outcome: bool = False
) -> OutgoingMessage:
    return OutgoingMessage(bubble=Bubble(text=text), good_for_s=good_for_s, outcome=outcome)


def question(number: int, *, good_for_s: float = 900, patience_s: float = 900) -> OutgoingMessage:
    event = TimedOut(state="cancel.confirming", question=number)
    return OutgoingMessage(
        bubble=Bubble(text=f"Вопрос {number}?"),
        question=number,
        patience=Patience(event=event, after_s=patience_s),
        good_for_s=good_for_s,
    )


def asking(number: int) -> Session:
    """Return a session with a pending question."""
    return Session(
        state="cancel.confirming", questions=number, pending=Say(text="cancel.confirm", question=True)
    )


def waiting(key: str) -> Session:
    """Return a session that waits for the result of a call."""
    return Session(state="cancel.looking", awaiting=key)


class Desk:
    """One store and a clock that only tests move."""

    def __init__(self, store: Store, reopen: Callable[[], Awaitable[Store]]) -> None:
        self.store = store
        self.now = START
        self._reopen = reopen
        self._numbers = itertools.count(1)

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def restart(self) -> None:
        self.store = await self._reopen()

    def arrival(
        self,
        text: str = "отмените запись",
        *identities: Identity,
        message_id: str | None = None,
        opt_out: bool | None = None,
        tapped: int | None = None,
        account: str = SALON,
    ) -> Arrival:
        heard = Heard(kind="words" if tapped is None else "tap", text=text, said_at=self.now)
        return Arrival(
            channel=CHANNEL,
            account=account,
            message_id=message_id or f"wamid.{next(self._numbers)}",
            identities=identities or (ANNA,),
            heard=heard,
            raw="{}",
            opt_out=opt_out,
            tapped_question=tapped,
        )

    async def receive(self, *arrivals: Arrival) -> Received:
        return await self.store.receive(arrivals, (), (), self.now)

    async def receive_at_once(self, *webhooks: tuple[Arrival, ...]) -> list[Received]:
        """Store several webhooks that came in one round of the loop."""
        return await asyncio.gather(*(self.receive(*arrivals) for arrivals in webhooks))

    async def hear(self, text: str = "отмените запись", *identities: Identity) -> int:
        """Store words; return their chat."""
        received = await self.receive(self.arrival(text, *identities))
        (chat_id,) = received.chats
        return chat_id

    async def head(self, chat_id: int) -> Head:
        head = await self.store.head(chat_id)
        assert head is not None, "nothing to take"
        return head

    async def take(
        self,
        chat_id: int,
        session: Session,
        *outgoing: OutgoingMessage | OutgoingCall,
        patience: Patience | None = None,
        keep_patience: bool = False,
    ) -> None:
        head = await self.head(chat_id)
        turn = TurnTaken(
            head=head,
            session=session,
            chat=head.chat,
            outgoing=outgoing,
            patience=patience,
            keep_patience=keep_patience,
        )
        assert await self.store.take(turn, self.now), "the turn was refused"

    async def heard_in(self, chat_id: int) -> list[str]:
        """Take every takeable row with a turn that changes nothing; return what they were, in order."""
        taken = []
        while (head := await self.store.head(chat_id)) is not None:
            taken.append(head.heard.text if head.heard else type(head.event).__name__)
            assert head.session is not None
            session = head.session
            if head.event is not None and head.call == session.awaiting:
                session = session.home()
            turn = TurnTaken(head=head, session=session, chat=head.chat, keep_patience=True)
            assert await self.store.take(turn, self.now)
        return taken

    async def due(self) -> tuple[Delivery, ...]:
        return await self.store.due(self.now, busy=NOT_BUSY)

    async def next(self) -> Delivery:
        """Return the only delivery that is due."""
        (delivery,) = await self.due()
        return delivery

    async def next_call(self, key: str) -> Delivery:
        """Return the call with this key, which must be due."""
        (delivery,) = (each for each in await self.due() if each.key == key)
        return delivery

    async def start(self) -> Delivery:
        delivery = await self.next()
        assert await self.store.starting(delivery, self.now), "the delivery must not start"
        return delivery

    async def end(self, delivery: Delivery, ending: Ending) -> tuple[int, ...]:
        return await self.store.ended(delivery, ending, self.now)

    async def send(self, provider_id: str = "wamid.out") -> Delivery:
        """Send the one message that is due."""
        delivery = await self.start()
        await self.end(delivery, Ending("sent", provider_id=provider_id))
        return delivery

    async def answer(self, result: Event) -> tuple[int, ...]:
        """Carry out the one call that is due."""
        return await self.end(await self.start(), Ending("result", result=result))

    async def report(
        self,
        status: str,
        *,
        message_id: str = "wamid.out",
        key: str | None = None,
        code: int | None = None,
        account: str = SALON,
    ) -> Received:
        reported = Status.model_validate(
            {
                "account": account,
                "message_id": message_id,
                "key": key,
                "status": status,
                "at": self.now,
                "error_code": code,
            }
        )
        return await self.store.receive((), (reported,), (), self.now)

    def later(self, seconds: float, *, definite: bool = True) -> Ending:
        return Ending("later", due=self.now + timedelta(seconds=seconds), definite=definite)

    def doubt(self, seconds: float = 30) -> Ending:
        return Ending("doubt", due=self.now + timedelta(seconds=seconds), definite=False)
