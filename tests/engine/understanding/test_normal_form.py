"""The normal form: whatever people type, the rules read plain lower-case Russian words."""

import pytest

from engine.understanding import Understanding
from engine.understanding.foreign import english_key, folded, languages
from engine.understanding.lemmas import Lemmas, shared
from engine.understanding.normal import message
from engine.understanding.phrase import phrase
from engine.understanding.slips import price
from engine.understanding.translit import readings
from tests.engine.understanding.conftest import MONDAY


def words(text: str, titles: tuple[str, ...] = ()) -> str:
    """Return the normal form: words parted by spaces, sentences by «|»."""
    said = phrase(text, shared(), MONDAY, titles)
    return " ".join(said.words)


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return shared()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ya hotela by otmenit' svoyu zapis'", "я хотела бы отменить свою запись"),
        ("xo4u otmenit zapis", "хочу отменить запись"),
        ("khochu otmenitʼ", "хочу отменить"),
        ("otmenjajte", "отменяйте"),
        ("snimite menja s pyatnicy pojaluista", "снимите меня с пятницы пожалуйста"),
        ("tolko ne snimaite moju zapis", "только не снимайте мою запись"),
        ("mojno perenesti na 4etverg?", "можно перенести на четверг"),
        ("ya segodnya propu6u", "я сегодня пропущу"),
        ("bez wtrafa", "без штрафа"),
        ("vosstanovite", "восстановите"),
        ("na sledujushhuju nedelju", "на следующую неделю"),
        ("mojet pridu mojet net", "может приду может нет"),
        ("Zdrastvuite, ne smogu priyti", "здравствуйте не смогу прийти"),
        ("posle 5 vechera, 26 noyabrya", "после 5 вечера 26 ноября"),
        ("na 4chasa", "на 4 часа"),
        ("vtoruju", "вторую"),
        ("neee, pust ostaetsya", "нее пусть остается"),
        ("otkazatsa", "отказаться"),
        ("netnet", "нет нет"),
        ("prodoljitelnost", "продолжительность"),
        ("ona prosit", "она просит"),
    ],
)
def test_translit_is_read_as_people_type_it(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("na 26oe", "на 26е"),
        ("5go dekabrya", "5го декабря"),
        ("1yu i 3yu", "1ю и 3ю"),
        ("on the 25th", "в 25го"),
        ("25-ші", "25го"),
        ("сағат 5-ке", "в 5"),
        ("сағат 16:00-де", "в 16:00"),
        ("на 25-го", "на 25го"),
        ("4-е", "4е"),
        ("3ю", "3ю"),
    ],
)
def test_a_number_keeps_what_kind_of_number_it_is(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("4его", "чего"),
        ("4то", "что"),
        ("3апись", "запись"),
        ("3апесь", "запись"),
        ("0тмена", "отмена"),
        ("0тменте", "отмените"),
        ("6уду", "буду"),
        ("3дня", "3 дня"),
        ("6вечера", "6 вечера"),
        ("3dnya", "3 дня"),
        ("ve4", "веч"),
        ("do4", "до 4"),
        ("na4", "на 4"),
        ("на15:00", "на 15:00"),
        ("в4 часа", "в 4 часа"),
    ],
)
def test_a_digit_in_a_word_is_a_letter_or_a_number(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    "text", ["jnvtybnt", "отмените", "omтените", "Oтмeнитe", "OTMЕНИТЕ", "ｏｔｍｅｎｉｔｅ"]
)
def test_look_alikes_wide_letters_and_a_wrong_layout_are_read(text: str) -> None:
    assert words(text) == "отмените"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("HE ПРИДУ", "не приду"),
        ("BCE отмените", "все отмените"),
        ("cнимите c мaникюрa", "снимите с маникюра"),
        ("HET", "нет"),
        ("net", "нет"),
    ],
)
def test_latin_twins_are_cyrillic_beside_cyrillic(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "lf",
        "ye lf",
        "дп",
        "дк",
        "оке",
        "нененене",
        "жуткя",
        "хцпрст",
        "qq",
        "@lena",
        "мжет",
        "согласнш",
    ],
)
def test_what_is_no_yes_is_never_repaired_into_one(text: str) -> None:
    guarded = shared().vocabulary.spelling.guarded

    assert guarded.isdisjoint(words(text).split())


