"""The pytest plugin: every `*.chat` that pytest comes across is a test, and its difference is the failure.

It belongs to the composition root, for it plays on our machine. Nothing of ours is imported until the
first transcript is collected, so runs without one do not notice it.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".chat":
        return None
    return Transcript.from_parent(parent, path=file_path)


class Differs(Exception):
    """The transcript does not hold; the message is the difference."""


class Transcript(pytest.File):
    def collect(self) -> Iterable[pytest.Item]:
        yield Playing.from_parent(self, name=self.path.stem)


class Playing(pytest.Item):
    """One transcript, played on a salon of its own in virtual time."""

    def runtest(self) -> None:
        from structlog.testing import capture_logs

        import main
        from adapters.rehearsal import rehearse
        from adapters.transcripts import play_file
        from engine.script.names import names_of

        if not hasattr(main, "composed"):
            raise Differs(f"{main.__file__} stands where the main of Otmena should: run pytest beside it")
        # What the machine logs would bury the difference.
        with capture_logs():
            names = names_of(*main.dialogue_and_texts())
            played = play_file(self.path, partial(rehearse, main.composed), names=names)
        if not played.holds:
            heading = f"{played.at} does not hold (- the script expects, + what came)"
            raise Differs("\n".join((heading, *played.report())))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Differs):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.path.name
