"""The last word: what the rules heard, held against the statistical opinion.

A yes is the grammar's alone. Outside the confirmation the opinion may turn a cancel into a question
and choose among intents that harm nobody; a cancel needs something that the rules found in the words.
At the confirmation `cancel` only asks the question again: there the opinion alone may ask for a plain yes.
"""

from dataclasses import dataclass, replace

from engine.understanding.answering import ALL_BUT, DENIED, SUPPER
from engine.understanding.meaning import Context, Intent
from engine.understanding.opinion import Opinion
from engine.understanding.rules import CALLS_OFF, PARTED, Verdict

# A cancel is asked about where the client's words alone, the rules unheard, call off with less than this
# share, and with the rules heard it is not so sure either. Measured on writers that the weights had not seen:
# it stops every third false cancel, and every fiftieth true one.
VETO, VETO_UNLESS = 0.3, 0.6
# So sure must the opinion be to take part of a message for the whole: «Ничего не переносите, просто уберите
# меня», where some part calls off by the rules, though another was heard above it. In the confirmation the
# question stands anyway, and a wish there only asks it again.
AGREES, AGREES_WHEN_ASKED = 0.55, 0.4
# So sure must it be of a yes to the confirmation to ask once more for a plain one, where no word leans to it;
# and where one doubts.
SOUNDS, STRONG = 0.7, 0.9
# So sure must the opinion be of a cancel that the rules did not hear, to ask whether it is one.
SUSPECTS = 0.7
# So sure must it be of a no to our question where a «да» is among the words; and where few of them begin as a
# yes does, or as what is said beside one («да милая», «и все»): what is kept by mistake is a visit missed.
DENIES, DENIES_THOUGH = 0.5, 0.85
# A second reading that is rarer than this is no help to be asked about.
READING_MIN = 0.05

