"""What words become: recognisers are asked with a meaning of each intent, and with something named."""

from pydantic import BaseModel

from engine.booking import Record
from engine.diagram import Becoming, Column, words
from engine.dialogue import Dialogue
from engine.events import CancelWanted, No, Picked, SeveralPicked, Yes
from engine.flow import Calling, Flow, Hearing, Open, Waiting, minutes
from engine.understanding import Understanding, fitting
from tests.engine.diagram.machine import TEA, everywhere


class Memory(BaseModel):
    records: tuple[Record, ...] = ()
    chosen: Record | None = None
    other: str = "its default"


def wanted(hearing: Hearing[object]) -> CancelWanted | None:
    return CancelWanted() if hearing.meaning.intent == "cancel" else None


def one_or_more(hearing: Hearing[Memory]) -> Picked | SeveralPicked | None:
    """One of them, or more.

    The rest of what it says is told nowhere.
    """
    assert hearing.memory.other == "its default"
    assert hearing.memory.chosen == hearing.memory.records[0]
    if hearing.meaning.intent != "choose":
        return None
    if hearing.meaning.several:
        return SeveralPicked()
    found = fitting(hearing.meaning.named, hearing.memory.records)
    return Picked(record=found[0], plain=True) if len(found) == 1 else None


class Nods:
    def __call__(self, hearing: Hearing[object]) -> Yes | No | None:
        answers: dict[str, Yes | No] = {"yes": Yes(), "no": No()}
        return answers.get(hearing.meaning.intent)


CHOICE = Flow(
    name="choice",
    intents=(CancelWanted,),
    hears=(wanted,),
    memory=Memory,
    states=(
        *(state for state in TEA.states if isinstance(state, Calling)),
        Waiting("choice.asking", (one_or_more, Nods()), "choose", minutes(15)),
        Open("choice.over", (Nods(),), "done", minutes(2)),
    ),
    table=(),
)
COLUMNS = {
    column.state: column for column in words(Dialogue((CHOICE,), everywhere, Understanding(), claims={}))
}


def becomes(state: str, intent: str) -> tuple[Becoming, ...]:
    column: Column = COLUMNS[state]
    return column.cells[intent]  # type: ignore[index]


def test_every_state_that_hears_words_has_a_column() -> None:
    assert list(COLUMNS) == ["idle", "choice.asking", "choice.over"]
    assert [column.open for column in COLUMNS.values()] == [False, False, True]
    assert COLUMNS["choice.over"].context == "done"


def test_an_event_that_needs_nothing_named_is_told_once() -> None:
    assert becomes("idle", "cancel") == (Becoming("CancelWanted", ()),)
    assert becomes("choice.asking", "yes") == (Becoming("Yes", ()),)


def test_what_is_named_may_make_another_event() -> None:
    assert becomes("choice.asking", "choose") == (
        Becoming("NotUnderstood", ()),
        Becoming("Picked", ("a record shown",)),
        Becoming("SeveralPicked", ("several",)),
    )


def test_an_open_state_hears_what_home_hears() -> None:
    assert becomes("choice.over", "cancel") == (Becoming("CancelWanted", ()),)
    assert becomes("choice.asking", "cancel") == (Becoming("NotUnderstood", ()),)


def test_what_nobody_takes_is_told_by_its_general_event() -> None:
    assert becomes("idle", "thanks") == (Becoming("Thanked", ()),)
    assert becomes("choice.over", "late") == (Becoming("NotServed", ()),)
    assert becomes("idle", "unclear") == (Becoming("NotUnderstood", ()),)


def test_recognisers_are_told_in_order_with_the_first_line_of_what_they_say() -> None:
    assert COLUMNS["choice.asking"].hears == (("one_or_more", "One of them, or more."), ("Nods", ""))
