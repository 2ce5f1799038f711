"""What the server's process and the box say to each other, a line of JSON each way."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from engine.values import Frozen


class Staging(Frozen):
    """The first line that a server reads: where everything is, and what time it is."""

    # Settings of the contract by their names in Python; secrets are simulated ones.
    settings: dict[str, str | int]
    yclients_url: str
    whatsapp_url: str
    # So far the salon's clock is ahead of the machine's.
    ahead_s: float
    # The salon's, by its name.
    zone: str
    # Where the database is left as it is after each turn.
    moments: str
    verbose: bool = False


class Ahead(Frozen):
    """Every further line: the salon's clock was set."""

    ahead_s: float


class Listening(Frozen):
    kind: Literal["listening"] = "listening"
    port: int


class Understood(Frozen):
    """What words were taken for, and why; a tap is only an event."""

    text: str
    intent: str = ""
    decided: str = ""
    heard: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


class Taken(Frozen):
    """One turn that stands, told before anything that it wants has left."""

    kind: Literal["taken"] = "taken"
    at: datetime
    chat_id: int
    # WhatsApp's id of the client's message; "": no message began this turn.
    wamid: str
    phone: str | None
    event: str
    understood: Understood | None
    # Place among `Dialogue.rows()`, and whether its guard held.
    tried: tuple[tuple[int, bool], ...]
    state_before: str
    state_after: str
    effects: tuple[str, ...]
    facts: tuple[str, ...]
    # To whom, and what.
    notices: tuple[tuple[str, str], ...]
    # Names of the classes, with the ids of their records.
    commands: tuple[tuple[str, int], ...]
    # The file that holds the database as it stood then.
    moment: str


Told = Annotated[Listening | Taken, Field(discriminator="kind")]
TOLD: TypeAdapter[Told] = TypeAdapter(Told)
