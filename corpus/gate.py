"""The gate: how many of each figure may be wrong, and how many must be right; counts that only get better."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.phrases import HERE, PARTS, Part
from corpus.scoring import FIGURES, Figure, Scores, Share

FILE = HERE / "gate.toml"
RENEW = "make understanding GATE=1"
Standing = Literal["holds", "worse", "better", "recounted"]

_HEAD = f"""\
# What the understanding must reach on each part of the corpus, in counts.
# Written by `{RENEW}` from today's counts; tests/corpus/test_scores.py refuses what is worse.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One figure of one part, held against its bound."""

    part: Part
    figure: Figure
    bound: Share
    today: Share

    @property
    def standing(self) -> Standing:
        if self.bound.of != self.today.of:
            return "recounted"
        if self.bound.hits == self.today.hits:
            return "holds"
        more = self.today.hits > self.bound.hits
        return "better" if more == (self.figure.good == "many") else "worse"

    def __str__(self) -> str:
        """Tell what stands here, and what to do about it."""
        what = f"{self.part}, {self.figure.title}: {self.today}"
        match self.standing:
            case "worse":
                return f"{what}; the gate wants {self.wanted}. Mend it, or own up to it with: {RENEW}"
            case "better":
                return f"{what}; better than {self.wanted}. Tighten the gate with: {RENEW}"
            case "recounted":
                return f"{what}; the gate was counted on {self.bound.of}. Count anew with: {RENEW}"
        return f"{what}; {self.wanted}"

    @property
    def wanted(self) -> str:
        return f"at {_side(self.figure)} {self.bound.hits} of {self.bound.of}"


def gate(file: Path = FILE) -> dict[Part, dict[str, Share]]:
    """Return the bound of each figure in each part.

    Raises:
        ValueError: a bound is missing, or on the wrong side.
    """
    stored = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        return {
            part: {
                figure.name: Share(
                    stored[part][figure.name][f"at_{_side(figure)}"], stored[part][figure.name]["of"]
                )
                for figure in FIGURES
            }
            for part in PARTS
        }
    except KeyError as error:
        raise ValueError(f"{file.name} has no {error.args[0]}; write it with: {RENEW}") from error


def held(part: Part, scores: Scores, bounds: Mapping[Part, Mapping[str, Share]]) -> Iterator[Held]:
    """Hold every figure of a part against its bound."""
    for figure in FIGURES:
        yield Held(part, figure, bounds[part][figure.name], figure.of(scores))


def as_toml(scores: Mapping[Part, Scores]) -> str:
    """Return the gate that today's counts just pass."""
    lines = [_HEAD]
    for part in PARTS:
        lines.append(f"[{part}]")
        for figure in FIGURES:
            today = figure.of(scores[part])
            lines.append(f"{figure.name} = {{ at_{_side(figure)} = {today.hits}, of = {today.of} }}")
        lines.append("")
    return "\n".join(lines)


def _side(figure: Figure) -> str:
    return "least" if figure.good == "many" else "most"
