"""Which intent the parts of a message amount to, whatever was asked before.

Every part is read by itself: a wish needs something that speaks for it, and nothing that bars it. Then the
parts are held against each other: the last clear wish wins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.understanding.answers import is_several
from engine.understanding.meaning import Intent
from engine.understanding.normal import COMMA
from engine.understanding.parts import Part, parts
from engine.understanding.phrase import Phrase
from engine.understanding.vocabulary import Vocabulary

_CANCEL_KEYS = frozenset(
    mark + key
    for mark in ("", "!")
    for key in ("отменить", "отменять", "аннулировать", "отмена", "отмениться", "отменяться")
)
_ORDERS = frozenset(("отменить:impr", "отменять:impr", "аннулировать:impr"))
_REQUESTS = frozenset((
    "можно", "возможно", "хотеть:1per", "хотеть:past", "надо", "нужно", "мочь:1per", "мочь:past", "мочь:2per",
    "прошу", "нельзя",
))  # fmt: skip
# Where a limit such as «раньше 15» ends to bear on the visit: «раньше не писала, но не приду».
_BREAKS = frozenset((COMMA, "но", "что", "а", "чтобы", "поэтому"))
_ALONE = frozenset(("одна", "один", "одной", "одному"))

# What one part says beats what another one says, first to last. Wishes stand together: the last one wins.
_ORDER: tuple[frozenset[Intent], ...] = (
    frozenset(("undo",)),
    frozenset(("third_party",)),
    frozenset(("dispute",)),
    frozenset(("human",)),
    frozenset(("cancel", "keep", "reschedule", "unclear")),
    frozenset(("ask_cancel",)),
    frozenset(("late",)),
    frozenset(("list",)),
    frozenset(("other",)),
    frozenset(("reason",)),
    frozenset(("thanks",)),
    frozenset(("hello",)),
)
# Acts of which one at least is in every wish to cancel.
CALLS_OFF = ("cancel", "cancel_order", "not_come", "gives_up")
# What bars an order that a «не» stands before.
PARTED = "a parted «не»"
# These leave open whether a record is called off; the others rule it out.
_MAY_CALL_OFF: frozenset[Intent] = frozenset((
    "cancel", "unclear", "reschedule", "keep", "reason", "list", "other", "late", "thanks", "hello",
))  # fmt: skip
_Limit = Literal["", "late", "other"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An intent, the parts it was found in, what speaks for it, and what barred another one."""

    intent: Intent
    parts: tuple[Part, ...] = ()
    evidence: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    # All parts of the message.
    said: tuple[Part, ...] = ()
    # Parts that call a record off by themselves, though something else was read from the whole.
    calls_off: tuple[Part, ...] = ()
    # Parts with weak evidence only: «не светит», «отбой».
    hints: tuple[Part, ...] = ()


def verdict(phrase: Phrase, vocabulary: Vocabulary) -> Verdict:
    """Return what the phrase as a whole amounts to."""
    said = parts(phrase, vocabulary)
    if phrase.words and (courtesy := _courtesy(phrase.words, vocabulary)):
        return Verdict(courtesy, evidence=("courtesies only",), said=said)
    readings = [_Reading(said, place, vocabulary) for place in range(len(said))]
    heard = [reading.verdict() for reading in readings]
    whole = _together([one for one in heard if one is not None], said, phrase, vocabulary)
    # «Приду в 16. В 15 не смогу»: the visit is only put elsewhere.
    elsewhere = whole.intent == "reschedule" and any(
        why.startswith(("come_then", "rebook")) for why in whole.evidence
    )
    left_open = (
        []
        if elsewhere
        else [reading for reading, one in zip(readings, heard, strict=True) if reading.may_call_off(one)]
    )
    return Verdict(
        whole.intent,
        whole.parts,
        whole.evidence,
        whole.blockers,
        said,
        calls_off=tuple(reading.part for reading in left_open if reading.wishes),
        hints=tuple(
            reading.part for reading in left_open if not reading.wishes and whole.intent in _MAY_CALL_OFF
        ),
    )


def _together(
    found: Sequence[Verdict], said: tuple[Part, ...], phrase: Phrase, vocabulary: Vocabulary
) -> Verdict:
    """Hold the parts against each other."""
    found = _without_what_is_taken_back(found, vocabulary)
    for rank in _ORDER:
        fitting = [reading for reading in found if reading.intent in rank]
        if fitting:
            last = _with_the_others(_last_wish(fitting, vocabulary), said, phrase, vocabulary)
            same = tuple(
                part for reading in fitting if reading.intent == last.intent for part in reading.parts
            )
            barred = tuple(why for reading in found for why in reading.blockers)
            return Verdict(last.intent, same or last.parts, last.evidence, (*last.blockers, *barred))
    return Verdict("unclear", blockers=tuple(why for reading in found for why in reading.blockers))


