"""The figures as JSON: the contract's fields, and more beside them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.stats.ledger import name_of
from adapters.stats.words import CURRENCY
from engine.statistics import CONFIDENCE, Counted, Money, Rate, Statistics


def document(statistics: Statistics, warnings: Sequence[str]) -> dict[str, Any]:
    return {
        "from": _day(statistics.since),
        "to": _day(statistics.until),
        "timezone": name_of(statistics.zone),
        **_counted(statistics.total),
        "by_want": statistics.total.by_want,
        "by_reason": statistics.by_reason,
        "by_master": _all(statistics.by_master),
        "by_service": _all(statistics.by_service),
        "by_lead_hours": [
            {"from": time.from_h, "to": time.to_h, "n": time.n} for time in statistics.by_lead_hours
        ],
        "by_weekday_hour": statistics.by_start,
        "by_weekday_hour_of_wish": statistics.by_wish,
        "over_time": [
            {
                "from": spell.since.isoformat(),
                "to": spell.until.isoformat(),
                "cancelled": spell.cancelled,
                "rate": _rate(spell.rate),
            }
            for spell in statistics.over_time
        ],
        "unreadable": statistics.unreadable,
        "warnings": list(warnings),
    }


def _all(counted: Mapping[str, Counted]) -> dict[str, Any]:
    return {key: {"name": each.name, **_counted(each)} for key, each in counted.items()}


def _counted(counted: Counted) -> dict[str, Any]:
    return {
        "cancelled": counted.cancelled,
        "late": counted.late,
        "moved": counted.moved,
        "taken_back": counted.taken_back,
        "refused": counted.refused,
        "unknown": counted.unknown,
        "kept": counted.kept,
        "silent": counted.silent,
        "requested": counted.requested,
        "denied": counted.denied,
        "withdrawn": counted.withdrawn,
        "undecided": counted.undecided,
        "lost": counted.lost,
        "rate": _rate(counted.rate),
        "value_at_risk": _money(counted.money),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "value": None if rate.value is None else round(rate.value, 4),
        "low": round(rate.low, 4),
        "high": round(rate.high, 4),
        "of": rate.of,
        "confidence": CONFIDENCE,
        "few": rate.is_shaky,
    }


def _money(money: Money) -> dict[str, Any]:
    return {
        "low": _amount(money.low),
        "high": _amount(money.high),
        "currency": CURRENCY,
        "without_cost": money.without_cost,
    }


def _amount(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(round(amount, 2))


def _day(on: Any) -> str | None:
    return on.isoformat() if on is not None else None
