"""Selecting: which of several days or clock times of a message is the one that counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from engine.understanding.meaning import Intent
from engine.understanding.mentions import Mention


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase stands: the clause, counted from 0, and its words from `first` to before `end`."""

    clause: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """A mention and the clause that it stands in."""

    clause: int
    mention: Mention

    def place(self) -> Place:
        return Place(self.clause, self.mention.first, self.mention.end)

    def gap(self, other: "Said") -> int:
        """Return how many words lie between the two; sentences and their segments count as many."""
        apart = max(other.mention.first - self.mention.end, self.mention.first - other.mention.end, 0)
        crossed = abs(other.mention.segment - self.mention.segment)
        return apart + 5 * crossed + 100 * abs(other.clause - self.clause)


def corrected(said: Sequence[Said]) -> list[Said]:
    """Rule out what is taken back: «в среду, ой, в четверг»."""
    if not any(one.mention.corrects for one in said):
        return list(said)
    slips: set[tuple[date | None, time | None]] = set()
    for number, one in enumerate(said):
        if one.mention.corrects:
            slips.update(_value(other.mention) for other in said[:number] if _alike(other, one))
            slips.discard(_value(one.mention))
    return [
        replace(one, mention=replace(one.mention, role="excluded")) if _value(one.mention) in slips else one
        for one in said
    ]


def _value(mention: Mention) -> tuple[date | None, time | None]:
    return mention.day, mention.clock


def _alike(one: Said, other: Said) -> bool:
    days = one.mention.day is not None and other.mention.day is not None
    return days or (one.mention.clock is not None and other.mention.clock is not None)


def foremost(days: list[Said], intent: Intent, *, moves: bool) -> list[Said]:
    """Leave out what steps back behind another day: «до среды», a week, what a cancel leaves alone."""
    if len(days) == 1:
        return days
    said = [
        one.mention
        for one in days
        if one.mention.role in ("plain", "to") and one.mention.aside in ("", "later")
    ]
    single = [mention for mention in said if mention.bound != "before" and not (mention.given_up and moves)]
    wanted = [mention for mention in said if not mention.kept]
    return [one for one in days if not _steps_back(one.mention, single, wanted, intent)]


def _steps_back(
    mention: Mention, single: Sequence[Mention], wanted: Sequence[Mention], intent: Intent
) -> bool:
    if mention.bound == "before" and single:
        return True
    if mention.kept and intent == "cancel" and wanted:
        return True
    last = mention.day_end
    return last is not None and any(
        other.day_end is None and other.day and mention.day and mention.day <= other.day <= last
        for other in single
    )


def chosen(found: Sequence[Said], *, moves: bool) -> Said | None:
    """Return the one that counts, by its role; of a move the last that is proposed, else the first."""
    for fits in (_is_target, _is_open, _is_plain, _is_old, _is_excluded):
        group = [one for one in found if fits(one.mention, moves)]
        if group:
            return _last_offer(group) if moves and fits in (_is_target, _is_open) else group[0]
    return next(iter(found), None)


def _is_target(mention: Mention, moves: bool) -> bool:
    return moves and mention.role == "to"


def _is_open(mention: Mention, moves: bool) -> bool:
    """Whether it is what the wish bears on: what is given up, or for a move what is not."""
    return (
        mention.role in ("plain", "to")
        and mention.given_up is not moves
        and not (moves and mention.aside == "event")
    )


def _is_plain(mention: Mention, moves: bool) -> bool:
    return mention.role in ("plain", "to", "from") if not moves else mention.role == "plain"


def _is_old(mention: Mention, moves: bool) -> bool:
    return mention.role in ("from", "past")


def _is_excluded(mention: Mention, moves: bool) -> bool:
    return mention.role == "excluded"


def _last_offer(found: Sequence[Said]) -> Said:
    """Return the last one, or the first of «28 или 29» that it belongs to."""
    at = len(found) - 1
    while at and found[at].mention.offered and found[at - 1].clause == found[at].clause:
        at -= 1
    return found[at]
