"""Released tables: what live dialogues may stand in, and whether today's tables take them on."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from engine.flow import IDLE, Calling, Flow, Open, State, Waiting
from engine.soundness.problems import Problem, described
from engine.soundness.schemas import refused
from engine.soundness.tables import Tables
from engine.values import Event, Frozen

RELEASE = "otmena check --release"


class ReleasedState(Frozen):
    kind: Literal["waiting", "open", "calling"]
    # What a calling state waits for.
    call: str = ""


class ReleasedTable(Frozen):
    """One version of one flow's table, as it was shipped."""

    version: int
    states: dict[str, ReleasedState]
    # None, as of the memory: not known, so that it is held against nothing.
    rows: tuple[str, ...] | None = None
    # JSON schema of the memory as it is stored.
    memory: dict[str, Any] | None = None


class Released(Frozen):
    """Every version of every flow that was ever shipped, oldest first."""

    flows: dict[str, tuple[ReleasedTable, ...]] = {}

    def to_json(self) -> str:
        return (
            json.dumps(self.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=2)
            + "\n"
        )

    def with_todays(self, flows: Sequence[Flow]) -> "Released":
        """Return what is released once today's tables are; a version that is there already is renewed."""
        renewed = dict(self.flows)
        for flow in flows:
            older = [one for one in renewed.get(flow.name, ()) if one.version != flow.version]
            renewed[flow.name] = tuple(sorted([*older, todays(flow)], key=lambda table: table.version))
        return Released(flows=renewed)

    def only(self, names: Sequence[str]) -> "Released":
        return Released(flows={name: tables for name, tables in self.flows.items() if name in names})


def todays(flow: Flow) -> ReleasedTable:
    """Return a flow's table as it would be released now. Expects it to be usable."""
    return ReleasedTable(
        version=flow.version,
        states={state.name: _state(state) for state in flow.states},
        rows=tuple(_line(row) for row in flow.table),
        memory=flow.memory.model_json_schema(mode="serialization"),
    )


def _line(row: Any) -> str:
    """Return a row without the line of a lambda, which moves without changing anything."""
    return re.sub(r"(<lambda>) at line \d+", r"\1", described(row))


def _state(state: State) -> ReleasedState:
    match state:
        case Waiting():
            return ReleasedState(kind="waiting")
        case Open():
            return ReleasedState(kind="open")
        case Calling():
            return ReleasedState(kind="calling", call=state.call.__name__)
    raise AssertionError(f"home is no flow's state: {state}")


def broken(tables: Tables, released: Released) -> Iterator[Problem]:
    """No live dialogue is lost: every released state goes on, or is given up by name."""
    today = {flow.name: flow for flow in tables.flows}
    was = {old: new for flow in tables.flows for old, new in flow.was.items()}
    for name, versions in released.flows.items():
        if not versions:
            continue
        flow = today.get(name)
        live = [table for table in versions if flow is None or table.version >= flow.oldest]
        for state, before in {
            state: before for table in live for state, before in table.states.items()
        }.items():
            yield from _state_goes_on(
                tables, name, state, before, was, _Successor.of(flow, versions[-1], before)
            )
        if flow is not None:
            lost = any(
                state not in tables.states and state not in was for table in live for state in table.states
            )
            yield from _version(flow, versions, lost)
            yield from _memory(flow, live)
    yield from _mappings(tables)


def _state_goes_on(
    tables: Tables,
    flow: str,
    name: str,
    before: ReleasedState,
    was: Mapping[str, str],
    successor: "_Successor",
) -> Iterator[Problem]:
    now = name if name in tables.states else was.get(name)
    if now is None:
        what = "dialogues of the released table may stand there, and no flow declares it any more"
        remedy = f'say what it is called now{successor.among}: was={{"{name}": "{successor.name}"}}'
        remedy += f"{successor.version}, or IDLE to end them politely"
        yield Problem("released-state", flow, name, what, remedy)
        return
    state = tables.states.get(now)
    if now == IDLE or state is None:
        return  # given up by name, or reported as a mapping to nothing
    calls = state.call.__name__ if isinstance(state, Calling) else ""
    if calls != before.call:
        here = "it" if now == name else now
        what = f"released dialogues wait there for {_whom(before.call)}, and {here} waits for {_whom(calls)}"
        remedy = f'name the new state anew and end the old one: was={{"{name}": IDLE}}'
        yield Problem("released-kind", flow, name, what, remedy)


