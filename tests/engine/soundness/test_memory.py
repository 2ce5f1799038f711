"""Memory: it can be made empty, stored and read back."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, field_serializer

from tests.engine.soundness.toys import TOY, of_tables


class Demanding(BaseModel):
    name: str
    code: int


class Forgetful(BaseModel):
    seen: str = "nothing"

    @field_serializer("seen")
    def forgets(self, seen: str) -> str:
        return "something"


class Unreadable(BaseModel):
    count: int = 0

    @field_serializer("count")
    def spells(self, count: int) -> str:
        return "none"


@pytest.mark.parametrize(
    ("memory", "problem"),
    [
        (dict, "its memory <class 'dict'> is no pydantic model"),
        ({}, "its memory {} is no pydantic model"),
        (BaseModel, "its memory is BaseModel itself, which holds nothing"),
        (Demanding, "Demanding cannot be made empty, as it is when the flow opens (code, name)"),
        (Forgetful, "Forgetful is not the same after it was stored and read back"),
        (Unreadable, "Unreadable is not the same after it was stored and read back"),
    ],
)
def test_a_memory_that_cannot_be_kept(memory: Any, problem: str) -> None:
    assert of_tables(replace(TOY, memory=memory)) == [f"memory: memory: {problem}"]
