"""A phone as people write it in a transcript: a plus, an eight, a bare seven; blanks, hyphens, brackets."""

import re

from engine.phones import e164

_WRITTEN = re.compile(r"\+?[\d\s().\-\u2010-\u2015\u2212]+")


def phone(text: str) -> str | None:
    """Return the number with plus and country code; None: it is no number that a phone can have."""
    return e164(text) if _WRITTEN.fullmatch(text.strip()) else None
