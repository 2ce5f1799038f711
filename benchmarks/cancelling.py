"""One whole cancel as the store keeps it: before each turn, the stored session and what has come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.booking import Receipt, Record, RecordCancelled, RecordsFound
from engine.dialogue import Decision, Dialogue
from engine.events import Heard, Tap
from engine.flow import Salon
from engine.moment import Moment
from engine.session import Chat, Session
from engine.values import Event

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)
PHONE = "+79000000001"
RECORD = Record(
    record_id=1,
    phone=PHONE,
    services=("Маникюр",),
    master="Ольга",
    master_id=2001,
    starts_at=datetime(2026, 11, 25, 15, 0, tzinfo=MOSCOW),
    length_s=3600,
)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """What lies in the store before a turn: texts, and the event as it was understood."""

    session: str
    chat: str
    heard: Heard | None
    event: Event
    at: Moment


def words(text: str) -> Heard:
    return Heard(kind="words", text=text, said_at=MONDAY)


def tap(kind: str, *, question: int = 0, choice: int | None = None) -> Heard:
    return Heard(kind="tap", option=Tap(kind=kind, question=question, choice=choice).encode(), said_at=MONDAY)


def conversation() -> Sequence[Heard | Event]:
    """Return what comes in: a wish, the journal's answer, yes in words, the receipt, why, thanks."""
    receipt = Receipt(change="cancelled", record=RECORD, read_at=MONDAY, how="soft")
    return (
        words("Хочу отменить запись"),
        RecordsFound(records=(RECORD,)),
        words("да, отмените"),
        RecordCancelled(receipt=receipt),
        words("заболела"),
        words("спасибо"),
    )


def turns(dialogue: Dialogue) -> list[StoredTurn]:
    """Play the conversation; return each turn as it stands before it is taken."""
    session, chat = Session(), Chat(phone=PHONE)
    found: list[StoredTurn] = []
    for number, came in enumerate(conversation(), start=1):
        at = Moment(
            salon=Salon(zone=MOSCOW),
            now=MONDAY,
            said_at=MONDAY,
            turn=number,
            call_key=f"c1.{number}",
            # The question was there to be read, just before.
            asked_at=MONDAY - timedelta(seconds=5),
            asked_arrival=number - 1,
            arrival=number,
        )
        heard = came if isinstance(came, Heard) else None
        event = dialogue.understand(session, chat, came, at) if isinstance(came, Heard) else came
        found.append(StoredTurn(session.model_dump_json(), chat.model_dump_json(), heard, event, at))
        decision: Decision = dialogue.step(session, chat, event, at)
        session, chat = decision.session, decision.chat
    return found
