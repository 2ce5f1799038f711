"""Find transcripts, play each on a salon of its own, and tell how it went."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.rehearsal import Over, Rehearse, in_virtual_time
from adapters.rehearsal.bare import NeedsSimulators
from engine.flow import Tried
from engine.runtime import Decided
from engine.script.difference import difference, where
from engine.script.grammar import BrokenScript, parse
from engine.script.outcome import Block, Outcome
from engine.script.playing import opening, play

SUFFIX = ".chat"
# Folders that hold what others wrote.
_PASSED_BY = frozenset({"node_modules", "__pycache__", "build"})


@dataclass(frozen=True, slots=True)
class Played:
    """How one file went. `broken` tells why it could not be played at all."""

    path: Path
    outcome: Outcome | None = None
    broken: tuple[str, ...] = ()
    tried: frozenset[Tried] = frozenset()
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

    def report(self) -> tuple[str, ...]:
        """Return the lines that tell what does not hold; none where all does."""
        if self.outcome is None:
            return self.broken
        return tuple(str(shown) for shown in difference(self.outcome))


class NoTranscripts(Exception):
    """There is nothing to play; the message says where it was looked for."""


def found(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the transcripts among and beneath these paths, in a stable order.

    Raises:
        NoTranscripts: a path does not exist, or there is none beneath them.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(sorted(_beneath(path)))
        elif path.exists():
            files[path] = None
        else:
            raise NoTranscripts(f"{path} does not exist")
    if not files:
        raise NoTranscripts(f"there is no {SUFFIX} file beneath {', '.join(map(str, paths))}")
    return tuple(files)


def _beneath(folder: Path) -> Iterable[Path]:
    for path in folder.rglob(f"*{SUFFIX}"):
        inside = path.relative_to(folder).parts
        if path.is_file() and not any(part in _PASSED_BY or part.startswith(".") for part in inside):
            yield path


def play_file(
    path: Path,
    rehearse: Rehearse,
    *,
    over: Over = "virtual",
    told: Callable[[Block], None] = lambda block: None,
) -> Played:
    """Play one file on a salon of its own, in virtual time; what is wrong with it stands in the result."""
    tried: set[Tried] = set()

    def watched(decided: Decided) -> None:
        tried.update(decided.decision.tried)

    try:
        transcript = parse(path.read_text(encoding="utf-8"), str(path))
        begin = opening(transcript)

        async def playing() -> Outcome:
            async with rehearse(at=begin.at, settings=begin.settings, over=over, watched=watched) as scene:
                return await play(transcript, scene, told)

        return Played(path, in_virtual_time(playing(), over), tried=frozenset(tried))
    except NeedsSimulators as error:
        return Played(path, left_out=str(error))
    except BrokenScript as error:
        return Played(path, broken=tuple(str(error).splitlines()))
    except UnicodeDecodeError:
        return Played(path, broken=(f"{path}: is no text in UTF-8",))
    except OSError as error:
        return Played(path, broken=(f"{path}: cannot be read: {error.strerror}",))
    except ValueError as error:
        return Played(path, broken=(f"{path}: {error}",))
    # Whatever breaks under one script must not keep the others from being played.
    except Exception as error:
        return Played(path, broken=(f"{path}: broke off with {type(error).__name__}: {error}",))
