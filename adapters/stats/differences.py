"""What the ledger and the journal tell of the same records, for the terminal and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from adapters.stats import words
from adapters.stats.table import aligned
from engine.statistics import CONFIDENCE, DIFFERENCES, FOUND, Found, Reconciliation

NUMBERS_A_LINE = 10

TITLES: dict[Found, str] = {
    "cancelled_through_us": "отменено через Otmena",
    "marked_but_not_in_ledger": "с нашей пометкой, но в журнале отмен её нет или отмену вернули",
    "doubt_was_done": "исход был неизвестен: отменено",
    "salon_or_no_show": "отменено салоном или клиент не пришёл",
    "stands": "в силе",
    "stands_though_cancelled": "в силе, хотя в журнале отмен она отменена",
    "doubt_was_not_done": "исход был неизвестен: в силе",
    "deleted_by_us": "удалено нами, как разрешают настройки",
    "gone_though_cancelled": "отменено через Otmena, а в YClients на эти дни такой записи нет",
    "gone_in_doubt": "исход был неизвестен, и в YClients на эти дни такой записи нет",
}


def lines(found: Reconciliation, since: date, until: date, doubts: Sequence[str]) -> Iterator[str]:
    yield f"Сверка с журналом YClients: визиты {words.day(since)} – {words.day(until)}"
    yield from (f"! {doubt}" for doubt in doubts)
    yield ""
    yield from aligned(
        [
            ("Записей в YClients", words.number(found.in_journal)),
            ("из них «не пришёл»", words.number(found.did_not_come)),
            ("отменено через Otmena", words.rate(found.through_us)),
        ],
        numbers=set(),
    )
    yield ""
    yield from aligned([(TITLES[kind], words.number(found.n(kind))) for kind in FOUND], numbers={1})
    yield ""
    if found.agrees:
        yield "Расхождений нет."
    for kind in DIFFERENCES:
        yield from _named(TITLES[kind], found.found[kind])


def _named(title: str, records: Sequence[int]) -> Iterator[str]:
    if records:
        yield f"{title[0].upper()}{title[1:]}:"
        for i in range(0, len(records), NUMBERS_A_LINE):
            yield "  " + ", ".join(map(str, records[i : i + NUMBERS_A_LINE]))


def document(found: Reconciliation, since: date, until: date, doubts: Sequence[str]) -> dict[str, Any]:
    share = found.through_us
    return {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "agrees": found.agrees,
        "in_journal": found.in_journal,
        "did_not_come": found.did_not_come,
        "through_us": {
            "value": None if share.value is None else round(share.value, 4),
            "low": round(share.low, 4),
            "high": round(share.high, 4),
            "of": share.of,
            "confidence": CONFIDENCE,
        },
        "records": {kind: list(found.found[kind]) for kind in FOUND},
        "warnings": list(doubts),
    }
