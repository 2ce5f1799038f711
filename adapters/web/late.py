"""The page where a late request is decided: looking shows it, and only pressing a button decides.

Messengers and mail scanners open every link that they see, so a GET must change nothing.
What it says of the record was read in the journal for this page, or says of which moment it is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

from adapters.web import late_page
from adapters.web.late_case import Cases, name_of
from adapters.web.late_links import Asked, LateLinks
from engine.events import Event, LateDecided
from engine.ports import PortError

_DECISIONS = {"grant": True, "deny": False}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LatePages:
    links: LateLinks
    cases: Cases
    # Brings the decision to its chat, once.
    happened: Callable[[int, str, Event], Awaitable[bool]]
    salon: Callable[[], late_page.Salon]

    def routes(self) -> tuple[web.RouteDef, ...]:
        return (web.get("/late/{token}", self.shows), web.post("/late/{token}", self.decides))

    async def shows(self, request: web.Request) -> web.Response:
        asked = self.links.read(request.match_info["token"])
        if asked is None:
            return late_page.unknown()
        try:
            return late_page.of(await self.cases.read(asked), self.salon())
        except PortError as error:
            return _not_now(error)

    async def decides(self, request: web.Request) -> web.Response:
        asked = self.links.read(request.match_info["token"])
        if asked is None:
            return late_page.unknown()
        wish = (await request.post()).get("decision")
        if not isinstance(wish, str) or wish not in _DECISIONS:
            return late_page.not_understood()
        try:
            return await self._decided(asked, _DECISIONS[wish], request.path)
        except PortError as error:
            return _not_now(error)

    async def _decided(self, asked: Asked, granted: bool, path: str) -> web.Response:
        case = await self.cases.read(asked)
        if case.granted is None:
            if not case.waits or case.has_begun:
                return late_page.of(case, self.salon())
            assert case.journal is not None
            if not granted and case.journal.shows == "cancelled":
                # «Запись остаётся» would be untrue.
                return late_page.cancelled_already(case, self.salon())
            decided = LateDecided(request=asked.request, granted=granted)
            if await self.happened(asked.chat_id, name_of(asked), decided):
                log.info("late_request.decided", chat=asked.chat_id, request=asked.request, granted=granted)
            # Somebody else may have been quicker.
            case = await self.cases.read(asked, journal=False)
        if case.granted != granted:
            return late_page.conflict(case, self.salon())
        # Seen by a GET, it is not pressed once more by whoever loads the page again.
        raise web.HTTPSeeOther(path, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _not_now(error: PortError) -> web.Response:
    log.error("late_request.not_stored", error=str(error))
    return late_page.not_now()
