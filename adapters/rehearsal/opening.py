"""Open a rehearsal: in process, or with real HTTP between all parties; in virtual time both ways."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from random import Random
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.rehearsal.rehearsal import Compose, Parties, Rehearsal
from adapters.rehearsal.settings import APP_SECRET, PHONE_NUMBER_ID, rehearsal_settings
from adapters.virtual import LoopClock, play
from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from engine.runtime import Decided

T = TypeVar("T")

# How the parties reach each other.
Over = Literal["virtual", "http"]
# Sockets of this machine answer within this; only then may virtual time pass.
QUIET_S = 0.004


class Rehearse(Protocol):
    def __call__(
        self,
        *,
        at: datetime,
        settings: Mapping[str, str] = ...,
        over: Over = ...,
        watched: Callable[[Decided], None] | None = ...,
        seed: int = ...,
    ) -> AbstractAsyncContextManager[Rehearsal]: ...


def in_virtual_time(work: Coroutine[Any, Any, T], over: Over = "virtual") -> T:
    """Run what opens rehearsals on a loop of its own, in which waiting takes no time."""
    return play(work, quiet_s=QUIET_S if over == "http" else 0.0)


@asynccontextmanager
async def rehearse(
    compose: Compose,
    *,
    at: datetime,
    settings: Mapping[str, str] | None = None,
    over: Over = "virtual",
    watched: Callable[[Decided], None] | None = None,
    seed: int = 1,
) -> AsyncIterator[Rehearsal]:
    """Yield a salon whose clock shows `at` (by its own wall clock, without an offset).

    `settings` are those of the contract, without their prefix. `watched` is called with every turn that
    stands. The same seed plays the same.

    Raises:
        ValueError: no such setting, or a value that it does not take.
    """
    wanted = settings or {}
    zone = wanted.get("TIMEZONE") or "Europe/Moscow"
    try:
        start = at.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"set TIMEZONE={zone}: is no timezone; write for instance Europe/Moscow") from None
    salon = YClientsSimulator(timezone=zone)
    phones = WhatsAppSimulator(
        phone_number_id=PHONE_NUMBER_ID,
        app_secret=APP_SECRET,
        status_delays_s=(0.05, 0.2, 0.6),
        chance=Random(seed),
    )
    clock = LoopClock(start)
    parties = Parties(
        salon=salon,
        phones=phones,
        clock=clock,
        settings=rehearsal_settings(wanted, company_id=salon.company_id, verify_token=phones.verify_token),
        compose=compose,
        over_http=over == "http",
        chance=Random(seed),
    )
    async with AsyncExitStack() as stack:
        rehearsal = Rehearsal(parties, stack, watched=watched)
        await rehearsal.open()
        yield rehearsal
        await rehearsal.close()
