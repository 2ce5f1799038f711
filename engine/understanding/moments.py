"""Days and clock times of a sentence, read against the moment it was said."""

from collections.abc import Sequence
from datetime import datetime

from engine.understanding.days import Days
from engine.understanding.lemmas import Lemmas
from engine.understanding.normal import COMMA
from engine.understanding.numbers import Moments

_PREPOSITIONS = frozenset(("в", "во", "на", "к", "ко", "с", "со", "до", "после", "около", "по", "за", "от"))
# A bound or a guess is no clock time or day of a record: «после 16», «до пятницы», «около трёх».
_BOUNDS = frozenset(("до", "после", "около", "от", "позже", "раньше"))


def moments(words: Sequence[str], lemmas: Lemmas, said_at: datetime) -> Moments:
    """Return the days and clock times that a sentence names."""
    return _Reader(words, lemmas, said_at).read()


class _Reader(Days):
    def read(self) -> Moments:
        at = 0
        while at < len(self.words):
            self.at = at
            lead = 1 if self.words[at] in _PREPOSITIONS else 0
            before = self.words[at - 1] if at else ""
            self.denied = before in ("не", "кроме")
            self.bound = bool(lead) and self.words[at] in _BOUNDS
            taken = self._anything(at + lead, self.words[at] if lead else "")
            if taken:
                self.found.spans.update(range(at, at + lead + taken))
                at += lead + taken
            else:
                at += 1
        self._settle_weekdays()
        return self.found

    def _anything(self, at: int, lead: str) -> int:
        if at >= len(self.words) or self.words[at] == COMMA:
            return 0
        return (
            self._near(at)
            or self._week(at)
            or self._weekday(at)
            or self._after(at)
            or self._date(at, lead)
            or self._half(at)
            or self._clock(at, lead)
            or self._part(at)
        )