def test_no_key_word_that_a_repair_may_reach_is_a_bare_yes() -> None:
    spelling = shared().vocabulary.spelling
    orders = {"отмените", "отменяйте", "отмени", "отменяй", "отменяем", "отменяю", "аннулируйте"}
    orders |= {"снимайте", "снимите", "убирайте", "уберите", "удаляйте", "удалите"}

    yes = shared().vocabulary.groups["yes"]

    assert yes & spelling.forms.keys() <= orders | spelling.guarded


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("неприду", "не приду"),
        ("янеприду", "я не приду"),
        ("неотменяйте", "не отменяйте"),
        ("неотминяйте", "не отменяйте"),
        ("нотменяйте", "не отменяйте"),
        ("отменяйтене", "отменяйте не"),
        ("отменяйтенет", "отменяйте нет"),
        ("данеотменяйте", "да не отменяйте"),
        ("дане", "да не"),
        ("данет", "да нет"),
        ("нсмогу", "не смогу"),
        ("ниотменяйте", "не отменяйте"),
        ("неменяйте", "не меняйте"),
        ("ни приду", "не приду"),
        ("ни одну", "ни одну"),
        ("ниодну", "ни одну"),
        ("нен адо", "не надо"),
        ("за втра", "завтра"),
        ("зап ись", "запись"),
        ("назавтра", "на завтра"),
        ("впятницу", "в пятницу"),
        ("кмастеру", "к мастеру"),
        ("несмогуприйти", "не смогу прийти"),
        ("дапридуя", "да приду я"),
        ("хочуотменить", "хочу отменить"),
        ("снимитеменя сосреды", "снимите меня со среды"),
        ("денегнет", "денег нет"),
        ("безпотери", "без потери"),
        ("накоготки", "на коготки"),
    ],
)
def test_glued_and_torn_words_are_set_right_and_keep_their_not(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize("text", ["задолбали", "порешаем", "понедельик и", "вокруг"])
def test_a_word_with_a_prefix_is_not_torn(text: str) -> None:
    assert len(words(text).split()) == len(text.split())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("отменааа", "отмена"),
        ("ДАААА", "да"),
        ("даа", "да"),
        ("Нееееет", "нет"),
        ("нееее", "нее"),
        ("отменяййте", "отменяйте"),
        ("о-отмените", "отмените"),
        ("о-о-отмените", "отмените"),
        ("п-пожалуйста", "пожалуйста"),
        ("не-не", "не не"),
        ("да-да", "да да"),
        ("о т м е н а", "отмена"),
        ("о.т.м.е.н.а", "отмена"),
        ("от-мените", "отмените"),
        ("отм🙏ена", "отмена"),
    ],
)
def test_stretched_stuttered_and_spaced_words_are_whole(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("запесь", "запись"),
        ("запсиь", "запись"),
        ("отменте", "отмените"),
        ("отменть", "отменить"),
        ("омените", "отмените"),
        ("атменити", "отмените"),
        ("не отмняйте", "не отменяйте"),
        ("перенечти", "перенести"),
        ("пожплуйста", "пожалуйста"),
        ("чтверг", "четверг"),
        ("птяницу", "пятницу"),
        ("понедельик", "понедельник"),
        ("админстратора", "администратора"),
        ("отказаца", "отказаться"),
        ("преду", "приду"),
        ("збыла", "забыла"),
    ],
)
def test_typos_of_key_words_are_mended(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize("text", ["приедем", "придем", "отменять", "менять", "замена", "измена", "мена"])
def test_a_word_that_the_dictionary_knows_stays(text: str) -> None:
    assert words(text) == text


@pytest.mark.parametrize(
    "text", ["немеша", "абвгд", "ждп", "пряду", "согласнш", "отмменийтне", "прийне", "нимите"]
)
def test_a_word_that_resembles_nothing_or_several_stays(text: str) -> None:
    assert words(text) == text


def test_typos_are_held_against_the_names_of_this_salon() -> None:
    assert words("к ирне", ("Ирина Ким",)) == "к ирине"
    assert words("к ирне") == "к ирне"
    assert words("k Irne", ("Ирина",)) == "к ирине"
    assert words("на шугринг", ("Шугаринг ног",)) == "на шугаринг"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("sorry, can't make it tomorrow", "извините не смогу прийти завтра"),
        ("I won’t be able to come on Friday", "я не смогу прийти в пятницу"),
        ("please don't cancel", "пожалуйста не отменяйте"),
        ("can you cancel my booking for Monday", "можете отменить мою запись на понедельник"),
        ("My friend's appointment", "подруги запись"),
        ("cancel", "отмена"),
        ("Cancel please", "отмените пожалуйста"),
        ("cancel zapis na zavtra", "отмените запись на завтра"),
        ("no", "нет"),
        ("no, не отменяйте", "нет не отменяйте"),
        ("no pridu", "но приду"),
        ("my zavtra ne pridem", "мы завтра не придем"),
        ("on my way", "уже еду"),
        ("of course not", "конечно нет"),
        ("I won't cancel", "я не буду отменять"),
        ("at 5 pm", "в 5 вечера"),
        ("the last one, про массаж", "последнюю про массаж"),
    ],
)
def test_english_is_told_from_translit_by_the_message(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("сәлем, ертең келе алмаймын", "здравствуйте завтра не смогу прийти"),
        ("ертен келе алмаймын", "завтра не смогу прийти"),
        ("erten kele almaimyn, rahmet", "завтра не смогу прийти спасибо"),
        ("бугин бармаймын", "сегодня не приду"),
        ("жазылуымды өшірмеңіз, келемін", "запись не удаляйте приду"),
        ("Кешіріңіз, жазылуды болдырмаңызшы", "извините запись отмените"),
        ("керек емес", "не надо"),
        ("бүгін емес, ертең", "не сегодня завтра"),
        ("емес, ертең", "не завтра"),
        ("ауыстыруға бола ма?", "можно перенести"),
        ("жоқ", "нет"),
        ("zhok", "нет"),
        ("joq, керек емес", "нет не надо"),
        ("ия", "да"),
        ("иә", "да"),
        ("мен ертең қасқа келемін", "я завтра брови приду"),
        ("Добрий день, скасуйте запис на п'ятницю", "добрый день отмените запись на пятницу"),
        ("ні, залиште", "нет оставьте"),
        ("так, скасовуйте", "да отменяйте"),
        ("не змагу прыйсці", "не смогу прийти"),
        ("сiчня", "января"),
    ],
)
def test_kazakh_and_its_neighbours_become_russian(text: str, normal: str) -> None:
    assert words(text) == normal