@dataclass(frozen=True, slots=True)
class _Successor:
    """What may have become of a state that no flow declares any more."""

    # The only new state that may be it, or "…".
    name: str
    # All of them, where there are several.
    among: str
    # The version that the mapping needs, where that was forgotten too.
    version: str

    @classmethod
    def of(cls, flow: Flow | None, last: ReleasedTable, before: ReleasedState) -> "_Successor":
        today = todays(flow).states if flow is not None and _usable(flow) else {}
        fresh = [name for name, state in today.items() if name not in last.states and state == before]
        grown = flow is None or flow.version != last.version
        return cls(
            fresh[0] if len(fresh) == 1 else "…",
            f" ({' or '.join(fresh)})" if len(fresh) > 1 else "",
            "" if grown else f" with version={last.version + 1}",
        )


def _whom(call: str) -> str:
    return f"a {call}" if call else "the client"


def _version(flow: Flow, versions: Sequence[ReleasedTable], lost: bool) -> Iterator[Problem]:
    """`lost`: a state is gone without a mapping, whose remedy names the version already."""
    last = versions[-1]
    if flow.version < last.version:
        what = f"version {flow.version} is older than the released {last.version}"
        yield Problem("version", flow.name, "version", what, f"set version={last.version} or a later one")
    if flow.oldest > flow.version:
        what = f"oldest={flow.oldest} is later than version={flow.version}, so it takes on no dialogue at all"
        yield Problem(
            "version", flow.name, "oldest", what, f"set version={flow.oldest}, or an earlier oldest"
        )
    if not lost and flow.version == last.version and (changed := _changes(flow, last)):
        what = f"its {changed} changed since version {last.version} was released"
        remedy = f"set version={last.version + 1}; where {last.version} was never shipped, run {RELEASE}"
        yield Problem("version", flow.name, "version", what, remedy)


def _changes(flow: Flow, last: ReleasedTable) -> str:
    if not _usable(flow):
        return ""
    now = todays(flow)
    parts = {
        "states": now.states != last.states,
        "rows": last.rows not in (None, now.rows),
        "memory": last.memory not in (None, now.memory),
    }
    return " and ".join(part for part, changed in parts.items() if changed)


def _usable(flow: Flow) -> bool:
    rows = all(isinstance(row.event, type) and issubclass(row.event, Event) for row in flow.table)
    states = all(isinstance(state, Waiting | Open | Calling) for state in flow.states)
    return rows and states and _is_model(flow.memory)


def _is_model(memory: object) -> bool:
    return isinstance(memory, type) and issubclass(memory, BaseModel) and memory is not BaseModel


def _memory(flow: Flow, live: Sequence[ReleasedTable]) -> Iterator[Problem]:
    if not _usable(flow):
        return
    now = flow.memory.model_json_schema()
    for table in live:
        if table.memory is not None and (fields := refused(table.memory, now)):
            what = f"what dialogues of version {table.version} remember would be refused: {'; '.join(fields)}"
            remedy = f"give new fields a default; or end those dialogues politely: oldest={table.version + 1}"
            yield Problem("released-memory", flow.name, "memory", what, remedy)


def _mappings(tables: Tables) -> Iterator[Problem]:
    for flow in tables.flows:
        for old, new in flow.was.items():
            if old in tables.states:
                what = f"was maps it to {new}, and it is still declared, so that nothing is mapped"
                yield Problem("was", flow.name, old, what, "take it out of was, or the state out of states")
            if new not in tables.states:
                what = f"was maps it to {new}, which no flow declares"
                yield Problem("was", flow.name, old, what, "map it to a declared state, or to IDLE")
