"""Long runs: what is sound survives every fault and crash, and a lie planted anywhere is found and told."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import main
from adapters.proving.long_runs import Run, play, replayed, retold, shortest
from adapters.yclients.booking import YClientsBooking
from adapters.yclients.cancelling import SoftCancel
from engine import listening
from engine.booking import FindRecords, RecordsFound

WHOLE = main.whole(None)
SEEDS = range(60)


def first_broken(seeds: range = SEEDS) -> Run:
    runs = (play(seed, WHOLE) for seed in seeds)
    return next(run for run in runs if run.violation is not None)


@pytest.mark.parametrize("seed", [2, 6, 8])
def test_a_sound_assistant_keeps_its_promises_under_every_fault(seed: int) -> None:
    run = play(seed, WHOLE)
    assert run.violation is None, run.chat()
    assert run.turns > 10
    assert run.checked["a claim is true"] > 0
    assert run.checked["nothing waits for ever"] > 0


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_every_run_is_a_world(seed: int) -> None:
    run = play(seed, WHOLE)

    assert run.violation is None, run.chat()
    assert len({act.client for act in run.acts if act.kind == "writes"}) >= 5
    assert run.lived >= timedelta(minutes=10)
    assert 1 <= sum(act.kind in ("crash", "power") for act in run.acts) <= 3
    assert run.kills >= 1
    assert run.is_world
    assert not replace(run, kills=0).is_world
    assert not replace(run, lived=timedelta(minutes=9)).is_world
    assert not replace(run, acts=tuple(act for act in run.acts if act.client != "+79000000002")).is_world


def test_the_same_seed_plays_the_same() -> None:
    assert play(4, WHOLE) == play(4, WHOLE)


def _never_reads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def settled(self: SoftCancel, answered: object, seen: Any, shown: Any) -> Any:
        off = seen.model_copy(update={"attendance": -1}) if seen else None
        if off is None:
            raise AssertionError("nothing was read")
        return off

    monkeypatch.setattr(SoftCancel, "_settled", settled)


def _early_words_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_could_answer", lambda at: True)


def _everybody_s_records(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[int, Any] = {}
    real = YClientsBooking.ask

    async def ask(self: YClientsBooking, query: Any) -> Any:
        event = await real(self, query)
        if isinstance(query, FindRecords) and isinstance(event, RecordsFound):
            found.update({record.record_id: record for record in event.records})
            mine = [one.model_copy(update={"phone": query.phone}) for one in found.values()]
            return RecordsFound(records=tuple(sorted(mine, key=lambda one: one.record_id)))
        return event

    monkeypatch.setattr(YClientsBooking, "ask", ask)


@pytest.mark.parametrize(
    ("lie", "broken"),
    [
        (_never_reads_back, "a claim is true"),
        (_early_words_count, "every write was agreed to"),
        (_everybody_s_records, "nobody reads of another's record"),
    ],
)
def test_a_planted_lie_is_found_and_told_as_a_short_transcript(
    monkeypatch: pytest.MonkeyPatch, lie: Callable[[pytest.MonkeyPatch], None], broken: str
) -> None:
    lie(monkeypatch)

    run = first_broken()
    assert run.violation is not None
    assert run.violation.invariant == broken

    until = time.monotonic() + 20
    told = shortest(run, WHOLE, until=lambda: time.monotonic() > until)
    assert len(told.acts) < len(run.acts)
    assert told.violation is not None
    assert told.violation.invariant == broken
    assert told.chat().startswith(f"# seed {run.seed}\n# Broken: ")

    transcript = retold(told, WHOLE)
    assert "journal: 1 " in transcript
    assert "state: " in transcript
    assert replayed(transcript, WHOLE, run.seed, jittered=told.jittered).holds
    monkeypatch.undo()
    assert not replayed(transcript, WHOLE, run.seed, jittered=told.jittered).holds, (
        "the honest assistant does the same"
    )


def test_every_kind_of_act_has_a_line() -> None:
    kinds = {act.kind for seed in range(6) for act in play(seed, WHOLE).acts}
    assert kinds >= {"books", "writes", "taps", "waits", "yclients", "whatsapp", "crash", "edits", "again"}
