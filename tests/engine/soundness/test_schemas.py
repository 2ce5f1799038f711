"""Schemas: a memory that was stored is taken by today's model, or the field is named."""

from datetime import datetime
from enum import Enum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, create_model

from engine.soundness.schemas import refused


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Red(Enum):
    RED = "red"


class Inner(BaseModel):
    name: str = ""


class Wider(BaseModel):
    name: str = ""
    more: int = 0


class Narrower(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Stricter(BaseModel):
    name: str = ""
    needed: int


def model(annotation: Any) -> type[BaseModel]:
    return create_model("Memory", field=(annotation, None))


def refusals(old: Any, new: Any) -> tuple[str, ...]:
    stored = model(old).model_json_schema(mode="serialization")
    return refused(stored, model(new).model_json_schema())


OTHER = ("field takes other values than were stored",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (str, str),
        (str, str | None),
        (int | None, int | str | None),
        (str, Any),
        (Literal["a"], Literal["a", "b"]),
        (Literal["a", "b"], str),
        (Red, Colour),
        (Inner, Wider),
        (Inner, Inner),
        (tuple[Inner, ...], tuple[Wider, ...]),
        (tuple[int, str], tuple[int, str | None]),
        (dict[str, int], dict[str, int]),
        (datetime, datetime),
        (list[Any], list[Any]),
    ],
)
def test_what_is_taken(old: Any, new: Any) -> None:
    assert refusals(old, new) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (str, int),
        (str | None, str),
        (str, Literal["a"]),
        (Literal["a", "b"], Literal["a"]),
        (Colour, Red),
        (Wider, Narrower),
        (Inner, Stricter),
        (tuple[Inner, ...], tuple[Stricter, ...]),
        (tuple[int, str], tuple[int, int]),
        (tuple[int, str], tuple[int, ...]),
        (tuple[int, int], tuple[int, int, int]),
        (list[int], set[int]),
        (dict[str, int], dict[str, str]),
        (datetime, str | int),
    ],
)
def test_what_may_be_refused(old: Any, new: Any) -> None:
    assert refusals(old, new) == OTHER


def test_a_field_that_is_new_and_required_and_one_that_is_gone() -> None:
    stored = Wider.model_json_schema(mode="serialization")

    assert refused(stored, Stricter.model_json_schema()) == ("needed is required, and was not stored",)
    assert refused(stored, Inner.model_json_schema()) == ()
    assert refused(stored, Narrower.model_json_schema()) == (
        "name was stored, and no field takes it",
        "more was stored, and no field takes it",
    )
