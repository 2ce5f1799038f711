"""Only words of which every one is explained take something back, or pick what is to come back."""

import pytest

from engine.understanding import Context
from tests.engine.understanding.conftest import Reads


@pytest.mark.parametrize("context", ["idle", "done", "reason"])
@pytest.mark.parametrize(
    "words",
    [
        "верните запись", "Вернуть", "верните, пожалуйста", "верните маникюр", "восстановите запись",
        "отмените отмену", "отменить мою отмену записи", "отмена отмены", "передумала, верните",
        "ой, верните", "хочу вернуть запись", "прошу вернуть визит", "верните запись на пятницу",
        "верните в среду к Ольге", "верните обе", "верните все", "верните всё как было",
        "верните запись Маши", "верните в 15:00", "да, верните", "верните, если можно",
        "Здравствуйте, верните запись, я всё же приду", "верните...", "верните запись 🙏", "vernite zapis",
        "верните маникюр и педикюр", "верните первую", "давайте вернём",
    ],
)  # fmt: skip
def test_a_plain_order_takes_back(reads: Reads, words: str, context: Context) -> None:
    assert reads(words, context).takes_back == "order"


@pytest.mark.parametrize("context", ["idle", "done", "reason", "choose", "reschedule"])
@pytest.mark.parametrize(
    "words",
    [
        "вернула бы, но болею", "передумала, нашла другой салон", "муж вернётся поздно",
        "можно вернуть запись", "как вернуть запись", "потом верну", "верните деньги",
        "верните предоплату", "верните после пятницы", "верните не первую", "не стрижку верните",
        "верните любую", "верните остальные", "верните все, кроме среды",
        "верните запись, только если мастер Ольга", "вернуть не получится", "не могу вернуть",
        "верните 32 ноября", "хочу верните маникюр запись надо", "отмену не надо",
        "верните и перенесите на завтра", "ага, верните, конечно", "почему не возвращаете запись",
        "верните ~запись~", "передумала", "случайно отменила", "верните утром",
        "верните в 15:00 и в 16:00", "вернити-ка", "не надо возвращать, отмените и пятницу", "верните на",
        "верните маникюр? нет, не надо", "спасибо",
    ],
)  # fmt: skip
def test_whatever_else_is_said_of_it_takes_nothing_back(reads: Reads, words: str, context: Context) -> None:
    assert reads(words, context).takes_back in ("", "asks")


@pytest.mark.parametrize(
    "words",
    ["как вернуть запись?", "а можно потом вернуть?", "верните?", "вы вернёте запись?",
     "можно вернуть маникюр в среду?", "можно ли вернуть запись к Ольге?"],
)  # fmt: skip
def test_a_question_about_it_is_known_as_one(reads: Reads, words: str) -> None:
    assert reads(words).takes_back == "asks"


@pytest.mark.parametrize(
    "words",
    ["можно вернуть предоплату?", "можно вернуть деньги?", "можно вернуть набор?",
     "когда вернётся Ольга?"],
)  # fmt: skip
def test_a_question_about_other_things_is_none(reads: Reads, words: str) -> None:
    assert reads(words).takes_back == ""


@pytest.mark.parametrize("context", ["idle", "done", "choose", "reschedule"])
@pytest.mark.parametrize(
    "words",
    ["не надо возвращать", "не возвращайте", "нет, не надо возвращать", "возвращать не надо",
     "я не буду возвращать запись", "не хочу ничего возвращать, спасибо"],
)  # fmt: skip
def test_a_denial_is_no_order(reads: Reads, words: str, context: Context) -> None:
    assert reads(words, context).takes_back == "denies"


@pytest.mark.parametrize(
    "words",
    ["первую", "первую, пожалуйста", "1", "2)", "1 и 3", "номер 2", "один", "маникюр", "давайте маникюр",
     "на пятницу", "в пятницу в 12:00", "к Марии", "все", "обе", "да, все", "все записи",
     "вторую давайте", "только стрижку", "маникюр и стрижку", "the first"],
)  # fmt: skip
def test_a_bare_choice_only_names(reads: Reads, words: str) -> None:
    assert reads(words, "choose").takes_back == "names"


@pytest.mark.parametrize(
    "words",
    ["а первую я уже отменила?", "маникюр не надо", "про пятницу забудьте", "что с маникюром?",
     "первую нет", "маникюр?", "а маникюр", "первую наверное", "первую отмените", "нет, вторую",
     "хочу первую", "первую...", "всё", "все хорошо", "хорошо, все", "все, спасибо", "любую",
     "остальные", "все кроме первой", "без первой", "маникюр я сделаю сама", "пятница отпадает",
     "до пятницы", "первую, я передумала", "№ 2"],
)  # fmt: skip
def test_words_that_do_more_than_choose_name_nothing(reads: Reads, words: str) -> None:
    assert reads(words, "choose").takes_back == ""


@pytest.mark.parametrize(
    "words", ["да", "да, верно", "давайте", "конечно", "хорошо, спасибо", "хочу", "можно", "надо"]
)
def test_a_yes_agrees(reads: Reads, words: str) -> None:
    assert reads(words, "reschedule").takes_back == "agrees"


@pytest.mark.parametrize(
    "words",
    ["да?", "да ну", "ага, конечно", "да...", "не да", "да, но позже", "приду", "передумала",
     "ладно", "ну"],
)  # fmt: skip
def test_what_is_no_plain_yes_does_not(reads: Reads, words: str) -> None:
    assert reads(words, "reschedule").takes_back == ""


@pytest.mark.parametrize("words", ["нет", "не надо", "не нужно, спасибо", "никакую"])
def test_a_plain_no_is_one_where_something_is_asked(reads: Reads, words: str) -> None:
    assert (reads(words, "reschedule").takes_back, reads(words).takes_back) == ("no", "")


@pytest.mark.parametrize("words", ["нет", "ой нет", "не надо", "нет, не надо"])
def test_a_plain_no_is_known_as_one_where_something_was_just_done(reads: Reads, words: str) -> None:
    assert reads(words, "done").takes_back == "no"


@pytest.mark.parametrize("words", ["да", "давайте", "хочу", "маникюр", "на пятницу", "оставьте", "нет?"])
def test_nothing_else_that_would_answer_a_question_does_so_where_none_was_asked(
    reads: Reads, words: str
) -> None:
    assert reads(words, "done").takes_back == ""


@pytest.mark.parametrize("words", ["оставьте", "нет, оставьте", "отбой", "оставьте запись"])
def test_what_may_mean_that_it_stays_or_that_it_stays_off_is_no_no(reads: Reads, words: str) -> None:
    assert reads(words, "reschedule").takes_back in ("", "names")


def test_what_was_cut_and_what_answers_a_cancel_is_not_looked_at(reads: Reads) -> None:
    assert reads("верните " * 300).takes_back == ""
    assert reads("верните", "confirm").takes_back == ""


@pytest.mark.parametrize("words", ["передумала, нашла другой салон", "передумала: дорого, нашла дешевле"])
def test_a_change_of_mind_with_a_known_cause_is_a_reason(reads: Reads, words: str) -> None:
    meaning = reads(words, "done")

    assert (meaning.intent, meaning.cause is not None) == ("reason", True)


@pytest.mark.parametrize("words", ["передумала", "ой, я передумала", "извините, передумала"])
def test_a_change_of_mind_alone_may_want_it_back(reads: Reads, words: str) -> None:
    assert reads(words, "done").intent == "undo"
