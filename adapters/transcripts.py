"""Find transcripts, play each on a salon of its own, and tell how it went."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.rehearsal import Over, Rehearse, SettingRefused, in_virtual_time
from adapters.rehearsal.bare import NeedsSimulators
from adapters.virtual import NeverRests
from engine.flow import Tried
from engine.runtime import Decided
from engine.script.difference import difference, failures, where
from engine.script.grammar import BrokenScript, Problem, parse
from engine.script.lines import Set, Transcript
from engine.script.names import Names, unknown
from engine.script.outcome import Block, Outcome
from engine.script.playing import opening, play
from engine.script.writing import rewritten

SUFFIX = ".chat"
# Folders that hold what others wrote.
_PASSED_BY = frozenset({"node_modules", "__pycache__", "build"})


@dataclass(frozen=True, slots=True)
class Played:
    """How one file went. `problems` tell why it could not be played at all; line 0 is the whole file."""

    path: Path
    outcome: Outcome | None = None
    problems: tuple[Problem, ...] = ()
    tried: frozenset[Tried] = frozenset()
    # Names that it expects and that nothing has.
    unknown: tuple[Problem, ...] = ()
    # Why it cannot be played on this scene, although nothing is wrong with it.
    left_out: str = ""

    @property
    def holds(self) -> bool:
        return bool(self.left_out) or (self.outcome is not None and self.outcome.holds)

    @property
    def at(self) -> str:
        """Where it first departs from what was written: FILE:LINE."""
        line = where(self.outcome) if self.outcome is not None else 0
        return f"{self.path}:{line}" if line else str(self.path)

    @property
    def broken(self) -> tuple[str, ...]:
        """Why it could not be played at all, as FILE:LINE and a sentence each."""
        return self._told(self.problems)

    @property
    def hints(self) -> tuple[str, ...]:
        """Which names of a script that does not hold there are not, as FILE:LINE and a sentence each."""
        return () if self.holds else self._told(self.unknown)

    def report(self) -> tuple[str, ...]:
        """Return the lines that tell what does not hold; none where all does."""
        if self.outcome is None:
            return self.broken
        return (*(str(shown) for shown in difference(self.outcome)), *self.hints)

    def failures(self) -> list[dict[str, Any]]:
        """Return for programs what does not hold: line, kind, what was expected, what came instead."""
        if self.outcome is None:
            return [
                {
                    "line": problem.line,
                    "kind": "unreadable",
                    "expected": None,
                    "got": [],
                    "said": problem.said,
                }
                for problem in self.problems
            ]
        said = {problem.line: problem.said for problem in self.unknown}
        return [
            {"line": one.line, "kind": one.kind, "expected": one.expected, "got": list(one.got)}
            | ({"said": one.said or said[one.line]} if one.said or one.line in said else {})
            for one in failures(self.outcome)
        ]

    def _told(self, problems: Iterable[Problem]) -> tuple[str, ...]:
        return tuple(
            f"{self.path}:{problem.line}: {problem.said}" if problem.line else f"{self.path}: {problem.said}"
            for problem in problems
        )


class NoTranscripts(Exception):
    """There is nothing to play; the message says where it was looked for."""


def found(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the transcripts among and beneath these paths, in a stable order.

    Raises:
        NoTranscripts: a path does not exist, there is none beneath it, or one cannot be read.
    """
    files: dict[Path, None] = {}
    try:
        for path in paths:
            if not path.is_dir():
                files[path] = None
            elif beneath := sorted(_beneath(path)):
                files |= dict.fromkeys(beneath)
            else:
                raise NoTranscripts(f"there is no {SUFFIX} file beneath {path}")
        for file in files:
            _expect_a_file(file)
    except OSError as error:
        raise NoTranscripts(f"{error.filename} cannot be read: {str(error.strerror).lower()}") from error
    return tuple(files)


def _beneath(folder: Path) -> Iterable[Path]:
    for path in folder.rglob(f"*{SUFFIX}"):
        inside = path.relative_to(folder).parts
        if not any(part in _PASSED_BY or part.startswith(".") for part in inside):
            yield path


