"""Dead letters: what could not be handled or delivered, by the names that operators call it by. Pure."""

from typing import Literal

# A turn put aside; an item of a webhook that could not be stored as it was; a message, a call, a notice
# that was given up.
Kind = Literal["turn", "item", "message", "call", "notice"]

_SIGNS: dict[Kind, str] = {"turn": "t", "item": "w", "message": "m", "call": "c", "notice": "n"}


def letter_of(kind: Kind, number: int) -> str:
    """Return the id of the letter of the row with this number, such as t17: known before it is dead."""
    return f"{_SIGNS[kind]}{number}"
