"""The replay on the real flows, as they are and as a next version might have changed them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from engine import texts
from engine.booking import CallFailed, CancelRecord, FindRecords, ReadOutcome, RecordCancelled, RecordsFound
from engine.dialogue import Dialogue
from engine.events import Event, Heard, Yes
from engine.flow import Flow, Salon
from engine.ports import Bubble, Button
from engine.replay import Left, Recorded, Replayed, Taken, replay
from engine.session import Session
from engine.texts import Text, Texts
from engine.understanding import Understanding
from states import cancel, everywhere, registry
from tests.chat import ANNA, MONDAY, MOSCOW, proof, record
from tests.versions import renaming, without

MANICURE = record(1)
CATALOGUE = texts.load(registry.texts())
ASKED = "Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Ольга?"
DONE = "Запись отменена: Маникюр, среда, 25 ноября, 15:00, мастер Ольга. Спасибо, что предупредили!"
OPTIONS = (Button(id="yes:2:1", title="Да, отменить"), Button(id="no:2:1", title="Оставить"))


def at(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def words(arrival: int, text: str, seconds: float, *, taken_after: float = 0) -> Taken:
    heard = Heard(kind="words", text=text, said_at=at(seconds))
    return Taken(arrival, at(seconds), at(seconds), at(seconds + taken_after), heard=heard)


def event(arrival: int, event: Event, seconds: float, call: str | None = None) -> Taken:
    return Taken(arrival, at(seconds), at(seconds), at(seconds), event=event, call=call)


def asked(seconds: float, **other: Any) -> Left:
    """The question, sent within a second."""
    usual: dict[str, Any] = {"readable_at": at(seconds), "finished_at": at(seconds + 1)}
    bubble = Bubble(text=ASKED, options=OPTIONS)
    return Left(at(seconds), message=bubble, question=2, state="cancel.confirming", **{**usual, **other})


def said(text: str, seconds: float) -> Left:
    return Left(at(seconds), message=Bubble(text=text))


WISH = words(1, "хочу отменить запись", 0)
FOUND = event(2, RecordsFound(records=(MANICURE,)), 1, "c1.1")
LOOKED = Left(at(0), call=FindRecords(phone=ANNA))
YES = words(3, "да", 60)
CANCELLED = event(4, RecordCancelled(receipt=proof(MANICURE)), 61, "c1.3")
WRITTEN = Left(at(60), call=CancelRecord(record=MANICURE))
ALL_TURNS = (WISH, FOUND, YES, CANCELLED)
ALL_LEFT = (LOOKED, asked(1), WRITTEN, said(DONE, 61))


def recorded(turns: tuple[Taken, ...], left: tuple[Left, ...], **other: Any) -> Recorded:
    usual: dict[str, Any] = {"chat_id": 1, "phone": ANNA, "turns_taken": len(turns), "session": None}
    return Recorded(turns=turns, left=left, **{**usual, **other})


def version(
    flow: Flow = cancel.FLOW, catalogue: Texts = CATALOGUE, **policies: Any
) -> tuple[Dialogue, Texts, Salon]:
    """Return a version of Otmena: today's, but for what is given."""
    dialogue = Dialogue((flow,), everywhere.rows, Understanding(), catalogue.claims)
    return dialogue, catalogue, Salon(zone=MOSCOW, offers=frozenset(), **policies)


def saying(changed: Mapping[str, str]) -> Texts:
    new = {key: Text(key, {"ru": text}, CATALOGUE.texts[key].claims) for key, text in changed.items()}
    return Texts({**CATALOGUE.texts, **new})


def only(replayed: Replayed) -> tuple[str, ...]:
    """Return the lines of the one difference."""
    (difference,) = replayed.differences
    return difference.lines


# ── the same, and not the same ────────────────────────────────────────────────────────────────────────


def test_the_same_tables_decide_the_same() -> None:
    done = Session(state="cancel.done")
    assert replay(*version(), recorded(ALL_TURNS, ALL_LEFT, session=done)) == Replayed(4)


def test_other_words_are_shown_as_a_diff_and_what_follows_goes_on() -> None:
    today = version(
        catalogue=saying({"cancel.confirm_the_only": "?", "cancel.confirm": "Отменяем {record}?"})
    )

    replayed = replay(*today, recorded(ALL_TURNS, ALL_LEFT))

    (difference,) = replayed.differences
    assert (difference.chat_id, difference.turn, difference.at) == (1, 2, at(1))
    assert (difference.state, difference.events, difference.taken) == (
        "cancel.looking",
        ("RecordsFound",),
        (FOUND,),
    )
    assert difference.lines == (
        f"- < {ASKED} [Да, отменить](yes:2:1) [Оставить](no:2:1)",
        "+ < Отменяем Маникюр, среда, 25 ноября, 15:00, мастер Ольга? "
        "[Да, отменить](yes:2:1) [Оставить](no:2:1)",
        "  state: cancel.confirming",
    )
    assert (replayed.turns, replayed.left_out) == (4, 0)


