"""The door of the API: who may come in, and in which envelope the answer goes out."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.simulated import Reply, Request
from adapters.yclients.simulator import shapes
from adapters.yclients.simulator.calls import Call, Nothing, Refused
from adapters.yclients.simulator.routes import Route

# Altegio's value works against YClients too (§1).
V2 = ("application/vnd.yclients.v2+json", "application/vnd.api.v2+json")

_BEARER = re.compile(r"\bBearer\s+([^\s,]+)", re.IGNORECASE)
_USER = re.compile(r"(?:^|,|\s)User\s+([^\s,]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that open the door; None: any will do, but one must be shown."""

    partner: str | None
    user: str | None

    def check(self, request: Request, route: Route) -> None:
        header = request.headers.get("authorization", "")
        partner = _BEARER.search(header)
        if partner is None or (self.partner is not None and partner[1] != self.partner):
            raise Refused(401, "Не указан идентификатор партнера")
        if not route.needs_user:
            return
        user = _USER.search(header)
        if user is None:
            raise Refused(401, "Не указаны авторизационные данные")
        if self.user is not None and user[1] != self.user:
            raise Refused(401, "Необходима авторизация")


def answer(call: Call, route: Route, tokens: Tokens) -> Reply:
    """Let the call in, if its tokens and its company are right, and answer it."""
    v2 = any(version in call.request.headers.get("accept", "") for version in V2)
    try:
        tokens.check(call.request, route)
        _check_company(call, route)
        result = route.answer(call)
    except Refused as refused:
        return refusal(refused, v2=v2)
    if isinstance(result, Nothing):
        return Reply(result.status)
    return as_json(result.status, shapes.envelope(result.data, result.meta) if v2 else result.data)


def refusal(refused: Refused, *, v2: bool = True) -> Reply:
    # v1's shape of errors was not probed; this is the one that still comes through here and there (§2).
    whole: Mapping[str, object] = shapes.error(refused.meta)
    if not v2:
        whole = shapes.bare_error(refused.status, refused.message)
    return as_json(refused.status, refused.whole or whole)


def as_json(status: int, body: object) -> Reply:
    return Reply(
        status,
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"),
        {"Content-Type": "application/json; charset=utf-8"},
    )


def _check_company(call: Call, route: Route) -> None:
    if call.ids.get("company_id", call.salon.company_id) == call.salon.company_id:
        return
    if route.needs_user:
        raise Refused(403, "Нет прав на управление филиалом")
    if route.operation != "company":
        raise Refused(404, "Филиал не найден.")
