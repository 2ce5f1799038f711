"""Replay: recorded turns are decided again by today's tables, and differences are shown. Pure.

A record keeps what was heard and what left, not the sessions between: they are rebuilt turn by turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import groupby

from pydantic import ValidationError

from engine.booking import Call, Command
from engine.dialogue import Dialogue
from engine.events import Event, Heard, TimedOut
from engine.flow import Salon
from engine.ports import Address, Asked, Bubble, Head, OutgoingCall, OutgoingMessage
from engine.runtime.deciding import Decided, decide
from engine.session import Chat, Session
from engine.texts import Texts
from engine.understanding import opt_out

# No question and no call is waited for longer.
SILENCE_ENDS_ALL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """One row of the inbox that was taken as a turn."""

    arrival: int
    said_at: datetime
    received_at: datetime
    taken_at: datetime
    # Exactly one of both is set.
    heard: Heard | None = None
    event: Event | None = None
    # Key of the call whose result this is.
    call: str | None = None
    # How often a turn on it had raised before.
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that a turn wanted done. Neither message nor call: today's code cannot read it."""

    # When its turn was committed.
    at: datetime
    message: Bubble | None = None
    call: Call | None = None
    after_s: float = 0
    # The number of the question that the message is, and the state that it was asked in.
    question: int | None = None
    state: str | None = None
    # When a client could read it; None: never, or nobody knows.
    readable_at: datetime | None = None
    # Where the record does not tell that exactly, it may have been as early as this.
    perhaps_at: datetime | None = None
    # When its first send began.
    tried_at: datetime | None = None
    # When sending it had ended, one way or another.
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One chat of a record: its turns in the order in which they were taken, and all that left."""

    chat_id: int
    phone: str | None
    # How many turns the chat has had; more than are recorded: its beginning is gone.
    turns_taken: int
    # Where it stands after the last turn; None: that cannot be read.
    session: Session | None
    turns: tuple[Taken, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Turns of one moment (nearly always one) that would end otherwise today."""

    chat_id: int
    # The number of the first of them.
    turn: int
    at: datetime
    # Where today's session stood before.
    state: str
    # What each was understood as today.
    events: tuple[str, ...]
    taken: tuple[Taken, ...]
    # Begins with "- " as it was then, with "+ " as it would be now, with two spaces as it stays.
    lines: tuple[str, ...]
    # Why the chat cannot go on from here; empty: it can.
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one chat."""

    turns: int
    differences: tuple[Difference, ...] = ()
    # How many turns could not be decided again, and why.
    left_out: int = 0
    why: str = ""


class _Stuck(Exception):
    """Today's dialogue cannot go on with this record; the message says why."""


