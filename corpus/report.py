"""`python -m corpus.report [--gate]`: understand the whole corpus, and write docs/understanding.md.

With `--gate` today's counts become those that tests/corpus/test_scores.py demands.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from corpus import gate
from corpus.phrases import HERE, PARTS, Part, phrases
from corpus.scoring import CONTEXTS, FIGURES, INTENTS, Scores, Share, score
from engine.understanding import Understanding

PAGE = HERE.parent / "docs" / "understanding.md"
# Rarer confusions are not told.
CONFUSIONS_SHOWN = 12
# What the names of sets begin with that hold only hard phrases.
HARD = "hard"
ELSEWHERE = tuple(context for context in CONTEXTS if context != "confirm")
TITLES: dict[Part, str] = {
    "unseen": "Unseen: opened only to measure",
    "seen": "Seen: what rules and the opinion were made from",
}

Gate = Mapping[Part, Mapping[str, Share]]


def measured() -> dict[Part, Scores]:
    """Understand every phrase of both parts; some seconds."""
    reads = Understanding().understand
    return {part: score(reads, phrases(part)) for part in PARTS}


def page(scores: Mapping[Part, Scores], bounds: Gate) -> str:
    """Return the report. Of the unseen part it tells counts alone."""
    lines = [
        "# What is understood, and how well",
        "",
        "Made by `make understanding` from the labelled phrases in `corpus/`; no figure is written by hand.",
        "",
        *_said("about.md"),
        *_together(scores),
        *_gate(scores, bounds),
    ]
    for part, title in TITLES.items():
        lines += [f"## {title}", "", *_part(part, scores[part])]
    return "\n".join([*lines, *_said("keeping.md")]).rstrip() + "\n"


def sets() -> dict[Part, dict[str, str]]:
    """Return what stands in each set, by its name."""
    stored = tomllib.loads((HERE / "sets.toml").read_text(encoding="utf-8"))
    return {part: dict(stored[part]) for part in PARTS}


def _said(name: str) -> list[str]:
    """Return what people wrote for the page."""
    return [*(HERE / name).read_text(encoding="utf-8").rstrip().splitlines(), ""]


def _together(scores: Mapping[Part, Scores]) -> Iterator[str]:
    unseen = scores["unseen"]
    columns = {
        "unseen, ordinary": unseen.of_sets(*(name for name in unseen.sets if not name.startswith(HARD))),
        "unseen, hard only": unseen.of_sets(*(name for name in unseen.sets if name.startswith(HARD))),
        "seen": scores["seen"],
    }
    yield "## In short"
    yield ""
    yield f"| figure | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for figure in FIGURES:
        yield f"| {figure.title} | {' | '.join(str(figure.of(column)) for column in columns.values())} |"
    yield f"| macro F1 over the intents | {' | '.join(_macro(column) for column in columns.values())} |"
    yield f"| phrases | {' | '.join(str(len(column.answers)) for column in columns.values())} |"
    yield ""


def _gate(scores: Mapping[Part, Scores], bounds: Gate) -> Iterator[str]:
    yield "## The gate"
    yield ""
    yield "`corpus/gate.toml` holds what the tests demand. A figure below it turns them red."
    yield "Macro F1 is no count, and has no gate of its own."
    yield ""
    yield "| figure | unseen | seen |"
    yield "| --- | ---: | ---: |"
    columns = [list(gate.held(part, scores[part], bounds)) for part in TITLES]
    for unseen, seen in zip(*columns, strict=True):
        yield f"| {unseen.figure.title} | {unseen.wanted} | {seen.wanted} |"
    yield ""


def _part(part: Part, scores: Scores) -> Iterator[str]:
    yield from _by_set(part, scores)
    yield from _by_intent(scores)
    yield from _by_context(scores)
    yield from _look_alikes(scores)
    yield from _confusions(part, scores)


def _by_set(part: Part, scores: Scores) -> Iterator[str]:
    about = sets()[part]
    yield "| set | phrases | what it holds |"
    yield "| --- | ---: | --- |"
    for name in scores.sets:
        yield f"| {name} | {len(scores.of_sets(name).answers)} | {about[name]} |"
    yield ""
    yield f"| set | {' | '.join(figure.title for figure in FIGURES)} | macro F1 |"
    yield f"| --- |{' ---: |' * (len(FIGURES) + 1)}"
    for name in scores.sets:
        yield _figures(name, scores.of_sets(name))
    yield _figures("**in all**", scores)
    yield ""


def _figures(name: str, scores: Scores) -> str:
    return f"| {name} | {' | '.join(_short(figure.of(scores)) for figure in FIGURES)} | {_macro(scores)} |"


def _by_intent(scores: Scores) -> Iterator[str]:
    yield "| intent | precision | recall | F1 | phrases |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for intent in INTENTS:
        precision, recall, f1, count = scores.of_intent(intent)
        yield f"| `{intent}` | {precision:.1f} % | {recall:.1f} % | {f1:.1f} % | {count} |"
    yield ""


def _by_context(scores: Scores) -> Iterator[str]:
    yield "| context | intents right | false cancels | needless questions |"
    yield "| --- | ---: | ---: | ---: |"
    for context in CONTEXTS:
        here = scores.in_contexts(context)
        yield f"| `{context}` | {here.accuracy} | {here.false_cancels} | {here.needless_questions} |"
    yield ""


def _look_alikes(scores: Scores) -> Iterator[str]:
    yield "Look-alikes by what they really are, and how many of them entered the cancel flow."
    yield ""
    yield "| what it is | at the confirmation, by a yes or a cancel | elsewhere |"
    yield "| --- | ---: | ---: |"
    for intent in INTENTS:
        ones = scores.labelled(intent)
        asked, others = ones.in_contexts("confirm"), ones.in_contexts(*ELSEWHERE)
        if ones.look_alikes.of:
            yield f"| `{intent}` | {_short(asked.look_alikes)} | {_short(others.look_alikes)} |"
    yield ""


def _confusions(part: Part, scores: Scores) -> Iterator[str]:
    """Tell the most frequent ones; an example is quoted only of what may be seen."""
    quoted = part == "seen"
    yield f"| it is | taken for | times |{' such as |' if quoted else ''}"
    yield f"| --- | --- | ---: |{' --- |' if quoted else ''}"
    for (wanted, given), times in scores.confusions.most_common(CONFUSIONS_SHOWN):
        texts = [
            answer.phrase.text
            for answer in scores.answers
            if not answer.is_right and (answer.phrase.intent, answer.meaning.intent) == (wanted, given)
        ]
        example = f" «{_cell(min(texts, key=lambda text: (len(text), text)))}» |" if quoted else ""
        yield f"| `{wanted}` | `{given}` | {times} |{example}"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _short(share: Share) -> str:
    return f"{share.hits}/{share.of} ({share.percent:.1f} %)" if share.of else "–"


def _macro(scores: Scores) -> str:
    return f"{scores.macro_f1:.1f} %"


def main(*arguments: str) -> int:
    """Write the page, and tell what of the gate does not hold or could be tightened."""
    if set(arguments) - {"--gate"}:
        print(__doc__, file=sys.stderr)
        return 2
    scores = measured()
    if arguments:
        gate.FILE.write_text(gate.as_toml(scores), encoding="utf-8")
    bounds = gate.gate()
    PAGE.write_text(page(scores, bounds), encoding="utf-8")
    print(f"{PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE} written")
    moved = [
        one for part in PARTS for one in gate.held(part, scores[part], bounds) if one.standing != "holds"
    ]
    for one in moved:
        print(one)
    return 1 if any(one.standing == "worse" for one in moved) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
