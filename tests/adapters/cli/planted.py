"""A flow as somebody else would write it, in a module of its own, and faults to plant in it."""

MODULE = """\
from pydantic import BaseModel

from engine import booking, effects, events
from engine.flow import IDLE, Calling, Flow, On, Open, Waiting, minutes, say


class Memory(BaseModel):
    record: booking.Record | None = None


class ListWanted(events.Event):
    pass


def wish(hearing) -> ListWanted | None:
    return ListWanted() if hearing.meaning.intent == "list" else None


def answer(hearing) -> events.Yes | events.No | None:
    if hearing.tap is not None:
        return {"go": events.Yes(), "stay": events.No()}.get(hearing.tap.kind)
    return {"yes": events.Yes(), "no": events.No()}.get(hearing.meaning.intent)


def look(turn, wanted):
    yield effects.Ask(query=booking.FindRecords(phone=turn.chat.phone))


def ask(turn, found):
    turn.memory.record = found.records[0]
    yield effects.Say(
        text="shop.ask",
        args={"record": turn.memory.record},
        options=(effects.Option(kind="go"), effects.Option(kind="stay")),
        question=True,
        proposes=(turn.memory.record,),
    )


def go(turn, yes):
    yield effects.Do(command=booking.CancelRecord(record=turn.memory.record))


def report(turn, cancelled):
    receipt = cancelled.receipt
    yield effects.Say(text="shop.done", args={"record": receipt.record}, receipts=(receipt,))


none_found = lambda turn, found: not found.records
unknown = lambda turn, failed: failed.reason == "unknown"


FLOW = Flow(
    name="shop",
    intents=(ListWanted,),
    hears=(wish,),
    memory=Memory,
    states=(
        Calling("shop.looking", booking.FindRecords),
        Waiting("shop.asking", hears=(answer,), context="confirm", patience=minutes(15)),
        Calling("shop.cancelling", booking.CancelRecord),
        Open("shop.done", hears=(), context="done", patience=minutes(15)),
    ),
    table=(
        On(ListWanted, IDLE, "shop.looking", do=look),
        On(events.RecordsFound, "shop.looking", IDLE, when=none_found, do=say("shop.none")),
        On(events.RecordsFound, "shop.looking", "shop.asking", do=ask),
        On(events.CallFailed, "shop.looking", IDLE, do=say("shop.off")),
        On(events.Yes, "shop.asking", "shop.cancelling", do=go),
        On(events.No, "shop.asking", IDLE, do=say("shop.kept")),
        On(events.TimedOut, "shop.asking", IDLE, do=say("everywhere.timed_out")),
        On(events.RecordCancelled, "shop.cancelling", "shop.done", do=report),
        On(events.RecordChanged, "shop.cancelling", IDLE, do=say("shop.failed")),
        On(events.CallFailed, "shop.cancelling", IDLE, when=unknown, do=say("shop.unknown")),
        On(events.CallFailed, "shop.cancelling", IDLE, do=say("shop.failed")),
        On(events.TimedOut, "shop.done", IDLE),
    ),
)
FLOWS = (FLOW,)
"""

TEXTS = """\
["shop.none"]
ru = "Записей нет."

["shop.off"]
ru = "Журнал недоступен."

["shop.ask"]
ru = "Отменить запись: {record}?"

["shop.kept"]
ru = "Хорошо, запись остаётся."

["shop.done"]
claims = "cancelled"
ru = "Запись отменена: {record}."

["shop.unknown"]
ru = "Не знаю, чем это кончилось."

["shop.failed"]
ru = "Не вышло, запись в силе."

["option.go"]
ru = "Да, отменить"

["option.stay"]
ru = "Оставить"
"""

RELEASED = """\
{"flows": {"shop": [{"version": 1, "states": {
    "shop.looking": {"kind": "calling", "call": "FindRecords"},
    "shop.confirming": {"kind": "waiting"},
    "shop.cancelling": {"kind": "calling", "call": "CancelRecord"},
    "shop.done": {"kind": "open"}
}, "rows": [], "memory": {"properties": {"record": {"type": "null"}}}}]}}
"""

STATES = "    states=(\n"
TABLE = "    table=(\n"
LOST = '        Open("shop.lost", hears=(), context="done", patience=minutes(15)),\n'
STUCK = '        Waiting("shop.stuck", hears=(), context="confirm", patience=minutes(15)),\n'
UNKNOWN = '        On(events.CallFailed, "shop.cancelling", IDLE, when=unknown, do=say("shop.unknown")),\n'
FAILED = '        On(events.CallFailed, "shop.cancelling", IDLE, do=say("shop.failed")),\n'

# What to change in the module, to plant each fault.
FAULTS: dict[str, tuple[tuple[str, str], ...]] = {
    "unreachable state": (
        (STATES, STATES + LOST),
        (TABLE, TABLE + '        On(events.TimedOut, "shop.lost", IDLE),\n'),
    ),
    "dead end": (
        (STATES, STATES + STUCK),
        (TABLE, TABLE + '        On(ListWanted, IDLE, "shop.stuck", when=again, do=say("shop.off")),\n'),
        ("none_found = ", "again = lambda turn, wanted: turn.memory.record\nnone_found = "),
        (TABLE, TABLE + '        On(events.TimedOut, "shop.stuck", "shop.stuck"),\n'),
    ),
    "missing failure row": ((UNKNOWN, ""), (FAILED, "")),
    "one answer for every failure": ((UNKNOWN, ""),),
    "hole in the matrix": (('        On(events.No, "shop.asking", IDLE, do=say("shop.kept")),\n', ""),),
    "missing text": (('say("shop.off")', 'say("shop.offline")'),),
    "state renamed": (('    name="shop",\n', '    name="shop",\n    version=2,\n'),),
}
