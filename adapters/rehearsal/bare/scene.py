"""The scene itself: chats on the bare core, one journal, one clock that only a transcript moves."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from adapters.rehearsal.bare.chat import Core, PureChat
from adapters.rehearsal.bare.journal import Journal
from adapters.whatsapp.simulator.phone import no_option
from engine.booking import Command
from engine.dialogue import Dialogue
from engine.effects import Repeat, Say
from engine.events import Heard, LateDecided
from engine.flow import Salon
from engine.ports import OutgoingCall, OutgoingMessage
from engine.runtime.deciding import Decided
from engine.script.matching import begins
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, Thing, option
from engine.session import Chat
from engine.texts import Texts

# What the engine hears of a thing without words.
_HEARD = {
    "voice": "voice",
    "image": "picture",
    "sticker": "picture",
    "reaction": "reaction",
}


class NeedsSimulators(Exception):
    """The transcript names a fault of a vendor's, which the bare core has none of."""


def nothing_to_decide(record: int) -> LookupError:
    return LookupError(f"nobody asked the salon to cancel record {record}, or that is decided already")


class PureScene:
    """A `Scene` (see there) without store, net and vendor: what it shows is the tables' doing alone."""

    def __init__(
        self,
        dialogue: Dialogue,
        texts: Texts,
        salon: Salon,
        at: datetime,
        watched: Callable[[Decided], None] = lambda decided: None,
    ) -> None:
        """Open at `at`, aware."""
        self._now = at
        self._journal = Journal(salon.zone)
        self._watched = watched
        self._core = Core(dialogue, texts, salon, self._journal.answer, self._noted)
        self._chats: dict[str, PureChat] = {}
        self._arrivals = 0
        self._last: str | None = None
        self._left: list[Left] = []
        self._noticed: list[Noticed] = []
        self._keys: dict[str, tuple[str, ...]] = {}

    def now(self) -> datetime:
        return self._now

    def books(self, booked: Booked) -> int:
        return self._journal.books(booked, self._now)

    def edits(self, record: int, edited: Edited) -> None:
        self._journal.edits(record, edited)

    def limits(self, service: str, masters: Sequence[str]) -> None:
        self._journal.limits(service, masters)

    def hides(self, phone: str) -> None:
        chat = self._chat(phone)
        chat.chat = chat.chat.model_copy(update={"phone": None})

    def writes(self, phone: str, text: str, *, late: timedelta = timedelta(0)) -> None:
        self._hears(phone, Heard(kind="words", text=text, said_at=self._now - late))

    def taps(self, phone: str, label: str) -> None:
        shown = [button for bubble in reversed(self._chat(phone).bubbles) for button in bubble.options]
        fits = [button for button in shown if begins(option(button.title, button.more), with_=label)]
        if not fits:
            raise no_option(label, [option(button.title, button.more) for button in shown])
        tapped = Heard(kind="tap", text=fits[0].title, option=fits[0].id, said_at=self._now)
        self._hears(phone, tapped)

    def sends(self, phone: str, thing: Thing, emoji: str = "") -> None:
        heard = {"kind": _HEARD.get(thing, "other"), "text": emoji, "said_at": self._now}
        self._hears(phone, Heard.model_validate(heard))

    async def decides(self, record: int, *, granted: bool) -> None:
        for chat in self._chats.values():
            for late in chat.chat.late_requests:
                if late.record.record_id == record:
                    event = LateDecided(request=late.request, granted=granted)
                    chat.comes(event, self._now, self._arrives())
                    return
        raise nothing_to_decide(record)

    def again(self) -> None:
        """Nothing: what a channel delivers twice is stored once, and the core never sees it."""
        if self._last is None:
            raise LookupError("there is nothing to deliver again")

    async def settles(self) -> None:
        for chat in self._chats.values():
            chat.settles(self._now, self._arrives)

    async def passes(self, time: timedelta, *, settling: bool = True) -> None:
        await self.settles()
        until = self._now + time
        while (due := self._next_due()) is not None and due <= until:
            self._now = max(self._now, due)
            for chat in self._chats.values():
                chat.happens(self._now, self._arrives)
            await self.settles()
        self._now = until

    async def restarts(self, *, settling: bool = True) -> None:
        """Nothing: the core keeps nothing that a process could lose."""
        await self.settles()

    async def upgrades(self, *, settling: bool = True) -> None:
        await self.settles()
        for chat in self._chats.values():
            chat.forgets_its_state()

    def dies_in(self, points: int, *, power: bool = False) -> None:
        """Nothing: the core has no commits and no calls of its own to die at."""

    def yclients(self, quirk: str) -> None:
        raise NeedsSimulators(
            f"yclients: {quirk} is a fault of the simulator's: play it over virtual or http"
        )

    def whatsapp(self, quirk: str) -> None:
        raise NeedsSimulators(
            f"whatsapp: {quirk} is a fault of the simulator's: play it over virtual or http"
        )

    def messages(self, phone: str) -> Sequence[Message]:
        return tuple(
            Message(
                bubble.text,
                tuple(option(button.title, button.more) for button in bubble.options),
                self._keys[bubble.text],
            )
            for bubble in self._chat(phone).bubbles
        )

    def commands(self) -> Sequence[Left]:
        return tuple(self._left)

    def notices(self) -> Sequence[Noticed]:
        return tuple(self._noticed)

    def journal(self, record: int) -> Standing:
        return self._journal.standing(record)

    async def state(self, phone: str) -> str:
        return self._chat(phone).session.state

    def _chat(self, phone: str) -> PureChat:
        fresh = PureChat(self._core, len(self._chats) + 1, Chat(phone=phone))
        return self._chats.setdefault(phone, fresh)

    def _hears(self, phone: str, heard: Heard) -> None:
        self._last = phone
        # What came before has been taken by now, though no call of it has ended yet.
        self._chat(phone).drains(self._now, self._arrives)
        self._chat(phone).hears(heard, self._arrives())

    def _arrives(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _next_due(self) -> datetime | None:
        return min((due for chat in self._chats.values() if (due := chat.due())), default=None)

    def _noted(self, decided: Decided) -> None:
        keys = keys_of(decided)
        self._noticed += noticed_of(decided)
        for outgoing in decided.turn.outgoing:
            match outgoing:
                case OutgoingMessage(bubble=bubble):
                    self._keys[bubble.text] = keys
                case OutgoingCall(call=Command() as command):
                    self._left.append(Left(type(command).__name__, command.record.record_id))
        self._watched(decided)


def noticed_of(decided: Decided) -> list[Noticed]:
    """Return what a turn has those of the salon told, whether or not anybody is named who would be."""
    return [Noticed(notice.to, notice.event) for notice in decided.notices]


def keys_of(decided: Decided) -> tuple[str, ...]:
    """Return the keys of the catalogue that a turn's message is made of, in order."""
    pending = decided.decision.session.pending
    keys: list[str] = []
    for effect in decided.decision.effects:
        match effect:
            case Say(text=text):
                keys.append(text)
            case Repeat(after=after):
                keys += [after, pending.text] if pending else [after]
    return tuple(keys)
