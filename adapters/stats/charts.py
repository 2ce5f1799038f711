"""Charts as inline SVG, drawn by Vega-Lite without a browser or a network.

Colours are the page's own variables, so that one drawing serves light, dark and paper.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from adapters.stats import words
from engine.booking import Reason
from engine.statistics import Counted, LeadTime, Money, Spell, Statistics

# As wide as the column of a phone, so that letters keep their size there; a desktop has room for two.
WIDTH, WIDE = 330, 760
ROW_STEP = 27
# So many masters, or services, are drawn; below the drawing all are told.
ROWS_MAX = 12
# More hours than this leave no room for a number in each.
NUMBERED_HOURS_MAX = 12
# Of a name that stands before its row; a letter of 12 px is at most so wide on average.
NAME_MAX, LETTER_WIDTH = 22, 7.6

Spec = dict[str, Any]

_CONFIG: Spec = {
    "background": None,
    # One sentence for the whole is read out instead (`_svg`).
    "aria": False,
    "font": "system-ui, Roboto, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
    },
    "text": {"color": "var(--ink)", "fontSize": 12},
}


def over_time(spells: Sequence[Spell], width: int = WIDTH) -> str:
    """Return the share of lost visits with the band of its interval. Hollow points: few cases."""
    values = [
        {
            "i": i,
            "value": spell.rate.value,
            "low": spell.rate.low if spell.rate.of else None,
            "high": spell.rate.high if spell.rate.of else None,
            "few": spell.rate.is_shaky,
        }
        for i, spell in enumerate(spells)
    ]
    x = _places([words.spell(spell) for spell in spells], most=width // 85)
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": _percents()}
    low_to_high = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    value = {"x": x, "y": {**y, "field": "value"}}
    layers = (
        _layer("area", low_to_high, color="var(--band)"),
        # Where a neighbour is missing there is no area: the interval is a line.
        _layer("rule", low_to_high, color="var(--band-edge)", strokeWidth=1.5),
        _layer("line", value, color="var(--accent)", strokeWidth=2.5),
        _points(value),
    )
    heard = (f"{words.spell(spell)}: {words.rate(spell.rate)}" for spell in spells)
    return _svg({"layer": layers, "height": 200}, values, _heard("Доля потерь по времени", heard), width)


def reasons(statistics: Statistics, names: Mapping[Reason, str]) -> str:
    counted = {names[code]: n for code, n in words.reasons(statistics.by_reason) if n}
    return _bars("Причины отмен", counted, pale=names["none"])


def leads(times: Sequence[LeadTime]) -> str:
    return _bars("За сколько до визита отменяют", {words.lead(time): time.n for time in times})


def shares(title: str, groups: Mapping[str, Counted]) -> str:
    """Return for each master or service its share of lost visits, as a point on its interval."""
    shown = [each for each in groups.values() if each.rate.of][:ROWS_MAX]
    values = [
        {
            "i": i,
            "value": each.rate.value,
            "low": each.rate.low,
            "high": each.rate.high,
            "few": each.rate.is_shaky,
        }
        for i, each in enumerate(shown)
    ]
    y = _rows([_short(each.name or "–", f" · {words.number(each.rate.of)}") for each in shown])
    # A point at an end is drawn whole.
    x = {
        "type": "quantitative",
        "scale": {"domain": [-0.03, 1.03], "nice": False},
        "axis": {**_percents(0.5), "labelFlush": 12},
    }
    low_to_high = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}
    layers = (
        _layer("rule", low_to_high, color="var(--band-edge)", strokeWidth=7, strokeCap="round"),
        _points({"y": y, "x": {**x, "field": "value"}}),
    )
    heard = (f"{each.name}: {words.rate(each.rate)}" for each in shown)
    return _svg({"layer": layers, "height": ROW_STEP * len(shown)}, values, _heard(title, heard))


def week(statistics: Statistics) -> str:
    """Return weekday × hour, from the first hour with a cancelled visit to the last."""
    hours = _hours(statistics.by_start)
    most = max(map(max, statistics.by_start)) or 1
    values = [
        {"i": i, "hour": hour, "n": day[hour], "share": day[hour] / most}
        for i, day in enumerate(statistics.by_start)
        for hour in hours
    ]
    every = 1 if len(hours) <= NUMBERED_HOURS_MAX else 3
    title = "час, в который начинался визит"
    axis = {
        "title": title,
        "labelAngle": 0,
        "labelExpr": f"datum.value % {every} ? '' : datum.value",
        **_BARE,
    }
    x = {"field": "hour", "type": "ordinal", "axis": axis}
    place = {"x": x, "y": _rows(words.WEEKDAYS)}
    strength = {"field": "share", "type": "quantitative", "legend": None}
    cells = {**place, "fillOpacity": {**strength, "scale": _SHADES}}
    layers = [
        _layer("rect", cells, fill="var(--accent)", stroke="var(--surface)", strokeWidth=2, cornerRadius=4)
    ]
    if len(hours) <= NUMBERED_HOURS_MAX:
        ink = {
            "condition": {"test": "datum.share >= 0.6", "value": "var(--on-accent)"},
            "value": "var(--ink)",
        }
        layers.append(_layer("text", {**place, "text": {"field": "n"}, "color": ink}, fontSize=11))
    heard = (
        f"{words.WEEKDAYS_WHOLE[i]}, {hour} ч: {day[hour]}"
        for i, day in enumerate(statistics.by_start)
        for hour in hours
        if day[hour]
    )
    return _svg({"layer": layers, "height": 7 * ROW_STEP}, values, _heard("Отменённые визиты", heard))


def money(found: Money) -> str:
    """Return a bar up to what is surely lost, and from there a paler one to what may be."""
    values = [{"low": float(found.low), "high": float(found.high)}]
    axis = {"title": None, "tickCount": 4, "domain": False, "ticks": False, "labelExpr": _THOUSANDS}
    x = {"type": "quantitative", "scale": {"domainMin": 0, "nice": True}, "axis": axis}
    layers = (
        _layer(
            "bar", {"x": {**x, "field": "low"}, "x2": {"field": "high"}}, color="var(--band-edge)", height=22
        ),
        _layer("bar", {"x": {**x, "field": "low"}, "x2": {"datum": 0}}, color="var(--accent)", height=22),
    )
    return _svg({"layer": layers, "height": 40}, values, f"Деньги под угрозой: {words.money_range(found)}")


# ── what the charts are made of ───────────────────────────────────────────────────────────────────────

# Between 0.5 and 0.8 neither dark nor light digits could be read on the colour (WCAG AA), in either scheme.
_SHADES = {
    "type": "threshold",
    "domain": [0.001, 0.2, 0.4, 0.6, 0.8],
    "range": [0.04, 0.14, 0.3, 0.48, 0.8, 1],
}
_BARE = {"ticks": False, "domain": False, "labelPadding": 8}
_THOUSANDS = (
    "datum.value >= 1000000 ? replace(format(datum.value / 1000000, '.2~f'), '.', ',') + ' млн'"
    " : datum.value >= 1000 ? format(datum.value / 1000, '.0f') + ' тыс.' : format(datum.value, '.0f')"
)


def _layer(kind: str, encoding: Mapping[str, Any], **mark: Any) -> Spec:
    return {"mark": {"type": kind, **mark}, "encoding": encoding}


def _points(place: Mapping[str, Any]) -> Spec:
    """Return a point for each case, hollow where it stands for few."""
    fill = {"condition": {"test": "datum.few", "value": "var(--surface)"}, "value": "var(--accent)"}
    encoding = {**place, "stroke": {"value": "var(--accent)"}, "fill": fill}
    return _layer("point", encoding, size=50, filled=True, opacity=1, strokeWidth=2)


def _bars(title: str, counted: Mapping[str, int], *, pale: str = "") -> str:
    """Return one bar for each name, in the order given, each with its number, one of them `pale`."""
    values = [
        {"i": i, "n": n, "told": words.number(n), "pale": name == pale}
        for i, (name, n) in enumerate(counted.items())
    ]
    colour = {"condition": {"test": "datum.pale", "value": "var(--band-edge)"}, "value": "var(--accent)"}
    # A quarter of the width is left for the number behind the longest bar.
    room = {"domain": [0, max(counted.values(), default=0) * 1.25 or 1], "nice": False}
    place = {
        "y": _rows(list(counted)),
        "x": {"field": "n", "type": "quantitative", "axis": None, "scale": room},
    }
    layers = (
        _layer("bar", {**place, "color": colour}, cornerRadiusEnd=4, height=15),
        _layer(
            "text", {**place, "text": {"field": "told"}}, align="left", dx=5, color="var(--ink)", fontSize=12
        ),
    )
    heard = (f"{name}: {words.number(n)}" for name, n in counted.items())
    return _svg({"layer": layers, "height": ROW_STEP * len(counted)}, values, _heard(title, heard))


def _rows(names: Sequence[str]) -> Spec:
    """Return rows by their numbers: two of one name stay two."""
    # The page's font is the reader's own, and nobody here can measure it.
    room = max(map(len, names), default=0) * LETTER_WIDTH + 10
    axis = {"title": None, "labelLimit": 0, "minExtent": room, "labelExpr": _named(dict(enumerate(names)))}
    return {"field": "i", "type": "ordinal", "sort": None, "axis": {**axis, **_BARE}}


def _short(name: str, behind: str) -> str:
    room = NAME_MAX - len(behind)
    return (name if len(name) <= room else f"{name[: room - 1]}…") + behind


def _places(names: Sequence[str], most: int) -> Spec:
    """Return places along the time; no more than `most` of them are named."""
    step = -(-len(names) // max(most, 1)) or 1
    shown = {i: name for i, name in enumerate(names) if i % step == 0}
    domain = [-0.4, max(len(names) - 0.6, 0.4)]
    axis = {
        "title": None,
        "grid": False,
        "values": list(shown),
        "labelExpr": _named(shown),
        "labelFlush": False,
        # The last one ends at its point: centred, it would leave the drawing.
        "labelAlign": {
            "condition": {"test": f"datum.value === {len(names) - 1}", "value": "right"},
            "value": "center",
        },
        "labelPadding": 9,
        "labelOverlap": True,
    }
    return {"field": "i", "type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": axis}


def _named(names: Mapping[int, str]) -> str:
    """Return an expression of Vega's that names a place. A name is data in it, whatever is written there."""
    # In ASCII with \\u: no letter of a name can end the text that holds it.
    return f"({json.dumps({str(i): words.printable(name) for i, name in names.items()})})[datum.value]"


