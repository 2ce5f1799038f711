"""The one day and time that a message comes down to, said on Monday the 23rd of November 2026 at ten."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from engine.understanding.lemmas import shared
from engine.understanding.meaning import Context, Intent
from engine.understanding.phrase import phrase
from engine.understanding.resolving import Resolved, resolve

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
Resolves = Callable[..., Resolved]


def _resolved(
    text: str, intent: Intent = "cancel", context: Context = "idle", starts: tuple[datetime, ...] = ()
) -> Resolved:
    said = phrase(text, shared(), MONDAY)
    return resolve([clause.moments for clause in said.clauses], context, intent, starts)


def _named(text: str, intent: Intent = "cancel") -> tuple[str | None, str | None]:
    """Return the client's own words for the day and for the time."""
    said = phrase(text, shared(), MONDAY)
    found = resolve([clause.moments for clause in said.clauses], "idle", intent)
    cut = []
    for place in (found.date_at, found.time_at):
        if place is None:
            cut.append(None)
            continue
        spans = said.clauses[place.clause].spans
        cut.append(text[spans[place.first][0] : spans[place.end - 1][1]])
    return cut[0], cut[1]


@pytest.mark.parametrize(
    ("text", "intent", "context", "iso"),
    [
        ("в эту пятницу", "reschedule", "reschedule", "2026-11-27"),
        ("в ту пятницу", "reschedule", "reschedule", "2026-11-27"),
        ("через пару дней", "reschedule", "reschedule", "2026-11-25"),
        ("25/11", "reschedule", "reschedule", "2026-11-25"),
        ("25 числа", "reschedule", "reschedule", "2026-11-25"),
        ("1 дек", "reschedule", "reschedule", "2026-12-01"),
        ("15", "reschedule", "reschedule", "T15:00"),
        ("28", "reschedule", "reschedule", "2026-11-28"),
        ("15ч", "reschedule", "reschedule", "T15:00"),
        ("в 15ч", "reschedule", "reschedule", "T15:00"),
        ("в 15 ч", "reschedule", "reschedule", "T15:00"),
        ("15 00", "reschedule", "reschedule", "T15:00"),
        ("в три", "reschedule", "reschedule", "T15:00"),
        ("к трём", "reschedule", "reschedule", "T15:00"),
        ("в час дня", "reschedule", "reschedule", "T13:00"),
        ("в два", "reschedule", "reschedule", "T14:00"),
        ("часов в пять", "reschedule", "reschedule", "T17:00"),
        ("часам к шести", "reschedule", "reschedule", "T18:00"),
        ("после обеда", "reschedule", "reschedule", None),
        ("до обеда", "reschedule", "reschedule", "T12:00"),
        ("ближе к вечеру", "reschedule", "reschedule", None),
        ("сегодня вечером", "reschedule", "reschedule", "2026-11-23"),
        ("в районе трёх", "reschedule", "reschedule", "T15:00"),
        ("вместо среды в пятницу", "reschedule", "idle", "2026-11-27"),
        ("запись на 15 перенести на 17", "reschedule", "idle", "T17:00"),
        ("перенести запись в четверг на субботу", "reschedule", "idle", "2026-11-28"),
        ("перенесите с 25 на 27", "reschedule", "idle", "2026-11-27"),
        ("перенесите с 20 на 27", "reschedule", "idle", "2026-11-27"),
        ("с завтра на среду", "reschedule", "idle", "2026-11-25"),
        ("через час", "reschedule", "reschedule", "2026-11-23T11:00"),
        ("давайте не в пятницу а в субботу", "reschedule", "idle", "2026-11-28"),
        ("не смогу в пятницу, давайте в субботу", "reschedule", "idle", "2026-11-28"),
        ("в субботу могу, а в пятницу нет", "reschedule", "idle", "2026-11-28"),
        ("в пятницу нет, а в субботу да", "reschedule", "idle", "2026-11-28"),
        ("можно в субботу? в пятницу не смогу", "reschedule", "idle", "2026-11-28"),
        ("поставьте на субботу в 12, завтра не могу", "reschedule", "idle", "2026-11-28T12:00"),
        ("перенесите на 27 с 25", "reschedule", "idle", "2026-11-27"),
        ("перенесите на пятницу на 11", "reschedule", "idle", "2026-11-27T11:00"),
        ("перенесите на пятницу на то же время, на 11", "reschedule", "idle", "2026-11-27T11:00"),
        ("завтра у меня запись в 15 можно на 16", "reschedule", "idle", "2026-11-24T16:00"),
        ("завтра у меня запись в 15, можно на четверг?", "reschedule", "idle", "2026-11-26"),
        ("у меня завтра в 15 а можно в четверг", "reschedule", "idle", "2026-11-26"),
        ("можно с 15 завтра на 16 четверг", "reschedule", "idle", "2026-11-26T16:00"),
        ("перенести с 15.00 26.11 на 17.00 28.11", "reschedule", "idle", "2026-11-28T17:00"),
        ("с 24 ноября 12:00 на 25 ноября 14:00", "reschedule", "idle", "2026-11-25T14:00"),
        ("на выходные", "reschedule", "idle", "2026-11-28"),
        ("в выходной", "reschedule", "idle", None),
        ("на следующих выходных", "reschedule", "idle", "2026-12-05"),
        ("на ближайшие выходные", "reschedule", "idle", "2026-11-28"),
        ("на той неделе в четверг", "reschedule", "idle", "2026-12-03"),
        ("в четверг на той неделе", "reschedule", "idle", "2026-12-03"),
        ("на следующей неделе в среду в 6", "reschedule", "idle", "2026-12-02T18:00"),
        ("на этой неделе в пт", "reschedule", "idle", "2026-11-27"),
        ("через неделю в четверг", "reschedule", "idle", "2026-12-03"),
        ("в следующий чт 17:00", "reschedule", "idle", "2026-12-03T17:00"),
        ("чт 17", "reschedule", "idle", "2026-11-26T17:00"),
        ("завтра 17", "reschedule", "idle", "2026-11-24T17:00"),
        ("завтра на 17 часов", "reschedule", "idle", "2026-11-24T17:00"),
        ("завтра в 5 вечера", "reschedule", "idle", "2026-11-24T17:00"),
        ("завтра 5 вечера", "reschedule", "idle", "2026-11-24T17:00"),
        ("не позже 18", "reschedule", "idle", "T18:00"),
        ("не раньше среды", "reschedule", "idle", "2026-11-25"),
        ("с 12 до 14 в четверг", "reschedule", "idle", "2026-11-26T12:00"),
        ("завтра с 14-16", "reschedule", "idle", "2026-11-24T14:00"),
        ("завтра 14-16", "reschedule", "idle", "2026-11-24T14:00"),
        ("завтра между 12 и 14", "reschedule", "idle", "2026-11-24T12:00"),
        ("в любой день с 1 по 5 декабря", "reschedule", "idle", "2026-12-01"),
        ("в любой день кроме субботы и воскресенья", "reschedule", "idle", "2026-11-28"),
        ("только не утром", "reschedule", "idle", None),
        ("попозже в пятницу", "reschedule", "idle", "2026-11-27"),
        ("пораньше, часов в 10", "reschedule", "idle", "T10:00"),
        ("полдвенадцатого", "reschedule", "idle", "T11:30"),
        ("в полпервого", "reschedule", "idle", "T12:30"),
        ("пол 5", "reschedule", "idle", "T16:30"),
        ("полпятого вечера", "reschedule", "idle", "T16:30"),
        ("без десяти три", "reschedule", "idle", "T14:50"),
        ("без 15 три", "reschedule", "idle", "T14:45"),
        ("на 9 вечера", "reschedule", "idle", "T21:00"),
        ("в 9", "reschedule", "idle", "T09:00"),
        ("в 8 утра", "reschedule", "idle", "T08:00"),
        ("к восьми", "reschedule", "idle", "T20:00"),
        ("в девятнадцать", "reschedule", "idle", "T19:00"),
        ("в двадцать один ноль ноль", "reschedule", "idle", "T21:00"),
        ("в двадцать", "reschedule", "idle", "T20:00"),
        ("в 12-30", "reschedule", "idle", "T12:30"),
        ("в 15.30 завтра", "reschedule", "idle", "2026-11-24T15:30"),
        ("15.30", "reschedule", "idle", "T15:30"),
        ("26.11 в 15.30", "reschedule", "idle", "2026-11-26T15:30"),
        ("26.11 15.30", "reschedule", "idle", "2026-11-26T15:30"),
        ("26 ноября 15.30", "reschedule", "idle", "2026-11-26T15:30"),
        ("в субботу на 2 часа позже", "reschedule", "idle", "2026-11-28"),
        ("на 2 часа позже", "reschedule", "idle", None),
        ("на часик позже", "reschedule", "idle", None),
        ("сдвиньте на час", "reschedule", "idle", None),
        ("сдвиньте на час вперёд", "reschedule", "idle", None),
        ("на день позже", "reschedule", "idle", None),
        ("на неделю вперёд", "reschedule", "idle", None),
        ("сдвиньте на два часа", "reschedule", "idle", None),
        ("на пару часов позже", "reschedule", "idle", None),
        ("на 30 минут раньше", "reschedule", "idle", None),
        ("на полчаса", "reschedule", "idle", None),
        ("давайте на послезавтра", "reschedule", "idle", "2026-11-25"),
        ("а можно на день раньше, в среду?", "reschedule", "idle", "2026-11-25"),
        ("можно не в 15 а в 16", "reschedule", "idle", "T16:00"),
        ("вместо 15:00 можно в 16:00?", "reschedule", "idle", "T16:00"),
        ("перенесите с четверга на следующий четверг", "reschedule", "idle", "2026-12-03"),
        ("перенесите меня со среды на пятницу на то же время", "reschedule", "idle", "2026-11-27"),
        ("перенесите на следующий день", "reschedule", "idle", None),
        ("завтра не получится, можно в четверг после 5?", "reschedule", "idle", "2026-11-26T17:00"),
        ("я завтра записана на 15 но не успеваю можно на 17", "reschedule", "idle", "2026-11-24T17:00"),
        (
            "я записана на завтра в 15 можно перенести на пятницу на 12",
            "reschedule",
            "idle",
            "2026-11-27T12:00",
        ),
        ("записана на 27, хочу на 28", "reschedule", "idle", "2026-11-28"),
        ("перепишите с двух на четыре", "reschedule", "idle", "T16:00"),
        ("сдвиньте с 14:00 на 16:00 завтра", "reschedule", "idle", "2026-11-24T16:00"),
        ("можно маникюр завтра сдвинуть с 14 на 15", "reschedule", "idle", "2026-11-24T15:00"),
        ("можно ли перенести мою пятничную запись на воскресенье", "reschedule", "idle", "2026-11-29"),
        ("хочу перенести завтрашнюю запись", "reschedule", "idle", "2026-11-24"),
        ("хочу перенести запись на завтра", "reschedule", "idle", "2026-11-24"),
        ("перенесите запись, завтра не могу", "reschedule", "idle", "2026-11-24"),
        ("не могу в пятницу, перенесите на любой день следующей недели", "reschedule", "idle", "2026-11-30"),
        ("на субботу 28 ноября, 11 утра", "reschedule", "idle", "2026-11-28T11:00"),
        ("перенесите плиз на попозже сегодня, часов на 7", "reschedule", "idle", "2026-11-23T19:00"),
        ("вместо 24 на 26", "reschedule", "idle", "2026-11-26"),
        ("не 24-е, а 26-е", "reschedule", "idle", "2026-11-26"),
        ("с 24-го на 26-е на 12", "reschedule", "idle", "2026-11-26T12:00"),
        ("на 26-е вместо 24-го", "reschedule", "idle", "2026-11-26"),
        ("с утра на вечер", "reschedule", "idle", None),
        ("давайте в субботу или воскресенье", "reschedule", "idle", "2026-11-28"),
        ("в любое время после 18 кроме среды", "reschedule", "idle", "T18:00"),
        ("завтра или послезавтра, после трёх", "reschedule", "idle", "2026-11-24T15:00"),
        ("вт", "reschedule", "reschedule", "2026-11-24"),
        ("27", "reschedule", "reschedule", "2026-11-27"),
        ("пятое", "reschedule", "reschedule", "2026-12-05"),
        ("пятого", "reschedule", "reschedule", "2026-12-05"),
        ("на пять", "reschedule", "reschedule", "T17:00"),
        ("завтра в то же время", "reschedule", "reschedule", "2026-11-24"),
        ("В субботу, но не раньше 12", "reschedule", "reschedule", "2026-11-28T12:00"),
        ("в субботу до 15", "reschedule", "reschedule", "2026-11-28T15:00"),
        ("после 20-го", "reschedule", "reschedule", "2026-12-20"),
        ("после 1 декабря", "reschedule", "reschedule", "2026-12-01"),
        ("в среду утром, часов в 9-10", "reschedule", "reschedule", "2026-11-25T09:00"),
        ("на утро субботы", "reschedule", "reschedule", "2026-11-28"),
        ("на вечер пятницы", "reschedule", "reschedule", "2026-11-27"),
        ("в начале следующей недели", "reschedule", "reschedule", None),
        ("только в пятницу могу", "reschedule", "reschedule", "2026-11-27"),
        ("кроме пятницы в любой", "reschedule", "reschedule", "2026-11-27"),
        ("не завтра", "reschedule", "reschedule", "2026-11-24"),
        (
            "в пятницу не смогу, в субботу тоже, давайте в воскресенье",
            "reschedule",
            "reschedule",
            "2026-11-29",
        ),
        ("может 3го декабря", "reschedule", "reschedule", "2026-12-03"),
        ("через месяц", "reschedule", "reschedule", "2026-12-23"),
        ("через 2 недели в тот же день", "reschedule", "reschedule", "2026-12-07"),
        ("после нового года", "reschedule", "reschedule", "2027-01-01"),
        ("в декабре", "reschedule", "reschedule", "2026-12-01"),
    ],
)
def test_a_move_resolves_to_its_new_day_and_time(
    text: str, intent: Intent, context: Context, iso: str | None
) -> None:
    assert _resolved(text, intent, context).iso == iso


