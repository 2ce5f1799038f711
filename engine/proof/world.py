"""The outside as it stands at a moment: the salon's journal, the clients' phones, what is under way."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from engine.booking import Change, Record, Slot
from engine.events import Tap
from engine.flow import Salon
from engine.ports import Arrival, Bubble, Delivery

CHANNEL = "whatsapp"
ACCOUNT = "1001"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in the salon's journal, as it really stands."""

    record: Record
    cancelled_by: Literal["", "us", "salon"] = ""
    deleted: bool = False
    # The salon has had its hand in it; once is enough for one story.
    edited: bool = False
    # It stands where a move of ours has put it.
    moved: bool = False

    @property
    def stands(self) -> bool:
        return not (self.cancelled_by or self.deleted)

    @property
    def service(self) -> str:
        """What tells this record from every other in any text: each has a service of its own."""
        return self.record.services[0]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a client agreed to, by words or a tap that could have answered what stood on the phone."""

    # The question; or the wish or the tap that needs none.
    by: str
    record_id: int
    # What the client had read when agreeing; a move goes where that says.
    read: str
    change: Change = "cancelled"
    used: bool = False
    # Key of the message that was under way when it was given: it counts if that arrives at once.
    during: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message that reached a phone."""

    bubble: Bubble
    at: datetime
    # The highest arrival number by then.
    arrival: int

    def taps(self) -> tuple[Tap, ...]:
        decoded = (Tap.decode(option.id) for option in self.bubble.options)
        return tuple(tap for tap in decoded if tap is not None)


@dataclass(frozen=True, slots=True)
class Phone:
    """One client, and what the client could know: nothing here is asked of the engine."""

    number: str
    # The last message with options, while nothing said that it is over.
    open: Shown | None = None
    # One older message with options, to be tapped too late.
    stale: Shown | None = None
    agreements: tuple[Agreement, ...] = ()
    stopped: bool = False
    # How many outcomes may still be told after «стоп».
    outcomes_left: int = 0
    # Keys of outcomes that were on their way when it was said.
    queued: tuple[str, ...] = ()
    # Arrival number of the client's message that was taken last.
    taken: int = 0
    # The records that the last message was about that named any.
    subject: tuple[int, ...] = ()
    # When a question reached the phone last, and at which arrival.
    asked_arrival: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """The journal showed us that this change of this record stands."""

    change: Change
    record_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LateWish:
    """A cancel that the salon was asked to allow, and what it answered, in order."""

    phone: str
    request: str
    record_id: int
    # "granted" or "denied"; the first one counts.
    answers: tuple[str, ...] = ()
    # It has ended without a cancel: what is answered from now on allows nothing.
    over: bool = False


@dataclass(frozen=True, slots=True)
class Flight:
    """One attempt that has started and not ended."""

    delivery: Delivery
    started_at: datetime
    # A message that has reached the phone already.
    arrived: bool = False


