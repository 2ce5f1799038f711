"""`otmena check`: what is proved from tables and texts before the first message."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from adapters.cli.calm import calmly
from adapters.cli.flows import CannotUse, foreign
from adapters.cli.understand import words_in, words_option
from engine.soundness import Cell, Cost, Matrix, Problem, Subject, Verdict, check, described

LINE_MAX = 100
SIGNS: dict[Cell, str] = {"sure": "●", "guarded": "◐", "unsure": "○", "hole": "✗", "": "·"}
LEGEND = "● a row   ◐ rows with guards   ○ guards only   ✗ a hole   · cannot come"
# Where our own released tables are kept: beside the registry.
RELEASED = Path("states", "released.json")


def command(subject: Callable[[], Subject]) -> click.Command:
    @click.command(name="check")
    @click.option("--flows", metavar="MODULE", help="Check the FLOWS of this module instead of ours.")
    @click.option("--matrix", is_flag=True, help="Print what every state does with every input.")
    @click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to print what was found.",
    )
    @click.option(
        "--release",
        is_flag=True,
        help="If all is well, keep today's tables as the released ones (in the repository's folder).",
    )
    @words_option()
    @calmly
    def check_command(flows: str | None, matrix: bool, form: str, release: bool, file: Path | None) -> None:
        """Prove from tables and texts that no dialogue can come to a stop.

        Every problem is named at once, with its flow, its place and what mends it; docs/checking.md
        explains each rule. Exits 1 where something does not hold.

        A MODULE may bring its words as TEXTS (TOML, a mapping, a path) or in a texts.toml beside it, and
        what live dialogues stand in as RELEASED or in a released.json beside it.
        The salon's own words (OTMENA_WORDS_FILE) are checked too; mistakes in them exit 78.

        \b
        Example:
          otmena check --flows my_salon.flows --matrix
        """
        if release and flows:
            raise click.UsageError("--release keeps our own tables; a module keeps released.json beside it")
        words_in(file)  # are checked as they are read
        checked = _subject(subject(), flows)
        if release:
            checked = replace(checked, released=checked.released.with_todays(checked.flows))
        verdict = _verdict(checked, flows)
        click.echo(_as_json(verdict, matrix) if form == "json" else _as_text(verdict, checked, matrix))
        if verdict.problems:
            sys.exit(1)
        if release:
            _keep(checked)

    return check_command


def _subject(ours: Subject, flows: str | None) -> Subject:
    return ours if flows is None else foreign(flows, ours)


def _verdict(subject: Subject, flows: str | None) -> Verdict:
    try:
        return check(subject, _text_of)
    except Exception as error:
        if flows is None:
            raise
        # Tables that others wrote may be broken in ways that nobody has thought of.
        why = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
        raise CannotUse(f"{flows} cannot be checked: {why}") from error


def _text_of(filename: str) -> str:
    try:
        return Path(filename).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _keep(subject: Subject) -> None:
    if not RELEASED.parent.is_dir():
        raise CannotUse(f"there is no {RELEASED.parent} here: run it in the repository's folder")
    RELEASED.write_text(subject.released.to_json(), encoding="utf-8")
    versions = ", ".join(f"{flow.name} {flow.version}" for flow in subject.flows)
    click.echo(f"Released: {versions} ({RELEASED.as_posix()}).")


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────


def _as_text(verdict: Verdict, subject: Subject, matrix: bool) -> str:
    parts = [_table(verdict.matrix)] if matrix else []
    for _, problems in groupby(verdict.problems, key=lambda problem: problem.flow):
        # The rule's name, so that docs/checking.md can be searched for it.
        parts.append("\n".join(f"{problem} [{problem.rule}]" for problem in problems))
    parts.append(_failed(verdict.problems) if verdict.problems else _sound(verdict, subject))
    return "\n\n".join(parts)


def _failed(problems: tuple[Problem, ...]) -> str:
    return f"{_count(len(problems), 'problem')}."


def _sound(verdict: Verdict, subject: Subject) -> str:
    inputs = len(verdict.matrix.inputs)
    lines = [
        f"Sound: {_count(len(subject.flows), 'flow')}, {_count(verdict.states, 'state')}, "
        f"{_count(inputs, 'input')}, {_count(verdict.rows, 'row')}, {_count(verdict.texts, 'text')}.",
        *map(_price, verdict.costs),
    ]
    if verdict.released:
        lines.append(f"Dialogues of {_count(verdict.released, 'released table')} go on.")
    return "\n".join(lines)


def _price(cost: Cost) -> str:
    most = f"{cost.most.most}" if cost.exact else f"{cost.most.most} or more"
    budget = "no budget" if cost.budget is None else f"budget {cost.budget}"
    least = cost.least.least
    messages = _count(least, "message") if str(least) == most else f"{least} to {most} messages"
    return f"{cost.flow}: {messages} from an intent to its end, {budget}."


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _table(matrix: Matrix) -> str:
    """Inputs as rows, states as numbered columns."""
    names = [f"{place:>4}  {state}" for place, state in enumerate(matrix.states, 1)]
    left = max(len(event.__name__) for event in matrix.inputs)
    # Many states stand closer together, so that a line stays on the screen.
    cell = 4 if left + 4 * len(matrix.states) <= LINE_MAX else 3
    head = " " * left + "".join(f"{place:>{cell}}" for place in range(1, len(matrix.states) + 1))
    lines = [
        f"{event.__name__:<{left}}"
        + "".join(f"{SIGNS[matrix.cells.get((state, event), '')]:>{cell}}" for state in matrix.states)
        for event in sorted(matrix.inputs, key=lambda event: event.__name__)
    ]
    return "\n".join([*names, "", head, *lines, "", LEGEND])


def _as_json(verdict: Verdict, matrix: bool) -> str:
    found: dict[str, Any] = {
        "problems": [asdict(problem) for problem in verdict.problems],
        "states": verdict.states,
        "rows": verdict.rows,
        "texts": verdict.texts,
        "messages": [
            {
                "flow": cost.flow,
                "least": cost.least.least,
                "most": cost.most.most,
                "budget": cost.budget,
                "exact": cost.exact,
                "dearest": [described(placed.row) for placed in cost.most.rows],
            }
            for cost in verdict.costs
        ],
    }
    if matrix:
        found["matrix"] = {
            state: {event.__name__: cell for (at, event), cell in verdict.matrix.cells.items() if at == state}
            for state in verdict.matrix.states
        }
    return json.dumps(found, ensure_ascii=False, indent=2)
