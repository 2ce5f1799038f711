"""Everything that happened in one salon, in order."""

from dataclasses import dataclass, field, replace
from typing import Any

from adapters.box.frames import Entry, Frame


@dataclass(slots=True)
class Timeline:
    entries: list[Entry] = field(default_factory=list)
    # Grows with each entry that is new or changed: whoever has read up to there lacks the rest.
    version: int = 0
    _changed: list[int] = field(default_factory=list)

    def add(self, kind: str, whose: str, about: dict[str, Any], frame: Frame) -> Entry:
        entry = Entry(len(self.entries) + 1, kind, whose, about, frame)
        self.entries.append(entry)
        self._touch(entry.n)
        return entry

    def revise(self, n: int, **about: Any) -> None:
        """Tell more of an entry that stands already; what turning back has taken away is not missed."""
        if n <= len(self.entries):
            entry = self.entries[n - 1]
            self.entries[n - 1] = replace(entry, about={**entry.about, **about})
            self._touch(n)

    def since(self, version: int) -> list[Entry]:
        """Return what is new or changed since then, in order."""
        return [self.entries[n - 1] for n in sorted(set(self._changed[version:]))]

    def turn_back(self, n: int) -> None:
        """Forget all that came after entry n; whoever reads begins anew."""
        del self.entries[n:]
        self._changed = [entry.n for entry in self.entries]
        self.version = len(self._changed)

    def _touch(self, n: int) -> None:
        self._changed.append(n)
        self.version = len(self._changed)