def test_a_state_that_is_only_called_otherwise_is_no_difference() -> None:
    flow = renaming("cancel.confirming", "cancel.deciding", was={"cancel.confirming": "cancel.deciding"})
    assert replay(*version(flow), recorded(ALL_TURNS, ALL_LEFT)).differences == ()


def test_another_state_is_a_difference() -> None:
    flow = renaming("cancel.confirming", "cancel.deciding")
    assert only(replay(*version(flow), recorded(ALL_TURNS, ALL_LEFT)))[1:] == (
        "- state: cancel.confirming",
        "+ state: cancel.deciding",
    )


def test_where_a_chat_stands_at_the_end_is_compared() -> None:
    replayed = replay(*version(), recorded(ALL_TURNS, ALL_LEFT, session=Session()))
    assert only(replayed) == (f"  < {DONE}", "- state: idle", "+ state: cancel.done")


def test_where_it_stands_is_shown_once_though_its_question_tells_it_too() -> None:
    replayed = replay(
        *version(catalogue=saying({"cancel.confirm": "{record}?"})),
        recorded((WISH, FOUND), (LOOKED, asked(1)), session=Session(state="cancel.confirming")),
    )
    assert only(replayed)[2:] == ("  state: cancel.confirming",)


def test_what_this_version_cannot_read_is_named() -> None:
    replayed = replay(*version(), recorded((WISH,), (Left(at(0)),)))
    assert only(replayed) == ("- (something that this version cannot read)", "+ ? FindRecords")


def test_a_call_for_later_tells_when() -> None:
    failed = event(4, CallFailed(reason="unknown"), 61, "c1.3")
    left = (*ALL_LEFT[:3], Left(at(61), call=ReadOutcome(record=MANICURE), after_s=60))

    lines = only(replay(*version(), recorded((*ALL_TURNS[:3], failed), left)))

    assert (lines[0], lines[2]) == ("- ? ReadOutcome 1 after 60 s", "+ ? ReadOutcome 1 after 120 s")


# ── what cannot be decided again ──────────────────────────────────────────────────────────────────────


def test_a_chat_whose_beginning_is_gone_is_left_out() -> None:
    replayed = replay(*version(), recorded((FOUND,), (), turns_taken=2))
    assert replayed == Replayed(0, (), 1, "its beginning is not in the record")


def test_what_today_s_tables_raise_is_shown_and_ends_the_chat() -> None:
    flow = without(Yes, "cancel.confirming")

    replayed = replay(*version(flow), recorded(ALL_TURNS, ALL_LEFT))

    why = "today it raises UnexpectedEvent: Yes in cancel.confirming"
    assert only(replayed) == ("- ! CancelRecord 1", f"+ ({why})")
    assert (replayed.turns, replayed.left_out, replayed.why) == (2, 2, why)


def test_what_is_raised_is_told_in_one_line() -> None:
    """pydantic takes several lines for each field, with an address."""

    def picky(turn: Any, wish: Any) -> Any:
        Picky.model_validate({"count": None})

    look_up = next(row.do for row in cancel.FLOW.table if row.to == "cancel.looking" and row.when is None)
    rows = (replace(row, do=picky) if row.do is look_up else row for row in cancel.FLOW.table)

    replayed = replay(*version(replace(cancel.FLOW, table=tuple(rows))), recorded(ALL_TURNS, ALL_LEFT))

    assert replayed.why == (
        "today it raises ValidationError: Picky takes no such values "
        "(count: Input should be a valid integer; name: Field required)"
    )
    assert [one.stuck for one in replayed.differences] == [replayed.why]


class Picky(BaseModel):
    count: int
    name: str


NEXT_DAY = 86_400 + 62


def next_day(taken: Taken, arrival: int) -> Taken:
    later = timedelta(seconds=NEXT_DAY)
    return replace(
        taken,
        arrival=arrival,
        said_at=taken.said_at + later,
        received_at=taken.received_at + later,
        taken_at=taken.taken_at + later,
    )