@pytest.mark.parametrize(
    ("text", "intent", "context", "iso"),
    [
        ("отмените на 5 декабря 10:00", "cancel", "idle", "2026-12-05T10:00"),
        ("запись 25 ноября 15:00 отмените", "cancel", "idle", "2026-11-25T15:00"),
        ("запись на 25 ноября в 15 00 отмените", "cancel", "idle", "2026-11-25T15:00"),
        (
            "запись на двадцать пятое ноября на пятнадцать тридцать отмените",
            "cancel",
            "idle",
            "2026-11-25T15:30",
        ),
        ("запись на пятнадцать ноль ноль", "cancel", "idle", "T15:00"),
        ("завтра в три часа дня не приду", "cancel", "idle", "2026-11-24T15:00"),
        ("отмените запись на 2", "cancel", "idle", "T14:00"),
        ("отмените обе записи на завтра", "cancel", "idle", "2026-11-24"),
        ("24-го в 15", "cancel", "idle", "2026-11-24T15:00"),
        ("отмените с 24 числа", "cancel", "idle", "2026-11-24"),
        ("сегодня в обед не смогу", "cancel", "idle", "2026-11-23"),
        ("не приду ни сегодня ни завтра", "cancel", "idle", "2026-11-23"),
        ("с утра завтра не смогу", "cancel", "idle", "2026-11-24"),
        ("на 15-е", "choose", "choose", "2026-12-15"),
        ("на 25", "choose", "choose", "2026-11-25"),
        ("на 15", "choose", "choose", "T15:00"),
        ("25 ноября 12:30", "choose", "choose", "2026-11-25T12:30"),
        ("та что в 12", "choose", "choose", "T12:00"),
        ("вторая в субботу", "choose", "choose", "2026-11-28"),
        ("вторник", "choose", "choose", "2026-11-24"),
        ("на пятое", "choose", "choose", "2026-12-05"),
        ("пятого", "choose", "choose", "2026-12-05"),
        ("третьего декабря", "choose", "choose", "2026-12-03"),
        ("маникюр в 3", "choose", "choose", "T15:00"),
        ("до завтра", "thanks", "idle", "2026-11-24"),
        (
            "здравствуйте я записана на завтра на три часа к оле не получается прийти отмените пожалуйста",
            "cancel",
            "idle",
            "2026-11-24T15:00",
        ),
        ("в пятницу корпоратив, отмените маникюр", "cancel", "idle", "2026-11-27"),
        ("Отмените, пожалуйста, на 26-е, 18:30", "cancel", "idle", "2026-11-26T18:30"),
        ("меня не будет в пятницу и субботу", "cancel", "idle", "2026-11-27"),
        ("снимите запись в следующий понедельник в 10", "cancel", "idle", "2026-11-30T10:00"),
        ("в этот чт не приду", "cancel", "idle", "2026-11-26"),
        ("я сегодня к 18:00 не успею, отмените", "cancel", "idle", "2026-11-23T18:00"),
        ("Отмените запись на 5 число", "cancel", "idle", "2026-12-05"),
        ("Отмените запись на 5 декабря на 5 вечера", "cancel", "idle", "2026-12-05T17:00"),
        ("отмена на 28.11.26", "cancel", "idle", "2026-11-28"),
        ("сегодня заболела, завтра не приду", "cancel", "idle", "2026-11-24"),
        ("вчера заболела, на завтра отмените", "cancel", "idle", "2026-11-24"),
        ("была у вас в прошлую пятницу, следующую отмените", "cancel", "idle", "2026-12-04"),
        ("мы записаны на 16 и на 17 с дочкой, отмените обе", "cancel", "idle", "T16:00"),
        ("не приду 30 ноября", "cancel", "idle", "2026-11-30"),
        ("сегодня у ребёнка поднялась температура 39, не придём завтра", "cancel", "idle", "2026-11-24"),
        ("снимите бронь со среды", "cancel", "idle", "2026-11-25"),
        ("вечернюю запись в пятницу отмените", "cancel", "idle", "2026-11-27"),
        ("уберите меня с пятницы 27 ноября 14:00", "cancel", "idle", "2026-11-27T14:00"),
        ("до завтра не выздоровею, отмените", "cancel", "idle", "2026-11-24"),
        ("всю эту неделю болею, отмените", "cancel", "idle", "2026-11-23"),
        ("в среду в три буду, не отменяйте", "keep", "idle", "2026-11-25T15:00"),
        ("ждите завтра к двум", "keep", "idle", "2026-11-24T14:00"),
        ("приду завтра как договаривались в 11", "keep", "idle", "2026-11-24T11:00"),
        ("задержусь, буду в 15:20", "late", "idle", "T15:20"),
        ("запись в 15 буду в 15 20", "late", "idle", "T15:20"),
        ("приду не в 15 а в 15:30", "late", "idle", "T15:30"),
        ("опоздаю, буду ближе к четырём", "late", "idle", "T16:00"),
        ("подойду к 12 вместо 11:30", "late", "idle", "T12:00"),
        ("подруга записана на завтра в 12, отмените ей", "third_party", "idle", "2026-11-24T12:00"),
        ("а если завтра не смогу прийти?", "ask_cancel", "idle", "2026-11-24"),
        ("до 12 можно отменить?", "ask_cancel", "idle", "T12:00"),
        ("да, отменяйте, на 15 ноября", "yes", "confirm", "2027-11-15"),
        ("да, среда 12:00", "yes", "confirm", "2026-11-25T12:00"),
        ("нет, не на 15, а на 16", "no", "confirm", "T16:00"),
        ("не эту, а в субботу", "no", "confirm", "2026-11-28"),
        ("12:30", "choose", "choose", "T12:30"),
        ("1, в среду", "choose", "choose", "2026-11-25"),
        ("обе на субботу", "choose", "choose", "2026-11-28"),
        ("все кроме завтрашней", "choose", "choose", "2026-11-24"),
    ],
)
def test_a_wish_resolves_to_the_day_and_time_of_its_visit(
    text: str, intent: Intent, context: Context, iso: str
) -> None:
    assert _resolved(text, intent, context).iso == iso


