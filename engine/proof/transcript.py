"""A way through an exploration, written down as a transcript that a person reads and a scene plays."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from babel.dates import format_date

from engine.booking import CancelRecord, FindRecords, FindSlots, MoveRecord, Record, RestoreRecord
from engine.ports import Bubble
from engine.proof.exploring import begun
from engine.proof.invariants import Violated
from engine.proof.outside import EDITS, SOMEBODY, TAKES
from engine.proof.playing import DOWN, DOWN_S, LEFT, Player
from engine.proof.world import FORGED, Choice, Path, Step, World

_CALLS = {
    "unavailable": ("429 on {} × 1",),
    "refused": ("403 on {}",),
    "unreachable": ("429 on {}",),
    "silent": ("500 on {}",),
    "doubt, not done": ("500 on {} × 1",),
    "doubt, done": ("timeout-but-done on {} × 1",),
    # Slow once: the read before the write succeeds, and those after it do not.
    "unknown, not done": ("slow on record × 1", "timeout-before on {} × 1", "500 on record"),
    "unknown, done": ("slow on record × 1", "timeout-but-done on {} × 1", "500 on record"),
    "doubt, done, then unreachable": ("timeout-but-done on {}",),
}
_SENDS = {
    "unavailable": "refuse-503 × 1",
    "doubt": "refuse-503 × 1",
    "doubt, arrived": "accept-but-500 × 1",
    "refused": "window-closed",
}
_EDITS = {"cancels": "attendance -1", "deletes": "deleted"}


def written(player: Player, path: Path, *, title: str = "") -> str:
    """Play the way once more from its opening, and write down what happens on it."""
    lines = [f"# {line}" for line in title.splitlines()]
    return "\n".join((*lines, *_Writing(player).lines(path))) + "\n"


@dataclass(slots=True)
class _Writing:
    player: Player
    written: list[str] = field(default_factory=list)
    # Who writes, so far; and how much of what reached the phones is written down.
    client: str = ""
    heard: int = 0

    def lines(self, path: Path) -> list[str]:
        opening, player = self.player.stage.opening, self.player
        self.client = opening.phones[0]
        self.written += _settings(player)
        self.written += [_booked(record, player) for record in opening.records]
        self.written.append("")
        try:
            self._play(path)
        except Violated as violated:
            self.written.append(f"# {violated.what}")
        except Exception as error:  # what the exploration met is met again
            self.written.append(f"# {type(error).__name__}: {error}")
        return self.written

    def _play(self, path: Path) -> None:
        player = self.player
        before = [Step(-1, choice) for choice in player.stage.opening.before]
        world = begun(player, ())
        steps = [*before, *path]
        for place, step in enumerate(steps):
            world = player.rests(world) if step.after < 0 else self._by_itself(world, step.after)
            self._replies()
            midway = place + 1 < len(steps) and self._is_midway(steps[place + 1], world, step)
            self.written += self._line(world, step.choice, midway=midway)
            earlier = world.now
            world = player.chosen(world, step.choice)
            if step.choice.kind == "waits":
                self.written.append(_waited(earlier, world.now))
        world = player.rests(world)
        self._replies()

    def _by_itself(self, world: World, times: int) -> World:
        for _ in range(times):
            following = self.player.goes_on(world)
            assert following is not None
            world = following
        return world

    def _is_midway(self, following: Step, world: World, step: Step) -> bool:
        """Whether the next choice comes before everything has come to rest."""
        if following.after < 0:
            return False
        store = self.player.stage.store
        store.mark()
        heard = len(self.player.stage.heard)
        try:
            world = self._by_itself(self.player.chosen(world, step.choice), following.after)
            return self.player.goes_on(world) is not None
        except Violated:
            return True
        finally:
            store.back()
            del self.player.stage.heard[heard:]

    def _replies(self) -> None:
        for number, bubble in self.player.stage.heard[self.heard :]:
            if number != self.client and len(self.player.stage.opening.phones) > 1:
                self.written.append(f"# to {number}:")
            self.written.append(_reply(bubble))
        self.heard = len(self.player.stage.heard)

    def _line(self, world: World, choice: Choice, *, midway: bool) -> Iterator[str]:
        if choice.kind in ("says", "taps", "sends"):
            number = self.player.stage.opening.phones[choice.who]
            if number != self.client:
                self.client = number
                yield f"client: {number}"
            yield _said(choice, midway=midway)
            return
        yield from _happened(world, choice, self.player)


def _said(choice: Choice, *, midway: bool) -> str:
    mark = ">>" if midway else ">"
    late = f"late {_time(choice.late_s)}: " if choice.late_s else ""
    match choice.kind:
        case "taps" if choice.label == FORGED:
            return f"# taps what no message offers: {choice.what}"
        case "taps":
            return f"{mark} [{choice.label}]"
        case "sends":
            return f"{mark} <{'voice' if choice.what == 'voice' else f'reaction {choice.what}'}>"
    return f"{late}{mark} {choice.what}"


def _happened(world: World, choice: Choice, player: Player) -> Iterator[str]:
    match choice.kind:
        case "again":
            yield "again"
        case "dies":
            flight = world.flight
            yield (
                f"# dies {'after' if choice.what == LEFT else 'before'} it had left"
                if flight
                else "# dies here"
            )
            if choice.what == DOWN:
                yield f"# and stays down for {_time(DOWN_S)}"
            yield "restart"
        case "sign":
            yield f"# no answer for 10 s on {_operation(world)}"
            yield f"yclients: timeout-before on {_operation(world)} × 1"
        case "call":
            yield f"# the call ends: {choice.what}"
            for quirk in _CALLS[choice.what.partition(":")[0]]:
                yield f"yclients: {quirk.format(_operation(world))}"
        case "message":
            yield f"# the send ends: {choice.what}"
            if choice.what in _SENDS:
                yield f"whatsapp: {_SENDS[choice.what]}"
        case "edits":
            yield _edited(world, choice, player)
        case "decides":
            yield f"# the salon's answer to the late wish: {choice.what}"
        case "arrives":
            yield "# the message reaches the phone before the channel has answered"
        case "starts":
            yield "# the message leaves before the next turn is taken"
        case "takes":
            yield "# the next turn is taken meanwhile"


def _edited(world: World, choice: Choice, player: Player) -> str:
    place = 1 + [entry.record.record_id for entry in world.journal].index(choice.who)
    if choice.what == "moves":
        moved = EDITS["moves"](world, choice.who).entry(choice.who)
        assert moved is not None
        return f"salon: {place} at {_moment(moved.record.starts_at, player)}"
    if choice.what in TAKES:
        slot = TAKES[choice.what](world, choice.who).taken[-1]
        return f"salon: {SOMEBODY}: Чистка, {_moment(slot.starts_at, player)}, {slot.master}"
    if choice.what == "gives away":
        return f"# the salon gives record {place} to another client"
    return f"salon: {place} {_EDITS[choice.what]}"


def _operation(world: World) -> str:
    assert world.flight is not None
    outgoing = world.flight.delivery.call
    assert outgoing is not None
    match outgoing.call:
        case CancelRecord():
            return "cancel"
        case FindRecords():
            return "records"
        case FindSlots():
            return "slots"
        case MoveRecord() | RestoreRecord():
            return "move"
    return "record"


def _settings(player: Player) -> list[str]:
    salon = player.stage.opening.salon
    lines = []
    if salon.confirm != "always":
        lines.append(f"set CONFIRM={salon.confirm}")
    if salon.selection != "ask":
        lines.append(f"set SELECTION={salon.selection}")
    if salon.notice:
        lines.append(f"set LATE_HOURS={salon.notice.total_seconds() / 3600:g}")
        lines.append(f"set LATE_POLICY={salon.late_policy}")
    return lines


def _booked(record: Record, player: Player) -> str:
    starts = _moment(record.starts_at, player)
    created = f", created {_moment(record.created_at, player)}" if record.created_at else ""
    return f"salon: {record.phone}: {', '.join(record.services)}, {starts}, {record.master}{created}"


def _moment(moment: datetime, player: Player) -> str:
    local = moment.astimezone(player.stage.opening.salon.zone)
    return f"{format_date(local, 'd MMMM', locale='ru')} {local:%H:%M}"


def _reply(bubble: Bubble) -> str:
    text = " ".join(bubble.text.split())
    return " ".join(("<", text, *(f"[{option.title}]" for option in bubble.options)))


def _waited(earlier: datetime, later: datetime) -> str:
    return f"wait {_time((later - earlier).total_seconds())}"


def _time(seconds: float) -> str:
    if seconds % 3_600 == 0:
        return f"{seconds // 3_600:.0f} h"
    if seconds >= 60:
        return f"{-(-seconds // 60):.0f} min"
    return f"{seconds:.0f} s"