@dataclass(slots=True)
class _Player:
    """One chat as it would be today. `left` and `events` are of the moment under way."""

    dialogue: Dialogue
    texts: Texts
    salon: Salon
    record: Recorded
    session: Session = field(default_factory=Session)
    # What left at the moment under way, by the record.
    then: list[str] = field(default_factory=list)
    # When each turn was taken, by its number less one.
    moments: list[datetime] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    # Why it cannot go on; empty: it can.
    stuck: str = ""

    def rests(self, at: datetime) -> None:
        """After a day of silence nothing waits any more, so a chat that was stuck is at home again."""
        if self.stuck and at - self.moments[-1] > SILENCE_ENDS_ALL:
            asked = (one.question for one in self.record.left if one.at < at and one.question)
            self.session, self.stuck = Session(questions=max(asked, default=0)), ""

    def play(self, turns: Sequence[Taken]) -> None:
        """Decide the turns of one moment, until there are no more or none can be taken."""
        self.events, self.left = [], []
        at = turns[0].taken_at
        self.then = _lines(self.dialogue, (left for left in self.record.left if left.at == at))
        waiting = list(turns)
        while waiting and not self.stuck:
            try:
                self._take(waiting)
            except _Stuck as error:
                self.stuck = str(error)
        self.moments += [taken.taken_at for taken in waiting]

    def _take(self, waiting: list[Taken]) -> None:
        """Decide the one that may be taken next, and take it off `waiting`."""
        awaiting = self.session.awaiting
        taken = next((one for one in waiting if awaiting is None or one.call == awaiting), None)
        if taken is None:
            raise _Stuck("today it would wait for the result of a call that was not made then")
        try:
            decided = self._decided(taken)
        except Exception as error:  # a broad catch: whatever today's tables raise is what one wants to see
            raise _Stuck(f"today it raises {_in_a_line(error)}") from error
        waiting.remove(taken)
        self.moments.append(taken.taken_at)
        self.session = decided.turn.session
        self.events.append(type(decided.event).__name__)
        self.left += [_left(outgoing, taken.taken_at) for outgoing in decided.turn.outgoing]

    def _decided(self, taken: Taken) -> Decided:
        """Decide the turn; of two moments at which its question may have been read, by what was recorded."""
        record = self.record
        copies = [one for one in record.left if self._asks(one) and one.at < taken.taken_at]
        decided = self._decide(taken, copies)
        early = [replace(copy, readable_at=copy.perhaps_at or copy.readable_at) for copy in copies]
        if early == copies or self._agrees(decided):
            return decided
        perhaps = self._decide(taken, early)
        return perhaps if self._agrees(perhaps) else decided

    def _agrees(self, decided: Decided) -> bool:
        left = (_left(outgoing, decided.head.received_at) for outgoing in decided.turn.outgoing)
        return self.then == _lines(self.dialogue, (*self.left, *left))

    def _decide(self, taken: Taken, copies: Sequence[Left]) -> Decided:
        head = self._head(taken, copies)
        return decide(self.dialogue, self.texts, self.salon, head, taken.taken_at)

    def _head(self, taken: Taken, copies: Sequence[Left]) -> Head:
        record = self.record
        return Head(
            arrival=taken.arrival,
            chat_id=record.chat_id,
            version=len(self.moments),
            session=self.session,
            chat=Chat(phone=record.phone, opted_out=_opted_out(record.turns, taken)),
            address=Address(channel="", account="", phone=record.phone, user=None),
            channel_message_id="",
            heard=taken.heard,
            event=taken.event,
            call=taken.call,
            said_at=taken.said_at,
            received_at=taken.received_at,
            asked=self._asked(copies, taken),
            question_unsent=any(not _past(copy.finished_at, taken) for copy in copies),
            may_have_read=any(
                copy.tried_at is not None and copy.tried_at < taken.received_at for copy in copies
            ),
        )

    def _asks(self, left: Left) -> bool:
        return left.question is not None and left.question == self.session.questions

    def _asked(self, copies: Sequence[Left], taken: Taken) -> Asked | None:
        """Return when the pending question could be read, as far as the record tells."""
        if self.session.pending is None:
            return None
        number = self.session.questions
        if copies:
            known = (copy.readable_at for copy in copies if _past(copy.readable_at, taken))
            at = next(known, None)
        else:
            # It was not asked then: taken as read as soon as it would be asked.
            at = self.moments[number - 1]
        if at is None:
            return None
        before = (one.arrival for one in self.record.turns if one.received_at <= at)
        return Asked(question=number, at=at, arrival=max(before, default=0))


def replay(dialogue: Dialogue, texts: Texts, salon: Salon, record: Recorded) -> Replayed:
    """Decide every turn of one chat again, and compare what leaves and where it stands."""
    if record.turns_taken != len(record.turns):
        return Replayed(0, left_out=len(record.turns), why="its beginning is not in the record")
    player = _Player(dialogue, texts, salon, record)
    differences: list[Difference] = []
    turns, why = 0, ""
    for at, moment in groupby(record.turns, key=lambda taken: taken.taken_at):
        player.rests(at)
        taken, before, number = tuple(moment), player.session.state, len(player.moments) + 1
        was_stuck = bool(player.stuck)
        player.play(taken)
        turns += len(player.events)
        why = why or player.stuck
        if not was_stuck and (lines := _difference(player, taken)):
            events = tuple(player.events)
            differences.append(
                Difference(record.chat_id, number, at, before, events, taken, lines, player.stuck)
            )
    return Replayed(turns, tuple(differences), len(record.turns) - turns, why)


