"""The labelled phrases: JSON lines in the form of `labels.md`, keys without a value left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.understanding import Context, Intent

HERE = Path(__file__).parent
Part = Literal["seen", "unseen"]
PARTS: tuple[Part, ...] = get_args(Part)

# In these contexts one answer is as good as the other (labels.md, "Scoring equivalences").
_SAME: dict[Context, tuple[frozenset[Intent], ...]] = {
    "confirm": (frozenset(("cancel", "yes")), frozenset(("keep", "no"))),
    "choose": (frozenset(("keep", "no")),),
    "reschedule": (frozenset(("keep", "no")),),
}


class Phrase(BaseModel):
    """One labelled message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    context: Context
    intent: Intent
    # As the client wrote them: pieces of `text`.
    date: str | None = None
    time: str | None = None
    staff: str | None = None
    service: str | None = None
    ordinal: str | None = None
    norm: dict[str, str | None] = {}
    # "2026-11-24", "2026-11-24T15:00" or "T15:00".
    resolved: Annotated[str | None, Field(pattern=r"^(\d{4}-\d\d-\d\d(T\d\d:\d\d)?|T\d\d:\d\d)$")] = None
    resolved_end: str | None = None
    part: Literal["morning", "day", "evening", "night"] | None = None
    cmp: Literal["after", "before", "from", "not"] | None = None
    # Looks like a cancel and is none, or looks like a yes to the confirmation and is none.
    danger: bool = False
    # What kind of "other".
    sub: str | None = None
    # Labels that a fair judge would accept too.
    alt: tuple[Intent, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _quotes_its_text(self) -> "Phrase":
        for piece in (self.date, self.time, self.staff, self.service, self.ordinal):
            if piece is not None and piece not in self.text:
                raise ValueError(f"{piece!r} is no piece of {self.text!r}")
        return self

    def accepts(self, answer: Intent) -> bool:
        """Whether an answer counts as right."""
        if answer == self.intent or answer in self.alt:
            return True
        return any({answer, self.intent} <= same for same in _SAME.get(self.context, ()))

    @property
    def key(self) -> tuple[str, Context]:
        """What makes two phrases one: their words in their context, whatever the case and the spaces."""
        return " ".join(self.text.casefold().replace("ё", "е").split()), self.context

    @property
    def must_not_cancel(self) -> bool:
        """Whether a cancel would harm: by labels.md, "What counts as a dangerous false cancel"."""
        admitted = {self.intent, *self.alt}
        if "cancel" in admitted or (self.context == "confirm" and "yes" in admitted):
            return False
        match self.context, self.intent:
            case (("choose" | "done"), "yes"):
                return False
            case _, "choose":
                return False
            case "reason", intent:
                return intent == "reschedule"
            case "done", ("thanks" | "unclear"):
                return False
            case "reschedule", "no":
                return False
        return True


def phrases(part: Part) -> tuple[tuple[str, Phrase], ...]:
    """Return every phrase of a part with the name of its writer, in the order of the files.

    Raises:
        pydantic.ValidationError: a line is no labelled phrase.
    """
    return tuple(_lines(part))


def _lines(part: Part) -> Iterator[tuple[str, Phrase]]:
    for file in sorted((HERE / part).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line:
                yield file.stem, Phrase.model_validate_json(line)
