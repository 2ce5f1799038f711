"""The lists: which records stand on which page, and the questions that bring them."""

from engine.booking import Record
from engine.effects import Argument, Option, Say
from states.choose_record.memory import Memory, people_of

# A WhatsApp list has room for ten rows (whatsapp.md §2.1, 2026-11).
OFFERED_MAX = 10
# The first page of several has one row that leads on, those between have one that leads back too.
FIRST_MAX, BETWEEN_MAX = OFFERED_MAX - 1, OFFERED_MAX - 2


def bounds(count: int, page: int) -> tuple[int, int]:
    """Return the places of the first record of a page, and of the first that is no longer on it."""
    if count <= OFFERED_MAX:
        return 0, count
    start = 0 if page == 0 else FIRST_MAX + (page - 1) * BETWEEN_MAX
    left = count - start
    # The last page needs no row that leads on.
    size = FIRST_MAX if page == 0 or left == FIRST_MAX else BETWEEN_MAX
    return start, start + min(size, left)


def which_of(memory: Memory, words: str, why: str) -> Say:
    """Return the question which of `memory.records`, with the page of the list that is shown.

    `words` and `why` are the two parts of the texts' keys: "records" and "which".
    """
    start, end = bounds(len(memory.records), memory.page)
    left = len(memory.records) - end
    if memory.page:
        args: dict[str, Argument] = {"first": start + 1, "last": end, "count": len(memory.records)}
        return _listed(memory, f"{words}.page", args, start, end)
    if left:
        return _listed(memory, f"{words}.{why}_of_many", {"more": left}, start, end)
    return _listed(memory, f"{words}.{why}", {}, start, end)


def _listed(memory: Memory, text: str, args: dict[str, Argument], start: int, end: int) -> Say:
    rows = [Option(kind="record", record=record) for record in memory.records[start:end]]
    if memory.page:
        rows.append(Option(kind="earlier_records", choice=memory.page - 1))
    if end < len(memory.records):
        rows.append(Option(kind="later_records", choice=memory.page + 1))
    return Say(
        text=text,
        args=args,
        options=tuple(rows),
        question=True,
        among=memory.records,
        whose=bool(memory.people),
    )


def for_whom(records: tuple[Record, ...]) -> Say:
    """Return the question whose record is meant; each name stands with the first record of that person."""
    # Ten rows are nine people and all of them: nobody has met more on one phone.
    names = people_of(records)[: OFFERED_MAX - 1]
    firsts = [next(record for record in records if record.client == name) for name in names]
    return Say(
        text="records.for_whom",
        options=(*(Option(kind="person", record=first) for first in firsts), Option(kind="everybody")),
        question=True,
        among=records,
    )