@pytest.mark.parametrize(
    ("text", "intent", "context", "iso"),
    [
        ("Какие у меня визиты на декабрь?", "list", "idle", "2026-12-01"),
        ("вчера была у вас, отвалился стразик", "other", "idle", "2026-11-22"),
        ("в прошлый вторник делала брови", "other", "idle", "2026-11-17"),
        ("позавчера отменила по ошибке", "undo", "idle", "2026-11-21"),
        ("не раньше трёх", "other", "idle", "T15:00"),
        ("оплатила 3000 вчера", "other", "idle", "2026-11-22"),
        ("работаете с 10 до 20?", "other", "idle", "T10:00"),
        ("во сколько у меня в пятницу?", "list", "idle", "2026-11-27"),
        ("я на 15 или на 16 записана завтра?", "list", "idle", "2026-11-24T15:00"),
        ("на какое время я записана в субботу", "list", "idle", "2026-11-28"),
        ("у меня завтра в 15 запись?", "list", "idle", "2026-11-24T15:00"),
        ("почему отменили мою запись на завтра?", "dispute", "idle", "2026-11-24"),
        ("почему в субботу меня не приняли", "dispute", "idle", "2026-11-21"),
        ("вчера пришла смс что отменили", "dispute", "idle", "2026-11-22"),
        ("я не отменяла среду", "dispute", "idle", "2026-11-25"),
        ("верните на пятницу 15:00", "undo", "idle", "2026-11-27T15:00"),
        ("запишите на завтра на маникюр", "other", "idle", "2026-11-24"),
        ("сколько стоит маникюр в выходные?", "other", "idle", "2026-11-28"),
        ("есть окошко сегодня после 18?", "other", "idle", "2026-11-23T18:00"),
        ("до скольки работаете в субботу", "other", "idle", "2026-11-28"),
        ("есть место на 15:30?", "other", "idle", "T15:30"),
        ("работаете 31 декабря?", "other", "idle", "2026-12-31"),
        ("акция до 30 ноября?", "other", "idle", "2026-11-30"),
        ("с 8 марта вас", "other", "idle", "2027-03-08"),
        ("заболела вчера вечером", "reason", "idle", "2026-11-22"),
        ("перезвоните мне завтра после 10", "human", "idle", "2026-11-24T10:00"),
    ],
)
def test_a_question_or_a_story_resolves_to_its_own_day(
    text: str, intent: Intent, context: Context, iso: str
) -> None:
    assert _resolved(text, intent, context).iso == iso


