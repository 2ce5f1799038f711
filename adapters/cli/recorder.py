"""Keep what takes place in the chat, so that it can be written down as a transcript."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from adapters.stage import PERSONAS, Persona, Stage
from adapters.whatsapp.simulator import Bubble
from adapters.yclients.simulator import JournalRow
from engine.booking import Command
from engine.ports import OutgoingCall
from engine.runtime import Decided
from engine.script.recording import Commanded, Event, Recording, Sent, Told, Wrote, recorded
from engine.script.scene import Booked, Left, Message, Noticed, Standing
from engine.session import IDLE


@dataclass(slots=True)
class Recorder:
    """Hand `watch` to the stage before it opens, call `begin` once it is open."""

    _stage: Stage | None = None
    _began: datetime | None = None
    _persona: Persona | None = None
    # The clients' records as they were at the beginning.
    _rows: tuple[JournalRow, ...] = ()
    _commands: list[tuple[datetime, Command]] = field(default_factory=list)
    _notices: list[Told] = field(default_factory=list)
    # Where each client's session stands, by phone.
    _states: dict[str | None, str] = field(default_factory=dict)

    def watch(self, decided: Decided) -> None:
        self._states[decided.turn.chat.phone] = decided.turn.session.state
        if decided.notices:
            assert self._stage is not None
            now = self._stage.now()
            self._notices += [Told(now, Noticed(notice.to, notice.event)) for notice in decided.notices]
        for outgoing in decided.turn.outgoing:
            if isinstance(outgoing, OutgoingCall) and isinstance(outgoing.call, Command):
                assert self._stage is not None
                self._commands.append((self._stage.now(), outgoing.call))

    def begin(self, stage: Stage, persona: Persona) -> None:
        self._stage, self._persona, self._began = stage, persona, stage.now()
        phones = {_digits(known.phone) for known in PERSONAS.values()}
        self._rows = tuple(row for row in stage.world.salon.journal() if _digits(row.phone) in phones)

    def transcript(self) -> str:
        """Return everything since the beginning as the text of a transcript."""
        stage, began, persona = self._stage, self._began, self._persona
        assert stage is not None
        assert began is not None
        assert persona is not None
        events = sorted(self._events(stage), key=lambda event: event.at)
        events = [replace(event, at=stage.local(event.at).replace(tzinfo=None)) for event in events]
        writers = [event.phone for event in events if isinstance(event, Wrote)]
        last = [event.phone for event in events if isinstance(event, Wrote | Sent)]
        return recorded(
            Recording(
                title=f"Recorded by otmena chat on {stage.local(began):%Y-%m-%d}.",
                began=stage.local(began).replace(tzinfo=None),
                booked=tuple(_booked(row) for row in self._rows),
                client=writers[0] if writers else persona.phone,
                events=tuple(events),
                state=self._states.get(last[-1], IDLE) if last else IDLE,
                journal={number: _standing(stage, row) for number, row in enumerate(self._rows, 1)},
            )
        )

    def _events(self, stage: Stage) -> list[Event]:
        numbers = {row.record_id: number for number, row in enumerate(self._rows, 1)}
        commands: list[Event] = [
            Commanded(at, Left(type(command).__name__, numbers.get(command.record.record_id, 0)))
            for at, command in self._commands
        ]
        bubbles: list[Event] = [
            _event(known, bubble)
            for known in PERSONAS.values()
            for bubble in stage.screen(known)
            if bubble.status != "failed"
        ]
        return [*commands, *bubbles, *self._notices]


def _event(persona: Persona, bubble: Bubble) -> Wrote | Sent:
    if bubble.direction == "in":
        return Wrote(bubble.at, persona.phone, bubble.text, tapped=bubble.context is not None)
    labels = tuple(option.reads for option in bubble.options)
    return Sent(bubble.at, persona.phone, Message(bubble.text, labels))


def _booked(row: JournalRow) -> Booked:
    return Booked(
        phone=f"+{_digits(row.phone)}",
        service=" + ".join(row.services),
        starts_at=row.starts_at.replace(tzinfo=None),
        master=row.master,
        name=row.client_name,
        created_at=row.created_at.replace(tzinfo=None, second=0, microsecond=0),
        attendance=row.attendance,
    )


def _standing(stage: Stage, row: JournalRow) -> Standing:
    now = stage.world.salon.record(row.record_id)
    return Standing(now.attendance, now.starts_at.replace(tzinfo=None), now.deleted)


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdecimal())
