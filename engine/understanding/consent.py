"""Consent: the closed grammar of a yes to «Отменить запись?». What it cannot explain is no yes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from engine.booking import Record
from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.titles import Title
from engine.understanding.typed import is_typed

# What may stand in a yes beside words and signs: «~да~» is struck through, «да :/» has a doubt.
_PUNCTUATION = frozenset(" \n\t\r,.!…()«»-—–")
# A smile, and the dots of dates and times.
# All begin with one of four signs, so that the rest of a text is passed by.
_SMILE = re.compile(r"[:=./](?:(?<=[:=])-?[)(]+|(?<=\d[:./])(?=\d))")
_IN_SMILES = frozenset(":=-)(./")
_SKINS = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# Marks that only change how the sign before them looks.
_VARIANTS = frozenset("\ufe0e\ufe0f\u200d")
_STRONG = frozenset(("plain", "strong", "order", "removal"))
_DENYING = frozenset(("не", "ни", "нет"))
# What may stand beside «да, к Ирине».
_BESIDE_OWN = frozenset(("plain", "own", "lead", "after", "around", "before", "greeting"))
# Before these words of irony a «да» is none.
_MOCKING = frozenset(("ага", "угу", "ну", "агась"))
# «К 15:00» and «с трёх» are how one comes, and no name of a record.
_BOUNDS = frozenset(("к", "ко", "с", "со", "от", "до", "после"))
# «Через час» is when to cancel.
_FROM_NOW = frozenset(("через", "спустя", "сейчас"))
# «На завтра» is which record.
_NAMING_A_DAY = frozenset(("на", "за", "запись", "визит"))
_RECORD_WORDS = frozenset(("запись", "записи", "визит"))
_LATIN = re.compile(r"[a-z]+")
_ALL_OF_THEM = frozenset(("все", "всё", "обе", "оба"))
# Of several records, each of these is a word for one.
_ONE_OF_THEM = frozenset(("эту", "этот", "ее", "её", "его", "мою", "мой", "запись", "визит"))
_PHRASE_MAX = 6
# Far more than any message of a person has; a yes that is found later than this is none.
_EXPLANATIONS_MAX = 500


def is_yes(text: str, phrase: Phrase, records: Sequence[Record], lemmas: Lemmas) -> bool:
    """Whether every word of the message is explained as a yes to cancelling the one record asked about.

    A question mark, a sign of refusal or of irony, another day or any stray word makes it no yes.
    """
    if "+" in text:
        return set(text.split()) == {"+"}
    consent = lemmas.vocabulary.consent
    if phrase.question or not has_only_plain_signs(text, lemmas):
        return False
    if not consent.english.isdisjoint(_LATIN.findall(text.lower().replace("'", ""))):
        return False
    if not phrase.words:
        return bool(phrase.symbols) and consent.signs_of_yes.issuperset(phrase.symbols)
    if not (
        all(_names_nothing_else(clause, records) for clause in phrase.clauses)
        and is_typed(text, phrase, lemmas)
    ):
        return False
    hesitates = ".." in text or "…" in text
    return _Grammar(records, lemmas).agrees(phrase, hesitates=hesitates)


def has_only_plain_signs(text: str, lemmas: Lemmas) -> bool:
    """Whether everything that is no word is punctuation or a sign that spoils nothing."""
    consent = lemmas.vocabulary.consent
    plain = _plain_signs(consent.signs_of_yes, consent.signs_beside)
    # Most texts have no smile to be looked for, or something else too.
    others = frozenset(text) - plain
    if _are_alnum(others):
        return True
    return _are_alnum(others - _IN_SMILES) and _are_alnum(frozenset(_SMILE.sub(" ", text)) - plain)


def _are_alnum(letters: Iterable[str]) -> bool:
    whole = "".join(letters)
    return not whole or whole.isalnum()


@lru_cache(maxsize=10)
def _plain_signs(of_yes: frozenset[str], beside: frozenset[str]) -> frozenset[str]:
    return of_yes | beside | _PUNCTUATION | _VARIANTS | _SKINS


def affirms(phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether something in the message consents by itself, whatever the rest of it says."""
    kinds = lemmas.vocabulary.consent.kinds
    begins = lemmas.vocabulary.consent.begins
    return any(not _STRONG.isdisjoint(kinds.get(words, ())) for words in _undenied(phrase, begins))


