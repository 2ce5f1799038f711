"""The demo's routes: the page, its stream, and what a visitor does to a salon of their own."""

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.box.box import Box, UnknownMoment
from adapters.box.frames import Fault, Frame, Side
from adapters.box.visitors import TooManyVisitors, Visitors
from adapters.clock import RandomIds
from adapters.stage import PERSONAS, Persona
from adapters.web.picture import LANGS, Lang, entry, known, picture
from adapters.whatsapp.simulator import QUIRKS as WHATSAPP_FAULTS
from adapters.yclients.simulator import QUIRKS as YCLIENTS_FAULTS
from adapters.yclients.simulator import Quirk
from engine.script.scene import Edited

TEXT_CHARACTERS_MAX = 4096
# The indicator of typing goes out by itself, so the page is compared this often even if nothing happened.
LOOK_AGAIN_S = 1.0
# A browser that vanished without hanging up is noticed at the next write.
SIGN_OF_LIFE_S = 15.0
COOKIE = "otmena-visitor"
COOKIE_CHARACTERS_MAX = 64
W = TypeVar("W", bound="_Wish")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = "adapters.web.demo_page"
_TYPES = {"js": "text/javascript", "css": "text/css"}
_OPERATIONS = ("search", "records", "record", "cancel", "move", "delete", "slots")


# ── what a visitor may ask for ──


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Say(_Wish):
    persona: str
    text: str


class _Tap(_Wish):
    persona: str
    number: int
    option: str


class _Clock(_Wish):
    minutes: int = Field(ge=1, le=7 * 1440)


class _Fault(_Wish):
    side: Side
    name: str
    on: str | None = None
    times: int | None = Field(default=None, ge=1, le=100)


class _Clear(_Wish):
    side: Side
    # "": all of them.
    name: str = ""
    on: str | None = None


class _Edit(_Wish):
    record_id: int
    at: str | None = None
    master: str | None = None
    attendance: int | None = Field(default=None, ge=-1, le=2)
    deleted: bool | None = None


class _Fork(_Wish):
    n: int
    fault: _Fault | None = None


class _Nothing(_Wish):
    """A wish without particulars."""