def _without_what_is_taken_back(found: Sequence[Verdict], vocabulary: Vocabulary) -> Sequence[Verdict]:
    """Leave out questions, disputes and others' wishes that a clear own wish to cancel follows."""
    wishes = [
        place
        for place, reading in enumerate(found)
        if reading.intent == "cancel" and _is_clear(reading.parts[0], vocabulary)
    ]
    if not wishes:
        return found
    last = wishes[-1]
    own = bool(found[last].parts[0].seen("own"))
    beaten: frozenset[Intent] = frozenset(
        ("dispute", "other", "ask_cancel", *(("third_party",) if own else ()))
    )
    return [reading for place, reading in enumerate(found) if place >= last or reading.intent not in beaten]


def _is_clear(part: Part, vocabulary: Vocabulary) -> bool:
    return not part.question and bool(_ordered(part) or part.seen("not_come") or part.seen("gives_up"))


def _last_wish(fitting: Sequence[Verdict], vocabulary: Vocabulary) -> Verdict:
    """Return the last, but for «среду отмените, а пятницу оставьте»: two wishes about two records."""
    last = fitting[-1]
    if last.intent != "keep" or not last.parts:
        return last
    before = [reading for reading in fitting if reading.intent == "cancel"]
    if before and _names_one(last.parts[0], vocabulary):
        wish = before[-1].parts[0]
        # «Все отмените, педикюр оставьте» too; «отмените все. Нет, всё оставьте» is none any more.
        if _names_one(wish, vocabulary) or _keeps_one_of_all(wish, last.parts[0], vocabulary):
            return before[-1]
    return last


def _names_one(part: Part, vocabulary: Vocabulary) -> bool:
    """Whether an order names a record of several: by a day, a service, or as the rest."""
    ordered = any(key.endswith(":impr") for key in part.every)
    return ordered and not part.every.isdisjoint(
        {"<when>", "остальной", "второй", "первый", "следующий"} | vocabulary.groups["visits"]
    )


def _keeps_one_of_all(wish: Part, kept: Part, vocabulary: Vocabulary) -> bool:
    """Whether all are called off and a service is kept, in one sentence: «отмените все, педикюр оставьте»."""
    together = wish.sentence == kept.sentence and not kept.every.isdisjoint(vocabulary.groups["visits"])
    return together and _names_all(wish) and not _names_all(kept)


def _names_all(part: Part) -> bool:
    return _ordered(part) and any(is_several(keys) for keys in part.keys)


def _with_the_others(
    last: Verdict, said: tuple[Part, ...], phrase: Phrase, vocabulary: Vocabulary
) -> Verdict:
    """Hold a wish against the other parts: «Не смогу в 15. Приду в 16» gives nothing up."""
    if last.intent not in ("cancel", "keep"):
        return last
    here = said.index(last.parts[0])
    if last.intent == "cancel" and _parted_not(said, here):
        return replace(last, intent="unclear", blockers=(PARTED,))
    if last.intent == "cancel":
        rebooked = next(
            (part for part in said if part.seen("rebook") and not part.seen("not_come")),
            None,
        )
        if rebooked is not None and not rebooked.seen("not_moved"):
            return replace(last, intent="reschedule", evidence=rebooked.why("rebook"))
    if any(part.seen("cancel") or part.seen("cancel_order") for part in said):
        return last
    if last.intent == "keep":
        if any(part.seen("late") for part in said if part is not said[here]):
            return replace(last, intent="late", evidence=("late, and coming",))
        gave_up = any(part.seen("not_come") for part in said[:here])
        moved = gave_up and said[here].seen("come_then")
        return replace(last, intent="reschedule", evidence=said[here].why("come_then")) if moved else last
    for place, part in enumerate(said):
        if place == here:
            continue
        named = "<when>" in said[here].every
        if part.seen("come_then") and not part.seen("not_come") and (place > here or named):
            return replace(last, intent="reschedule", evidence=part.why("come_then"))
        if (_late_only(part, vocabulary) and (place > here or named)) or (
            place > here and part.seen("come_later")
        ):
            return replace(last, intent="late", evidence=part.why("limited", "come_later"))
    return last


