"""What the client's words and taps mean where a list of records, or of people, stands."""

from dataclasses import replace

from engine.booking import Record
from engine.events import AnotherNamed, HowMany, No, PageWanted, PersonPicked, Picked, SeveralPicked
from engine.flow import Hearing
from engine.understanding import Meaning, fitting, is_for, picked
from states.choose_record.listing import bounds
from states.choose_record.memory import Memory, each_named, people_of

# What an answer to the list may be understood as, whatever the records are picked for.
PICKING = ("choose", "cancel", "reschedule")


def one_of_them(hearing: Hearing[Memory]) -> Picked | AnotherNamed | None:
    """A tapped row; or one record told by its number, day, time, service or master."""
    records = hearing.memory.records
    if hearing.tap is not None:
        tapped = [record for record in records if record.record_id == hearing.tap.record_id]
        return Picked(record=tapped[0], plain=True) if hearing.tap.kind == "record" and tapped else None
    meaning = hearing.meaning
    if meaning.intent not in PICKING:
        return None
    found = picked(_as_numbered(meaning, hearing.memory), records)
    if len(found) == 1:
        return Picked(record=found[0], plain=meaning.plain and _is_shown(found[0], hearing.memory))
    # «В пятницу», where two of three are: the list is shortened to these.
    clear = meaning.plain or (meaning.intent == "choose" and bool(meaning.named.days))
    some = bool(found) and clear and len(found) < len(records)
    # «Первую и стрижку» is no other one.
    if meaning.named.anything() and (some or not (found or meaning.ordinals)):
        return AnotherNamed(named=meaning.named, plain=meaning.plain)
    return None


def several_of_them(hearing: Hearing[Memory]) -> SeveralPicked | None:
    meaning, records = hearing.meaning, hearing.memory.records
    if hearing.tap is not None or meaning.intent not in PICKING:
        return None
    fits = fitting(meaning.named, records)
    if meaning.several:
        return SeveralPicked(records=all_meant(meaning, records))
    both = not meaning.ordinals and each_named(meaning.named, fits)
    return SeveralPicked(records=fits) if both else None


def all_meant(meaning: Meaning, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return all records of a list that are meant at once; none where that is not clear."""
    fits = fitting(meaning.named, records)
    if len(meaning.ordinals) > 1:
        places = [place - 1 if place > 0 else len(records) + place for place in meaning.ordinals]
        if not all(0 <= place < len(records) and records[place] in fits for place in places):
            return ()
        return tuple(records[place] for place in sorted(set(places)))
    if meaning.ordinals or (meaning.both and len(fits) != 2):
        return ()
    return fits


def how_many(meaning: Meaning) -> HowMany:
    """Return how many of those that fit a wish means."""
    return "both" if meaning.both else "all" if meaning.several else "one"


def none_of_them(hearing: Hearing[Memory]) -> No | None:
    return No() if hearing.tap is None and hearing.meaning.intent in ("no", "keep") else None


def another_page(hearing: Hearing[Memory]) -> PageWanted | None:
    tap = hearing.tap
    if tap is not None and tap.kind in ("earlier_records", "later_records") and tap.choice is not None:
        start, end = bounds(len(hearing.memory.records), tap.choice)
        return PageWanted(page=tap.choice) if start < end else None
    return None


def a_person(hearing: Hearing[Memory]) -> PersonPicked | AnotherNamed | None:
    """A tapped name, or one that is said; or a record of somebody's that is named right away."""
    records, tap, meaning = hearing.memory.records, hearing.tap, hearing.meaning
    if tap is not None:
        names = {record.record_id: record.client for record in records if tap.kind == "person"}
        if tap.kind == "everybody":
            return PersonPicked(name="")
        return PersonPicked(name=names[tap.record_id]) if tap.record_id in names else None
    said = (*meaning.named.names, *meaning.named.people)
    meant = [name for name in people_of(records) if any(_is_named(one, name, records) for one in said)]
    if len(meant) == 1:
        return PersonPicked(name=meant[0])
    if len(meant) > 1:
        # «Вере и Соне» are all of two; of three, which two has to be said by their records.
        return PersonPicked(name="") if len(meant) == len(people_of(records)) else None
    if meaning.intent in PICKING and meaning.named.anything():
        return AnotherNamed(named=meaning.named, plain=meaning.plain, meant=how_many(meaning))
    return PersonPicked(name="") if meaning.intent in PICKING and meaning.several else None


def _is_named(said: str, name: str, records: tuple[Record, ...]) -> bool:
    return any(record.client == name and is_for(said, record) for record in records)


def _as_numbered(meaning: Meaning, memory: Memory) -> Meaning:
    """On a later page, «первую» is the first that is shown, and «12» the twelfth of all."""
    start, end = bounds(len(memory.records), memory.page)
    place = meaning.ordinal
    if place is None or not start or not 0 < place <= end - start:
        return meaning
    return replace(meaning, ordinal=start + place)


def _is_shown(record: Record, memory: Memory) -> bool:
    """Whether it stood there to be read; what did not is asked about, whatever the settings."""
    start, end = bounds(len(memory.records), memory.page)
    return start == 0 and record in memory.records[start:end]


ANSWERS = (several_of_them, one_of_them, none_of_them, another_page)
WHOSE = (a_person, none_of_them)