@dataclass(frozen=True, slots=True)
class World:
    now: datetime
    journal: tuple[Entry, ...]
    phones: tuple[Phone, ...]
    flights: tuple[Flight, ...] = ()
    booted_at: datetime | None = None
    # How many messages clients have sent so far; they number the channel's ids.
    inbounds: int = 0
    # The last one, for the channel to deliver again.
    last: Arrival | None = None
    # When this process first asked, by outbox row.
    asking: tuple[tuple[int, datetime], ...] = ()
    # When the journal last showed us each change of each record.
    proofs: tuple[Proof, ...] = ()
    # Windows that somebody else booked meanwhile, each an hour long.
    taken: tuple[Slot, ...] = ()
    late: tuple[LateWish, ...] = ()
    # Records whose cancel became known to the dialogue: from when on each can be taken back.
    undoable: tuple[tuple[int, datetime], ...] = ()
    # Records of each phone whose write has ended, while others of the same wish are still out: not yet told.
    unsaid: tuple[tuple[str, int], ...] = ()
    # Keys and records of writes that have left: each has used up its agreement.
    writes: tuple[tuple[str, int], ...] = ()
    # Keys of messages that tell the outcome of a write and have not been tried yet.
    untold: tuple[str, ...] = ()
    # How often each unfinished message may have reached the phone.
    copies: tuple[tuple[str, int], ...] = ()
    # The process died with nothing happening since: dying again tells nothing new.
    dead: bool = False

    @property
    def flight(self) -> Flight | None:
        """The attempt that ends next: a message before a call."""
        messages = (flight for flight in self.flights if flight.delivery.call is None)
        return next(messages, self.flights[0] if self.flights else None)

    def entry(self, record_id: int) -> Entry | None:
        return next((entry for entry in self.journal if entry.record.record_id == record_id), None)

    def with_entry(self, changed: Entry) -> "World":
        rid = changed.record.record_id
        journal = tuple(changed if entry.record.record_id == rid else entry for entry in self.journal)
        return replace(self, journal=journal)

    def phone(self, number: str | None) -> Phone:
        return next(phone for phone in self.phones if phone.number == number)

    def with_phone(self, changed: Phone) -> "World":
        phones = tuple(changed if phone.number == changed.number else phone for phone in self.phones)
        return replace(self, phones=phones)

    def proven(self, change: Change, record_id: int) -> "World":
        """The journal has just shown us this change of this record."""
        others = tuple(
            proof for proof in self.proofs if (proof.change, proof.record_id) != (change, record_id)
        )
        return replace(self, proofs=(*others, Proof(change, record_id, self.now)))

    def proof(self, change: Change | None, record_id: int) -> Proof | None:
        """Return the last proof of this change; None: of any."""
        fits = (one for one in self.proofs if one.record_id == record_id and change in (None, one.change))
        return max(fits, key=lambda proof: proof.at, default=None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, and what a person means by them."""

    text: str
    means: Literal["yes", "no", "wish", "take back", "all of a list", "stop", "start", "other", "silent"] = (
        "other"
    )
    # It says a wish, and nothing beside it, so that a salon which wants no question may act on it;
    # which records it can mean: by their places in the journal, from 0. None: any of the client's own.
    # A wish that names the very record that is asked about agrees, too.
    plain: bool = False
    fits: tuple[int, ...] | None = None
    # The record, by its place in the journal, that it picks from a list.
    picks: int | None = None
    # The time that it picks from a list of windows, as its option is titled.
    clock: str = ""


# The label of an option that nobody was ever offered.
FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that happens, beside what would happen by itself."""

    kind: Literal[
        "says", "taps", "sends", "again", "dies", "waits", "sign", "call", "message", "edits",
        "arrives", "takes", "starts", "decides",
    ]  # fmt: skip
    # What: words, an option's id (empty: the one that is labelled so), how it ends, what the salon does.
    what: str = ""
    # Which client (place among the phones), which record (its id), or which late wish (its place).
    who: int = 0
    # How long ago the words were said.
    late_s: int = 0
    # As the reader of a transcript knows an option.
    label: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A choice, and how many things happened by themselves before it since the last one."""

    after: int
    choice: Choice


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Where an exploration begins: a salon, its clients and records, and what has happened already."""

    name: str
    salon: Salon
    records: tuple[Record, ...]
    phones: tuple[str, ...]
    # What clients may say when nothing is under way, and in the middle of something.
    sentences: tuple[Sentence, ...]
    midway: tuple[Sentence, ...]
    # Said and done before; between two of these everything comes to rest. After the last it does not.
    before: tuple[Choice, ...] = ()
    # The journal hands out strangers' records, as a leaky filter would.
    leaks: bool = False
    # Kinds of choices that are left out here.
    without: frozenset[str] = frozenset()
    # So many choices less than elsewhere: what is deep already needs fewer.
    shallower: int = 0

    def world(self, now: datetime) -> World:
        return World(
            now=now,
            journal=tuple(Entry(record) for record in self.records),
            phones=tuple(Phone(number) for number in self.phones),
        )


def after(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
