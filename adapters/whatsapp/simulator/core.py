"""The simulated WhatsApp Cloud API: a pure core, driven by requests, clients and the moment."""

from collections.abc import Callable, Iterable, Mapping, Set
from copy import deepcopy
from datetime import datetime
from random import Random

from adapters.simulated import Reply, Request
from adapters.whatsapp.simulator import control
from adapters.whatsapp.simulator.api import GraphApi
from adapters.whatsapp.simulator.clients import ClientSide
from adapters.whatsapp.simulator.envelope import Shape
from adapters.whatsapp.simulator.ledger import Ledger
from adapters.whatsapp.simulator.outgoing import Outgoing, Post
from adapters.whatsapp.simulator.people import digits_of
from adapters.whatsapp.simulator.phone import Bubble, Screen
from adapters.whatsapp.simulator.quirks import Quirks
from adapters.whatsapp.simulator.sends import Template
from adapters.whatsapp.simulator.state import Account, State, WindowPolicy
from engine.ports import Chance


class WhatsAppSimulator(ClientSide):
    """Meta, the salon's number and every client's phone. No I/O, no clock; two run side by side."""

    def __init__(
        self,
        *,
        phone_number_id: str = "106540352242922",
        display_phone: str = "79009999999",
        waba_id: str = "102290129340398",
        access_token: str | None = None,
        app_secret: str = "simulated-app-secret",
        verify_token: str = "simulated-verify-token",
        more_numbers: Mapping[str, str] | None = None,
        templates: Iterable[Template] = (),
        allowed: Iterable[str] | None = None,
        window: WindowPolicy = "off",
        enforce_rates: bool = True,
        status_delays_s: tuple[float, float, float] = (0.05, 0.2, 1.0),
        chance: Chance | None = None,
    ) -> None:
        account = Account(
            numbers={phone_number_id: digits_of(display_phone)} | dict(more_numbers or {}),
            waba_id=waba_id,
            access_token=access_token,
            app_secret=app_secret,
            verify_token=verify_token,
            templates={(template.name, template.language): template for template in templates},
            allowed=None if allowed is None else frozenset(digits_of(phone) for phone in allowed),
            window=window,
            enforce_rates=enforce_rates,
            status_delays_s=status_delays_s,
        )
        quirks = Quirks()
        outgoing = Outgoing(app_secret, waba_id, quirks, chance or Random(0))
        super().__init__(State(account, quirks, outgoing))
        self._api = GraphApi(self._state)

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────

    def handle(self, request: Request, now: datetime) -> Reply:
        self._state.advance(now)
        if request.path.startswith(control.PREFIX):
            return control.handle(self, request, now)
        return self._api.handle(request, now)

    # ── deliveries ────────────────────────────────────────────────────────────────────────────────────

    def due(self, now: datetime) -> list[Post]:
        """Return the POSTs that leave for the bot now; report each one's answer to `posted`."""
        self._state.advance(now)
        return self._state.outgoing.due(now)

    def posted(self, post_id: int, status: int | None, took_s: float, now: datetime) -> None:
        """Take the bot's answer to a POST. None: no answer. Anything but 200 brings the POST again."""
        self._state.outgoing.posted(post_id, status, took_s, now)
        self._state.changed()

    def put_back(self, post_id: int, now: datetime) -> None:
        """Take back a POST that never left; it is due at once."""
        self._state.outgoing.put_back(post_id, now)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when `due` has something next: at `now` or later, or None while nothing waits."""
        moments = [self._state.outgoing.next_due(), self._state.steps[0][0] if self._state.steps else None]
        return max(now, min(known)) if (known := [m for m in moments if m is not None]) else None

    def waiting(self) -> int:
        """Return how much is not settled: posts unacknowledged, updates and statuses yet to come."""
        return self._state.outgoing.waiting() + len(self._state.steps)

    def hold(self) -> None:
        """Gather everything for one POST, until `release`."""
        self._state.outgoing.hold()

    def release(
        self,
        now: datetime,
        *,
        entries: int = 1,
        changes: int = 1,
        statuses_first: bool = False,
        backwards: bool = False,
    ) -> None:
        self._state.advance(now)
        self._state.outgoing.release(now, Shape(entries, changes, statuses_first), backwards=backwards)
        self._state.changed()

    def time_passed(self, now: datetime) -> None:
        """Let happen what fell due by now, and whoever watches look again: somebody has set the clock on."""
        self._state.advance(now)
        self._state.changed()

    def twin(self, now: datetime) -> "WhatsAppSimulator":
        """Return one that stands where this one does, watched by nobody; what was under way is due again."""
        watchers, self._state.watchers = self._state.watchers, []
        try:
            twin = deepcopy(self)
        finally:
            self._state.watchers = watchers
        twin._state.outgoing.put_all_back(now)
        return twin

    @property
    def webhook_url(self) -> str | None:
        """Where a shell delivers to; None: nowhere yet, and everything waits."""
        return self._state.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._state.webhook_url = url
        self._state.changed()

    @property
    def verify_token(self) -> str:
        return self._state.account.verify_token

    # ── faults ────────────────────────────────────────────────────────────────────────────────────────

    def quirk(self, name: str, times: int | None = None) -> None:
        """Switch a quirk on, for ever or for the next `times` times.

        Raises:
            ValueError: no such quirk.
        """
        self._state.quirks.switch_on(name, times)
        self._state.changed()

    def clear_quirks(self) -> None:
        self._state.quirks.clear()
        self._state.changed()

    def quirks(self) -> dict[str, int | None]:
        """Return the quirks that are on, with how many times are left (None: for ever)."""
        return self._state.quirks.left()

    # ── what can be seen ──────────────────────────────────────────────────────────────────────────────

    def phone(self, phone: str, *, number: str | None = None) -> tuple[Bubble, ...]:
        """Return what stands on this client's screen, oldest first."""
        return tuple(self._screen(phone, number).bubbles)

    def whose(self, wamid: str) -> str:
        """Return the number (digits) of the person on whose phone this message stands; "": nobody's."""
        return self._state.chat_of.get(wamid, ("", ""))[1]

    def typing(self, phone: str, now: datetime, *, number: str | None = None) -> bool:
        """Say whether the client sees that the salon is typing."""
        until = self._screen(phone, number).typing_until
        return until is not None and now < until

    def phones(self, *, number: str | None = None) -> tuple[str, ...]:
        """Return everybody who has a chat with this number, in the order of first contact."""
        at = number or self._state.first_number
        return tuple(phone for where, phone in self._state.screens if where == at)

    @property
    def version(self) -> int:
        """Grows with every change; for pages that show a phone live."""
        return self._state.version

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called after every change; call what is returned to end it."""
        self._state.watchers.append(changed)
        return lambda: self._state.watchers.remove(changed)

    def ledger(self) -> Ledger:
        return self._state.book.snapshot(self._state.outgoing.acks, self._state.outgoing.waiting())

    def acknowledged(self) -> Set[str]:
        """Return the ids of the messages and statuses that the bot has answered with 200."""
        return self._state.outgoing.acks.taken

    def key_of(self, wamid: str) -> str:
        """Return the key of ours under which this message was sent; "": it came without one."""
        return self._state.book.key_of.get(wamid, "")

    def copies_max(self) -> int:
        """Return how often the message that was shown most often was shown."""
        return max(self._state.book.keys_shown.values(), default=0)

    def unacked(self) -> tuple[Post, ...]:
        return self._state.outgoing.unacked()

    def _screen(self, phone: str, number: str | None) -> Screen:
        return self._state.screens.get((number or self._state.first_number, digits_of(phone))) or Screen()