class DemoPage:
    """The page's routes. `routes`: what stands beside them: the machine, the statistics."""

    def __init__(self, visitors: Visitors, routes: Sequence[web.RouteDef] = ()) -> None:
        self._visitors = visitors
        self._routes = routes
        self._closing = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application(middlewares=[guarded])
        app.on_shutdown.append(self._close)
        app.add_routes(
            [
                web.get("/", _to_the_page),
                web.get("/demo/", _to_the_page),
                web.get("/demo", self.page),
                web.get("/healthz", _alive),
                web.get("/demo/events", self.events),
                web.get("/demo/moment", self.moment),
                web.get("/demo/transcript", self.transcript),
                *self._routes,
                web.get(r"/demo/{file:[a-z_]+\.(?:js|css)}", _file),
                web.post("/demo/say", self._wished(_Say, self._say)),
                web.post("/demo/tap", self._wished(_Tap, self._tap)),
                web.post("/demo/clock", self._wished(_Clock, self._clock)),
                web.post("/demo/fault", self._wished(_Fault, self._fault)),
                web.post("/demo/faults/clear", self._wished(_Clear, self._clear)),
                web.post("/demo/edit", self._wished(_Edit, self._edit)),
                web.post("/demo/restart", self._wished(_Nothing, self._restart)),
                web.post("/demo/fork", self._wished(_Fork, self._fork)),
                web.post("/demo/reset", self._wished(_Nothing, self._reset)),
            ]
        )
        return app

    # ── looking ──

    async def page(self, request: web.Request) -> web.StreamResponse:
        lang = _lang(request)
        response = web.Response(text=_html(lang), content_type="text/html", headers=HEADERS)
        if not _visitor(request):
            response.set_cookie(COOKIE, RandomIds().new(), httponly=True, samesite="Strict")
        return response

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the persona's picture, whole, after every change, with the entries that are new."""
        persona, lang, box = _persona(request.query.get("persona")), _lang(request), await self._box(request)
        response = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError), box.watching() as changed:
            await self._stream(request, response, box, persona, lang, changed)
        return response

    async def _stream(
        self,
        request: web.Request,
        response: web.StreamResponse,
        box: Box,
        persona: Persona,
        lang: Lang,
        changed: asyncio.Event,
    ) -> None:
        shown: dict[str, Any] = {}
        version, quiet_s = 0, 0.0
        # A browser that has hung up is gone at once: its box may be another's then.
        while not self._closing.is_set() and request.transport is not None:
            changed.clear()
            if shown.get("world") != box.world:
                version = 0
            fresh, version = box.timeline.since(version), box.timeline.version
            now_shown = picture(box, box.frame(), persona, lang)
            if fresh or _told(now_shown) != _told(shown):
                message = now_shown | {"entries": [entry(box, one, lang) for one in fresh]}
                await response.write(f"data: {json.dumps(message, ensure_ascii=False)}\n\n".encode())
                shown, quiet_s = now_shown, 0.0
            elif quiet_s >= SIGN_OF_LIFE_S:
                await response.write(b": still here\n\n")
                quiet_s = 0.0
            try:
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await changed.wait()
            except TimeoutError:
                quiet_s += LOOK_AGAIN_S

    async def moment(self, request: web.Request) -> web.Response:
        """Answer with the picture as it was right after one entry."""
        persona, lang, box = _persona(request.query.get("persona")), _lang(request), await self._box(request)
        frame = _frame(box, request.query.get("n", ""))
        shown = picture(box, frame, persona, lang) | {"moment": int(request.query["n"])}
        return web.json_response(shown, headers=HEADERS)

    async def transcript(self, request: web.Request) -> web.Response:
        """Answer with what took place, as a file that `otmena test` plays."""
        box = await self._box(request)
        text = await self._visitors.made_to_hold(box.transcript(_TITLE.format(box.local(box.clock.now()))))
        named = {"Content-Disposition": 'attachment; filename="otmena.chat"'}
        return web.Response(text=text, content_type="text/plain", headers=HEADERS | named)

    # ── doing ──

    def _wished(self, wish: type[W], do: Callable[[Box, W], Awaitable[None]]) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            asked = _read(wish, await _json(request))
            await do(await self._box(request), asked)
            return web.json_response({}, headers=HEADERS)

        return answer

    async def _say(self, box: Box, wish: _Say) -> None:
        if not wish.text.strip() or len(wish.text) > TEXT_CHARACTERS_MAX:
            raise _bad(f"text must be 1 to {TEXT_CHARACTERS_MAX} characters")
        # Half a surrogate pair is no text, and no phone can send it.
        if any("\ud800" <= character <= "\udfff" for character in wish.text):
            raise _bad("text must be Unicode")
        box.say(_persona(wish.persona), wish.text.strip())

    async def _tap(self, box: Box, wish: _Tap) -> None:
        persona = _persona(wish.persona)
        bubbles = box.screen(persona)
        if not 0 <= wish.number < len(bubbles):
            raise _bad("number and option must name a button on the screen")
        try:
            box.tap(persona, bubbles[wish.number], wish.option)
        except LookupError as error:
            raise _bad("number and option must name a button on the screen") from error

    async def _clock(self, box: Box, wish: _Clock) -> None:
        try:
            await box.move_clock(timedelta(minutes=wish.minutes))
        except ValueError as error:
            raise _bad(str(error)) from error

    async def _fault(self, box: Box, wish: _Fault) -> None:
        try:
            box.fault(wish.side, _fault_of(wish))
        except ValueError as error:
            raise _bad(str(error)) from error

    async def _clear(self, box: Box, wish: _Clear) -> None:
        box.clear_faults(wish.side, wish.name, wish.on)

    async def _edit(self, box: Box, wish: _Edit) -> None:
        edited = Edited(
            starts_at=_moment(wish.at), master=wish.master, attendance=wish.attendance, deleted=wish.deleted
        )
        if edited == Edited():
            raise _bad("say what to change: at, master, attendance or deleted")
        try:
            box.edit(wish.record_id, edited)
        except LookupError as error:
            raise _bad(f"there is no such record, or no such master: {error}") from error
        except ValueError as error:
            raise _bad(str(error)) from error

    async def _restart(self, box: Box, wish: _Nothing) -> None:
        await box.restart()

    async def _fork(self, box: Box, wish: _Fork) -> None:
        side: Side = wish.fault.side if wish.fault else "yclients"
        try:
            await box.fork(wish.n, side, _fault_of(wish.fault) if wish.fault else None)
        except (UnknownMoment, ValueError) as error:
            raise _bad(str(error.args[0])) from error

    async def _reset(self, box: Box, wish: _Nothing) -> None:
        await box.start_over()

    async def _box(self, request: web.Request) -> Box:
        try:
            return await self._visitors.box(_visitor(request))
        except TooManyVisitors as error:
            raise web.HTTPServiceUnavailable(text="too many visitors at once; try again later\n") from error

    async def _close(self, app: web.Application) -> None:
        """End the streams, which otherwise nothing ends."""
        self._closing.set()
        self._visitors.wake()


