"""Questions: who waits has asked, a yes is a yes to something, and whoever answers is answered."""

from collections.abc import Iterable, Iterator

from engine.booking import Command, MoveRecord
from engine.events import SlotPicked, StillWaiting, Yes
from engine.flow import IDLE, Calling, Waiting
from engine.soundness.deeds import Deeds
from engine.soundness.inputs import heard
from engine.soundness.problems import Problem, described
from engine.soundness.speech import Utterance
from engine.soundness.tables import Placed, Tables


def unasked(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """A row into a waiting state asks what is waited for: without it no button counts."""
    for placed in tables.rows:
        row, done = placed.row, deeds.of(placed)
        if row.source == row.to or not isinstance(tables.states[row.to], Waiting):
            continue
        if not done.complete or done.thens or any(said.question is not False for said in done.said):
            continue
        keys = ", ".join(dict.fromkeys(said.text for said in done.said))
        what = f"{described(row)} leads there and asks nothing" + (
            f" ({keys} is no question)" if keys else ""
        )
        remedy = (
            "add question=True to what it says: else its buttons count as stale, and no question is pending"
        )
        yield Problem("unasked", placed.flow, row.to, what, remedy)


def unawaited(spoken: Iterable[Utterance]) -> Iterator[Problem]:
    """Nothing is asked on the way home, where nobody waits for the answer."""
    for one in spoken:
        row = one.placed.row
        if one.said.question is True and row.to == IDLE:
            what = f"{described(row)} asks {one.said.text}, and at home nothing waits for the answer"
            remedy = "lead the row to a Waiting state that hears the answer, or take question=True away"
            yield Problem("unasked", one.placed.flow, row.source, what, remedy)


def unproposed(spoken: Iterable[Utterance], tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """A yes, or a picked window, that changes a record answers a question that proposed this change of it."""
    changing: dict[str, list[Placed]] = {}
    for placed in tables.rows:
        if issubclass(placed.row.event, Yes | SlotPicked) and _writes(placed, deeds):
            changing.setdefault(placed.row.source, []).append(placed)
    told: set[tuple[str, str]] = set()
    for one in spoken:
        state, key = one.placed.row.to, one.said.text
        if state not in changing or not one.said.question or (state, key) in told:
            continue
        if problem := _not_agreed(one, changing[state], deeds):
            told.add((state, key))
            yield problem


def _not_agreed(one: Utterance, rows: list[Placed], deeds: Deeds) -> Problem | None:
    """Return why no row that writes upon an answer to this question could: it proposes something else."""
    asked, said = described(one.placed.row), one.said
    refused = f"so that {described(rows[0].row)} would be refused as a change that nobody agreed to"
    if not said.proposes:
        what = f"{asked} asks {said.text} and proposes no record, {refused}"
        remedy = "ask with an action that yields Say(…, question=True, proposes=(record,))"
        return Problem("consent", one.placed.flow, one.placed.row.to, what, remedy)
    written = [call for placed in rows for call in _commands(placed, deeds)]
    if said.change == "*" or any(_covers(said.change, call) for call in written):
        return None
    changes = " or ".join(sorted({call.change for call in written}))
    meant = f"change={said.change!r}" if said.change else "no change"
    what = f"{asked} asks {said.text} and proposes {meant}, {refused}"
    remedy = f"let the question say what a yes to it would do: Say(…, change={changes!r})"
    return Problem("consent", one.placed.flow, one.placed.row.to, what, remedy)


def _covers(change: str | None, call: type[Command]) -> bool:
    """Whether a yes to a question of this change lets such a command leave, as the engine has it."""
    return change == call.change or (change is None and not issubclass(call, MoveRecord))


def unagreed(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """Only a yes or a picked window changes a record; a guard may know a salon that asks nothing.

    A move is never left to a guard, nor to what a read has found: it goes only where the client agreed to.
    """
    for placed in tables.rows:
        row, source = placed.row, tables.states[placed.row.source]
        writes = _commands(placed, deeds)
        moves = any(issubclass(call, MoveRecord) for call in writes)
        if issubclass(row.event, Yes | SlotPicked) or not writes:
            continue
        after_a_write = isinstance(source, Calling) and issubclass(source.call, Command)
        if after_a_write or (not moves and (isinstance(source, Calling) or row.when is not None)):
            continue
        does = "moves" if moves else "changes"
        what = f"{described(row)} {does} a record, and {row.event.__name__} is no yes to a question"
        remedy = "ask first, with proposes=(record,), and let On(Yes, …) make the change"
        yield Problem("consent", placed.flow, row.source, what, remedy)


def undeclared(spoken: Iterable[Utterance]) -> Iterator[Problem]:
    """A question that proposes a record says which change a yes to it would make. Our own flows all do."""
    for one in spoken:
        if one.said.question is not False and one.said.proposes and one.said.change is None:
            what = f"{described(one.placed.row)} asks {one.said.text} and does not say to which change"
            remedy = 'add change="cancelled", or what a yes to it would do'
            yield Problem("change", one.placed.flow, one.placed.row.to, what, remedy)


def _commands(placed: Placed, deeds: Deeds) -> list[type[Command]]:
    made = deeds.of(placed).made
    return [one.call for one in made if one.call is not None and issubclass(one.call, Command)]


def _writes(placed: Placed, deeds: Deeds) -> bool:
    return bool(_commands(placed, deeds))


def unmet(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """Whoever said something that was understood, or waits for the end of a call, is told something."""
    for placed in tables.rows:
        row, done = placed.row, deeds.of(placed)
        state = tables.states[row.source]
        if not placed.own or isinstance(tables.states[row.to], Calling) or True in done.speaks:
            continue
        if not done.complete or done.thens or done.made:
            continue
        calls = isinstance(state, Calling)
        if row.event is StillWaiting or not (calls or row.event in heard(tables, state)):
            continue
        why = "waits for the end of the call" if calls else "has said something"
        what = f"{described(row)} says nothing, and the client {why}"
        yield Problem("silence", placed.flow, row.source, what, 'let it say a sentence, such as do=say("…")')
