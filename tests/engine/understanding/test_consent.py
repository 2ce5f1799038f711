"""Consent: in "confirm" a yes cancels at once, so its grammar is closed and every word must be explained."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.booking import Record
from engine.understanding import Meaning, Surroundings, Understanding
from engine.understanding.foreign import folded, languages

Reads = Callable[..., Meaning]

STRAY = [
    "не",
    "нет",
    "но",
    "если",
    "приду",
    "жду",
    "перенесите",
    "потом",
    "почему",
    "подруга",
    "другую",
    "стрижку",
    "послезавтра",
    "2",
    "16:00",
    "кроме",
    "либо",
    "может",
    "наверное",
    "сначала",
    "подождите",
    "администратора",
    "деньги",
    "штраф",
    "оставьте",
    "никогда",
    "ни",
    "зачем",
    "разве",
]


@pytest.mark.parametrize(
    "text",
    [
        "да",
        "Да!",
        "да да",
        "да-да",
        "дааа",
        "ага",
        "угу",
        "ок",
        "ok",
        "+",
        "да, отменить",
        "Да, отменить",
        "отмените",
        "отмени",
        "отменяйте",
        "да, отменяйте пожалуйста",
        "ну да",
        "верно",
        "подтверждаю",
        "конечно",
        "давайте",
        "да, спасибо",
        "да 👍",
        "да, отмените запись на завтра",
        "отменяйте завтра в 15:00",
        "отмените маникюр",
        "отмените запись к Ольге",
        "да, к Оле",
        "да, 24 ноября",
        "да, вторник",
        "da",
        "отмените мою запись",
        "отменяйте меня",
        "да, снимите меня с записи",
        "да, все верно",
        "да, я уверена",
        "хорошо, отменяйте",
        "да, маникюр на 24.11 в 15",
        "Да. Отменяйте.",
        "да, заболела",
        "отменяйте, не приду",
        "«Да»",
        "+ +",
        "все верно",
        "yes",
        "именно",
        "👍",
        "точно",
    ],
)
def test_a_yes_of_explained_words_is_yes(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "нет",
        "Нет, не надо",
        "не надо",
        "не нужно",
        "оставьте",
        "Оставить",
        "приду",
        "я приду",
        "передумала",
        "не отменяйте",
        "да нет",
        "да я приду",
        "нет, оставьте",
        "нет, спасибо",
        "ой нет",
        "нет-нет",
        "неет",
        "не надо отменять",
        "нет, приду",
        "да не надо",
        "нет, я передумала",
        "неа",
        "👎",
        "оставьте запись",
        "да не отменяйте",
        "буду",
    ],
)
def test_a_refusal_is_no(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent == "no"


@pytest.mark.parametrize(
    "text",
    [
        "да ну",
        "да ладно",
        "да вы что",
        "да конечно нет",
        "да уж",
        "хорошо, завтра в 15:00",
        "подтверждаю запись",
        "подтверждаю запись на завтра",
        "ок, запись завтра",
        "ок, жду завтра",
        "верно, завтра в 15",
        "хорошо, приду",
        "да, приду",
        "да буду",
        "да, все в силе",
        "да, хочу прийти",
        "да не отменяйте",
        "да оставьте",
        "да, мария",
        "да послезавтра",
        "да, но на 15",
        "да если можно",
        "да, а можно перенести",
        "даже",
        "конечно нет",
        "конечно не отменяйте",
        "не отменяйте да",
        "да да нет",
        "+1",
        "+7 900 000-00-01",
        "да, в следующий вторник",
        "ок не надо",
        "давайте завтра",
        "давай не будем",
        "давайте перенесем",
        "давайте оставим",
        "отменяйте не мою",
        "отмените другую",
        "да обе",
        "да, первую",
        "отмените стрижку",
        "да, педикюр",
        "да, маникюр у Маши",
        "да, после 15",
        "да, до завтра",
        "да, завтра утром",
        "да не завтра",
        "да, кроме завтра",
        "отмените отмену",
        "да, отмените отмену",
        "не да",
        "ага щас",
        "все",
        "отмена",
        "отменить",
        "да?",
        "да, жду",
        "1",
        "2",
        "да, но",
        "да, в пятницу",
        "да, 25 ноября",
        "да, отмените стрижку",
        "да, к Марии",
        "ну не знаю",
        "отменяйте?",
        "да или нет",
        "подождите",
        "ок?",
        "да 👎",
        "да, на 16:00",
        "нет, отменяйте",
        "да, 1",
        "спасибо",
        "ладно",
        "да, наверное",
        "может быть",
        "завтра",
        "маникюр",
        "да, 31 ноября",
        "да я",
        "да в",
        "да не знаю",
        "да, только не завтра",
        "отменили",
        "да, если можно перенести",
    ],
)
def test_what_the_grammar_cannot_explain_is_no_yes(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent != "yes"


@pytest.mark.parametrize(
    "text",
    [
        # The visit goes as planned.
        "ага, по плану", "да по плану, спасибо", "да, во время", "да моё время", "да место моё",
        # The answer is put off.
        "да потом напишу", "да я потом сама напишу", "да не до этого", "скорее да", "да скорее",
        # «Да» is a particle.
        "да нафиг", "да блин", "да так", "да просто так", "да никак", "да вообще", "да очень", "да что ж",
        "да за", "да дорого", "да, очень плохо", "да вот", "да даже",
        # Irony, with a word added.
        "ага конечно", "ага конечно же", "ага конечно, милая", "ага конечно спасибо", "ага ну конечно",
        "ага ага конечно", "ну ну да",
        # Signs that ask, insult, doubt, or strike the words out.
        "да ❓", "да ❔", "да 🖕", "да 😒", "да 🤨", "да 🙄", "да 😂", "да ✗", "да :/", "да -_-", "~да~",
        "~отменяйте~", "да \0", "да ‽",
        # An order about somebody or something else.
        "отмените сына", "снимите дочку", "удалите зуб", "да убирайте руки", "не оставляйте меня",
        # Not able to, and other languages' denials.
        "да отменить не могу", "да отменить не получается", "отменяю, не получается",
        "да отменить нет возможности",
        "cannot cancel", "sorry cannot cancel", "can't delete", "did cancel", "already cancel",
        "is canceling", "really",
        # A comma parts a denial from what follows it.
        "не, возражаю", "Нет, возражений", "Да не, успею", "Да не, могу", "да не, приду",
        # I am well again; goodbye.
        "всё хорошо", "все ок", "уже хорошо", "так что все хорошо", "all good", "всё, давай",
        # «Да» exclaims.
        "да сколько раз повторять", "да я же сказала", "да ради бога", "да девушка", "да не уговаривайте",
        "да что уж",
        # The visit, and not its end.
        "да, к 15:00", "да с 15:00", "да, хорошо, во вторник", "да, на запись", "да, визит",
        "ага запись на завтра",
        "разумеется, к Ольге", "естественно, маникюр", "да, все верно, запись на завтра",
        # A gel, a master, a later time.
        "снимите маникюр", "сними маникюр", "уберите Ольгу", "отменяйте с 15:00", "да отмену убрать",
        "да отмену снять",
        # Irony and hedges.
        "ага, разумеется", "ага, точно", "ага, давай", "угу, конечно", "ну да, ну да", "ну да, разумеется",
        "скорее отменяю", "ну... да...", "да;)", "\"да\"", "`да`", "милый, жми", "солнышко, жми",
        "ну что ж",
        # It is me; a wish said once more is no answer to a question.
        "да, это я", "да, это моя запись", "хочу отменить запись", "надо отменить запись",
    ],
)  # fmt: skip
def test_what_a_hostile_reader_found_is_no_yes(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent != "yes"


@pytest.mark.parametrize(
    "text",
    [
        "да 🙏", "да :)", "да))", "Да!!!", "отменяйте 😢", "да, 24.11 в 15:00", "срочно отменяйте",
        "👍🏽", "да ❤️",
    ],
)  # fmt: skip
def test_kind_signs_and_urging_spoil_no_yes(text: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent == "yes"


def test_a_heap_of_pluses_is_read_in_one_pass(reads: Reads) -> None:
    assert reads("+ " * 40_000 + "нет", "confirm").intent != "yes"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("а сколько стоит педикюр?", "other"),
        ("перенесите лучше", "reschedule"),
        ("позовите администратора", "human"),
        ("почему вы её отменили?", "dispute"),
        ("а штраф за отмену будет?", "ask_cancel"),
    ],
)
def test_another_matter_in_between_is_heard(text: str, intent: str, reads: Reads) -> None:
    assert reads(text, "confirm").intent == intent


@pytest.mark.parametrize("title", ["Да, отменить", "да отменить", "ДА, ОТМЕНИТЬ!"])
def test_the_yes_buttons_title_typed_is_yes(title: str, reads: Reads) -> None:
    assert reads(title, "confirm").intent == "yes"


def test_the_no_buttons_title_typed_is_no(reads: Reads) -> None:
    assert reads("Оставить", "confirm").intent == "no"


def test_another_record_named_without_a_yes_is_a_new_wish(reads: Reads) -> None:
    meaning = reads("отмените стрижку", "confirm")

    assert meaning.intent == "cancel"
    assert meaning.named.words == ("стрижка",)


def test_nothing_of_a_record_is_explained_when_no_record_is_known(
    understanding: Understanding, records: tuple[Record, ...]
) -> None:
    said_at = records[0].starts_at
    alone = Surroundings(said_at=said_at)

    assert understanding.understand("да, завтра", "confirm", alone).intent != "yes"
    assert understanding.understand("да", "confirm", alone).intent == "yes"
    assert understanding.understand("да, маникюр", "confirm", replace(alone, records=records)).intent != "yes"


@given(
    yes=st.sampled_from(["да", "ага", "отменяйте", "ок", "да, отмените", "подтверждаю", "хорошо"]),
    stray=st.sampled_from(STRAY),
    first=st.booleans(),
)
def test_one_stray_word_spoils_any_yes(yes: str, stray: str, first: bool, reads: Reads) -> None:
    text = f"{stray} {yes}" if first else f"{yes} {stray}"

    assert reads(text, "confirm").intent != "yes"


@given(
    yes=st.sampled_from(["да", "ага", "отменяйте", "да, отмените", "хорошо"]), tail=st.sampled_from("?❌👎🚫")
)
def test_a_question_mark_or_a_sign_of_refusal_spoils_any_yes(yes: str, tail: str, reads: Reads) -> None:
    assert reads(yes + tail, "confirm").intent != "yes"


@given(text=st.text(alphabet="абвгдежзиклмнопрстуфхцчшщыьэюя ,.-", max_size=30))
def test_gibberish_never_consents(text: str, reads: Reads, understanding: Understanding) -> None:
    vocabulary = understanding.lemmas.vocabulary
    listed = {word for phrase in vocabulary.consent.kinds for word in phrase}
    known = listed | vocabulary.spelling.typos.keys()
    if any(
        folded(word) in {*language.words, *language.weak, *language.whole}
        for language in languages()
        for word in re.findall(r"\w+", text)
    ):
        # «Иа» is a word of Kazakh.
        return

    # «Еес» is a «ес» that somebody has drawn out.
    said = {spelt for word in re.findall(r"\w+", text) for spelt in (word, re.sub(r"(.)\1+", r"\1", word))}
    assert reads(text, "confirm").intent != "yes" or known & said
