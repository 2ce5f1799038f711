"""How an attempt at a delivery ends, by what the other side did. Pure.

The runtime stores what stands here; the exploration of `prove` stores the very same.
"""

from datetime import datetime, timedelta

from engine.booking import CallFailed, Query, ReadOutcome, TurnedOut, Written
from engine.ports import Chance, Delivery, Ending, InDoubt, Paced, PortError, Rejected, Unavailable
from engine.values import Event

# The constants of design §5.
ASK_FOR_S = 10.0
DO_FOR_S = 120.0
HOLD_IN_DOUBT_S = 30.0
SENDS_IN_DOUBT_MAX = 2
# Why a message counts as sent of which two copies may have arrived, or none.
IN_DOUBT = "in doubt"
# A look that no state waits for: YClients may want background work to stay away for a minute.
LOOK_FOR_S = 75.0

# The longest backoff by what failed; the first is half a second at most, each next twice as long.
SEND_AGAIN_S_MAX = 300.0
ASK_AGAIN_S_MAX = 2.0
DO_AGAIN_S_MAX = 20.0
BACKOFF_FIRST_S, BACKOFF_S_MIN = 0.5, 0.1


def answered(result: Event, why: str = "") -> Ending:
    """A call has its result."""
    return Ending(kind="result", result=result, why=why)


def of_done(delivery: Delivery, done: Event) -> Ending:
    """A write has its result; an attempt before this one may have left something that lands yet."""
    doubted = isinstance(done, Written) and delivery.maybe_done
    return answered(done.model_copy(update={"doubted": True}) if doubted else done)


def of_send(delivery: Delivery, error: PortError, now: datetime, chance: Chance, *, held_s: float) -> Ending:
    """`held_s`: how long a status may still name our key before a send in doubt is repeated."""
    match error:
        case Paced():
            return Ending(kind="later", due=_due(delivery, now, retry_after(error)), why=str(error))
        case Unavailable():
            wait_s = _again_after_s(delivery, error, chance, most_s=SEND_AGAIN_S_MAX)
            return Ending(kind="later", due=_due(delivery, now, wait_s), why=str(error))
        case Rejected():
            return Ending(kind="failed", why=f"{error.code or ''} {error}".strip())
    if delivery.doubts + 1 >= SENDS_IN_DOUBT_MAX:
        # Sent twice at most. It may have arrived, so its patience counts as if it had.
        return Ending(kind="sent", why=IN_DOUBT)
    return Ending(kind="doubt", due=now + timedelta(seconds=held_s), why=str(error))


def of_silence(delivery: Delivery, now: datetime) -> Ending:
    """The channel answers nobody: the second copy of a send in doubt, the last one, waits for it."""
    due = _due(delivery, now, HOLD_IN_DOUBT_S)
    return Ending(kind="later", due=due, why="in doubt, and the channel does not answer")


def of_ask(
    delivery: Delivery,
    query: Query,
    error: PortError | None,
    now: datetime,
    chance: Chance,
    *,
    spent_s: float,
) -> Ending:
    """`spent_s`: since this process first asked. No error: the answer did not come in time."""
    assert delivery.call is not None
    if isinstance(error, Rejected):
        return answered(_unread(query, CallFailed(reason="refused", detail=error.detail)), str(error))
    if error is not None:
        left_s = asked_for_s(delivery) - 0.5 - spent_s
        if max(retry_after(error), 0.5) < left_s:
            most_s = ASK_AGAIN_S_MAX if delivery.call.awaited else DO_AGAIN_S_MAX
            wait_s = _again_after_s(delivery, error, chance, most_s=min(most_s, left_s))
            return Ending(kind="later", due=now + timedelta(seconds=wait_s), why=str(error))
    failure = CallFailed(reason="not_tried" if isinstance(error, Unavailable) else "unknown")
    return answered(_unread(query, failure), "no answer in time")


def of_do(
    delivery: Delivery, error: PortError, now: datetime, chance: Chance, *, started_at: datetime
) -> Ending:
    """`started_at`: when this attempt began."""
    if isinstance(error, Rejected):
        if delivery.maybe_done:
            # An earlier attempt may land yet: a slow write was seen to, long after its time-out (design §5).
            return answered(CallFailed(reason="unknown"), str(error))
        return answered(CallFailed(reason="refused", detail=error.detail), str(error))
    in_doubt = isinstance(error, InDoubt)
    until = (delivery.first_tried_at or started_at) + timedelta(seconds=DO_FOR_S)
    # Whoever is to stay away for longer than that cannot try any more.
    if now < until and now + timedelta(seconds=retry_after(error)) <= until:
        wait_s = _again_after_s(delivery, error, chance, most_s=DO_AGAIN_S_MAX)
        due = min(now + timedelta(seconds=wait_s), until)
        return Ending(kind="later", due=due, definite=not in_doubt, why=str(error))
    unknown = in_doubt or delivery.maybe_done
    return answered(CallFailed(reason="unknown" if unknown else "not_tried"), str(error))


def of_mistake(delivery: Delivery, why: str, now: datetime, *, started_at: datetime) -> Ending:
    """Our own mistake: nobody knows how far it came, so it is as in doubt as anything can be."""
    again_at = now + timedelta(seconds=5)
    if delivery.call is None:
        if delivery.doubts + 1 >= SENDS_IN_DOUBT_MAX:
            return Ending(kind="failed", why=why)
        return Ending(kind="doubt", due=again_at, why=why)
    first = delivery.first_tried_at or started_at
    spent_s = (now - first).total_seconds()
    if isinstance(delivery.call.call, Query):
        if spent_s < ASK_FOR_S:
            return Ending(kind="later", due=again_at, why=why)
        return answered(_unread(delivery.call.call, CallFailed(reason="unknown")), why)
    if spent_s < DO_FOR_S:
        return Ending(kind="later", due=again_at, definite=False, why=why)
    return answered(CallFailed(reason="unknown"), why)


def retry_after(error: PortError) -> float:
    """Return how long the other side wants to be left alone, in seconds."""
    return (error.retry_after_s or 0) if isinstance(error, Unavailable) else 0


def asked_for_s(delivery: Delivery) -> float:
    """Return for how long this read is tried, in seconds."""
    assert delivery.call is not None
    return ASK_FOR_S if delivery.call.awaited else LOOK_FOR_S


def _again_after_s(delivery: Delivery, error: PortError, chance: Chance, *, most_s: float) -> float:
    """Back off exponentially with full jitter, and never come before the other side wants it."""
    longest_s: float = min(most_s, BACKOFF_FIRST_S * 2 ** min(delivery.attempts, 10))
    backoff_s = BACKOFF_S_MIN + max(0.0, longest_s - BACKOFF_S_MIN) * chance.random()
    return max(retry_after(error), backoff_s)


def _due(delivery: Delivery, now: datetime, wait_s: float) -> datetime:
    """Return when a message is due again: it is looked at no later than it is of no use any more."""
    return min(now + timedelta(seconds=wait_s), useless_at(delivery))


def useless_at(delivery: Delivery) -> datetime:
    """Return when a message need not be sent any more."""
    assert delivery.message is not None
    # A moment after it, since until then it would be sent.
    return delivery.created_at + timedelta(seconds=delivery.message.good_for_s, milliseconds=1)


def _unread(query: Query, failure: CallFailed) -> Event:
    """A look that no state waits for has no one to fail to: it just saw nothing."""
    if isinstance(query, ReadOutcome):
        return TurnedOut(**dict(query))
    return failure
