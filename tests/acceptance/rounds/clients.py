"""Clients who come with one errand after another, wait as people do, and note what they agreed to."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from adapters.whatsapp.simulator import Bubble
from tests.acceptance.rounds.claims import moment_of, moments_in
from tests.acceptance.rounds.watching import WatchedWhatsApp, WatchedYClients
from tests.acceptance.world import MOSCOW

# As long as the rounds last: whoever dies every second answers late, and the end of the run is what counts.
PATIENCE_S = 3600.0
ANSWERS_MAX = 8

Consented = Literal["cancelled", "restored", "moved"]


@dataclass(frozen=True, slots=True)
class Consent:
    phone: str
    record_id: int
    what: Consented
    # What a move was to end with, such as «15:00».
    to: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a client's, and how many fresh bubbles stood on the screen before it."""

    phone: str
    text: str
    after: int
    # `patient` waited for its answer; `hasty` was followed by another at once; `silent` may have no answer.
    how: Literal["patient", "hasty", "silent"]


@dataclass(frozen=True, slots=True)
class Begun:
    """A client sets out on an errand."""

    phone: str
    errand: str
    at: datetime


@dataclass(slots=True)
class Book:
    """What all clients together did."""

    consents: list[Consent] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    errands: Counter[str] = field(default_factory=Counter)
    begun: list[Begun] = field(default_factory=list)
    # How errands ended, by the first words of the last message.
    ends: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)


Answering = Mapping[str, Callable[["Client", Bubble], None]]


@dataclass(slots=True)
class Client:
    phone: str
    master: str
    yclients: WatchedYClients
    whatsapp: WatchedWhatsApp
    chance: Random
    book: Book
    # Between two errands, in seconds.
    rest_s: tuple[float, float]
    records: dict[str, int] = field(default_factory=dict)
    _read: int = 0
    _serial: int = 0
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    async def lives(
        self, closing: asyncio.Event, errands: Mapping[str, Callable[["Client"], Awaitable[bool]]]
    ) -> None:
        """Run errands until the salon closes; whoever got no answer comes no more."""
        unwatch = self.whatsapp.watch(self._grown.set)
        try:
            await asyncio.sleep(self.chance.uniform(0, self.rest_s[1]))
            while not closing.is_set():
                name = self.chance.choice(list(errands))
                self.book.errands[name] += 1
                self.book.begun.append(Begun(self.phone, name, datetime.now(UTC)))
                try:
                    answered = await errands[name](self)
                except (AssertionError, LookupError) as error:
                    self.book.unanswered.append(f"{self.phone} in the errand {name}: {error!r}")
                    return
                if not answered:
                    self.book.unanswered.append(f"{self.phone} in the errand {name}")
                    return
                self._clears_up()
                await asyncio.sleep(self.chance.uniform(*self.rest_s))
        finally:
            unwatch()

    # ── the journal ───────────────────────────────────────────────────────────────────────────────────

    def books(self, service: str = "Маникюр") -> int:
        """The salon writes a record of this client into the journal, at a time that was never used."""
        self._serial += 1
        now = datetime.now(UTC)
        day = now.astimezone(MOSCOW).date() + timedelta(days=1 + self._serial % 12)
        hour, minute = 10 + self._serial // 12 % 9, 30 * (self._serial // 108 % 2)
        starts_at = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  # the salon's wall clock
        record_id = self.yclients.add_record(self.phone, service, self.master, starts_at, now)
        self.records[moment_of(starts_at)] = record_id
        return record_id

    def _clears_up(self) -> None:
        """The administrator deletes what is left, so that the next errand is about its own records."""
        for record_id in self.records.values():
            if not self.yclients.record(record_id).deleted:
                self.yclients.edit_record(record_id, datetime.now(UTC), deleted=True)
        self.records.clear()

    def agrees(self, bubble: Bubble, what: Consented, to: str = "") -> None:
        """Note a consent to each record that the message names."""
        for moment in moments_in(bubble.text):
            if moment in self.records:
                self.book.consents.append(Consent(self.phone, self.records[moment], what, to))

    # ── the chat ──────────────────────────────────────────────────────────────────────────────────────

    def says(self, text: str, how: Literal["patient", "hasty", "silent"] = "patient") -> None:
        self._notes(text, how)
        self._perhaps_again(self.whatsapp.client_says(self.phone, text, datetime.now(UTC)))

    def taps(self, bubble: Bubble, option: str) -> None:
        self._notes(f"[{option}]", "patient")
        self._perhaps_again(
            self.whatsapp.client_taps(self.phone, option, datetime.now(UTC), wamid=bubble.wamid)
        )

    def sends(self) -> None:
        self._notes("<picture>", "patient")
        self._perhaps_again(self.whatsapp.client_sends(self.phone, "image", datetime.now(UTC)))

    async def hears(self, within_s: float = PATIENCE_S) -> Bubble | None:
        """Return the next message but signs of waiting; None: none came."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    fresh = self.whatsapp.fresh[self.phone]
                    while self._read < len(fresh):
                        self._read += 1
                        if "Ещё жду" not in fresh[self._read - 1].text:
                            return fresh[self._read - 1]
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            return None

    async def follows(self, answering: Answering) -> Bubble | None:
        """Answer what is asked until something comes that asks nothing; None: no answer came."""
        for _ in range(ANSWERS_MAX):
            bubble = await self.hears()
            if bubble is None:
                return None
            # People need a moment; some of them are fast.
            await asyncio.sleep(self.chance.choice((0, 0.02, 0.3)))
            answer = answering.get(question_in(bubble))
            if answer is None:
                self.book.ends[" ".join(bubble.text.split()[:2])] += 1
                return bubble
            answer(self, bubble)
        raise AssertionError(f"{self.phone} is asked again and again: {bubble.text if bubble else ''}")

    def _notes(self, text: str, how: Literal["patient", "hasty", "silent"]) -> None:
        shown = len(self.whatsapp.fresh[self.phone])
        self.book.said.append(Said(self.phone, text, shown, how))
        if how == "patient":
            # What came meanwhile answers something older, and whoever waits is not to take it for theirs.
            self._read = shown

    def _perhaps_again(self, wamid: str) -> None:
        """Meta delivers some messages more than once."""
        if self.chance.random() < 0.15:
            later_s = self.chance.uniform(0, 2)
            asyncio.get_running_loop().call_later(
                later_s, lambda: self.whatsapp.again(datetime.now(UTC), wamid=wamid)
            )


def question_in(bubble: Bubble) -> str:
    """Return what the message asks; empty: nothing that these clients would answer."""
    titles = [option.title for option in bubble.options]
    if "Уточните" in bubble.text:
        return "meant"
    if "Какую запись вернуть" in bubble.text:
        return ""
    if "Да, отменить" in titles:
        return "cancel"
    for sentence, question in (
        ("Какую отменить", "which"),
        ("На какой день перенести", "day"),
        ("На какое перенести", "time"),
        ("Перенести на него", "slot"),
        ("Какую перенести", "which to move"),
    ):
        if sentence in bubble.text:
            return question
    return "back" if bubble.text.rstrip().endswith("?") and "ернуть" in bubble.text else ""
