"""The page where a late request is decided: looking shows it, and only pressing a button decides.

Messengers and mail scanners open every link that they see, so a GET must change nothing.
"""

import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from string import Template
from typing import Protocol

import structlog
from aiohttp import web
from babel.dates import format_datetime

from adapters.web.late_links import Asked, LateLinks
from engine.booking import Reason, Record
from engine.chat import Chat, LateRequest
from engine.events import Event, LateDecided
from engine.ports import PortError

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    # The address is the secret: it goes to no other site, and into no index.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_DECISIONS = {"grant": True, "deny": False}
_DECIDED = {
    True: ("Отмена разрешена", "Запись будет отменена, клиент получит сообщение."),
    False: ("Отказано", "Запись остаётся в силе, клиент получит сообщение."),
}

log = structlog.get_logger()


class Stored(Protocol):
    """What the page needs of the store."""

    async def chat(self, chat_id: int) -> Chat | None: ...

    async def what_happened(self, name: str) -> Event | None: ...


@dataclass(frozen=True, slots=True)
class LatePages:
    links: LateLinks
    store: Stored
    # Brings the decision to its chat, once.
    happened: Callable[[int, str, Event], Awaitable[bool]]
    now: Callable[[], datetime]
    # The salon's.
    zone: Callable[[], tzinfo]
    # What a reason is called.
    reason: Callable[[Reason], str]

    def routes(self) -> tuple[web.RouteDef, ...]:
        return (web.get("/late/{token}", self.shows), web.post("/late/{token}", self.decides))

    async def shows(self, request: web.Request) -> web.Response:
        asked = self.links.read(request.match_info["token"])
        if asked is None:
            return _unknown()
        try:
            return await self._as_it_stands(asked)
        except PortError as error:
            return _not_now(error)

    async def decides(self, request: web.Request) -> web.Response:
        asked = self.links.read(request.match_info["token"])
        if asked is None:
            return _unknown()
        wish = (await request.post()).get("decision")
        if not isinstance(wish, str) or wish not in _DECISIONS:
            return _page(400, "Не понятно", _said("Нажмите, пожалуйста, одну из двух кнопок."))
        try:
            return await self._decided(asked, _DECISIONS[wish])
        except PortError as error:
            return _not_now(error)

    async def _decided(self, asked: Asked, granted: bool) -> web.Response:
        name = _name(asked)
        if await self.store.what_happened(name) is None:
            if await self._waiting(asked) is None or self._is_over(asked):
                return await self._as_it_stands(asked)
            if await self.happened(asked.chat_id, name, LateDecided(request=asked.request, granted=granted)):
                log.info("late_request.decided", chat=asked.chat_id, request=asked.request, granted=granted)
                return _outcome(granted)
        stored = await self.store.what_happened(name)
        if isinstance(stored, LateDecided) and stored.granted == granted:
            return _outcome(granted)
        return await self._as_it_stands(asked, too_late=True)

    async def _as_it_stands(self, asked: Asked, *, too_late: bool = False) -> web.Response:
        stored = await self.store.what_happened(_name(asked))
        if isinstance(stored, LateDecided):
            return _outcome(stored.granted, already=too_late)
        waiting = await self._waiting(asked)
        if self._is_over(asked):
            told = (
                "Визит уже начался, поэтому по ссылке больше ничего не решить. Посмотрите запись в журнале."
            )
            return _page(410, "Время вышло", _said(told))
        if waiting is None:
            told = "Клиент передумал или решил иначе. Посмотрите запись в журнале."
            return _page(410, "Решать больше нечего", _said(told))
        return _page(200, "Просьба о поздней отмене", self._question(waiting))

    async def _waiting(self, asked: Asked) -> LateRequest | None:
        chat = await self.store.chat(asked.chat_id)
        requests = chat.late_requests if chat else ()
        return next((one for one in requests if one.request == asked.request), None)

    def _is_over(self, asked: Asked) -> bool:
        return self.now() >= asked.until

    def _question(self, waiting: LateRequest) -> str:
        record, zone = waiting.record, self.zone()
        facts = {
            "Клиент": record.client or "имя не указано",
            "Что": ", ".join((*record.services, *((f"мастер {record.master}",) if record.master else ()))),
            "Когда": _moment(record.starts_at, zone),
            "Просьба пришла": _moment(waiting.asked_at, zone),
            **({"Причина": self.reason(waiting.cause)} if waiting.cause else {}),
        }
        listed = "".join(
            f"<div><dt>{name}</dt><dd>{html.escape(said)}</dd></div>" for name, said in facts.items()
        )
        ahead = f'<span class="late">{_ahead(waiting)}</span>'
        late = f"<div><dt>До визита на момент просьбы</dt><dd>{ahead}</dd></div>"
        return f"<dl>{listed}{late}</dl>{_FORM}"


_FORM = (
    '<form method="post">'
    '<button class="grant" name="decision" value="grant">Отменить запись</button>'
    '<button name="decision" value="deny">Оставить в силе</button>'
    "</form>"
)


def _name(asked: Asked) -> str:
    """Under which the decision is stored: one for each request, whoever decides."""
    return f"late:{asked.request}"


def _moment(moment: datetime, zone: tzinfo) -> str:
    return format_datetime(moment.astimezone(zone), "EEEE, d MMMM, HH:mm", locale="ru")


def _ahead(waiting: LateRequest) -> str:
    record: Record = waiting.record
    minutes = max(timedelta(0), record.starts_at - waiting.asked_at) // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} ч" if hours else "", f"{minutes} мин") if part)


def _outcome(granted: bool, *, already: bool = False) -> web.Response:
    title, told = _DECIDED[granted]
    if already:
        return _page(409, "Уже решено", _said(f"{title}: так решили раньше, и это решение в силе."))
    return _page(200, title, _said(told))


def _unknown() -> web.Response:
    return _page(404, "Такой ссылки нет", _said("Проверьте, пожалуйста, что она открыта целиком."))


def _not_now(error: PortError) -> web.Response:
    log.error("late_request.not_stored", error=str(error))
    return _page(503, "Сейчас не получилось", _said("Ничего не решено. Попробуйте ещё раз через минуту."))


def _said(words: str) -> str:
    return f"<p>{html.escape(words)}</p>"


def _page(status: int, title: str, body: str) -> web.Response:
    template = Template(Path(__file__).with_name("late.html").read_text(encoding="utf-8"))
    text = template.substitute(title=html.escape(title), body=body)
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
