"""A salon's own words: what they make of a phrase, and what is refused so that consent stays closed."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from engine.booking import Record
from engine.understanding import Context, Lemmas, Meaning, Surroundings, Understanding, fitting
from engine.understanding.respelling import respellings
from engine.understanding.vocabulary import extended, vocabulary
from engine.understanding.words_file import InvalidWords
from tests.engine.understanding.conftest import MONDAY, SALON

WORDS = """
[services]
"шугар" = "шугаринг"
"Ноготочки" = "маникюр"
"аппаратка" = "аппаратный педикюр"
"боди" = "шугаринг"
[masters]
"Лёка" = "Ольга"
"саша" = "Александра"
"жади" = "жадыра"
[typos]
"апаздаю" = "опаздываю"
[groups]
relatives = ["Кумушка"]
cancel = ["схлопнуть"]
[phrases]
cancel = ["ухожу в закат", "Не светит нам"]
keep = ["несусь на всех парах"]
"""


def _record(number: int, service: str, master: str) -> Record:
    return Record(
        record_id=number,
        phone="+79000000001",
        services=(service,),
        master=master,
        starts_at=datetime(2026, 11, 23 + number, 15, 0, tzinfo=SALON),
    )


RECORDS = (
    _record(1, "Шугаринг ног", "Ольга Иванова"),
    _record(2, "Маникюр с покрытием", "Александра"),
    _record(3, "Педикюр аппаратный", "Александр Ким"),
    _record(4, "Стрижка", "Жадыра"),
)


@pytest.fixture(scope="module")
def salon() -> Understanding:
    return Understanding(Lemmas(extended(WORDS)))


def said(salon: Understanding, text: str, context: Context = "idle") -> Meaning:
    return salon.understand(text, context, Surroundings(MONDAY, RECORDS[:1] if context == "confirm" else ()))


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("отмените шугар", 1),
        ("Отмените запись на ШУГАР", 1),
        ("не приду завтра на шугра", 1),
        ("отмените shugar", 1),
        ("отмените боди", 1),
        ("хочу отменить ноготочки", 2),
        ("не приду на аппаратку", 3),
        ("не приду к лёке", 1),
        ("не приду к леке", 1),
        ("не смогу прийти к саше", 2),
        ("отмените запись к жади", 4),
    ],
)
def test_a_salons_word_finds_the_record_that_it_stands_for(
    text: str, record: int, salon: Understanding
) -> None:
    meaning = said(salon, text)

    assert meaning.intent == "cancel"
    # Against the words that everybody has, as the flows do.
    assert [found.record_id for found in fitting(meaning.named, RECORDS)] == [record]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("апаздаю", "late"),
        ("кумушка хочет отменить свою запись", "third_party"),
        ("шугар не отменяйте", "keep"),
        ("девочки, я в пятницу ухожу в закат", "cancel"),
        ("в пятницу не светит нам", "cancel"),
        ("несусь на всех парах", "keep"),
    ],
)
def test_typos_and_group_words_count_as_ours_do(text: str, intent: str, salon: Understanding) -> None:
    assert said(salon, text).intent == intent


def test_a_salons_own_words_never_make_a_wish_plain(salon: Understanding) -> None:
    """Where the salon wants no question, only what everybody has counts as explained."""
    assert said(salon, "отмените запись на завтра").plain
    assert not said(salon, "схлопните запись на завтра").plain
    assert not said(salon, "завтра ухожу в закат").plain


def test_a_typo_that_is_mended_so_already_is_no_mistake() -> None:
    assert extended('[typos]\n"запсь" = "запись"').spelling.typos["запсь"] == "запись"


def test_a_word_by_itself_is_spelt_as_the_journal_has_it(salon: Understanding) -> None:
    assert salon.lemmas.spelt("шугаром") == ("шугарингом",)


def test_the_words_of_everybody_stay_as_they_are(salon: Understanding) -> None:
    assert said(salon, "завтра не приду").intent == "cancel"
    assert vocabulary().services == {}
    assert "лека" not in vocabulary().spelling.forms


@pytest.mark.parametrize(
    ("text", "consents"),
    [
        ("да, шугар", True),
        ("да, ноготочки", False),
        ("да, к Лёке", True),
        ("шугар", False),
        ("да, кумушка", False),
    ],
)
def test_a_salons_word_explains_a_yes_only_where_it_names_the_record(
    text: str, consents: bool, salon: Understanding
) -> None:
    assert (said(salon, text, "confirm").intent == "yes") is consents


def test_a_form_that_means_something_by_itself_keeps_its_meaning() -> None:
    """«Приду» would be the dative of «прид»."""
    forms = respellings(extended('[services]\n"прид" = "маникюр"\n'))

    assert forms["придом"] == ("маникюром",)
    assert "приду" not in forms


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "[services]\n", "\ufeff[services]\r\n'шугар'='шугаринг'\r\n"]
)
def test_an_empty_file_and_one_from_windows_are_taken(text: str) -> None:
    assert extended(text).groups == vocabulary().groups


def test_the_example_of_the_documentation_is_taken() -> None:
    page = Path(__file__).parents[3] / "docs" / "understanding-words.md"
    example = re.search(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)

    assert example is not None
    assert extended(example[1]).services["шугар"] == ("шугаринг",)


CONSENT = "this word has a part in a yes or a no, and consent is closed"
CLOSED = "consent is closed: no word can be added to what is taken for a yes or a no"
LIST = 'its words must be a list in brackets, for instance ["кума", "сваха"]'
LETTERS = "it must be 2 to 40 Russian letters and nothing else"
ONE_WORD = "it must be one word, without spaces"
MEANT = "it has a meaning already, which a salon cannot change"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[colours]",
            "[colours] is no section of it: it has [services], [masters], [typos], [groups], [phrases]",
        ),
        ("groups = 3", "groups must be a section of its own, [groups], with entries below it"),
        ('[groups]\nyes = ["угумс"]', f"[groups] yes: {CLOSED}"),
        ('[groups]\nyes_because = []', f"[groups] yes_because: {CLOSED}"),
        ('[groups]\nno_around = ["а"]', f"[groups] no_around: {CLOSED}"),
        ('[groups]\nplain_around = ["а"]', f"[groups] plain_around: {CLOSED}"),
        (
            '[groups]\nrelativs = ["кума"]',
            "[groups] relativs: there is no such group; did you mean relatives?",
        ),
        ('[groups]\nreserved = ["кума"]', "[groups] reserved: there is no such group"),
        ('[groups]\nrelatives = "кума"', f'[groups] relatives: {LIST}'),
        ('[groups]\nrelatives = [1]', f'[groups] relatives: {LIST}'),
        ('[groups]\ncancel = ["подтвердить"]', f'[groups] cancel: "подтвердить": {MEANT}'),
        ('[groups]\ncome = ["отменить"]', f'[groups] come: "отменить": {CONSENT}'),
        (
            '[phrases]\nyes = ["так точно"]',
            "[phrases] yes: a phrase may mean cancel, keep, late, reschedule, list, human, and nothing else",
        ),
        (
            '[phrases]\ncancel = "ухожу в закат"',
            '[phrases] cancel: its phrases must be a list in brackets, for instance ["ухожу в закат"]',
        ),
        (
            '[phrases]\ncancel = ["закат"]',
            '[phrases] cancel: "закат": it must be 2 to 6 Russian words, with one space between them',
        ),
        (
            '[phrases]\ncancel = ["да не на"]',
            '[phrases] cancel: "да не на": it needs a word that neither rules nor answers use by themselves',
        ),
        ('[groups]\nsoft = ["спасибо"]', f'[groups] soft: "спасибо": {CONSENT}'),
        ('[groups]\nsoft = ["кроме"]', '[groups] soft: "кроме": the rules need this word themselves'),
        ('[groups]\nsoft = ["по братски"]', f'[groups] soft: "по братски": {ONE_WORD}'),
        ('[services]\n"лак дизайн" = "маникюр"', f'[services] "лак дизайн": {ONE_WORD}'),
        ('[services]\n" лак" = "маникюр"', f'[services] " лак": {ONE_WORD}'),
        ('[services]\n"SPA" = "уход"', f'[services] "SPA": {LETTERS}'),
        (
            '[services]\n"шугар" = 3',
            '[services] "шугар": what it stands for must be text in quotes, for instance "шугаринг"',
        ),
        ('[services]\n"шугар" = " "', '[services] "шугар": it stands for nothing'),
        ('[services]\n"шугар" = "Sugar"', f'[services] "шугар": it stands for "Sugar": {LETTERS}'),
        ('[services]\n"шугар" = "да"', f'[services] "шугар": it stands for "да": {CONSENT}'),
        (
            '[services]\n"шугар" = "процедура"',
            '[services] "шугар": it stands for "процедура", which names no service',
        ),
        ('[services]\n"отказаться" = "маникюр"', f'[services] "отказаться": {MEANT}'),
        ('[services]\n"ага" = "маникюр"', f'[services] "ага": {CONSENT}'),
        ('[services]\n"маша" = "маникюр"', f'[services] "маша": {MEANT}'),
        (
            '[services]\n"передумаю" = "маникюр"',
            '[services] "передумаю": it is a Russian word that is no noun, and can name nothing',
        ),
        (
            '[masters]\n"лёка" = "Ивановна Ольга"',
            '[masters] "лёка": "Ивановна Ольга" is more than one word: give the first name alone, "Ольга"',
        ),
        (
            '[masters]\n"лёка" = "Заря Востока"',
            '[masters] "лёка": "Заря Востока" is more than one word: give the first name alone, "Заря"',
        ),
        ('[masters]\n"лёка" = " "', '[masters] "лёка": it stands for nothing'),
        (
            '[services]\n"гель-лак" = "покрытие"',
            '[services] "гель-лак": words are parted at a hyphen before they are read, '
            "so that this one is never met; give a part",
        ),
        ('[services]\n"маникюр" = "педикюр"', f'[services] "маникюр": {MEANT}'),
        ('[services]\n"лазер" = "2D"', f'[services] "лазер": it stands for "2D": {LETTERS}'),
        (
            '[services]\n"Шугар" = "шугаринг"\n"шугар" = "маникюр"',
            '[services] "шугар": it stands there twice, as "Шугар" for "шугаринг"; keep one of them',
        ),
        (
            '[services]\n"лёка" = "маникюр"\n[masters]\n"лека" = "ольга"',
            '[masters] "лека": it stands in [services] too; keep one of them',
        ),
        (
            '[groups]\nrelatives = ["кумушку"]',
            '[groups] relatives: "кумушку": it must stand as in a dictionary: "кумушка"',
        ),
        ('[masters]\n"лёка" = "подруга"', '[masters] "лёка": it stands for "подруга", which names no master'),
        ('[typos]\n"неаа" = "ага"', f'[typos] "неаа": it stands for "ага": {CONSENT}'),
        ('[typos]\n"неа" = "опаздываю"', f'[typos] "неа": {CONSENT}'),
        ('[typos]\n"седня" = "опаздываю"', f'[typos] "седня": {MEANT}'),
        ('[typos]\n"стол" = "стул"', '[typos] "стол": it is a Russian word, and no typo'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(InvalidWords) as invalid:
        extended(text)

    assert invalid.value.problems == (problem,)


QUOTES = 'Russian words stand in quotes, on both sides: "шугар" = "шугаринг"'
BRACKETS = 'a list has brackets around it and commas between its words: ["кума", "сваха"]'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("шугар = 'шугаринг'", f"line 1: {QUOTES}"),
        ('# "\n[services]\n"шугар" = шугаринг # slang', f"line 3: {QUOTES}"),
        ('[services]\n«шугар» = "шугаринг"', 'line 2: quotes must be straight ones: "шугар" = "шугаринг"'),
        ("[services", "line 1: the bracket of the section is not closed: [services]"),
        ('[services]\n"а" : "б"', 'line 2: between the two sides stands "=", and not ":"'),
        ('[services]\n"а" "б"', 'line 2: an entry has two sides: "шугар" = "шугаринг"'),
        ('[services]\n"а" = "б\n"в" = "г"', "line 2: a quote is opened there and not closed"),
        ('[services]\n"а" = "б\n\n', "line 2: a quote is opened there and not closed"),
        ('[groups]\nrelatives = ["кума" "сваха"]', f"line 2: {BRACKETS}"),
        (
            '[a]\n"б"="в"\n\n"б"="г"',
            'line 4: "б" stands a second time in [a], after line 2; keep one of them',
        ),
        (
            '[a]\n"б"="в"\n[a]\n"г"="д"',
            "line 3: [a] begins a second time, after line 1; keep one of them",
        ),
        ('"а" = ', "line 1: it is not TOML (Invalid value)"),
        ("a = " + "[" * 5000, "a number or a nesting in it is beyond all bounds"),
    ],
)
def test_what_is_no_toml_is_told_in_one_sentence_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(InvalidWords) as invalid:
        extended(text)

    assert invalid.value.problems == (problem,)


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ('"реснички" = "наращивание"', ("наращивание",)),
        ('"ноготки" = "Шеллак"', ("шеллак",)),
        ('"покрас" = "гель"', ("гель",)),
        ('"краска" = "окрашивание"', ("окрашивание",)),
        ('"шеллак" = "покрытие гель-лак"', ("покрытие", "гель", "лак")),
        ('"реснушки" = "ресницы 2D"', ("ресницы",)),
        ('"комби" = "Маникюр + покрытие Lux"', ("маникюр", "покрытие")),
        ('"комби" = "маникюр с покрытием"', ("маникюр", "покрытием")),
        ('"Шугар" = "шугаринг"\n"шугар" = "Шугаринг"', ("шугаринг",)),
    ],
)
def test_titles_are_taken_as_journals_have_them(entry: str, meant: tuple[str, ...]) -> None:
    """The words that tell a title count; what is taken off elsewhere may be a service here."""
    assert tuple(extended(f"[services]\n{entry}").services.values()) == (meant,)


def test_a_word_for_what_is_taken_off_finds_the_service_that_it_is_here() -> None:
    salon = Understanding(Lemmas(extended('[services]\n"шеллак" = "маникюр"\n')))

    for text in ("отмените шеллак", "не приду на шеллак"):
        found = fitting(said(salon, text).named, RECORDS)
        assert [record.record_id for record in found] == [2]


@pytest.mark.parametrize("entry", ['relatives = ["гости", "кракозябра"]', 'sooner = ["пораньше"]'])
def test_words_of_a_list_may_be_unknown_plural_or_as_written(entry: str) -> None:
    assert extended(f"[groups]\n{entry}").groups


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidWords) as invalid:
        extended(
            '[services]\n"а б" = "в"\n[typos]\n"неаа" = "ага"\n[groups]\nyes = ["го"]\nsoft = ["не", "ж"]'
        )

    assert len(invalid.value.problems) == 5


@pytest.mark.parametrize("group", sorted(vocabulary().groups))
def test_no_word_enters_a_consent_group_by_any_section(group: str) -> None:
    """Whatever a file adds, the grammars of a yes and a no stay word for word what they are."""
    text = f'[groups]\n{group} = ["кракозябра"]'
    try:
        groups = extended(text).groups
    except InvalidWords:
        groups = vocabulary().groups

    for name, words in vocabulary().groups.items():
        if name == "no" or name.startswith(("yes", "no_")) or name == "plain_around":
            assert groups[name] == words
