"""What a line typed in the chat means, and how what is on the phone's screen reads as lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from adapters.stage import PERSONAS, Persona, Stage
from adapters.whatsapp.simulator import Bubble

HELP = (
    "Пишите, как клиент пишет салону. Номер варианта нажимает кнопку.",
    "/journal          журнал салона",
    f"/persona ИМЯ      сменить клиента: {', '.join(PERSONAS)}",
    "/help             эта подсказка",
    "/quit             выйти",
)

# What became of a line: something was sent to the salon, something was only shown, or it is time to leave.
Outcome = Literal["sent", "shown", "leave"]


class Remark(Protocol):
    def __call__(self, *lines: str) -> None: ...


@dataclass(slots=True)
class Conversation:
    stage: Stage
    persona: Persona
    # Prints what is no part of the chat.
    remark: Remark
    # How many bubbles of each persona's screen were shown already.
    _shown: dict[str, int] = field(default_factory=dict)

    def take(self, line: str) -> Outcome:
        line = line.strip()
        if not line:
            return "shown"
        if line.startswith("/"):
            return self._obey(line)
        wanted = self._option(line)
        if wanted is None:
            self.stage.say(self.persona, line)
        else:
            self.stage.tap(self.persona, *wanted)
        return "sent"

    def fresh(self) -> tuple[Bubble, ...]:
        """Return what appeared on the screen since the last time."""
        bubbles = self.stage.screen(self.persona)
        seen = self._shown.get(self.persona.key, 0)
        self._shown[self.persona.key] = len(bubbles)
        return bubbles[seen:]

    def _option(self, line: str) -> tuple[Bubble, str] | None:
        """Find what a number, or a label in square brackets, would tap."""
        latest = next((b for b in reversed(self.stage.screen(self.persona)) if b.direction == "out"), None)
        if latest is None:
            return None
        if line.isdecimal() and 1 <= int(line) <= len(latest.options):
            return latest, latest.options[int(line) - 1].id
        if line.startswith("[") and line.endswith("]"):
            label = line[1:-1].casefold()
            for option in latest.options:
                if label and option.reads.casefold().startswith(label):
                    return latest, option.id
        return None

    def _obey(self, line: str) -> Outcome:
        name, _, rest = line.partition(" ")
        match name:
            case "/quit":
                return "leave"
            case "/help":
                self.remark(*HELP)
            case "/journal":
                self.remark(*journal_lines(self.stage))
            case "/persona":
                self._become(rest.strip())
            case _:
                self.remark(f"Не знаю команды {name}. Все команды: /help")
        return "shown"

    def _become(self, key: str) -> None:
        if key in PERSONAS:
            self.persona = PERSONAS[key]
            self.remark(f"Теперь пишет {introduced(self.persona)}.")
            return
        unknown = (f"Не знаю клиента {key}.",) if key else ()
        known = (f"/persona {persona.key:<6} {introduced(persona)}" for persona in PERSONAS.values())
        self.remark(*unknown, *known)


def journal_lines(stage: Stage) -> tuple[str, ...]:
    def lines() -> Iterator[str]:
        for day in stage.journal():
            yield day.label
            for row in day.rows:
                who = f"мастер {row.master}, клиент {row.client}"
                yield f"  {row.time}  {row.services}, {who}: {row.status_words}"

    return tuple(lines())


def introduced(persona: Persona) -> str:
    return f"{persona.name}, {persona.phone}, {persona.has}"


def transcript_line(bubble: Bubble) -> str:
    """Write the bubble as a line of a transcript (contract.md)."""
    text = " ".join(bubble.text.split())
    if bubble.direction == "in":
        return f"> [{text}]" if bubble.context else f"> {text}"
    return " ".join(("<", text, *(f"[{option.title}]" for option in bubble.options)))
