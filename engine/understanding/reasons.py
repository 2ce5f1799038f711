"""Why a client does not come: a code of the statistics, by the first of its patterns that the words match."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import cast

from engine.booking import Reason
from engine.understanding.patterns import Acts, Pattern, items_of
from engine.understanding.phrase import Phrase
from engine.understanding.vocabulary import Vocabulary, data


class Reasons:
    """The patterns of every reason, over the word lists of a vocabulary. Make one and keep it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        tables = tomllib.loads(data("reasons.toml"))
        groups = {name: frozenset(words.split()) for name, words in tables["groups"].items()}
        groups = {**vocabulary.groups, **groups}
        self._beside = _acts(tables["reasons"], groups)
        self._alone = _acts(tables["asked"], groups)
        self._signs: dict[str, Reason] = {
            sign: code for code, signs in tables["signs"].items() for sign in signs.split()
        }

    def told(self, said: Phrase, *, alone: bool) -> Reason | None:
        """Return why the client does not come, as far as the words tell it; None: they do not.

        `alone`: they are nothing but a reason, so that weaker hints will do.
        """
        for acts in (self._beside, self._alone) if alone else (self._beside,):
            found = {act for clause in said.clauses for act in acts.find(clause.keys, clause.starts)}
            if found:
                return _code(next(act for act in acts.of if act in found))
        return next((self._signs[sign] for sign in said.symbols if sign in self._signs), None)


def _acts(patterns: Mapping[str, Sequence[str]], groups: Mapping[str, frozenset[str]]) -> Acts:
    item = items_of(groups)
    return Acts(
        {act: [made for text in texts for made in Pattern.of(text, item)] for act, texts in patterns.items()}
    )


def _code(act: str) -> Reason:
    """Return the reason of a table's name: a part of it has a name of its own behind a full stop."""
    return cast(Reason, act.partition(".")[0])
