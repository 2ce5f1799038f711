"""A scene without a salon behind it: it keeps what was done, and answers as the test has told it to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, Thing

ANNA, MARIA = "+79000000001", "+79000000002"
MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock
WEDNESDAY = datetime(2026, 11, 25, 15)  # noqa: DTZ001  # the salon's wall clock
ASKED = Message("Отменить запись?", ("Да, отменить", "Оставить"), ("cancel.confirm",))


@dataclass
class FakeScene:
    """What comes is given by the number of things that were done before it settles."""

    # What comes when it settles after so many things were done.
    coming: dict[int, tuple[Message | Left | Noticed, ...]] = field(default_factory=dict)
    # Messages of `coming` reach this phone.
    phone: str = ANNA
    stands: Standing = field(default_factory=lambda: Standing(0, WEDNESDAY, False))
    where: str = "idle"
    clock: datetime = MONDAY
    # Everything that was done, in order.
    done: list[object] = field(default_factory=list)
    sent: dict[str, list[Message]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)

    def now(self) -> datetime:
        return self.clock

    def books(self, booked: Booked) -> int:
        self.done.append(booked)
        return 1

    def edits(self, record: int, edited: Edited) -> None:
        self.done.append((record, edited))

    def limits(self, service: str, masters: Sequence[str]) -> None:
        self.done.append((service, *masters))

    def hides(self, phone: str) -> None:
        self.done.append(("hides", phone))

    def writes(self, phone: str, text: str, *, late: timedelta = timedelta(0)) -> None:
        self.done.append((phone, text, late) if late else (phone, text))

    def taps(self, phone: str, label: str) -> None:
        if label == "Нет такой":
            raise LookupError("no such option; there are Да")
        self.done.append((phone, [label]))

    def sends(self, phone: str, thing: Thing, emoji: str = "") -> None:
        self.done.append((phone, thing, emoji))

    def again(self) -> None:
        self.done.append("again")

    async def settles(self) -> None:
        for came in self.coming.pop(len(self.done), ()):
            match came:
                case Message():
                    self.sent.setdefault(self.phone, []).append(came)
                case Left():
                    self.left.append(came)
                case Noticed():
                    self.noticed.append(came)
        self.done.append("settles")

    async def passes(self, time: timedelta, *, settling: bool = True) -> None:
        self.clock += time
        await self._happens(time, settling)

    async def restarts(self, *, settling: bool = True) -> None:
        await self._happens("restarts", settling)

    def dies_in(self, points: int, *, power: bool = False) -> None:
        self.done.append(f"{'loses power' if power else 'dies'} in {points}")

    async def decides(self, record: int, *, granted: bool) -> None:
        self.done.append(("decides", record, granted))

    async def upgrades(self, *, settling: bool = True) -> None:
        await self._happens("upgrades", settling)

    async def _happens(self, what: object, settling: bool) -> None:
        self.done.append(what)
        if settling:
            await self.settles()

    def yclients(self, quirk: str) -> None:
        if quirk == "nonsense":
            raise ValueError
        self.done.append(("yclients", quirk))

    def whatsapp(self, quirk: str) -> None:
        self.done.append(("whatsapp", quirk))

    def messages(self, phone: str) -> Sequence[Message]:
        return self.sent.get(phone, [])

    def commands(self) -> Sequence[Left]:
        return self.left

    def notices(self) -> Sequence[Noticed]:
        return self.noticed

    def journal(self, record: int) -> Standing:
        return self.stands

    async def state(self, phone: str) -> str:
        return self.where
