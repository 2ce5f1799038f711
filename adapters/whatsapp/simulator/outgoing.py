"""What Meta has to deliver: updates, packed into POSTs that are repeated until the answer is 200."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adapters.whatsapp.simulator.chaos import with_chaos
from adapters.whatsapp.simulator.envelope import Shape, Update, envelope
from adapters.whatsapp.simulator.quirks import SIGNATURES, Quirks
from adapters.whatsapp.simulator.wire import Json, Signature, encode, headers
from engine.ports import Chance

# Up to 1000 updates in one POST (whatsapp.md §1.3).
UPDATES_PER_POST_MAX = 1000
# Meta gives up after seven days; the schedule before that is not published, this one is ours.
GIVE_UP_AFTER = timedelta(days=7)
RETRY_FIRST_S = 1.0
RETRY_MOST_S = 6 * 3600.0
# How long `batch` and `reorder` wait for company.
GATHER_S = 1.0


@dataclass(frozen=True, slots=True)
class Post:
    """One POST to the bot, ready to leave."""

    id: int
    body: bytes
    headers: dict[str, str]
    # 1 for the first try.
    attempt: int
    # Posts of one lane concern one client; a polite shell sends them one after the other.
    lane: str
    # Ids of the messages and statuses inside.
    wamids: tuple[str, ...] = ()
    signature: Signature = "right"


@dataclass(slots=True)
class Ackings:
    """How the bot has answered so far."""

    times_s: list[float] = field(default_factory=list)
    refused: int = 0
    forgeries_taken: int = 0
    given_up: list[Post] = field(default_factory=list)
    # Ids of messages and statuses that were answered with 200: they never come again.
    taken: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Waiting:
    post: Post
    first_at: datetime


class Outgoing:
    """The queue in front of the bot's webhook. Pure: the moment comes in with every call."""

    def __init__(self, app_secret: str, waba_id: str, quirks: Quirks, chance: Chance) -> None:
        self.app_secret = app_secret
        self._waba_id = waba_id
        self._quirks = quirks
        self._chance = chance
        self._serial = 0
        self._updates: list[tuple[datetime, int, Update]] = []
        self._posts: list[tuple[datetime, int, _Waiting]] = []
        self._in_flight: dict[int, _Waiting] = {}
        self._gathered: list[Update] = []
        self._gathered_until: datetime | None = None
        self._holding = False
        # The longest wait between two tries; a test of a server that is often away makes it short.
        self.retry_most_s = RETRY_MOST_S
        self.acks = Ackings()

    def add(self, update: Update, at: datetime) -> None:
        """Let the update leave at `at`, alone unless a quirk or `hold` gathers it with others."""
        if self._holding:
            self._gathered.append(update)
        elif self._quirks.on("batch") or self._quirks.on("reorder"):
            self._gathered.append(update)
            self._gathered_until = self._gathered_until or at + timedelta(seconds=GATHER_S)
        else:
            heapq.heappush(self._updates, (at, self._next_serial(), update))

    def hold(self) -> None:
        """Gather every update until `release`."""
        self._holding = True

    def release(self, now: datetime, shape: Shape, *, backwards: bool = False) -> None:
        """Let everything that was held leave in one POST of this shape (one for each 1000 updates)."""
        self._holding = False
        gathered = self._take_gathered()
        if backwards:
            gathered.reverse()
        for start in range(0, len(gathered), UPDATES_PER_POST_MAX):
            self._pack(gathered[start : start + UPDATES_PER_POST_MAX], now, shape)

    def due(self, now: datetime) -> list[Post]:
        """Return the POSTs that leave now; each must be reported to `posted`."""
        while self._updates and self._updates[0][0] <= now:
            self._pack([heapq.heappop(self._updates)[2]], now)
        if self._gathered_until is not None and self._gathered_until <= now and not self._holding:
            self._pack_gathered(now)
        leaving = []
        while self._posts and self._posts[0][0] <= now:
            waiting = heapq.heappop(self._posts)[2]
            self._in_flight[waiting.post.id] = waiting
            leaving.append(waiting.post)
        return leaving

    def next_due(self) -> datetime | None:
        moments = [queue[0][0] for queue in (self._updates, self._posts) if queue]
        if self._gathered_until is not None and not self._holding:
            moments.append(self._gathered_until)
        return min(moments, default=None)

    def posted(self, post_id: int, status: int | None, took_s: float, now: datetime) -> None:
        """Take the bot's answer: 200 settles the POST, anything else (None: none came) repeats it later."""
        waiting = self._in_flight.pop(post_id)
        post = waiting.post
        if post.signature != "right":
            # A forger does not try again, and is not Meta's to measure.
            self.acks.forgeries_taken += status == 200
            return
        self.acks.times_s.append(took_s)
        if status == 200:
            self.acks.taken.update(post.wamids)
            return
        self.acks.refused += 1
        wait_s = min(self.retry_most_s, RETRY_FIRST_S * 2 ** (post.attempt - 1))
        at = now + timedelta(seconds=wait_s)
        if at - waiting.first_at > GIVE_UP_AFTER:
            self.acks.given_up.append(post)
            return
        self._queue(replace(post, attempt=post.attempt + 1), at, waiting.first_at)

    def put_back(self, post_id: int, now: datetime) -> None:
        waiting = self._in_flight.pop(post_id)
        self._queue(waiting.post, now, waiting.first_at)

    def put_all_back(self, now: datetime) -> None:
        for post_id in tuple(self._in_flight):
            self.put_back(post_id, now)

    def waiting(self) -> int:
        """Return how many updates and POSTs have not been acknowledged yet."""
        return len(self._updates) + len(self._posts) + len(self._in_flight) + len(self._gathered)

    def unacked(self) -> tuple[Post, ...]:
        """Return the POSTs that were made and neither acknowledged nor given up."""
        return tuple(w.post for w in self._in_flight.values()) + tuple(w.post for _, _, w in self._posts)

    def _take_gathered(self) -> list[Update]:
        gathered, self._gathered, self._gathered_until = self._gathered, [], None
        return gathered

    def _pack_gathered(self, now: datetime) -> None:
        gathered = self._take_gathered()
        if self._quirks.take("reorder"):
            gathered.reverse()
        if self._quirks.take("batch"):
            changes, entries = 1 + int(self._chance.random() * 3), 1 + int(self._chance.random() * 2)
            for start in range(0, len(gathered), UPDATES_PER_POST_MAX):
                chunk = gathered[start : start + UPDATES_PER_POST_MAX]
                self._pack(chunk, now, Shape(entries, changes, statuses_first=self._chance.random() < 0.5))
            return
        for update in gathered:
            self._pack([update], now)

    def _pack(self, updates: Sequence[Update], now: datetime, shape: Shape | None = None) -> None:
        payload = envelope(self._waba_id, updates, shape or Shape())
        if self._quirks.take("chaos"):
            payload = with_chaos(payload)
        escaped = self._quirks.take("escaped")
        signature = self._signature()
        body = encode(payload, escaped=escaped, spaced=escaped)
        post = self._post(body, updates, signature)
        self._queue(post, now, now)
        if self._quirks.take("duplicate"):
            self._repeat(payload, post, updates, now, escaped=escaped)

    def _signature(self) -> Signature:
        for name, signature in SIGNATURES.items():
            if self._quirks.take(name):
                return signature
        return "right"

    def _repeat(
        self,
        payload: Json,
        post: Post,
        updates: Sequence[Update],
        now: datetime,
        *,
        escaped: bool,
    ) -> None:
        """Send it once more a little later: as it was, in other bytes, or packed anew."""
        later = now + timedelta(milliseconds=300)
        how = self._chance.random()
        if how < 1 / 3:
            self._queue(self._post(post.body, updates), later, later)
        elif how < 2 / 3:
            body = encode(payload, escaped=not escaped, spaced=not escaped)
            self._queue(self._post(body, updates), later, later)
        else:
            for update in updates:
                self._queue(
                    self._post(encode(envelope(self._waba_id, [update], Shape())), [update]), later, later
                )

    def _post(self, body: bytes, updates: Sequence[Update], signature: Signature = "right") -> Post:
        lanes = {update.lane for update in updates}
        lane = lanes.pop() if len(lanes) == 1 else ""
        wamids = tuple(update.wamid for update in updates if update.wamid)
        signed = headers(self.app_secret, body, signature)
        return Post(self._next_serial(), body, signed, 1, lane, wamids, signature)

    def _queue(self, post: Post, at: datetime, first_at: datetime) -> None:
        heapq.heappush(self._posts, (at, self._next_serial(), _Waiting(post, first_at)))

    def _next_serial(self) -> int:
        self._serial += 1
        return self._serial
