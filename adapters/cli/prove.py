"""otmena prove: everything that can happen, up to a depth, with the promises held at each step."""

import json
import os
import sys
from typing import get_args

import click

from adapters.cli.calm import calmly
from adapters.clock import SystemClock
from adapters.proving.counting import line, summary, text
from adapters.proving.crashes import EVERY, Crashes
from adapters.proving.exploration import Compose
from adapters.proving.proof import Part, Proof, Whole

DEPTH = 2
SEEDS = 60


def command(compose: Compose, whole: Whole) -> click.Command:
    """Return `otmena prove` over what makes the dialogue of a module, or ours, and whole salons with it."""

    @click.command(name="prove")
    @click.option(
        "--depth",
        type=click.IntRange(0),
        default=DEPTH,
        show_default=True,
        help="How many choices after each opening.",
    )
    @click.option(
        "--seed",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help="The first seed of the worlds.",
    )
    @click.option(
        "--seeds",
        type=click.IntRange(0),
        default=SEEDS,
        show_default=True,
        help="How many worlds are played.",
    )
    @click.option(
        "--crashes",
        type=click.Choice(get_args(Crashes)),
        default="sample",
        show_default=True,
        help=f"At which points scripted dialogues die; sample: every {EVERY}th, from where the seed says.",
    )
    @click.option("--explore/--no-explore", default=True, help="Whether the openings are explored at all.")
    @click.option("--flows", metavar="MODULE", help="An importable module whose FLOWS are proved, not ours.")
    @click.option(
        "--jobs",
        type=click.IntRange(1),
        default=os.cpu_count() or 1,
        show_default="one for each core",
        help="How many processes share the work.",
    )
    @click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
    @calmly
    def prove(
        depth: int,
        seed: int,
        seeds: int,
        crashes: Crashes,
        explore: bool,
        flows: str | None,
        jobs: int,
        form: str,
    ) -> None:
        """Try everything that can happen to a dialogue, and hold the promises of the design at each step.

        Scripted dialogues die at their commits, fsyncs and calls, by kill and by the loss of power. Worlds,
        one for each seed: five clients, the whole assistant in virtual time on a simulated disk, every fault
        of both simulators, and up to three deaths anywhere. And exhaustively, breadth first from each
        opening: state × event × outcome of each call × crash × redelivery, over the real store. What breaks a
        promise is printed as a transcript.

        \b
        Example:
          otmena prove --depth 2
          otmena prove --seed 1000 --seeds 500
          otmena prove --crashes all --seeds 0 --no-explore
        """
        if (depth == 0 or not explore) and seeds == 0 and crashes == "none":
            raise click.UsageError("without depth, seeds and crashes nothing is tried: give one of them more")
        compose(flows)
        clock = SystemClock()
        begun = clock.monotonic()
        proof = Proof(compose, whole, flows, depth, range(seed, seed + seeds), crashes, explore)
        parts: list[Part] = []
        for part in proof.parts(jobs):
            parts.append(part)
            if form == "text":
                click.echo(line(part))
        counted = summary(proof, parts, clock.monotonic() - begun)
        click.echo(json.dumps(counted, ensure_ascii=False) if form == "json" else text(counted))
        if counted["counterexample"] is not None:
            sys.exit(1)

    return prove
