"""Stored turns for a second of the processor, beside a bare turn of the same libraries and other ways.

    python -m benchmarks.turns [--quick] [--json FILE]

A stored turn restores the session from JSON, takes one step, and serialises session and effects. Ours are the
six turns of a whole cancel with its real flow; the bare ones are the same six in their smallest form.
aiogram needs a venv of its own (`.venv-peers`), for it pins other versions of what we use.
"""

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from transitions import Machine

import main
from benchmarks import bare_flow, bare_turn, frame
from benchmarks.cancelling import MONDAY, PHONE, StoredTurn, turns
from benchmarks.frame import Bound, Result
from engine.codec import dump
from engine.dialogue import Dialogue
from engine.effects import Ask, Do, Effect, Note
from engine.flow import Flow
from engine.ports import Address, Asked, Head
from engine.runtime.deciding import decide
from engine.session import Chat, Session
from engine.texts import Texts
from states import cancel

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-peers"
OURS = "Otmena: restore, step, serialise"
RENDERED = "Otmena: the same, its words rendered"
UNDERSTOOD = "Otmena: the same, the client's words understood as well"
SHARED = "bare turn: one shared machine, a session of three fields"
SAME_ROWS = "the same rows and stored sessions, without the engine"
OF_A_USER = "one machine for each user"
AIOGRAM = "aiogram's FSM"
DICT = "a dict"
AT_LEAST = Bound(at_least=0.8)
MISSING = "aiogram: `.venv-peers` is not there (`make bench` makes it where it can be installed)"


def ours(dialogue: Dialogue, stored: list[StoredTurn]) -> None:
    for turn in stored:
        session, chat = Session.model_validate_json(turn.session), Chat.model_validate_json(turn.chat)
        decision = dialogue.step(session, chat, turn.event, turn.at)
        decision.session.model_dump_json()
        decision.chat.model_dump_json()
        for effect in decision.effects:
            serialised(effect)


def serialised(effect: Effect) -> str:
    match effect:
        case Ask():
            return dump(effect.query)
        case Do():
            return dump(effect.command)
        case Note():
            return dump(effect.fact)
    return effect.model_dump_json()


def without_the_engine(machine: Machine, flow: Flow, stored: list[StoredTurn]) -> None:
    for turn in stored:
        session, chat, effects = bare_flow.stepped(machine, flow, turn)
        session.model_dump_json()
        chat.model_dump_json()
        for effect in effects:
            serialised(effect)


def rendered(dialogue: Dialogue, texts: Texts, stored: list[StoredTurn], *, understood: bool) -> None:
    """Decide as the runtime does: every message in the words that are sent."""
    for number, turn in enumerate(stored):
        session, chat = Session.model_validate_json(turn.session), Chat.model_validate_json(turn.chat)
        heard = turn.heard if understood else None
        head = Head(
            arrival=turn.at.arrival,
            chat_id=1,
            version=number,
            session=session,
            chat=chat,
            address=Address(channel="whatsapp", account="1", phone=PHONE, user=None),
            channel_message_id="1",
            heard=heard,
            event=None if heard else turn.event,
            said_at=turn.at.said_at,
            received_at=turn.at.now,
            asked=Asked(question=2, at=MONDAY - timedelta(seconds=5), arrival=turn.at.arrival - 1),
        )
        decided = decide(dialogue, texts, turn.at.salon, head, turn.at.now).turn
        decided.session.model_dump_json()
        decided.chat.model_dump_json()
        for outgoing in decided.outgoing:
            outgoing.model_dump_json()
        for fact in decided.facts:
            dump(fact)


def per_cpu_second(play: Callable[[], None], seconds: float) -> float:
    """Return turns for each second of this process's work."""
    played, begun = 0, time.process_time()
    while (worked := time.process_time() - begun) < seconds:
        play()
        played += 1
    return played * bare_turn.TURNS / worked


@contextmanager
def aiogram(seconds: float) -> Iterator[Callable[[], float]]:
    """Run the peer in its own interpreter; it measures itself each time that it is asked."""
    command = [str(PEERS / "bin" / "python"), str(ROOT / "benchmarks" / "aiogram_turn.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask() -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            print(seconds, file=process.stdin, flush=True)
            return float(process.stdout.readline())

        yield ask
        process.communicate(timeout=30)


def measure(quick: bool) -> Result:
    seconds, rounds = (0.1, frame.ROUNDS_QUICK) if quick else (0.5, frame.ROUNDS + 2)
    dialogue, texts = main.dialogue_and_texts()
    stored, machine = turns(dialogue), bare_flow.compiled(dialogue)
    plays: dict[str, Callable[[], None]] = {
        OURS: lambda: ours(dialogue, stored),
        SHARED: bare_turn.on_the_shared_machine(),
        OF_A_USER: bare_turn.on_a_machine_for_each_user(),
        SAME_ROWS: lambda: without_the_engine(machine, cancel.FLOW, stored),
        DICT: bare_turn.on_a_dict(),
        RENDERED: lambda: rendered(dialogue, texts, stored, understood=False),
        UNDERSTOOD: lambda: rendered(dialogue, texts, stored, understood=True),
    }
    sides: dict[str, Callable[[], float]] = {
        name: lambda play=play: per_cpu_second(play, seconds)  # type: ignore[misc]  # mypy infers no type of a lambda's default.
        for name, play in plays.items()
    }
    # What our own imports brought is not to be searched again whenever a peer makes garbage.
    gc.collect()
    gc.freeze()
    left_out: tuple[str, ...] = ()
    if (PEERS / ".installed").exists():
        with aiogram(seconds) as ask:
            found = frame.interleaved({**sides, AIOGRAM: ask}, "turns/CPU s", rounds)
    else:
        print(f"left out: {MISSING}", file=sys.stderr)
        found, left_out = frame.interleaved(sides, "turns/CPU s", rounds), (MISSING,)
    bounded = [found[OURS].beside(found[name], AT_LEAST) for name in (SHARED, SAME_ROWS)]
    peers = [found[OURS].beside(found[name]) for name in (OF_A_USER, AIOGRAM, DICT) if name in found]
    first = found[OURS].row(ratios=[*bounded, *peers])
    return Result(rows=(first, *(found[name].row() for name in found if name != OURS)), left_out=left_out)


if __name__ == "__main__":
    frame.run(__doc__, measure)
