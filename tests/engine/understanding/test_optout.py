"""«Стоп» and «старт»."""

import pytest

from engine.understanding import opt_out


@pytest.mark.parametrize(
    "text",
    [
        "стоп", "СТОП!", "Stop", "отписаться", "Отпишись", "отпишите меня.", "не пишите", "Не пишите мне!!!",
        "unsubscribe", "🛑 стоп", " стоп ",
    ],
)  # fmt: skip
def test_a_stop_is_heard_whatever_its_dress(text: str) -> None:
    assert opt_out(text) is True


@pytest.mark.parametrize("text", ["старт", "START", "Старт 🙂"])
def test_a_start_takes_it_back(text: str) -> None:
    assert opt_out(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "отмена",
        "отмените",
        "Отмените запись",
        "стоп, не отменяйте",
        "не пишите Маше",
        "",
        "🙂",
        "да",
        "стоп стоп",
        "стоп" * 100,
    ],
)
def test_nothing_else_is_an_opt_out(text: str) -> None:
    assert opt_out(text) is None
