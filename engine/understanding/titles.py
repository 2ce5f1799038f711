"""What a record is called: whether words name its master, and its services, the whole of them."""

import re

from engine.booking import Record
from engine.understanding.answers import is_position
from engine.understanding.lemmas import Lemmas

# «В марте», «с любовью» name no master.
_NO_MASTER_AFTER = frozenset(("в", "во", "на", "с", "со", "из"))
_PIECES = re.compile(r"[+,;/&]|\bи\b")
_WORD = re.compile(r"[а-яёА-ЯЁ]+")
_WORD_MIN = 3


class Title:
    """What the record is called: its master, and its services, each by the noun that stands for it."""

    def __init__(self, record: Record, lemmas: Lemmas) -> None:
        self._lemmas = lemmas
        self._masters = frozenset(
            name for word in _words_of(record.master) for name in lemmas.full_names(word)
        )
        self._things = lemmas.lemmas(" ".join(record.services))
        pieces = (piece for service in record.services for piece in _PIECES.split(service.lower()))
        self._heads = [head for piece in pieces if (head := self._head(piece))]
        self._is_whole = False

    def mention(self, words: frozenset[str | None]) -> None:
        """Take what a message names: services are the record's own only where it names all of them."""
        named = {self._lemmas.word(word).thing for word in words if word}
        self._is_whole = bool(self._heads) and named.issuperset(self._heads)

    def has(self, word: str, *, after: str | None) -> bool:
        """Whether a word is the master's name or part of the services, and of nothing else."""
        read = self._lemmas.word(word)
        if len(word) < _WORD_MIN or is_position(read):
            return False
        if read.name:
            # «К Александру» is a man's, «в марте» is no master.
            names = self._lemmas.names_read(word) or {read.name}
            return after not in _NO_MASTER_AFTER and all(
                not self._masters.isdisjoint(self._lemmas.full_names(name)) for name in names
            )
        return self._is_whole and read.thing in self._things

    def _head(self, piece: str) -> str:
        """Return the noun that a service is called by: «маникюр» of «Маникюр с покрытием»."""
        others = self._lemmas.vocabulary.groups["not_services"]
        for word in _words_of(piece):
            read = self._lemmas.word(word)
            if len(word) >= _WORD_MIN and read.keys.isdisjoint(others) and self._lemmas.is_noun(word):
                return read.thing
        return ""


def _words_of(title: str) -> list[str]:
    return [word.lower().replace("ё", "е") for word in _WORD.findall(title)]
