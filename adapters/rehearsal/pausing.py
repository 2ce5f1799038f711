"""Who calls a side that has just turned calls away: counted where calls leave us and answers come in.

At the side itself it could not be told: what left before its refusal was read is on its way there meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.transport import Answer, Transport

TOO_MANY = 429
# Where the refusal does not say for how long.
PAUSES_FOR_S = 1.0
# Virtual time is a sum of floats.
_SLACK_S = 1e-6


@dataclass(slots=True)
class Pauses:
    """When the next call may leave, by the refusals that were read, and those that left before."""

    # Steady, as the assistant's own.
    now_s: Callable[[], float]
    until_s: float = float("-inf")
    early: list[str] = field(default_factory=list)
    _refused_at_s: float = float("-inf")

    def leaves(self, what: str) -> float:
        now_s = self.now_s()
        if now_s < self.until_s - _SLACK_S:
            self.early.append(f"{what} left {self.until_s - now_s:.1f} s before it might")
        return now_s

    def refused(self, left_at_s: float, retry_after_s: float) -> None:
        now_s = self.now_s()
        # One that left before its neighbour's refusal was read says nothing new, unless it says for how long.
        is_news = left_at_s > self._refused_at_s
        pause_s = max(PAUSES_FOR_S if is_news else 0.0, retry_after_s)
        self.until_s = max(self.until_s, now_s + pause_s)
        if is_news:
            self._refused_at_s = now_s


@dataclass(frozen=True, slots=True)
class PausedTransport:
    """A transport whose caller is watched for calls that leave too early."""

    transport: Transport
    pauses: Pauses

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
        left_at_s = self.pauses.leaves(f"{method} {path}")
        answer = await self.transport(
            method, path, query=query, body=body, headers=headers, timeout_s=timeout_s
        )
        if answer.status == TOO_MANY:
            self.pauses.refused(left_at_s, float(answer.headers.get("retry-after", "0")))
        return answer
