"""What words mean as an answer: the same «да» or «завтра» is another thing after each question."""

from engine.booking import Record
from engine.understanding.answers import is_no, is_position, is_several, ordinal, several
from engine.understanding.consent import is_yes, leans
from engine.understanding.lemmas import Lemmas
from engine.understanding.matching import fitting, is_service, lacks_a_service
from engine.understanding.meaning import Context, Intent, Surroundings
from engine.understanding.naming import named
from engine.understanding.parts import Part
from engine.understanding.phrase import Phrase
from engine.understanding.picking import Picks
from engine.understanding.plainness import doubts
from engine.understanding.rules import Verdict

_YES_MAY_BE: frozenset[Intent] = frozenset(("unclear", "cancel", "thanks", "reason"))
_WILLING = frozenset(("хочу", "хотим", "хотелось", "можно"))
_KIND_SIGNS = frozenset("👍👌🙏❤😊✅🤝💋🌹😘")

_TURNS = frozenset(("только", "кроме", "другую", "другой", "но", "если", "хотя"))
_BARE = (("отмена",), ("отменить",))
# Said after a cancel, these may want it back.
TURNED = frozenset(("передумала", "передумал", "передумали", "ошиблась", "ошибся"))
_BESIDE_TURNED = frozenset(
    ("я", "мы", "ой", "все", "же", "таки", "но", "нет", "и", "извините", "простите", "уже")
)
# «Нет, отменяйте» is two answers; «нет, прийти не смогу, отменяйте» is one.
_FEW = 4

_ALSO = frozenset(("тоже", "также", "заодно"))
_ADDING = frozenset(("и", "еще", "плюс"))
_EXCEPT = frozenset(("кроме", "исключение"))
_NO_WISH: frozenset[Intent] = frozenset(("unclear", "other", "reason", "thanks", "hello"))
_NEEDED = frozenset(("надо", "нужно", "нужна", "нужен"))
# Said to those at home as well as to a salon.
_MEALS = frozenset(("ужин",))
SUPPER = "not to be waited for with supper"
_NO_WORD_OF_IT = (("слова", "про", "отмену"), ("слова", "об", "отмене"))
DENIED = "no word of a cancel"
# What cancels all but something may want that one back, once all are cancelled.
ALL_BUT = "all but this"

# An intent, and what speaks for reading it so here.
Heard = tuple[Intent, tuple[str, ...]]


def adds(said: Phrase) -> bool:
    """Whether it is said beside what was spoken of: «и стрижку», «стрижку тоже»."""
    return said.words[:1] in [(word,) for word in _ADDING] or not _ALSO.isdisjoint(said.words)


