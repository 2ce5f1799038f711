"""The shell around the core: asyncio and the ports, still no vendor."""

from engine.runtime.deciding import Decided as Decided
from engine.runtime.shell import Shell as Shell
