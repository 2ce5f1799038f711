"""What the client's words and taps mean for this flow: at home, at its list, at its question, and after."""

from engine.events import Event, Named, No, Picked, SeveralPicked, TakeBackWanted, Yes
from engine.flow import Hearing
from engine.understanding import picked
from states.choose_record import all_meant, how_many
from states.take_back.memory import Memory

# An answer to the list, whatever words it is put in.
PICKING = ("choose", "undo", "reschedule")


class AskedAgain(Event):
    """Right after a take-back the client asks for one once more. `record_id` where a button was tapped."""

    record_id: int | None = None
    named: Named = Named()


def take_back_wanted(hearing: Hearing[object]) -> TakeBackWanted | None:
    tap, meaning = hearing.tap, hearing.meaning
    if tap is not None:
        return TakeBackWanted(record_id=tap.record_id) if tap.kind == "take_back" else None
    if meaning.intent != "undo":
        return None
    return TakeBackWanted(named=meaning.named, meant=how_many(meaning), guessed=meaning.guessed)


def some_of_them(hearing: Hearing[Memory]) -> Picked | SeveralPicked | None:
    """A tapped row; or what was told by its number, day, time, service or master."""
    tap, meaning, records = hearing.tap, hearing.meaning, hearing.memory.offered
    if tap is not None:
        if tap.kind == "take_back_all":
            return SeveralPicked(records=records)
        tapped = [record for record in records if record.record_id == tap.record_id]
        return Picked(record=tapped[0]) if tap.kind == "record" and tapped else None
    if meaning.intent not in PICKING:
        return None
    found = all_meant(meaning, records) if meaning.several else picked(meaning, records)
    if len(found) == 1:
        return Picked(record=found[0])
    return SeveralPicked(records=found) if meaning.several and found else None


def none_of_them(hearing: Hearing[Memory]) -> No | None:
    """«Не надо», «нет, отменяйте»: they stay cancelled."""
    return No() if hearing.tap is None and hearing.meaning.intent in ("no", "cancel") else None


def yes_or_no(hearing: Hearing[Memory]) -> Yes | No | None:
    if hearing.tap is not None:
        answers: dict[str, Yes | No] = {"take_back_yes": Yes(), "take_back_no": No()}
        return answers.get(hearing.tap.kind)
    meaning = hearing.meaning
    # «Верните» says it as well as «да»; «да?» and «не да» do not.
    again = meaning.intent == "undo" and not (meaning.guessed or meaning.named.anything())
    if again or (meaning.intent == "yes" and meaning.agrees):
        return Yes()
    return none_of_them(hearing)


def asked_again(hearing: Hearing[Memory]) -> AskedAgain | None:
    """A second tap on the same button, or the same words once more."""
    tap, meaning = hearing.tap, hearing.meaning
    if tap is None:
        return AskedAgain(named=meaning.named) if meaning.intent == "undo" else None
    back = {fact.record.record_id for fact in hearing.memory.ended}
    return AskedAgain(record_id=tap.record_id) if tap.kind == "take_back" and tap.record_id in back else None
