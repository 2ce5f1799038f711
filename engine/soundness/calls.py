"""Calls: a calling state is entered by its call, and what failed is told apart from what nobody knows."""

from collections.abc import Iterator
from typing import Any, get_args

from engine.booking import CallFailed, Command, Query, Refusal
from engine.events import StillWaiting
from engine.flow import IDLE, Calling, Open
from engine.soundness.deeds import Deeds
from engine.soundness.problems import Problem, described
from engine.soundness.tables import Placed, Tables

UNKNOWN = CallFailed(reason="unknown")
NOT_TRIED = CallFailed(reason="not_tried")
REFUSED = tuple(CallFailed(reason="refused", detail=detail) for detail in get_args(Refusal))


def unnamed(tables: Tables) -> Iterator[Problem]:
    """A call names the events that may answer it."""
    for name, state in tables.states.items():
        if isinstance(state, Calling) and not state.call.results:
            what = f"{state.call.__name__} names no result, so its success has no row"
            remedy = f"declare {state.call.__name__}.results, a tuple of events"
            yield Problem("call", tables.flow_of(name), name, what, remedy)


def entered(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """A row into a calling state makes exactly its call; a row to any other makes none."""
    for placed in tables.rows:
        row, state = placed.row, tables.states[placed.row.to]
        done = deeds.of(placed)
        if not done.complete or (row.event is StillWaiting and row.source == row.to):
            continue
        made = [made for made in done.made if made.awaited]
        if isinstance(state, Calling):
            yield from _into(placed, state, [one.call for one in made])
        elif made:
            what = f"{described(row)} makes a call, and {row.to} does not wait for its result"
            yield Problem("call", placed.flow, row.source, what, "lead it to a Calling state of that call")


def _into(placed: Placed, state: Calling, calls: list[type | None]) -> Iterator[Problem]:
    row, wanted = placed.row, state.call
    effect = "Ask(query=" if issubclass(wanted, Query) else "Do(command="
    remedy = f"let its action yield {effect}{wanted.__name__}(…)) once"
    if not calls:
        what = f"{described(row)} makes no call, and {state.name} would wait for ever for a {wanted.__name__}"
        yield Problem("call", placed.flow, row.source, what, remedy)
    for call in calls:
        if call is not None and not issubclass(call, wanted):
            what = f"{described(row)} makes a {call.__name__}, and {state.name} waits for a {wanted.__name__}"
            yield Problem("call", placed.flow, row.source, what, remedy)


def handed_over(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """What a row hands over is taken where it leads: an intent opens some flow."""
    for placed in tables.rows:
        row = placed.row
        for event in deeds.of(placed).thens:
            if event is None or tables.taking(row.to, event):
                continue
            what = f"{described(row)} hands over {event.__name__}, and no row takes it in {row.to}"
            at_rest = row.to == IDLE or isinstance(tables.states[row.to], Open)
            remedy = (
                "add it to the intents of a flow, with a row from IDLE" if at_rest else "add a row for it"
            )
            yield Problem("then", placed.flow, row.source, what, remedy)


def told_apart(tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """After a write, "nobody knows" is never told in the words of "nothing was changed", nor the reverse."""
    for name, state in tables.states.items():
        if not (isinstance(state, Calling) and issubclass(state.call, Command)):
            continue
        rows = tables.taking(name, CallFailed)
        unknown = _told(rows, UNKNOWN, deeds)
        for other, reason in ((NOT_TRIED, "not_tried"), *((one, "refused") for one in REFUSED)):
            known = _told(rows, other, deeds)
            if not rows or unknown is None or known is None or (same := unknown & known) == set():
                continue
            words = " and ".join(sorted(text or "nothing at all" for text in same))
            what = f"after a failed {state.call.__name__}, {words} is said for unknown as for {reason}"
            remedy = (
                'tell them apart: a row On(CallFailed, …, when=…) for failed.reason == "unknown", whose text '
                "promises nothing, before the one for refused and not_tried"
            )
            yield Problem("unknown", tables.flow_of(name), name, what, remedy)
            break


def _told(rows: tuple[Placed, ...], failed: CallFailed, deeds: Deeds) -> set[str] | None:
    """Return the keys that may be said for this failure, "" for silence; None where it cannot be read."""
    told: set[str] = set()
    for placed in rows:
        holds: Any = deeds.holds(placed, failed)
        if holds is False:
            continue
        done = deeds.upon(placed, failed)
        if not done.complete or any("*" in said.text for said in done.said):
            return None
        told |= {said.text for said in done.said}
        if not done.said:
            told.add("")
        if holds is True:
            break
    return told
