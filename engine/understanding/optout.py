"""«Стоп» and «старт»: the words that turn messages off and on, matched as a whole message."""

import re

_STOP = frozenset((
    "стоп", "stop", "отписаться", "отпишись", "отпишите меня", "отпишите", "не пишите", "не пишите мне",
    "не пишите мне больше", "больше не пишите", "больше не пишите мне", "отписка", "unsubscribe",
))  # fmt: skip
_START = frozenset(("старт", "start"))
_LONGEST = 60


def _any(phrases: frozenset[str]) -> str:
    return "|".join(sorted(phrase.replace(" ", r"[\W_]+") for phrase in phrases))


# A message that is one of the phrases, whatever stands between its words and around them.
_WHOLE = re.compile(rf"[\W_]*(?:(?P<stop>{_any(_STOP)})|{_any(_START)})[\W_]*")


def opt_out(text: str) -> bool | None:
    """Return True for «стоп», False for «старт», None for everything else.

    «Отмена» is a wish about a record and never an opt-out.
    """
    if len(text) > _LONGEST:
        return None
    found = _WHOLE.fullmatch(text.lower().replace("ё", "е"))
    return None if found is None else found["stop"] is not None
