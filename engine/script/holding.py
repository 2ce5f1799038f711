"""Hold the lines of one block against everything that came in it: what is left over on either side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.script import matching, writing
from engine.script.lines import Client, Leaves, Line, Notice, Shows, Silence, Stimulus
from engine.script.outcome import Change
from engine.script.scene import Left, Message, Noticed

L = TypeVar("L", bound=Line)
C = TypeVar("C")
Write = Callable[[C, Line | None], str]


@dataclass(frozen=True, slots=True)
class Came:
    """Everything that came since the last look; messages by the phone that they came to."""

    messages: Mapping[str, Sequence[Message]]
    commands: Sequence[Left]
    notices: Sequence[Noticed]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one block, in order, each with the client whom it is about."""

    lines: tuple[Line, ...]
    # By the line's number.
    whose: Mapping[int, str]
    # Who writes after the block.
    client: str
    # Whom the script names notices to, anywhere: no others are looked at.
    told: frozenset[str] = frozenset()

    def below(self, phone: str | None) -> int | None:
        """Return the number of the line below which stands what came to this phone, or (None) to the salon.

        None: the lines do not speak of this client.
        """
        for line in self.lines:
            if isinstance(line, Stimulus | Client) and phone in (None, self.whose[line.number]):
                return line.number
        return self.last if phone in (None, self.client) else None

    @property
    def last(self) -> int:
        return self.lines[-1].number if self.lines else 0


def held(lines: Lines, came: Came) -> tuple[Change, ...]:
    """Return where lines and what came part, in the order of the script."""
    leaves = [line for line in lines.lines if isinstance(line, Leaves)]
    notices = [line for line in lines.lines if isinstance(line, Notice)]
    told = [noticed for noticed in came.notices if noticed.to in lines.told]
    of_the_salon = lines.below(None) or 0
    changes = [
        *_parted(leaves, came.commands, matching.leaves, writing.left, of_the_salon),
        *(change for phone, sent in came.messages.items() for change in _messages(lines, phone, sent)),
        *_parted(notices, _in_order_of(notices, told), matching.notices, writing.noticed, of_the_salon),
    ]
    return tuple(sorted(changes, key=lambda change: change.below))


def _in_order_of(lines: Sequence[Notice], came: Sequence[Noticed]) -> list[Noticed]:
    """Bring notices into the order of the lines: they go different ways, so that theirs says nothing."""
    left = list(came)
    ordered: list[Noticed] = []
    for line in lines:
        fitting = next((noticed for noticed in left if matching.notices(line, noticed)), None)
        if fitting is not None:
            left.remove(fitting)
            ordered.append(fitting)
    return [*ordered, *left]


def _messages(lines: Lines, phone: str, came: Sequence[Message]) -> Iterator[Change]:
    ours = [line for line in lines.lines if lines.whose[line.number] == phone]
    spoken = [line for line in ours if isinstance(line, Shows)]
    silent = [line for line in ours if isinstance(line, Silence)]
    below = lines.below(phone)
    if below is None and came:
        # The script does not speak of this client here at all, so it has to turn to them and back.
        sent = tuple(writing.message(message) for message in came)
        yield Change(None, (f"client: {phone}", *sent, f"client: {lines.client}"), lines.last)
        return
    yield from _parted(spoken, came, matching.shows, writing.message, below or 0, silent)


def _parted(
    lines: Sequence[L],
    came: Sequence[C],
    fits: Callable[[L, C], bool],
    write: Write[C],
    below: int,
    silent: Sequence[Line] = (),
) -> Iterator[Change]:
    """Yield what is left over of one kind, each missed line with what came in its place.

    A line of `silent` is missed where anything came beyond the lines above it.
    """
    pair_of = {lines[i].number: j for i, j in matching.pairs(lines, came, fits)}
    nothing_came = bool(lines) and not came and not silent
    missed: list[Line] = []
    taken = 0
    everything: list[Line] = [*lines, *silent]
    for line in sorted(everything, key=lambda line: line.number):
        if line.number in pair_of:
            paired = pair_of[line.number]
            yield from _gap(missed, came[taken:paired], write, below)
            missed, taken, below = [], paired + 1, line.number
        elif line not in silent or taken < len(came):
            missed.append(line)
    if nothing_came:
        yield from _nothing(missed)
    else:
        yield from _gap(missed, came[taken:], write, below)


def _gap(missed: Sequence[Line], came: Sequence[C], write: Write[C], below: int) -> Iterator[Change]:
    if not missed and came:
        yield Change(None, tuple(write(one, None) for one in came), below)
    for i, line in enumerate(missed):
        instead = came[i:] if line is missed[-1] else came[i : i + 1]
        yield Change(line, tuple(write(one, line) for one in instead), line.number)


def _nothing(missed: Sequence[Line]) -> Iterator[Change]:
    """Nothing of this kind came at all; of messages that can be said in a line."""
    for line in missed:
        said = (writing.SILENCE,) if isinstance(line, Shows) and line is missed[0] else ()
        yield Change(line, said, line.number)
