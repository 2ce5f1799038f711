"""Intents out of the blue: nothing was asked before."""

from collections.abc import Callable

import pytest

from engine.understanding import Meaning

Reads = Callable[..., Meaning]


@pytest.mark.parametrize(
    "text",
    [
        "хочу отменить запись",
        "отмени мою запись",
        "не смогу прийти",
        "не смогу сегодня",
        "не приду",
        "не придём",
        "мы с дочкой завтра не придем",
        "Снимите меня с записи",
        "снимите меня пожалуйста с записи на субботу",
        "не получится завтра",
        "завтра не получится",
        "заболела, завтра без меня",
        "можно отменить запись?",
        "можно отменить мою запись на завтра?",
        "отмена записи",
        "отмена",
        "отменить",
        "отминить",
        "атмените запись",
        "Отмените, пожалуйста, запись на 25 ноября",
        "запись к Светлане отменяем",
        "освободите моё время на завтра",
        "Добрый день! К сожалению, не получается завтра прийти",
        "Здравствуйте. Мне нужно отменить запись на завтра в 15:00",
        "хотела бы отменить запись к Ольге",
        "прошу отменить мою запись",
        "вынуждена отменить визит",
        "Придётся отменить запись",
        "к сожалению прийти не смогу",
        "не успею на запись",
        "меня завтра не будет",
        "otmenite zapis",
        "ne pridu zavtra",
        "отмените пж",
        "запись на завтра отмените пожалуйста",
        "давайте отменим запись",
        "отменяю запись на завтра",
        "неприду",
        "не смогу быть",
        "передумала идти",
        "удалите мою запись",
        "если можно, отмените запись на завтра",
        "Не могли бы вы отменить мою запись?",
        "не могу завтра, отмените",
        "Я передумала, отмените запись",
        "мне надо отменить",
        "решила отменить запись",
        "у меня не получается сегодня",
        "хочу отказаться от записи",
        "муж заболел, отмените мою запись",
        "мама в больнице, я не приду",
        "не ждите меня завтра",
        "отменяйте мою запись",
        "Ребенок заболел, не сможем прийти",
        "можете отменить запись?",
        "Отмените запись. Штраф будет?",
        "не перенести, а отменить",
        "перенос не нужен, просто отмените",
        "Можно ли отменить запись на завтра?",
        "завтра не смогу, извините",
        "Приду, думала, но не смогу",
    ],
)
def test_a_wish_to_cancel_is_cancel(text: str, reads: Reads) -> None:
    assert reads(text).intent == "cancel"


@pytest.mark.parametrize(
    "text",
    [
        "Не отменяйте, я приду",
        "не отменяйте запись",
        "думала отменить, но приду",
        "не надо отменять",
        "не хочу отменять запись",
        "отменять не надо",
        "отменять не буду",
        "я передумала отменять",
        "не нужно ничего отменять",
        "неотменяйте",
        "я приду",
        "всё в силе",
        "запись в силе",
        "оставьте запись",
        "оставьте как есть",
        "буду обязательно",
        "подтверждаю запись",
        "не снимайте меня с записи",
        "Хотела отменить, но все-таки приду",
        "ни в коем случае не отменяйте",
        "прошу не отменять мою запись",
        "приду завтра",
        "не удаляйте запись",
        "не собираюсь отменять",
        "только не отменяйте!",
    ],
)
def test_a_visit_that_stands_is_keep(text: str, reads: Reads) -> None:
    assert reads(text).intent == "keep"


@pytest.mark.parametrize(
    "text",
    [
        "Почему отменили мою запись?",
        "вы отменили?",
        "вы отменили мою запись?",
        "кто отменил запись",
        "Я не отменяла запись!",
        "запись отменена?",
        "моя запись пропала",
        "пришло сообщение об отмене записи",
        "зачем вы отменили",
        "почему отменена",
        "я ничего не отменял",
        "вы точно отмените?",
        "мне написали что запись отменили",
        "Почему не отменили мою запись?",
        "запись отменилась?",
    ],
)
def test_a_cancel_that_happened_is_dispute(text: str, reads: Reads) -> None:
    assert reads(text).intent == "dispute"


@pytest.mark.parametrize(
    "text",
    [
        "Подруга хочет отменить свою запись",
        "Сестра просит отменить её запись",
        "отмените запись подруги",
        "отмените её запись",
        "подруга не придет",
        "она не сможет прийти",
        "коллега к вам записана, не придет",
        "муж не сможет, отмените его запись",
        "Пишу за подругу: отмените запись",
        "снимите маму с записи",
        "Здравствуйте! Подруга записана на завтра. Отмените пожалуйста",
    ],
)
def test_somebody_elses_record_is_third_party(text: str, reads: Reads) -> None:
    assert reads(text).intent == "third_party"


@pytest.mark.parametrize(
    "text",
    [
        "До скольки можно отменить?",
        "а если отменю, будет штраф?",
        "как отменить запись",
        "За сколько нужно предупреждать об отмене?",
        "можно ли будет отменить",
        "если не приду что будет",
        "штраф за неявку есть?",
        "какие условия отмены",
        "смогу ли я отменить потом?",
        "а если вдруг не смогу прийти?",
        "могу я потом отменить?",
        "запись можно отменить в любой момент?",
        "есть ли штраф за отмену",
        "отмена бесплатная?",
        "Подскажите, как отменить запись",
        "Скажите, до какого времени можно отменить запись",
        "что будет если отменю",
        "если завтра не приду, отмените запись",
    ],
)
def test_a_question_about_cancelling_is_ask_cancel(text: str, reads: Reads) -> None:
    assert reads(text).intent in {"ask_cancel", "unclear"}


