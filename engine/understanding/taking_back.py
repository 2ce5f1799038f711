"""Taking back: the closed grammar of «верните запись», and of what answers «Какую запись вернуть?».

A restore is a write, so it stands on words of which every one is explained; what only sounds like a wish for
it is asked about.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from engine.events import Named
from engine.understanding.answers import is_no, is_position
from engine.understanding.consent import has_only_plain_signs
from engine.understanding.lemmas import Lemmas, Word
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase
from engine.understanding.typed import is_typed

# What words say of a take-back, whatever question they answer:
# "order": take it back, and maybe which one; "agrees": yes; "names": only which ones; "no": a plain no;
# "denies": «не надо возвращать»; "asks": a question about it. Empty: anything else.
TakesBack = Literal["order", "agrees", "names", "no", "denies", "asks", ""]
_Kind = Literal["order", "wants", "agrees", "by itself", "turns", "comes", "around", "leads", "names"]

_ORDERS = frozenset((
    "верните", "верни", "вернуть", "вернем", "возвращайте", "возвращай", "возвращаем", "восстановите",
    "восстанови", "восстановить", "восстановим", "восстанавливайте", "восстанавливай",
))  # fmt: skip
# These too speak of it, and order nothing: «не надо возвращать», «а вы вернёте?».
_SPEAKS = _ORDERS | {
    "верну", "вернете", "возвращать", "возвращаете", "возвращаю", "восстанавливать",
}  # fmt: skip
_CANCELS = (
    "отмените", "отмени", "отменить", "отменяйте", "отменяй", "отменяем", "отменим", "аннулируйте",
    "аннулировать",
)  # fmt: skip
_ITS = ("", "мою ", "свою ", "нашу ", "эту ", "последнюю ")
_OF_WHAT = ("", " записи", " визита")
# Every phrase that stands in one of these sentences, by what it does there. As written, ё as е.
_LISTS: Mapping[_Kind, tuple[str, ...]] = {
    "order": (
        *_ORDERS,
        *(f"{cancel} {its}отмену{what}" for cancel in _CANCELS for its in _ITS for what in _OF_WHAT),
        *(f"отмена отмены{what}" for what in _OF_WHAT),
    ),
    # Only before an order: «хочу вернуть».
    "wants": ("хочу", "хотим", "прошу", "просим", "надо", "нужно"),
    "agrees": (
        "да", "ага", "угу", "ок", "окей", "хорошо", "давайте", "давай", "конечно", "разумеется", "верно",
        "подтверждаю", "согласна", "согласен", "все верно", "именно",
    ),
    # Consent where nothing else is said: «хочу», but not «хочу маникюр».
    "by itself": ("хочу", "хотим", "надо", "нужно", "можно"),
    # Beside an order only: «передумала» alone may be told of anything, and «а маникюр» may ask.
    "turns": (
        "передумала", "передумал", "передумали", "я передумала", "я передумал", "мы передумали", "ошиблась",
        "ошибся", "я ошиблась", "я ошибся", "перепутала", "перепутал", "а", "ой", "я",
        "мы",
    ),
    "comes": ("приду", "я приду", "придем", "мы придем", "буду", "я буду", "смогу", "я смогу"),
    "around": (
        "пожалуйста", "спасибо", "большое", "заранее", "благодарю", "извините", "простите", "извиняюсь",
        "ну", "и", "все же", "все таки", "таки", "тогда", "лучше", "здравствуйте", "привет", "добрый день",
        "добрый вечер", "доброе утро", "девушки", "срочно", "скорее", "поскорее", "обратно", "назад",
        "как было", "будьте добры", "будьте любезны", "если можно", "только", "ту что", "ту которая", "ту",
        "тот", "эту", "этот", "ее", "его", "их", "мою", "мой", "мое", "мои", "свою", "свой", "нашу", "наш",
        "мне", "нам", "меня", "нас", "запись", "записи", "визит", "визиты", "прием", "сеанс", "бронь",
        "номер", "под номером", "цифра", "мастер",
    ),
    # Only before what they lead to: «на пятницу».
    "leads": ("на", "в", "во", "к", "ко", "у"),
}  # fmt: skip


def _phrases() -> dict[tuple[str, ...], frozenset[_Kind]]:
    found: dict[tuple[str, ...], frozenset[_Kind]] = {}
    for kind, phrases in _LISTS.items():
        for words in (tuple(phrase.split()) for phrase in phrases):
            found[words] = found.get(words, frozenset()) | {kind}
    return found


_PHRASES = _phrases()
_PHRASE_MAX = max(len(words) for words in _PHRASES)
_BEGINS = frozenset(words[0] for words in _PHRASES)
_NUMBERS = frozenset(("один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"))
# «Любую» and «остальные» leave open which.
_SEVERAL = frozenset(("все", "обе", "оба"))
_BESIDE_ALL = frozenset(("все", "записи", "визиты", "мои", "наши", "да", "давайте", "давай", "пожалуйста"))
_BEFORE_A_NUMBER = frozenset(("номер", "номером", "под", "цифра"))
_WILL_NOT = "(?:надо|нужно|стоит|хочу|хотим|буду|будем|собираюсь|собираемся|планирую|требуется)"
_OBJECT = "(?:(?:запись|визит|ничего|мне|меня|нас|ее|его|уже|обратно|назад) )*"
_ANY = f"(?:{'|'.join(sorted(_SPEAKS))})"
# «Не вернете» may ask, «не возвращайте» does not.
_DENIED = re.compile(
    rf"\bне {_WILL_NOT} {_OBJECT}{_ANY}\b|\b{_ANY} {_OBJECT}не {_WILL_NOT}\b"
    rf"|\bне {_OBJECT}(?:возвращайте|возвращай|восстанавливайте|восстанавливай)\b"
)
# What may stand beside a denial; in any other company it is looked at as ever.
_BESIDE_DENIED = frozenset((
    "нет", "неа", "спасибо", "пожалуйста", "большое", "я", "мы", "ну", "ой", "ничего", "уже", "запись",
    "визит", "мою", "мой", "эту", "этот", "ее", "его", "мне", "меня", "нас", "больше", "все", "же", "таки",
    "вот", "пока", "обратно", "назад", "хорошо", "ок", "да",
))  # fmt: skip
# To «Вернуть запись?» these may say that it is to stay cancelled, and that it is to stay.
_EITHER_WAY = frozenset((
    "передумала", "передумал", "оставить", "оставь", "оставьте", "оставляем", "оставляйте", "оставляю",
    "отбой", "пусть", "как", "есть", "запись",
))  # fmt: skip
_SIGNS_OF_MOCKING = frozenset(("ага", "угу", "ну", "агась"))


def takes_back(
    text: str, phrase: Phrase, meant: Named, lemmas: Lemmas, *, answers: bool, follows: bool = False
) -> TakesBack:
    """Return what a message says of a take-back; `meant` is all that it names of a record.

    `answers`: it may answer a question about one. Else only words that speak of it are looked at,
    and with `follows`, where something was just done, a plain no.
    """
    said = frozenset(phrase.words)
    speaks = not said.isdisjoint(_SPEAKS)
    # Most messages are done with here.
    if not (speaks or answers or follows or "отмену" in said or "отмены" in said):
        return ""
    if phrase.question:
        return "asks" if speaks and not _is_about_else(phrase, lemmas) else ""
    if speaks and _denies(phrase):
        return "denies"
    if (answers or follows) and said.isdisjoint(_EITHER_WAY) and is_no(phrase, lemmas):
        return "no"
    if not (speaks or answers or "отмену" in said or "отмены" in said):
        return ""
    if not has_only_plain_signs(text, lemmas) or _is_mocking(phrase, lemmas) or not _is_whole(phrase, meant):
        return ""
    kinds = _explained(phrase, meant, lemmas)
    found = _together(kinds, hesitates=".." in text or "…" in text)
    if not found or (found == "names" and _may_be_done(text, said)):
        return ""
    return found if is_typed(text, phrase, lemmas) else ""


def _together(kinds: tuple[_Kind, ...], *, hesitates: bool) -> TakesBack:
    said = frozenset(kinds)
    if "order" in said:
        return "order"
    if hesitates or not said.isdisjoint(("turns", "comes")):
        return ""
    if "names" in said:
        return "names"
    return "agrees" if not said.isdisjoint(("agrees", "by itself")) else ""


def _explained(phrase: Phrase, meant: Named, lemmas: Lemmas) -> tuple[_Kind, ...]:
    "Return what every phrase of the message is; nothing, where one of them is not explained."
    kinds: list[_Kind | None] = []
    for clause in phrase.clauses:
        kinds += _kinds(clause, meant, lemmas, alone=len(phrase.words) == 1)
    names = "names" in kinds or "order" in kinds
    for place, kind in enumerate(kinds):
        after = kinds[place + 1] if place + 1 < len(kinds) else None
        if kind is None or (kind == "leads" and after != "names"):
            return ()
        if kind == "wants" and after != "order":
            if names:
                return ()
            kinds[place] = "by itself"
    return () if names and "by itself" in kinds else tuple(kind for kind in kinds if kind)


def _kinds(clause: Clause, meant: Named, lemmas: Lemmas, *, alone: bool) -> Iterator[_Kind | None]:
    wished = _wished(clause)
    place = 0
    while place < len(clause.words):
        word = clause.words[place]
        if word.text == COMMA:
            place += 1
        elif place in clause.moments.spans:
            # «На пятницу» is one name, however many words it has.
            if place in wished:
                yield "names"
            else:
                yield None
            place += 1
        elif (found := _phrase_at(clause, place))[1] is not None:
            yield found[1]
            place = found[0]
        else:
            yield "names" if _is_a_name(clause, place, meant, lemmas, alone=alone) else None
            place += 1


def _phrase_at(clause: Clause, place: int) -> tuple[int, _Kind | None]:
    "Return the longest phrase that begins here, as where it ends and what it is."
    words = clause.words
    if words[place].text not in _BEGINS:
        return place, None
    for end in range(min(place + _PHRASE_MAX, len(words)), place, -1):
        kinds = _PHRASES.get(tuple(word.text for word in words[place:end]))
        if kinds:
            # «Хочу» is a wish or an answer: what follows decides.
            return end, "wants" if "wants" in kinds else next(iter(kinds))
    return place, None


def _wished(clause: Clause) -> frozenset[int]:
    ""
    "Return the places of days and times that stand there plainly: «на пятницу», and not «после пятницы»."
    ""
    return frozenset(
        place
        for mention in clause.moments.mentions
        if mention.role in ("plain", "to")
        and not (mention.given_up or mention.bound or mention.aside or mention.kept or mention.impossible)
        for place in range(mention.first, mention.end)
    )


def _is_a_name(clause: Clause, place: int, meant: Named, lemmas: Lemmas, *, alone: bool) -> bool:
    word = clause.words[place]
    if is_position(word) or word.text in _SEVERAL:
        return True
    before = clause.words[place - 1].text if place else ""
    if (alone or before in _BEFORE_A_NUMBER) and not word.keys.isdisjoint(_NUMBERS):
        return True
    if word.name:
        return word.name in (*meant.names, *meant.people)
    return bool(word.thing) and word.thing in meant.words and not _is_of_another_kind(word, lemmas)


def _is_of_another_kind(word: Word, lemmas: Lemmas) -> bool:
    "Whether a word names what is returned elsewhere: «верните предоплату»."
    groups = lemmas.vocabulary.groups
    others = groups["foreign"] | groups["penalty"]
    return not word.keys.isdisjoint(others) and word.keys.isdisjoint(groups["visits"])


def _is_about_else(phrase: Phrase, lemmas: Lemmas) -> bool:
    "Whether a question is about what is no visit: «можно вернуть предоплату?»."
    groups = lemmas.vocabulary.groups
    others = groups["foreign"] | groups["penalty"] | {"деньга", "деньги"}
    return any(
        not word.keys.isdisjoint(others)
        or (word.thing and word.keys.isdisjoint(groups["not_services"]) and word.text not in _BEGINS)
        for clause in phrase.clauses
        for place, word in enumerate(clause.words)
        if place not in clause.moments.spans and not word.name and word.keys.isdisjoint(groups["visits"])
    )


def _is_whole(phrase: Phrase, meant: Named) -> bool:
    "Whether `meant` holds every day and time of the message."
    days = {day for clause in phrase.clauses for day in clause.moments.days}
    clocks = {clock for clause in phrase.clauses for clock in clause.moments.clocks}
    loose = any(clause.moments.loose for clause in phrase.clauses)
    return days <= set(meant.days) and len(clocks) <= 1 and bool(clocks) == bool(meant.clock) and not loose


def _denies(phrase: Phrase) -> bool:
    ""
    "Whether a take-back is denied, and nothing else is said: «не возвращайте», «нет, возвращать не надо»."
    ""
    whole = " ".join(phrase.words)
    denied = _DENIED.search(whole)
    return denied is not None and _BESIDE_DENIED.issuperset(_DENIED.sub(" ", whole).split())


def _may_be_done(text: str, said: frozenset[str]) -> bool:
    "Whether «все» may count nothing: «всё», «все хорошо», «хорошо, все»."
    return "все" in said and ("ё" in text.lower() or not said <= _BESIDE_ALL)


def _is_mocking(phrase: Phrase, lemmas: Lemmas) -> bool:
    "Whether it may be irony: «ага, конечно», «да ну»."
    consent, words = lemmas.vocabulary.consent, phrase.words
    if not (_SIGNS_OF_MOCKING.isdisjoint(words) or consent.ironic.isdisjoint(words)):
        return True
    return any(words[at : at + len(doubt)] == doubt for doubt in consent.never for at in range(len(words)))