@pytest.mark.parametrize("text", ["так", "мен", "ким", "к ие", "неге", "на", "ма", "он", "керек"])
def test_an_ambiguous_word_needs_company_of_its_language(text: str) -> None:
    assert words(text) == text


@pytest.mark.parametrize("text", ["добрый день так не приду", "к кате", "баламут", "запись на среду так"])
def test_russian_is_not_taken_for_a_language_like_it(text: str) -> None:
    assert words(text) == text


def test_no_strong_foreign_word_is_a_key_word_of_ours() -> None:
    keys = shared().vocabulary.spelling.forms

    for language in languages():
        for word, russian in language.words.items():
            assert word not in keys or " ".join(russian) == word


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("неприду завтра", ["неприду", "неприду", "завтра"]),
        ("can't come tomorrow", ["can't come"] * 3 + ["tomorrow"]),
        ("отме\u200bните", ["отме\u200bните"]),
        ("Прии\u0306ду, и\u0301ра", ["Прии\u0306ду", ",", "и\u0301ра"]),
        ("нен адо", ["нен адо", "нен адо"]),
        ("ертең емес", ["емес", "ертең"]),
    ],
)
def test_each_word_knows_where_it_stands_in_the_text(text: str, spans: list[str]) -> None:
    clause = phrase(text, shared(), MONDAY).clauses[0]

    assert [text[begin:end] for begin, end in clause.spans] == spans


def test_invisible_and_parted_letters_do_not_hide_a_word() -> None:
    assert words("\u200bот\u00adмени\u0306те\ufe0f") == words("отменйте")
    assert words("н\u0301е\u0301т") == "нет"
    assert words("\u0301да") == "да"
    assert words("İ да") == "İ да"


def test_symbols_stay_beside_the_words() -> None:
    assert message("да 👍🏽❤️").symbols == ("👍", "❤")


def test_a_link_is_one_word_that_explains_nothing(understanding: Understanding) -> None:
    assert words("да https://wa.me/123") == "да @https://wa.me/123"
    assert words("salon.ru") == "@salon.ru"


def test_a_word_beyond_measure_is_left_alone() -> None:
    assert words("a" * 2 + "bc" * 40) == "a" * 2 + "bc" * 40
    assert list(readings("ab" * 20)) == []


def test_a_slip_costs_less_where_people_slip() -> None:
    assert price("отмена", "отмена") == 0
    assert price("атмена", "отмена") < price("ытмена", "отмена")
    assert price("отмеан", "отмена") == pytest.approx(0.8)
    assert price("отменна", "отмена") == pytest.approx(0.5)
    assert price("запис", "запись") == pytest.approx(0.4)
    assert price("шотмена", "отмена") > price("отмеша", "отмена")


def test_keys_of_foreign_words_ignore_the_keyboard() -> None:
    assert folded("ертең") == folded("ертен") == folded("erten")
    assert folded("ia") == folded("15") == ""
    assert english_key("don't") == "dont"
    assert english_key("не") == ""