@pytest.mark.parametrize(
    "text",
    [
        "можно перенести на пятницу?",
        "перенесите запись",
        "можно на пятницу?",
        "не смогу в пятницу, давайте в субботу",
        "хочу перенести",
        "отмените и запишите на пятницу",
        "давайте на другой день",
        "можно поменять время?",
        "не смогу завтра, можно в среду?",
        "не приду в среду, можно ли в пятницу",
        "можно попозже записаться?",
        "perenesite zapis na pyatnicu",
        "отменить или перенести запись",
    ],
)
def test_a_move_is_reschedule(text: str, reads: Reads) -> None:
    assert reads(text).intent == "reschedule"


@pytest.mark.parametrize(
    "text",
    [
        "отменили рейс",
        "отмените рассылку",
        "сколько стоит маникюр",
        "Запишите меня на маникюр",
        "хочу записаться на стрижку",
        "где вы находитесь?",
        "отмените мой заказ",
        "занятия отменили",
        "верните деньги",
    ],
)
def test_another_matter_is_other(text: str, reads: Reads) -> None:
    assert reads(text).intent == "other"


@pytest.mark.parametrize(
    "text",
    [
        "на когда я записана?",
        "когда у меня запись",
        "во сколько мне завтра приходить?",
        "какие у меня записи",
        "напомните, на какое время я записана",
        "я записана?",
        "есть ли у меня запись",
    ],
)
def test_a_question_about_own_records_is_list(text: str, reads: Reads) -> None:
    assert reads(text).intent == "list"


@pytest.mark.parametrize(
    "text",
    [
        "позовите администратора",
        "администратор",
        "перезвоните мне",
        "хочу поговорить с человеком",
        "оператор",
    ],
)
def test_a_wish_for_a_person_is_human(text: str, reads: Reads) -> None:
    assert reads(text).intent == "human"


@pytest.mark.parametrize(
    "text",
    [
        "опаздываю на 10 минут",
        "я задержусь",
        "опоздаю, не отменяйте",
        "буду на 15 минут позже",
        "приду попозже на полчаса",
    ],
)
def test_a_late_client_is_late(text: str, reads: Reads) -> None:
    assert reads(text).intent == "late"


@pytest.mark.parametrize(
    "text",
    [
        "спасибо",
        "Спасибо большое, хорошего дня!",
        "спс",
        "до свидания",
    ],
)
def test_thanks_is_thanks(text: str, reads: Reads) -> None:
    assert reads(text).intent == "thanks"


@pytest.mark.parametrize(
    "text",
    [
        "здравствуйте",
        "добрый день",
        "привет",
        "Добрый вечер!",
    ],
)
def test_a_greeting_is_hello(text: str, reads: Reads) -> None:
    assert reads(text).intent == "hello"


@pytest.mark.parametrize(
    "text",
    [
        "да",
        "нет",
        "?",
        "завтра",
        "возможно не приду",
        "не знаю, приду или нет",
        "наверное придется отменить",
        "2",
        "👍",
        "отменить?",
        "ну не знаю",
    ],
)
def test_too_little_to_act_on_is_unclear(text: str, reads: Reads) -> None:
    assert reads(text).intent == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "верните запись",
        "верните мою запись пожалуйста",
        "я случайно отменила запись",
        "не ту запись отменила",
        "отмените отмену",
        "восстановите запись",
    ],
)
def test_a_cancel_to_be_taken_back_is_undo(text: str, reads: Reads) -> None:
    assert reads(text).intent == "undo"


@pytest.mark.parametrize(
    "text",
    [
        "заболела",
        "командировка",
    ],
)
def test_a_cause_is_reason(text: str, reads: Reads) -> None:
    assert reads(text).intent == "reason"


def test_a_wish_beats_the_greeting_before_it(reads: Reads) -> None:
    assert reads("Здравствуйте! Спасибо за напоминание. Отмените запись на завтра").intent == "cancel"


def test_the_last_clear_clause_wins(reads: Reads) -> None:
    assert reads("хотела прийти, но не смогу").intent == "cancel"
    assert reads("отмените запись, ой нет, приду").intent == "keep"


def test_the_evidence_names_the_words_that_decided(reads: Reads) -> None:
    assert reads("не отменяйте мою запись").evidence == ("keep: отменяйте",)


@pytest.mark.parametrize("text", ["", " ", "…", "🤷", "\u200b", "'" * 50, "я" * 5000, "да " * 5000])
def test_odd_messages_are_read_without_harm(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent == "unclear"


def test_a_word_that_only_begins_like_a_glued_denial_stays_whole(reads: Reads) -> None:
    meaning = reads("некракозябр, отмените запись")
    assert (meaning.intent, meaning.named.words) == ("cancel", ("некракозябра",))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Доченька, ты хлеб купила? Я сегодня поздно, не жди меня к ужину.", "unclear"),
        ("К ужину меня не ждите", "unclear"),
        # Whoever gives the visit up as well means the salon.
        ("Сегодня не приду, не ждите меня к ужину", "cancel"),
        ("Отмените запись, не ждите меня к ужину", "cancel"),
        ("не ждите меня к восьми", "cancel"),
    ],
)
def test_who_is_not_to_be_waited_for_with_supper_may_not_mean_the_salon(
    text: str, intent: str, reads: Reads
) -> None:
    assert reads(text).intent == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Ни слова про отмену от меня не было", "dispute"),
        ("Ни слова об отмене я вам не писала", "dispute"),
        ("Ни слова про отмену, я приду", "keep"),
        ("Не было от меня отмены", "keep"),
    ],
)
def test_no_word_of_a_cancel_denies_it_where_it_tells_what_was(text: str, intent: str, reads: Reads) -> None:
    assert reads(text).intent == intent