def _expect_a_file(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise NoTranscripts(f"{path} is a link to {path.readlink()}, which does not exist")
    if not path.exists():
        raise NoTranscripts(f"{path} does not exist")
    if path.is_dir():
        raise NoTranscripts(f"{path} is a folder, and its name is a transcript's; rename it")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise NoTranscripts(f"{path} cannot be read; a transcript is a text file that you may read")


def text_of(path: Path) -> str:
    """Return the text as it stands, with its own line ends.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read, or is no text.
    """
    return path.read_bytes().decode("utf-8")


def play_file(
    path: Path,
    rehearse: Rehearse,
    *,
    over: Over = "virtual",
    told: Callable[[Block], None] = lambda block: None,
    names: Names | None = None,
) -> Played:
    """Play one file on a salon of its own, in virtual time; what is wrong with it stands in the result.

    `names`: what there is to be named, so that what cannot come true is told as such.
    """
    try:
        text = text_of(path)
    except UnicodeDecodeError:
        return _unplayed(path, "is no text in UTF-8; save it as UTF-8")
    except OSError as error:
        return _unplayed(path, f"cannot be read: {error.strerror}")
    return _played(text, path, rehearse, over, told, names)


def _unplayed(path: Path, said: str, line: int = 0) -> Played:
    return Played(path, problems=(Problem(line, said),))


def _played(
    text: str,
    path: Path,
    rehearse: Rehearse,
    over: Over = "virtual",
    told: Callable[[Block], None] = lambda block: None,
    names: Names | None = None,
) -> Played:
    tried: set[Tried] = set()

    def watched(decided: Decided) -> None:
        tried.update(decided.decision.tried)

    try:
        transcript = parse(text, str(path))
    except BrokenScript as error:
        return Played(path, problems=error.problems)
    begin = opening(transcript)
    reached = 0

    def over_with(block: Block) -> None:
        nonlocal reached
        reached = block.last
        told(block)

    async def playing() -> Outcome:
        async with rehearse(at=begin.at, settings=begin.settings, over=over, watched=watched) as scene:
            return await play(transcript, scene, over_with)

    try:
        outcome = in_virtual_time(playing(), over)
    except NeedsSimulators as error:
        return Played(path, left_out=str(error))
    except SettingRefused as error:
        return _unplayed(path, str(error), _line_of(transcript, error.name))
    except ValueError as error:
        return _unplayed(path, str(error))
    except NeverRests as error:
        return _unplayed(path, str(error), _line_after(transcript, reached))
    # Whatever breaks under one script must not keep the others from being played.
    except Exception as error:
        return _unplayed(path, f"broke off with {type(error).__name__}: {error}")
    strange = unknown(transcript, names) if names is not None else ()
    return Played(path, outcome, tried=frozenset(tried), unknown=strange)


def _line_after(transcript: Transcript, number: int) -> int:
    return next((line.number for line in transcript.lines if line.number > number), number)


def _line_of(transcript: Transcript, setting: str) -> int:
    lines: Mapping[str, int] = {line.name: line.number for line in transcript.lines if isinstance(line, Set)}
    return lines.get(setting, 0)


# ── what was recorded ─────────────────────────────────────────────────────────────────────────────────


# Where one line comes otherwise, others may, too: it is played until it holds, or so often.
_ROUNDS_MAX = 5


def made_to_hold(text: str, rehearse: Rehearse) -> str:
    """Return a recorded transcript as it plays: unchanged where it holds, otherwise as what really comes.

    How many lines came otherwise than they were seen, a comment on top tells. From where it cannot be played
    on, the rest is a comment too. It plays on a loop of its own, so it needs a thread that runs none.
    """
    present, differing, why = text, 0, ""
    for _ in range(_ROUNDS_MAX):
        played = _played(present, Path("recorded.chat"), rehearse)
        if played.holds:
            break
        if played.outcome is None:
            why = "; ".join(problem.said for problem in played.problems)
            break
        if played.outcome.stopped is not None:
            why = played.outcome.stopped.said
            present = _cut_off(present, played.outcome.stopped.line)
            continue
        differing += _differing(played.outcome)
        present = rewritten(played.outcome)
    else:
        why = "it comes otherwise each time"
    return "".join((*_on_top(differing, why), present))


def _on_top(differing: int, why: str) -> Iterator[str]:
    if differing:
        lines = "1 line comes" if differing == 1 else f"{differing} lines come"
        yield f"# When this is played, {lines} otherwise than was seen; what follows is what comes.\n"
    if why:
        yield f"# It cannot be played to its end: {' '.join(why.split())}\n"


def _differing(outcome: Outcome) -> int:
    """Count the lines that were seen and do not come, or come and were not seen; one for another is one."""
    changes = [change for block in outcome.blocks for change in block.changes]
    return sum(max(len(change.came), change.missed is not None) for change in changes)


def _cut_off(text: str, line: int) -> str:
    """Make everything from the line that cannot be played a comment."""
    lines = text.removesuffix("\n").split("\n")
    rest = (f"# {line}" if line.strip() else line for line in lines[line - 1 :])
    return "".join(f"{line}\n" for line in (*lines[: line - 1], *rest))
