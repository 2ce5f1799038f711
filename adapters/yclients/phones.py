"""What the search finds a number by: ten digits find, only the whole decides (yclients.md §3.2)."""

import re

# As many digits as a Russian number has behind its country code, and what cards of all spellings share.
DIGITS_THAT_FIND = 10


def digits_that_find(phone: str) -> str:
    """Return the part of a number by which the client search finds its cards, however they are written."""
    return all_digits(phone)[-DIGITS_THAT_FIND:]


def all_digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
