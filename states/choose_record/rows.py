"""Choose record: rows from a wish to one record of the client, or several, by what was named, or by asking.

A flow that uses it says what follows once records are settled on, as a sequence of `Settled`:
the first whose guard holds wins, and the last should have none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.booking import CallFailed, FindRecords, Record, RecordsFound
from engine.effects import Ask, Effects
from engine.events import (
    AnotherNamed,
    CancelWanted,
    Event,
    No,
    PageWanted,
    PersonPicked,
    Picked,
    RescheduleWanted,
    SeveralPicked,
    TimedOut,
)
from engine.flow import IDLE, Calling, On, Recogniser, Row, State, Turn, Waiting, minutes, repeat, say
from engine.understanding import fitting, lacks_a_service
from states.choose_record.hearing import ANSWERS, WHOSE
from states.choose_record.listing import for_whom, which_of
from states.choose_record.memory import Memory, each_named, narrowed, of_that_person, people_of

# More records than these are not named in one question: there would be no room for them.
AT_ONCE_MAX = 12

Wish = CancelWanted | RescheduleWanted


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows when records were settled on; `do` finds them in `memory.chosen`.

    `when` is asked with the event that settled it, and the records.
    """

    to: str
    do: Callable[[Turn[Any]], Effects]
    when: Callable[[Turn[Any], Event, tuple[Record, ...]], bool] | None = None
    # Which events may settle it so; the others were answers to a question that left it open.
    upon: tuple[type[Event], ...] = (RecordsFound, PersonPicked, Picked, SeveralPicked)


def states(flow: str, also: tuple[Recogniser, ...] = ()) -> tuple[State, ...]:
    """Return the fragment's states; `also` are recognisers of the flow's own, asked first in each of them."""
    return (
        Calling(f"{flow}.looking", FindRecords),
        Waiting(f"{flow}.asking_whose", hears=(*also, *WHOSE), context="choose", patience=minutes(15)),
        Waiting(f"{flow}.choosing", hears=(*also, *ANSWERS), context="choose", patience=minutes(15)),
    )


def rows(
    flow: str,
    wish: type[Wish],
    settled: Sequence[Settled],
    the_only: Sequence[Settled],
    *,
    several: bool,
    words: str,
    look: Callable[[Turn[Any], Any], Effects] | None = None,
    timed_out: str = "everywhere.timed_out",
) -> tuple[Row[Any], ...]:
    """Rows from `wish` at home to settled records, and home again where there are none.

    `the_only` asks about the client's only record, where something else had been named.
    Without `several` it is one record that is settled on. `words` is the prefix of the questions' texts.
    `look` looks the records up for a flow whose wish says more than this fragment keeps, and `timed_out`
    is what it says where nobody answers.
    A flow whose wish may bring its record puts a row of its own for that before these.
    """
    looking, asking, choosing = f"{flow}.looking", f"{flow}.asking_whose", f"{flow}.choosing"
    so_many = _all_that_fit if several else _one_that_fits
    return (
        On(wish, IDLE, IDLE, when=number_is_hidden, do=say("records.number_hidden")),
        On(wish, IDLE, looking, do=look or look_up),
        # «Нет, другую, на пятницу»: the list is left for what was named instead.
        On(AnotherNamed, choosing, looking, do=look_up_another),
        On(AnotherNamed, asking, looking, do=look_up_another),
        On(RecordsFound, looking, IDLE, when=none_found, do=say("records.none")),
        *(_row(RecordsFound, looking, outcome, _only_another_one) for outcome in the_only),
        On(RecordsFound, looking, choosing, when=nothing_fits, do=_offer(words, "nothing_fits", _all)),
        On(RecordsFound, looking, asking, when=of_several_people, do=ask_for_whom),
        *(_row(RecordsFound, looking, outcome, so_many) for outcome in _upon(RecordsFound, settled)),
        On(RecordsFound, looking, choosing, do=_offer(words, "which", narrowed)),
        *(_row(PersonPicked, asking, outcome, so_many) for outcome in _upon(PersonPicked, settled)),
        On(PersonPicked, asking, choosing, do=_offer(words, "which", of_that_person)),
        *(
            _row(Picked, choosing, outcome, _the_picked_one, surely=True)
            for outcome in _upon(Picked, settled)
        ),
        *(
            _row(SeveralPicked, choosing, outcome, _the_picked)
            for outcome in _upon(SeveralPicked, settled)
            if several
        ),
        On(SeveralPicked, choosing, choosing, do=repeat(f"{words}.one_at_a_time")),
        On(PageWanted, choosing, choosing, do=_turn_to(words)),
        *(On(No, here, IDLE, do=say(f"{words}.none_chosen")) for here in (asking, choosing)),
        *(On(TimedOut, here, IDLE, do=say(timed_out)) for here in (asking, choosing)),
        On(CallFailed, looking, IDLE, do=say("records.unavailable")),
    )


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────


def number_is_hidden(turn: Turn[Any], wish: Event) -> bool:
    """A typed number proves nothing, so without the channel's own there is no record to touch."""
    return turn.chat.phone is None


def none_found(turn: Turn[Any], found: RecordsFound) -> bool:
    return not found.records


def nothing_fits(turn: Turn[Memory], found: RecordsFound) -> bool:
    """Something was named that no record has: it is asked about, whatever the settings."""
    named = turn.memory.named
    return named.anything() and (not fitting(named, found.records) or lacks_a_service(named, found.records))


def of_several_people(turn: Turn[Memory], found: RecordsFound) -> bool:
    return len(people_of(narrowed(turn, found))) > 1


