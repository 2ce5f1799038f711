"""What can happen next, beside what happens by itself."""

from collections.abc import Iterator

from engine.booking import Command, MoveRecord, RestoreRecord
from engine.events import Tap
from engine.ports import Button
from engine.proof import outside
from engine.proof.playing import DOWN, LEFT, Player
from engine.proof.world import FORGED, Choice, Phone, World

# The salon may change its mind; and somebody may answer what was never asked.
DECISIONS_MAX, NO_REQUEST = 2, -1
# Words may come long after they were said: before the question, too old to act on, a day late.
LATE_S = {"yes": (0, 5, 2_400), "wish": (0, 2_400, 72_000)}


def choices(player: Player, world: World, *, at_rest: bool) -> Iterator[Choice]:
    """Everything that may be chosen here, the likeliest to show something first."""
    without = player.stage.opening.without
    every = (
        _endings(world),
        _clients(player, world, at_rest=at_rest),
        _process(player, world, at_rest=at_rest),
        _salon(world, at_rest=at_rest),
    )
    for kind in every:
        yield from (choice for choice in kind if choice.kind not in without)


def _endings(world: World) -> Iterator[Choice]:
    flight = world.flight
    if flight is None:
        return
    kind = "message" if flight.delivery.call is None else "call"
    for how in outside.outcomes(world, flight.delivery):
        if not (flight.arrived and how in ("refused", "bounced", "doubt")):
            yield Choice(kind, how)  # type: ignore[arg-type]  # one of both
    if flight.delivery.call is None and not flight.arrived:
        yield Choice("arrives")


def _clients(player: Player, world: World, *, at_rest: bool) -> Iterator[Choice]:
    opening = player.stage.opening
    for who, phone in enumerate(world.phones):
        for sentence in opening.sentences if at_rest else opening.midway:
            for late_s in LATE_S.get(sentence.means, (0,)):
                yield Choice("says", sentence.text, who, late_s)
        for button in _buttons(phone, at_rest=at_rest):
            yield Choice("taps", button.id, who, label=button.title)
        if at_rest:
            yield Choice("sends", "voice", who)
            yield Choice("sends", "👍", who)


def _buttons(phone: Phone, *, at_rest: bool) -> Iterator[Button]:
    """The options that a client can see, older ones too, and some that nobody was ever offered."""
    if phone.open is None:
        if phone.stale is not None and at_rest:
            yield from phone.stale.bubble.options
        return
    yield from phone.open.bubble.options
    if not at_rest:
        return
    if phone.stale is not None:
        yield from phone.stale.bubble.options
    tap = phone.open.taps()[0]
    forged = (Tap(kind="yes", question=tap.question, record_id=each) for each in (1, 2, 3))
    yield from (Button(id=each.encode(), title=FORGED) for each in forged if each not in phone.open.taps())
    other = Tap(kind="yes", question=tap.question + 1, record_id=tap.record_id)
    yield Button(id=other.encode(), title=FORGED)
    # An intent's button, which holds for ever, of a record that was never cancelled.
    yield Button(id=Tap(kind="take_back", question=tap.question, record_id=2).encode(), title=FORGED)


def _process(player: Player, world: World, *, at_rest: bool) -> Iterator[Choice]:
    flight = world.flight
    if not world.dead:
        yield Choice("dies")
        if flight is not None and not flight.arrived:
            yield Choice("dies", LEFT)
        if at_rest and player.next_moment(world) > world.now:
            yield Choice("dies", DOWN)
    if world.last is not None:
        yield Choice("again")
    if at_rest and player.next_moment(world) > world.now:
        yield Choice("waits")
    if flight is not None and flight.delivery.call is not None and flight.delivery.call.awaited:
        yield Choice("sign")
    head = player.head()
    if world.flights and head is not None:
        yield Choice("takes")
    if not world.flights and head is not None and player.messages(world):
        yield Choice("starts")


def _salon(world: World, *, at_rest: bool) -> Iterator[Choice]:
    call = world.flight.delivery.call if world.flight else None
    writing = call and isinstance(call.call, Command)
    asked = at_rest and any(phone.open is not None for phone in world.phones)
    if writing or asked:
        for entry in world.journal:
            if (entry.stands or entry.cancelled_by == "us") and not entry.edited:
                for what in outside.EDITS:
                    yield Choice("edits", what, entry.record.record_id)
    if not world.taken:
        for record_id in _windows(world, at_rest=at_rest):
            yield Choice("edits", "takes the window", record_id)
    undecided = [place for place, late in enumerate(world.late) if len(late.answers) < DECISIONS_MAX]
    for place in undecided:
        yield Choice("decides", "granted", place)
        yield Choice("decides", "denied", place)
    if world.late and at_rest:
        yield Choice("decides", "granted", NO_REQUEST)


def _windows(world: World, *, at_rest: bool) -> Iterator[int]:
    """Yield the records whose window somebody else may want: that of a write under way, and a free one."""
    call = world.flight.delivery.call if world.flight else None
    if call is not None and isinstance(call.call, MoveRecord | RestoreRecord):
        yield call.call.record.record_id
    elif at_rest:
        yield from (entry.record.record_id for entry in world.journal if entry.cancelled_by == "us")
