"""What the client's words and taps mean to a cancel."""

from engine.booking import Record
from engine.events import (
    AnotherNamed,
    CancelWanted,
    KeepWanted,
    No,
    Picked,
    RescheduleWanted,
    SeveralPicked,
    WishedAgain,
    Yes,
)
from engine.flow import Hearing
from engine.understanding import Meaning, fitting
from states.cancel.memory import Memory, asked_about
from states.choose_record import all_meant, how_many

# What may name a part of what is asked about; «только в пятницу» alone sounds like a move.
NARROWING = ("yes", "no", "keep", "cancel", "choose", "reschedule", "unclear")


def cancel_wanted(hearing: Hearing[object]) -> CancelWanted | None:
    meaning = hearing.meaning
    if hearing.tap is not None:
        return None
    if meaning.intent == "third_party" and meaning.named.people:
        return CancelWanted(named=meaning.named, meant=how_many(meaning), of_somebody=True)
    if meaning.intent != "cancel":
        return None
    return CancelWanted(
        named=meaning.named,
        plain=meaning.plain,
        cause=meaning.cause,
        meant=how_many(meaning),
        stays=meaning.stays,
    )


def keep_wanted(hearing: Hearing[object]) -> KeepWanted | None:
    """«Не отменяйте», «я приду», where no question asks whether."""
    meaning = hearing.meaning
    if hearing.tap is not None or meaning.intent != "keep":
        return None
    return KeepWanted(
        named=meaning.named,
        places=meaning.ordinals,
        meant=how_many(meaning),
        guessed=meaning.guessed,
        rest=meaning.rest,
    )


def one_that_stays(hearing: Hearing[Memory]) -> Picked | SeveralPicked | None:
    """A tapped «Оставить на 15:00» is exact; words that name a part are asked about alone."""
    meaning, records = hearing.meaning, hearing.memory.chosen
    if hearing.tap is not None:
        tapped = [record for record in records if record.record_id == hearing.tap.record_id]
        return Picked(record=tapped[0], plain=True) if hearing.tap.kind == "leave" and tapped else None
    staying = meaning.stays
    said = Meaning(meaning.intent, named=staying.named, ordinals=staying.places)
    stays = _named_part(said if staying.anything() else meaning, records)
    return SeveralPicked(records=stays) if 0 < len(stays) < len(records) else None


def not_after_all(hearing: Hearing[Memory]) -> No | None:
    """«Нет», «не надо» right after a cancel; «нет, спасибо» is polite, and turns what it offers down."""
    meaning = hearing.meaning
    said = hearing.tap is None and meaning.takes_back == "no" and meaning.intent != "thanks"
    return No() if said else None


def whether_it_stands(hearing: Hearing[Memory]) -> Yes | No | None:
    """«Да», «отменяйте»: the request stands; «нет», «не отменяйте», «верните»: it is withdrawn."""
    meaning, records = hearing.meaning, hearing.memory.chosen
    if hearing.tap is not None:
        only = records[0].record_id if len(records) == 1 else None
        answers: dict[str, Yes | No] = {
            "insist": Yes(), "withdraw": No(), "leave_all": No(), "leave_none": Yes(),
        }  # fmt: skip
        return answers.get(hearing.tap.kind) if hearing.tap.record_id == only else None
    if hearing.memory.one_stays:
        # «Какую оставить?»: neither a yes nor a no answers it.
        return None
    if meaning.intent == "yes":
        return Yes()
    # «Обе» alone reads like a refusal of both, and «маникюр не отменяйте» says nothing of the other one.
    clear = not (meaning.guessed or meaning.several or meaning.named.anything() or meaning.ordinals)
    return No() if meaning.intent in ("no", "keep", "undo") and clear else None


def part_of_them(hearing: Hearing[Memory]) -> SeveralPicked | None:
    """«Только первую», «нет, вторую», «стрижку оставьте»: of several, these are to be asked about alone."""
    records, meaning = asked_about(hearing.memory), hearing.meaning
    if hearing.tap is not None or len(records) < 2 or meaning.intent not in NARROWING:
        return None
    if meaning.intent == "reschedule" and _asks_to_move(meaning):
        return None
    part = _named_part(meaning, records)
    return SeveralPicked(records=part) if 0 < len(part) < len(records) else None


def _named_part(meaning: Meaning, records: tuple[Record, ...]) -> tuple[Record, ...]:
    if len(meaning.ordinals) > 1:
        return all_meant(meaning, records)
    if meaning.ordinals:
        place = meaning.ordinals[0]
        fits = fitting(meaning.named, records)
        return tuple(record for record in records[place - 1 if place > 0 else place :][:1] if record in fits)
    # A bare day reads like a move, whose new day it would be.
    named = meaning.named if meaning.named.anything() else meaning.target
    return fitting(named, records) if named.anything() else ()


def _asks_to_move(meaning: Meaning) -> bool:
    return any(why.startswith("reschedule:") for why in meaning.evidence)


def yes_or_no(hearing: Hearing[Memory]) -> Yes | No | None:
    meaning, records = hearing.meaning, asked_about(hearing.memory)
    if hearing.tap is not None:
        # A button of one record names it, that of several names none.
        if hearing.tap.record_id != (records[0].record_id if len(records) == 1 else None):
            return None
        answers: dict[str, Yes | No] = {"yes": Yes(), "pass_on": Yes(), "no": No()}
        return answers.get(hearing.tap.kind)
    match meaning.intent:
        case "yes":
            return Yes()
        case "no" | "keep":
            # «Обе» alone reads like a refusal of both, and is none.
            unclear = len(records) > 1 and meaning.several and meaning.intent == "no"
            return None if unclear else No()
    return None


def another_one(hearing: Hearing[Memory]) -> AnotherNamed | None:
    """«Не эту, а на пятницу»: a wish that names something is looked up anew, never taken for a yes."""
    meaning = hearing.meaning
    if hearing.tap is None and meaning.intent == "cancel" and meaning.named.anything():
        plain = meaning.plain and not meaning.also
        return AnotherNamed(named=meaning.named, plain=plain, meant=how_many(meaning), also=meaning.also)
    return None


def wished_again(hearing: Hearing[Memory]) -> WishedAgain | None:
    """«Увы, да, сын слёг»: surely a wish, but not every word of it is explained, so it is no yes."""
    meaning = hearing.meaning
    of_all = len(asked_about(hearing.memory)) > 1 and meaning.several
    wishes = meaning.intent == "cancel" or (of_all and meaning.intent in ("no", "unclear", "choose"))
    return WishedAgain() if hearing.tap is None and wishes else None


def rather_moved(hearing: Hearing[Memory]) -> RescheduleWanted | None:
    """«Перенести», tapped or said, with or without the new day; of several, which one is not known."""
    records = asked_about(hearing.memory)
    record = records[0] if len(records) == 1 else None
    if hearing.tap is not None:
        tapped = hearing.tap.kind == "move" and record and record.record_id == hearing.tap.record_id
        return RescheduleWanted(record=record) if tapped else None
    if hearing.meaning.intent == "reschedule":
        return RescheduleWanted(record=record, target=hearing.meaning.target)
    return None
