"""What words and taps mean while a move is talked about."""

import re

from engine.booking import Slot
from engine.events import Event, Named, No, RescheduleWanted, SlotPicked, Yes
from engine.flow import Hearing
from engine.understanding import Meaning, without
from states.reschedule.memory import Memory
from states.reschedule.others import another_record, is_on_another_day, is_unknown, names_another, told
from states.reschedule.windows import page

# What a wish for another day or hour may be understood as, where one is asked for.
WISHING = ("reschedule", "choose", "yes")
# Beside an hour these words agree, or ask whether it is free: who writes them leaves out marks.
_DOUBTFUL = re.compile(r"\b(можно|удобно|точно|устроит|под[ао]йд[её]т|подходит|будет|\w+(ую|юю))\b")

_OTHER_TIME = re.compile(r"\b(друг\w+|не (ту|эту|то|это|тот|этот)) (дат|ден|дн|врем|числ|час|недел)")
# «В среду не приду, в пятницу приду» moves nothing where there is a visit on each of these days.
_COMING = re.compile(r"\b(прид[уеё]|буд[уе])")
_MOVING = re.compile(r"\b(пере|сдви|друг)")
_STAYING = re.compile(r"\b(оставь|оставля|остави|остан|остае|остаё)")
# «А у Марии?» asks for her windows, and «а у Марии сколько стоит?» does not.
_AT_A_MASTERS = re.compile(
    r"^(а |и |может |лучше |тогда |давайте )*[ук]о? [\w-]+"
    r"( (есть|можно|лучше|свободно|есть время|есть места|тоже|(в|на) .+))?[?!.\s]*$"
)


class NewTimeWanted(Event):
    """The client named another day, hour or master than is on offer, or a day of those."""

    target: Named


class SlotNamed(Event):
    """The client means one free window, in words that are no clear answer; it is asked about."""

    slot: Slot


class MoreWanted(Event):
    """The client wants to see the next page of days or times."""


class OtherDayWanted(Event):
    """None of the times of this day will do."""


class OtherTimeWanted(Event):
    """The proposed window will not do."""


class AnyMasterWanted(Event):
    pass


class CancelInstead(Event):
    """The client would rather not come at all; `named`: to another visit than the one that is moved."""

    named: Named = Named()


def reschedule_wanted(hearing: Hearing[object]) -> RescheduleWanted | None:
    meaning, tap = hearing.meaning, hearing.tap
    if tap is not None:
        return RescheduleWanted(record_id=tap.record_id) if tap.kind == "move" else None
    if meaning.intent != "reschedule":
        return None
    words = hearing.words.lower()
    return RescheduleWanted(
        named=without(meaning.named, meaning.target),
        target=meaning.target,
        several=meaning.several,
        comes=_COMING.search(words) is not None and _MOVING.search(words) is None,
    )


def keeps_it(hearing: Hearing[Memory]) -> No | CancelInstead | None:
    if hearing.tap is not None:
        return No() if hearing.tap.kind == "no" else None
    match hearing.meaning.intent:
        case "no" | "keep":
            # «Приду», «оставьте» want the visit; «нет» and «не переносите» only want no move.
            kept = (why for why in hearing.meaning.evidence if why.startswith("keep:"))
            return No(keeps=any("перен" not in why for why in kept))
        case "cancel":
            named, memory = told(hearing.meaning, hearing.memory)[0], hearing.memory
            checks = (names_another, is_unknown, is_on_another_day)
            if any(is_another(named, memory) for is_another in checks):
                return CancelInstead(named=named)
            # What comes back by this move is cancelled as long as it is left alone.
            return No() if memory.revives else CancelInstead()
    return None


def stays_put(hearing: Hearing[Memory]) -> No | None:
    """«Оставьте на среде», where Wednesday is the day of the record, and no window of it is on offer."""
    target, memory = hearing.meaning.target, hearing.memory
    if hearing.tap is not None or not _STAYING.search(hearing.words.lower()):
        return None
    start = memory.record.starts_at
    offered = {slot.starts_at.date() for slot in (*memory.slots, *((memory.to,) if memory.to else ()))}
    own = target == Named(days=(start.date(),), clock=target.clock) and target.clock in (None, start.time())
    return No(keeps=True) if own and start.date() not in offered and not memory.revives else None


def at_a_masters(hearing: Hearing[Memory]) -> NewTimeWanted | None:
    """«А у Марии?»: windows of another master are looked for, though it is a question."""
    meaning = hearing.meaning
    names = meaning.target.names or meaning.named.names
    if hearing.tap is not None or not names or not _AT_A_MASTERS.search(hearing.words.lower().strip()):
        return None
    return NewTimeWanted(target=meaning.target.model_copy(update={"names": names}))


def new_time(hearing: Hearing[Memory]) -> NewTimeWanted | None:
    meaning = hearing.meaning
    if hearing.tap is not None or not meaning.target.anything():
        return None
    return NewTimeWanted(target=meaning.target) if meaning.agrees or meaning.intent in WISHING else None


