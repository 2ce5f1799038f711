"""otmena prove: everything that can happen, up to a depth, with the promises held at each step."""

import json
import sys
import time
from collections import Counter
from typing import Any

import click

from adapters.cli.calm import calmly
from adapters.clock import SystemClock
from adapters.proving.exploration import Compose, Told, explorations, new_store, silence
from engine.proof.generating import transcripts, ways
from engine.proof.invariants import INVARIANTS
from engine.proof.openings import OPENINGS

DEPTH = 2


def command(compose: Compose) -> click.Command:
    """Return `otmena prove` over what makes the dialogue of a module, or ours."""

    @click.command(name="prove")
    @click.option("--depth", default=DEPTH, show_default=True, help="How many choices after each opening.")
    @click.option("--flows", metavar="MODULE", help="An importable module whose FLOWS are proved, not ours.")
    @click.option("--jobs", default=2, show_default=True, help="How many processes share the work.")
    @click.option("--paths", is_flag=True, help="Print a shortest transcript to every row instead.")
    @click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
    @calmly
    def prove(depth: int, flows: str | None, jobs: int, paths: bool, form: str) -> None:
        """Try everything that can happen to a dialogue, and hold the promises of the design at each step.

        Explores state × event × outcome of each call × crash × redelivery over the real store, breadth first
        from each opening. What is said is held against what the journal shows, what is written against what
        the client agreed to. The first counterexample is printed as a transcript.

        \b
        Example:
          otmena prove --depth 2
        """
        if paths:
            _print_paths(compose, flows, depth)
            return
        clock = SystemClock()
        begun = clock.monotonic()
        told = []
        for one in explorations(compose, flows, depth, jobs):
            told.append(one)
            if form == "text":
                click.echo(_line(one))
        took_s = clock.monotonic() - begun
        counted = summary(told, depth, took_s)
        click.echo(json.dumps(counted, ensure_ascii=False) if form == "json" else _text(counted))
        if any(one.explored.counterexample for one in told):
            sys.exit(1)

    return prove


def _print_paths(compose: Compose, flows: str | None, depth: int) -> None:
    silence()
    dialogue, texts = compose(flows)
    rows = dialogue.rows()
    found = ways(dialogue, texts, new_store, OPENINGS, set(range(len(rows))), depth)
    for transcript in transcripts(dialogue, texts, new_store, found):
        click.echo(transcript)
    for place, row in enumerate(rows):
        if place not in found:
            guard = f" [{row.when.__name__}]" if row.when else ""
            click.echo(f"# no way within {depth}: {row.event.__name__}{guard}: {row.source} → {row.to}")


def summary(told: list[Told], depth: int, took_s: float) -> dict[str, Any]:
    """Return everything that was counted, and the counterexample, if there is one."""
    explored = [one.explored for one in told]
    failed = next((one for one in told if one.explored.counterexample), None)
    found = failed.explored.counterexample if failed else None
    return {
        "depth": depth,
        "openings": len(explored),
        "situations": sum(one.situations for one in explored),
        "steps": sum(one.steps for one in explored),
        "turns": sum(one.seen.turns for one in explored),
        "rows": len(set[int]().union(*(one.seen.rows for one in explored))),
        "rows_of": explored[0].rows,
        "state_events": len(set[tuple[str, str]]().union(*(one.seen.pairs for one in explored))),
        "crashes": dict(sum((one.seen.crashes for one in explored), Counter[str]())),
        "redelivered": sum(one.seen.redelivered for one in explored),
        "outcomes": dict(sum((one.seen.outcomes for one in explored), Counter[str]())),
        "checks": dict(sum((one.checks.counted for one in explored), Counter[str]())),
        "took_s": round(took_s, 1),
        # Of this process alone: with one job, all of the work.
        "cpu_s": round(time.process_time(), 1),
        "counterexample": None
        if failed is None or found is None
        else {
            "opening": found.opening,
            "invariant": found.invariant,
            "promise": INVARIANTS[found.invariant],
            "what": found.what,
            "transcript": failed.transcript,
        },
    }


def _line(told: Told) -> str:
    one = told.explored
    end = "holds" if one.counterexample is None else "BROKEN"
    return f"  {one.opening:<22} {one.situations:>7} situations {one.steps:>8} steps   {end}"


def _text(counted: dict[str, Any]) -> str:
    found = counted["counterexample"]
    crashes, faults = sum(counted["crashes"].values()), sum(counted["outcomes"].values())
    lines = [
        f"{counted['situations']} situations, {counted['steps']} steps, {counted['turns']} turns, "
        f"to depth {counted['depth']}, in {counted['took_s']} s.",
        f"{counted['rows']} rows fired, {counted['state_events']} pairs of state and event, "
        f"{faults} faults, {crashes} crashes at {len(counted['crashes'])} kinds of points, "
        f"{counted['redelivered']} redeliveries.",
    ]
    if found is None:
        total = sum(counted["checks"].values())
        never = sorted(INVARIANTS.keys() - counted["checks"].keys())
        lines.append(f"Every promise held: {total} checks of {len(INVARIANTS)} invariants.")
        lines += [f"Never exercised: {name}, {INVARIANTS[name]}." for name in never]
        return "\n".join(lines)
    return "\n".join(
        (
            *lines,
            "",
            f"Broken: {found['promise']} ({found['invariant']}).",
            f"  {found['what']}",
            f"The shortest way there, from the opening «{found['opening']}», as a transcript:",
            "",
            f"# invariant {found['invariant']}: {found['promise']}",
            found["transcript"],
        )
    )
