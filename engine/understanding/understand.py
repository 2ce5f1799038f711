"""From words to a meaning: what the phrase amounts to, bent by the question that it answers."""

from engine.events import Named
from engine.understanding.answers import is_no, ordinal, several
from engine.understanding.consent import is_yes
from engine.understanding.entities import entities
from engine.understanding.lemmas import Lemmas, shared
from engine.understanding.matching import fitting
from engine.understanding.meaning import Context, Intent, Meaning, Surroundings
from engine.understanding.naming import named
from engine.understanding.phrase import Clause, Phrase, cut, phrase
from engine.understanding.plainness import doubts, excludes, is_plain
from engine.understanding.resolving import resolve
from engine.understanding.rules import Verdict, verdict

# Longer messages are cut, so that the work stays bounded; what was cut explains nothing, so it is no yes.
_LENGTH_MAX = 1_000


_YES_MAY_BE: frozenset[Intent] = frozenset(("unclear", "cancel", "thanks", "reason"))
_WILLING = frozenset(("хочу", "хотим", "хотелось", "можно"))
_KIND_SIGNS = frozenset("👍👌🙏❤😊✅🤝💋🌹😘")


class Understanding:
    """Reads the client's words. Make one and keep it: it holds the dictionary. Pure, and without a clock."""

    LENGTH_MAX = _LENGTH_MAX

    def __init__(self, lemmas: Lemmas | None = None) -> None:
        self.lemmas = lemmas or shared()

    def understand(self, text: str, context: Context, surroundings: Surroundings) -> Meaning:
        """Return what the words mean in this context. `yes` in "confirm" explains every single word."""
        titles = [title for record in surroundings.records for title in (*record.services, record.master)]
        said = phrase(text[:_LENGTH_MAX], self.lemmas, surroundings.said_at, titles)
        heard = verdict(said, self.lemmas.vocabulary)
        place = ordinal(said)
        intent, why = self._in_context(text, said, heard, context, surroundings)
        listed = context in ("choose", "confirm")
        # A day in the deciding sentences counts alone: «спасибо за вчера, отмените завтра».
        parts = _deciding(heard, said, self.lemmas, surroundings)
        clauses = parts if not listed and any(part.moments.spans for part in parts) else said.clauses
        meant = named(clauses, self.lemmas, surroundings.records, listed=listed)
        if not listed and excludes(said, self.lemmas):
            # «В субботу приду, остальное отмените»: what is named is not what is meant.
            meant = Named()
        starts = [record.starts_at for record in surroundings.records]
        resolved = resolve([clause.moments for clause in said.clauses], context, intent, starts)
        return Meaning(
            intent=intent,
            entities=entities(text, said, resolved, self.lemmas, context),
            resolved=resolved.iso,
            named=meant,
            ordinal=place,
            several=context == "choose" and several(said),
            plain=len(text) <= _LENGTH_MAX and is_plain(said, meant, self.lemmas, listed=listed),
            evidence=(*why, *heard.evidence),
            readings=_torn_between(heard) if intent == "unclear" else (),
        )

    def _in_context(
        self, text: str, said: Phrase, heard: Verdict, context: Context, surroundings: Surroundings
    ) -> tuple[Intent, tuple[str, ...]]:
        match context:
            case "confirm":
                return self._confirming(text, said, heard, surroundings)
            case "choose":
                return self._choosing(said, heard, surroundings)
            case "reschedule":
                return self._rescheduling(said, heard)
            case "reason":
                return _telling_why(said, heard)
            case "done":
                return self._acknowledging(said, heard)
            case _:
                return heard.intent, ()

    def _confirming(
        self, text: str, said: Phrase, heard: Verdict, surroundings: Surroundings
    ) -> tuple[Intent, tuple[str, ...]]:
        # Two locks: no other meaning was heard, and every word is explained.
        if (
            len(text) <= _LENGTH_MAX
            and heard.intent in _YES_MAY_BE
            and is_yes(text, said, surroundings.records, self.lemmas)
        ):
            return "yes", ("every word says yes",)
        if is_no(said, self.lemmas):
            return "no", ("no",)
        denies = bool(self.lemmas.vocabulary.groups["no"].intersection(said.words))
        agrees = bool({"да", "ага", "угу", "ок", "хорошо", "давайте", "конечно"}.intersection(said.words))
        if heard.intent == "keep":
            weak = agrees and any("ждать" in clause.every for clause in said.clauses)
            return ("unclear" if weak else "no"), ("keeps in confirm",)
        if heard.intent == "cancel":
            meant = named(said.clauses, self.lemmas, surroundings.records, listed=True)
            bare = said.words in (("отмена",), ("отменить",))
            other = bool(meant.anything() and not fitting(meant, surroundings.records, self.lemmas))
            mixed = denies and not other and not any(part.seen("not_come") for part in heard.said)
            doubtful = bare or said.question or mixed or (agrees and meant.anything())
            return ("unclear" if doubtful else "cancel"), ("a wish, not an answer",)
        empty = heard.intent in ("unclear", "thanks", "hello", "reason")
        if empty and denies and not (agrees or said.question):
            return "no", ("a no among other words",)
        if heard.intent == "reason" and agrees:
            return "unclear", ()
        return heard.intent, ()

    def _choosing(
        self, said: Phrase, heard: Verdict, surroundings: Surroundings
    ) -> tuple[Intent, tuple[str, ...]]:
        if is_no(said, self.lemmas) or heard.intent == "keep":
            return "no", ("no",)
        if heard.intent not in ("unclear", "cancel", "reschedule", "other", "reason") or said.question:
            return heard.intent, ()
        if _moves(heard):
            return heard.intent, ()
        if any(why.startswith("past:") for why in heard.evidence):
            return heard.intent, ()
        if several(said):
            return "unclear", ("several",)
        if heard.intent != "cancel" and doubts(said, self.lemmas):
            return "unclear", ("denies or asks",)
        meant = named(said.clauses, self.lemmas, surroundings.records, listed=True)
        if ordinal(said) is not None or meant.days or meant.clock or meant.names or meant.impossible_day:
            return "choose", ("one of the list",)
        if meant.words and heard.intent in ("unclear", "cancel") and self._narrows(meant.words, surroundings):
            return "choose", ("a word of the list",)
        return ("unclear" if heard.intent == "cancel" else heard.intent), ()

    def _narrows(self, words: tuple[str, ...], surroundings: Surroundings) -> bool:
        if not surroundings.records:
            return True
        titles = [" ".join((*record.services, record.master)) for record in surroundings.records]
        return any(word in self.lemmas.lemmas(title) for word in words for title in titles)

    def _rescheduling(self, said: Phrase, heard: Verdict) -> tuple[Intent, tuple[str, ...]]:
        groups = self.lemmas.vocabulary.groups
        if is_no(said, self.lemmas):
            return "no", ("no",)
        times = any(clause.moments.spans for clause in said.clauses)
        if heard.intent == "keep":
            return ("reschedule" if times else "no"), ("keeps in reschedule",)
        if times and heard.intent in ("unclear", "list", "other") and not said.question:
            return "reschedule", ("names a time",)
        words = frozenset(said.words)
        willing = groups["yes"] | _WILLING
        agreed = not words.isdisjoint(willing) and words <= willing | groups["yes_around"] | {
            "бы",
            "перенести",
        }
        if agreed and not said.question and heard.intent != "cancel":
            return "yes", ("yes",)
        return heard.intent, ()

    def _acknowledging(self, said: Phrase, heard: Verdict) -> tuple[Intent, tuple[str, ...]]:
        groups, words = self.lemmas.vocabulary.groups, frozenset(said.words)
        if heard.intent == "keep" or (
            words & {"передумала", "передумал", "ошиблась", "ошибся"} and heard.intent == "unclear"
        ):
            return "undo", ("wants it back",)
        if (
            words
            and words <= groups["acknowledged"] | groups["thanks"] | groups["thanks_around"]
            and not said.question
        ):
            return "thanks", ("acknowledged",)
        if not words and not _KIND_SIGNS.isdisjoint(said.symbols):
            return "thanks", ("acknowledged",)
        return heard.intent, ()


