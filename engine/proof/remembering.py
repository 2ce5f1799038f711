"""The real understanding, asked once for the same words in the same surroundings."""

from engine.understanding import Meaning, Surroundings, Understanding
from engine.understanding.lemmas import Lemmas
from engine.understanding.meaning import Context


class Remembering(Understanding):
    """It is pure, so what it said once it says again; an exploration asks it the same things all the time."""

    def __init__(self, lemmas: Lemmas) -> None:
        super().__init__(lemmas)
        self._said: dict[tuple[str, Context, Surroundings], Meaning] = {}

    def understand(self, text: str, context: Context, surroundings: Surroundings) -> Meaning:
        asked = (text, context, surroundings)
        if asked not in self._said:
            self._said[asked] = super().understand(text, context, surroundings)
        return self._said[asked]
