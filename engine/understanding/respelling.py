"""How a salon's own words are read: each form of «шугар» as the same form of «шугаринг»."""

from collections.abc import Iterator
from typing import Any

from engine.understanding.dictionary import dictionary
from engine.understanding.vocabulary import Vocabulary

_CASES = frozenset(("nomn", "gent", "datv", "accs", "ablt", "loct"))


def respellings(words: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return the forms of the salon's words for services and masters, each with what is read instead.

    A form that has a meaning of its own keeps it.
    """
    if not (words.services or words.masters):
        return {}
    from engine.understanding.own_words import claimed, consent  # only where somebody has words of their own

    closed = consent(words)
    kept = (claimed(words) - words.services.keys()) | closed | words.spelling.typos.keys()
    found: dict[str, tuple[str, ...]] = {}
    for form, instead in (*_of_services(words), *_of_masters(words)):
        if form not in kept and closed.isdisjoint(instead):
            found.setdefault(form, instead)
    return found


def _of_services(words: Vocabulary) -> Iterator[tuple[str, tuple[str, ...]]]:
    for slang, titles in words.services.items():
        yield slang, titles
        targets = [_noun(title) for title in titles]
        for form in _noun(slang).lexeme:
            cases = _cases(form.tag)
            yield _plain(form.word), tuple(_inflected(target, cases) for target in targets)


def _of_masters(words: Vocabulary) -> Iterator[tuple[str, tuple[str, ...]]]:
    for short, name in words.masters.items():
        yield short, (name,)
        target = _noun(name)
        for form in _noun(short).lexeme:
            if "plur" not in form.tag.grammemes:
                yield _plain(form.word), (_name(name, target, _cases(form.tag)),)


def _name(name: str, target: Any, cases: frozenset[str]) -> str:
    """Return a name in a case, or in the next where it could be another's: «Александре» is Александр too."""
    forms = [_inflected(target, choice) for choice in (cases, {"ablt"}, {"gent"})]
    sure = (form for form in forms if _plain(dictionary().parse(form)[0].normal_form) == name)
    return next(sure, name)


def _noun(word: str) -> Any:
    """Return the reading of a word as a base form, of a noun or an adjective if it can be."""
    return max(
        dictionary().parse(word),
        key=lambda parse: (
            _plain(parse.normal_form) == word,
            parse.tag.POS in ("NOUN", "ADJF"),
            parse.score,
        ),
    )


def _cases(tag: Any) -> frozenset[str]:
    return frozenset(map(str, tag.grammemes)) & _CASES


def _inflected(target: Any, cases: Any) -> str:
    inflected = target.inflect(cases) if cases else None
    return _plain((inflected or target).word)


def _plain(word: str) -> str:
    return str(word).replace("ё", "е")
