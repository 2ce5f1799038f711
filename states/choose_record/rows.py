"""Choose record: rows from a wish to one record of the client, by what was named, or by asking.

A flow that uses it says what follows once a record is settled on, as a sequence of `Settled`:
the first whose guard holds wins, and the last should have none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from engine.booking import CallFailed, FindRecords, Record, RecordsFound
from engine.effects import Ask, Effects, Option, Say
from engine.events import CancelWanted, Named, No, Picked, SeveralPicked, TimedOut
from engine.flow import IDLE, Calling, Hearing, On, Row, State, Turn, Waiting, minutes, repeat, say
from engine.understanding import fitting, picked

# A WhatsApp list has room for ten rows (whatsapp.md §2.1, 2026-11).
OFFERED_MAX = 10


class Memory(Protocol):
    """What a flow's memory needs for this fragment to live in it."""

    # What the client named with the wish.
    named: Named
    # Every word of the wish was explained.
    wish_was_plain: bool
    # The wish was too old, when it was taken, to act without a question.
    wish_was_old: bool
    records: tuple[Record, ...]
    chosen: Record | None


M = TypeVar("M", bound=Memory)


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows when a record was settled on; `do` finds it in `memory.chosen`."""

    to: str
    do: Callable[[Turn[Any]], Effects]
    when: Callable[[Turn[Any], RecordsFound | Picked, Record], bool] | None = None


def states(flow: str) -> tuple[State, ...]:
    return (
        Calling(f"{flow}.looking", FindRecords),
        Waiting(f"{flow}.choosing", hears=ANSWERS, context="choose", patience=minutes(15)),
    )


def rows(
    flow: str, wish: type[CancelWanted], settled: Sequence[Settled], the_only: Settled
) -> tuple[Row[Any], ...]:
    """Rows from `wish` at home to a settled record, and home again where there is none.

    `the_only` asks about the client's only record, where something else had been named.
    """
    looking, choosing = f"{flow}.looking", f"{flow}.choosing"
    return (
        On(wish, IDLE, IDLE, when=number_is_hidden, do=say("records.number_hidden")),
        On(wish, IDLE, looking, do=look_up),
        # «Нет, другую, на пятницу»: the list is left for what was named instead.
        On(wish, choosing, looking, do=look_up),
        On(RecordsFound, looking, IDLE, when=none_found, do=say("records.none")),
        _row(RecordsFound, looking, the_only, only_another_one, the_only_one),
        On(RecordsFound, looking, choosing, when=nothing_fits, do=offer_instead),
        *(_row(RecordsFound, looking, outcome, one_fits, the_one_that_fits) for outcome in settled),
        On(RecordsFound, looking, choosing, do=offer),
        *(_row(Picked, choosing, outcome, None, the_picked_one) for outcome in settled),
        On(SeveralPicked, choosing, choosing, do=repeat("records.one_at_a_time")),
        On(No, choosing, IDLE, do=say("records.none_chosen")),
        On(TimedOut, choosing, IDLE, do=say("everywhere.timed_out")),
        On(CallFailed, looking, IDLE, do=say("records.unavailable")),
    )


def _row(
    event: type[RecordsFound] | type[Picked],
    source: str,
    outcome: Settled,
    when: Callable[[Turn[Any], Any], bool] | None,
    chosen: Callable[[Turn[Any], Any], Record],
) -> Row[Any]:
    """One outcome as a row."""

    def guard(turn: Turn[Any], found: Any) -> bool:
        return (when is None or when(turn, found)) and (
            outcome.when is None or outcome.when(turn, found, chosen(turn, found))
        )

    def settle(turn: Turn[Any], found: Any) -> Effects:
        turn.memory.chosen = chosen(turn, found)
        yield from outcome.do(turn)

    guard.__name__ = "_and_".join(part.__name__ for part in (when, outcome.when) if part) or "always"
    settle.__name__ = outcome.do.__name__
    return Row(event, source, outcome.to, guard if when or outcome.when else None, settle)


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def number_is_hidden(turn: Turn[Any], wish: CancelWanted) -> bool:
    """A typed number proves nothing, so without the channel's own there is no record to touch."""
    return turn.chat.phone is None