def _parted_not(said: Sequence[Part], here: int) -> bool:
    """Whether an order is parted from the «не» before it: «Не. Отменяйте», «Нет, отменяйте?»."""
    part = said[here]
    if not _ordered(part):
        return False
    texts = [word.text for word in part.words if word.text != COMMA]
    before = [word.text for word in said[here - 1].words if word.text != COMMA] if here else []
    denials = ("не", "нет", "неа") if part.question else ("не",)
    return before in [[no] for no in denials] or (part.question and texts[:1] != [] and texts[0] in denials)


class _Reading:
    """Reads one part, the others in view."""

    def __init__(self, said: Sequence[Part], place: int, vocabulary: Vocabulary) -> None:
        self.said, self.place, self.part, self.vocabulary = said, place, said[place], vocabulary
        self.mentions = not _CANCEL_KEYS.isdisjoint(self.part.every)
        self.wishes = not self.part.sightings.keys().isdisjoint(CALLS_OFF)

    def verdict(self) -> Verdict | None:
        """Return what the part says, the reading that is most dangerous to overlook first."""
        intent, names = next(self._readings(), (None, ()))
        if intent is None:
            return None
        why = self.part.why(*names) or names
        barred = (f"no cancel, but {intent}: {'; '.join(why)}",) if self.wishes and intent != "cancel" else ()
        return Verdict(intent, (self.part,), why, barred)

    def may_call_off(self, heard: Verdict | None) -> bool:
        """Whether the part speaks of giving something up, and nothing in it rules that out."""
        part = self.part
        if not (self.wishes or part.seen("hints")) or part.seen("doubt") or part.seen("foreign_order"):
            return False
        if part.seen("taken_off") and not part.seen("on_the_list"):
            return False
        if not (part.seen("cancel") or part.seen("cancel_order")) and (
            self._limited() or part.seen("limited")
        ):
            return False
        if _unsure(part, self.vocabulary):
            return False
        return heard is None or heard.intent in _MAY_CALL_OFF

    def _readings(self) -> Iterator[tuple[Intent, tuple[str, ...]]]:
        part, acts, ordered = self.part, self.part.sightings, _ordered(self.part)
        if "undo" in acts:
            yield "undo", ("undo",)
        if self._is_of_somebody():
            yield "third_party", ("cancel_order", "cancel")
        if "third_record" in acts or ("third" in acts and "own" not in acts):
            yield "third_party", ("third_record", "third")
        if "foreign_order" in acts and part.every.isdisjoint(("запись", "визит", "прием")):
            yield "other", ("foreign_order",)
        if "taken_off" in acts and "on_the_list" not in acts:
            yield "other", ("taken_off",)
        if (self.mentions or self.wishes) and self._depends():
            yield "ask_cancel", ("condition",)
        if "rules" in acts and (part.question or not (ordered or "gives_up" in acts or self._states())):
            yield "ask_cancel", ("rules",)
        told = not ("elsewhere" in acts or "human" in acts or ("cancel" in acts and "бы" in part.every))
        if "dispute" in acts and told and (not ordered or part.question):
            yield "dispute", ("dispute",)
        if "told_before" in acts and not ordered:
            yield "dispute", ("told_before",)
        if "unordered" in acts or ("reported" in acts and not ordered):
            yield "dispute", ("unordered", "reported")
        if "human" in acts:
            yield "human", ("human",)
        if self.mentions and self._asked() and "reschedule" not in acts:
            yield "ask_cancel", ("question word",)
        if part.question and "cancel" in acts and not _requested(part):
            yield ("dispute" if "вы" in part.every else "unclear"), ("cancel",)
        if "whether" in acts and "<when>" not in part.every:
            yield "ask_cancel", ("whether",)
        if (self.wishes or "keep" in acts) and "reschedule" not in acts and _unsure(part, self.vocabulary):
            yield "unclear", ("unsure",)
        yield from self._wish()
        if "fines" in acts:
            yield "ask_cancel", ("fines",)
        if "late" in acts:
            yield "late", ("late",)
        for act in ("list", "other"):
            if act in acts:
                yield ("list" if act == "list" else "other"), (act,)
        if "slot" in acts:
            yield "reschedule", ("slot",)
        if "reason" in acts:
            yield "reason", ("reason",)
        if "doubt" in acts and any(part.seen("cancel") for part in self.said[: self.place]):
            yield "keep", ("doubt",)
        if "past" in acts:
            yield "other", ("past",)
        if "elsewhere" in acts:
            yield "other", ("elsewhere",)
        if not self.mentions and len(part.words) > 2 and part.question:
            yield "other", ("a question about something else",)

    def _is_of_somebody(self) -> bool:
        """Whether «её» or «его» is to go, and means a person: «парень застрял, уберите его»."""
        part, groups = self.part, self.vocabulary.groups
        if not _ordered(part) or part.every.isdisjoint(("ее", "его", "их")) or part.seen("own"):
            return False
        spoken = frozenset().union(*(other.every for other in self.said[: self.place + 1]))
        own = not spoken.isdisjoint(("мой", "моя", "мою", "меня", "я", "мне"))
        person = any(
            f"{relative}:nomn" in spoken or f"{relative}:gent" in spoken for relative in groups["relatives"]
        )
        return person and not (own and not spoken.isdisjoint(groups["record"]))

    def _wish(self) -> Iterator[tuple[Intent, tuple[str, ...]]]:
        """The last clear wish of a part wins; a move beats the visit that it gives up."""
        seen, part = self.part.seen, self.part
        given_up = max(seen("not_come"), seen("gives_up"))
        called_off = max(seen("cancel"), seen("cancel_order"))
        cancel = max(called_off, 0 if self._limited() else given_up)
        keep = 0 if seen("late") else seen("keep")
        elsewhere = seen("another") and part.every.isdisjoint(("!надо", "!нужно", "!нужный", "ни"))
        if (seen("reschedule") or elsewhere) and not seen("not_moved"):
            yield "reschedule", ("reschedule", "another")
        if given_up and not called_off:
            yield from self._comes_after_all()
        elif _late_only(part, self.vocabulary) and not called_off:
            yield "late", ("limited",)
        if cancel and seen("doubt") > max(cancel, keep):
            yield "unclear", ("doubt",)
        if seen("not_come") and not called_off and "больше" in part.every and "<when>" not in part.every:
            yield "unclear", ("not_come",)
        if cancel > keep and part.question and (seen("echo") or not called_off):
            yield "unclear", ("echo",)
        if cancel > keep and not _ordered(part) and seen("past_wish") and self._is_contradicted():
            yield "unclear", ("past_wish",)
        if cancel > keep:
            yield "cancel", ("cancel_order", "cancel", "not_come", "gives_up")
        # Without a wish to cancel, «приду» may still turn out to be «приду позже» or «когда мне прийти».
        if keep and (cancel or self.mentions or not (seen("list") or seen("other"))):
            yield "keep", ("keep",)

    def _comes_after_all(self) -> Iterator[tuple[Intent, tuple[str, ...]]]:
        """Read the visit that is given up against the one that is announced in its place."""
        part = self.part
        if self._limited() and _late_only(part, self.vocabulary):
            yield "late", ("limited", "not_come")

    def _limited(self) -> bool:
        """Whether the visit is given up under a limit only, or another limit follows it."""
        part = self.part
        limit = _limit(part, self.vocabulary) != ""
        return limit or part.seen("limited") >= max(part.seen("not_come"), 1)

    def _is_contradicted(self) -> bool:
        """Whether a «но» or «а» follows in the same sentence: «хотела отменить, но муж посидит»."""
        following = self.said[self.place + 1 : self.place + 2]
        return any(
            part.sentence == self.part.sentence and part.words[0].text in ("но", "а", "однако", "да", "так")
            for part in following
        )

    def _depends(self) -> bool:
        """Whether the part stands under a condition: its own, one before it, or one just behind it."""
        for place, part in enumerate(self.said):
            if part.sentence != self.part.sentence or not part.seen("condition"):
                continue
            if part.seen("polite_condition"):
                continue
            if place <= self.place or place == self.place + 1:
                return True
        return False

    def _states(self) -> bool:
        """Whether not coming is said flatly, and what speaks of rules began in another part."""
        rules = self.part.span("rules")
        return bool(self.part.seen("not_come") or self.part.seen("cancel")) and (
            min((start for start, _ in self.part.sightings["rules"]), default=0) < 0 and not self._asks(rules)
        )

    def _asks(self, places: range) -> bool:
        asked = self.vocabulary.groups["ask"]
        return any(not self.part.keys[place].isdisjoint(asked) for place in places)

    def _asked(self) -> bool:
        """Whether a question word stands before the cancelling, or after one that is no order."""
        part, words = self.part, self.vocabulary.groups["ask"]
        places = [place for place, keys in enumerate(part.keys) if not keys.isdisjoint(words)]
        if not places:
            return False
        if "ли" in part.every and "<when>" in part.every and part.every.isdisjoint(words - {"ли", "нельзя"}):
            return False
        order = _order(part)
        return order is None or places[0] < order


