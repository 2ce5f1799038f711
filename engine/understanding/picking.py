"""Which of a list is to go and which is to stay: «первую оставьте, вторую отмените»."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.understanding.answers import is_position, is_several
from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Clause, Phrase, cut

_PARTING = frozenset((COMMA, "а", "но"))
# Whatever else a piece says, these keep what it names.
_STAYS = frozenset((
    "оставить", "оставлять", "сохранить", "сохранять", "остаться", "оставаться", "висеть", "сила", "трогать",
    "!трогать", "жалко", "жаль", "случай", "!за",
    "!отменить", "!отменять", "!убрать", "!убирать", "!снять", "!снимать", "!удалить", "!удалять",
))  # fmt: skip
# Of a list these keep what they name; beside a wish they may only say how one feels about it.
_FEELS = frozenset(("жалко", "жаль", "случай", "сила", "висеть"))
# These keep it unless the same piece calls it off: «хочу к Ольге», but «хочу снять первую».
_COMES = frozenset((
    "прийти:1per", "приходить:1per", "приехать:1per", "пойти:1per", "идти:1per", "быть:1per", "смочь:1per",
    "мочь:1per", "заехать:1per", "заглянуть:1per", "забежать:1per", "сходить:1per", "успеть:1per",
    "успевать:1per", "увидеться:1per", "встреча", "ждать:impr", "ждать:1per", "планировать:1per", "план",
    "делать:1per", "хотеть:1per", "получиться:3per", "получаться:3per", "нравиться:3per", "держать",
    "держаться", "брать", "беречь", "бронировать", "посетить", "записать:impr", "записать:infn",
    "записывать:impr", "пусть", "нужный", "нужно", "важный", "актуальный", "неприкосновенный", "удобно",
    "удобный", "свободный", "согласный", "готовый", "порядок", "изменение", "нормально", "норма", "норм",
    "ок", "подтвердить", "подтверждать", "устраивать", "подходить",
))  # fmt: skip
# Beside a record that is to go, these keep another: «первую, вторую не надо».
_STAYS_BESIDE = frozenset(("!надо", "!нужно", "нет"))
_EXCEPT = frozenset(("кроме", "исключение"))
# At the end of a piece these keep what it names: «первая да, вторую нет».
_AGREED = frozenset(("да", "ок", "плюс", "окей"))
_NO = frozenset(("нет", "неа"))
_REST = frozenset(("остальной", "прочий", "другой"))
_POINTING = frozenset(("она", "он", "этот", "эта"))


@dataclass(frozen=True, slots=True)
class Picks:
    """What an answer to a list says of its records."""

    # The pieces that name what is to go, in words as they were said; all of the answer, where nothing stays.
    going: Phrase
    # The pieces that name what is to stay; empty where nothing is.
    staying: tuple[Clause, ...] = ()
    # The others are to go, whatever they are: «остальные долой», «все, кроме субботы».
    rest: bool = False
    # Something is to stay, whether or not it is named.
    parted: bool = False
    # The others are to stay, whatever they are: «маникюр отмените, остальное оставьте».
    rest_stays: bool = False

    @property
    def nothing_goes(self) -> bool:
        """Whether only what stays was named."""
        return self.parted and not (self.going.clauses or self.rest)


def picks(said: Phrase, lemmas: Lemmas, said_at: datetime) -> Picks:
    """Return what of a list is to go. Without a piece that stays, that is the whole answer."""
    pieces = [_Piece(piece, lemmas) for piece in _pieces(said, lemmas, said_at)]
    _refer_back(pieces)
    if not any(piece.stays and (piece.names or piece.of_rest) for piece in pieces):
        return Picks(said)
    return Picks(
        replace(said, clauses=tuple(piece.clause for piece in pieces if piece.names and not piece.stays)),
        tuple(piece.clause for piece in pieces if piece.names and piece.stays),
        rest=any(piece.spares or (piece.of_rest and not piece.stays) for piece in pieces),
        parted=True,
        rest_stays=any(piece.of_rest and piece.stays for piece in pieces),
    )


def sparing(said: Phrase, lemmas: Lemmas, said_at: datetime) -> Picks | None:
    """Return what a wish spares where no list stands: «все, кроме педикюра», «педикюр не надо».

    Only words that say so of what they name do: «мне в пятницу нужно к врачу» tells why, and spares nothing.
    """
    going: list[Clause] = []
    staying: list[Clause] = []
    named = False
    for clause in _pieces(said, lemmas, said_at):
        spared = _except(clause)
        piece = _Piece(clause, lemmas)
        if spared is not None:
            first, start = spared
            staying.append(cut(clause, start, len(clause.words), lemmas, said_at))
            if first:
                going.append(cut(clause, 0, first, lemmas, said_at))
        elif piece.names and (piece.is_kept or (piece.turns and named)):
            staying.append(clause)
        else:
            going.append(clause)
            named = named or piece.names
    return Picks(replace(said, clauses=tuple(going)), tuple(staying), parted=True) if staying else None


def _except(clause: Clause) -> tuple[int, int] | None:
    """Return where «кроме», «за исключением» begins, and where what it spares does."""
    for place, keys in enumerate(clause.keys[:-1]):
        if not _EXCEPT.isdisjoint(keys):
            led = place > 0 and clause.words[place - 1].text == "за"
            return place - led, place + 1
    return None


def _refer_back(pieces: Sequence["_Piece"]) -> None:
    """Let «вторую, она мне нужна» keep the second, and «первую оставляем, вторую нет» part the two.

    A «нет» that nothing before it explains leaves open which is to go: then both stay.
    """
    named: _Piece | None = None
    for piece in pieces:
        if not piece.names:
            if named is not None and ((piece.stays and piece.points) or piece.says_no):
                named.stays = True
            continue
        if piece.turns:
            piece.stays = named is None or not named.stays
            if named is not None and piece.stays and piece.says_no and not named.goes:
                named.stays = True
        named = piece


def _pieces(said: Phrase, lemmas: Lemmas, said_at: datetime) -> Iterator[Clause]:
    for clause in said.clauses:
        start = 0
        for place, word in enumerate(clause.words):
            if word.text in _PARTING:
                if place > start:
                    yield cut(clause, start, place, lemmas, said_at)
                start = place + 1
        if len(clause.words) > start:
            yield cut(clause, start, len(clause.words), lemmas, said_at)


class _Piece:
    """A run of words between commas, and what it says of the list."""

    def __init__(self, clause: Clause, lemmas: Lemmas) -> None:
        self.clause = clause
        groups = lemmas.vocabulary.groups
        visits = groups["visits"]
        naming = [
            keys
            for place, (word, keys) in enumerate(zip(clause.words, clause.keys, strict=True))
            if place in clause.moments.spans
            or word.name
            or is_position(word)
            or not visits.isdisjoint(word.keys)
            or (is_several(word.keys) and _REST.isdisjoint(word.keys))
        ]
        self.names = bool(naming)
        self.of_rest = not _REST.isdisjoint(clause.every)
        self.points = not _POINTING.isdisjoint(clause.every)
        # «Все, кроме субботы» is one that stays, and the others go.
        # «Все без второй» too; «в пятницу без меня» spares nothing.
        several = any(is_several(word.keys) for word in clause.words)
        self.spares = self.names and (
            not _EXCEPT.isdisjoint(clause.every) or (several and "без" in clause.every)
        )
        denied = any("<not>" in keys for keys in naming)
        calls_off = not clause.every.isdisjoint(groups["cancel"] | groups["remove"] | groups["move"])
        comes = not (calls_off or _COMES.isdisjoint(clause.every))
        agreed = self.names and clause.words[-1].text in _AGREED and not calls_off
        # What is said of it: stays, goes, or nothing.
        self.goes = calls_off
        self.stays = not _STAYS.isdisjoint(clause.every) or comes or denied or self.spares or agreed
        self.is_kept = denied or not (_STAYS - _FEELS).isdisjoint(clause.every)
        self.turns = not _STAYS_BESIDE.isdisjoint(clause.every)
        # «Первую - нет», «вторую, ой нет»: it may be either.
        self.says_no = any(word.text in _NO for word in clause.words) and not calls_off
