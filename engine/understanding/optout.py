"""«Стоп» and «старт»: the words that turn messages off and on, matched as a whole message."""

import re

_STOP = frozenset((
    "стоп", "stop", "отписаться", "отпишись", "отпишите меня", "отпишите", "не пишите", "не пишите мне",
    "не пишите мне больше", "больше не пишите", "больше не пишите мне", "отписка", "unsubscribe",
))  # fmt: skip
_START = frozenset(("старт", "start"))
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_LONGEST = 60


def opt_out(text: str) -> bool | None:
    """Return True for «стоп», False for «старт», None for everything else.

    «Отмена» is a wish about a record and never an opt-out.
    """
    if len(text) > _LONGEST:
        return None
    words = " ".join(_WORDS.findall(text.lower().replace("ё", "е")))
    if words in _STOP:
        return True
    return False if words in _START else None
