"""What the client's words and taps mean for this flow: at home, at its list, at its question, and after."""

from engine.booking import Record
from engine.events import Event, HowMany, Named, No, NotUnderstood, Picked, SeveralPicked, TakeBackWanted, Yes
from engine.flow import Hearing
from engine.understanding import Meaning, fitting, picked
from states.choose_record import all_meant, each_named, how_many
from states.take_back.memory import Memory, are_all_named

# An answer to the list, whatever words it is put in.
PICKING = ("choose", "undo", "reschedule")
# What may mean that a record that was found off is needed: a question tells. «Приду» is a no in this context.
MAY_NEED_IT = ("yes", "no", "keep", "unclear", "dispute")


class AskedAgain(Event):
    """Right after a take-back the client asks for one once more. `record_id` where a button was tapped."""

    record_id: int | None = None
    named: Named = Named()
    meant: HowMany = "one"
    guessed: bool = False


class StillNeeded(Event):
    """Said where a record was found off: it is to stand. `orders`: in plain words («верните»)."""

    orders: bool = False


class TakeBackDeclined(Event):
    """«Не надо возвращать»: what was cancelled is to stay so."""


class SaidAfterwards(Event):
    """Said of what came back: «не надо возвращать», «приду». `keeps`: that it is to stand."""

    keeps: bool = False
    named: Named = Named()


# ── at home ───────────────────────────────────────────────────────────────────────────────────────────


def take_back_wanted(hearing: Hearing[object]) -> TakeBackWanted | None:
    tap = hearing.tap
    if tap is not None:
        return TakeBackWanted(record_id=tap.record_id) if tap.kind == "take_back" else None
    return _wish(hearing.meaning)


def declined(hearing: Hearing[object]) -> TakeBackDeclined | None:
    denies = hearing.tap is None and hearing.meaning.takes_back == "denies"
    return TakeBackDeclined() if denies else None


def _wish(meaning: Meaning) -> TakeBackWanted | None:
    if not _wishes(meaning):
        return None
    return TakeBackWanted(named=meaning.named, meant=how_many(meaning), guessed=not _orders(meaning))


def _wishes(meaning: Meaning) -> bool:
    """Whether it is a wish, or may be one: «вернула бы», «как вернуть?» are asked about."""
    if meaning.takes_back == "denies":
        return False
    asks = meaning.takes_back == "asks" and (meaning.guessed or meaning.intent == "unclear")
    return meaning.intent == "undo" or asks or meaning.takes_back == "order"


def _orders(meaning: Meaning) -> bool:
    """Whether it is a plain order. Of «верните первую» no list stands there that could tell which one."""
    placed = meaning.ordinal is not None or bool(meaning.ordinals)
    return meaning.takes_back == "order" and meaning.intent != "cancel" and not placed


# ── at the list ───────────────────────────────────────────────────────────────────────────────────────


def some_of_them(hearing: Hearing[Memory]) -> Picked | SeveralPicked | None:
    """A tapped row; or what is told by number, day, time, service or master, and nothing beside it."""
    tap, meaning, records = hearing.tap, hearing.meaning, hearing.memory.offered
    if tap is not None:
        if tap.kind == "take_back_all":
            return SeveralPicked(records=records)
        tapped = [record for record in records if record.record_id == tap.record_id]
        return Picked(record=tapped[0]) if tap.kind == "record" and tapped else None
    # «А первую я уже отменила?» and «маникюр не надо» name one too, and pick none.
    only = meaning.takes_back == "order" or (meaning.takes_back == "names" and meaning.intent in PICKING)
    found = _told(meaning, records) if only else ()
    if not found or not are_all_named(meaning.named, found):
        return None
    return Picked(record=found[0]) if len(found) == 1 else SeveralPicked(records=found)


