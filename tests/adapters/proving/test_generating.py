"""Generation: the shortest transcript to a row that none has fired, written as the salon played it."""

from functools import partial
from pathlib import Path

import pytest

import main
from adapters.proving import generating
from adapters.proving.generating import generated, said_by_clients
from adapters.rehearsal import opened
from adapters.transcripts import play_file
from engine.script.grammar import parse
from states.cancel import asking, telling

REHEARSE = partial(opened, main.composed, main.core_of)
DIALOGUE, _ = main.dialogue_and_texts()


def place(do: object, guard: str = "") -> int:
    return next(
        number
        for number, row in enumerate(DIALOGUE.rows())
        if row.do is do and (not guard or (row.when is not None and row.when.__name__ == guard))
    )


def test_the_shortest_way_to_a_row_is_found_and_can_be_kept(tmp_path: Path) -> None:
    (found,) = generated(DIALOGUE, REHEARSE, {place(asking.keep)})

    assert found.row == "No: cancel.confirming → idle"
    assert found.text == (
        "# No: cancel.confirming → idle\n"
        "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна\n"
        "\n"
        "> хочу отменить запись\n"
        "< Отменить запись: Маникюр, среда, 25 ноября, 15:00, мастер Анна? "
        "[Да, отменить] [Перенести] [Оставить]\n"
        "> [Оставить]\n"
        "< Хорошо, запись остаётся: Маникюр, среда, 25 ноября, 15:00, мастер Анна. Ждём вас!\n"
    )
    kept = tmp_path / "kept.chat"
    kept.write_text(found.text, encoding="utf-8")
    assert play_file(kept, REHEARSE).holds


def test_a_row_that_needs_a_fault_is_found_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(generating.WITHIN_S, "engine", 0.0)

    (found,) = generated(DIALOGUE, REHEARSE, {place(telling.say_why_it_was_refused)})

    assert "yclients: 403 on cancel × 1\n> [Да]\n! CancelRecord 1\n< У меня нет прав" in found.text


def test_a_row_to_which_no_way_was_found_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "WITHIN_S", {"engine": 0.0, "virtual": 0.0})

    (found,) = generated(DIALOGUE, REHEARSE, {place(asking.keep)})

    assert (found.row, found.text) == ("No: cancel.confirming → idle", "")


def test_a_client_s_own_words_are_tried() -> None:
    script = parse("> как отменить?\n< …\n>> [Да]\n> <voice>\nlate 1 h: > отмените\n", "a.chat")

    assert said_by_clients([script]) == ("> как отменить?", ">> [Да]", "> <voice>", "late 1 h: > отмените")