def none_found(turn: Turn[Any], found: RecordsFound) -> bool:
    return not found.records


def nothing_fits(turn: Turn[Memory], found: RecordsFound) -> bool:
    """Something was named that no record has: it is asked about, whatever the settings."""
    return turn.memory.named.anything() and not fitting(turn.memory.named, found.records)


def only_another_one(turn: Turn[Memory], found: RecordsFound) -> bool:
    return nothing_fits(turn, found) and len(found.records) == 1


def one_fits(turn: Turn[Memory], found: RecordsFound) -> bool:
    return len(narrowed(turn, found)) == 1


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def look_up(turn: Turn[Memory], wish: CancelWanted) -> Effects:
    assert turn.chat.phone is not None
    turn.memory.named = wish.named
    turn.memory.wish_was_plain = wish.plain
    turn.memory.wish_was_old = turn.now - turn.said_at > turn.salon.old_after
    yield Ask(query=FindRecords(phone=turn.chat.phone))


def offer(turn: Turn[Memory], found: RecordsFound) -> Effects:
    turn.memory.records = narrowed(turn, found)
    yield which_of(turn.memory.records, "records.which")


def offer_instead(turn: Turn[Memory], found: RecordsFound) -> Effects:
    turn.memory.records = found.records
    yield which_of(found.records, "records.nothing_fits")


def which_of(records: tuple[Record, ...], text: str) -> Say:
    """The question with the list; beyond ten records it says how many more there are."""
    shown = records[:OFFERED_MAX]
    more = len(records) - len(shown)
    return Say(
        text=f"{text}_of_many" if more else text,
        args={"more": more} if more else {},
        options=tuple(Option(kind="record", record=record) for record in shown),
        question=True,
    )


# ── choosing ──────────────────────────────────────────────────────────────────────────────────────────


def narrowed(turn: Turn[Memory], found: RecordsFound) -> tuple[Record, ...]:
    """Return the records that fit what was named; by setting, only the last created of them."""
    named = turn.memory.named
    records = fitting(named, found.records) if named.anything() else found.records
    if turn.salon.selection == "last_created" and records:
        return (max(records, key=_created),)
    return records


def _created(record: Record) -> tuple[float, int]:
    # Ids grow with creation, so they decide where the journal names no moment.
    return (record.created_at.timestamp() if record.created_at else 0.0, record.record_id)


def the_one_that_fits(turn: Turn[Memory], found: RecordsFound) -> Record:
    return narrowed(turn, found)[0]


def the_only_one(turn: Turn[Memory], found: RecordsFound) -> Record:
    return found.records[0]


def the_picked_one(turn: Turn[Memory], event: Picked) -> Record:
    return event.record


def one_of_them(hearing: Hearing[Memory]) -> Picked | CancelWanted | None:
    """A tapped row; or one record told by its number, day, time, service or master."""
    records = hearing.memory.records
    if hearing.tap is not None:
        tapped = [record for record in records if record.record_id == hearing.tap.record_id]
        return Picked(record=tapped[0], plain=True) if hearing.tap.kind == "record" and tapped else None
    meaning = hearing.meaning
    if meaning.intent not in ("choose", "cancel"):
        return None
    found = picked(meaning, records)
    if len(found) == 1:
        return Picked(record=found[0], plain=meaning.plain)
    if meaning.named.anything() and not found:
        return CancelWanted(named=meaning.named, plain=meaning.plain)
    return None


def several_of_them(hearing: Hearing[Memory]) -> SeveralPicked | None:
    means_some = hearing.tap is None and hearing.meaning.intent in ("choose", "cancel")
    return SeveralPicked() if means_some and hearing.meaning.several else None


def none_of_them(hearing: Hearing[Memory]) -> No | None:
    return No() if hearing.meaning.intent in ("no", "keep") else None


ANSWERS = (several_of_them, one_of_them, none_of_them)
