"""What a fault makes of an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.simulated import Reply
from adapters.yclients.simulator.calls import Refused
from adapters.yclients.simulator.door import as_json, refusal
from adapters.yclients.simulator.writes import busy

# Longer than anyone waits.
NEVER_S = 3600.0
# No longer than a look-up is tried.
RETRY_AFTER_S = 7
LIMIT_MESSAGE = "Превышен лимит запросов, попробуйте повторить запрос через 0 секунд"

_HTML = {"Content-Type": "text/html; charset=utf-8"}
_BAD_GATEWAY = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
_PAGE = "<!DOCTYPE html><html><body><h1>Ведутся технические работы</h1></body></html>".encode()

# Every fault that answers without doing anything.
REFUSALS: Mapping[str, Callable[[str], Reply]] = {
    "500": lambda _: refusal(Refused(500, "Внутренняя ошибка сервера")),
    "502-html": lambda _: Reply(502, _BAD_GATEWAY, _HTML),
    "401": lambda _: refusal(Refused(401, "Необходима авторизация")),
    "403": lambda _: refusal(Refused(403, "Недостаточно прав")),
    "404": lambda operation: refusal(
        Refused(404, "Визит не найден" if operation in ("cancel", "visit") else "Не найдено")
    ),
    "405": lambda _: refusal(Refused(405, "Метод не поддерживается")),
    "409": lambda _: refusal(busy(409)),
    "421": lambda _: Reply(421, b"Misdirected Request", {"Content-Type": "text/plain"}),
    "422": lambda operation: refusal(Refused(422, f"Не передан обязательный параметр {_missing(operation)}")),
    "429": lambda _: over_the_limit(),
    "429-retry-after": lambda _: _with(over_the_limit(), {"Retry-After": str(RETRY_AFTER_S)}),
    "200-false": lambda _: as_json(
        200, {"success": False, "data": None, "meta": {"message": "Не удалось сохранить изменения"}}
    ),
    "html-200": lambda _: Reply(200, _PAGE, _HTML),
    "timeout-before": lambda _: Reply(200, delay_s=NEVER_S),
    "drop-before": lambda _: Reply(200, dropped=True),
}

# Every fault that spoils the answer of what was done.
SPOILINGS: Mapping[str, Callable[[Reply], Reply]] = {
    "timeout-but-done": lambda reply: replace(reply, delay_s=NEVER_S),
    "drop-but-done": lambda reply: replace(reply, dropped=True),
    "500-but-done": lambda _: REFUSALS["500"](""),
    "502-but-done": lambda _: REFUSALS["502-html"](""),
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How slow is slow, and how late is late."""

    slow_s: float = 3.0
    done_later: timedelta = timedelta(minutes=1)


def over_the_limit() -> Reply:
    # The window is a minute, whatever the words say, and no Retry-After was ever seen (§1).
    return refusal(Refused(429, LIMIT_MESSAGE))


def _with(reply: Reply, headers: Mapping[str, str]) -> Reply:
    return replace(reply, headers={**reply.headers, **headers})


def never() -> Reply:
    return Reply(200, delay_s=NEVER_S)


def _missing(operation: str) -> str:
    return "attendance" if operation == "cancel" else "client"
