"""One call on its way through the simulator: what was asked, and the three ways to answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.simulated import Request
from adapters.yclients.simulator.quirks import ActiveQuirks
from adapters.yclients.simulator.salon import Salon

# 746310-like ids of the documentation stay there; this is the owner of the simulated user token.
TOKEN_OWNER = 900001


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that says yes."""

    data: object = None
    status: int = 200
    meta: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """An answer without a body."""

    status: int = 204


class Refused(Exception):
    """An answer that says no, in the default shape of errors (§2) unless `whole` gives another."""

    def __init__(
        self,
        status: int,
        message: str,
        meta: Mapping[str, object] | None = None,
        whole: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.meta = {"message": message, **(meta or {})}
        self.whole = whole


@dataclass(slots=True)
class Call:
    """What an operation sees."""

    operation: str
    # The numbers of the path by name: record_id, visit_id, …
    ids: Mapping[str, int]
    request: Request
    salon: Salon
    quirks: ActiveQuirks
    now: datetime
    # The token that POST /auth hands out.
    user_token: str = ""
    # The days of the path by name, as they were written.
    dates: Mapping[str, str] = field(default_factory=dict)
    _traits: dict[str, bool] = field(default_factory=dict)

    def has(self, trait: str) -> bool:
        """Whether the trait shows in this call; asked twice, it is used up once."""
        if trait not in self._traits:
            self._traits[trait] = self.quirks.take_trait(trait, self.operation)
        return self._traits[trait]

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    def query_number(self, name: str) -> int | None:
        """Return a whole number of the query; what is not one is ignored, as unknown names are."""
        return whole_number(self.query.get(name))

    def query_list(self, name: str) -> list[str]:
        """Return what stands under `name[]`, `name[0]` and so on, in order."""
        listed = re.compile(re.escape(name) + r"\[\d*\]")
        return [value for key, value in self.request.query if listed.fullmatch(key)]

    def query_numbers(self, name: str) -> list[int]:
        numbers = (whole_number(value) for value in self.query_list(name))
        return [number for number in numbers if number is not None]

    def body(self) -> dict[str, Any]:
        """Return the JSON object of the body; an absent body is an empty one."""
        if not self.request.body:
            return {}
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "Недопустимый формат запроса") from error
        if not isinstance(body, dict):
            raise Refused(400, "Недопустимый формат запроса")
        return body


def whole_number(value: object) -> int | None:
    """Read a whole number as PHP would: 5, "5" and 5.0 are the same."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | str):
        try:
            return int(float(value)) if float(value).is_integer() else None
        except (ValueError, OverflowError):
            return None
    return None
