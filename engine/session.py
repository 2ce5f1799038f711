"""The parts of a conversation that outlive a turn."""

from typing import Any

from engine.booking import Change
from engine.chat import Chat as Chat
from engine.effects import Option, Say
from engine.values import Frozen

IDLE = "idle"
# More messages in a row that were not understood count as these.
MISSES_MAX = 2


class Session(Frozen):
    """Where a dialogue stands. Stored after every turn."""

    state: str = IDLE
    memory: dict[str, Any] = {}
    # Key of the one call that this state waits for.
    awaiting: str | None = None
    # The number of the last question; it only grows, for the whole life of the chat.
    questions: int = 0
    # The pending question, so that it can be repeated under its number.
    pending: Say | None = None
    # The question that was left for what the calls that are out are about; nobody will answer it.
    left: Say | None = None
    # What an open dialogue offers beside records: nothing is pending there, and it may be typed as well.
    offered: tuple[Option, ...] = ()
    # Ids of the records that the client agreed to change, kept while their call is out.
    consented: tuple[int, ...] = ()
    # To which change; None: the question did not say.
    consented_to: Change | None = None
    # How many messages in a row were not understood, at home or in a question.
    misses: int = 0
    # Version of the flow's table that this session was stored under.
    flow_version: int = 1

    @property
    def write_is_out(self) -> bool:
        """Whether the call that it waits for changes something."""
        return self.awaiting is not None and bool(self.consented)

    def home(self, misses: int = 0) -> "Session":
        """Return the session at home, its question counter kept."""
        return Session(questions=self.questions, misses=misses)
