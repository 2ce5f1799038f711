"""Mentions of days and clock times and their roles, said on Monday the 23rd of November 2026 at ten."""

from datetime import UTC, date, datetime, time

import pytest

from engine.understanding.lemmas import shared
from engine.understanding.mentions import Mention
from engine.understanding.phrase import phrase

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def _mentions(text: str) -> list[Mention]:
    return [
        mention for clause in phrase(text, shared(), MONDAY).clauses for mention in clause.moments.mentions
    ]


def _day(text: str) -> str:
    (mention,) = _mentions(text)
    return str(mention.day)


def _clock(text: str) -> str:
    (mention,) = _mentions(text)
    return str(mention.clock)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("позавчера", "2026-11-21"),
        ("поза вчера", "2026-11-21"),
        ("после завтра", "2026-11-25"),
        ("в завтрашний день", "2026-11-24"),
        ("субботнюю", "2026-11-28"),
        ("моё субботнее сообщение", "2026-11-21"),
        ("понедельничную", "2026-11-30"),
        ("по моей среде", "2026-11-25"),
        ("в ту пятницу", "2026-11-27"),
        ("в это воскресенье", "2026-11-29"),
        ("во вторник следующий", "2026-12-01"),
        ("во вторник в следующий раз", "2026-11-24"),
        ("во вторник следующий раз", "2026-11-24"),
        ("в пятницу прошлую", "2026-11-20"),
        ("в прошлую среду", "2026-11-18"),
        ("на прошлой неделе", "2026-11-16"),
        ("на той неделе", "2026-11-30"),
        ("на выхах", "2026-11-28"),
        ("через пару дней", "2026-11-25"),
        ("дней через 10", "2026-12-03"),
        ("недели через две", "2026-12-07"),
        ("через недельку", "2026-11-30"),
        ("через неделю в четверг", "2026-12-03"),
        ("в первых числах декабря", "2026-12-01"),
        ("в начале декабря", "2026-12-01"),
        ("до конца месяца", "2026-11-30"),
        ("до нового года", "2027-01-01"),
        ("2026-12-04", "2026-12-04"),
        ("в 28/11", "2026-11-28"),
        ("на декабрь, на пятое", "2026-12-05"),
        ("вторник, 1 декабря", "2026-12-01"),
        ("7 декабря, это понедельник", "2026-12-07"),
        ("26е", "2026-11-26"),
        ("5 е число", "2026-12-05"),
        ("15 числа красилась у вас", "2026-11-15"),
        ("можно раньше в пятницу", "2026-11-27"),
        ("31 числа красилась у вас", "2026-10-31"),
        ("не дошла до вас в субботу", "2026-11-21"),
        ("не могла дойти до вас в субботу", "2026-11-28"),
        ("была у вас вчера", "2026-11-22"),
        ("была у вас на выходных", "2026-11-28"),
        ("была у вас 28 ноября", "2026-11-28"),
        ("двадцать шестое вычёркиваем", "2026-11-26"),
        ("двадцать девятое", "2026-11-29"),
        ("запись на двадцать шестое недействительна", "2026-11-26"),
        ("на 5-е к Марине", "2026-12-05"),
        ("впишите в 27", "2026-11-27"),
        ("вычеркните из 25", "2026-11-25"),
        ("уберите из пятницы", "2026-11-27"),
        ("мою пятничку", "2026-11-27"),
        ("субботку отмените", "2026-11-28"),
        ("на фрайдей", "2026-11-27"),
        ("сёння", "2026-11-23"),
        ("не раньше декабря", "2026-12-01"),
        ("отмена от 20 ноября", "2026-11-20"),
        ("от 28 ноября отмените", "2026-11-28"),
        ("отмена от пятницы", "2026-11-20"),
        ("отказаться от пятницы", "2026-11-27"),
        ("сообщение я отправила в субботу", "2026-11-21"),
        ("отменила ещё в пятницу", "2026-11-20"),
        ("ещё в пятницу приду", "2026-11-27"),
        ("просила снять её в среду", "2026-11-25"),
        ("в среду просила снять её", "2026-11-18"),
        ("пришло сообщение об отмене двадцать шестого", "2026-11-26"),
        ("не дошла на двадцать восьмое число", "2026-11-28"),
        ("26-сы күні келе алмаймын", "2026-11-26"),
        ("26-sy kuni kele almaimyn", "2026-11-26"),
        ("25-інде келе алмаймын", "2026-11-25"),
    ],
)
def test_a_day_is_read_in_every_form(text: str, day: str) -> None:
    assert _day(text) == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("в три часа 20 минут", "15:20:00"),
        ("на 1530", "15:30:00"),
        ("на 930", "09:30:00"),
        ("вт 1730", "17:30:00"),
        ("в десять минут шестого", "17:10:00"),
        ("пол 5", "16:30:00"),
        ("к половине первого", "12:30:00"),
        ("без двадцати шесть", "17:40:00"),
        ("без двадцати пяти шесть", "17:35:00"),
        ("в пятнадцать ноль пять", "15:05:00"),
        ("в полночь", "00:00:00"),
        ("в 24:00", "00:00:00"),
        ("на 3 ночи", "03:00:00"),
        ("к часу", "13:00:00"),
        ("на час дня", "13:00:00"),
        ("часам к шести", "18:00:00"),
        ("с двух часов", "14:00:00"),
        ("14 часов", "14:00:00"),
        ("в 15 запись", "15:00:00"),
        ("в 17 я не ваша", "17:00:00"),
        ("сегодня в 4 к Карине", "16:00:00"),
        ("завтра в 15 отмена", "15:00:00"),
        ("в 17 к вам не приду", "17:00:00"),
        ("в 14:30 минут десять подождите", "14:30:00"),
        ("из 12 часов выпишите", "12:00:00"),
        ("завтра 3 дня", "15:00:00"),
        ("в 24 часа", "00:00:00"),
        ("не смогу к двум, к четырём смогу", "16:00:00"),
        ("вместо 10 поставьте 13", "13:00:00"),
    ],
)
def test_a_clock_time_is_read_in_every_form(text: str, clock: str) -> None:
    assert str(_mentions(text)[-1].clock) == clock


