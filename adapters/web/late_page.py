"""The words of the late request's page: what was stored of it, and what the journal shows now."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from string import Template

from aiohttp import web
from babel.dates import format_datetime

from adapters.web.late_case import Case, Journal
from engine.booking import Reason, Record

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    # The address is the secret: it goes to no other site, and into no index.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_GRANT = '<button class="grant" name="decision" value="grant">Отменить запись</button>'
_DENY = '<button name="decision" value="deny">Оставить в силе</button>'
_TELL = '<button class="grant" name="decision" value="grant">Сообщить клиенту об отмене</button>'
_AGAIN = '<p><a href="">Обновить страницу</a></p>'

_OFF_ALREADY = "Запись уже отменена"
DECIDED = {True: "Отмена разрешена", False: "Отказано"}
# What is known of a decision as long as its end is not: never more than that it was taken.
_TAKEN = {
    True: "Решение принято. Подтвердил ли журнал отмену, придёт отдельным сообщением.",
    False: "Решение принято: бот запись не отменяет и ответит клиенту.",
}
# A decision that met one of these decides nothing any more.
_OVERTAKEN = ("withdrawn", "undecided")
# How it ended, by the ledger's outcomes; what is not named here is told by the journal alone.
_ENDED = {
    "cancelled": "Отмена подтверждена журналом.",
    "already": "Салон отменил её сам, бот ничего не менял. Клиенту об этом сказано.",
    "unknown": "Журнал не ответил, прошла ли отмена. Когда станет ясно, придёт отдельное сообщение.",
    "refused": "Отменить не получилось. Посмотрите запись в журнале.",
    "not_tried": "Отменить не получилось. Посмотрите запись в журнале.",
    "silent": "Клиент не ответил, что делать с изменённой записью, поэтому бот её не отменял.",
    "withdrawn": "Клиент передумал и решения больше не ждёт.",
    "moved": "Клиент перенёс запись и решения больше не ждёт.",
    "undecided": "Визит начался раньше, чем кто-нибудь решил.",
}


@dataclass(frozen=True, slots=True)
class Salon:
    """What the page's words need of the salon."""

    zone: tzinfo
    # What a reason is called.
    reason: Callable[[Reason], str]


def of(case: Case, salon: Salon) -> web.Response:
    """Return the page of a request as it stands."""
    if case.granted is not None:
        return _decided(case, case.granted, salon)
    if not case.waits or case.has_begun:
        return _over(case, salon)
    return _question(case, salon)


def conflict(case: Case, salon: Salon) -> web.Response:
    """Return the page for a decision that comes after another one."""
    assert case.granted is not None
    if case.outcome in _OVERTAKEN:
        return _over(case, salon)
    told = f"{DECIDED[case.granted]}: так решили раньше, и это решение в силе."
    return _page(409, "Уже решено", [_said(told), *_facts(case, salon)])


def cancelled_already(case: Case, salon: Salon) -> web.Response:
    """Return the page for a refusal of what stands cancelled: the client must not be told that it is kept."""
    return _question(case, salon, status=409)


def not_understood() -> web.Response:
    return _page(400, "Не понятно", [_said("Нажмите, пожалуйста, одну из кнопок.")])


def unknown() -> web.Response:
    return _page(404, "Такой ссылки нет", [_said("Проверьте, пожалуйста, что она открыта целиком.")])


def not_now() -> web.Response:
    return _page(503, "Сейчас не получилось", [_said("Ничего не решено. Попробуйте ещё раз через минуту.")])


def _decided(case: Case, granted: bool, salon: Salon) -> web.Response:
    if case.outcome in _OVERTAKEN:
        return _over(case, salon)
    told = _ENDED.get(_end(case), _TAKEN[granted])
    at = f" ({_moment(case.ended_at, salon.zone)})" if case.outcome == "cancelled" and case.ended_at else ""
    body = [_said(f"{told.rstrip('.')}{at}."), *_facts(case, salon)]
    title = _OFF_ALREADY if case.outcome == "already" else DECIDED[granted]
    return _page(200, title, [*body, *([] if case.outcome else [_AGAIN])])


