"""What lines begin with, and what one that begins otherwise was probably meant for."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

# What each line begins with, as the message about an unreadable one lists it.
BEGINNINGS = (
    "at, set, salon:, client:, >, >>, <, !, journal:, notice:, state:, "
    "wait, restart, again, late, upgrade, crash, power, yclients:, whatsapp: or #"
)
# What people write in Russian where a line begins in English. No aliases: a transcript has one spelling.
_IN_RUSSIAN = {
    "салон": "salon:",
    "клиент": "client:",
    "клиентка": "client:",
    "журнал": "journal:",
    "состояние": "state:",
    "ждать": "wait",
    "ждём": "wait",
    "подождать": "wait",
    "прошло": "wait",
    "время": "at",
    "настройка": "set",
    "перезапуск": "restart",
    "повтор": "again",
}


def meant(text: str, word: str, known: Iterable[str]) -> str:
    """Say what a line that begins with no word of the grammar was probably meant for."""
    if near := get_close_matches(word, known, n=1):
        return f"did you mean «{near[0]}»?"
    in_russian = re.match(r"[\W_]*([а-яё]+)", text.lower())
    if in_russian is None:
        return f"a line begins with {BEGINNINGS}"
    if english := _IN_RUSSIAN.get(in_russian[1]):
        return f"did you mean «{english}»?"
    if in_russian[1] == "бот":
        return "the bot's words begin with <"
    return "a client's words begin with >, the bot's with <"
