"""The chat at a terminal: messages appear above the prompt while one types."""

import asyncio
from collections.abc import Iterator

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from adapters.cli.conversation import Conversation, introduced
from adapters.stage import Persona, Stage
from adapters.whatsapp.simulator import Bubble

STYLE = Style.from_dict(
    {
        "salon": "bold ansimagenta",
        "option": "ansicyan",
        "quiet": "ansibrightblack",
        "rprompt": "ansibrightblack",
    }
)
Parts = list[tuple[str, str]]


async def talk(stage: Stage, persona: Persona) -> None:
    """Talk until /quit, Ctrl+D or Ctrl+C."""
    conversation = Conversation(stage, persona, remark=_remark)
    session: PromptSession[str] = PromptSession(style=STYLE, reserve_space_for_menu=0)
    with patch_stdout():
        _remark(
            f"Салон «Отмена». Пишет {introduced(persona)}.",
            "Например: Хочу отменить запись. Команды: /journal /persona /help /quit",
        )
        showing = asyncio.create_task(_show_what_comes(conversation))
        try:
            await _take_lines(session, conversation)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)


async def _take_lines(session: PromptSession[str], conversation: Conversation) -> None:
    def prompt() -> str:
        return f"{conversation.persona.name}> "

    def typing() -> str:
        now = conversation.stage.typing(conversation.persona) and not session.app.is_done
        return "салон печатает…" if now else ""

    while True:
        try:
            line = await session.prompt_async(prompt, rprompt=typing, refresh_interval=0.3)
        except (EOFError, KeyboardInterrupt):
            return
        if conversation.take(line) == "leave":
            return


async def _show_what_comes(conversation: Conversation) -> None:
    with conversation.stage.watching() as changed:
        while True:
            changed.clear()
            for bubble in conversation.fresh():
                _print(list(_lines(bubble)))
            await changed.wait()


def _lines(bubble: Bubble) -> Iterator[tuple[str, str]]:
    """Show a message with its options numbered; of the client's own, only a tap says more than was typed."""
    if bubble.direction == "in":
        if bubble.context:
            yield "class:quiet", f"  нажато: {bubble.text}\n"
        return
    yield "class:salon", "Салон: "
    yield "", bubble.text + "\n"
    numbered = [(f"{i}) {option.title}", option.description) for i, option in enumerate(bubble.options, 1)]
    if bubble.kind == "list":
        for title, description in numbered:
            yield "class:option", f"  {title}"
            yield "class:quiet", f"  {description}\n"
    elif numbered:
        yield "class:option", "  " + "  ".join(title for title, _ in numbered) + "\n"


def _remark(*lines: str) -> None:
    _print([("class:quiet", line + "\n") for line in lines])


def _print(parts: Parts) -> None:
    if parts:
        print_formatted_text(FormattedText(parts), style=STYLE, end="")
