"""The server's process: what `otmena serve` runs, between simulators, and telling each turn that stands."""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import apsw
from pydantic import BaseModel

from adapters import logs
from adapters.box.clock import MovableClock
from adapters.box.trace import Ahead, Listening, Staging, Taken, Understood
from adapters.settings import Settings, StageSettings
from adapters.transport import HttpTransport, Transport, new_session
from adapters.web.listening import listening
from adapters.web.server import Webhooks
from engine.booking import Command
from engine.dialogue import Dialogue
from engine.effects import Note
from engine.events import Heard
from engine.flow import Calling
from engine.listening import records_shown
from engine.ports import Clock, Head, OutgoingCall
from engine.runtime import Decided
from engine.runtime.turns import name_of
from engine.session import IDLE, Session
from engine.understanding import Surroundings
from engine.understanding.explaining import explained

LOOPBACK = "127.0.0.1"


class _Shell(Protocol):
    def time_passed(self) -> None: ...


class _Composed(Protocol):
    @property
    def webhooks(self) -> Webhooks: ...

    @property
    def shell(self) -> _Shell: ...


class Compose(Protocol):
    def __call__(
        self,
        settings: Settings,
        *,
        yclients: Transport,
        whatsapp: Transport,
        clock: Clock,
        watched: Callable[[Decided], None],
    ) -> AbstractAsyncContextManager[_Composed]: ...


def run_staged(compose: Compose, dialogue: Dialogue) -> None:
    """Run the server until stdin ends, by what its first line says."""
    staging = Staging.model_validate_json(sys.stdin.buffer.readline())
    logs.set_up("console", level=logging.INFO if staging.verbose else logging.ERROR)
    asyncio.run(_run(compose, dialogue, staging))


async def _run(compose: Compose, dialogue: Dialogue, staging: Staging) -> None:
    settings = StageSettings.model_validate(staging.settings)
    clock = MovableClock(timedelta(seconds=staging.ahead_s))
    witness = _Witness(dialogue, ZoneInfo(staging.zone), clock, settings.database_url, Path(staging.moments))
    async with (
        new_session() as session,
        compose(
            settings,
            yclients=HttpTransport(session, staging.yclients_url),
            whatsapp=HttpTransport(session, staging.whatsapp_url),
            clock=clock,
            watched=witness.watch,
        ) as otmena,
        listening(otmena.webhooks.application(), LOOPBACK, 0, patience_s=1) as port,
    ):
        _tell(Listening(port=port))
        await _obey(clock, otmena.shell)


async def _obey(clock: MovableClock, shell: _Shell) -> None:
    """Set the clock as often as we are told to, until whoever tells us is gone."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin.buffer
    )
    while line := await lines.readline():
        clock.ahead = timedelta(seconds=Ahead.model_validate_json(line).ahead_s)
        shell.time_passed()


def _tell(told: BaseModel) -> None:
    sys.stdout.buffer.write(told.model_dump_json().encode() + b"\n")
    # At once: what a turn wants leaves only after the turn was told.
    sys.stdout.buffer.flush()


@dataclass(slots=True)
class _Witness:
    """Tells each turn, and keeps the database as it stood after it: so time can be turned back to there."""

    dialogue: Dialogue
    zone: ZoneInfo
    clock: Clock
    database_url: str
    moments: Path
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def watch(self, decided: Decided) -> None:
        head, turn = decided.head, decided.turn
        session = head.session or Session()
        calls = [one.call for one in turn.outgoing if isinstance(one, OutgoingCall)]
        moment = self.moments / f"{next(self._numbers)}.db"
        moment.write_bytes(stored(self.database_url))
        _tell(
            Taken(
                at=self.clock.now(),
                chat_id=head.chat_id,
                wamid=head.channel_message_id if head.heard else "",
                phone=head.address.phone,
                event=type(decided.event).__name__,
                understood=self._understood(head, session),
                tried=tuple((tried.row, tried.held) for tried in decided.decision.tried),
                state_before=session.state,
                state_after=turn.session.state,
                effects=tuple(
                    name_of(effect) for effect in decided.decision.effects if not isinstance(effect, Note)
                ),
                facts=tuple(type(fact).__name__ for fact in turn.facts),
                notices=tuple((notice.to, notice.event) for notice in decided.notices),
                commands=tuple(
                    (type(call).__name__, call.record.record_id)
                    for call in calls
                    if isinstance(call, Command)
                ),
                moment=str(moment),
            )
        )

    def _understood(self, head: Head, session: Session) -> Understood | None:
        if head.heard is None:
            return None
        state = self.dialogue.states.get(session.state) or self.dialogue.states[IDLE]
        if head.heard.kind != "words" or isinstance(state, Calling):
            return Understood(text=_shown(head.heard))
        around = Surroundings(head.heard.said_at.astimezone(self.zone), records_shown(session.pending))
        found = explained(self.dialogue.understanding, head.heard.text, state.context, around)
        return Understood(
            text=head.heard.text,
            intent=found.meaning.intent,
            decided=found.decided,
            heard=tuple(spoken.what for spoken in found.evidence),
            against=tuple(spoken.what for spoken in found.blockers),
        )


def _shown(heard: Heard) -> str:
    return f"[{heard.text}]" if heard.kind == "tap" else heard.text or heard.kind


def stored(database_url: str) -> bytes:
    """Return the database as it stands this moment, log included, as the bytes of a file."""
    connection = apsw.Connection(database_url.removeprefix("sqlite:///"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.serialize("main")
    finally:
        connection.close()
