"""Memory: a flow's memory can be made empty, stored and read back."""

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from engine.soundness.problems import Problem
from engine.soundness.tables import Tables


def unusable(tables: Tables) -> Iterator[Problem]:
    for flow in tables.flows:
        memory: object = flow.memory
        if not (isinstance(memory, type) and issubclass(memory, BaseModel)):
            what, remedy = (
                f"its memory {memory!r} is no pydantic model",
                "derive it from pydantic's BaseModel",
            )
            yield Problem("memory", flow.name, "memory", what, remedy)
            continue
        if memory is BaseModel:
            what, remedy = "its memory is BaseModel itself, which holds nothing", "write memory=Nothing"
            yield Problem("memory", flow.name, "memory", what, f"{remedy}, of engine.flow, or derive a class")
            continue
        try:
            empty = memory()
        except ValidationError as error:
            fields = ", ".join(sorted({str(found["loc"][0]) for found in error.errors() if found["loc"]}))
            what = f"{memory.__name__} cannot be made empty, as it is when the flow opens ({fields})"
            yield Problem("memory", flow.name, "memory", what, "give every field a default")
            continue
        try:
            same = memory.model_validate(empty.model_dump(mode="json")) == empty
        except ValueError:
            same = False
        if not same:
            what = f"{memory.__name__} is not the same after it was stored and read back"
            yield Problem("memory", flow.name, "memory", what, "use fields that JSON can hold")
