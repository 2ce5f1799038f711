"""What a record is called: whether words name its master, and its services, the whole of them."""

import re

from engine.booking import Record
from engine.understanding.answers import is_position
from engine.understanding.lemmas import Lemmas

# «К Ольге», «у Ольги»; «Ольге» alone may be another client's, and «с любовью» is nobody's.
_BEFORE_A_MASTER = frozenset(("к", "ко", "у"))
_NO_MASTER_AFTER = frozenset(("в", "во", "на", "с", "со", "из", "от"))
# «С маникюра на педикюр» is another wish.
_NO_SERVICE_AFTER = frozenset(("с", "со", "из", "от"))
# What parts a title into services of which one may be meant: «Маникюр + педикюр», but not «Стрижка женская».
_PARTED = re.compile(r"[^а-яё -]|(?<= )-|-(?= )|[а-яё]-[а-яё]|\b(?:плюс|или|вместе)\b")
_WORD = re.compile(r"[а-яё]+")
_LATIN = re.compile(r"[a-z]")
_WORD_MIN = 3


class Title:
    """What the record is called. Words of its services are its own only where the whole of them is named.

    A service is named by its first noun, and by what is a service itself («с педикюром»); several, or what a
    sign parts, by all of their words, for each may be one that the client wants to keep. A word beyond the
    first ones asks for all the others: of «Массаж спины и ног» only one half may be meant.
    """

    def __init__(self, record: Record, lemmas: Lemmas) -> None:
        self._lemmas = lemmas
        self._masters = frozenset(_words_of(record.master))
        self._services = " ".join(record.services).lower().replace("ё", "е")
        self._things = lemmas.lemmas(self._services)
        words = [word for word in _words_of(self._services) if len(word) >= _WORD_MIN]
        self._words = frozenset(lemmas.word(word).lemma for word in words)
        self._needed = self._words
        if len(record.services) == 1 and not _PARTED.search(self._services):
            nouns = [lemmas.word(word).lemma for word in words if lemmas.is_noun(word)]
            visits = lemmas.vocabulary.groups["visits"]
            self._needed = frozenset((*nouns[:1], *(noun for noun in nouns if noun in visits)))
        if _LATIN.search(self._services):
            # «SPA» cannot be named in the words that we read.
            self._needed = frozenset()
        self._is_whole = False

    def mention(self, words: frozenset[str | None]) -> None:
        """Take what a message names."""
        named = {self._lemmas.word(word).lemma for word in words if word} & self._words
        self._is_whole = bool(self._needed) and named in (self._needed, self._words)

    def has(self, word: str, *, after: str | None) -> bool:
        """Whether a word is the master's name or part of the services, and of nothing else."""
        read = self._lemmas.word(word)
        if len(word) < _WORD_MIN or is_position(read):
            return False
        if read.name:
            return after not in _NO_MASTER_AFTER and self._is_master(word, led=after in _BEFORE_A_MASTER)
        led_off = after in _NO_SERVICE_AFTER and f" {after} {word}" not in self._services
        return self._is_whole and not led_off and not read.keys.isdisjoint(self._things)

    def _is_master(self, word: str, *, led: bool) -> bool:
        """Whether every reading of a form is the master's name: «александру» may be a man, «жене» a wife."""
        read = self._lemmas.word(word)
        names = self._lemmas.names_read(word)
        if "datv" in read.name_cases and not led:
            return False
        return all(
            any(
                name == master or (self._lemmas.full_names(master) == self._lemmas.full_names(name))
                for master in self._masters
            )
            for name in names or {""}
        )


def _words_of(title: str) -> list[str]:
    return _WORD.findall(title.lower().replace("ё", "е"))
