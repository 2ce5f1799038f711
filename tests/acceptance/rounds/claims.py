"""What a message says about records, read off its words as its reader would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

# A record is told by day, month and time: «27 ноября, 15:00». A client never has two at once.
_MOMENT = re.compile(rf"\d{{1,2}} (?:{'|'.join(MONTHS)}), \d\d:\d\d")

_CLAIMS: tuple[tuple[re.Pattern[str], Literal["cancelled", "restored", "moved"]], ...] = (
    (re.compile(r"Запис[ьи] отменен[аы]:(.*?)Спасибо", re.DOTALL), "cancelled"),
    (re.compile(r"уже отменена:(.*?)Больше", re.DOTALL), "cancelled"),
    (re.compile(r"показала, что запись отменена:(.*)"), "cancelled"),
    (re.compile(r"(?:снова|уже) в силе:(.*?)Ждём", re.DOTALL), "restored"),
    (re.compile(r"Запись перенесена\. Теперь:(.*?)Было", re.DOTALL), "moved"),
    (re.compile(r"показала, что запись перенесена:(.*)"), "moved"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    what: Literal["cancelled", "restored", "moved"]
    moment: str


def claims_of(text: str) -> Iterator[Claim]:
    for pattern, what in _CLAIMS:
        for told in pattern.findall(text):
            for moment in moments_in(told):
                yield Claim(what, moment)


def moments_in(text: str) -> list[str]:
    return _MOMENT.findall(text)


def moment_of(starts_at: datetime) -> str:
    """`starts_at` by the salon's clock."""
    return f"{starts_at.day} {MONTHS[starts_at.month - 1]}, {starts_at:%H:%M}"
