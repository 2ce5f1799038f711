"""Moments that the salon can be turned back to: everything as it stood right after one entry."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.box.frames import Stance
from adapters.stage.recorder import Recorder
from adapters.whatsapp.simulator import WhatsAppSimulator
from adapters.yclients.simulator import YClientsSimulator

# The oldest but the first are forgotten.
MOMENTS_MAX = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """Never changed once it is made: whoever turns back takes copies."""

    # The entry after which everything stood so.
    n: int
    at: datetime
    # Packed; empty: there is none yet.
    database: bytes
    salon: YClientsSimulator
    phones: WhatsAppSimulator
    stances: Mapping[str, Stance]
    # The client of each chat, by the database's number of the chat.
    whose: Mapping[int, str]
    recorder: Recorder


@dataclass(slots=True)
class Moments:
    _kept: list[Moment] = field(default_factory=list)

    def keep(self, moment: Moment) -> None:
        self._kept.append(moment)
        if len(self._kept) > MOMENTS_MAX:
            del self._kept[1]

    def before(self, n: int) -> Moment | None:
        """Return the last moment at or before the end of entry n."""
        return next((moment for moment in reversed(self._kept) if moment.n <= n), None)

    @property
    def last(self) -> Moment | None:
        return self._kept[-1] if self._kept else None

    def turn_back(self, n: int) -> None:
        self._kept = [moment for moment in self._kept if moment.n <= n]


def packed(database: bytes) -> bytes:
    # Most pages are nearly empty: a hundredth is left.
    return zlib.compress(database, 1)


def unpacked(database: bytes) -> bytes:
    return zlib.decompress(database)
