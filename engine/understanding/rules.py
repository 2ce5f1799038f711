"""Which intent the acts of a phrase amount to, whatever was asked before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine.understanding.meaning import Intent
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.vocabulary import Vocabulary

_CANCEL_KEYS = frozenset(
    mark + key
    for mark in ("", "!")
    for key in ("отменить", "отменять", "аннулировать", "отмена", "отмениться", "отменяться")
)

_ORDERS = frozenset(("отменить:impr", "отменять:impr", "аннулировать:impr"))

_REQUESTS = frozenset(
    [
        "можно",
        "возможно",
        "хотеть:1per",
        "хотеть:past",
        "надо",
        "нужно",
        "мочь:1per",
        "мочь:past",
        "мочь:2per",
        "прошу",
    ]
)

# Where a limit such as «раньше 15» ends to bear on the visit: «раньше не писала, но не приду».
_BREAKS = frozenset((COMMA, "но", "что", "а", "чтобы", "поэтому"))
_ALONE = frozenset(("одна", "один", "одной", "одному"))

# What a sentence says beats what another one says, first to last. Wishes stand together: the last one wins.
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """An intent, the sentences it was found in, and why."""

    intent: Intent
    clauses: tuple[Clause, ...] = ()
    evidence: tuple[str, ...] = ()


class Acts:
    """The acts of one sentence: where each was last seen, and by which pattern."""

    def __init__(self, clause: Clause, vocabulary: Vocabulary) -> None:
        self.clause = clause
        self.vocabulary = vocabulary
        self._seen: dict[str, tuple[int, int, str]] = {}

    def seen(self, act: str) -> int:
        """Return where the last match of this act ends, or 0."""
        if act not in self._seen:
            clause, best = self.clause, (0, 0, "")
            for pattern in self.vocabulary.acts[act]:
                found = pattern.find(clause.keys, clause.every, clause.starts)
                if found is not None and found[1] > best[1]:
                    matched = clause.words[found[0] : found[1]]
                    best = (*found, f"{act}: {' '.join(word.text for word in matched)}")
            self._seen[act] = best
        return self._seen[act][1]

    def span(self, act: str) -> range:
        """Return where the last match of this act stands."""
        return range(0) if not self.seen(act) else range(*self._seen[act][:2])

    def why(self, *acts: str) -> tuple[str, ...]:
        known = (act for act in acts if act in self.vocabulary.acts)
        return tuple(self._seen[act][2] for act in known if self.seen(act))


def verdict(phrase: Phrase, vocabulary: Vocabulary) -> Verdict:
    """Return what the phrase as a whole amounts to."""
    verdicts = [found for clause in phrase.clauses if (found := _of_clause(clause, vocabulary)) is not None]
    if phrase.words and (courtesy := _courtesy(phrase.words, vocabulary)):
        return Verdict(courtesy, evidence=("courtesies only",))
    for rank in _ORDER:
        fitting = [found for found in verdicts if found.intent in rank]
        if fitting:
            last = _with_the_others(fitting[-1], phrase, vocabulary)
            same = tuple(
                clause for found in fitting if found.intent == last.intent for clause in found.clauses
            )
            return replace(last, clauses=same)
    return Verdict("unclear")


def _with_the_others(last: Verdict, phrase: Phrase, vocabulary: Vocabulary) -> Verdict:
    """Hold a wish against the other sentences: «Не смогу в 15. Приду в 16» gives nothing up."""
    if last.intent not in ("cancel", "keep"):
        return last
    here = phrase.clauses.index(last.clauses[0])
    if last.intent == "cancel" and _parted_not(phrase, here):
        return replace(last, intent="unclear", evidence=("a parted «не»",))
    readings = [Acts(clause, vocabulary) for clause in phrase.clauses]
    if any(acts.seen("cancel") for acts in readings):
        return last
    if last.intent == "keep":
        gave_up = any(acts.seen("not_come") for acts in readings[:here])
        moved = gave_up and readings[here].seen("come_then")
        return replace(last, intent="reschedule", evidence=readings[here].why("come_then")) if moved else last
    for place, acts in enumerate(readings):
        if place == here:
            continue
        named = "<when>" in phrase.clauses[here].every
        if acts.seen("come_then") and (place > here or named):
            return replace(last, intent="reschedule", evidence=acts.why("come_then"))
        if _late_only(acts) or (place > here and acts.seen("come_later")):
            return replace(last, intent="late", evidence=acts.why("limited", "come_later"))
    return last


def _parted_not(phrase: Phrase, here: int) -> bool:
    """Whether an order is parted from the «не» before it: «Не. Отменяйте», «Нет, отменяйте?»."""
    clause = phrase.clauses[here]
    if not _ordered(clause):
        return False
    texts = [word.text for word in clause.words]
    before = [word.text for word in phrase.clauses[here - 1].words] if here else []
    denials = ("не", "нет", "неа") if clause.question else ("не",)
    return before in [[no] for no in denials] or (clause.question and texts[:1] != [] and texts[0] in denials)


def _of_clause(clause: Clause, vocabulary: Vocabulary) -> Verdict | None:
    acts = Acts(clause, vocabulary)
    intent, names = next(_readings(acts), (None, ()))
    return None if intent is None else Verdict(intent, (clause,), acts.why(*names) or names)


def _readings(acts: Acts) -> Iterator[tuple[Intent, tuple[str, ...]]]:
    """Yield the readings of one sentence, the most dangerous to overlook first."""
    seen, clause = acts.seen, acts.clause
    mentions = not _CANCEL_KEYS.isdisjoint(clause.every)
    wishes = bool(seen("cancel") or seen("not_come"))
    if seen("undo"):
        yield "undo", ("undo",)
    if seen("third_record") or (seen("third") and not seen("own")):
        yield "third_party", ("third_record", "third")
    if seen("foreign_order") and clause.every.isdisjoint(("запись", "визит", "прием")):
        yield "other", ("foreign_order",)
    if seen("condition") and not seen("polite_condition") and (mentions or wishes):
        yield "ask_cancel", ("condition",)
    if seen("rules") and (clause.question or not _ordered(clause)):
        yield "ask_cancel", ("rules",)
    told = not (seen("elsewhere") or seen("human") or (seen("cancel") and "бы" in clause.every))
    if seen("dispute") and told and (not _ordered(clause) or clause.question):
        yield "dispute", ("dispute",)
    if seen("unordered") or (seen("reported") and not _ordered(clause)):
        yield "dispute", ("unordered", "reported")
    if seen("human"):
        yield "human", ("human",)
    if mentions and _asked(acts) and not seen("reschedule"):
        yield "ask_cancel", ("question word",)
    if clause.question and seen("cancel") and not _requested(acts):
        yield ("dispute" if "вы" in clause.every else "unclear"), ("cancel",)
    if seen("whether") and "<when>" not in clause.every:
        yield "ask_cancel", ("whether",)
    if _unsure(acts) and not seen("reschedule") and (wishes or seen("keep")):
        yield "unclear", ("unsure",)
    yield from _wish(acts, mentions)
    if seen("fines"):
        yield "ask_cancel", ("fines",)
    if seen("late"):
        yield "late", ("late",)
    for act in ("list", "other"):
        if seen(act):
            yield ("list" if act == "list" else "other"), (act,)
    if seen("slot"):
        yield "reschedule", ("slot",)
    if seen("reason"):
        yield "reason", ("reason",)
    if seen("past"):
        yield "other", ("past",)
    if seen("elsewhere"):
        yield "other", ("elsewhere",)
    if not mentions and len(clause.words) > 2 and clause.question:
        yield "other", ("a question about something else",)


def _wish(acts: Acts, mentions: bool) -> Iterator[tuple[Intent, tuple[str, ...]]]:
    """The last clear wish of a sentence wins; a move beats the visit that it gives up."""
    seen = acts.seen
    given_up = seen("not_come")
    cancel = max(seen("cancel"), 0 if _limited(acts) else given_up)
    keep = 0 if seen("late") else seen("keep")
    if seen("reschedule") or seen("another"):
        yield "reschedule", ("reschedule", "another")
    if given_up and seen("slot") > given_up and not mentions:
        yield "reschedule", ("not_come", "slot")
    if given_up and not seen("cancel"):
        yield from _comes_after_all(acts)
    elif _late_only(acts) and not seen("cancel"):
        yield "late", ("limited",)
    if cancel and seen("doubt") > max(cancel, keep):
        yield "unclear", ("doubt",)
    if cancel > keep and seen("echo") and acts.clause.question:
        yield "unclear", ("echo",)
    if cancel > keep:
        yield "cancel", ("cancel", "not_come")
    # Without a wish to cancel, «приду» may still turn out to be «приду позже» or «когда мне прийти».
    if keep and (cancel or mentions or not (seen("list") or seen("other"))):
        yield "keep", ("keep",)


def _comes_after_all(acts: Acts) -> Iterator[tuple[Intent, tuple[str, ...]]]:
    """Read the visit that is given up against the one that is announced in its place."""
    given_up, then, later = acts.seen("not_come"), acts.span("come_then"), acts.span("come_later")
    here = _surroundings(acts, acts.span("not_come"))
    elsewhere = bool(then) and not set(then) & set(here)
    dated = any("<when>" in acts.clause.keys[place] for place in here)
    if later and (later.start >= given_up or _hurried(acts.clause)):
        yield "late", ("come_later",)
    if elsewhere and (then.start >= given_up or dated):
        yield "reschedule", ("come_then",)
    if _limited(acts) and _late_only(acts):
        yield "late", ("limited", "not_come")


def _late_only(acts: Acts) -> bool:
    """Whether only coming in time is given up: «не смогу прийти раньше 15»."""
    return bool(acts.seen("limited")) or _limit(acts) == "late"


def _limited(acts: Acts) -> bool:
    """Whether the visit is given up under a limit only, or another limit follows it."""
    return _limit(acts) != "" or acts.seen("limited") >= max(acts.seen("not_come"), 1)


def _limit(acts: Acts) -> Literal["", "late", "other"]:
    """Return what limits the visit that is given up: a time, or something else such as company."""
    match = acts.span("not_come")
    found = {_limit_at(acts, place, match.start) for place in _surroundings(acts, match)}
    return "late" if "late" in found else "other" if "other" in found else ""


def _limit_at(acts: Acts, place: int, start: int) -> Literal["", "late", "other"]:
    """Return what the word at `place` limits of the visit whose giving up begins at `start`."""
    groups, clause = acts.vocabulary.groups, acts.clause
    text, timed = clause.words[place].text, "<when>" in clause.keys[place]
    following = clause.keys[place + 1] if place + 1 < len(clause.keys) else frozenset[str]()
    if text in groups["sooner"] or (place > start and text in groups["limits_after"]):
        return "late"
    if text == "до" and (timed or "обед" in following):
        return "late"
    if text in ("к", "ко") and timed and _hurried(clause):
        return "late"
    if text == "после":
        return "other" if timed or "обед" in following else ""
    # «Без пятнадцати три» is a time, «завтра без меня» gives the visit up.
    alone = text in _ALONE or (text == "без" and following.isdisjoint(("меня", "нас")))
    brought = text in ("с", "со") and place > start and _company(acts, following)
    exact = text == "точно" and not following.isdisjoint(("в", "к", "ко", "во"))
    return "other" if text in groups["limits"] or (alone and not timed) or brought or exact else ""


def _hurried(clause: Clause) -> bool:
    """Whether somebody runs out of time: «не успею к трём» is as good as «опоздаю»."""
    return not clause.every.isdisjoint(("!успеть:1per", "!успевать:1per"))


def _company(acts: Acts, keys: frozenset[str]) -> bool:
    """Whether these are the ones that one client would have brought: «не смогу с ребёнком»."""
    one = any(word.text in ("смогу", "могу", "приду", "приеду") for word in acts.clause.words)
    return one and not keys.isdisjoint(acts.vocabulary.groups["companions"])


def _surroundings(acts: Acts, match: range) -> range:
    """Return the part of the sentence that a match stands in."""
    if not match:
        return match
    texts = [word.text for word in acts.clause.words]
    start, end = match.start, match.stop
    while start and texts[start - 1] not in _BREAKS:
        start -= 1
    while end < len(texts) and texts[end] not in _BREAKS:
        end += 1
    return range(start, end)


def _ordered(clause: Clause) -> bool:
    """Whether cancelling is ordered outright: «отмените», but not «вы отмените»."""
    return _order(clause) is not None


def _order(clause: Clause) -> int | None:
    for place, keys in enumerate(clause.keys):
        if not keys.isdisjoint(_ORDERS) and (not place or clause.words[place - 1].text != "вы"):
            return place
    return None


def _requested(acts: Acts) -> bool:
    """Whether a sentence that ends in a question mark asks for a cancel: «можно отменить?», «отмените?»."""
    clause = acts.clause
    asked = not clause.every.isdisjoint(_REQUESTS)
    return asked or (_ordered(clause) and "вы" not in clause.every)


def _asked(acts: Acts) -> bool:
    """Whether a question word stands before the cancelling, or after one that is no order."""
    clause, words = acts.clause, acts.vocabulary.groups["ask"]
    places = [place for place, keys in enumerate(clause.keys) if not keys.isdisjoint(words)]
    if not places:
        return False
    if "ли" in clause.every and "<when>" in clause.every and clause.every.isdisjoint(words - {"ли"}):
        return False
    order = _order(clause)
    return order is None or places[0] < order


def _unsure(acts: Acts) -> bool:
    every, unsure = acts.clause.every, acts.vocabulary.groups["unsure"]
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
