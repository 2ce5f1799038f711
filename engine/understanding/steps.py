"""Which step of understanding decided: the rules, a closed list, or the statistical opinion, in one line."""

from engine.understanding.answering import Heard
from engine.understanding.deciding import LOOKED_AT, PICKS, SURE, WEAK
from engine.understanding.meaning import Context, Meaning
from engine.understanding.rules import PARTED, Verdict


def decided(
    meaning: Meaning, read: Heard, heard: Verdict, context: Context, *, whole: bool, silent: bool
) -> str:
    """Return what decided.

    `read` is the intent before the opinion was asked, `heard` what the rules say whatever was asked before;
    `whole` and `silent` are those of `decide`.
    """
    intent, why = read
    # What `decide` itself said stands before the rest (understand.py).
    own = meaning.trace.evidence[: len(meaning.trace.evidence) - len(why) - len(heard.evidence)]
    barred = meaning.trace.blockers[: len(meaning.trace.blockers) - len(heard.blockers)]
    if barred:
        return _barred(barred[0], intent, context, whole=whole)
    if meaning.intent == "yes" and context == "confirm":
        return "the closed grammar of a yes: every word says yes"
    if own and meaning.intent == "cancel":
        weak, _, words = own[0].partition(": ")
        if weak == WEAK:
            return f"weak evidence of the rules, with which the opinion agrees: {words}"
        return f"the opinion, so that the question is asked once more: {own[0]}"
    if own:
        chosen = own[0].removeprefix("the opinion: ")
        return (
            f"the opinion's choice among intents that cancel nothing: {chosen}; by the rules it was {intent}"
        )
    if intent == "cancel":
        passes = "the opinion lets it pass"
        if context == "choose" or not LOOKED_AT.isdisjoint(why):
            passes = "only which of the records is asked"
        return f"the rules: {'; '.join(heard.evidence)} ({passes})"
    return _unchanged(read, heard, context, silent=silent)


def _barred(barred: str, intent: str, context: Context, *, whole: bool) -> str:
    if intent == "cancel":
        return "the opinion's veto: the rules heard a cancel, and the words hardly sound like one"
    if context == "confirm" and not whole:
        return "the length: of a text that was cut nothing is taken for an answer"
    if barred.startswith("hardly a no"):
        return "the opinion, which is not sure of a no that no rule heard"
    return "the opinion, which suspects a cancel that the rules do not give: so it is asked"


def _unchanged(read: Heard, heard: Verdict, context: Context, *, silent: bool) -> str:
    """Return why an intent that cancels nothing stayed what it was before the opinion was asked."""
    intent, why = read
    if silent and intent == "unclear":
        return "too little: no word in it is known, so it is asked"
    if not (SURE | PICKS).isdisjoint(why):
        return f"a closed list of answers (context {context}): {why[0]}"
    if intent != heard.intent:
        said = why[0] if why else "no clear answer"
        return f"the answer to an open question (context {context}): {said}; by itself it was {heard.intent}"
    if PARTED in heard.blockers:
        return f"the rules: {PARTED}"
    if spoke := (*heard.evidence, *why):
        return f"the rules, and the opinion agrees: {spoke[0]}"
    return "too little: no rule spoke, and the opinion knows nothing better, so it is asked"