class Answering:
    """Reads a phrase in the context of the question before it."""

    def __init__(self, lemmas: Lemmas) -> None:
        self.lemmas = lemmas

    def read(
        self,
        text: str,
        said: Phrase,
        heard: Verdict,
        picked: Picks,
        context: Context,
        surroundings: Surroundings,
    ) -> Heard:
        """Return the intent in this context. `yes` in "confirm" explains every single word of `text`."""
        match context:
            case "confirm":
                return self._confirming(text, said, heard, surroundings)
            case "choose":
                return self._choosing(said, heard, picked, surroundings)
            case "reschedule":
                return self._rescheduling(said, heard)
            case "reason":
                return _telling_why(said, heard)
            case "done":
                return self._acknowledging(said, heard)
            case _:
                return self._from_nowhere(said, heard)

    def _from_nowhere(self, said: Phrase, heard: Verdict) -> Heard:
        if heard.intent == "cancel" and said.words in _BARE and not said.question:
            return "cancel", ("nothing but the word",)
        if heard.intent == "cancel" and all(_is_about_supper(part) for part in heard.parts):
            return "unclear", (SUPPER,)
        if heard.intent == "keep" and _denies_it(said):
            return "dispute", (DENIED,)
        if heard.intent == "unclear" and self.lemmas.vocabulary.groups["acknowledged"].issuperset(said.words):
            # «Ок» after all is said asks for nothing.
            return "unclear", (("asks for nothing",) if said.words else ())
        return heard.intent, ()

    def _confirming(self, text: str, said: Phrase, heard: Verdict, surroundings: Surroundings) -> Heard:
        # Two locks: no other meaning was heard, and every word is explained.
        if heard.intent in _YES_MAY_BE and is_yes(text, said, surroundings.records, self.lemmas):
            return "yes", ("every word says yes",)
        if (another := self._another(said, heard, surroundings)) is not None:
            return another
        if is_no(said, self.lemmas):
            return "no", ("no",)
        denies = bool(self.lemmas.vocabulary.groups["no"].intersection(said.words))
        agrees = bool({"да", "ага", "угу", "ок", "хорошо", "давайте", "конечно"}.intersection(said.words))
        if heard.intent == "keep":
            weak = agrees and any("ждать" in clause.every for clause in said.clauses)
            return ("unclear" if weak else "no"), ("keeps in confirm",)
        if heard.intent == "cancel":
            meant = named(said.clauses, self.lemmas, surroundings.records, listed=True)
            bare = said.words in _BARE
            other = bool(meant.anything() and not fitting(meant, surroundings.records, self.lemmas))
            mixed = denies and not other and len(said.words) < _FEW
            # «Да, но другую»: no answer, and no wish either.
            turned = not _TURNS.isdisjoint(said.words)
            known = bool(surroundings.records)
            if bare:
                # «Отмена» may be of the record, or of this talk.
                return "unclear", ("no clear answer",)
            doubtful = mixed or said.question or turned or (agrees and other and known)
            elsewhere = known and other
            return ("unclear" if doubtful else "cancel"), (
                "a wish about another record" if elsewhere else "a wish, not an answer",
            )
        empty = heard.intent in ("unclear", "thanks", "hello", "reason")
        if empty and denies and not (agrees or said.question or leans(said, self.lemmas)):
            return "no", ("a no among other words",)
        if heard.intent == "reason" and agrees:
            return "unclear", ()
        return heard.intent, ()

    def _another(self, said: Phrase, heard: Verdict, surroundings: Surroundings) -> Heard | None:
        """Return a wish about a record that is named beside the one asked about, or instead of it.

        «И стрижку»; «не маникюр, стрижку».
        """
        records = surroundings.records
        if said.question or not records or heard.intent not in (*_NO_WISH, "cancel"):
            return None
        meant = named(said.clauses, self.lemmas, records, listed=True)
        fits = fitting(meant, records, self.lemmas) and not lacks_a_service(meant, records, self.lemmas)
        if fits or not meant.anything():
            return None
        wish: Heard = ("cancel", ("a wish about another record",))
        if adds(said):
            # «И стрижку не надо» may be another wish, and a no as well.
            denies = "не" in said.words or not self.lemmas.vocabulary.groups["no"].isdisjoint(said.words)
            return ("unclear", ("no clear answer",)) if denies else wish
        # «Нет, стрижку», «не маникюр, стрижку».
        instead = said.words[0] in ("нет", "неа") or self._denies(said, records)
        return wish if instead and heard.intent in _NO_WISH else None

    def _names_a_record(self, said: Phrase) -> bool:
        """Whether it names a day, a time, a master, or what surely is a service."""
        meant = named(said.clauses, self.lemmas, (), listed=True)
        surely = any(is_service(word, self.lemmas) for word in meant.words)
        return surely or bool(meant.days or meant.clock or meant.names)

    def _denies(self, said: Phrase, records: tuple[Record, ...]) -> bool:
        """Whether a «не» stands before what is asked about."""
        denied = {
            word.thing
            for clause in said.clauses
            for word, keys in zip(clause.words, clause.keys, strict=True)
            if "<not>" in keys and word.thing
        }
        titles = [" ".join(record.services) for record in records]
        return any(word in self.lemmas.lemmas(title) for word in denied for title in titles)

    def _choosing(self, said: Phrase, heard: Verdict, picked: Picks, surroundings: Surroundings) -> Heard:
        if is_no(said, self.lemmas):
            return "no", ("no",)
        if _moves(heard):
            return heard.intent, ()
        if picked.nothing_goes:
            # «Первую оставьте», «не вторую»: which one is to go was not said.
            every = any(is_several(keys) for clause in picked.staying for keys in clause.keys)
            return ("no", ("all of them stay",)) if every else ("unclear", ("only what stays",))
        if picked.rest:
            return "choose", ("the rest",)
        if not picked.parted:
            if heard.intent == "keep":
                return "no", ("keeps in choose",)
            if heard.intent not in ("unclear", "cancel", "reschedule", "other", "reason") or said.question:
                return heard.intent, ()
            if any(why.startswith("past:") for why in heard.evidence):
                return heard.intent, ()
        intent, why = self._picking(picked, heard, surroundings)
        return intent, (("one beside those that stay",) if picked.parted and intent == "choose" else why)

    def _picking(self, picked: Picks, heard: Verdict, surroundings: Surroundings) -> Heard:
        going = picked.going
        if several(going):
            return "choose", ("several",)
        if heard.intent != "cancel" and not picked.parted and doubts(going, self.lemmas):
            places = [word for clause in going.clauses for word in clause.words if is_position(word)]
            # «Вторую не надо» may mean that it stays, and that it is to go.
            return "unclear", (("denies one of the list",) if places else ("denies or asks",))
        meant = named(going.clauses, self.lemmas, surroundings.records, listed=True)
        if ordinal(going) is not None or meant.days or meant.clock or meant.names or meant.impossible_day:
            return "choose", ("one of the list",)
        wordy = bool(meant.words) and (picked.parted or heard.intent in ("unclear", "cancel"))
        if wordy and self._narrows(meant.words, surroundings):
            return "choose", ("a word of the list",)
        return ("unclear" if heard.intent == "cancel" else heard.intent), ()

    def _narrows(self, words: tuple[str, ...], surroundings: Surroundings) -> bool:
        if not surroundings.records:
            return True
        titles = [" ".join((*record.services, record.master)) for record in surroundings.records]
        return any(word in self.lemmas.lemmas(title) for word in words for title in titles)

    def _rescheduling(self, said: Phrase, heard: Verdict) -> Heard:
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

    def _acknowledging(self, said: Phrase, heard: Verdict) -> Heard:
        groups, words = self.lemmas.vocabulary.groups, frozenset(said.words)
        if heard.intent in _NO_WISH and not said.question:
            if not _EXCEPT.isdisjoint(key for clause in said.clauses for key in clause.every):
                return "unclear", (ALL_BUT,)
            brief = adds(said) and len(said.words) <= _FEW
            if brief and "не" not in words and self._names_a_record(said):
                return "cancel", ("a wish about another record",)
            needless = not words.isdisjoint(_NEEDED) and words.isdisjoint(groups["thanks"])
            if needless and is_no(said, self.lemmas):
                # «Да нет, не надо»: whatever it turns down, it asks for nothing back.
                return "no", ("a bare no",)
        # «Передумала» alone; in more words it may tell why it was cancelled.
        turned = bool(words & TURNED) and words <= TURNED | _BESIDE_TURNED
        if heard.intent == "keep" or (turned and heard.intent == "unclear"):
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