# ── which records an event settles, if any ────────────────────────────────────────────────────────────


def _only_another_one(turn: Turn[Memory], found: RecordsFound) -> tuple[Record, ...]:
    return found.records if nothing_fits(turn, found) and len(found.records) == 1 else ()


def _fitting(turn: Turn[Memory], event: RecordsFound | PersonPicked) -> tuple[Record, ...]:
    return narrowed(turn, event) if isinstance(event, RecordsFound) else of_that_person(turn, event)


def _one_that_fits(turn: Turn[Memory], event: RecordsFound | PersonPicked) -> tuple[Record, ...]:
    fits = _fitting(turn, event)
    return fits if len(fits) == 1 else ()


def _all_that_fit(turn: Turn[Memory], event: RecordsFound | PersonPicked) -> tuple[Record, ...]:
    fits = _fitting(turn, event)
    match turn.memory.meant:
        case "both":
            several = len(fits) == 2
        case "all":
            several = len(fits) <= AT_ONCE_MAX
        case _:
            several = each_named(turn.memory.named, fits)
    return fits if several or len(fits) == 1 else ()


def _the_picked_one(turn: Turn[Memory], event: Picked) -> tuple[Record, ...]:
    return (event.record,)


def _the_picked(turn: Turn[Memory], event: SeveralPicked) -> tuple[Record, ...]:
    return event.records if len(event.records) <= AT_ONCE_MAX else ()


def _all(turn: Turn[Memory], found: RecordsFound) -> tuple[Record, ...]:
    return found.records


def _with_those_beside(turn: Turn[Memory], event: Event, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return what is settled on, with what it was named beside; nothing where nothing is settled."""
    beside = _still_there(turn, event)
    if not (records and beside):
        return records
    every = {record.record_id: record for record in (*beside, *records)}
    return tuple(sorted(every.values(), key=lambda record: record.starts_at))


def _still_there(turn: Turn[Memory], event: Event) -> tuple[Record, ...]:
    """Return what was asked about before, as the journal has it now."""
    if not isinstance(event, RecordsFound):
        return turn.memory.beside
    ids = {record.record_id for record in turn.memory.beside}
    return tuple(record for record in event.records if record.record_id in ids)


def _upon(event: type[Event], settled: Sequence[Settled]) -> tuple[Settled, ...]:
    return tuple(outcome for outcome in settled if event in outcome.upon)


def _row(
    event: type[Event],
    source: str,
    outcome: Settled,
    settles: Callable[[Turn[Any], Any], tuple[Record, ...]],
    *,
    surely: bool = False,
) -> Row[Any]:
    """One outcome as a row: it fires where the event settles records, and the outcome's own guard holds.

    `surely`: the event always settles some.
    """

    def guard(turn: Turn[Any], what: Any) -> bool:
        records = _with_those_beside(turn, what, settles(turn, what))
        return bool(records) and (outcome.when is None or outcome.when(turn, what, records))

    def settle(turn: Turn[Any], what: Any) -> Effects:
        know_people(turn, what)
        turn.memory.chosen = _with_those_beside(turn, what, settles(turn, what))
        yield from outcome.do(turn)

    named = settles.__name__.strip("_")
    guard.__name__ = "_and_".join((named, outcome.when.__name__)) if outcome.when else named
    settle.__name__ = outcome.do.__name__
    unguarded = surely and outcome.when is None
    return Row(event, source, outcome.to, None if unguarded else guard, settle)


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def look_up(turn: Turn[Any], wish: Wish) -> Effects:
    assert turn.chat.phone is not None
    turn.memory.named = wish.named
    turn.memory.wish_was_plain = isinstance(wish, CancelWanted) and wish.plain
    turn.memory.meant = wish.meant if isinstance(wish, CancelWanted) else "one"
    turn.memory.beside = ()
    turn.memory.wish_was_old = turn.now - turn.said_at > turn.salon.old_after
    yield Ask(query=FindRecords(phone=turn.chat.phone))


def look_up_another(turn: Turn[Any], another: AnotherNamed) -> Effects:
    yield from look_up(turn, CancelWanted(named=another.named, plain=another.plain, meant=another.meant))


def ask_for_whom(turn: Turn[Memory], found: RecordsFound) -> Effects:
    know_people(turn, found)
    turn.memory.records = narrowed(turn, found)
    yield for_whom(turn.memory.records)


def _offer(
    words: str, why: str, which: Callable[[Turn[Any], Any], tuple[Record, ...]]
) -> Callable[[Turn[Any], Any], Effects]:
    def offer(turn: Turn[Any], event: Any) -> Effects:
        know_people(turn, event)
        turn.memory.page = 0
        turn.memory.records = which(turn, event)
        yield which_of(turn.memory, words, why)

    offer.__name__ = f"ask {words}.{why}"
    return offer


def _turn_to(words: str) -> Callable[[Turn[Any], PageWanted], Effects]:
    def turn_to(turn: Turn[Any], wanted: PageWanted) -> Effects:
        turn.memory.page = wanted.page
        yield which_of(turn.memory, words, "which")

    turn_to.__name__ = f"ask {words}.page"
    return turn_to


def know_people(turn: Turn[Any], event: Event) -> None:
    """Keep whose records these are, so that what is asked can say it, and what is meant beside them."""
    if isinstance(event, RecordsFound):
        people = people_of(event.records)
        turn.memory.people = people if len(people) > 1 else ()
        turn.memory.beside = _still_there(turn, event)
