"""What a test may ask of a simulator afterwards: who was sent what, and how the bot behaved."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median

from adapters.whatsapp.simulator.outgoing import Ackings
from adapters.whatsapp.simulator.wire import Json


@dataclass(frozen=True, slots=True)
class Refusal:
    """A send that was turned down, and why."""

    phone: str
    code: int
    details: str
    # A quirk refused it, so it is not the bot's fault.
    by_quirk: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """A snapshot; phones are digits."""

    # Requests to send that were accepted.
    sends: dict[str, int]
    # Messages that stand on the person's screen: what costs money.
    bubbles: dict[str, int]
    # Most messages between two messages of the same client.
    bubbles_per_turn_max: int
    # Messages shown again under a key of ours that was on the screen before.
    shown_twice: int
    refusals: tuple[Refusal, ...]
    # Refusals for which the request was to blame: 100, 131008, 131009.
    limit_violations: tuple[Refusal, ...]
    outside_window: int
    # `to` without its plus sign: Meta may prepend the business's country code.
    without_plus: int
    # Tries to deliver that the bot answered with anything but 200, or not at all.
    refused_posts: int
    unacked: int
    given_up: int
    # Badly signed posts that the bot took all the same.
    forgeries_taken: int
    ack_max_s: float
    ack_median_s: float

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(slots=True)
class Book:
    """Where the simulator notes what the ledger tells."""

    sends: Counter[str] = field(default_factory=Counter)
    bubbles: Counter[str] = field(default_factory=Counter)
    turn: Counter[str] = field(default_factory=Counter)
    bubbles_per_turn_max: int = 0
    keys_shown: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # The key of ours under which a message was shown, by the message's id.
    key_of: dict[str, str] = field(default_factory=dict)
    shown_twice: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    outside_window: int = 0
    without_plus: int = 0

    def heard(self, phone: str) -> None:
        self.turn[phone] = 0

    def shown(self, number: str, phone: str, wamid: str, key: str | None) -> None:
        self.bubbles[phone] += 1
        self.turn[phone] += 1
        self.bubbles_per_turn_max = max(self.bubbles_per_turn_max, self.turn[phone])
        if key is not None:
            self.shown_twice += (number, phone, key) in self.keys_shown
            self.keys_shown[number, phone, key] += 1
            self.key_of[wamid] = key

    def snapshot(self, acks: Ackings, unacked: int) -> Ledger:
        violations = [r for r in self.refusals if r.code in (100, 131008, 131009) and not r.by_quirk]
        return Ledger(
            sends=dict(self.sends),
            bubbles=dict(self.bubbles),
            bubbles_per_turn_max=self.bubbles_per_turn_max,
            shown_twice=self.shown_twice,
            refusals=tuple(self.refusals),
            limit_violations=tuple(violations),
            outside_window=self.outside_window,
            without_plus=self.without_plus,
            refused_posts=acks.refused,
            unacked=unacked,
            given_up=len(acks.given_up),
            forgeries_taken=acks.forgeries_taken,
            ack_max_s=max(acks.times_s, default=0.0),
            ack_median_s=median(acks.times_s) if acks.times_s else 0.0,
        )
