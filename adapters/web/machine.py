"""The machine for the demo's page: its tables as JSON, and the drawings of its flows."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from threading import Lock
from typing import Any

from aiohttp import web

from adapters.web.made import Made
from engine.diagram import Node, Reading, draw, read_aloud, title_of
from engine.dialogue import Dialogue
from engine.flow import IDLE, Open, State, Waiting
from engine.texts import Texts

# The drawing of all flows.
ALL = "all"
# Graphviz and the font are one thread's at a time.
_PENCIL = Lock()


def described(dialogue: Dialogue, texts: Texts) -> dict[str, Any]:
    """Return flows, states and rows as the page's script reads them; it takes a second or two."""
    # Here and below, since what draws takes a while to load, and a demo is to be there at once.
    from adapters.drawing.places import file_of_flow, places_of_states
    from adapters.drawing.source import source

    readings = read_aloud(dialogue, texts.texts, source)
    places = places_of_states(dialogue)
    nodes = {node.state: node for node in draw(dialogue).nodes()}
    owner = {state.name: flow.name for flow in dialogue.flows for state in flow.states}
    return {
        "home": IDLE,
        "flows": [
            {"name": flow.name, "title": title_of(flow), "file": file_of_flow(flow)}
            for flow in dialogue.flows
        ],
        "states": {
            name: {
                "flow": owner.get(name),
                **_state(state, nodes[name]),
                "file": places[name],
                "texts": list(_texts(name, readings, texts)),
            }
            for name, state in dialogue.states.items()
        },
        "rows": [
            {
                "row": row.row,
                "flow": flow,
                "source": row.source,
                "event": row.event,
                "guard": row.guard,
                "to": row.to,
                "does": row.does,
                "says": row.says,
            }
            for row, flow in zip(readings, _owners(dialogue, len(readings)), strict=True)
        ],
    }


def _state(state: State, node: Node) -> dict[str, Any]:
    from adapters.drawing.places import place_of

    patience = state.patience if isinstance(state, Waiting | Open) else None
    return {
        "kind": node.kind,
        "waits_for": node.waits_for,
        "patience_s": None if patience is None else round(patience.total_seconds()),
        "hears": [
            {
                "name": getattr(recognise, "__name__", type(recognise).__name__),
                "about": (recognise.__doc__ or "").strip().partition("\n")[0],
                "file": place_of(recognise),
            }
            for recognise in getattr(state, "hears", ())
        ],
    }


def _texts(state: str, readings: tuple[Reading, ...], texts: Texts) -> Iterator[dict[str, str]]:
    """Yield what rows from here may say, each text once: first the flow's own, then what every state says."""
    here = sorted((row for row in readings if row.source == state), key=lambda row: row.general)
    for key in dict.fromkeys(key for row in here for key in row.says):
        yield {"key": key, "words": texts.texts[key].words[texts.language]}


def _owners(dialogue: Dialogue, rows: int) -> list[str | None]:
    """Return the flow of each row; None: every state of a kind has it."""
    own: list[str | None] = [flow.name for flow in dialogue.flows for _ in flow.table]
    return own + [None] * (rows - len(own))


def as_json(dialogue: Dialogue, texts: Texts) -> bytes:
    return json.dumps(described(dialogue, texts), ensure_ascii=False, separators=(",", ":")).encode()


def drawn(dialogue: Dialogue, flow: str, *, styled: bool) -> bytes:
    from adapters.drawing import svg

    with _PENCIL:
        return svg(draw(dialogue, flow=None if flow == ALL else flow), styled=styled).encode()


# ── the routes ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class MachinePages:
    """`/demo/machine.json`, `/demo/machine/{flow}.svg` and the drawings' style.

    Each is made when it is first asked for, and kept.
    `headers` are those of the page, which the answers get as well.
    """

    machine: Callable[[], tuple[Dialogue, Texts]]
    headers: Mapping[str, str]
    _machine: Made[tuple[Dialogue, Texts]] = field(init=False)
    _json: Made[bytes] = field(init=False)
    _drawings: dict[tuple[str, bool], Made[bytes]] = field(init=False, default_factory=dict)
    _style: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._machine = Made(lambda: asyncio.to_thread(self.machine))
        self._json = Made(self._tables)
        self._style = files("adapters.drawing").joinpath("machine.css").read_bytes()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/demo/machine.json", self.tables),
            web.get("/demo/machine/{flow}.svg", self.drawing),
            web.get("/demo/drawing.css", self.style),
        ]

    async def warm(self) -> None:
        """Make everything now, so that nobody waits for it later; the loop goes on meanwhile.

        One after the other: two threads that compute would only hold each other up.
        """
        first, *others = await self._flows()
        # What every page shows first, then what it tells of it.
        await self._drawn(first, styled=False)
        await self._json.get()
        for flow in others:
            await self._drawn(flow, styled=False)

    async def tables(self, request: web.Request) -> web.StreamResponse:
        return self._answer(await self._json.get(), "application/json")

    async def drawing(self, request: web.Request) -> web.StreamResponse:
        """Return the drawing to be put into the page; with `download=1`, one that stands alone."""
        flow, styled = request.match_info["flow"], request.query.get("download") == "1"
        if flow not in (flows := await self._flows()):
            text = f"no flow is called so; there is {', '.join(flows)}\n"
            raise web.HTTPNotFound(text=text, headers=self.headers)
        answer = self._answer(await self._drawn(flow, styled=styled), "image/svg+xml")
        if styled:
            answer.headers["Content-Disposition"] = f'attachment; filename="otmena-{flow}.svg"'
        return answer

    async def style(self, request: web.Request) -> web.StreamResponse:
        return self._answer(self._style, "text/css")

    def _answer(self, body: bytes, kind: str) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=self.headers)

    async def _flows(self) -> tuple[str, ...]:
        dialogue, _ = await self._machine.get()
        return (*(flow.name for flow in dialogue.flows), ALL)

    async def _drawn(self, flow: str, *, styled: bool) -> bytes:
        if (flow, styled) not in self._drawings:
            self._drawings[flow, styled] = Made(partial(self._drawing, flow, styled))
        return await self._drawings[flow, styled].get()

    async def _tables(self) -> bytes:
        return await asyncio.to_thread(as_json, *await self._machine.get())

    async def _drawing(self, flow: str, styled: bool) -> bytes:
        dialogue, _ = await self._machine.get()
        return await asyncio.to_thread(drawn, dialogue, flow, styled=styled)
