"""What every value of the engine is made of."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of every value that crosses a boundary: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Frozen):
    """Base of everything a dialogue reacts to. Tables are keyed by its subclasses."""