def _over(case: Case, salon: Salon) -> web.Response:
    if case.outcome:
        told = _ENDED.get(_end(case), "Эта просьба больше не ждёт решения.")
        return _page(410, "Решать больше нечего", [_said(told), *_facts(case, salon)])
    if case.record is not None and case.has_begun:
        told = "Визит уже начался, поэтому по ссылке больше ничего не решить. Посмотрите запись в журнале."
        return _page(410, "Время вышло", [_said(told), *_facts(case, salon)])
    told = "Эта просьба больше не ждёт решения. Посмотрите запись в журнале."
    return _page(410, "Решать больше нечего", [_said(told), *_facts(case, salon)])


def _end(case: Case) -> str:
    """Return how the request ended, as `_ENDED` has it."""
    by_a_move = case.outcome == "withdrawn" and case.detail == "moved"
    return "moved" if by_a_move else case.outcome


def _question(case: Case, salon: Salon, *, status: int = 200) -> web.Response:
    assert case.journal is not None
    facts = list(_facts(case, salon))
    if case.journal.shows == "cancelled":
        told = _said("В журнале запись уже отменена, а клиент всё ещё ждёт ответа на просьбу.")
        return _page(status, _OFF_ALREADY, [told, *facts, _form(_TELL)])
    warning = {
        "changed": "Запись изменили после просьбы. Если разрешить отмену, бот сначала переспросит клиента.",
        "unseen": "Этой записи в журнале сейчас не видно. Откройте журнал, прежде чем решать.",
        "unread": "Журнал сейчас не отвечает: запись показана по состоянию на момент просьбы.",
    }.get(case.journal.shows)
    warned = [f'<p class="warning">{html.escape(warning)}</p>'] if warning else []
    return _page(status, "Просьба о поздней отмене", [*warned, *facts, _form(_GRANT, _DENY)])


def _form(*buttons: str) -> str:
    return f'<form method="post">{"".join(buttons)}</form>'


def _facts(case: Case, salon: Salon) -> Iterator[str]:
    if case.record is None or case.asked_at is None:
        return
    record, zone = case.record, salon.zone
    asked_at = f"{_moment(case.asked_at, zone)}, за {_ahead(record, case.asked_at)} до визита"
    facts = [
        ("Клиент", record.client or "имя не указано"),
        ("Запись в просьбе", _record(record, zone)),
        ("Просьба пришла", asked_at),
    ]
    if case.cause is not None:
        facts.append(("Причина", salon.reason(case.cause)))
    if case.journal is not None:
        facts.append(
            (f"В журнале на {_clock(case.journal.at, salon.zone)}", _shown(case.journal, salon.zone))
        )
    listed = (f"<div><dt>{name}</dt><dd>{html.escape(said)}</dd></div>" for name, said in facts)
    yield f"<dl>{''.join(listed)}</dl>"


def _shown(journal: Journal, zone: tzinfo) -> str:
    match journal.shows:
        case "same":
            return "стоит без изменений"
        case "cancelled":
            return "отменена"
        case "unseen":
            return "не видна"
        case "unread":
            return "нет ответа"
        case _:
            assert journal.record is not None
            return f"стоит другая: {_record(journal.record, zone)}"


def _record(record: Record, zone: tzinfo) -> str:
    master = f", мастер {record.master}" if record.master else ""
    return f"{', '.join(record.services)}{master}: {_moment(record.starts_at, zone)}"


def _moment(moment: datetime, zone: tzinfo) -> str:
    return format_datetime(moment.astimezone(zone), "EEEE, d MMMM, HH:mm", locale="ru")


def _clock(moment: datetime, zone: tzinfo) -> str:
    return format_datetime(moment.astimezone(zone), "HH:mm", locale="ru")


def _ahead(record: Record, asked_at: datetime) -> str:
    minutes = max(timedelta(0), record.starts_at - asked_at) // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    return " ".join(
        part
        for part in (f"{hours} ч" if hours else "", f"{minutes} мин" if minutes or not hours else "")
        if part
    )


def _said(words: str) -> str:
    return f"<p>{html.escape(words)}</p>"


def _page(status: int, title: str, body: list[str]) -> web.Response:
    template = Template(Path(__file__).with_name("late.html").read_text(encoding="utf-8"))
    text = template.substitute(title=html.escape(title), body="\n".join(body))
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
