"""What a proof has counted, for people and for programs."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from adapters.proving import promises as held
from adapters.proving.crashes import Crashed
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
        return f"  {title:<34} {turns:>7} turns      {kills:>8} crashes  {end}"
    if isinstance(part, Crashed):
        if part.broken is not None:
            end = "BROKEN"
        return f"  {part.dialogue:<34} {part.points:>7} points     {len(part.runs) - 1:>8} deaths   {end}"
    one = part.explored
    if one.counterexample is not None:
        end = "BROKEN"
    return f"  {one.opening:<34} {one.situations:>7} situations {one.steps:>8} steps    {end}"


def summary(proof: Proof, parts: Sequence[Part], took_s: float) -> dict[str, Any]:
    """Return everything that was counted, and the counterexample, if there is one."""
    explored = [part.explored for part in parts if isinstance(part, Told)]
    runs = [run for part in parts if isinstance(part, Played) for run in part.runs]
    dialogues = [part for part in parts if isinstance(part, Crashed)]
    crashed = [run for part in dialogues for run in part.runs]
    pairs = set[tuple[str, str]]().union(*(one.seen.pairs for one in explored))
    entered = {state for state, _ in pairs}.union(*(run.entered for run in (*runs, *crashed)))
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
        "crashed_everywhere": _crashed_everywhere(proof, dialogues),
        "took_s": round(took_s, 1),
        # Of this process alone: with one job, all of the work.
        "cpu_s": round(time.process_time(), 1),
        "counterexample": _counterexample(proof, parts),
    }


def _long_runs(proof: Proof, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "first_seed": proof.seeds.start,
        "runs": len(runs),
        "worlds": (worlds := sum(run.is_world for run in runs)),
        "worlds_per_cpu_minute": _per_minute(worlds, runs),
        "turns": sum(run.turns for run in runs),
        "minutes": round(sum(run.minutes for run in runs)),
        "points": sum(run.points for run in runs),
        "crashes": sum(run.kills for run in runs),
        "power_losses": sum(run.power_losses for run in runs),
        "faults": sorted({fault for run in runs for fault in run.faults}),
        "checks": dict(sum((Counter(run.checked) for run in runs), Counter[str]())),
    }


def _crashed_everywhere(proof: Proof, dialogues: Sequence[Crashed]) -> dict[str, Any]:
    runs = [run for part in dialogues for run in part.runs]
    return {
        "which": proof.crashes,
        "dialogues": len(dialogues),
        "points": sum(part.points for part in dialogues),
        "deaths": sum(part.deaths for part in dialogues),
        "deaths_tried": sum(len(part.runs) - 1 for part in dialogues),
        "power_losses": sum(run.power_losses for run in runs),
        "runs_per_cpu_minute": _per_minute(len(runs), runs),
        "checks": dict(sum((Counter(run.checked) for run in runs), Counter[str]())),
    }


def _per_minute(count: int, runs: Sequence[Run]) -> int:
    """Return how many one processor plays in a minute."""
    took_s = sum(run.took_s for run in runs)
    return round(60 * count / took_s) if took_s else 0


def _counterexample(proof: Proof, parts: Sequence[Part]) -> dict[str, str] | None:
    for part in parts:
        if isinstance(part, Played | Crashed) and part.broken is not None:
            short, transcript = proof.told(part.broken)
            assert short.violation is not None
            dialogue = part.dialogue if isinstance(part, Crashed) else ""
            return {
                "opening": f"«{dialogue}», crashed" if dialogue else f"world, seed {short.seed}",
                "invariant": short.violation.invariant,
                "promise": short.violation.invariant,
                "what": short.violation.what,
                "transcript": transcript,
                "again": f"otmena prove{_flows(proof)} "
                + (
                    f"--seed {proof.seeds.start} --seeds 0 --no-explore --crashes {proof.crashes}"
                    if dialogue
                    else f"--seed {short.seed} --seeds 1 --no-explore --crashes none"
                ),
            }
        if isinstance(part, Told) and (found := part.explored.counterexample) is not None:
            promise = INVARIANTS[found.invariant]
            return {
                "opening": found.opening,
                "invariant": found.invariant,
                "promise": promise,
                "what": found.what,
                "transcript": f"# Broken: {promise}\n{proof.retold(part)}",
                "again": f"otmena prove{_flows(proof)} --seeds 0 --crashes none "
                f"--depth {max(1, len(found.path))}",
            }
    return None


def _flows(proof: Proof) -> str:
    return f" --flows {proof.flows}" if proof.flows else ""


def text(counted: dict[str, Any]) -> str:
    """Return the counts, and the counterexample, for people."""
    found, runs = counted["counterexample"], counted["long_runs"]
    everywhere = counted["crashed_everywhere"]
    if found is not None:
        return "\n".join(_broken(counted, found))
    crashes, faults = sum(counted["crashes"].values()), sum(counted["outcomes"].values())
    explored = [
        f"Explored to depth {counted['depth']}: {counted['situations']} situations, "
        f"{counted['steps']} steps, {counted['turns']} turns; "
        f"{counted['rows']} of {counted['rows_of']} rows, "
        f"{counted['state_events']} pairs of state and event, {faults} faults, {crashes} crashes at "
        f"{len(counted['crashes'])} kinds of points, {counted['redelivered']} redeliveries.",
    ]
    lines = [
        *(explored if counted["openings"] else ()),
        f"Played {runs['worlds']} worlds from seed {runs['first_seed']}, {runs['worlds_per_cpu_minute']} in "
        f"a minute of one processor: {runs['turns']} turns in {runs['minutes']} minutes of virtual time, "
        f"{len(runs['faults'])} kinds of faults, {runs['crashes']} crashes (losses of power: "
        f"{runs['power_losses']}) at {runs['points']} commits, fsyncs and calls.",
        f"Crashed {everywhere['dialogues']} dialogues with {everywhere['points']} such points, at which "
        f"{everywhere['deaths']} deaths differ: {everywhere['deaths_tried']} of them were tried (losses of "
        f"power: {everywhere['power_losses']}), {everywhere['runs_per_cpu_minute']} runs in such a minute.",
    ]
    parts = (counted, runs, everywhere)
    checks = sum(sum(part["checks"].values()) for part in parts)
    promises = len(INVARIANTS) + len(held.INVARIANTS)
    what = "Nothing that was tried broke a promise" if counted["never_entered"] else "Every promise held"
    lines.append(f"{what}: {checks} checks of {promises} invariants, in {counted['took_s']} s.")
    never = sorted(INVARIANTS.keys() - counted["checks"].keys())
    if counted["never_entered"]:
        lines.append(
            f"NOT PROVED: no dialogue of this proof ever stood in {', '.join(counted['never_entered'])}. "
            "The clients of the proof say nothing that leads there; `.chat` transcripts can."
        )
    if counted["openings"]:
        lines += [f"Never exercised: {name}, {INVARIANTS[name]}." for name in never]
    return "\n".join(lines)


def _broken(counted: dict[str, Any], found: dict[str, str]) -> tuple[str, ...]:
    return (
        f"Stopped at the first failure, after {counted['took_s']} s: {counted['situations']} situations "
        f"explored, {counted['long_runs']['runs']} worlds played, "
        f"{counted['crashed_everywhere']['deaths_tried']} deaths died.",
        "",
        f"A promise is broken. It was promised: {found['promise']}.",
        f"What happened: {' '.join(found['what'].split())}",
        f"See it again: {found['again']}",
        "",
        f"The shortest way there that was found ({found['opening']}), as a transcript:",
        "",
        found["transcript"],
    )