def _late_only(part: Part, vocabulary: Vocabulary) -> bool:
    """Whether only coming in time is given up: «не смогу прийти раньше 15»."""
    return bool(part.seen("limited")) or _limit(part, vocabulary) == "late"


def _limit(part: Part, vocabulary: Vocabulary) -> _Limit:
    """Return what limits the visit that is given up: a time, or something else such as company."""
    match = part.span("not_come")
    if not match:
        return ""
    found = {_limit_at(part, vocabulary, place, match.start) for place in _surroundings(part, match)}
    return "late" if "late" in found else "other" if "other" in found else ""


def _limit_at(part: Part, vocabulary: Vocabulary, place: int, start: int) -> _Limit:
    """Return what the word at `place` limits of the visit whose giving up begins at `start`."""
    groups = vocabulary.groups
    text, timed = part.words[place].text, "<when>" in part.keys[place]
    following = part.keys[place + 1] if place + 1 < len(part.keys) else frozenset[str]()
    if text in groups["sooner"] or (place > start and text in groups["limits_after"]):
        return "late"
    if text == "до" and (timed or "обед" in following):
        return "late"
    if text in ("к", "ко") and timed and _hurried(part):
        return "late"
    if text == "после":
        return "other" if timed or "обед" in following else ""
    # «Без пятнадцати три» is a time, «завтра без меня» gives the visit up.
    alone = text in _ALONE or (text == "без" and following.isdisjoint(("меня", "нас")))
    brought = text in ("с", "со") and place > start and _company(part, following, vocabulary)
    exact = text == "точно" and not following.isdisjoint(("в", "к", "ко", "во"))
    return "other" if text in groups["limits"] or (alone and not timed) or brought or exact else ""