@pytest.mark.parametrize(
    "text",
    [
        "без нуля три", "без пяти минут ложка", "без тебя", "двадцать минут жду", "пол литра",
        "полдвадцатого", "на 2575", "5 часов жду", "через 1000 недель", "через 5 минут",
        "дней через несколько", "недели через год", "на маникюр", "в марте", "второго мастера",
        "вторую неделю",
        "днем позже", "хорошего днем", "в вашем салоне", "в том то и дело",
        "следующую", "в следующую", "в пятом кабинете", "на 15 дом", "номер 28", "на 2 записи", "за 3 часа",
        "на 25 номер", "в один", "до часу", "обед", "в 2 записи", "сертификат на 1500", "стоит на 1530",
        "визит на 1530 рублей",
        "опаздываю на 20", "код 15-30",
        "минут на 15", "код 1500 15", "телефон 1530", "чёрная пятница",
        "после двух отмен", "с тремя не поеду", "правило 24 часов", "три дня прошло", "в 5 к",
        "на 5 к рублей", "двадцать пятой маршруткой", "вместо 10 минут я сама поеду за 13",
        "в начале", "в конце пути", "следующий выходной день", "сто",
    ],
)  # fmt: skip
def test_a_near_miss_is_no_mention(text: str) -> None:
    assert [
        mention for mention in _mentions(text) if mention.day or mention.part or _is_real_clock(mention)
    ] == []


def _is_real_clock(mention: Mention) -> bool:
    return mention.clock is not None


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("с завтра на среду", ["from", "to"]),
        ("на 26-е вместо 24-го", ["to", "from"]),
        ("вместо среды в пятницу", ["from", "to"]),
        ("перенесите в четверг на субботу", ["from", "to"]),
        ("четверг на субботу", ["from", "to"]),
        ("с 15 завтра на 16 четверг", ["from", "from", "to", "to"]),
        ("не в пятницу, а в субботу", ["excluded", "plain"]),
        ("кроме субботы и воскресенья", ["excluded", "excluded"]),
        ("вчера писала, что не приду в среду", ["past", "plain"]),
        ("свою пятницу", ["from"]),
        ("снимите с субботы", ["plain"]),
        ("среду отменить и вместо неё воскресенье", ["from", "to"]),
        ("в среду, вместо неё в пять", ["plain", "to"]),
        ("с 25 по 27 меня нет, запись на 28-е", ["plain", "plain"]),
        ("не 25, а 26", ["excluded", "plain"]),
        ("ни сегодня, ни завтра", ["plain", "plain"]),
        ("отмена от пятницы", ["past"]),
        ("28 ноября или 29 ноября", ["plain", "plain"]),
    ],
)
def test_every_mention_has_its_role(text: str, roles: list[str]) -> None:
    assert [mention.role for mention in _mentions(text)] == roles


@pytest.mark.parametrize(
    ("text", "clock", "end"),
    [
        ("с 14 до 16", 14, 16),
        ("между двумя и тремя", 14, 15),
        ("14-16", 14, 16),
        ("от 15 до 17", 15, 17),
        ("в 9-10", 9, 10),
        ("с 14 до упора", 14, None),
    ],
)
def test_a_range_of_hours_has_an_end(text: str, clock: int, end: int | None) -> None:
    (mention,) = _mentions(text)

    assert mention.clock == time(clock)
    assert mention.clock_end == (None if end is None else time(end))


def test_both_numbers_of_a_move_are_days_if_one_must_be() -> None:
    assert [mention.day for mention in _mentions("с 20 на 27")] == [date(2026, 12, 20), date(2026, 11, 27)]