def _told(meaning: Meaning, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return the one that is told, or several where several are meant."""
    if meaning.several:
        return all_meant(meaning, records)
    found = picked(meaning, records)
    return found if len(found) < 2 or each_named(meaning.named, found) else ()


def none_of_them(hearing: Hearing[Memory]) -> No | None:
    """«Не надо», «не возвращайте», «отменяйте»: they stay cancelled.

    «Оставьте» and «приду» may mean either, and are no answer.
    """
    meaning = hearing.meaning
    if hearing.tap is not None:
        return None
    named = meaning.named.anything() or meaning.target.anything() or meaning.ordinals
    cancels = meaning.intent == "cancel" and not named
    return No() if cancels or meaning.takes_back in ("no", "denies") else None


# ── at the question ───────────────────────────────────────────────────────────────────────────────────


def yes_or_no(hearing: Hearing[Memory]) -> Yes | No | None:
    if hearing.tap is not None:
        answers: dict[str, Yes | No] = {"take_back_yes": Yes(), "take_back_no": No()}
        return answers.get(hearing.tap.kind)
    meaning = hearing.meaning
    # «Верните» says it as well as «да»; «да?», «да ну» and «вернула бы» do not.
    agrees = meaning.takes_back == "agrees" or (meaning.takes_back == "order" and _names_them(hearing))
    return Yes() if agrees else none_of_them(hearing)


def _names_them(hearing: Hearing[Memory]) -> bool:
    """Whether an order names nothing, or what is asked about."""
    meaning, wanted = hearing.meaning, hearing.memory.wanted
    if meaning.target.anything() or meaning.ordinals or meaning.ordinal is not None:
        return False
    enough = not meaning.both or len(wanted) == 2
    return enough and fitting(meaning.named, wanted) == wanted and are_all_named(meaning.named, wanted)


def no_clear_answer(hearing: Hearing[Memory]) -> NotUnderstood | None:
    """«Верните стрижку», where another one is asked about; «вернула бы», which sounds like a move."""
    meaning = hearing.meaning
    unclear = bool(meaning.takes_back) or (meaning.intent == "reschedule" and meaning.guessed)
    return NotUnderstood() if hearing.tap is None and unclear else None


# ── after ─────────────────────────────────────────────────────────────────────────────────────────────


def asked_again(hearing: Hearing[Memory]) -> AskedAgain | None:
    """A second tap on the same button, or the same words once more."""
    tap = hearing.tap
    if tap is not None:
        back = {fact.record.record_id for fact in hearing.memory.ended}
        told = tap.kind == "take_back" and tap.record_id in back
        return AskedAgain(record_id=tap.record_id) if told else None
    wish = _wish(hearing.meaning)
    return AskedAgain(named=wish.named, meant=wish.meant, guessed=wish.guessed) if wish else None


def said_afterwards(hearing: Hearing[Memory]) -> SaidAfterwards | None:
    meaning = hearing.meaning
    said = hearing.tap is None and (meaning.takes_back == "denies" or meaning.intent == "keep")
    return SaidAfterwards(keeps=meaning.intent == "keep", named=meaning.named) if said else None


# ── where it was found off ────────────────────────────────────────────────────────────────────────────


def it_may_stay_off(hearing: Hearing[Memory]) -> No | None:
    return No() if hearing.tap is None and hearing.meaning.takes_back in ("no", "denies") else None


def still_needed(hearing: Hearing[Memory]) -> StillNeeded | TakeBackWanted | None:
    """«Верните», «приду», «да», «нужен», «я не отменяла»: of this record, unless one is named or counted."""
    meaning = hearing.meaning
    if hearing.tap is not None:
        return None
    if meaning.named.anything() or meaning.target.anything() or how_many(meaning) != "one":
        # «Верните стрижку» would be heard as a move at home: in this context it sounds like one.
        return _wish(meaning)
    if _wishes(meaning):
        return StillNeeded(orders=_orders(meaning))
    sounds_so = meaning.intent == "reschedule" and meaning.guessed
    return StillNeeded() if sounds_so or meaning.intent in MAY_NEED_IT else None