def leans(phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether something in the message leans to a yes, and be it only «увы»."""
    consent, words = lemmas.vocabulary.consent, phrase.words
    # «Точно, её» begins with a yes; in «не смогу точно к трём» it is none.
    begins = any("weak" in consent.kinds.get(words[:end], ()) for end in range(1, _PHRASE_MAX + 1))
    return (
        begins
        or affirms(phrase, lemmas)
        or any(part in consent.leaning for part in _undenied(phrase, consent.begins))
    )


def _undenied(phrase: Phrase, begins: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield every run of words that begins with one of these, and not behind a «не»."""
    words = phrase.words
    for start, word in enumerate(words):
        if word in begins and (not start or words[start - 1] not in ("не", "ни")):
            for end in range(start + 1, min(start + _PHRASE_MAX, len(words)) + 1):
                yield words[start:end]


class _Grammar:
    """Explains the words of one message, phrase by phrase, by what they are or by what stands beside them."""

    def __init__(self, records: Sequence[Record], lemmas: Lemmas) -> None:
        self._lemmas, self._kinds = lemmas, lemmas.vocabulary.consent.kinds
        self._ironic = lemmas.vocabulary.consent.ironic
        # Before which words a comma or the end of a sentence stands.
        self._parted: set[int] = set()
        # Which days and times may say when to cancel, and not what: «отменяйте завтра».
        self._times: set[int] = set()
        self._title = Title(records[0], lemmas) if len(records) == 1 else None
        # «Да, обе» says which, where several are asked about.
        self._all = _ALL_OF_THEM if len(records) > 1 else frozenset()

    def agrees(self, phrase: Phrase, *, hesitates: bool) -> bool:
        """Whether one way of explaining all words consents; an order does so even where one hesitates."""
        words: list[str | None] = []
        for clause in phrase.clauses:
            self._parted.add(len(words))
            for place, word in enumerate(clause.words):
                if word.text == COMMA:
                    self._parted.add(len(words))
                elif place in clause.moments.spans:
                    words.append(None)
                    if _says_when(clause, place):
                        self._times.add(len(words) - 1)
                else:
                    words.append(word.text)
        if self._title is not None:
            self._title.mention(frozenset(words))
        for doubt in self._lemmas.vocabulary.consent.never:
            if any(tuple(words[at : at + len(doubt)]) == doubt for at in range(len(words))):
                return False
        if self._all and not _ONE_OF_THEM.isdisjoint(words):
            # «Отменяйте эту»: of several, nobody knows which.
            return False
        if not (_MOCKING.isdisjoint(words) or self._ironic.isdisjoint(words)):
            return False
        # «Снимите мой маникюр» may be about the gel.
        removes = _RECORD_WORDS.isdisjoint(words)
        return any(
            _consents(kinds, hesitates=hesitates, removes=removes)
            for kinds in islice(self._explanations(words), _EXPLANATIONS_MAX)
        )

    def _explanations(self, words: Sequence[str | None]) -> Iterator[tuple[str, ...]]:
        """Yield what all the words may be, phrase by phrase, longest phrases first."""
        steps = self._steps(words)
        if not steps:
            return
        unfinished: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        while unfinished:
            at, kinds = unfinished.pop()
            if at == len(words):
                yield kinds
            else:
                unfinished.extend((end, (*kinds, kind)) for end, kind in reversed(steps[at]))

    def _steps(self, words: Sequence[str | None]) -> dict[int, list[tuple[int, str]]]:
        """Return for each place the phrases that begin there, as (end, kind), if they lead to the end.

        Without that, «да да да… но» would be tried in every way of parting it.
        """
        steps: dict[int, list[tuple[int, str]]] = {}
        leads = {len(words)}
        for at in range(len(words) - 1, -1, -1):
            found = [
                (end, kind)
                for end in range(min(at + _PHRASE_MAX, len(words)), at, -1)
                if end in leads
                for kind in self._kinds_of(words, at, end)
            ]
            if found:
                steps[at] = found
                leads.add(at)
        return steps if 0 in leads else {}

    def _kinds_of(self, whole: Sequence[str | None], at: int, end: int) -> Sequence[str]:
        words = whole[at:end]
        if not _DENYING.isdisjoint(words) and not self._parted.isdisjoint(range(at + 1, end)):
            # «Не, возражаю» is not «не возражаю».
            return ()
        if words[0] is None:
            return (("when",) if at in self._times else ("own",)) if len(words) == 1 else ()
        known = self._kinds.get(tuple(word for word in words if word is not None), frozenset())
        if None in words:
            return ()
        if len(words) == 1 and words[0] in self._all:
            return ("own",)
        if not known and len(words) == 1 and self._title is not None:
            return ("own",) if self._title.has(words[0], after=whole[at - 1] if at else "") else ()
        return sorted(known)


def _says_when(clause: Clause, place: int) -> bool:
    """Whether a day or time may say when to cancel: not «на завтра», «завтрашнюю» or «завтра в 15:00»."""
    if clause.moments.days and clause.moments.clocks:
        return False
    while place and place - 1 in clause.moments.spans:
        place -= 1
    first, before = clause.words[place].text, clause.words[place - 1].text if place else ""
    return not ({first, before} & _NAMING_A_DAY or first.endswith(("юю", "ую")))


def _consents(kinds: Sequence[str], *, hesitates: bool, removes: bool) -> bool:
    """Whether the kinds of all phrases, in order, make a yes."""
    said = frozenset(kinds)
    if "when" in said and said.isdisjoint(("order", "removal")):
        kinds = tuple("own" if kind == "when" else kind for kind in kinds)
        said = frozenset(kinds)
    ordered = "order" in said or ("removal" in said and "own" not in said) or {"removal", "about"} <= said
    if (hesitates and not ordered) or ("when" in said and not said.isdisjoint(("order", "removal"))):
        return False
    if "own" in said and ("because" in said or (removes and "removal" in said and "order" not in said)):
        # «Да, Ольга заболела» says who; «снимите маникюр с меня» may be about the gel.
        return False
    for place, kind in enumerate(kinds):
        before = kinds[place - 1] if place else ""
        after = kinds[place + 1] if place + 1 < len(kinds) else ""
        if kind == "after" and before not in ("plain", "strong", "weak", "after", "own"):
            return False
        if kind == "lead" and after not in ("own", "about"):
            return False
        if kind == "before" and after not in (*_STRONG, "weak"):
            return False
        if kind == "greeting" and after not in ("plain", "greeting"):
            return False
    if not ordered and not said.isdisjoint(("manner", "about")):
        return False
    if "own" in said:
        # «Да, к Ирине» says which one; «хорошо, к Ирине» may be about the visit.
        return ordered or ("plain" in said and said <= _BESIDE_OWN)
    if not _STRONG.isdisjoint(said):
        return "removal" not in said or ordered
    # «Хорошо, спасибо» is about nothing at all.
    return "weak" in said and said <= {"weak", "before", "after"}


def _names_nothing_else(clause: Clause, records: Sequence[Record]) -> bool:
    """Whether all days and times of a clause are those of the one record."""
    named = clause.moments
    if named.impossible_day or named.loose:
        return False
    if not named.spans:
        return True
    if any(clause.words[place].text in _FROM_NOW for place in named.spans):
        return False
    leads = {clause.words[mention.first].text for mention in named.mentions}
    if not leads.isdisjoint(_BOUNDS):
        return False
    if len(records) != 1 or not (named.days or named.clocks):
        return False
    starts_at = records[0].starts_at
    start = starts_at.time()
    same_clock = (
        not named.clocks or named.clocks == [start] or (len(named.clocks) == 1 and start in named.twins)
    )
    return same_clock and all(day == starts_at.date() for day in named.days)
