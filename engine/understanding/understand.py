"""From words to a meaning: what the phrase amounts to, bent by the question that it answers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import category

from engine.booking import Reason, Record
from engine.events import Named, Spared, Staying
from engine.understanding.answering import TURNED, Answering, Heard, adds
from engine.understanding.answers import both, is_in_digits, is_rest, ordinal, ordinals, several
from engine.understanding.consent import affirms, has_only_plain_signs, leans
from engine.understanding.deciding import Decision, Signs, decide
from engine.understanding.entities import entities
from engine.understanding.features import features
from engine.understanding.foreign import languages
from engine.understanding.lemmas import Lemmas, shared
from engine.understanding.matching import explains, fitting, is_service
from engine.understanding.matching import picked as chosen
from engine.understanding.meaning import Context, Intent, Meaning, Surroundings, Trace
from engine.understanding.mentions import Moments
from engine.understanding.moving import agrees, parted
from engine.understanding.naming import months_of, named
from engine.understanding.opinion import Weights, weights
from engine.understanding.phrase import Clause, Phrase, cut, phrase
from engine.understanding.picking import Picks, picks
from engine.understanding.plainness import excludes, is_plain
from engine.understanding.reasons import Reasons
from engine.understanding.resolving import resolve
from engine.understanding.rules import Verdict, verdict
from engine.understanding.scoping import scope
from engine.understanding.taking_back import takes_back
from engine.understanding.timewords import time_words

# Longer messages are cut, so that the work stays bounded; what was cut explains nothing, so it is no yes.
_LENGTH_MAX = 1_000
_OPINIONS_SHOWN = 4
_MAY_BE_A_REASON: tuple[Intent, ...] = ("unclear", "yes")
_BRIEF = 3
# «Да, но другую», «да не».
_PARTS_OR_DENIES = frozenset(("не", "нет", "ни", "но", "только"))
_NO_WISHES: tuple[Reason, ...] = ("illness", "work", "no_time", "plans", "money", "transport", "weather")
_WISHES: frozenset[Intent] = frozenset(("cancel", "keep", "undo", "reschedule", "dispute", "third_party"))
# A list may be of what can be taken back, and a question whether to do it.
_ANSWERS_A_TAKE_BACK: tuple[Context, ...] = ("choose", "reschedule")
_NUMBERED = re.compile(r"(?<!\S)(\d)[.)](?=\s*[а-яёА-ЯЁ])")


class Understanding:
    """Reads the client's words. Make one and keep it: it holds the dictionary. Pure, and without a clock."""

    LENGTH_MAX = _LENGTH_MAX

    def __init__(self, lemmas: Lemmas | None = None, opinion: Weights | None = None) -> None:
        self.lemmas = lemmas or shared()
        self._answering = Answering(self.lemmas)
        self._reasons = Reasons(self.lemmas.vocabulary)
        self._weights = opinion or weights()
        # They are kept once read. Else the first client would wait for them, 30 ms.
        languages()
        time_words()

    def understand(self, text: str, context: Context, surroundings: Surroundings) -> Meaning:
        """Return what the words mean in this context. `yes` in "confirm" explains every single word."""
        whole = len(text) <= _LENGTH_MAX
        said = self.said(_listed(text) if context == "choose" else text, surroundings)
        heard = verdict(said, self.lemmas.vocabulary)
        picked = self.picked(said, context, surroundings)
        read = self.read(text, said, heard, picked, context, surroundings)
        opinion = self._weights.opinion(features(said, heard, context))
        affirmed = context == "confirm" and affirms(said, self.lemmas)
        listed = context in ("choose", "confirm")
        meant = self._named(said, heard, picked, context, surroundings)
        plain = whole and has_only_plain_signs(text, self.lemmas) and is_plain(said, meant, listed=listed)
        signs = Signs(
            whole=whole,
            silent=says_nothing(said),
            plain=plain,
            listed=context == "choose" and bool(surroundings.records),
            clear=context == "confirm" and self._is_clear(said, surroundings),
            doubts=context == "confirm" and self._doubts(said, heard),
            affirms=affirmed,
            agreeably=_begins_agreeably(said),
            names=any(is_service(word, self.lemmas) for word in meant.words),
            leans=affirmed or (context == "confirm" and leans(said, self.lemmas)),
        )
        decision = decide(read, heard, opinion, context, signs)
        starts = [record.starts_at for record in surroundings.records]
        resolved = resolve(_moments(said, heard, decision.intent), context, decision.intent, starts)
        back = (
            takes_back(
                text,
                said,
                meant,
                self.lemmas,
                answers=context in _ANSWERS_A_TAKE_BACK,
                follows=context == "done",
            )
            if whole and context != "confirm"
            else ""
        )
        moves = context == "reschedule" or "reschedule" in (decision.intent, *decision.readings)
        target = Named()
        if moves:
            # A bare «15» is then no start of a record of theirs, but one that is wished for.
            wished = resolve([clause.moments for clause in said.clauses], "reschedule", "reschedule")
            rest, target = parted(said, wished, meant, self.lemmas)
            if "reschedule" in (context, decision.intent):
                meant = rest
        bounded = None if listed else self._scope(said, meant, heard, decision, context, surroundings)
        meant = meant if bounded is None else bounded[0]
        left = self._left(picked, context, surroundings)
        places = left or ordinals(picked.going)
        place = None if len(places) > 1 else left[0] if left else ordinal(picked.going)
        if bounded is not None:
            more_than_one = bounded[1]
        elif left:
            more_than_one = len(left) > 1
        else:
            more_than_one = self._several(said, picked, listed=listed) or len(places) > 1
        beyond = context == "choose" and place is not None and place > len(surroundings.records) > 0
        return Meaning(
            intent=decision.intent,
            named=meant,
            target=target,
            agrees=moves and whole and agrees(said, self.lemmas) and not says_nothing(said),
            # «Третью» of two is none of them; «15» may still be an hour, and is looked at.
            ordinal=0 if beyond and not is_in_digits(picked.going) else place,
            several=more_than_one,
            both=not left and not meant.places and both(picked.going),
            ordinals=places,
            rest=is_rest(said),
            also=context in ("confirm", "done") and adds(said),
            plain=plain and not beyond and not self._contradicts(meant, place, surroundings),
            stays=self._stays(said, surroundings, listed=listed),
            takes_back=back,
            guessed=decision.guessed,
            cause=self._cause(said, context, decision),
            evidence=(*decision.why, *read[1], *heard.evidence),
            readings=decision.readings,
            entities=entities(text, said, resolved, self.lemmas, context),
            resolved=resolved.iso,
            trace=Trace(
                clauses=tuple(part.text() for part in heard.said),
                evidence=(*decision.why, *read[1], *heard.evidence),
                blockers=(*decision.blockers, *heard.blockers),
                opinion=opinion.ranked()[:_OPINIONS_SHOWN],
            ),
        )

    def read(
        self,
        text: str,
        said: Phrase,
        heard: Verdict,
        picked: Picks,
        context: Context,
        surroundings: Surroundings,
    ) -> Heard:
        """Return what a phrase is as an answer here, before the opinion is asked."""
        if context == "done" and self._tells_why(said, heard):
            return "reason", ("why, beside a change of mind",)
        return self._answering.read(text, said, heard, picked, context, surroundings)

    def _cause(self, said: Phrase, context: Context, decision: Decision) -> Reason | None:
        """Return why the client does not come; "other" for a reason that no pattern knows."""
        if decision.intent == "reason":
            told = self._reasons.told(said, alone=True)
            return told or ("other" if self._says_more_than_yes(said) else None)
        if decision.intent == "cancel":
            return self._reasons.told(said, alone=False)
        if context == "done" and decision.intent in _MAY_BE_A_REASON and not said.question:
            told = self._reasons.told(said, alone=False)
            # «Муж ногу сломал» after a cancel is its reason, and «планы поменялись» too; what may be a wish
            # as well, in more words («остальные тоже, я переезжаю»), is asked about.
            brief = len(said.words) <= _BRIEF and told in _NO_WISHES
            return told if brief or _WISHES.isdisjoint(decision.readings) else None
        return None

    def _tells_why(self, said: Phrase, heard: Verdict) -> bool:
        """«Передумала, нашла другой салон»: after a cancel, a known cause is no wish to have it back."""
        turned = heard.intent == "unclear" and not (said.question or TURNED.isdisjoint(said.words))
        return turned and self._reasons.told(said, alone=True) not in (None, "mood", "mistake")

    def _says_more_than_yes(self, said: Phrase) -> bool:
        """«Ок» and «ну да» are no reason, whatever was asked."""
        groups = self.lemmas.vocabulary.groups
        empty = (
            groups["acknowledged"] | groups["yes"] | groups["hello"] | groups["thanks_around"] | groups["no"]
        )
        return not empty.issuperset(said.words)

    def _contradicts(self, meant: Named, place: int | None, surroundings: Surroundings) -> bool:
        """Whether a place of the list and what else was named mean no record together: «Мария, первую»."""
        if place is None or not surroundings.records or not meant.anything():
            return False
        pick = Meaning("choose", named=meant, ordinal=place)
        return not chosen(pick, surroundings.records, self.lemmas)

    def picked(self, said: Phrase, context: Context, surroundings: Surroundings) -> Picks:
        """Return what of the list is to go and what is to stay; elsewhere everything said is about one."""
        listed = context == "choose" or (context == "confirm" and len(surroundings.records) > 1)
        return picks(said, self.lemmas, surroundings.said_at) if listed else Picks(said)

    def _stays(self, said: Phrase, surroundings: Surroundings, *, listed: bool) -> Staying:
        """Return what is to stay, whether or not a list stands there."""
        parted_from = picks(said, self.lemmas, surroundings.said_at)
        alone = replace(said, clauses=parted_from.staying, words=())
        if not parted_from.parted:
            return Staying()
        return Staying(
            named=named(parted_from.staying, self.lemmas, surroundings.records, listed=listed),
            places=ordinals(alone),
            rest=parted_from.rest_stays,
        )

    def _several(self, said: Phrase, picked: Picks, *, listed: bool) -> bool:
        """Whether more than one is meant. What is spared must not be among them: «остальное отмените»."""
        spares = excludes(said, self.lemmas) or is_rest(said) or (listed and picked.rest)
        return several(picked.going) and not spares

    def _scope(
        self,
        said: Phrase,
        meant: Named,
        heard: Verdict,
        decision: Decision,
        context: Context,
        around: Surroundings,
    ) -> tuple[Named, bool] | None:
        """Return what a wish to cancel names within its bounds, and whether all of that is meant.

        None where nothing bounds it.
        """
        # After a cancel, what it was not to reach may be wanted back.
        wished = decision.intent == "cancel" or ("cancel" in decision.readings and context != "done")
        if not wished:
            return None
        bounds = scope(said, self.lemmas, around.said_at)
        months = tuple(months_of([clause.moments for clause in said.clauses])) if bounds.many else ()
        if not (bounds.bounds or months):
            return None
        if bounds.staying and not _is_partial(heard):
            meant = named(bounds.going.clauses, self.lemmas, around.records, listed=False)
        if bounds.since or bounds.until:
            meant = _with(meant, day_since=bounds.since, day_until=bounds.until)
        elif months and not meant.days:
            meant = _with(meant, days=months)
        clear = not bounds.unclear
        if bounds.staying and bounds.many and not bounds.places:
            stays = named(bounds.staying, self.lemmas, around.records, listed=False)
            spared = ordinals(replace(said, clauses=bounds.staying))
            stays = _with(stays, places=spared) if spared else stays
            clear = clear and stays.anything()
            meant = _with(meant, but=_spared(stays))
        return _with(meant, places=bounds.places), clear and bounds.many

    def _left(self, picked: Picks, context: Context, surroundings: Surroundings) -> tuple[int, ...]:
        """Return the places of the list that «остальные» are, once those that stay are taken out of it.

        Asked about all of them, «первую оставьте» says it without that word.
        """
        records = surroundings.records
        asked = context == "confirm" and picked.nothing_goes
        if not (picked.rest or asked):
            return ()
        kept: set[int] = set()
        for clause in picked.staying:
            stays = self._fitting(clause, picked, records)
            if not stays:
                # What is to stay is not clear, so what is left is not either.
                return ()
            kept |= {record.record_id for record in stays}
        return tuple(place for place, record in enumerate(records, 1) if record.record_id not in kept)

    def _fitting(self, clause: Clause, picked: Picks, records: Sequence[Record]) -> tuple[Record, ...]:
        meant = named((clause,), self.lemmas, records, listed=True)
        alone = replace(picked.going, clauses=(clause,), words=())
        places = [place - 1 for place in ordinals(alone)]
        if len(places) > 1:
            return tuple(record for place, record in enumerate(records) if place in places)
        return chosen(Meaning("choose", named=meant, ordinal=ordinal(alone)), records, self.lemmas)

    def said(self, text: str, surroundings: Surroundings) -> Phrase:
        """Return the words as the rules see them: spelt, parted, with their days and times."""
        titles = [
            *(title for record in surroundings.records for title in (*record.services, record.master)),
            *surroundings.masters,
            *surroundings.services,
        ]
        return phrase(text[:_LENGTH_MAX], self.lemmas, surroundings.said_at, titles)

    def _doubts(self, said: Phrase, heard: Verdict) -> bool:
        """Whether something in an answer doubts, keeps what is asked about, or asks: «да, а почему»."""
        groups = self.lemmas.vocabulary.groups
        return any(part.seen("doubt") or part.seen("keep") for part in heard.said) or any(
            not clause.every.isdisjoint(groups["ask"] | groups["unsure"]) for clause in said.clauses
        )

    def _is_clear(self, said: Phrase, surroundings: Surroundings) -> bool:
        """Whether an answer asks nothing and names no other record."""
        if said.question:
            return False
        meant = named(said.clauses, self.lemmas, surroundings.records, listed=True)
        other = bool(surroundings.records) and not fitting(meant, surroundings.records, self.lemmas)
        return not other and all(explains(meant, record, self.lemmas) for record in surroundings.records)

    def _named(
        self, said: Phrase, heard: Verdict, picked: Picks, context: Context, surroundings: Surroundings
    ) -> Named:
        """Return what of a record is named, by the part of the message that decides."""
        listed = context in ("choose", "confirm")
        parts = () if listed else _deciding(heard, said, self.lemmas, surroundings)
        if parts and _is_partial(heard):
            # «Брови отмените, а окрашивание оставьте»: the part that calls off says what.
            return named(parts, self.lemmas, surroundings.records, listed=False)
        if not listed and context != "done" and excludes(said, self.lemmas):
            # «В субботу приду, остальное отмените»: what is named is not what is meant.
            return Named()
        # A day in the deciding part counts alone: «спасибо за вчера, отмените завтра».
        clauses = parts if any(part.moments.spans for part in parts) else picked.going.clauses
        return named(clauses, self.lemmas, surroundings.records, listed=listed)


