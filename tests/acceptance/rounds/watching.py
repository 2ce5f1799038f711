"""Both outside parties as witnesses: they note what was changed, what was shown, and what was under way."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from adapters.simulated import Reply, Request
from adapters.whatsapp.simulator import Bubble, WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from adapters.yclients.simulator.salon import Entry
from tests.acceptance.rounds.claims import Claim, claims_of, moment_of
from tests.acceptance.world import APP_SECRET, NUMBER, VERIFY_TOKEN

Change = Literal["cancelled", "restored", "moved", "deleted"]

# A network has a way: without one nothing would ever be under way when the process dies.
WAY_S = (0.002, 0.03)


@dataclass(frozen=True, slots=True)
class Changed:
    """One effective change of a record through the API."""

    record_id: int
    what: Change
    at: datetime
    # Where a move went.
    to: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One send that reached a phone. `answered_at`: when WhatsApp's answer left for us."""

    phone: str
    key: str
    text: str
    at: datetime
    answered_at: datetime
    # The answer said nothing of use: a quirk.
    spoiled: bool


@dataclass(slots=True)
class Underway:
    """Calls whose answers have not left yet."""

    until: list[datetime] = field(default_factory=list)

    def at(self, now: datetime) -> int:
        self.until = [until for until in self.until if until > now]
        return len(self.until)


class WatchedYClients(YClientsSimulator):
    def __init__(self, company_id: int, chance: Random, *, limited: bool) -> None:
        super().__init__(company_id, limited=limited)
        self.changed: list[Changed] = []
        self.underway = Underway()
        self._chance = chance

    def handle(self, request: Request, now: datetime) -> Reply:
        before = dict(self.salon.entries)
        reply = _on_its_way(super().handle(request, now), self._chance)
        self.underway.until.append(now + timedelta(seconds=min(reply.delay_s, 12)))
        for record_id, entry in self.salon.entries.items():
            if (was := before.get(record_id)) is not None and was is not entry:
                to = moment_of(entry.starts_at)
                self.changed += [Changed(record_id, what, now, to) for what in _changes(was, entry)]
        return reply

    def stands(self, phone: str, claim: Claim) -> bool:
        """Whether the journal shows what a client with this phone is told."""
        return any(
            _shows(entry, claim)
            for entry in self.salon.entries.values()
            if entry.client_id is not None and self.salon.clients[entry.client_id].phone == phone
        )


class WatchedWhatsApp(WhatsAppSimulator):
    def __init__(self, chance: Random, yclients: WatchedYClients) -> None:
        super().__init__(phone_number_id=NUMBER, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN)
        # With longer ones the server would be away again before anybody knocks.
        self._state.outgoing.retry_most_s = 1.0
        self.sent: list[Sent] = []
        # Bubbles in the order in which they appeared, without repeats of the same message.
        self.fresh: dict[str, list[Bubble]] = defaultdict(list)
        # What was claimed while the journal showed otherwise.
        self.lies: list[str] = []
        self.underway = Underway()
        self._keys: set[str] = set()
        self._chance = chance
        self._yclients = yclients

    def handle(self, request: Request, now: datetime) -> Reply:
        payload = _message_of(request)
        if payload is None:
            return super().handle(request, now)
        phone = "+" + str(payload["to"]).lstrip("+")
        before = len(self.phone(phone))
        reply = _on_its_way(super().handle(request, now), self._chance)
        answered_at = now + timedelta(seconds=reply.delay_s)
        self.underway.until.append(answered_at)
        for bubble in self.phone(phone)[before:]:
            self._shown(phone, str(payload["biz_opaque_callback_data"]), bubble, reply, now, answered_at)
        return reply

    def _shown(
        self, phone: str, key: str, bubble: Bubble, reply: Reply, now: datetime, answered_at: datetime
    ) -> None:
        spoiled = reply.status != 200 or reply.dropped
        self.sent.append(Sent(phone, key, bubble.text, now, answered_at, spoiled))
        if key in self._keys:
            return
        self._keys.add(key)
        self.fresh[phone].append(bubble)
        for claim in claims_of(bubble.text):
            if not self._yclients.stands(phone, claim):
                self.lies.append(f"{phone} was told «{bubble.text}», and the journal shows otherwise")


def _on_its_way(reply: Reply, chance: Random) -> Reply:
    return replace(reply, delay_s=reply.delay_s + chance.uniform(*WAY_S))


def _message_of(request: Request) -> dict[str, object] | None:
    """Return the message that is sent; None: it is something else, such as a read mark."""
    if request.method != "POST" or not request.path.endswith("/messages"):
        return None
    payload = json.loads(request.body)
    return None if "status" in payload else payload


def _changes(was: Entry, entry: Entry) -> Sequence[Change]:
    changes: list[Change] = []
    if entry.attendance != was.attendance:
        changes.append("cancelled" if entry.attendance == -1 else "restored")
    if entry.starts_at != was.starts_at:
        changes.append("moved")
    if entry.deleted != was.deleted:
        changes.append("deleted")
    return changes


def _shows(entry: Entry, claim: Claim) -> bool:
    is_off = entry.deleted or entry.attendance == -1
    return moment_of(entry.starts_at) == claim.moment and is_off == (claim.what == "cancelled")
