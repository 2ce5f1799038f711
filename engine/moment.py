"""What surrounds one turn: the salon, the time, and what is known of the pending question."""

from dataclasses import dataclass
from datetime import datetime

from engine.flow import Salon


@dataclass(frozen=True, slots=True)
class Moment:
    """What surrounds one turn."""

    salon: Salon
    now: datetime
    said_at: datetime
    # The number of this turn on its chat: a question asked in it takes it as its number, a call as its key.
    turn: int
    call_key: str = ""
    # When and at which arrival the pending question was there to be read; None: not yet.
    asked_at: datetime | None = None
    asked_arrival: int | None = None
    # A copy of the pending question is still to be sent.
    question_unsent: bool = False
    # The client may have seen it before these words, though nothing proves it.
    may_have_read: bool = False
    arrival: int = 0
    # It was brought back later, by an operator or with a copy of the file: it answers nothing.
    brought_back: bool = False