# ── at the question about the day ─────────────────────────────────────────────────────────────────────


def a_day(hearing: Hearing[Memory]) -> NewTimeWanted | MoreWanted | AnyMasterWanted | None:
    """A tapped row; words that name a day are a new time."""
    memory, tap = hearing.memory, hearing.tap
    if tap is None:
        return MoreWanted() if _wants_another(hearing) else None
    match tap.kind:
        case "day" if tap.choice is not None and tap.choice < len(memory.days):
            return NewTimeWanted(target=Named(days=(memory.days[tap.choice],)))
        case "more_days":
            return MoreWanted()
        case "any_master":
            return AnyMasterWanted()
    return None


def _wants_another(hearing: Hearing[Memory]) -> bool:
    """«Другой день», «перенесите на другое время»: a move, and nothing of where to."""
    meaning = hearing.meaning
    told = meaning.target.anything() or meaning.named.anything() or meaning.resolved or meaning.agrees
    # «Другую дату» reads like a refusal.
    other = meaning.intent in ("no", "unclear") and _OTHER_TIME.search(hearing.words.lower())
    return (meaning.intent == "reschedule" or bool(other)) and not told


# ── at the question about the time ────────────────────────────────────────────────────────────────────


def a_window(hearing: Hearing[Memory]) -> SlotPicked | SlotNamed | None:
    """A tapped row, or one window told by its hour or place in so many words, is the consent to it.

    Whatever leaves a doubt is asked about: «2», where it may be the hour or the place; «в 15?», and
    «в 15 можно», which is a question without its mark; «вторую», which may be a record.
    """
    memory, tap, meaning = hearing.memory, hearing.tap, hearing.meaning
    shown = page(memory, memory.slots)
    if tap is not None:
        tapped = [slot for place, slot in enumerate(memory.slots) if place == tap.choice and slot in shown]
        return SlotPicked(slot=tapped[0]) if tap.kind == "slot" and tapped else None
    named, placed = _by_hour(meaning.target, memory), _by_place(meaning, memory)
    if not meaning.agrees or (named is None and placed is None):
        # «А в 15 можно?» is a wish for it.
        return SlotNamed(slot=named) if named is not None and meaning.intent in WISHING else None
    plain = _DOUBTFUL.search(hearing.words.lower()) is None
    if named is None and placed is not None:
        surely = plain and meaning.target.clock is None
        return SlotPicked(slot=placed) if surely else SlotNamed(slot=placed)
    assert named is not None
    surely = plain and named in shown and placed in (None, named)
    return SlotPicked(slot=named) if surely else SlotNamed(slot=named)


def _by_hour(target: Named, memory: Memory) -> Slot | None:
    here = not target.names and not target.impossible_day
    found = (
        slot
        for slot in memory.slots
        if here
        and slot.starts_at.time() == target.clock
        and (not target.days or slot.starts_at.date() in target.days)
    )
    return next(found, None)


def _by_place(meaning: Meaning, memory: Memory) -> Slot | None:
    """«Первое», «последнее», «2»; but «5-го» and «первого декабря» are days."""
    shown, place = page(memory, memory.slots), meaning.ordinal
    told = meaning.entities.date or ""
    if place is None or " " in told or any(sign.isdecimal() for sign in told) or meaning.target.since:
        return None
    if not 1 <= abs(place) <= len(shown):
        return None
    return shown[place - 1] if place > 0 else shown[place]


def another_day(hearing: Hearing[Memory]) -> OtherDayWanted | MoreWanted | None:
    if hearing.tap is not None:
        if hearing.tap.kind == "more_times":
            return MoreWanted()
        return OtherDayWanted() if hearing.tap.kind == "other_day" else None
    return OtherDayWanted() if _wants_another(hearing) else None


# ── at the proposed window ────────────────────────────────────────────────────────────────────────────


def agreed(hearing: Hearing[Memory]) -> Yes | None:
    """Nothing but words that agree, and the proposed window once more, is a yes."""
    to, meaning = hearing.memory.to, hearing.meaning
    if hearing.tap is not None:
        return Yes() if hearing.tap.kind == "yes_move" else None
    target = meaning.target
    same = (
        to is not None
        and (not target.days or target.days == (to.starts_at.date(),))
        and target.clock in (None, to.starts_at.time())
        and not (target.since or target.until or target.names or target.impossible_day)
        and meaning.ordinal is None
    )
    return Yes() if same and meaning.agrees and meaning.intent in ("yes", "reschedule") else None


def another_time(hearing: Hearing[Memory]) -> OtherTimeWanted | None:
    if hearing.tap is not None:
        return OtherTimeWanted() if hearing.tap.kind == "other_time" else None
    return OtherTimeWanted() if _wants_another(hearing) else None


AT_THE_DAY = (another_record, stays_put, at_a_masters, a_day, new_time, keeps_it)
AT_THE_TIME = (another_record, stays_put, at_a_masters, a_window, new_time, another_day, keeps_it)
AT_THE_PROPOSAL = (another_record, stays_put, at_a_masters, agreed, new_time, another_time, keeps_it)
