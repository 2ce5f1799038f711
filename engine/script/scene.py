"""The scene: a whole salon that a transcript plays on, with time of its own.

The same transcript plays on any scene: in virtual time within this process, or through real HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

# What a client can send that has no words to read.
Thing = Literal["voice", "image", "sticker", "reaction", "location", "document", "video", "audio", "contacts"]


@dataclass(frozen=True, slots=True)
class Booked:
    """A record that the salon writes into its journal."""

    phone: str
    # Several services are joined by " + ".
    service: str
    # By the salon's wall clock, without an offset.
    starts_at: datetime
    master: str = ""
    # The client's name on the card.
    name: str = ""
    created_at: datetime | None = None
    attendance: int = 0
    # None: as long as its services take, an hour each.
    length_s: int | None = None
    # In the salon's currency; None: what its services cost, 1500 each.
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """What the salon changes in one of its records; None stays as it is."""

    starts_at: datetime | None = None
    attendance: int | None = None
    master: str | None = None
    service: str | None = None
    deleted: bool | None = None
    paid: bool | None = None
    locked: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands in the salon's journal."""

    attendance: int
    # By the salon's wall clock, without an offset.
    starts_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the bot on a client's phone."""

    text: str
    # Its options in order, each as `option` writes it.
    options: tuple[str, ...] = ()
    # The keys of the catalogue that it was made of, in order. Empty: nobody knows.
    keys: tuple[str, ...] = ()


def option(label: str, more: str = "") -> str:
    """Write an option: its label, and what a list tells the client beneath it."""
    return f"{label} — {more}" if more else label


@dataclass(frozen=True, slots=True)
class Left:
    """A command that left for the journal: the name of its class, and the number of its record."""

    command: str
    # Counted 1, 2, … in the order in which records were booked; 0: none of them.
    record: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """A notice for somebody of the salon, whether or not an address is set: `to` is master or admin."""

    to: str
    event: str


class Scene(Protocol):
    """A salon, its clients' phones and the assistant between them.

    What a client does only arrives; `settles` lets everything follow that follows soon.
    Every list holds everything since the scene opened, in order.

    Raises:
        LookupError: there is no such option, record or message; the text says what there is.
        ValueError: there is no such quirk or setting; the text says what there is.
    """

    def now(self) -> datetime:
        """Return the moment by the salon's clock, aware, in the salon's zone."""

    def books(self, booked: Booked) -> int:
        """Write a record into the journal; return its number: 1, 2, …"""

    def edits(self, record: int, edited: Edited) -> None:
        """Let the salon change a record by hand."""

    def limits(self, service: str, masters: Sequence[str]) -> None:
        """Only these masters do this service; without it, everybody whom any record was ever with."""

    def hides(self, phone: str) -> None:
        """From here on the channel does not show this client's number to the salon."""

    def writes(self, phone: str, text: str, *, late: timedelta = timedelta(0)) -> None:
        """The client's words arrive; `late`: they were said so long ago."""

    def taps(self, phone: str, label: str) -> None:
        """The client taps the option of the latest message that has one whose label begins so."""

    def sends(self, phone: str, thing: Thing, emoji: str = "") -> None: ...

    async def decides(self, record: int, *, granted: bool) -> None:
        """Somebody of the salon decides the request to cancel this record late."""

    def again(self) -> None:
        """Deliver the last inbound once more, as a webhook may."""

    async def settles(self) -> None:
        """Let pass what needs no waiting: until no call and no message is under way or due soon."""

    # `settling`: what happened is let settle too; without it, the next thing can come into its middle.

    async def passes(self, time: timedelta, *, settling: bool = True) -> None:
        """Let time pass, and everything happen that falls into it."""

    async def restarts(self, *, settling: bool = True) -> None:
        """Kill the assistant where it stands, and start it anew on what it had stored."""

    async def upgrades(self, *, settling: bool = True) -> None:
        """Restart it with tables that do not know any more where its dialogues stand."""

    def dies_in(self, points: int, *, power: bool = False) -> None:
        """Kill the assistant after so many more commits, fsyncs and calls; it starts anew at once.

        `power`: the power goes with it, and what was not synced to the disk may be lost.
        """

    def yclients(self, quirk: str) -> None:
        """From here on the journal has this quirk: `NAME on OPERATION × N`; "ok" ends all of them."""

    def whatsapp(self, quirk: str) -> None:
        """From here on the channel has this quirk: `NAME × N`; "ok" ends all of them."""

    def messages(self, phone: str) -> Sequence[Message]: ...

    def commands(self) -> Sequence[Left]: ...

    def notices(self) -> Sequence[Noticed]: ...

    def journal(self, record: int) -> Standing: ...

    async def state(self, phone: str) -> str:
        """Return where this client's session stands; `idle` where there is none."""