_TITLE = "Recorded by otmena demo on {:%Y-%m-%d}."


def _told(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the seconds of the clock: the page counts them itself."""
    return {**shown, "clock": shown.get("clock", {}).get("label")}


def _frame(box: Box, n: str) -> Frame:
    if not (n.isascii() and n.isdecimal() and len(n) < 10 and 1 <= int(n) <= len(box.timeline.entries)):
        raise _bad("n must be the number of an entry")
    return box.timeline.entries[int(n) - 1].frame


def _fault_of(wish: _Fault) -> Fault:
    return Fault(wish.name, wish.on, wish.times)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad("at must be a moment like 2026-11-29T16:00") from error
    if moment.tzinfo is not None:
        raise _bad("at must be by the salon's own clock, without an offset")
    return moment


def _read(wish: type[W], body: Mapping[str, Any]) -> W:
    try:
        return wish.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _bad(f"{place}: {first['msg']}" if place else first["msg"]) from error


# ── the page's files ──


def _html(lang: Lang) -> str:
    page = files(_PAGE).joinpath("page.html").read_text(encoding="utf-8")
    # In a script nothing but its end is read as markup.
    block = json.dumps(known(lang, _faults()), ensure_ascii=False).replace("<", "\\u003c")
    return page.replace('<html lang="ru">', f'<html lang="{escape(lang)}">', 1).replace(
        "<!--known-->", f'<script type="application/json" id="known">{block}</script>', 1
    )


def _faults() -> dict[str, list[dict[str, Any]]]:
    return {
        "yclients": [
            {"name": name, "says": says, "on": [one for one in _OPERATIONS if Quirk(name).shows_on(one)]}
            for name, says in YCLIENTS_FAULTS.items()
        ],
        "whatsapp": [{"name": name, "says": says} for name, says in WHATSAPP_FAULTS.items()],
    }


async def _file(request: web.Request) -> web.StreamResponse:
    name = request.match_info["file"]
    found = files(_PAGE).joinpath(name)
    if not found.is_file():
        raise web.HTTPNotFound(text="there is no such file\n")
    kind = _TYPES[name.rpartition(".")[2]]
    return web.Response(body=found.read_bytes(), content_type=kind, charset="utf-8", headers=HEADERS)


async def _alive(request: web.Request) -> web.StreamResponse:
    return web.Response(text="alive\n")


def _visitor(request: web.Request) -> str:
    """Return whose salon is meant; "": whoever sends no cookie shares one."""
    return request.cookies.get(COOKIE, "")[:COOKIE_CHARACTERS_MAX]


def _lang(request: web.Request) -> Lang:
    wanted = request.query.get("lang", "ru")
    return next((lang for lang in LANGS if lang == wanted), "ru")


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep other pages of the same browser from reading or driving the demo."""
    if request.path.startswith(("/demo", "/stats")):
        if not _is_at_home(request.host):
            raise web.HTTPForbidden(text="open the demo by its address, as it was printed\n")
        if request.method == "POST" and not _is_its_own_page(request):
            raise web.HTTPForbidden(text="only the demo's own page may do that\n")
    return await handler(request)


def _is_at_home(host: str) -> bool:
    """Whether the Host header is an address: a name could be anybody's that points here (DNS rebinding)."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_its_own_page(request: web.Request) -> bool:
    """Whether nothing says otherwise: a browser names the page that a POST comes from, a tool does not."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site == "same-origin" and (origin is None or origin.partition("://")[2] == request.host)


async def _to_the_page(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/demo")


async def _json(request: web.Request) -> Mapping[str, Any]:
    # A form of another page cannot send this type without asking first.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="the body must be JSON\n")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise _bad("the body must be JSON") from error
    if not isinstance(body, dict):
        raise _bad("the body must be a JSON object")
    return body


def _persona(key: object) -> Persona:
    persona = PERSONAS.get(key) if isinstance(key, str) else None
    if persona is None:
        raise _bad(f"persona must be one of {', '.join(PERSONAS)}")
    return persona


def _bad(why: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=f"{why}\n")
