"""The words of the figures, in Russian: for the terminal and for the page."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date

from engine.booking import Reason
from engine.statistics import CONFIDENCE, FEW, Counted, LeadTime, Money, Rate, Spell, Statistics

CURRENCY = "RUB"
SIGN = "₽"
# Stands between digits and before a unit, so that no line ends there.
NARROW, BOUND = "\u202f", "\u00a0"
_SPACES = frozenset((NARROW, BOUND))

WEEKDAYS = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс")
WEEKDAYS_WHOLE = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")

REASONS: dict[Reason, str] = {
    "illness": "Болезнь",
    "family": "Семья, дети",
    "work": "Работа, учёба",
    "no_time": "Не хватает времени",
    "plans": "Изменились планы",
    "money": "Деньги",
    "other_salon": "Другой салон",
    "dissatisfied": "Недовольство",
    "transport": "Дорога, транспорт",
    "weather": "Погода",
    "forgot": "Забыли о записи",
    "mistake": "Ошибка в записи",
    "mood": "Передумали",
    "not_needed": "Уже не нужно",
    "refuse": "Не захотели сказать",
    "other": "Другое",
    "none": "Причина не названа",
}


def named(own: Mapping[Reason, str]) -> dict[Reason, str]:
    """Return what the reasons are called, by the salon's own titles where it has some; no two alike."""
    taken = Counter(name.casefold() for code, name in REASONS.items() if not own.get(code))
    return {
        code: f"{title} ({name.lower()})"
        if (title := printable(own.get(code, ""))) and taken[title.casefold()]
        else title or name
        for code, name in REASONS.items()
    }


# What a card says beside its chart.
RARE = f"меньше {FEW} отмен, картина может быть случайной"

TOTALS: tuple[tuple[str, str, str], ...] = (
    ("cancelled", "Отмены через Otmena", "клиент отменил, журнал это показал"),
    ("late", "из них поздние", "меньше срока, о котором просит салон"),
    ("taken_back", "из них вернули", "клиент передумал и вернул запись"),
    ("lost", "потерянные визиты", "отменены, не возвращены и не перенесены"),
    ("moved", "Переносы", "визит состоится в другое время"),
    ("kept", "Передумали отменять", "на вопрос ответили «нет»"),
    ("silent", "Замолчали", "хотели отменить и не ответили; пришли или нет, неизвестно"),
    ("requested", "Просьбы в ожидании", "о поздней отмене: ждут ответа салона или клиента"),
    ("denied", "Салон не разрешил", "просьба о поздней отмене отклонена"),
    ("withdrawn", "Передумали после просьбы", "просьба о поздней отмене больше не нужна"),
    ("undecided", "Салон не решил", "визит начался раньше, чем был ответ на просьбу"),
    ("refused", "Отказы", "отмена, перенос или возврат не удались: запрет, время занято или вышло"),
    ("unknown", "Исход неизвестен", "YClients не ответил, и журнал не показал, чем кончилось"),
)

RATE = (
    "Доля потерянных визитов среди желаний отменить или перенести, о которых известно, чем кончилось. "
    f"В скобках интервал: с уверенностью {CONFIDENCE * 100:.0f}{BOUND}% настоящая доля лежит в нём."
)
MONEY = (
    "Нижняя граница: визиты, потерянные наверняка, с известной ценой. Верхняя: ещё и те, о которых "
    "неизвестно, чем кончилось, где клиент замолчал или салон не решил; визит без цены считается по самой "
    "дорогой известной. Продано ли окно снова, журнал отмен не знает."
)
SIMULATED = "Это смоделированный год выдуманного салона: ни салона, ни его клиентов не существует."
BACK_TO_DEMO = "Вернуться к демо"
SERVICES = "Визит с несколькими услугами считается у каждой из них."
WEEK = "По времени визита: когда пустеют окна."
SOURCE = (
    "Из журнала отмен Otmena. YClients хранит отмены и неявки под одним значением, "
    "а журнал отмен их различает."
)
NOTHING = "За эти дни в журнале отмен нет ни одного обращения."
SOON = "Как только клиент захочет отменить или перенести запись через WhatsApp, цифры появятся здесь."


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f}{BOUND}%"


def interval(rate: Rate) -> str:
    """Return «от 12 до 20 %», or nothing where there is none."""
    return "" if rate.value is None else f"{rate.low * 100:.0f}–{rate.high * 100:.0f}{BOUND}%"


