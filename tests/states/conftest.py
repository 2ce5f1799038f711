"""Chats on the real machine."""

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.chat")

from engine import texts  # noqa: E402  (rewritten asserts come first)
from engine.dialogue import Dialogue  # noqa: E402
from engine.texts import Texts  # noqa: E402
from engine.understanding import Understanding  # noqa: E402
from states import everywhere, registry  # noqa: E402
from tests.chat import ScriptedChat  # noqa: E402


@pytest.fixture(scope="session")
def catalogue() -> Texts:
    return texts.load(registry.texts())


@pytest.fixture(scope="session")
def dialogue(catalogue: Texts) -> Dialogue:
    return Dialogue(registry.FLOWS, everywhere.rows, Understanding(), catalogue.claims, catalogue.title)


@pytest.fixture
def chat(dialogue: Dialogue, catalogue: Texts) -> Iterator[ScriptedChat]:
    chat = ScriptedChat(dialogue, catalogue)
    yield chat
    chat.is_over()