def _percents(every: float = 0.25) -> Spec:
    """Return an axis from 0 to 1, with a line at each quarter; labels stand at each `every`."""
    label = f"datum.value % {every} ? '' : format(100 * datum.value, '.0f') + '\u00a0%'"
    values = [0, 0.25, 0.5, 0.75, 1]
    return {"title": None, "labelExpr": label, "values": values, "labelOverlap": False, **_BARE}


def _hours(by_hour: Sequence[Sequence[int]]) -> range:
    taken = [hour for hour in range(24) if any(day[hour] for day in by_hour)]
    return range(taken[0], taken[-1] + 1) if taken else range(10, 20)


def _heard(title: str, told: Iterable[str]) -> str:
    return words.printable(f"{title}. {'; '.join(told)}.")


def _svg(spec: Spec, values: Sequence[Spec], heard: str, width: int = WIDTH) -> str:
    """Draw it; `heard` is what a screen reader says instead."""
    whole = {
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        "config": _CONFIG,
        "data": {"values": list(values)},
        **spec,
    }
    import vl_convert  # here, since it takes a second to load, and who only names the page need not wait

    drawn = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    opening, rest = drawn.split(">", 1)
    named = opening.replace("<svg ", f'<svg role="img" aria-label="{escape(heard)}" ', 1)
    # Its parts have roles of their own, which would be read beside the one sentence.
    return f'{named}><g aria-hidden="true">{rest.removesuffix("</svg>")}</g></svg>'