# Closed lists and the client's own pick among ours need no second opinion.
SURE = frozenset(
    (
        "courtesies only",
        SUPPER,
        DENIED,
        "no clear answer",
        "a bare no",
        "no",
        "all of them stay",
        "only what stays",
        "nothing but signs",
        "denies one of the list",
        "one beside those that stay",
        "acknowledged",
        "asks for nothing",
        "keeps in choose",
        "yes",
        "why, beside a change of mind",
    )
)
# Wishes that need no second opinion, for they only lead to a question.
LOOKED_AT = frozenset(("nothing but the word", "a wish about another record"))
# One of the list was named; so sure must the opinion be of something else, where not every word is explained.
PICKS = frozenset(("one of the list", "a word of the list", "several", "the rest"))
OVERRULES = 0.6
# What else the rules may have heard where an answer consents.
_MAY_CONSENT: frozenset[Intent] = frozenset((
    "unclear", "cancel", "reason", "thanks", "reschedule", "keep", "other", "late", "list",
))  # fmt: skip
# The rules found a part that calls off, or something that is said so, and the opinion has no objection.
WEAK = "evidence that the opinion agrees with"
# So sure must the opinion be of a wish that no rule heard, to act upon it: «верните как было».
NO_GUESS = 0.9
# What a person may be asked about in so many words.
_ASKED: tuple[Intent, ...] = (
    "cancel", "keep", "reschedule", "undo", "ask_cancel", "dispute", "third_party", "list", "human", "late",
    "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a message beside what it was read as."""

    # The text was not cut.
    whole: bool = True
    # There is nothing in it.
    silent: bool = False
    # Every word is explained by what it was read as.
    plain: bool = False
    # The records on offer are known, so that the rules know what picks one.
    listed: bool = False
    # In the confirmation: it asks nothing and names no other record.
    clear: bool = False
    # Something in it doubts, or keeps what is asked about.
    doubts: bool = False
    # Something in it consents by itself; at least leans to it.
    affirms: bool = False
    leans: bool = False
    # It is short, and begins as a yes does or as what is said beside one: «да милая», «и все».
    agreeably: bool = False
    # It names what surely is a service.
    names: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """An intent, for "unclear" the readings to ask about, and how it came about."""

    intent: Intent
    readings: tuple[Intent, ...] = ()
    why: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    # No rule heard it, and the opinion is not sure of it: nothing may be done upon it without a question.
    guessed: bool = False


def decide(
    read: tuple[Intent, tuple[str, ...]], heard: Verdict, opinion: Opinion, context: Context, signs: Signs
) -> Decision:
    """Return the intent that is acted on."""
    intent, why = read
    consents = context == "confirm"
    if intent == "yes" and consents:
        return (
            Decision("yes")
            if signs.whole
            else Decision("unclear", blockers=("the text is too long for a yes",))
        )
    if intent == "cancel" and (context == "choose" or not LOOKED_AT.isdisjoint(why)):
        # A list stands on the client's phone, or another record was named: which is looked at, not whether.
        return Decision("cancel")
    if intent == "cancel":
        return _cancelled(opinion, consents=consents)
    if ALL_BUT in why:
        return Decision("unclear", ("undo", "cancel"))
    if signs.silent or not SURE.isdisjoint(why) or _picks(intent, why, opinion, signs):
        asked = intent == "unclear" and "asks for nothing" not in why
        return Decision(intent, _readings(opinion, ()) if asked else ())
    if intent == "unclear" and PARTED in heard.blockers:
        return Decision(intent, ("cancel", "keep"))
    if agreed := _agreed(heard, opinion, signs, consents=consents):
        return agreed
    if consents and not signs.whole:
        return Decision("unclear", blockers=("the text is too long for an answer",))
    decision = _harmless(intent, opinion, heard, signs, consents=consents)
    if decision.intent == "unclear" and "unsure" in heard.evidence:
        # «Скорее всего не приду»: it is one of the two.
        return replace(decision, readings=("cancel", "keep"))
    denies = consents and decision.intent == "no" and intent != "no"
    if (
        denies
        and (signs.affirms or not heard.evidence)
        and opinion.intents["no"] < (DENIES_THOUGH if signs.agreeably else DENIES)
    ):
        return Decision("unclear", blockers=("hardly a no, and nothing in it says so",))
    return decision


def _picks(intent: Intent, why: tuple[str, ...], opinion: Opinion, signs: Signs) -> bool:
    """Whether one of the list was named, and the opinion does not plainly hear something else."""
    if intent != "choose" or PICKS.isdisjoint(why):
        return False
    top = opinion.likeliest()
    return signs.plain or top in ("choose", "cancel") or opinion.intents[top] < OVERRULES


def _agreed(heard: Verdict, opinion: Opinion, signs: Signs, *, consents: bool) -> Decision | None:
    """Return the cancel that some evidence speaks for and the opinion agrees with, if any."""
    if not signs.whole or not _agrees(opinion, consents=consents):
        return None
    # In the confirmation weak evidence is nothing: «не подтверждаю».
    evidence = heard.calls_off or (() if consents else heard.hints)
    if evidence:
        return Decision("cancel", why=(f"{WEAK}: {evidence[-1].text()}",))
    if not (consents and signs.clear and heard.intent in _MAY_CONSENT):
        return None
    # No yes, for not every word explains; the question is asked again, as for any wish.
    # «Одна не приду»: the rules saw a visit given up, and why it is not.
    barred = any(part.seen(act) for part in heard.said for act in CALLS_OFF)
    if signs.leans and not signs.doubts and (signs.affirms or not barred):
        return Decision("cancel", why=("something in it consents, and the opinion agrees",))
    if not barred and _share(opinion, consents=True) >= (STRONG if signs.doubts else SOUNDS):
        return Decision("cancel", why=("it sounds like a yes, so that a plain one is asked for",))
    return None


def _agrees(opinion: Opinion, *, consents: bool) -> bool:
    if consents:
        return _share(opinion, consents=True) >= AGREES_WHEN_ASKED
    return opinion.likeliest() == "cancel" and opinion.intents["cancel"] >= AGREES


def _share(opinion: Opinion, *, consents: bool) -> float:
    """Return how likely the record is called off: after our question, a yes says so too."""
    return opinion.intents["cancel"] + (opinion.intents["yes"] if consents else 0)


def _cancelled(opinion: Opinion, *, consents: bool) -> Decision:
    if opinion.cancels >= VETO or _share(opinion, consents=consents) >= VETO_UNLESS:
        return Decision("cancel")
    other = opinion.likeliest(but=frozenset(("cancel", "yes", "unclear")))
    return Decision(
        "unclear",
        _readings(opinion, ("cancel",)),
        blockers=(
            f"the words alone hardly sound like a cancel ({opinion.cancels:.0%}), rather like {other}",
        ),
    )


def _harmless(intent: Intent, opinion: Opinion, heard: Verdict, signs: Signs, *, consents: bool) -> Decision:
    """Choose among the intents that cancel nothing."""
    top = opinion.likeliest()
    suspected = top == "cancel" or (consents and top == "yes")
    if suspected and opinion.intents[top] > SUSPECTS:
        spoke = heard.intent == "cancel" or heard.calls_off or heard.blockers
        doubt = "and the rules are not sure of it" if spoke else "but no rule says so"
        note = f"sounds like {top} ({opinion.intents[top]:.0%}), {doubt}"
        return Decision("unclear", _readings(opinion, ("cancel",)), blockers=(note,))
    # A visit that was missed picks nothing of a list: «в субботу не смогла прийти».
    missed = any(why.startswith("past: ") for why in heard.evidence)
    picks: tuple[Intent, ...] = ("choose",) if missed or (signs.listed and intent != "choose") else ()
    # «И стрижку» thanks for nothing.
    courtesies: tuple[Intent, ...] = ()
    if signs.names and intent != "thanks" and opinion.intents["thanks"] < DENIES:
        courtesies = ("thanks",)
    yes: tuple[Intent, ...] = ("yes",) if consents else ()
    barred: frozenset[Intent] = frozenset((*picks, *courtesies, *yes, "cancel"))
    best = opinion.likeliest(but=barred)
    why = () if best == intent else (f"the opinion: {best} ({opinion.intents[best]:.0%})",)
    guessed = best != intent and opinion.intents[best] < NO_GUESS
    return Decision(best, _readings(opinion, ()) if best == "unclear" else (), why, guessed=guessed)


def _readings(opinion: Opinion, first: tuple[Intent, ...]) -> tuple[Intent, ...]:
    """Return two readings to ask about, or none."""
    others = [
        intent
        for intent, share in opinion.ranked()
        if intent in _ASKED and intent not in first and (share >= READING_MIN or first)
    ]
    found = (*first, *others)[:2]
    return found if len(found) == 2 else ()
