"""Names that a script expects and that nothing has: told with the one that was probably meant."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from engine.booking import Command
from engine.dialogue import Dialogue
from engine.notices import NoticeEvent, To
from engine.script.grammar import Problem
from engine.script.lines import Leaves, Line, Notice, Shows, Stands, Transcript
from engine.texts import Texts


@dataclass(frozen=True, slots=True)
class Names:
    """What a script can name of a machine."""

    states: Collection[str]
    keys: Collection[str]
    commands: Collection[str]
    flows: Collection[str]


def names_of(dialogue: Dialogue, texts: Texts) -> Names:
    commands = tuple(command.__name__ for command in Command.__subclasses__())
    flows = tuple(flow.name for flow in dialogue.flows)
    return Names(tuple(dialogue.states), tuple(texts.texts), commands, flows)


def unknown(transcript: Transcript, names: Names) -> tuple[Problem, ...]:
    """Return every line that names what there is not, so that it can never come true."""
    found = ((line.number, _unknown(line, names)) for line in transcript.lines)
    return tuple(Problem(number, said) for number, said in found if said)


def _unknown(line: Line, names: Names) -> str:
    match line:
        case Stands():
            return _strange_flow("state", line.state, names) or _meant("state", line.state, names.states)
        case Shows() if line.key:
            return _strange_flow("text", line.key, names) or _meant("text", line.key, names.keys)
        case Leaves():
            return _meant("command", line.command, names.commands)
        case Notice():
            said = _meant("recipient", line.to, get_args(To))
            return said or _meant("notice", line.event, get_args(NoticeEvent))
    return ""


def _strange_flow(kind: str, name: str, names: Names) -> str:
    """Say that no flow is registered whose state or text this could be, unless its name is only misspelt."""
    flow, dot, _ = name.partition(".")
    # A fragment and the rows of every state have keys, and are no flows.
    known = {*names.flows, *(one.partition(".")[0] for one in (*names.states, *names.keys))}
    if not dot or flow in known or get_close_matches(flow.lower(), known, n=1):
        return ""
    return f"there is no {kind} «{name}»: no flow «{flow}» is registered (states/registry.py)"


def _meant(kind: str, name: str, known: Collection[str]) -> str:
    """Say that there is no such name, and which is the nearest; nothing where there is."""
    if name in known:
        return ""
    by_small_letters = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), by_small_letters, n=1)
    hint = f"did you mean «{by_small_letters[near[0]]}»?" if near else f"there are {_some(known)}"
    return f"there is no {kind} «{name}»; {hint}"


def _some(known: Collection[str]) -> str:
    shown = sorted(known)[:12]
    return ", ".join(shown) + (" …" if len(known) > len(shown) else "")