def test_a_day_that_its_month_does_not_have_joins_nothing() -> None:
    first, second = _mentions("на февраль, на тридцатое")

    assert (first.day_end, second.day) == (date(2027, 2, 28), date(2026, 11, 30))


def test_a_day_that_the_calendar_lacks_is_impossible() -> None:
    assert [mention.impossible for mention in _mentions("32 ноября")] == [True]


def test_what_is_offered_together_and_what_is_given_up_is_marked() -> None:
    assert [mention.offered for mention in _mentions("28 ноября или 29 ноября")] == [False, True]
    assert [mention.offered for mention in _mentions("пн-вт")] == [False, True]
    assert [mention.offered for mention in _mentions("пн 12:00")] == [False, False]
    given_up = [mention.given_up for mention in _mentions("в субботу могу, а в пятницу нет")]
    assert given_up == [False, True]


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("завтра скажу", "message"),
        ("можно завтра сообщить", "message"),
        ("самолёт в 6 утра", "event"),
        ("в субботу свадьба", "event"),
        ("дам знать завтра", "message"),
        ("сегодня передумала", "message"),
        ("напоминание на сегодня", ""),
        ("слезло через три дня", "message"),
        ("записалась на через неделю", ""),
        ("жду с прошлой недели", "message"),
        ("уберите меня с завтра я сама наберу", ""),
        ("говорит не придёт в субботу", ""),
        ("через месяц", "later"),
        ("до нового года", "later"),
        ("завтра в 12", ""),
    ],
)
def test_the_time_of_something_else_is_marked(text: str, aside: str) -> None:
    assert _mentions(text)[0].aside == aside


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("на 7 или 8 декабря", ["2026-12-07", "2026-12-08"]),
        ("между 5 и 8 декабря", ["2026-12-05", "2026-12-08"]),
        ("26 или 27 числа", ["2026-11-26", "2026-11-27"]),
        ("29 в 12", ["2026-11-29", "None"]),
        ("не на этой неделе, а на следующей", ["2026-11-23", "2026-11-30"]),
        ("этот четверг мимо, следующий ещё свободен?", ["2026-11-26", "2026-12-03"]),
        ("на этой неделе, следующий", ["2026-11-23"]),
    ],
)
def test_a_day_that_is_said_in_short_is_read_by_the_other(text: str, days: list[str]) -> None:
    assert [str(mention.day) for mention in _mentions(text)] == days


@pytest.mark.parametrize(
    ("text", "corrects"),
    [
        ("в среду, то есть в четверг", [False, True]),
        ("с пятницы ой с субботы", [False, True]),
        ("среду, точнее четверг", [False, True]),
        ("среду и четверг", [False, False]),
    ],
)
def test_a_slip_of_the_tongue_is_heard(text: str, corrects: list[bool]) -> None:
    assert [mention.corrects for mention in _mentions(text)] == corrects


def test_what_is_left_alone_is_marked() -> None:
    kept = [mention.kept for mention in _mentions("среду не трогаем, четверг остаётся, а пятницу уберите")]
    assert kept == [True, True, False]


def test_not_before_an_hour_is_from_that_hour_on() -> None:
    assert [mention.bound for mention in _mentions("раньше трёх не смогу")] == ["from"]


def test_a_lone_number_may_be_a_place_of_a_list_and_is_no_span() -> None:
    moments = phrase("28", shared(), MONDAY).clauses[0].moments

    assert (moments.spans, moments.days) == (set(), [])
    assert moments.mentions[0].number == 28


def test_a_joined_week_and_weekday_name_one_day() -> None:
    moments = phrase("на следующей неделе в среду", shared(), MONDAY).clauses[0].moments

    assert moments.days == [date(2026, 12, 2)]


def test_the_same_time_is_heard() -> None:
    assert phrase("завтра в то же время", shared(), MONDAY).clauses[0].moments.same_time


@pytest.mark.parametrize(
    "text",
    [
        "после завтра",
        "вместо среды",
        "вместо в среду",
        "в среду до 25-го",
        "в ту среду",
        "около трех",
        "вечером",
    ],
)
def test_what_may_mean_another_day_is_loose(text: str) -> None:
    assert phrase(text, shared(), MONDAY).clauses[0].moments.loose


def test_a_weekend_has_no_wednesday() -> None:
    assert len(phrase("на выходных в среду", shared(), MONDAY).clauses[0].moments.days) == 3


def test_the_one_after_a_day_is_never_the_same_day() -> None:
    moments = phrase("в среду 25-го, следующую", shared(), MONDAY).clauses[0].moments

    assert moments.days == [date(2026, 11, 25), date(2026, 12, 2)]


def test_a_range_of_days_of_a_month_has_an_end() -> None:
    (mention,) = _mentions("с 25 по 27")

    assert (mention.day, mention.day_end) == (date(2026, 11, 25), date(2026, 11, 27))
