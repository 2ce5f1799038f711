"""Everywhere: one honest sentence for whatever a client may send, and an end for every wait."""

from typing import Any

from engine.effects import Effects, Repeat, Say
from engine.events import (
    FoundOff,
    Greeted,
    Muted,
    NotDelivered,
    NotServed,
    NotUnderstood,
    NoWords,
    Reacted,
    StaleTap,
    StartedOver,
    StartWanted,
    StillWaiting,
    StopWanted,
    Thanked,
    TimedOut,
    TooEarly,
)
from engine.flow import IDLE, Home, On, Open, Row, State, Turn, Waiting, missed_again, repeat, say
from states.everywhere import looks

# Intents that say nothing new to a question that is about to be asked.
ADDS_NOTHING = ("cancel", "yes", "no", "keep", "choose", "unclear", "hello", "thanks", "reason")
# Wishes that a cancel may serve as well, so the words for one are told.
MAY_MEAN_A_CANCEL = ("reschedule", "reason", "ask_cancel")


def rows(state: State) -> tuple[Row[Any], ...]:
    """Return the rows that this state has beside its flow's own."""
    match state:
        case Home():
            return (*_beginnings(), *_at_rest(IDLE), *_of_all(IDLE), *looks.rows(IDLE))
        case Open():
            return _at_rest(state.name) + _of_all(state.name) + looks.rows(state.name)
        case Waiting():
            return _asking(state.name) + _of_all(state.name) + looks.rows_while_asking(state.name)
        case _:
            # Words wait while a call is out, so only time can pass here.
            return (On(StillWaiting, state.name, state.name, do=say("everywhere.still_waiting")),)


def _beginnings() -> tuple[Row[Any], ...]:
    return (
        On(StartedOver, IDLE, IDLE, when=a_write_was_out, do=say("everywhere.started_over_unsure")),
        On(StartedOver, IDLE, IDLE, do=say("everywhere.started_over")),
        # A flow that keeps a deadline on the chat takes it with a row of its own.
        On(TimedOut, IDLE, IDLE),
        # So does one that hears what is said of it.
        On(FoundOff, IDLE, IDLE),
    )


def _at_rest(here: str) -> tuple[Row[Any], ...]:
    return (
        On(Greeted, here, here, do=say("everywhere.hello")),
        On(Thanked, here, IDLE, do=say("everywhere.thanks")),
        On(NotServed, here, here, do=say_what_is_not_served),
        On(NoWords, here, here, do=say_what_cannot_be_read),
        On(NotUnderstood, here, here, when=missed_again, do=say("everywhere.a_person")),
        On(NotUnderstood, here, here, do=say("everywhere.not_understood")),
        On(StaleTap, here, here, do=say("everywhere.stale_tap")),
        # A heart under a message needs no answer.
        On(Reacted, here, here),
    )


def _asking(here: str) -> tuple[Row[Any], ...]:
    return (
        On(Greeted, here, here, do=repeat("everywhere.hello_again")),
        On(Thanked, here, here, do=repeat("everywhere.still_to_answer")),
        On(NotServed, here, here, do=say_what_is_not_served_and_repeat),
        On(NoWords, here, here, do=say_what_cannot_be_read_and_repeat),
        # The question stays: whoever calls the salon need not answer it, and whoever does may.
        On(NotUnderstood, here, here, when=missed_again, do=repeat("everywhere.a_person")),
        On(NotUnderstood, here, here, do=repeat("everywhere.not_an_answer")),
        On(StaleTap, here, here, do=repeat("everywhere.stale_tap_here")),
        # A thumbs-up is no consent, and the client may think that it is.
        On(Reacted, here, here, do=repeat("everywhere.not_an_answer")),
        # The question stands below these words on the client's phone: it asks again by itself. But a «нет»
        # that gets no word would be taken for heard, and the next «да» for a yes to it.
        On(TooEarly, here, here, when=the_question_follows),
        On(TooEarly, here, here, when=it_adds_nothing, do=repeat("everywhere.too_early")),
        On(TooEarly, here, here, do=say_what_was_asked_too_early_and_repeat),
        On(NotDelivered, here, IDLE, when=it_could_not_be_sent_in_time, do=say("everywhere.not_in_time")),
        # To a phone that cannot be reached nothing is said; the administrator is told.
        On(NotDelivered, here, IDLE),
    )


def _of_all(here: str) -> tuple[Row[Any], ...]:
    return (
        On(StopWanted, here, IDLE),
        On(StartWanted, here, IDLE, do=say("everywhere.started")),
        On(Muted, here, here),
    )


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def a_write_was_out(turn: Turn[Any], over: StartedOver) -> bool:
    return over.write_was_out


def the_question_follows(turn: Turn[Any], early: TooEarly) -> bool:
    return early.question_follows and not early.answers and early.intent in ADDS_NOTHING


def it_could_not_be_sent_in_time(turn: Turn[Any], lost: NotDelivered) -> bool:
    return lost.too_old


def it_adds_nothing(turn: Turn[Any], early: TooEarly) -> bool:
    return early.intent in ADDS_NOTHING


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def say_what_is_not_served(turn: Turn[Any], wish: NotServed) -> Effects:
    yield Say(text=f"everywhere.not_served.{wish.intent}")
    # Where a question stands, it says this better.
    if wish.intent in MAY_MEAN_A_CANCEL:
        yield Say(text="everywhere.how_to_cancel")


def say_what_is_not_served_and_repeat(turn: Turn[Any], wish: NotServed) -> Effects:
    yield Repeat(after=f"everywhere.not_served.{wish.intent}")


def say_what_was_asked_too_early_and_repeat(turn: Turn[Any], early: TooEarly) -> Effects:
    yield Repeat(after=f"everywhere.not_served.{early.intent}")


def say_what_cannot_be_read(turn: Turn[Any], sent: NoWords) -> Effects:
    yield Say(text=f"everywhere.no_words.{sent.kind}")


def say_what_cannot_be_read_and_repeat(turn: Turn[Any], sent: NoWords) -> Effects:
    yield Repeat(after=f"everywhere.no_words.{sent.kind}")
