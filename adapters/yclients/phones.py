"""Whose number it is: the whole of it in E.164 decides, the last ten digits only find (yclients.md §3.2)."""

import re

import phonenumbers

# As many digits as a Russian number has behind its country code, and what cards of all spellings share.
DIGITS_THAT_FIND = 10


def e164(written: object, home_region: str = "RU") -> str | None:
    """Return the number with plus and country code, or None where there is no telling.

    Journals write one number as "+7 916…", "8 (916) …", "916…" or the integer 7916…. A plus (or 00) states
    the country; without it the salon's own region comes first, and then the digits as they stand.
    """
    if isinstance(written, bool) or not isinstance(written, str | int):
        return None
    text = str(written).strip()
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return _parsed("+" + digits, None)
    if digits.startswith("00"):
        return _parsed("+" + digits[2:], None)
    return (
        _parsed(digits, home_region, surely=True)
        or _parsed("+" + digits, None)
        or _parsed(digits, home_region)
    )


def digits_that_find(phone: str) -> str:
    """Return the part of a number by which the client search finds its cards, however they are written."""
    return all_digits(phone)[-DIGITS_THAT_FIND:]


def all_digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def _parsed(digits: str, region: str | None, *, surely: bool = False) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    fits = phonenumbers.is_valid_number(number) if surely else phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if fits else None
