"""The demo's page: a phone to write in, and the salon's journal beside it, live."""

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.stage import PERSONAS, Persona, Stage
from adapters.whatsapp.simulator import Bubble

TEXT_CHARACTERS_MAX = 4096
# The indicator of typing goes out by itself, so the page is compared this often even if nothing happened.
LOOK_AGAIN_S = 1.0
# A browser that has gone is noticed at the next write.
SIGN_OF_LIFE_S = 15.0

_FILES = {"demo.html": "text/html", "demo.css": "text/css", "demo.js": "text/javascript"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class DemoPage:
    """The page's routes, beside those of our server."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._closing = False

    def application(self) -> web.Application:
        app = self._stage.webhooks().application()
        app.middlewares.append(guarded)
        app.on_shutdown.append(self._close)
        app.add_routes(
            [
                web.get("/", _to_the_page),
                web.get("/demo/", _to_the_page),
                web.get("/demo", _file("demo.html")),
                web.get("/demo/demo.css", _file("demo.css")),
                web.get("/demo/demo.js", _file("demo.js")),
                web.get("/demo/events", self.events),
                web.post("/demo/say", self.say),
                web.post("/demo/tap", self.tap),
                web.post("/demo/reset", self.reset),
            ]
        )
        return app

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the persona's screen and the journal, whole, after every change."""
        persona = _persona(request.query.get("persona"))
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError), self._stage.watching() as changed:
            await self._stream(response, persona, changed)
        return response

    async def _stream(self, response: web.StreamResponse, persona: Persona, changed: asyncio.Event) -> None:
        shown, quiet_s = "", 0.0
        while not self._closing:
            changed.clear()
            now_shown = json.dumps(self.picture(persona), ensure_ascii=False)
            if now_shown != shown:
                await response.write(f"data: {now_shown}\n\n".encode())
                shown, quiet_s = now_shown, 0.0
            elif quiet_s >= SIGN_OF_LIFE_S:
                await response.write(b": still here\n\n")
                quiet_s = 0.0
            try:
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await changed.wait()
            except TimeoutError:
                quiet_s += LOOK_AGAIN_S

    def picture(self, persona: Persona) -> Mapping[str, Any]:
        """Return all that the page shows, as JSON takes it."""
        stage = self._stage
        bubbles = stage.screen(persona)
        number_of = {bubble.wamid: i for i, bubble in enumerate(bubbles)}
        return {
            "world": stage.world.number,
            "persona": persona.key,
            "phone": persona.phone,
            "typing": stage.typing(persona),
            "bubbles": [self._bubble(bubble, number_of) for bubble in bubbles],
            "journal": [asdict(day) for day in stage.journal()],
        }

    def _bubble(self, bubble: Bubble, number_of: Mapping[str, int]) -> Mapping[str, Any]:
        # Messages go by their number on the screen: WhatsApp's ids hold the client's phone (design §10).
        return {
            "number": number_of[bubble.wamid],
            "from": "client" if bubble.direction == "in" else "salon",
            "text": bubble.text,
            "time": f"{self._stage.local(bubble.at):%H:%M}",
            "status": bubble.status,
            "list": bubble.list_label if bubble.kind == "list" else None,
            "options": [asdict(option) for option in bubble.options],
            "answers": number_of.get(bubble.context or ""),
        }

    async def say(self, request: web.Request) -> web.Response:
        body = await _json(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > TEXT_CHARACTERS_MAX:
            raise _bad(f"text must be 1 to {TEXT_CHARACTERS_MAX} characters")
        # Half a surrogate pair is no text, and no phone can send it.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise _bad("text must be Unicode")
        self._stage.say(_persona(body.get("persona")), text.strip())
        return web.json_response({})

    async def tap(self, request: web.Request) -> web.Response:
        body = await _json(request)
        persona, number, option = _persona(body.get("persona")), body.get("number"), body.get("option")
        bubbles = self._stage.screen(persona)
        if not isinstance(number, int) or not 0 <= number < len(bubbles) or not isinstance(option, str):
            raise _bad("number and option must name a button on the screen")
        try:
            self._stage.tap(persona, bubbles[number], option)
        except LookupError as error:
            raise _bad("number and option must name a button on the screen") from error
        return web.json_response({})

    async def reset(self, request: web.Request) -> web.Response:
        await _json(request)
        await self._stage.start_over()
        return web.json_response({})

    async def _close(self, app: web.Application) -> None:
        """End the streams, which otherwise nothing ends."""
        self._closing = True
        self._stage.wake()


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep other pages of the same browser from reading or driving the demo."""
    if request.path.startswith("/demo"):
        if not _is_at_home(request.host):
            raise web.HTTPForbidden(text="open the demo by its address, as it was printed\n")
        if request.method == "POST" and not _is_its_own_page(request):
            raise web.HTTPForbidden(text="only the demo's own page may do that\n")
    return await handler(request)


def _is_at_home(host: str) -> bool:
    """Whether the Host header is an address: a name could be anybody's that points here (DNS rebinding)."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_its_own_page(request: web.Request) -> bool:
    """Whether nothing says otherwise: a browser names the page that a POST comes from, a tool does not."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site == "same-origin" and (origin is None or urlsplit(origin).netloc == request.host)


def _file(name: str) -> Handler:
    content = (Path(__file__).parent / name).read_bytes()

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=_FILES[name], charset="utf-8", headers=_HEADERS)

    return answer


async def _to_the_page(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/demo")


async def _json(request: web.Request) -> Mapping[str, Any]:
    # A form of another page cannot send this type without asking first.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="the body must be JSON\n")
    try:
        body = await request.json()
    except ValueError as error:
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
