"""«Стоп» and «старт»: the words that turn messages off and on, matched as a whole message."""

import re

_STOP = frozenset((
    "стоп", "stop", "отписаться", "отпишись", "отпишите меня", "отпишите", "не пишите", "не пишите мне",
    "не пишите мне больше", "больше не пишите", "больше не пишите мне", "отписка", "unsubscribe",
))  # fmt: skip
_START = frozenset(("старт", "start"))
_LONGEST = 60


def _whole(phrases: frozenset[str]) -> re.Pattern[str]:
    """Match a message that is one of the phrases, whatever stands between its words and around them."""
    apart = "|".join(sorted(phrase.replace(" ", r"[\W_]+") for phrase in phrases))
    return re.compile(rf"[\W_]*(?:{apart})[\W_]*")


_STOPPING = _whole(_STOP)
_STARTING = _whole(_START)


def opt_out(text: str) -> bool | None:
    """Return True for «стоп», False for «старт», None for everything else.

    «Отмена» is a wish about a record and never an opt-out.
    """
    if len(text) > _LONGEST:
        return None
    words = text.lower().replace("ё", "е")
    if _STOPPING.fullmatch(words):
        return True
    return False if _STARTING.fullmatch(words) else None
