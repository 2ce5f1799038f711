"""Late cancels that wait for the salon beside what comes back: an order that covers both takes both back."""

from engine.booking import CancelSettled, Record
from engine.chat import LateRequest
from engine.effects import Effects, Note, Remember, Say
from engine.events import TakeBackWanted
from engine.flow import Turn
from engine.understanding import fitting
from states.choose_record import each_named
from states.take_back.memory import Memory, shared


def waiting(turn: Turn[Memory]) -> tuple[Record, ...]:
    """Return what the salon was asked to cancel, and has not decided."""
    return tuple(one.record for one in _undecided(turn))


def also_meant(turn: Turn[Memory], wish: TakeBackWanted, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return what waits for the salon and is to stand as well, where `records` are to come back.

    «Верните все», «обе» of one each, «стрижку и маникюр»; bare words for one say nothing of it.
    """
    asked = waiting(turn)
    if wish.record_id is not None:
        return ()
    if wish.meant == "all":
        return fitting(wish.named, asked)
    both = wish.meant == "both" and not wish.named.anything() and len(asked) == len(records) == 1
    return asked if both or (asked and each_named(wish.named, (*records, *asked))) else ()


def were_asked_for_before(turn: Turn[Memory], records: tuple[Record, ...]) -> bool:
    """Whether the words came after these requests; the channel's clock counts whole seconds."""
    moments = (one.asked_at for one in _undecided(turn) if one.record in records)
    return all(turn.said_at >= moment.replace(microsecond=0) for moment in moments)


def withdraw(turn: Turn[Memory], records: tuple[Record, ...]) -> Effects:
    """End the requests about these records, and remind of those that are left."""
    ended = tuple(one for one in _undecided(turn) if one.record in records)
    if ended:
        yield Remember(late_requests=tuple(one for one in turn.chat.late_requests if one not in ended))
    for one in ended:
        yield Note(fact=CancelSettled(record=one.record, outcome="withdrawn", late=True, request=one.request))
    if ended:
        stay = tuple(one.record for one in ended)
        yield Say(text="take_back.requests_withdrawn", args={"records": stay}, whose=shared(turn))


def remind(turn: Turn[Memory], without: tuple[Record, ...] = ()) -> Effects:
    """Say what waits for the salon still, since whoever wants one back may take all for settled."""
    left = tuple(record for record in waiting(turn) if record not in without)
    if left:
        yield Say(text="take_back.requests_wait", args={"records": left}, whose=shared(turn))


def _undecided(turn: Turn[Memory]) -> tuple[LateRequest, ...]:
    late = (one for one in turn.chat.late_requests if not one.granted)
    return tuple(one for one in late if one.record.starts_at > turn.now)
