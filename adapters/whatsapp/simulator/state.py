"""All that a simulator remembers, and the few ways to change it that both of its sides share."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from adapters.whatsapp.simulator.envelope import Update
from adapters.whatsapp.simulator.ledger import Book
from adapters.whatsapp.simulator.limits import Buckets, number_buckets, pair_buckets
from adapters.whatsapp.simulator.outgoing import Outgoing
from adapters.whatsapp.simulator.people import Mode, Person, digits_of, wamid
from adapters.whatsapp.simulator.phone import Screen
from adapters.whatsapp.simulator.quirks import Quirks
from adapters.whatsapp.simulator.sends import Template
from adapters.whatsapp.simulator.statuses import Step, status
from adapters.whatsapp.simulator.wire import Json

WindowPolicy = Literal["off", "sync", "async"]


@dataclass(frozen=True, slots=True)
class Account:
    """The business's side: its numbers, secrets and house rules."""

    # phone_number_id → display number, digits; the first one is meant where none is named.
    numbers: Mapping[str, str]
    waba_id: str
    # None: any bearer token that is not empty.
    access_token: str | None
    app_secret: str
    verify_token: str
    templates: Mapping[tuple[str, str], Template]
    # None: everybody. Otherwise the only numbers (digits) that may be written to: 131030.
    allowed: frozenset[str] | None = None
    window: WindowPolicy = "off"
    enforce_rates: bool = True
    # After acceptance: sent, delivered, read.
    status_delays_s: tuple[float, float, float] = (0.05, 0.2, 1.0)


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An accepted message whose next status is due at some moment."""

    number: str
    phone: str
    wamid: str
    step: Step
    callback_data: str | None
    addressed_by_phone: bool


@dataclass(slots=True)
class State:
    account: Account
    quirks: Quirks
    outgoing: Outgoing
    book: Book = field(default_factory=Book)
    people: dict[str, Person] = field(default_factory=dict)
    screens: dict[tuple[str, str], Screen] = field(default_factory=dict)
    # Where the message with this id stands.
    chat_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Everything that clients did, for delivering it once more.
    updates: dict[str, Update] = field(default_factory=dict)
    last_update: str | None = None
    media: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    steps: list[tuple[datetime, int, OnItsWay]] = field(default_factory=list)
    pairs: Buckets = field(default_factory=pair_buckets)
    totals: Buckets = field(default_factory=number_buckets)
    serial: int = 0
    version: int = 0
    watchers: list[Callable[[], None]] = field(default_factory=list)
    webhook_url: str | None = None

    @property
    def first_number(self) -> str:
        return next(iter(self.account.numbers))

    def person(self, phone: str, *, name: str | None = None, mode: Mode | None = None) -> Person:
        """Return the person with this number, who is met now if never before."""
        digits = digits_of(phone)
        known = self.people.get(digits)
        if known is None or name is not None or mode is not None:
            before = known or Person(digits, f"Client {digits[-4:]}")
            known = Person(
                digits,
                before.name if name is None else name,
                before.mode if mode is None else mode,
                before.generation,
                before.username,
                before.blocked,
            )
            self.people[digits] = known
        return known

    def screen(self, number: str, phone: str) -> Screen:
        return self.screens.setdefault((number, phone), Screen())

    def new_wamid(self, number: str, phone: str, now: datetime) -> str:
        self.serial += 1
        return wamid(number, phone, self.serial, now)

    def new_media_id(self, kind: str, now: datetime) -> str:
        self.serial += 1
        media_id = str(1_900_000_000_000_000 + self.serial)
        self.media[media_id] = (kind, now)
        return media_id

    def tell(
        self, field: str, number: str, parts: Mapping[str, tuple[Json, ...]], now: datetime, *, lane: str = ""
    ) -> Update:
        """Queue one update for the bot."""
        update = Update(field, number, self.account.numbers[number], parts, lane, _id_in(parts))
        self.outgoing.add(update, now)
        self.changed()
        return update

    def send_off(self, message: OnItsWay, now: datetime) -> None:
        self.serial += 1
        due = now + timedelta(seconds=message.step.after_s)
        heapq.heappush(self.steps, (due, self.serial, message))

    def advance(self, now: datetime) -> None:
        """Let everything happen that was due by now: messages arrive, are read, and the bot is told."""
        while self.steps and self.steps[0][0] <= now:
            due, _, message = heapq.heappop(self.steps)
            step = message.step
            screen = self.screens.get((message.number, message.phone))
            if screen is not None and step.status != "played":
                screen.advance(message.wamid, step.status)
            self.changed()
            if step.told:
                parts = status(
                    message.wamid,
                    step,
                    self.person(message.phone),
                    due,
                    callback_data=message.callback_data,
                    addressed_by_phone=message.addressed_by_phone,
                )
                self.tell(
                    "messages", message.number, parts, due, lane=f"status:{message.number}:{message.phone}"
                )

    def changed(self) -> None:
        self.version += 1
        for watcher in tuple(self.watchers):
            watcher()


def _id_in(parts: Mapping[str, tuple[Json, ...]]) -> str:
    for name in ("messages", "statuses", "message_echoes"):
        for item in parts.get(name, ()):
            return str(item.get("id", ""))
    return ""
