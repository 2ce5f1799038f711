"""The figures for a terminal: aligned tables with Russian headings."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.stats import words
from adapters.stats.ledger import name_of
from engine.booking import Reason
from engine.statistics import Counted, Statistics

# So many masters and services are listed; JSON and CSV have all.
ROWS_MAX = 20
BAR_WIDTH = 20
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = "·░▒▓█"


def lines(
    statistics: Statistics, warnings: Sequence[str], names: Mapping[Reason, str] = words.REASONS
) -> Iterator[str]:
    yield f"Отмены и переносы: {words.days(statistics)} ({name_of(statistics.zone)})"
    yield from (f"! {warning}" for warning in warnings)
    if statistics.is_empty:
        return
    yield from _totals(statistics.total)
    few = words.rare(statistics.total.cancelled)
    few = f" ({few})" if few else ""
    reasons = {names[code]: n for code, n in words.reasons(statistics.by_reason) if n}
    yield from _bars(f"Причины отмен{few}", reasons)
    leads = {words.lead(time): time.n for time in statistics.by_lead_hours}
    yield from _bars(f"За сколько до визита отменяют{few}", leads)
    yield from _groups("Мастера", statistics.by_master)
    yield from _groups("Услуги", statistics.by_service)
    yield from _over_time(statistics)
    yield from _week(statistics)


def _totals(total: Counted) -> Iterator[str]:
    yield ""
    figures = [(title, words.number(getattr(total, name)), why) for name, title, why in words.TOTALS]
    indented = [(f"  {t}" if t[0].islower() else t, n, why) for t, n, why in figures]
    yield from aligned(indented, numbers={1})
    yield ""
    yield f"Доля потерянных: {words.rate(total.rate)}"
    yield f"Под угрозой: {words.money_range(total.money)}"
    yield f"  {words.RATE}"
    yield f"  {words.MONEY}"


def _bars(title: str, counted: Mapping[str, int]) -> Iterator[str]:
    yield from ("", title)
    most = max(counted.values(), default=0) or 1
    yield from aligned(
        [(name, words.number(n), _bar(n / most)) for name, n in counted.items()] or [("–", "0", "")],
        numbers={1},
    )


def _bar(share: float) -> str:
    whole, rest = divmod(round(share * BAR_WIDTH * 8), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _groups(title: str, groups: Mapping[str, Counted]) -> Iterator[str]:
    yield ""
    heads = (title, "отмены", "потеряно", "вернули", "переносы", "доля потерь", "деньги")
    rows = [
        (
            words.printable(each.name) or "–",
            words.number(each.cancelled),
            words.number(each.lost),
            words.number(each.taken_back),
            words.number(each.moved),
            ("мало данных: " if each.rate.is_shaky else "") + words.rate(each.rate),
            words.money_range(each.money),
        )
        for each in list(groups.values())[:ROWS_MAX]
    ]
    yield from aligned([heads, *rows], numbers={1, 2, 3, 4})
    if (more := len(groups) - ROWS_MAX) > 0:
        yield f"… и ещё {more}: все в --format json"
    if title == "Услуги":
        yield words.SERVICES


def _over_time(statistics: Statistics) -> Iterator[str]:
    yield ""
    heads = (f"Время, {words.steps(statistics.over_time)}", "отмены", "доля потерь")
    rows = [
        (words.spell(each), words.number(each.cancelled), words.rate(each.rate))
        for each in statistics.over_time
    ]
    yield from aligned([heads, *rows], numbers={1})


def _week(statistics: Statistics) -> Iterator[str]:
    """Draw the hours in which visits were cancelled, from the first such hour to the last."""
    taken = [hour for hour in range(24) if any(day[hour] for day in statistics.by_start)]
    if not taken:
        return
    hours = range(taken[0], taken[-1] + 1)
    most = max(map(max, statistics.by_start))
    yield from ("", f"Отменённые визиты по дням и часам. {words.WEEK} Больше всего в одном часе: {most}.")
    if few := words.rare(statistics.total.cancelled):
        yield f"! {few[0].upper()}{few[1:]}."
    yield "час " + " ".join(f"{hour:02}" for hour in hours)
    for name, day in zip(words.WEEKDAYS, statistics.by_start, strict=True):
        yield f"{name}  " + " ".join(_SHADES[_shade(day[hour], most)] * 2 for hour in hours)


def _shade(n: int, most: int) -> int:
    return 0 if not n else 1 + (n * (len(_SHADES) - 2)) // most


def aligned(rows: Sequence[Sequence[str]], *, numbers: set[int]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
