"""Texts that fit: cleaned, measured as WhatsApp may measure them, shortened without losing the question."""

import re
import unicodedata

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JOINERS = "\u200d\ufe0e\ufe0f"


def clean(text: str) -> str:
    """Return the text without NUL and lone surrogates, which no UTF-8 column takes."""
    # NUL and surrogates are not printable, and asking that costs a quarter of the look for them.
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def on_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def width(text: str) -> int:
    """Count UTF-16 units: the unit of the limits is undocumented, and this count is the largest (§2.1)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, width_max: int) -> str:
    """Return the text, cut at its end with «…» where it is wider than `width_max`."""
    if width(text) <= width_max:
        return text
    return _head(text, width_max - 1).rstrip() + "…"


def shortened_in_middle(text: str, width_max: int) -> str:
    """Return the text, cut before its last line where it is too wide: the question stands at the end."""
    if width(text) > width_max:
        text = text.rstrip()
    if width(text) <= width_max:
        return text
    before, _, question = text.rpartition("\n")
    if not before.strip() or width(question) > width_max // 2:
        kept = _tail(text, width_max // 3)
        return _head(text, width_max - width(kept) - 1).rstrip() + "…" + kept
    return _head(before, width_max - width(question) - 2).rstrip() + "…\n" + question


def _head(text: str, width_max: int) -> str:
    """Return the longest beginning that fits and that does not end inside an emoji."""
    # A code point is one unit or two, so a beginning of `width_max` code points is never too short.
    end = min(len(text), width_max)
    while width(text[:end]) > width_max:
        end -= 1
    while 0 < end < len(text) and (_continues(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]


def _tail(text: str, width_max: int) -> str:
    start = max(0, len(text) - width_max)
    while width(text[start:]) > width_max:
        start += 1
    while start < len(text) and (_continues(text[start]) or text[start - 1 : start] == "\u200d"):
        start += 1
    return text[start:]


def _continues(character: str) -> bool:
    return (
        character in _JOINERS
        or bool(unicodedata.combining(character))
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