def test_a_call_that_was_not_made_then_has_no_result_and_after_a_day_of_silence_the_chat_goes_on() -> None:
    """The salon asked before every cancel then, and cancels at once today."""
    hello = next_day(words(5, "Здравствуйте", 0), 5)
    greeted = said("Привет", NEXT_DAY)

    replayed = replay(*version(confirm="never"), recorded((*ALL_TURNS, hello), (*ALL_LEFT, greeted)))

    why = "today it would wait for the result of a call that was not made then"
    wrote, stuck, other_words = replayed.differences
    assert wrote.lines[1:] == ("- state: cancel.confirming", "+ ! CancelRecord 1")
    assert (stuck.turn, stuck.state, stuck.events) == (3, "cancel.cancelling", ())
    assert stuck.lines == ("- ! CancelRecord 1", f"+ ({why})")
    assert (other_words.turn, other_words.state, other_words.events) == (5, "idle", ("Greeted",))
    assert (replayed.turns, replayed.left_out, replayed.why) == (3, 2, why)


def test_a_day_s_silence_changes_nothing_where_nothing_was_stuck() -> None:
    later = next_day(FOUND, 2)
    replayed = replay(*version(), recorded((WISH, later), (LOOKED, asked(NEXT_DAY + 1))))
    assert replayed == Replayed(2)


# ── what surrounded a turn ────────────────────────────────────────────────────────────────────────────


def test_a_result_and_the_words_that_waited_for_it_are_one_moment() -> None:
    waited = words(2, "да, жду", 0.5, taken_after=0.5)
    found = event(3, FOUND.event or Yes(), 1, "c1.1")
    assert replay(*version(), recorded((WISH, waited, found), (LOOKED, asked(1)))) == Replayed(3)


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ({}, "Yes"),
        # It arrived only after the words: it stands below them, and asks again by itself.
        ({"readable_at": at(90), "finished_at": at(90)}, "TooEarly"),
        ({"readable_at": at(60.5), "finished_at": at(61)}, "TooEarly"),
        ({"readable_at": None, "finished_at": at(2)}, "TooEarly"),
        ({"readable_at": None, "finished_at": None}, "TooEarly"),
    ],
)
def test_words_answer_only_a_question_that_was_there_to_be_read(
    sent: dict[str, Any], understood: str
) -> None:
    unlike = said("что-то другое", 60)
    replayed = replay(*version(), recorded(ALL_TURNS[:3], (LOOKED, asked(1, **sent), unlike)))
    assert [difference.events for difference in replayed.differences] == [(understood,)]


def test_a_question_that_was_still_to_be_sent_asks_again_by_itself() -> None:
    unsent = asked(1, readable_at=at(90), finished_at=at(90))
    assert replay(*version(), recorded(ALL_TURNS[:3], (LOOKED, unsent))) == Replayed(3)


TWICE = {"readable_at": at(61), "perhaps_at": at(1), "finished_at": at(2)}


def test_where_the_record_leaves_open_when_a_question_could_be_read_it_is_as_the_answer_tells() -> None:
    """It was sent twice, and when the second time began is not kept."""
    assert replay(*version(), recorded(ALL_TURNS[:3], (LOOKED, asked(1, **TWICE), WRITTEN))) == Replayed(3)


def test_where_neither_moment_agrees_with_the_answer_the_surer_one_is_shown() -> None:
    unlike = said("что-то другое", 60)
    (difference,) = replay(
        *version(), recorded(ALL_TURNS[:3], (LOOKED, asked(1, **TWICE), unlike))
    ).differences
    assert difference.events == ("TooEarly",)


def test_words_taken_after_the_question_but_heard_before_it_are_too_early() -> None:
    waited = words(3, "да", 0.5, taken_after=59)
    lines = only(replay(*version(), recorded((WISH, FOUND, waited), (LOOKED, asked(1), said("?", 59.5)))))
    assert lines == ("- < ?",)


def test_a_question_that_was_not_asked_then_counts_as_read_at_once() -> None:
    """The salon cancelled at once then, and asks today."""
    # Its result is still to come: told, it would leave the question.
    turns = (WISH, FOUND, words(4, "да", 60))
    left = (LOOKED, Left(at(1), call=CancelRecord(record=MANICURE)), said("Не за что", 60))

    replayed = replay(*version(), recorded(turns, left))

    asks, answered = replayed.differences
    assert asks.lines[0] == "- ! CancelRecord 1"
    assert (answered.state, answered.events) == ("cancel.confirming", ("Yes",))


def test_a_stop_counts_from_the_moment_when_it_was_stored() -> None:
    hello = words(1, "Здравствуйте", 0, taken_after=20)
    stop = words(2, "стоп", 10, taken_after=20)
    start = words(3, "старт", 40)
    turns = (hello, stop, start, words(4, "Здравствуйте", 50))

    replayed = replay(*version(), recorded(turns, ()))

    assert [difference.events for difference in replayed.differences] == [("StartWanted",), ("Greeted",)]
