"""Reason: rows that take the reason of a cancel, tapped or in the client's words, once and never in the way.

A flow that uses it offers the button `WHY` with the outcome of a cancel, hears `ANSWERS` in the open state
that it then rests in, and keeps what `Memory` names.
"""

from typing import Any, Protocol, TypeVar, get_args

from engine.booking import Reason, ReasonGiven, Record
from engine.effects import Effects, Note, Option, Say
from engine.events import Event, No, NotUnderstood, StaleTap, TimedOut
from engine.flow import IDLE, Hearing, OfferedReason, On, Open, Row, State, Turn, minutes, say

# «Назвать причину»: brings the list.
WHY = Option(kind="why")
# What the ledger keeps of the client's words.
WORDS_MAX = 300
# A row of the list stands for a place here; a code is never taken out, only added at the end.
CODES: tuple[Reason, ...] = get_args(Reason)
_BECAUSE = "because"


class Memory(Protocol):
    """What a flow's memory needs for this fragment to live in it."""

    # The records that were just cancelled, as they stood.
    cancelled: tuple[Record, ...]
    reason_given: bool


M = TypeVar("M", bound=Memory)


class WhyTapped(Event):
    """The client wants to say why."""


class ReasonTold(Event):
    """The client said why; `words` where it was written."""

    code: Reason
    words: str = ""


def states(flow: str) -> tuple[State, ...]:
    """Return the state in which the list of reasons stands. Nothing has to be answered in it."""
    return (
        Open(
            f"{flow}.telling_why",
            hears=(*ANSWERS, rather_not, says_nothing),
            context="reason",
            patience=minutes(15),
        ),
    )


def rows(here: str) -> tuple[Row[Any], ...]:
    """Return the rows of the open state `here`, where cancels were told, and of the list's own state."""
    telling = f"{here.partition('.')[0]}.telling_why"
    return (
        On(WhyTapped, here, here, when=is_known, do=say("reason.known")),
        On(WhyTapped, here, telling, do=offer_reasons),
        On(ReasonTold, here, here, when=is_known, do=say("reason.known")),
        On(ReasonTold, here, here, do=note_reason),
        On(ReasonTold, telling, here, do=note_reason),
        # A double tap: the list stands above already.
        On(WhyTapped, telling, telling, do=say("reason.list_is_above")),
        On(StaleTap, telling, telling, do=say("reason.list_is_above")),
        On(NotUnderstood, telling, telling, do=say("reason.list_is_above")),
        On(No, telling, here, do=say("reason.as_you_like")),
        # Nothing has to be answered, so nothing is said when its time is over.
        On(TimedOut, telling, IDLE),
    )


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def is_known(turn: Turn[Memory], event: WhyTapped | ReasonTold) -> bool:
    """A reason was given; a second one changes nothing."""
    return turn.memory.reason_given


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def offer_reasons(turn: Turn[Memory], event: WhyTapped) -> Effects:
    # No question: it holds up nothing, and whatever the client writes next is taken as ever.
    yield Say(
        text="reason.which",
        options=tuple(_row(offered) for offered in turn.salon.reasons),
        opens="option.reasons",
    )


def note_reason(turn: Turn[Memory], told: ReasonTold) -> Effects:
    yield from noted(turn, told.code, told.words)
    # Nobody is promised that it is passed on where there is nobody to pass it to.
    masters = {record.master_id for record in turn.memory.cancelled}
    is_told = turn.salon.hears or not masters.isdisjoint(turn.salon.recipients.masters)
    yield Say(text="reason.thanks" if is_told else "reason.noted")


def noted(turn: Turn[Any], code: Reason, words: str = "") -> Effects:
    """Keep the reason of every record that was just cancelled; for a cause that a wish told as well."""
    turn.memory.reason_given = True
    for record in turn.memory.cancelled:
        yield Note(fact=ReasonGiven(record=record, code=code, words=words))


def _row(offered: OfferedReason) -> Option:
    if offered.title:
        return Option(kind=_BECAUSE, choice=CODES.index(offered.code), args={"title": offered.title})
    return Option(kind=f"{_BECAUSE}_{offered.code}", choice=CODES.index(offered.code))


# ── what the client's words mean here ─────────────────────────────────────────────────────────────────


def why_tapped(hearing: Hearing[object]) -> WhyTapped | None:
    return WhyTapped() if hearing.tap is not None and hearing.tap.kind == WHY.kind else None


def one_of_the_reasons(hearing: Hearing[object]) -> ReasonTold | None:
    tap = hearing.tap
    if tap is None or tap.kind.partition("_")[0] != _BECAUSE:
        return None
    # Anybody may send anything: what names no reason of ours is another one.
    known = tap.choice is not None and tap.choice < len(CODES)
    return ReasonTold(code=CODES[tap.choice] if known and tap.choice is not None else "other")


def in_own_words(hearing: Hearing[object]) -> ReasonTold | None:
    """«Заболела», «на работе завал»: kept as said, beside what it amounts to."""
    meaning = hearing.meaning
    # Right after a cancel a cause is its reason also where the words alone would not be clear («лень»).
    if hearing.tap is not None or meaning.cause is None or meaning.intent not in ("reason", "unclear", "yes"):
        return None
    # «Верните первую» and «возвращать не надо» are no reason.
    if meaning.takes_back:
        return None
    return ReasonTold(code=meaning.cause, words=hearing.words[:WORDS_MAX])


def says_nothing(hearing: Hearing[object]) -> NotUnderstood | None:
    """«Ок» beside the list is no reason."""
    empty = hearing.meaning.intent == "reason" and hearing.meaning.cause is None
    return NotUnderstood() if hearing.tap is None and empty else None


def rather_not(hearing: Hearing[object]) -> No | None:
    return No() if hearing.tap is None and hearing.meaning.intent == "no" else None


ANSWERS = (why_tapped, one_of_the_reasons, in_own_words)
