"""What limits «не смогу прийти»: a comparison, reported speech, the past; and what only names the record."""

import pytest

from engine.understanding import Surroundings, Understanding
from tests.engine.understanding.test_hostile import MONDAY


def understood(text: str) -> tuple[str, bool]:
    meaning = Understanding().understand(text, "idle", Surroundings(MONDAY))
    return meaning.intent, meaning.plain


@pytest.mark.parametrize(
    "text",
    [
        "Не смогу прийти раньше 15",
        "задержусь, не смогу прийти вовремя",
        "не успею прийти вовремя",
        "не смогу прийти к трём, приду в четыре",
        "я не говорила что не смогу прийти",
        "не смогла прийти вчера",
        "вчера не пришла, извините",
        "если не приду, позвоню",
        "а вдруг не приду",
        "я могу отменить?",
        "Не. Отменяйте?",
    ],
)
def test_what_is_no_wish_to_cancel_is_not_taken_for_one(text: str) -> None:
    assert understood(text)[0] != "cancel"


@pytest.mark.parametrize(
    "text",
    [
        "Хочу отменить запись",
        "Отмени мою запись",
        "Не смогу прийти",
        "Отмените запись на завтра",
        "не смогу завтра, заболела",
        "не смогу прийти к Ольге в среду",
        "Здравствуйте! Отмените, пожалуйста, мою запись на 25 ноября в 15:00",
    ],
)
def test_a_wish_whose_every_word_is_explained_is_plain(text: str) -> None:
    assert understood(text) == ("cancel", True)


@pytest.mark.parametrize(
    "text",
    [
        "подруга сказала отмените запись на среду",
        "отмените запись в другом салоне",
        "отмените все кроме чистки",
        "отмените 25 и 28 ноября",
        "отмените запись +79000000002",
        "в субботу приду, остальное отмените",
        "отмените все записи",
        "можно отменить запись?",
        "отмените первую",
    ],
)
def test_a_wish_with_anything_else_in_it_is_not_plain(text: str) -> None:
    assert understood(text)[1] is False


@pytest.mark.parametrize(
    "text",
    [
        "не могу отменить завтра",
        "не могу записать на завтра",
        "отмените завтра, нет",
        "не приду завтра, но",
        "хочу снять маникюр завтра",
        "отмените завтра в 15 на 16",
        "отмените завтра надо в 16",
        "не смогу завтра к 15",
        "завтра не придет",
        "завтра не придете",
        "запись на завтра сняли",
        "отменят запись завтра",
        "отмените завтра утром",
        "отмените завтра до 15",
        "у Ольги температура завтра",
        "могу прийти завтра",
        "хотела отменить",
    ],
)
def test_a_word_that_may_change_the_wish_leaves_it_not_plain(text: str) -> None:
    """Where the salon wants no question, these are asked about."""
    assert understood(text) != ("cancel", True)