def _telling_why(said: Phrase, heard: Verdict) -> tuple[Intent, tuple[str, ...]]:
    """After a cancel nearly everything is its reason; wishes that need another answer stay themselves."""
    if not said.words:
        return "unclear", ()
    words = frozenset(said.words)
    if words <= {"нет", "не", "надо", "нету"}:
        return "no", ("no",)
    if words <= {"да", "ага", "угу", "ок", "хорошо"}:
        return "unclear", ()
    ordered = any(why.startswith("cancel:") for why in heard.evidence)
    if (
        heard.intent in ("undo", "human", "thanks", "hello", "list", "ask_cancel", "third_party")
        or said.question
    ):
        return heard.intent, ()
    if _moves(heard):
        return heard.intent, ()
    if heard.intent == "keep":
        return "undo", ("wants it back",)
    if heard.intent == "cancel" and ordered:
        return "cancel", ()
    return "reason", ("told after a cancel",)


def _torn_between(heard: Verdict) -> tuple[Intent, ...]:
    """Return what the rules waver between where they saw a wish and could not be sure of it."""
    if heard.intent != "unclear" or not heard.evidence:
        return ()
    # «Отмена?» asks; «Не. Отменяйте» may order either.
    asks = heard.evidence[0].startswith("cancel:") and "a parted «не»" not in heard.blockers
    return ("ask_cancel", "cancel") if asks else ("cancel", "keep")


def _moves(heard: Verdict) -> bool:
    """Whether a move is asked for by name, and not by proposing a day."""
    return any(why.startswith("reschedule:") for why in heard.evidence)


def _deciding(heard: Verdict, said: Phrase, lemmas: Lemmas, around: Surroundings) -> tuple[Clause, ...]:
    """Return the parts that the verdict was found in, as sentences of their own."""
    return tuple(
        cut(said.clauses[part.sentence], part.start, part.end, lemmas, around.said_at) for part in heard.parts
    )