def _in_a_line(error: Exception) -> str:
    """Say in a line what was raised; pydantic takes several for each field, with an address."""
    what = str(error)
    if isinstance(error, ValidationError):
        faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        what = f"{error.title} takes no such values ({'; '.join(faults)})"
    return " ".join((f"{type(error).__name__}:", *what.split()))


def _difference(player: _Player, taken: Sequence[Taken]) -> tuple[str, ...]:
    """Return what left then and would leave now, as the lines of a diff; empty: it is the same."""
    dialogue, record = player.dialogue, player.record
    then, now = [*player.then], _lines(dialogue, player.left)
    if player.stuck:
        now.append(f"({player.stuck})")
    elif taken[-1] is record.turns[-1] and record.session is not None:
        # Where a chat stands is kept for its last turn, and for every question.
        _add(then, f"state: {dialogue.upgrades.today(record.session.state)}")
        _add(now, f"state: {player.session.state}")
    return tuple(_diff(then, now)) if then != now else ()


def _diff(then: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    for how, i, i_end, j, j_end in SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if how == "equal":
            yield from (f"  {line}" for line in then[i:i_end])
        else:
            yield from (f"- {line}" for line in then[i:i_end])
            yield from (f"+ {line}" for line in now[j:j_end])


def _left(outgoing: OutgoingMessage | OutgoingCall, at: datetime) -> Left:
    if isinstance(outgoing, OutgoingCall):
        return Left(at, call=outgoing.call, after_s=outgoing.after_s)
    left = Left(at, message=outgoing.bubble, question=outgoing.question)
    ends = outgoing.patience.event if outgoing.patience else None
    return replace(left, state=ends.state) if isinstance(ends, TimedOut) else left


def _lines(dialogue: Dialogue, left: Iterable[Left]) -> list[str]:
    """Write what left as a transcript would; `?` is a read, and an option shows its id too."""
    lines: list[str] = []
    for one in left:
        if one.message is not None:
            options = (f"[{option.title}]({option.id})" for option in one.message.options)
            lines.append(" ".join(("<", *one.message.text.split(), *options)))
        elif one.call is not None:
            lines.append(_call_line(one.call, one.after_s))
        else:
            lines.append("(something that this version cannot read)")
        if one.state is not None:
            lines.append(f"state: {dialogue.upgrades.today(one.state)}")
    return lines


def _call_line(call: Call, after_s: float) -> str:
    kind = "!" if isinstance(call, Command) else "?"
    record = getattr(call, "record", None)
    parts = [kind, type(call).__name__]
    if record is not None:
        parts.append(str(record.record_id))
    if after_s:
        parts.append(f"after {after_s:.0f} s")
    return " ".join(parts)


def _add(lines: list[str], line: str) -> None:
    if lines[-1:] != [line]:
        lines.append(line)


def _opted_out(turns: Sequence[Taken], taken: Taken) -> bool:
    """Whether the client had said «стоп» by then: it counts as soon as it is stored, before its turn."""
    wishes = (
        opt_out(one.heard.text)
        for one in sorted(turns, key=lambda one: one.arrival)
        if one.heard is not None and one.heard.kind == "words" and one.received_at <= taken.taken_at
    )
    return next((wish for wish in reversed([*wishes]) if wish is not None), False)


def _past(moment: datetime | None, taken: Taken) -> bool:
    return moment is not None and moment <= taken.taken_at
