"""Texts: none missing, none unused, none that claims without saying so, none that WhatsApp would cut."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache

import pytest

from engine import texts
from engine.booking import Record
from engine.dialogue import Dialogue
from engine.effects import Option, Say
from engine.texts import Texts
from engine.understanding import Understanding
from states import everywhere, registry
from states.choose_record.rows import OFFERED_MAX
from tests.architecture.source import sources
from tests.chat import record

CATALOGUE = texts.load(registry.texts())
DIALOGUE = Dialogue(registry.FLOWS, everywhere.rows, Understanding(), CATALOGUE.claims)
NAMESPACES = sorted({key.partition(".")[0] for key in CATALOGUE.texts})

# Design §3: a sentence in the past tense says that something is done.
CLAIMING = re.compile(r"(?<!не )\b(отменен|отменил|перенес|вернул|подтвердил)")
# Facts about WhatsApp, whatsapp.md §2.1 (2026-11).
BUTTON_MAX, ROW_MAX, ROW_MORE_MAX, LIST_LABEL_MAX, BODY_MAX = 20, 24, 72, 20, 1024


@cache
def written() -> frozenset[str]:
    return frozenset(_written())


def _written() -> Iterator[str]:
    """Every string of the flows and of the renderer; a part that is computed is `*`."""
    for source in sources("states", "engine/texts.py"):
        for node in source.nodes():
            match node:
                case ast.JoinedStr(values=values):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "*" for part in values
                    )
                case ast.Constant(value=str(text)):
                    yield text


@cache
def kinds() -> frozenset[str]:
    """Every kind of option that a flow offers."""
    return frozenset(
        str(keyword.value.value)
        for source in sources("states")
        for node in source.nodes()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Option"
        for keyword in node.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    )


def used(key: str) -> bool:
    patterns = [text for text in written() if "*" in text and len(text) > 1]
    patterns += [f"option.{kind}" for kind in kinds()] + [f"option.{kind}.more" for kind in kinds()]
    matches = (re.fullmatch(re.escape(one).replace(r"\*", ".+"), key) for one in patterns)
    return key in written() or any(matches)


@pytest.mark.parametrize("key", sorted(CATALOGUE.texts))
def test_every_text_is_used(key: str) -> None:
    assert used(key), f"nothing says {key}: remove it"


def test_every_text_that_code_names_exists() -> None:
    names = re.compile(rf"({'|'.join(NAMESPACES)})(\.[a-z_]+)+")
    named = {text for text in written() if names.fullmatch(text)} - set(DIALOGUE.states)
    named |= {f"option.{kind}" for kind in kinds()}
    assert named - set(CATALOGUE.texts) == set()


@pytest.mark.parametrize("key", sorted(CATALOGUE.texts))
def test_a_text_that_claims_says_so(key: str) -> None:
    text = CATALOGUE.texts[key]
    for language, words in text.words.items():
        claimed = CLAIMING.search(words.lower().replace("ё", "е"))
        assert text.claims or not claimed, f"{key} in {language} says «{claimed and claimed[0]}…» unproven"


@pytest.mark.parametrize(
    ("words", "claims"),
    [
        ("запись отменена", True),
        ("запись отменён", True),
        ("мы перенесли вас", True),
        ("запись не отменена", False),
        ("отменить запись?", False),
        ("прошла ли отмена", False),
    ],
)
def test_the_search_for_claims_finds_them(words: str, claims: bool) -> None:
    assert bool(CLAIMING.search(words.replace("ё", "е"))) == claims


@pytest.mark.parametrize("key", sorted(CATALOGUE.texts))
def test_every_language_has_the_same_placeholders(key: str) -> None:
    text = CATALOGUE.texts[key]
    assert len({text.placeholders(language) for language in text.words}) == 1
    for words in text.words.values():
        names = [name for _, name, _, _ in string.Formatter().parse(words) if name is not None]
        assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)?", name) for name in names)


# ── what WhatsApp has room for ────────────────────────────────────────────────────────────────────────

LONGEST = record(999_999_999, "Наращивание", "2026-09-30 15:00", "Александра Константинопольская")


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_title_of_every_option_fits(kind: str) -> None:
    asks_for_a_record = "record" in CATALOGUE.texts[f"option.{kind}"].placeholders("ru")
    title = CATALOGUE.words(f"option.{kind}", {"record": LONGEST})
    # An option that names its record is a row of a list; the others stand on buttons.
    assert units(title) <= (ROW_MAX if asks_for_a_record else BUTTON_MAX), title


def test_the_button_that_opens_a_list_fits() -> None:
    assert units(CATALOGUE.words("option.list")) <= LIST_LABEL_MAX


@pytest.mark.parametrize("key", sorted(set(CATALOGUE.texts)))
def test_a_message_fits_with_a_long_service_and_name(key: str) -> None:
    visit = LONGEST.model_copy(update={"services": ("Сложное окрашивание с уходом и укладкой",) * 3})
    arguments: dict[str, Record | int] = {"record": visit, "more": 99}
    assert units(CATALOGUE.words(key, arguments)) <= BODY_MAX


def test_ten_rows_are_the_most_that_a_question_offers() -> None:
    assert OFFERED_MAX <= 10


def test_an_option_s_id_fits() -> None:
    say = Say(text="records.none", options=tuple(Option(kind=kind, record=LONGEST) for kind in kinds()))
    rendered = Texts.render(CATALOGUE, [say], question=10**9, pending=None)
    assert max(len(button.id) for button in rendered.options) <= 200