@pytest.mark.parametrize(
    ("text", "intent", "context"),
    [
        ("за 2 часа до визита можно?", "other", "idle"),
        ("сколько стоит на 2 персоны", "other", "idle"),
        ("ребёнку 5 лет", "other", "idle"),
        ("мой номер 8 900 000 15 16", "other", "idle"),
        ("мой телефон +7 900 000-15-16", "other", "idle"),
        ("мой номер 89000000001", "other", "idle"),
        ("дом 15 или 17?", "other", "idle"),
        ("с вас 1500 рублей", "other", "idle"),
        ("сколько стоит, 1500?", "other", "idle"),
        ("за 2500 сделаете?", "other", "idle"),
        ("хорошего дня", "other", "idle"),
        ("с днём рождения", "other", "idle"),
        ("у меня день рождения", "other", "idle"),
        ("в целом нормально", "other", "idle"),
        ("с первого раза не дозвонилась", "other", "idle"),
        ("полдня жду", "other", "idle"),
        ("средняя длина", "other", "idle"),
        ("стрижка средних волос", "other", "idle"),
        ("вторую", "other", "idle"),
        ("дороже в три раза", "other", "idle"),
        ("за день до визита", "other", "idle"),
        ("за сутки", "other", "idle"),
        ("раз в две недели", "other", "idle"),
        ("через раз", "other", "idle"),
        ("на пять минут опоздаю", "other", "idle"),
        ("через полчаса буду", "late", "idle"),
        ("буду через час", "late", "idle"),
        ("буду через 15 минут", "late", "idle"),
        ("опоздаю на час", "late", "idle"),
        ("минут 10-15", "late", "idle"),
        ("на 10-15 минут задержусь", "late", "idle"),
        ("опаздываю на 20", "late", "idle"),
        ("Май, отмените запись", "cancel", "idle"),
        ("мне 35 лет", "other", "idle"),
        ("5 ногтей сломалось", "other", "idle"),
        ("2 человека придут", "other", "idle"),
        ("на двоих можно?", "other", "idle"),
        ("в четыре руки массаж есть?", "other", "idle"),
        ("а 2 процедуры подряд можно?", "other", "idle"),
        ("наращивание 2D сколько", "other", "idle"),
        ("я у вас третий раз", "other", "idle"),
        ("к 1 мастеру", "other", "idle"),
        ("3 этаж?", "other", "idle"),
        ("в 3 кабинете", "other", "idle"),
        ("отмените 2 запись", "cancel", "idle"),
        ("отмените 2 записи", "cancel", "idle"),
        ("2", "choose", "choose"),
        ("второе", "choose", "choose"),
        ("первую", "choose", "choose"),
        ("добрый вечер", "hello", "idle"),
        ("доброе утро", "hello", "idle"),
        ("спасибо, хорошего вечера", "thanks", "idle"),
        ("спасибо до встречи", "thanks", "idle"),
        ("10.5 см", "other", "idle"),
        ("скидка 20%", "other", "idle"),
        ("стрижка за 30 мин?", "other", "idle"),
        ("сделали за 15 минут", "other", "idle"),
        ("у меня ребёнок 3 года", "other", "idle"),
        ("каждую среду", "other", "idle"),
        ("вы по воскресеньям работаете?", "other", "idle"),
        ("в течение дня ответьте", "other", "idle"),
        ("весь день жду", "other", "idle"),
        ("в один день", "other", "idle"),
        ("на днях зайду", "other", "idle"),
        ("в другой день", "other", "idle"),
        ("в тот же день", "other", "idle"),
        ("в тот раз", "other", "idle"),
        ("на той же неделе", "other", "idle"),
        ("сделайте как в прошлый раз", "other", "idle"),
        ("пятый палец", "other", "idle"),
        ("на третий день слезло", "other", "idle"),
        ("третий месяц", "other", "idle"),
        ("в 2 местах скол", "other", "idle"),
        ("ноготь на 4 пальце", "other", "idle"),
        ("4 и 5 ноготь", "other", "idle"),
        ("двух записей не надо", "cancel", "idle"),
        ("в трёх словах", "other", "idle"),
        ("к двум мастерам", "other", "idle"),
        ("отмена 28,11", "cancel", "idle"),
        ("отмените ближайшую запись", "cancel", "idle"),
        ("отмените запись на конец недели", "cancel", "idle"),
        ("уже неделю болею отмените", "cancel", "idle"),
        ("отмените запись на неделю вперёд", "cancel", "idle"),
        ("через 2 недели после коррекции отвалилось", "other", "idle"),
        ("носила 2 недели", "other", "idle"),
        ("маникюр держится 3 недели", "other", "idle"),
        ("можно скидку 10 процентов?", "other", "idle"),
        ("ул. Ленина 25?", "other", "idle"),
        ("вы на Ленина 15?", "other", "idle"),
        ("как пройти, дом 5 корпус 2", "other", "idle"),
        ("подъезд 3, код 25", "other", "idle"),
        ("маршрутка 15 идёт до вас?", "other", "idle"),
        ("на 15 маршрутке доеду?", "other", "idle"),
        ("мастер с 5 летним опытом есть?", "other", "idle"),
        ("хочу цвет 45", "other", "idle"),
        ("номер карты 2202 15 16 17", "other", "idle"),
        ("в 2 раза дороже", "other", "idle"),
        ("наращивание на 4 длину", "other", "idle"),
        ("скиньте на 500 рублей сертификат", "other", "idle"),
        ("сертификат на 3000", "other", "idle"),
        ("сертификат на 1500 есть?", "other", "idle"),
        ("скидка 15 на первое посещение", "other", "idle"),
        ("первое посещение бесплатно?", "other", "idle"),
        ("на второе посещение скидка?", "other", "idle"),
        ("в пять минут уложитесь?", "other", "idle"),
        ("час пик, еду", "other", "idle"),
        ("сколько часов длится?", "other", "idle"),
        ("ребёнок с утра температурит", "reason", "idle"),
        ("за сколько часов до записи можно отменить", "ask_cancel", "idle"),
        ("если отменю за 3 часа штраф?", "ask_cancel", "idle"),
        ("позвоните на номер 8-900-000-00-15", "human", "idle"),
        ("да, эту", "yes", "confirm"),
        ("да, 1", "yes", "confirm"),
        ("1", "yes", "confirm"),
        ("номер 2", "choose", "choose"),
        ("два", "choose", "choose"),
        ("которая раньше", "choose", "choose"),
        ("ту что утром", "choose", "choose"),
    ],
)
def test_what_is_no_day_and_no_time_resolves_to_nothing(text: str, intent: Intent, context: Context) -> None:
    assert _resolved(text, intent, context).iso is None