def _telling_why(said: Phrase, heard: Verdict) -> Heard:
    """After a cancel nearly everything is its reason; wishes that need another answer stay themselves."""
    if not said.words:
        return "unclear", ("nothing but signs",)
    words = frozenset(said.words)
    if words <= {"нет", "не", "надо", "нету"}:
        return "no", ("a bare no",)
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
        return "undo", ("wants it back after all",)
    if heard.intent == "cancel" and ordered:
        return "cancel", ()
    return "reason", ("told after a cancel",)


def _moves(heard: Verdict) -> bool:
    """Whether a move is asked for by name, and not by proposing a day."""
    return any(why.startswith("reschedule:") for why in heard.evidence)


def _is_about_supper(part: Part) -> bool:
    """Whether it says no more than «не жди меня к ужину»: nobody comes to a salon for that."""
    orders = part.seen("cancel") or part.seen("cancel_order")
    pairs = zip(part.keys, part.keys[1:], strict=False)
    waited_for = "!ждать:impr" in part.every and not orders
    return waited_for and any("к" in before and not _MEALS.isdisjoint(keys) for before, keys in pairs)


def _denies_it(said: Phrase) -> bool:
    """«Ни слова про отмену от меня не было», «ни слова об отмене я не писала»."""
    words = said.words
    runs = zip(words, words[1:], words[2:], strict=False)
    told = "было" in words or any(key.endswith(":past") for clause in said.clauses for key in clause.every)
    return "ни" in words and told and any(run in _NO_WORD_OF_IT for run in runs)
