"""Which intent the acts of a phrase amount to, whatever was asked before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.understanding.meaning import Intent
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
        self._seen: dict[str, tuple[int, str]] = {}

    def seen(self, act: str) -> int:
        """Return where the last match of this act ends, or 0."""
        if act not in self._seen:
            clause, best = self.clause, (0, "")
            for pattern in self.vocabulary.acts[act]:
                found = pattern.find(clause.keys, clause.every, clause.starts)
                if found is not None and found[1] > best[0]:
                    matched = clause.words[found[0] : found[1]]
                    best = (found[1], f"{act}: {' '.join(word.text for word in matched)}")
            self._seen[act] = best
        return self._seen[act][0]

    def why(self, *acts: str) -> tuple[str, ...]:
        return tuple(self._seen[act][1] for act in acts if self._seen.get(act, (0, ""))[0])


def verdict(phrase: Phrase, vocabulary: Vocabulary) -> Verdict:
    """Return what the phrase as a whole amounts to."""
    verdicts = [found for clause in phrase.clauses if (found := _of_clause(clause, vocabulary)) is not None]
    if phrase.words and (courtesy := _courtesy(phrase.words, vocabulary)):
        return Verdict(courtesy, evidence=("courtesies only",))
    for rank in _ORDER:
        fitting = [found for found in verdicts if found.intent in rank]
        if fitting:
            last = fitting[-1]
            same = tuple(
                clause for found in fitting if found.intent == last.intent for clause in found.clauses
            )
            return replace(last, clauses=same)
    return Verdict("unclear")


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
    if seen("keep"):
        yield "keep", ("keep",)
    if seen("reason"):
        yield "reason", ("reason",)
    if seen("elsewhere"):
        yield "other", ("elsewhere",)
    if not mentions and len(clause.words) > 2 and clause.question:
        yield "other", ("a question about something else",)


def _wish(acts: Acts, mentions: bool) -> Iterator[tuple[Intent, tuple[str, ...]]]:
    """The last clear wish of a sentence wins; a move beats the visit that it gives up."""
    seen = acts.seen
    cancel = max(seen("cancel"), seen("not_come"))
    keep = 0 if seen("late") else seen("keep")
    if seen("reschedule") or seen("another"):
        yield "reschedule", ("reschedule", "another")
    if cancel and seen("slot") > cancel and not mentions:
        yield "reschedule", ("not_come", "slot")
    if cancel and seen("doubt") > max(cancel, keep):
        yield "unclear", ("doubt",)
    if cancel > keep and seen("echo") and acts.clause.question:
        yield "unclear", ("echo",)
    if cancel > keep:
        yield "cancel", ("cancel", "not_come")
    # Without a wish to cancel, «приду» may still turn out to be «приду позже» or «когда мне прийти».
    if keep and (cancel or mentions or not (seen("list") or seen("other"))):
        yield "keep", ("keep",)


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
    if not every.isdisjoint(("!знать", "!уверить", "!уверенный", "сомневаться", "думать:1per", "или")):
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