@pytest.mark.parametrize(
    ("text", "starts", "iso"),
    [
        ("на 15", "2026-11-24T15:00", "T15:00"),
        ("на 15", "2026-12-15T12:00", "2026-12-15"),
        ("на 15", "2026-11-24T12:00", "T15:00"),
        ("на 8", "2026-11-24T08:00", "T08:00"),
        ("на 8", "2026-11-24T20:00", "T20:00"),
        ("28", "2026-11-28T12:00", "2026-11-28"),
    ],
)
def test_a_bare_number_is_first_held_against_the_records(text: str, starts: str, iso: str) -> None:
    on_offer = (datetime.fromisoformat(starts).replace(tzinfo=UTC),)
    assert _resolved(text, "choose", "choose", on_offer).iso == iso


def test_a_number_of_two_records_of_that_day_is_an_hour() -> None:
    on_offer = (datetime(2026, 12, 15, 12, tzinfo=UTC), datetime(2027, 1, 15, 12, tzinfo=UTC))
    assert _resolved("на 15", "choose", "choose", on_offer).iso == "T15:00"


@pytest.mark.parametrize(
    ("text", "intent", "day", "clock"),
    [
        ("Отмените запись на завтра", "cancel", "на завтра", None),
        ("Можно перенести с завтра на среду после 16?", "reschedule", "на среду", "после 16"),
        ("давайте в 17:30 послезавтра", "reschedule", "послезавтра", "в 17:30"),
        ("Вторник, 1 декабря, часов в 12", "reschedule", "Вторник, 1 декабря", "часов в 12"),
        ("Спасибо! Отмените на пятницу, в полпятого", "cancel", "на пятницу", "в полпятого"),
        ("лучше в конце недели", "reschedule", "в конце недели", None),
        ("через час можно?", "reschedule", "через час", None),
        ("Здравствуйте", "hello", None, None),
    ],
)
def test_the_words_of_the_day_and_of_the_time_are_known(
    text: str, intent: Intent, day: str | None, clock: str | None
) -> None:
    assert _named(text, intent) == (day, clock)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("сегодня вечером", "evening"),
        ("завтра с утра", "morning"),
        ("3 декабря после обеда", "day"),
        ("с утра на вечер", "evening"),
        ("ночью", "night"),
        ("в пятницу", None),
    ],
)
def test_a_part_of_the_day_is_told_apart_from_a_time(text: str, part: str | None) -> None:
    assert _resolved(text, "reschedule").part == part


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("после 16", "after"),
        ("до обеда", "before"),
        ("не раньше среды", "from"),
        ("начиная с пятницы", "from"),
        ("часов в пять", "about"),
        ("в пять", ""),
    ],
)
def test_a_bound_is_told_with_what_it_bounds(text: str, bound: str) -> None:
    assert _resolved(text, "reschedule").bound == bound


