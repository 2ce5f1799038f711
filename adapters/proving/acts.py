"""What can happen in a world: each act is one line of a transcript, and is done as that line would be."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from adapters.rehearsal import Rehearsal
from engine.script.scene import Booked, Edited, Thing
from engine.script.writing import SILENCE

# Once the faults are off: longer than any patience, any retry and the last look after an unknown outcome.
RESTS_FOR = timedelta(minutes=40)
_RESTS = ("yclients: ok", "whatsapp: ok")
# What a person waits for an answer to.
_ANSWERED = ("writes", "taps", "sends", "again")

THINGS: dict[str, Thing] = {"voice": "voice", "image": "image", "sticker": "sticker"}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens; `client` is who does it, where a client does."""

    kind: Literal[
        "books", "writes", "taps", "sends", "reacts", "again", "waits", "restart", "crash", "power",
        "upgrade", "yclients", "whatsapp", "edits", "decides",
    ]  # fmt: skip
    client: str = ""
    text: str = ""
    # Whether whatever follows soon may follow before the next act.
    settles: bool = True
    time: timedelta = timedelta(0)
    count: int = 0
    edited: Edited = field(default_factory=Edited)
    booked: Booked | None = None

    def line(self) -> str:
        """Write the act as a transcript does."""
        arrow = ">" if self.settles else ">>"
        match self.kind:
            case "books":
                assert self.booked is not None
                return _booking(self.booked)
            case "writes" if self.time:
                return f"late {_time(self.time)}: {arrow} {self.text}"
            case "writes":
                return f"{arrow} {self.text}"
            case "taps":
                return f"{arrow} [{self.text}]"
            case "sends":
                return f"{arrow} <{self.text}>"
            case "reacts":
                return f"{arrow} <reaction {self.text}>"
            case "waits":
                return f"wait {_time(self.time)}"
            case "crash":
                return f"crash in {self.count}"
            case "power":
                return f"power loss in {self.count}"
            case "decides":
                return f"salon: {self.count} {self.text}"
            case "yclients" | "whatsapp":
                return f"{self.kind}: {self.text}"
            case "edits":
                return f"salon: {self.count} {_edit(self.edited)}"
            case _:
                return self.kind


async def perform(act: Act, salon: Rehearsal) -> bool:
    """Do it; False where it cannot be done now (nothing to tap, nothing to deliver again)."""
    try:
        await _do(act, salon)
    except LookupError:
        return False
    if act.settles:
        await salon.settles()
    return True


async def _do(act: Act, salon: Rehearsal) -> None:
    match act.kind:
        case "books":
            assert act.booked is not None
            salon.books(act.booked)
        case "writes":
            salon.writes(act.client, act.text, late=act.time)
        case "taps":
            salon.taps(act.client, act.text)
        case "sends":
            salon.sends(act.client, THINGS[act.text])
        case "reacts":
            salon.sends(act.client, "reaction", act.text)
        case "again":
            salon.again()
        case "waits":
            await salon.passes(act.time, settling=act.settles)
        case "restart":
            await salon.restarts()
        case "upgrade":
            await salon.upgrades()
        case "crash":
            salon.dies_in(act.count)
        case "power":
            salon.dies_in(act.count, power=True)
        case "decides":
            await salon.decides(act.count, granted=act.text == "granted")
        case "yclients":
            salon.yclients(act.text)
        case "whatsapp":
            salon.whatsapp(act.text)
        case "edits":
            salon.edits(act.count, act.edited)


def transcript(acts: tuple[Act, ...], at: datetime, settings: dict[str, str], *, at_rest: bool) -> str:
    """Write acts as a `.chat` that expects silence and the same end for all: rewritten, it shows what came.

    `at_rest`: what broke shows only once all faults are over and all time has passed.
    """
    lines = [f"at {at:%Y-%m-%d %H:%M}", *(f"set {name}={value}" for name, value in settings.items())]
    client = ""
    for act in acts:
        if act.client and act.client != client:
            client = act.client
            lines += ["", f"client: {client}"]
        lines.append(act.line())
        if act.settles and act.kind in _ANSWERED:
            lines.append(SILENCE)
    if at_rest:
        lines += ["", *_RESTS, f"wait {_time(RESTS_FOR)}"]
    lines += [""]
    for phone in dict.fromkeys(act.client for act in reversed(acts) if act.client):
        lines += ["state: idle"] if phone == client else [f"client: {phone}", "state: idle"]
    booked = [act.booked for act in acts if act.booked is not None]
    lines += [f"journal: {number} attendance -1" for number in range(1, len(booked) + 1)]
    return "\n".join(lines) + "\n"


def _time(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def _booking(booked: Booked) -> str:
    attendance = f", attendance {booked.attendance}" if booked.attendance else ""
    when = f"{booked.starts_at:%Y-%m-%d %H:%M}"
    return f"salon: {booked.phone}: {booked.service}, {when}, {booked.master}{attendance}"


def _edit(edited: Edited) -> str:
    match edited:
        case Edited(starts_at=datetime() as moment):
            return f"at {moment:%Y-%m-%d %H:%M}"
        case Edited(attendance=int(value)):
            return f"attendance {value}"
        case Edited(master=str(name)):
            return f"master {name}"
        case Edited(paid=True):
            return "paid"
        case Edited(locked=True):
            return "locked"
        case _:
            return "deleted"