def rate(found: Rate) -> str:
    return "–" if found.value is None else f"{percent(found.value)} ({interval(found)}) из {number(found.of)}"


def number(value: int | Decimal) -> str:
    return f"{value:,.0f}".replace(",", NARROW)


def money(amount: Decimal) -> str:
    return f"{number(amount)}{BOUND}{SIGN}"


def money_range(found: Money) -> str:
    if found.high == 0 and found.without_cost:
        return "неизвестно"
    if found.low == found.high:
        return money(found.low)
    return f"{number(found.low)} – {money(found.high)}"


def printable(name: str) -> str:
    """Return a name of the salon's without what would command a terminal, or abort the charts' library."""
    return "".join(letter if letter.isprintable() or letter in _SPACES else "\ufffd" for letter in name)


def day(on: date) -> str:
    return f"{on:%d.%m.%Y}"


def days(statistics: Statistics) -> str:
    if statistics.since is None or statistics.until is None:
        return "за всё время"
    return f"{day(statistics.since)} – {day(statistics.until)}"


def reasons(by_reason: Mapping[Reason, int]) -> list[tuple[Reason, int]]:
    """Return the reasons, the most frequent first; whoever told none comes last, for that is no reason."""
    return sorted(by_reason.items(), key=lambda item: (item[0] == "none", -item[1]))


def rare(cancelled: int) -> str:
    """Return what is to be said of so few cancels; nothing where there are enough."""
    return RARE if cancelled < FEW else ""


def steps(spells: Sequence[Spell]) -> str:
    """Return how long the spells are, all but the first and the last of them."""
    longest = max((found.until - found.since for found in spells), default=timedelta())
    if longest < timedelta(days=1):
        return "по дням"
    return "по неделям" if longest < timedelta(days=7) else "по месяцам"


def lead(time: LeadTime) -> str:
    """Return «2–3 ч», «3–7 дней»."""
    if time.from_h is None:
        return "после начала"
    if time.to_h is None:
        return f"больше {time.from_h // 24}{BOUND}дней"
    if time.from_h == 0:
        return f"меньше {time.to_h}{BOUND}ч"
    if time.to_h <= 24:
        return f"{time.from_h}–{time.to_h}{BOUND}ч"
    return f"{time.from_h // 24}–{time.to_h // 24}{BOUND}{'дня' if time.to_h <= 96 else 'дней'}"


def spell(found: Spell) -> str:
    """Return what the days are called: «03.11», «03.11–09.11», «нояб 2026»."""
    if found.since == found.until:
        return f"{found.since:%d.%m}"
    if found.until - found.since < timedelta(days=7):
        return f"{found.since:%d.%m}–{found.until:%d.%m}"
    return format_date(found.since, "LLL yyyy", locale="ru").replace(".", "")


def warnings(statistics: Statistics) -> Iterator[str]:
    """Yield a sentence for everything that makes figures weaker than they look."""
    total = statistics.total
    if statistics.is_empty:
        yield NOTHING
    elif total.rate.is_shaky:
        yield (
            f"Данных мало: обращений с известным концом {total.rate.of}, а надёжно от {FEW}. "
            "Доли могут быть случайными, смотрите на интервал."
        )
    else:
        yield from _few("мастеров", statistics.by_master)
        yield from _few("услуг", statistics.by_service)
    if n := total.money.without_cost:
        yield f"Визитов без цены: {n}. В верхнюю границу они входят по самой дорогой известной."
    if total.money.without_cost and total.money.high == 0:
        yield "Ни у одного визита нет цены, поэтому о деньгах ничего сказать нельзя."
    if n := statistics.unreadable:
        yield f"Записей журнала отмен, которые эта версия не читает: {n}. Их нет ни в одной цифре."


def _few(whose: str, groups: Mapping[str, Counted]) -> Iterator[str]:
    few = sum(each.rate.is_shaky for each in groups.values())
    if few:
        yield f"Меньше {FEW} обращений у {few} из {len(groups)} {whose}: по доле их сравнивать рано."


def zone_warning(name: str) -> str:
    return (
        f"Часовой пояс салона ещё не известен, дни считаются по {name} без перехода на летнее время. "
        "Задайте OTMENA_TIMEZONE или один раз запустите сервер."
    )
