"""Answers in the other contexts: to a yes-or-no question, after a cancel, when asked why or for a day."""

from collections.abc import Callable

import pytest

from engine.understanding import Context, Meaning

Reads = Callable[..., Meaning]


@pytest.mark.parametrize(
    ("context", "text", "intent"),
    [
        ("confirm", "Здравствуйте", "hello"),
        ("confirm", "добрый день", "hello"),
        ("confirm", "здравствуйте, нет", "no"),
        ("done", "да", "thanks"),
        ("done", "ок", "thanks"),
        ("done", "хорошо", "thanks"),
        ("done", "спасибо", "thanks"),
        ("done", "спасибо большое", "thanks"),
        ("done", "👍", "thanks"),
        ("done", "ок, спасибо", "thanks"),
        ("done", "верните", "undo"),
        ("done", "передумала", "undo"),
        ("done", "я не ту отменила", "undo"),
        ("done", "нет, верните", "undo"),
        ("done", "я все-таки приду", "undo"),
        ("done", "перенесите лучше на среду", "reschedule"),
        ("done", "отмените еще запись на пятницу", "cancel"),
        ("done", "почему отменили?", "dispute"),
        ("confirm", "ок, ребенок заболел", "unclear"),
        ("reason", "заболела", "reason"),
        ("reason", "командировка", "reason"),
        ("reason", "отменили рейс", "reason"),
        ("reason", "не скажу", "reason"),
        ("reason", "просто так", "reason"),
        ("reason", "дорого", "reason"),
        ("reason", "не смогла приехать", "reason"),
        ("reason", "работа", "reason"),
        ("reason", "нашла другого мастера", "reason"),
        ("reason", "ребенок заболел", "reason"),
        ("reason", "не успеваю", "reason"),
        ("reason", "отмените ещё одну на пятницу", "cancel"),
        ("reason", "верните запись", "undo"),
        ("reason", "спасибо", "thanks"),
        ("reason", "👍", "unclear"),
        ("reason", "да", "unclear"),
        ("reason", "перенесите на пятницу", "reschedule"),
        ("reason", "оставьте запись", "undo"),
        ("reason", "нет", "no"),
        ("reschedule", "да", "yes"),
        ("reschedule", "хочу", "yes"),
        ("reschedule", "давайте", "yes"),
        ("reschedule", "да, хочу", "yes"),
        ("reschedule", "да, давайте", "yes"),
        ("reschedule", "нет", "no"),
        ("reschedule", "не надо", "no"),
        ("reschedule", "нет, спасибо", "no"),
        ("reschedule", "не нужно", "no"),
        ("reschedule", "нет, просто отмените", "cancel"),
        ("reschedule", "отмените", "cancel"),
        ("reschedule", "на пятницу", "reschedule"),
        ("reschedule", "25-го", "reschedule"),
        ("reschedule", "в 3", "reschedule"),
        ("reschedule", "в 15:00 завтра", "reschedule"),
        ("reschedule", "лучше утром в среду", "reschedule"),
        ("reschedule", "давайте в субботу", "reschedule"),
        ("reschedule", "можно в пятницу?", "reschedule"),
    ],
)
def test_an_answer_is_read_in_its_context(context: Context, text: str, intent: str, reads: Reads) -> None:
    assert reads(text, context).intent == intent


@pytest.mark.parametrize("text", ["отмените запись", "отменяйте"])
def test_an_order_to_cancel_is_a_yes_only_where_a_cancel_was_asked_about(reads: Reads, text: str) -> None:
    contexts: tuple[Context, ...] = ("idle", "reason", "reschedule", "done")

    assert reads(text, "confirm").intent == "yes"
    assert {reads(text, context).intent for context in contexts} == {"cancel"}
