"""Open a scene: the bare core, a whole salon in process, or one over real HTTP; always in virtual time."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, tzinfo
from random import Random
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.rehearsal.assistant import Compose, Parties
from adapters.rehearsal.bare import PureScene
from adapters.rehearsal.jitter import Jitter
from adapters.rehearsal.rehearsal import Rehearsal
from adapters.rehearsal.settings import (
    APP_SECRET,
    PHONE_NUMBER_ID,
    VERIFY_TOKEN,
    SettingRefused,
    rehearsal_settings,
)
from adapters.settings import Settings
from adapters.virtual import LoopClock, play
from adapters.whatsapp.simulator import Template, WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator
from engine.dialogue import Dialogue
from engine.flow import Salon
from engine.runtime import Decided
from engine.script.scene import Scene
from engine.texts import Texts

T = TypeVar("T")

# What a transcript plays on: the whole salon in this process, the same through real HTTP, the bare core.
Over = Literal["virtual", "http", "engine"]
# What the salon's template says around a notice.
TEMPLATE_SAYS = "Сообщение салона: "
# Sockets of this machine answer within this; only then may virtual time pass.
QUIET_S = 0.004


class Rehearse(Protocol):
    """Opens a scene to play transcripts on."""

    def __call__(
        self,
        *,
        at: datetime,
        settings: Mapping[str, str] = ...,
        over: Over = ...,
        watched: Callable[[Decided], None] | None = ...,
    ) -> AbstractAsyncContextManager[Scene]: ...


class RehearseWhole(Protocol):
    """Opens a whole salon, whose assistant can be killed anywhere."""

    def __call__(
        self,
        *,
        at: datetime,
        settings: Mapping[str, str] = ...,
        watched: Callable[[Decided], None] | None = ...,
        seed: int = ...,
        jittered: bool = ...,
    ) -> AbstractAsyncContextManager[Rehearsal]: ...


class Core(Protocol):
    """What the composition root makes of settings for a salon in this zone, without any adapter."""

    def __call__(self, settings: Settings, zone: tzinfo) -> tuple[Dialogue, Texts, Salon]: ...


def in_virtual_time(
    work: Coroutine[Any, Any, T], over: Over = "virtual", *, shuffled_by: Random | None = None
) -> T:
    """Run what opens rehearsals on a loop of its own, in which waiting takes no time.

    `shuffled_by`: tasks that are ready go on in an order of its choice; None: in turn.
    """
    return play(work, quiet_s=QUIET_S if over == "http" else 0.0, shuffled_by=shuffled_by)


@asynccontextmanager
async def rehearse(
    compose: Compose,
    *,
    at: datetime,
    settings: Mapping[str, str] | None = None,
    over: Over = "virtual",
    watched: Callable[[Decided], None] | None = None,
    seed: int = 1,
    jittered: bool = False,
) -> AsyncIterator[Rehearsal]:
    """Yield a salon whose clock shows `at` (by its own wall clock, without an offset).

    `settings` are those of the contract, without their prefix. `watched` is called with every turn that
    stands. The same seed plays the same. `jittered`: disk and net are as slow as the seed has it, and the
    log is checkpointed as often.

    Raises:
        SettingRefused: no such setting, or a value that it does not take.
    """
    wanted = settings or {}
    zone = _zone(wanted)
    start = at.replace(tzinfo=zone)
    salon = YClientsSimulator(timezone=str(zone))
    chosen = rehearsal_settings(wanted, company_id=salon.company_id, verify_token=VERIFY_TOKEN)
    phones = WhatsAppSimulator(
        phone_number_id=PHONE_NUMBER_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        templates=_approved(chosen),
        status_delays_s=(0.05, 0.2, 0.6),
        chance=Random(seed),
    )
    clock = LoopClock(start)
    parties = Parties(
        salon=salon,
        phones=phones,
        clock=clock,
        settings=chosen,
        compose=compose,
        over_http=over == "http",
        chance=Random(seed),
        fate=Random(f"{seed}: power"),
        jitter=Jitter.of(seed) if jittered else None,
    )
    async with AsyncExitStack() as stack:
        rehearsal = Rehearsal(parties, stack, watched=watched)
        await rehearsal.open()
        yield rehearsal
        await rehearsal.close()


@asynccontextmanager
async def opened(
    compose: Compose,
    core: Core,
    *,
    at: datetime,
    settings: Mapping[str, str] | None = None,
    over: Over = "virtual",
    watched: Callable[[Decided], None] | None = None,
) -> AsyncIterator[Scene]:
    """Yield a scene of any kind; arguments and errors as of `rehearse`."""
    if over == "engine":
        zone = _zone(settings or {})
        wanted = rehearsal_settings(settings or {}, company_id=1, verify_token="none")
        dialogue, texts, salon = core(wanted, zone)
        yield PureScene(dialogue, texts, salon, at.replace(tzinfo=zone), watched or _nobody)
        return
    async with rehearse(compose, at=at, settings=settings, over=over, watched=watched) as rehearsal:
        yield rehearsal


def _approved(settings: Settings) -> tuple[Template, ...]:
    """Return the template that the settings name, as if Meta had approved it."""
    name, language = settings.notify_whatsapp_template, settings.notify_whatsapp_template_language
    return (Template(name, language, f"{TEMPLATE_SAYS}{{{{1}}}}"),) if name else ()


def _nobody(decided: Decided) -> None:
    """Nobody looks on."""


def _zone(settings: Mapping[str, str]) -> ZoneInfo:
    name = settings.get("TIMEZONE") or "Europe/Moscow"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingRefused(
            "TIMEZONE", f"={name}: is no timezone; write for instance Europe/Moscow"
        ) from None
