"""What differs between two runs of the same acts: how slow the disk and the net are, and in what order."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from adapters.transport import Answer, Transport

# How long an fsync takes, by the disk: nothing, a good one, and the two slow ones that were met (runtime.md
# §1.1); as seconds.
FSYNCS_S = (0.0, 0.0005, 0.004, 0.01)
# After so many pages the log goes into the database. SQLite's own 1000 are met in no short run.
CHECKPOINTS = (1, 3, 10, 40, 1000)
# The net takes no time, or as much as one of these; as seconds.
WAYS_S = (0.0, 0.0, 0.002, 0.02, 0.15)


@dataclass(frozen=True, slots=True)
class Jitter:
    """Delays and an order that follow from a seed alone."""

    chance: Random
    fsync_s: float
    checkpoint_pages: int

    @classmethod
    def of(cls, seed: int) -> "Jitter":
        chance = Random(f"{seed}: jitter")
        return cls(chance, chance.choice(FSYNCS_S), chance.choice(CHECKPOINTS))

    def commit_s(self) -> float:
        """How long the next group gathers while the one before it is synced."""
        return self.fsync_s * self.chance.uniform(0.5, 1.5)

    def way_s(self) -> float:
        """How long a request, or an answer, is on its way."""
        return self.chance.choice(WAYS_S)


@dataclass(frozen=True, slots=True)
class DistantTransport:
    """A transport over a net on which nothing takes the same time twice."""

    transport: Transport
    jitter: Jitter

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15,
    ) -> Answer:
        await asyncio.sleep(self.jitter.way_s())
        answer = await self.transport(
            method, path, query=query, body=body, headers=headers, timeout_s=timeout_s
        )
        await asyncio.sleep(self.jitter.way_s())
        return answer