def _listed(text: str) -> str:
    """Return an answer in which «1. оставьте 2. отмените» is parted before its numbers, as long as it was."""
    return _NUMBERED.sub(r",\1", text)


def _spared(stays: Named) -> Spared:
    return Spared(
        days=stays.days, clock=stays.clock, places=stays.places, words=stays.words, names=stays.names
    )


def _begins_agreeably(said: Phrase) -> bool:
    brief = len(said.words) <= {"да": _BRIEF - 1, "и": _BRIEF}.get(" ".join(said.words[:1]), 0)
    return bool(said.words) and brief and _PARTS_OR_DENIES.isdisjoint(said.words)


def _with(meant: Named, **fields: object) -> Named:
    return meant.model_copy(update=fields)


def says_nothing(said: Phrase) -> bool:
    """Whether there is no word of any dictionary in it, so that every opinion of it is a guess."""
    emoji = any(category(symbol) == "So" for symbol in said.symbols)
    return not emoji and not any(
        word.known or word.text.isdecimal() or clause.moments.spans
        for clause in said.clauses
        for word in clause.words
    )


def _moments(said: Phrase, heard: Verdict, intent: Intent) -> list[Moments]:
    """Return the days and times that count: of a cancel beside other wishes, those of its own part."""
    whole = [clause.moments for clause in said.clauses]
    others = [part for part in heard.said if part not in heard.parts]
    mixed = any(part.seen("keep") or part.seen("past_wish") for part in others)
    if not mixed or intent != "cancel" or heard.intent != "cancel":
        return whole
    own = [
        replace(
            moments,
            mentions=tuple(
                mention
                for mention in moments.mentions
                if any(
                    part.sentence == number and part.start <= mention.first < part.end for part in heard.parts
                )
            ),
        )
        for number, moments in enumerate(whole)
    ]
    return own if any(moments.mentions for moments in own) else whole


def _is_partial(heard: Verdict) -> bool:
    """Whether one thing is called off, and in another part something else is kept."""
    kept = [part for part in heard.said if part.seen("keep") and part not in heard.parts]
    return heard.intent == "cancel" and any(any(":impr" in key for key in part.every) for part in kept)


def _deciding(heard: Verdict, said: Phrase, lemmas: Lemmas, around: Surroundings) -> tuple[Clause, ...]:
    """Return the parts that the verdict was found in, as sentences of their own."""
    return tuple(
        cut(said.clauses[part.sentence], part.start, part.end, lemmas, around.said_at) for part in heard.parts
    )
