"""What is cleaned of a text, and what stays."""

from adapters.whatsapp.wording import clean


def test_what_no_utf8_column_takes_is_replaced() -> None:
    """NUL and lone surrogates: none of them is printable, on which the short way out rests."""
    for code in (0, *range(0xD800, 0xE000)):
        assert clean(f"а{chr(code)}б") == "а\ufffdб"


def test_a_text_with_line_breaks_and_joiners_stays_as_it_is() -> None:
    text = "Добрый день!\nЯ\u00a0\u200dприду\t👍🏽"

    assert clean(text) == text
