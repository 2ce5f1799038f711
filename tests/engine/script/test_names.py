"""A name that nothing has is told with its line and the one that was probably meant."""

import pytest

from engine.dialogue import Dialogue
from engine.script.grammar import Problem, parse
from engine.script.names import Names, names_of, unknown
from engine.texts import load
from engine.understanding import Understanding

SALON = "salon: +79000000001: Маникюр, 25 ноября 15:00"
NAMES = Names(
    ("idle", "cancel.confirming"), ("cancel.confirm", "cancel.kept"), ("CancelRecord",), ("cancel", "tea")
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "state: cancel.confirmng",
            "there is no state «cancel.confirmng»; did you mean «cancel.confirming»?",
        ),
        ("state: Idle", "there is no state «Idle»; did you mean «idle»?"),
        ("state: x", "there is no state «x»; there are cancel.confirming, idle"),
        ("< key: cancel.keept", "there is no text «cancel.keept»; did you mean «cancel.kept»?"),
        ("< key: cansel.kept", "there is no text «cansel.kept»; did you mean «cancel.kept»?"),
        (
            "< key: rules.told",
            "there is no text «rules.told»: no flow «rules» is registered (states/registry.py)",
        ),
        (
            "state: rules.asking",
            "there is no state «rules.asking»: no flow «rules» is registered (states/registry.py)",
        ),
        ("state: tea.asking", "there is no state «tea.asking»; there are cancel.confirming, idle"),
        ("! cancelrecord 1", "there is no command «cancelrecord»; did you mean «CancelRecord»?"),
        ("notice: master canceled", "there is no notice «canceled»; did you mean «cancelled»?"),
        ("notice: admn cancelled", "there is no recipient «admn»; did you mean «admin»?"),
    ],
)
def test_a_name_that_nothing_has_is_told(line: str, said: str) -> None:
    assert unknown(parse(f"{SALON}\n{line}\n"), NAMES) == (Problem(2, said),)


def test_what_is_there_and_what_names_nothing_is_passed_by() -> None:
    script = f"{SALON}\n> да\n< Да.\n< key: cancel.kept\n! CancelRecord 1\nnotice: admin late\nstate: idle\n"

    assert unknown(parse(script), NAMES) == ()


def test_of_many_names_some_are_shown() -> None:
    many = Names([f"tea.{letter}" for letter in "abcdefghijklmnop"], (), (), ())

    (problem,) = unknown(parse("> да\nstate: unheard_of\n"), many)

    assert problem.said.endswith(
        "there are tea.a, tea.b, tea.c, tea.d, tea.e, tea.f, tea.g, tea.h, tea.i, tea.j, tea.k, tea.l …"
    )


def test_a_machine_is_asked_for_its_names() -> None:
    dialogue = Dialogue((), lambda state: (), Understanding(), {})

    names = names_of(dialogue, load(['["tea.offer"]\nru = "Чай?"\n']))

    assert names == Names(("idle",), ("tea.offer",), ("CancelRecord", "MoveRecord", "RestoreRecord"), ())
