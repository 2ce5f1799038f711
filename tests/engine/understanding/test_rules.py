"""What the parts of a message amount to by the rules alone, before any opinion is asked."""

import pytest

from engine.understanding.lemmas import shared
from engine.understanding.phrase import phrase
from engine.understanding.rules import PARTED, Verdict, verdict
from tests.engine.understanding.conftest import MONDAY


def heard(text: str) -> Verdict:
    lemmas = shared()
    return verdict(phrase(text, lemmas, MONDAY), lemmas.vocabulary)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # One part bars another only where it speaks of the same thing.
        ("Рейс отменили, застряла в Сочи, снимайте с завтра", "cancel"),
        ("Как отменить запись? Кнопка не нажимается, снимите сами", "cancel"),
        ("до скольки можно отменить - не знаю, но завтра не приду", "cancel"),
        ("верните предоплату, я не приду", "cancel"),
        # Wishes about two records.
        ("Среду отмените, а пятницу оставьте как есть", "cancel"),
        ("Первую отмените. Вторую оставьте", "cancel"),
        # The last clear wish wins.
        ("думала отменить, но приду", "keep"),
        ("хотела отменить, но передумала", "keep"),
        ("не приду завтра. давайте в пятницу", "reschedule"),
        ("не приду завтра, удобно в пятницу", "reschedule"),
        ("завтра не смогу приду в пятницу", "reschedule"),
        ("не приду в 15 приду в 16", "reschedule"),
        ("Уберите меня с 15 и поставьте на 18", "reschedule"),
        ("я не приду опоздаю", "late"),
        ("опоздаю, не отменяйте", "late"),
        ("не смогу прийти раньше 15", "late"),
        # Conditions, real and polite.
        ("опоздаю, если не приду, отмените", "ask_cancel"),
        ("Если вам не сложно, отмените запись", "cancel"),
        ("Если честно, я завтра не приду", "cancel"),
        ("отмените запись, я заболела, если появится окно, напишите", "cancel"),
        # Denied twice.
        ("не могу не отменить", "cancel"),
        ("не могу не прийти", "keep"),
        ("нельзя ли отменить мой визит двадцать шестого", "cancel"),
        # Somebody else's.
        ("у моего парня стрижка в 6, он застрял, уберите его", "third_party"),
        ("сосед попросил отменить ему бороду", "third_party"),
        ("Подруга записана на завтра. Отмените мою запись, пожалуйста", "cancel"),
        # Not for good reasons.
        ("больше я к вам не приду", "unclear"),
        ("снимите старое покрытие", "other"),
        ("отмену отменяем", "undo"),
        ("Хотела отменить запись, но уже нашла с кем оставить малыша", "unclear"),
        ("А к Ольге в четверг не попаду?", "unclear"),
        ("пропала предоплата, почему завтра не приду я знаю", "ask_cancel"),
        # What is said to be gone in so many words.
        ("я пас", "cancel"),
        ("завтра без меня", "cancel"),
        ("брови вычеркивайте", "cancel"),
        ("освобождаю окошко на 15:30", "cancel"),
        ("запись больше не нужна", "cancel"),
        ("не приду и всё, спасибо", "cancel"),
    ],
)
def test_parts_are_read_each_by_itself_and_then_together(text: str, intent: str) -> None:
    assert heard(text).intent == intent


def test_what_barred_a_cancel_is_told_with_its_words() -> None:
    assert heard("если не приду, будет штраф?").blockers == ("no cancel, but ask_cancel: condition: если",)


def test_an_order_after_a_lone_not_is_parted_from_it() -> None:
    found = heard("Не. Отменяйте")
    assert (found.intent, found.blockers[0]) == ("unclear", PARTED)


def test_weak_evidence_is_kept_for_the_opinion_unless_something_rules_it_out() -> None:
    assert [part.text() for part in heard("педикюр мне теперь не светит").hints] == [
        "педикюр мне теперь не светит"
    ]
    assert heard("не смогу прийти без мужа").calls_off == ()
    assert heard("не уверена что смогу прийти").calls_off == ()
    assert heard("подруга не придет").calls_off == ()
    assert heard("не смогу прийти к трём, приду в четыре").calls_off == ()
