"""Whether a word was typed as it is read, or only mended to it: consent is made of words as they were typed.

«Отмечяйте» is nearest to «отменяйте», and is «отмечайте»: a wish is asked about, a yes is not.
"""

import re

from engine.understanding.foreign import languages
from engine.understanding.lemmas import Lemmas
from engine.understanding.letters import as_cyrillic
from engine.understanding.normal import COMMA
from engine.understanding.phrase import Phrase
from engine.understanding.translit import readings

_REPEATED = re.compile(r"(.)\1+")
_RUSSIAN = re.compile("[а-я-]+")
_LATIN = re.compile("[a-z0-9']+")


def is_typed(text: str, phrase: Phrase, lemmas: Lemmas) -> bool:
    """Whether every word stands in the text, in Russian, in Latin letters or in a language that is known.

    Known misspellings («канеш») are as good as right ones; guesses at unknown ones are not. Days and times
    are held against the record whatever they are spelt like.
    """
    for clause in phrase.clauses:
        for place, word in enumerate(clause.words):
            if word.text == COMMA or place in clause.moments.spans:
                continue
            begin, end = clause.spans[place]
            if not _stands(text[begin:end].lower().replace("ё", "е"), word.text, lemmas):
                return False
    return True


def _stands(raw: str, word: str, lemmas: Lemmas) -> bool:
    once = _once(raw)
    spelling = lemmas.vocabulary.spelling
    known = {raw, once} & (spelling.typos.keys() | spelling.translit.keys())
    if known or once == _once(word) or word in lemmas.means(raw) or _is_foreign(raw):
        return True
    if _RUSSIAN.fullmatch(raw):
        # «Не,» and «ну-да» are parted where they are glued or hyphened.
        return "-" in raw and word in raw.split("-")
    if _LATIN.fullmatch(raw):
        return any(read == word for _, read in readings(raw))
    return _once(as_cyrillic(raw) or "") == _once(word)


def _once(word: str) -> str:
    """Return a word without the letters that it is stretched by: «дааа»."""
    return _REPEATED.sub(r"\1", word)


def _is_foreign(raw: str) -> bool:
    """Whether a word stands in a list of English, Kazakh or Ukrainian words, and not only its stem."""
    for language in languages():
        key = language.key(raw)
        if key and (key in language.words or key in language.whole or key in language.phrase_words):
            return True
    return False
