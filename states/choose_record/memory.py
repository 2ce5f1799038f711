"""What a flow must remember for the fragment to live in it, and what its guards read off that."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator

from engine.booking import Record, RecordsFound
from engine.events import HowMany, Named, PersonPicked
from engine.flow import Turn
from engine.understanding import fitting


def _one_or_more(chosen: object) -> object:
    # Sessions of older tables hold one record, or None.
    if chosen is None:
        return ()
    return chosen if isinstance(chosen, list | tuple) else (chosen,)


Chosen = Annotated[
    tuple[Record, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=tuple[Record, ...] | Record | None),
]


# «В выходные» is two days, and one record.
WEEKEND = {5, 6}


class Memory(BaseModel):
    """The part of a flow's memory that this fragment fills: the flow's own memory derives from it."""

    # What the client named with the wish.
    named: Named = Named()
    # Every word of the wish was explained.
    wish_was_plain: bool = False
    # The wish was too old, when it was taken, to act without a question.
    wish_was_old: bool = False
    # How many of those that fit are meant.
    meant: HowMany = "one"
    # What is on offer, over all pages, soonest first.
    records: tuple[Record, ...] = ()
    # The page of the list that is shown, counted from 0.
    page: int = 0
    # The names on the cards of this phone, where they are several.
    people: tuple[str, ...] = ()
    # What was asked about before, and is still meant beside what is looked up: «и стрижку».
    beside: tuple[Record, ...] = ()
    # What was settled on, in the order of the list.
    chosen: Chosen = ()


M = TypeVar("M", bound=Memory)


def narrowed(turn: Turn[M], found: RecordsFound) -> tuple[Record, ...]:
    """Return the records that fit what was named; by setting, only the last created of them."""
    records = fitting(turn.memory.named, found.records)
    if turn.salon.selection == "last_created" and records:
        return (max(records, key=_created),)
    return records


def _created(record: Record) -> tuple[float, int]:
    # Ids grow with creation, so they decide where the journal names no moment.
    return (record.created_at.timestamp() if record.created_at else 0.0, record.record_id)


def each_named(named: Named, records: Sequence[Record]) -> bool:
    """Whether two days or services were named, and the records are one of each: «маникюр и педикюр»."""
    days = frozenset(named.days)
    if len(days) == 2 and {day.weekday() for day in days} != WEEKEND:
        return len(records) == 2 and {record.starts_at.date() for record in records} == days
    of_each = [fitting(Named(words=(word,)), records) for word in named.words]
    parts = {fits for fits in of_each if len(fits) == 1}
    return len(records) > 1 and len(parts) == len(records) == len(of_each)


def people_of(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the names on the cards of these records, each once, soonest first."""
    return tuple(dict.fromkeys(record.client for record in records if record.client))


def of_that_person(turn: Turn[M], picked: PersonPicked) -> tuple[Record, ...]:
    return tuple(record for record in turn.memory.records if picked.name in ("", record.client))
