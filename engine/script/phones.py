"""A phone as people write it in a transcript: a plus, an eight, a bare seven; blanks, hyphens, brackets."""

import re

import phonenumbers

# Where a number without its country is at home.
HOME = "RU"
_WRITTEN = re.compile(r"\+?[\d\s().\-\u2010-\u2015\u2212]+")


def phone(text: str) -> str | None:
    """Return the number with plus and country code; None: it is no number that a phone can have."""
    if not _WRITTEN.fullmatch(text.strip()):
        return None
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        return _number("+" + digits)
    if digits.startswith("00"):
        return _number("+" + digits[2:])
    return _number(digits, surely=True) or _number("+" + digits)


def _number(digits: str, *, surely: bool = False) -> str | None:
    try:
        number = phonenumbers.parse(digits, HOME)
    except phonenumbers.NumberParseException:
        return None
    fits = phonenumbers.is_valid_number(number) if surely else phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if fits else None