def test_only_what_is_ruled_out_is_marked_so() -> None:
    assert _resolved("только не в пятницу", "reschedule").excluded
    assert not _resolved("не в пятницу, а в субботу", "reschedule").excluded
    assert not _resolved("когда угодно", "reschedule").excluded


def test_a_range_has_a_last_day() -> None:
    assert _resolved("с 1 по 5 декабря", "reschedule").day_end == date(2026, 12, 5)
    assert _resolved("на следующей неделе", "reschedule").day_end == date(2026, 12, 6)
    assert _resolved("в декабре", "list").day_end == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "intent", "context"),
    [
        ("Вчера писала вам, но всё в силе", "keep", "idle"),
        ("точно скажу завтра", "unclear", "idle"),
        ("у меня смена до 20, не приду", "cancel", "idle"),
        ("в декабре сама запишусь", "no", "reschedule"),
        ("27-го корпоратив, отменяйте", "yes", "confirm"),
        ("в субботу свадьба, но я приду", "keep", "idle"),
        ("самолёт в 6 утра, отмените", "cancel", "idle"),
    ],
)
def test_what_stands_beside_the_visit_is_not_its_time(text: str, intent: Intent, context: Context) -> None:
    assert _resolved(text, intent, context).iso is None


def test_the_clock_stays_that_of_the_old_day_if_the_client_says_so() -> None:
    text = "Не смогу в среду в 12. А в четверг в это же время есть?"
    assert _resolved(text, "reschedule").iso == "2026-11-26T12:00"