def _hurried(part: Part) -> bool:
    """Whether somebody runs out of time: «не успею к трём» is as good as «опоздаю»."""
    return not part.every.isdisjoint(("!успеть:1per", "!успевать:1per"))


def _company(part: Part, keys: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Whether these are the ones that one client would have brought: «не смогу с ребёнком»."""
    one = any(word.text in ("смогу", "могу", "приду", "приеду") for word in part.words)
    return one and not keys.isdisjoint(vocabulary.groups["companions"])


def _surroundings(part: Part, match: range) -> range:
    """Return the run of words that a match stands in."""
    texts = [word.text for word in part.words]
    start, end = match.start, match.stop
    while start and texts[start - 1] not in _BREAKS:
        start -= 1
    while end < len(texts) and texts[end] not in _BREAKS:
        end += 1
    return range(start, end)


def _ordered(part: Part) -> bool:
    """Whether cancelling is ordered outright: «отмените», but not «вы отмените»."""
    return _order(part) is not None


def _order(part: Part) -> int | None:
    for place, keys in enumerate(part.keys) if not part.every.isdisjoint(_ORDERS) else ():
        if not keys.isdisjoint(_ORDERS) and (not place or part.words[place - 1].text != "вы"):
            return place
    if part.seen("cancel_order"):
        return part.span("cancel_order").start
    return None


def _requested(part: Part) -> bool:
    """Whether a part that ends in a question mark asks for a cancel: «можно отменить?», «отмените?»."""
    asked = not part.every.isdisjoint(_REQUESTS)
    return asked or (_ordered(part) and "вы" not in part.every)


def _unsure(part: Part, vocabulary: Vocabulary) -> bool:
    every, unsure = part.every, vocabulary.groups["unsure"]
    if _ordered(part):
        # «А пока отмените»: an order is an order.
        return "или" in every or {"может", "быть"} <= every
    if not every.isdisjoint(unsure) and "если" not in every and "ли" not in every:
        return True
    if not every.isdisjoint(
        ("!знать", "!уверить", "!уверенный", "сомневаться", "думать:1per", "!думать:1per", "или")
    ):
        return True
    return {"может", "быть"} <= every or {"скорее", "всего"} <= every


def _courtesy(words: tuple[str, ...], vocabulary: Vocabulary) -> Intent | None:
    """Thanks or a greeting, and nothing besides."""
    groups, said = vocabulary.groups, frozenset(words)
    thanks, hello = groups["thanks"], groups["hello"]
    if said & thanks and said <= thanks | groups["thanks_around"] | hello:
        return "thanks"
    if said <= hello | groups["hello_around"] and (said & hello):
        return "hello"
    if said & {"свидания", "пока"} and said <= groups["thanks_around"]:
        return "thanks"
    return None
