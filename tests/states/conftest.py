"""Chats on the real machine, which notes every row that fires."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.chat")

from engine import texts  # noqa: E402  (rewritten asserts come first)
from engine.dialogue import Dialogue  # noqa: E402
from engine.effects import Effects  # noqa: E402
from engine.flow import Row, Turn  # noqa: E402
from engine.texts import Texts  # noqa: E402
from engine.understanding import Understanding  # noqa: E402
from engine.values import Event  # noqa: E402
from states import everywhere, registry  # noqa: E402
from tests.chat import ScriptedChat  # noqa: E402

LAST = "test_every_row_is_fired_by_a_script"


@dataclass
class Fired:
    """Places in the machine's list of rows."""

    rows: set[int] = field(default_factory=set)

    def note(self, place: int, do: Callable[..., Effects] | None) -> Callable[[Turn[Any], Event], Effects]:
        def noting(turn: Turn[Any], event: Event) -> Effects:
            self.rows.add(place)
            return do(turn, event) if do else ()

        return noting


class WatchedDialogue(Dialogue):
    """The machine as it is, but for a note of each row that fires."""

    fired = Fired()

    def rows(self) -> tuple[Row[Any], ...]:
        return tuple(
            Row(row.event, row.source, row.to, row.when, self.fired.note(place, row.do))
            for place, row in enumerate(super().rows())
        )


@pytest.fixture(scope="session")
def catalogue() -> Texts:
    return texts.load(registry.texts())


@pytest.fixture(scope="session")
def dialogue(catalogue: Texts) -> WatchedDialogue:
    return WatchedDialogue(registry.FLOWS, everywhere.rows, Understanding(), catalogue.claims)


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts) -> Iterator[ScriptedChat]:
    chat = ScriptedChat(dialogue, catalogue)
    yield chat
    chat.is_over()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Play the test that counts rows after all scripts, and only where all of them are played."""
    counting = [item for item in items if item.name == LAST]
    items[:] = [item for item in items if item.name != LAST]
    if _is_whole(config, items):
        items.extend(counting)


def _is_whole(config: pytest.Config, items: Sequence[pytest.Item]) -> bool:
    narrowed = config.option.keyword or config.option.markexpr or any("::" in arg for arg in config.args)
    here = Path(__file__).parent
    played = {item.path for item in items} | {here / "test_rows.py"}
    return not narrowed and set(here.glob("test_*.py")) <= played
