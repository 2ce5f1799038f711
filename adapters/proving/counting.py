"""What a proof has counted, for people and for programs."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from adapters.proving import promises as held
from adapters.proving.exploration import Told
from adapters.proving.long_runs import Run
from adapters.proving.proof import Part, Played, Proof
from engine.proof.invariants import INVARIANTS


def line(part: Part) -> str:
    """Return one part as a line of text."""
    end = "holds"
    if isinstance(part, Played):
        if part.broken is not None:
            end = "BROKEN"
        turns, kills = sum(run.turns for run in part.runs), sum(run.kills for run in part.runs)
        title = f"seeds {part.seeds.start} to {part.seeds.stop - 1}"
        return f"  {title:<22} {turns:>7} turns      {kills:>8} crashes  {end}"
    one = part.explored
    if one.counterexample is not None:
        end = "BROKEN"
    return f"  {one.opening:<22} {one.situations:>7} situations {one.steps:>8} steps    {end}"


def summary(proof: Proof, parts: Sequence[Part], took_s: float) -> dict[str, Any]:
    """Return everything that was counted, and the counterexample, if there is one."""
    explored = [part.explored for part in parts if isinstance(part, Told)]
    runs = [run for part in parts if isinstance(part, Played) for run in part.runs]
    pairs = set[tuple[str, str]]().union(*(one.seen.pairs for one in explored))
    entered = {state for state, _ in pairs}.union(*(run.entered for run in runs))
    return {
        "depth": proof.depth,
        "openings": len(explored),
        "situations": sum(one.situations for one in explored),
        "steps": sum(one.steps for one in explored),
        "turns": sum(one.seen.turns for one in explored),
        "rows": len(set[int]().union(*(one.seen.rows for one in explored))),
        "rows_of": explored[0].rows if explored else 0,
        "state_events": len(pairs),
        "never_entered": [state for state in proof.states() if state not in entered],
        "crashes": dict(sum((one.seen.crashes for one in explored), Counter[str]())),
        "redelivered": sum(one.seen.redelivered for one in explored),
        "outcomes": dict(sum((one.seen.outcomes for one in explored), Counter[str]())),
        "checks": dict(sum((one.checks.counted for one in explored), Counter[str]())),
        "long_runs": _long_runs(proof, runs),
        "took_s": round(took_s, 1),
        # Of this process alone: with one job, all of the work.
        "cpu_s": round(time.process_time(), 1),
        "counterexample": _counterexample(proof, parts),
    }


def _long_runs(proof: Proof, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "first_seed": proof.seeds.start,
        "runs": len(runs),
        "turns": sum(run.turns for run in runs),
        "minutes": round(sum(run.minutes for run in runs)),
        "points": sum(run.points for run in runs),
        "crashes": sum(run.kills for run in runs),
        "faults": sorted({fault for run in runs for fault in run.faults}),
        "checks": dict(sum((Counter(run.checked) for run in runs), Counter[str]())),
    }


def _counterexample(proof: Proof, parts: Sequence[Part]) -> dict[str, str] | None:
    for part in parts:
        if isinstance(part, Played) and part.broken is not None:
            short, transcript = proof.told(part.broken)
            assert short.violation is not None
            return {
                "opening": f"long run, seed {short.seed}",
                "invariant": short.violation.invariant,
                "promise": short.violation.invariant,
                "what": short.violation.what,
                "transcript": transcript,
                "again": f"otmena prove{_flows(proof)} --seed {short.seed} --seeds 1 --depth 0",
            }
        if isinstance(part, Told) and (found := part.explored.counterexample) is not None:
            promise = INVARIANTS[found.invariant]
            return {
                "opening": found.opening,
                "invariant": found.invariant,
                "promise": promise,
                "what": found.what,
                "transcript": f"# Broken: {promise}\n{proof.retold(part)}",
                "again": f"otmena prove{_flows(proof)} --seeds 0 --depth {max(1, len(found.path))}",
            }
    return None


def _flows(proof: Proof) -> str:
    return f" --flows {proof.flows}" if proof.flows else ""


def text(counted: dict[str, Any]) -> str:
    """Return the counts, and the counterexample, for people."""
    found, runs = counted["counterexample"], counted["long_runs"]
    if found is not None:
        return "\n".join(_broken(counted, found))
    crashes, faults = sum(counted["crashes"].values()), sum(counted["outcomes"].values())
    lines = [
        f"Explored to depth {counted['depth']}: {counted['situations']} situations, "
        f"{counted['steps']} steps, {counted['turns']} turns; "
        f"{counted['rows']} of {counted['rows_of']} rows, "
        f"{counted['state_events']} pairs of state and event, {faults} faults, {crashes} crashes at "
        f"{len(counted['crashes'])} kinds of points, {counted['redelivered']} redeliveries.",
        f"Played {runs['runs']} long runs from seed {runs['first_seed']}: {runs['turns']} turns in "
        f"{runs['minutes']} minutes of virtual time, {len(runs['faults'])} kinds of faults, "
        f"{runs['crashes']} crashes at {runs['points']} commits and calls.",
    ]
    checks = sum(counted["checks"].values()) + sum(runs["checks"].values())
    promises = len(INVARIANTS) + len(held.INVARIANTS)
    what = "Nothing that was tried broke a promise" if counted["never_entered"] else "Every promise held"
    lines.append(f"{what}: {checks} checks of {promises} invariants, in {counted['took_s']} s.")
    never = sorted(INVARIANTS.keys() - counted["checks"].keys())
    if counted["never_entered"]:
        lines.append(
            f"NOT PROVED: no dialogue of this proof ever stood in {', '.join(counted['never_entered'])}. "
            "The clients of the proof say nothing that leads there; `.chat` transcripts can."
        )
    lines += [f"Never exercised: {name}, {INVARIANTS[name]}." for name in never]
    return "\n".join(lines)


def _broken(counted: dict[str, Any], found: dict[str, str]) -> tuple[str, ...]:
    return (
        f"Stopped at the first failure, after {counted['took_s']} s: {counted['situations']} situations "
        f"explored, {counted['long_runs']['runs']} long runs played.",
        "",
        f"A promise is broken. It was promised: {found['promise']}.",
        f"What happened: {' '.join(found['what'].split())}",
        f"See it again: {found['again']}",
        "",
        f"The shortest way there that was found ({found['opening']}), as a transcript:",
        "",
        found["transcript"],
    )
