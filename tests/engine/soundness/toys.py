"""A small flow that is sound, and what `check` finds once something of it is broken."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from engine.booking import (
    CallFailed,
    CancelRecord,
    FindRecords,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
)
from engine.effects import Ask, Do, Effects, Option, Say
from engine.events import No, TimedOut, Yes
from engine.flow import IDLE, Calling, Flow, Hearing, On, Open, Row, State, Turn, Waiting, minutes, say
from engine.soundness import Document, Problem, Released, Subject, Verdict, check, structural
from engine.soundness.tables import Tables, laid_out
from engine.values import Event
from states import everywhere


class Knocked(Event):
    """The intent that opens the toy flow."""


class Rung(Event):
    """The intent of another flow."""


class Memory(BaseModel):
    record: Record | None = None


def knocks(hearing: Hearing[object]) -> Knocked | None:
    return Knocked() if hearing.meaning.intent == "list" else None


def answers(hearing: Hearing[Memory]) -> Yes | No | None:
    if hearing.tap is not None:
        taps: dict[str, Yes | No] = {"go": Yes(), "stay": No()}
        return taps.get(hearing.tap.kind)
    return Yes() if hearing.meaning.intent == "yes" else None


def look(turn: Turn[Memory], event: Event) -> Effects:
    yield Ask(query=FindRecords(phone="+79000000001"))


def ask(turn: Turn[Memory], found: RecordsFound) -> Effects:
    record = turn.memory.record = found.records[0]
    options = (Option(kind="go"), Option(kind="stay"))
    yield Say(text="toy.ask", args={"record": record}, options=options, question=True, proposes=(record,))


def go(turn: Turn[Memory], event: Event) -> Effects:
    assert turn.memory.record is not None
    yield Do(command=CancelRecord(record=turn.memory.record))


def tell(turn: Turn[Memory], done: RecordCancelled) -> Effects:
    yield Say(text="toy.done", args={"record": done.receipt.record}, receipts=(done.receipt,))


def none_found(turn: Turn[Memory], found: RecordsFound) -> bool:
    return not found.records


def is_unknown(turn: Turn[Memory], failed: CallFailed) -> bool:
    return failed.reason == "unknown"


LOOKING = Calling("toy.looking", FindRecords)
ASKING = Waiting("toy.asking", hears=(answers,), context="confirm", patience=minutes(15))
CANCELLING = Calling("toy.cancelling", CancelRecord)
DONE = Open("toy.done", hears=(), context="done", patience=minutes(15))

NONE_FOUND = On(RecordsFound, "toy.looking", IDLE, when=none_found, do=say("toy.none"))
ONE_FOUND = On(RecordsFound, "toy.looking", "toy.asking", do=ask)
NOT_LOOKED_UP = On(CallFailed, "toy.looking", IDLE, do=say("toy.off"))
NO = On(No, "toy.asking", IDLE, do=say("toy.kept"))
ASKING_TIMED_OUT = On(TimedOut, "toy.asking", IDLE, do=say("toy.kept"))
UNKNOWN = On(CallFailed, "toy.cancelling", IDLE, when=is_unknown, do=say("toy.unknown"))
FAILED = On(CallFailed, "toy.cancelling", IDLE, do=say("toy.failed"))
DONE_TIMED_OUT: Row[Memory] = On(TimedOut, "toy.done", IDLE)

ROWS: tuple[Row[Any], ...] = (
    On(Knocked, IDLE, "toy.looking", do=look),
    NONE_FOUND,
    ONE_FOUND,
    NOT_LOOKED_UP,
    On(Yes, "toy.asking", "toy.cancelling", do=go),
    NO,
    ASKING_TIMED_OUT,
    On(RecordCancelled, "toy.cancelling", "toy.done", do=tell),
    On(RecordChanged, "toy.cancelling", IDLE, do=say("toy.failed")),
    UNKNOWN,
    FAILED,
    DONE_TIMED_OUT,
)

TOY = Flow(
    name="toy",
    intents=(Knocked,),
    hears=(knocks,),
    memory=Memory,
    states=(LOOKING, ASKING, CANCELLING, DONE),
    table=ROWS,
)

TEXTS: dict[str, Any] = {
    "toy.none": {"ru": "Записей нет."},
    "toy.off": {"ru": "Журнал недоступен."},
    "toy.ask": {"ru": "Отменить запись: {record}?"},
    "toy.kept": {"ru": "Запись остаётся."},
    "toy.done": {"ru": "Запись отменена: {record}.", "claims": "cancelled"},
    "toy.unknown": {"ru": "Не знаю, чем это кончилось."},
    "toy.failed": {"ru": "Не вышло, запись в силе."},
    "option.go": {"ru": "Да, отменить"},
    "option.stay": {"ru": "Оставить"},
}
# What the renderer and the rows of every state say.
UNDERNEATH: dict[str, Any] = {
    "phrase.record": {"ru": "{record.services}, {record.day}, {record.time}, мастер {record.master}"},
    "phrase.record_without_master": {"ru": "{record.services}, {record.day}, {record.time}"},
    "option.list": {"ru": "Выбрать"},
}


def without(*rows: Row[Any]) -> Flow:
    return replace(TOY, table=tuple(row for row in ROWS if row not in rows))


def but(*, instead_of: Row[Any], rows: tuple[Row[Any], ...]) -> Flow:
    """The toy with other rows in the place of one."""
    place = ROWS.index(instead_of)
    return replace(TOY, table=(*ROWS[:place], *rows, *ROWS[place + 1 :]))


def also(*rows: Row[Any], states: tuple[State, ...] = ()) -> Flow:
    return replace(TOY, table=(*ROWS, *rows), states=(*TOY.states, *states))


def tables(*flows: Flow) -> Tables:
    return laid_out(flows or (TOY,), everywhere.rows)


def of_tables(*flows: Flow) -> list[str]:
    """Every structural problem, without its remedy."""
    return [_line(problem) for problem in structural(flows, everywhere.rows)]


def verdict(*flows: Flow, texts: Mapping[str, Any] = TEXTS, released: Released | None = None) -> Verdict:
    underneath = Document("underneath", UNDERNEATH | _everywhere(), own=False)
    documents = (underneath, Document("toy", texts))
    return check(Subject(flows or (TOY,), everywhere.rows, documents, released or Released()), text_of)


def found(*flows: Flow, texts: Mapping[str, Any] = TEXTS, released: Released | None = None) -> list[str]:
    """Every problem, without its remedy."""
    return [_line(problem) for problem in verdict(*flows, texts=texts, released=released).problems]


def text_of(filename: str) -> str:
    file = Path(filename)
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _line(problem: Problem) -> str:
    assert problem.remedy
    return f"{problem.rule}: {problem.where}: {problem.what}"


def _everywhere() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(everywhere.__file__).with_name("texts.toml").read_text(encoding="utf-8"))
