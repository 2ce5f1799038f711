"""What stands on a client's screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from adapters.whatsapp.simulator.sends import Option

BubbleKind = Literal["text", "buttons", "list", "template", "other"]
BubbleStatus = Literal["accepted", "sent", "delivered", "read", "failed"]

_RANK: dict[str, int] = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the screen. `in` is what the client wrote, `out` what the salon sent."""

    direction: Literal["in", "out"]
    wamid: str
    text: str
    kind: BubbleKind
    at: datetime
    options: tuple[Option, ...] = ()
    list_label: str = ""
    header: str = ""
    footer: str = ""
    # Out: how far it came. In: `read` once the bot has marked it so.
    status: BubbleStatus = "accepted"
    # The message that this one answers: for a tap, the message with the option.
    context: str | None = None
    # In: the id of the option that was tapped.
    tapped: str = ""
    # What the client (or, on a message of the client's, the salon) reacted with.
    reaction: str = ""
    # Out: typed by a person in the salon's own app.
    by_hand: bool = False
    edited: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Screen:
    """One chat on one client's phone."""

    bubbles: list[Bubble] = field(default_factory=list)
    # Moment of the newest message of the client's; opens the 24-hour window.
    heard_at: datetime | None = None
    typing_until: datetime | None = None
    # Marketing messages were called off.
    stopped: bool = False

    def show(self, bubble: Bubble) -> None:
        self.bubbles.append(bubble)
        if bubble.direction == "out":
            self.typing_until = None

    def find(self, wamid: str) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.wamid == wamid), None)

    def change(self, wamid: str, **changes: object) -> None:
        for i, bubble in enumerate(self.bubbles):
            if bubble.wamid == wamid:
                self.bubbles[i] = replace(bubble, **changes)  # type: ignore[arg-type]  # the caller names fields

    def advance(self, wamid: str, status: BubbleStatus) -> None:
        """Raise the bubble's status; an earlier one that comes late changes nothing."""
        bubble = self.find(wamid)
        if bubble and _RANK.get(status, 0) > _RANK.get(bubble.status, 0):
            self.change(wamid, status=status)

    def mark_read_up_to(self, wamid: str) -> None:
        """Mark a message of the client's and all that came before it as read by the salon."""
        last = max((i for i, bubble in enumerate(self.bubbles) if bubble.wamid == wamid), default=-1)
        for i, bubble in enumerate(self.bubbles[: last + 1]):
            if bubble.direction == "in" and bubble.status != "read":
                self.bubbles[i] = replace(bubble, status="read")

    def option(self, wanted: str, wamid: str | None) -> tuple[Bubble, Option]:
        """Find what a finger would tap: an option by its id, or by the beginning of its label.

        Options stay tappable for ever; without a `wamid` the newest message that has a match wins.

        Raises:
            LookupError: nothing on the screen can be tapped so.
        """
        shown = [b for b in reversed(self.bubbles) if b.direction == "out" and wamid in (None, b.wamid)]
        for bubble in shown:
            for option in bubble.options:
                if option.id == wanted:
                    return bubble, option
        for bubble in shown:
            for option in bubble.options:
                if _plain(option.reads).startswith(_plain(wanted)):
                    return bubble, option
        raise no_option(wanted, [option.reads for bubble in shown for option in bubble.options])


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def no_option(wanted: str, labels: Sequence[str]) -> LookupError:
    """Say what could be tapped instead, newest first."""
    there_are = " ".join(f"[{label}]" for label in dict.fromkeys(labels)) or "none"
    return LookupError(f"no option «{wanted}» on the screen; there are {there_are}")
