"""Keep what takes place on a simulated salon, so that it can be written down as a transcript."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from adapters.whatsapp.simulator import Bubble
from adapters.whatsapp.simulator.inbound import kind_shown
from adapters.yclients.simulator import JournalRow, YClientsSimulator
from engine.booking import Command
from engine.ports import OutgoingCall
from engine.runtime import Decided
from engine.script.recording import (
    Amended,
    Commanded,
    Event,
    Recording,
    Restarted,
    Sent,
    Stood,
    Told,
    Troubled,
    Wrote,
    recorded,
)
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing
from engine.script.speech import THINGS

# Whose record one without a phone becomes: a transcript has no others, and what counts is its window.
NOBODY = "+79000000000"
# Of what has the same moment, causes stand above what came of them.
_ORDER: Sequence[type[Event]] = (Troubled, Amended, Restarted, Wrote, Commanded, Told, Stood, Sent)


@dataclass(slots=True)
class Recorder:
    """Is told plain facts as they happen, and puts them into order at the end.

    It holds values in lists and dicts alone, so that it can be copied and pickled. Moments are aware. Phones
    may be written with or without their plus.
    """

    began: datetime
    # What it was, as the transcript's first comment.
    title: str
    # Who is there to write, if nobody does.
    persona_phone: str
    # The whole journal as it was when it began: whoever is booked takes windows.
    booked: tuple[JournalRow, ...]
    # Those of the contract, without their prefix.
    settings: Mapping[str, str] = field(default_factory=dict)
    # Whose numbers WhatsApp does not show.
    hidden: frozenset[str] = frozenset()
    _events: list[Event] = field(default_factory=list)
    # Where each client's session stands, by phone.
    _states: dict[str, str] = field(default_factory=dict)

    # ── what it is told ──

    def commanded(self, at: datetime, command: str, record_id: int) -> None:
        """A command left: the name of its class, and the id of its record."""
        self._events.append(Commanded(at, Left(command, self._number(record_id))))

    def noticed(self, at: datetime, to: str, event: str) -> None:
        """Somebody of the salon was to be told: master or admin."""
        self._events.append(Told(at, Noticed(to, event)))

    def stands(self, phone: str | None, state: str, at: datetime | None = None) -> None:
        """A client's session has come to stand here; None: the salon does not know whose.

        `at`: when that was. By it alone it is known when a question ended without a word, and for how long
        a command was out.
        """
        if phone is not None:
            self._states[_plus(phone)] = state
        if at is not None:
            self._events.append(Stood(at, _plus(phone) if phone is not None else "", state))

    def troubled(self, at: datetime, side: Literal["yclients", "whatsapp"], quirk: str) -> None:
        """This side has a fault from here on, as in `500 on cancel × 2`; "ok" ends all of them."""
        self._events.append(Troubled(at, side, quirk))

    def restarted(self, at: datetime) -> None:
        """The program was killed, and started anew."""
        self._events.append(Restarted(at))

    def edited(self, at: datetime, record_id: int, edited: Edited) -> None:
        """The salon has changed a record by hand. One that was not booked at the beginning is passed over."""
        if number := self._number(record_id):
            self._events.append(Amended(at, number, edited))

    def watch(self, decided: Decided, at: datetime) -> None:
        """Take what a turn tells: commands, notices, and where the session stands."""
        for notice in decided.notices:
            self.noticed(at, notice.to, notice.event)
        for outgoing in decided.turn.outgoing:
            if isinstance(outgoing, OutgoingCall) and isinstance(outgoing.call, Command):
                self.commanded(at, type(outgoing.call).__name__, outgoing.call.record.record_id)
        self.stands(decided.turn.chat.phone, decided.turn.session.state, at)

    # ── what it tells ──

    def transcript(self, screens: Mapping[str, Sequence[Bubble]], salon: YClientsSimulator) -> str:
        """Return everything since the beginning as the text of a transcript.

        `screens` are the clients' by their phones, `salon` as it stands now.
        """

        def local(moment: datetime) -> datetime:
            return salon.salon.local(moment).replace(tzinfo=None)

        events = [*self._events, *self._gone_already(), *_said(screens)]
        events.sort(key=lambda event: (event.at, _ORDER.index(type(event))))
        writers = [event.phone for event in events if isinstance(event, Wrote)]
        return recorded(
            Recording(
                title=self.title,
                began=local(self.began),
                booked=tuple(_booked(row, local) for row in self.booked),
                client=writers[0] if writers else _plus(self.persona_phone),
                events=tuple(_at_wall_clock(event, local) for event in events),
                states=self._states,
                journal={number: _standing(salon, row, local) for number, row in enumerate(self.booked, 1)},
                settings=self.settings,
                hidden=frozenset(_plus(phone) for phone in self.hidden),
                done_by=self._done_by(salon),
            )
        )

    def _number(self, record_id: int) -> int:
        """Return how the transcript counts this record; 0: it was not booked at the beginning."""
        return next((n for n, row in enumerate(self.booked, 1) if row.record_id == record_id), 0)

    def _gone_already(self) -> Iterator[Event]:
        """Yield what had been deleted before: a transcript books it first."""
        for number, row in enumerate(self.booked, 1):
            if row.deleted:
                yield Amended(self.began, number, Edited(deleted=True))

    def _done_by(self, salon: YClientsSimulator) -> dict[str, tuple[str, ...]]:
        """Return who does the services of these records, where not everybody does."""
        changed = {event.edited.service for event in self._events if isinstance(event, Amended)}
        ours = {title for row in self.booked for title in row.services} | changed
        masters = salon.salon.masters
        return {
            service.title: tuple(masters[number].name for number in sorted(service.staff_ids))
            for service in salon.salon.services.values()
            if service.title in ours and service.staff_ids
        }


def _said(screens: Mapping[str, Sequence[Bubble]]) -> Iterator[Wrote | Sent]:
    for phone, screen in screens.items():
        by_id = {bubble.wamid: bubble for bubble in screen}
        for bubble in screen:
            if bubble.direction == "in":
                if bubble.text.strip():
                    yield _wrote(_plus(phone), bubble, by_id)
            elif bubble.status != "failed" and not bubble.by_hand:
                labels = tuple(option.reads for option in bubble.options)
                yield Sent(bubble.at, _plus(phone), Message(bubble.text, labels))


def _wrote(phone: str, bubble: Bubble, by_id: Mapping[str, Bubble]) -> Wrote:
    if bubble.kind == "other":
        kind = kind_shown(bubble.text)
        thing = next((thing for thing in THINGS if thing == kind), None)
        return Wrote(bubble.at, phone, bubble.text, thing=thing)
    asked = by_id.get(bubble.context or "")
    options = asked.options if asked is not None else ()
    # Two windows may differ only in what stands beneath their label.
    alike = [option for option in options if option.title == bubble.text]
    label = next((option.reads for option in alike if option.id == bubble.tapped), bubble.text)
    return Wrote(bubble.at, phone, label if len(alike) > 1 else bubble.text, tapped=bool(alike))


def _at_wall_clock(event: Event, local: Callable[[datetime], datetime]) -> Event:
    if isinstance(event, Amended) and event.edited.starts_at is not None:
        event = replace(event, edited=replace(event.edited, starts_at=local(event.edited.starts_at)))
    return replace(event, at=local(event.at))


def _booked(row: JournalRow, local: Callable[[datetime], datetime]) -> Booked:
    return Booked(
        phone=_plus(row.phone) if row.phone else NOBODY,
        service=" + ".join(row.services),
        starts_at=_to_the_minute(local(row.starts_at)),
        master=row.master,
        name=row.client_name.strip(),
        created_at=_to_the_minute(local(row.created_at)),
        attendance=row.attendance,
        length_s=row.length_s,
        cost=round(sum(price.cost for price in row.prices)) if row.prices else None,
    )


def _standing(salon: YClientsSimulator, row: JournalRow, local: Callable[[datetime], datetime]) -> Standing:
    now = salon.record(row.record_id)
    return Standing(now.attendance, _to_the_minute(local(now.starts_at)), now.deleted)


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _plus(phone: str) -> str:
    return "+" + "".join(letter for letter in phone if letter.isdecimal())
