"""The census on a toy table whose states were renamed and given up."""

from datetime import timedelta

from engine.census import Count, Place, Standing, census
from engine.dialogue import Dialogue
from engine.flow import IDLE, On, Waiting, minutes
from engine.session import Session
from tests.chat import MONDAY
from tests.engine.test_dialogue import Knocked, made, toy


def wondering(name: str) -> Waiting:
    return Waiting(name, hears=(), context="confirm", patience=minutes(15))


def today() -> Dialogue:
    states = (wondering("toy.wondering"), wondering("toy.resting"))
    return made(
        toy(On(Knocked, IDLE, "toy.wondering"), states=states, was={"toy.asking": "toy.wondering"}, version=3)
    )


def test_dialogues_are_counted_by_where_they_stand_and_by_what_becomes_of_them() -> None:
    counts = census(
        today(),
        [
            Standing(Session(state="toy.gone", flow_version=2)),
            Standing(None, words_waiting=1),
            Standing(Session(state="toy.wondering", flow_version=3)),
            Standing(Session(state="toy.asking", flow_version=2)),
            Standing(Session(state="toy.asking", flow_version=2)),
            Standing(Session(state="toy.asking", flow_version=1)),
        ],
    )

    assert [(count.place, count.dialogues, count.goes_on) for count in counts] == [
        (Place("toy.asking", 1, "renamed", "toy.wondering"), 1, True),
        (Place("toy.asking", 2, "renamed", "toy.wondering"), 2, True),
        (Place("toy.wondering", 3, "goes on", "toy.wondering"), 1, True),
        (Place(None, None, "ends", why="what is stored is no session of today's"), 1, False),
        (Place("toy.gone", 2, "ends", why="no flow has a state toy.gone any more"), 1, False),
    ]


def test_what_is_under_way_in_a_place_is_summed_and_its_latest_moment_kept() -> None:
    here = Session(state="toy.wondering")
    counts = census(
        today(),
        [
            Standing(here, question_pending=True, words_waiting=2, last_activity=MONDAY),
            Standing(here, call_out=True, write_out=True, last_activity=MONDAY + timedelta(minutes=1)),
            Standing(here, question_pending=True, call_out=True, words_waiting=1),
        ],
    )

    assert counts == (
        Count(
            place=Place("toy.wondering", 1, "goes on", "toy.wondering"),
            dialogues=3,
            questions_pending=2,
            calls_out=2,
            writes_out=1,
            words_waiting=3,
            last_activity=MONDAY + timedelta(minutes=1),
        ),
    )


def test_dialogues_of_which_nothing_was_ever_heard_have_no_latest_moment() -> None:
    (count,) = census(today(), [Standing(Session(state="toy.resting"))])
    assert count.last_activity is None
