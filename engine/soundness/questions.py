"""Questions: who waits has asked, a yes is a yes to something, and whoever answers is answered."""

from collections.abc import Iterable, Iterator

from engine.booking import Command
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
    """A yes, or a picked window, that changes a record answers a question that proposed it."""
    changing = {
        placed.row.source: placed
        for placed in tables.rows
        if issubclass(placed.row.event, Yes | SlotPicked) and _writes(placed, deeds)
    }
    told: set[tuple[str, str]] = set()
    for one in spoken:
        state, key = one.placed.row.to, one.said.text
        if state in changing and one.said.question and not one.said.proposes and (state, key) not in told:
            told.add((state, key))
            what = (
                f"{described(one.placed.row)} asks {key} and proposes no record, "
                f"so that {described(changing[state].row)} would be refused as a change that nobody agreed to"
            )
            remedy = "ask with an action that yields Say(…, question=True, proposes=(record,))"
            yield Problem("consent", one.placed.flow, state, what, remedy)


def unagreed(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """Only a yes or a picked window changes a record; a guard may know a salon that asks nothing."""
    for placed in tables.rows:
        row = placed.row
        answered = not isinstance(tables.states[row.source], Calling) and not issubclass(
            row.event, Yes | SlotPicked
        )
        if answered and row.when is None and _writes(placed, deeds):
            what = f"{described(row)} changes a record, and {row.event.__name__} is no yes to a question"
            remedy = "ask first, with proposes=(record,), and let On(Yes, …) make the change"
            yield Problem("consent", placed.flow, row.source, what, remedy)


def _writes(placed: Placed, deeds: Deeds) -> bool:
    made = deeds.of(placed).made
    return any(one.call is not None and issubclass(one.call, Command) for one in made)


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
