"""Clarify: words that may mean two things are asked about, and the answer does what clear words do."""

from pydantic import BaseModel

from engine.effects import Effects, Heed, Option, Say
from engine.events import Event, Named, NotUnderstood, TimedOut
from engine.flow import IDLE, Flow, Hearing, On, Turn, Waiting, minutes, missed_again, say
from engine.understanding import Intent, together

# What a button can name. The others answer a question, and at home there is none.
NAMEABLE: tuple[Intent, ...] = (
    "cancel", "keep", "undo", "reschedule", "reason", "ask_cancel", "dispute",
    "third_party", "list", "human", "thanks", "hello", "late", "other",
)  # fmt: skip


class Unclear(NotUnderstood):
    """Words at home that may mean two things, likelier first; `named` is what they named of a record."""

    readings: tuple[Intent, Intent]
    named: Named = Named()
    # Where it is to go, should it be a move.
    target: Named = Named()


class Meant(Event):
    """The client said, or tapped, what is meant; `plain` as for a wish."""

    intent: Intent
    named: Named = Named()
    target: Named = Named()
    plain: bool = False


class Memory(BaseModel):
    readings: tuple[Intent, ...] = ()
    named: Named = Named()
    target: Named = Named()


# ── actions ───────────────────────────────────────────────────────────────────────────────────────────


def ask_which_is_meant(turn: Turn[Memory], unclear: Unclear) -> Effects:
    turn.memory.readings, turn.memory.named = unclear.readings, unclear.named
    turn.memory.target = unclear.target
    likelier, other = unclear.readings
    yield Say(
        text=_question(likelier, other),
        options=(Option(kind=_button(likelier)), Option(kind=_button(other))),
        question=True,
    )


def offer_a_person_and_ask(turn: Turn[Memory], unclear: Unclear) -> Effects:
    yield Say(text="everywhere.a_person")
    yield from ask_which_is_meant(turn, unclear)


def do_what_is_meant(turn: Turn[Memory], meant: Meant) -> Effects:
    yield Heed(intent=meant.intent, named=meant.named, target=meant.target, plain=meant.plain)


def _question(likelier: Intent, other: Intent) -> str:
    """Beside a cancel, what else it may be is put into words; any other two are on the buttons alone."""
    if likelier == "cancel":
        return f"clarify.cancel_or.{other}"
    return f"clarify.cancel_or.{likelier}" if other == "cancel" else "clarify.which"


def _button(reading: Intent) -> str:
    return f"meant_{reading}"


# ── what the client's words mean here ─────────────────────────────────────────────────────────────────


def two_readings(hearing: Hearing[object]) -> Unclear | None:
    meaning = hearing.meaning
    if hearing.tap is not None or meaning.intent != "unclear" or len(meaning.readings) != 2:
        return None
    likelier, other = meaning.readings
    if likelier == other or not {likelier, other} <= set(NAMEABLE):
        return None
    return Unclear(readings=(likelier, other), named=meaning.named, target=meaning.target)


def one_of_the_two(hearing: Hearing[Memory]) -> Meant | None:
    """A tap is never plain: what it opens asks before it acts, whatever the salon's settings."""
    if hearing.tap is None:
        return None
    memory = hearing.memory
    tapped = [reading for reading in memory.readings if _button(reading) == hearing.tap.kind]
    return Meant(intent=tapped[0], named=memory.named, target=memory.target) if tapped else None


def in_clear_words(hearing: Hearing[Memory]) -> Meant | None:
    """Any clear meaning will do; «спасибо» and «здравствуйте» only where they are one of the two."""
    meaning, memory = hearing.meaning, hearing.memory
    courtesy = meaning.intent in ("thanks", "hello") and meaning.intent not in memory.readings
    if hearing.tap is not None or meaning.intent not in NAMEABLE or courtesy:
        return None
    named, target = _together(meaning.named, memory.named), together(memory.target, meaning.target)
    plain = meaning.plain and named == meaning.named
    return Meant(intent=meaning.intent, named=named, target=target, plain=plain)


def _together(named: Named, before: Named) -> Named:
    """«Маникюр отмените» after «завтра, может, не приду…»: it is tomorrow's manicure."""
    when = named if named.days or named.impossible_day else before
    bounds = named if named.day_since or named.day_until else before
    return Named(
        days=when.days,
        impossible_day=when.impossible_day,
        clock=named.clock or before.clock,
        day_since=bounds.day_since,
        day_until=bounds.day_until,
        places=named.places or before.places,
        but=named.but or before.but,
        words=named.words or before.words,
        names=named.names or before.names,
    )


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────

FLOW = Flow(
    name="clarify",
    intents=(Unclear,),
    hears=(two_readings,),
    memory=Memory,
    # What is meant, and what a move may cost that ends in a cancel.
    messages_max=13,
    version=3,
    states=(
        Waiting(
            "clarify.asking",
            hears=(one_of_the_two, in_clear_words),
            context="idle",
            patience=minutes(15),
        ),
    ),
    table=(
        # The question still comes: whoever calls the salon need not answer it.
        On(Unclear, IDLE, "clarify.asking", when=missed_again, do=offer_a_person_and_ask),
        On(Unclear, IDLE, "clarify.asking", do=ask_which_is_meant),
        On(Meant, "clarify.asking", IDLE, do=do_what_is_meant),
        On(TimedOut, "clarify.asking", IDLE, do=say("everywhere.timed_out")),
    ),
)
