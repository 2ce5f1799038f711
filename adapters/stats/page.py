"""The owner's page: one HTML file that needs no network, for a phone, a desk and paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from adapters.stats import charts, words
from adapters.stats.ledger import name_of
from engine.booking import Reason
from engine.statistics import CONFIDENCE, FEW, Counted, Rate, Statistics

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_LEGEND = (
    f'<p class="legend"><b></b> доля, <b class="band"></b> {CONFIDENCE * 100:.0f}&nbsp;% интервал, '
    f'<b class="few"></b> меньше {FEW} случаев: может быть случайностью</p>'
)
_MONEY = '<p class="legend"><b></b> потеряно наверняка, <b class="band"></b> может быть потеряно</p>'
_NOTHING = f'<p class="card">{escape(words.SOON)}</p>\n'


@dataclass(frozen=True, slots=True)
class Note:
    """A line above everything: what this page is, and where it leads back to."""

    words: str
    back: str
    to: str


def page(
    statistics: Statistics,
    warnings: Sequence[str],
    names: Mapping[Reason, str] = words.REASONS,
    note: Note | None = None,
) -> str:
    title = f"Отмены и переносы: {words.days(statistics)}"
    style = files("adapters.stats").joinpath("page.css").read_text(encoding="utf-8")
    period = f"{words.days(statistics)}, дни по часам салона ({name_of(statistics.zone)})"
    told = _NOTHING if statistics.is_empty else "".join(_figures(statistics, names))
    return f"""<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<header>
{_note(note)}<h1>Отмены и переносы</h1>
<p class="quiet">{escape(period)}</p>
</header>
<main>
{_warnings(warnings)}{told}</main>
<footer>
<p>{escape(words.RATE)}</p>
<p>{escape(words.MONEY)}</p>
<p>{escape(words.SOURCE)}</p>
</footer>
</body>
</html>"""


def _note(note: Note | None) -> str:
    if note is None:
        return ""
    return f'<p class="note">{escape(note.words)} <a href="{escape(note.to)}">{escape(note.back)}</a></p>\n'


def _warnings(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    return f'<ul class="warnings">{"".join(f"<li>{escape(each)}</li>" for each in warnings)}</ul>\n'


def _figures(statistics: Statistics, names: Mapping[Reason, str]) -> Iterator[str]:
    yield _tiles(statistics.total)
    yield '<div class="cards">\n'
    yield from _cards(statistics, names)
    yield "</div>\n"


def _tiles(total: Counted) -> str:
    share = f"{words.interval(total.rate)}, всего {words.number(total.rate.of)}"
    bounds = "наверняка и самое большее" if total.money.low != total.money.high else ""
    saved = f"вернули {words.number(total.taken_back)}, перенесли {words.number(total.moved)}"
    tiles = (
        ("whole lead", "Доля потерянных визитов", words.percent(total.rate.value), share),
        ("whole", "Под угрозой", words.money_range(total.money), bounds),
        ("", "Отмены", words.number(total.cancelled), f"поздних: {words.number(total.late)}"),
        ("", "Спасено", words.number(total.taken_back + total.moved), saved),
    )
    return f'<dl class="tiles">{"".join(_tile(*tile) for tile in tiles)}</dl>\n'


def _tile(kind: str, name: str, figure: str, more: str) -> str:
    below = f"<dd>{more}</dd>" if more else ""
    return f'<div class="{kind}"><dt>{name}</dt><dd>{figure}</dd>{below}</div>'


def _cards(statistics: Statistics, names: Mapping[Reason, str]) -> Iterator[str]:
    spells, total = statistics.over_time, statistics.total
    narrow, wide = charts.over_time(spells), charts.over_time(spells, charts.WIDE)
    yield _card(
        "Доля потерь по времени",
        f'<div class="narrow">{narrow}</div><div class="wide">{wide}</div>',
        _LEGEND
        + _table(
            _SHARES, ((words.spell(each), _n(each.cancelled), *_rate(each.rate)) for each in spells), "stack"
        ),
        about=words.steps(spells),
        kind="span",
    )
    if total.cancelled:
        yield from _about_cancelled(statistics, names)
    if total.rate.of:
        yield _shares(
            "Услуги",
            "доля потерянных визитов; визит с несколькими услугами считается у каждой из них",
            statistics.by_service,
        )
        yield _shares(
            "Мастера", "доля потерянных визитов; рядом с именем число обращений", statistics.by_master
        )
    drawn = (charts.money(total.money), _MONEY) if total.money.high else ("", "")
    yield _card("Деньги под угрозой", *drawn, about=words.money_range(total.money))
    yield _card("Все обращения", "", _totals(total), kind="span")


def _about_cancelled(statistics: Statistics, names: Mapping[Reason, str]) -> Iterator[str]:
    total = statistics.total.cancelled
    given = total - statistics.by_reason["none"]
    few = f"; {words.rare(total)}" if words.rare(total) else ""
    yield _card(
        "Почему отменяют",
        charts.reasons(statistics, names),
        _table(
            ("Причина", "Отмены", "Доля"),
            ((names[c], _n(n), words.percent(n / total)) for c, n in words.reasons(statistics.by_reason)),
        ),
        about=f"число отмен; причину назвали {words.number(given)} из {words.number(total)}{few}",
    )
    yield _card(
        "За сколько до визита",
        charts.leads(statistics.by_lead_hours),
        _table(
            ("До визита", "Отмены"), ((words.lead(time), _n(time.n)) for time in statistics.by_lead_hours)
        ),
        about=f"число отмен; чем позже отмена, тем труднее продать окно{few}",
    )
    yield _card(
        "Когда пустеют окна",
        charts.week(statistics),
        _table(
            ("Час", *words.WEEKDAYS),
            (
                (f"{hour:02}:00", *(_n(day[hour]) for day in statistics.by_start))
                for hour in range(24)
                if any(day[hour] for day in statistics.by_start)
            ),
            "tight",
        ),
        about=f"число отменённых визитов по дню недели и часу{few}",
    )


def _shares(title: str, about: str, groups: Mapping[str, Counted]) -> str:
    rows = (
        (
            words.printable(each.name) or "–",
            _n(each.cancelled),
            *_rate(each.rate),
            words.money_range(each.money),
        )
        for each in groups.values()
    )
    heads = (title, *_SHARES[1:], "Деньги")
    return _card(title, charts.shares(title, groups), _LEGEND + _table(heads, rows, "stack"), about=about)


# ── what the page is made of ──────────────────────────────────────────────────────────────────────────

_NUMBER = ' class="n"'
_SHARES = ("Дни", "Отмены", "Доля потерь", "Интервал", "Из скольких")


def _rate(rate: Rate) -> tuple[str, str, str]:
    few = " (мало)" if rate.is_shaky else ""
    return words.percent(rate.value), words.interval(rate) or "–", f"{words.number(rate.of)}{few}"


def _n(n: int) -> str:
    return words.number(n)


def _card(title: str, chart: str, rest: str, *, about: str = "", kind: str = "") -> str:
    told = f'<p class="quiet">{escape(about)}</p>' if about else ""
    drawn = f'<div class="chart">{chart}</div>' if chart else ""
    return f'<section class="card {kind}"><h2>{escape(title)}</h2>{told}{drawn}{rest}</section>\n'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return the numbers behind a chart, folded. All columns but the first hold numbers.

    `kind`: "stack": on a phone the numbers of a row stand below its name; "tight": the columns are narrow.
    """
    head = "".join(
        f'<th role="columnheader" scope="col"{_NUMBER if i else ""}>{escape(told)}</th>'
        for i, told in enumerate(heads)
    )
    body = "".join(_row(heads, row) for row in rows)
    return (
        "<details><summary>Числа</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(heads[0])}: таблица">'
        # Roles by name: a row that a phone shows as a grid would lose its own.
        f'<table role="table" class="{kind}"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div></details>'
    )


def _row(heads: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td role="cell"{_NUMBER} data-head="{escape(head)}">{escape(cell)}</td>'
        for head, cell in zip(heads[1:], row[1:], strict=True)
    )
    return f'<tr role="row"><th role="rowheader" scope="row">{escape(row[0])}</th>{cells}</tr>'


def _totals(total: Counted) -> str:
    rows = "".join(_total(title, getattr(total, name), why) for name, title, why in words.TOTALS)
    return f'<table class="totals"><tbody>{rows}</tbody></table>'


def _total(title: str, n: int, why: str) -> str:
    part = ' class="sub"' if title[0].islower() else ""
    name = f'<th scope="row"{part}>{escape(title)}</th>'
    return f'<tr>{name}<td class="n">{_n(n)}</td><td>{escape(why)}</td></tr>'
