"""Mutants of the writes at YClients: what the adapter's own tests show, and no exploration could."""

from dataclasses import dataclass

from tests.mutants.mutant import Mutant, mutant

MERGING, MOVING = "adapters/yclients/merging.py", "adapters/yclients/moving.py"
RESTORING, SHORTENING = "adapters/yclients/restoring.py", "adapters/yclients/shortening.py"
WINDOWS, WRITING = "adapters/yclients/windows.py", "adapters/yclients/writing.py"


@dataclass(frozen=True, slots=True)
class Caught:
    """A mutant and the file of tests below tests/adapters/yclients that must turn red."""

    mutant: Mutant
    by: str


def _caught(by: str, name: str, against: str, *changes: tuple[str, str, str]) -> Caught:
    return Caught(mutant(name, against, *changes), f"test_{by}.py")


CAUGHT = (
    _caught(
        "moving",
        "a line is written without its prices",
        "yclients.md §3.5: PUT replaces, it does not patch",
        (
            MERGING,
            '[dict(line) for line in _lines(whole.get("services"))]',
            '[{"id": line["id"]} for line in _lines(whole.get("services"))]',
        ),
    ),
    _caught(
        "moving",
        "the client's card is written without its number and surname",
        "yclients.md §3.5: the card is found by its phone and renamed",
        (
            MERGING,
            '("id", "phone", "name", "surname", "patronymic", "email")',
            '("phone", "name")',
        ),
    ),
    _caught(
        "moving",
        "what the salon had noted is lost in a move",
        "yclients.md §3.5: PUT replaces, it does not patch",
        (
            MERGING,
            '"comment": record.comment,\n        "attendance": record.attendance or 0,\n        "save',
            '"save',
        ),
    ),
    _caught(
        "moving",
        "a move goes into a window that is taken",
        "yclients.md §3.5: save_if_busy",
        (MOVING, '"save_if_busy": False', '"save_if_busy": True'),
    ),
    _caught(
        "moving",
        "a move that the journal does not show is told as done",
        "incident 1: said moved when the API had refused",
        (MOVING, "if seen is not None and shows(seen):", "if seen is not None and answered is None:"),
    ),
    _caught(
        "moving",
        "a taken window is a refusal",
        "issue 5: a slot lost to another says so and offers again",
        (WRITING, "    return answered.status == BUSY or", "    return False and"),
    ),
    _caught(
        "moving",
        "a wiped line is not looked for",
        "yclients.md §3.5: the server recalculates or loses manual prices",
        (MERGING, "return [name for name in was if was[name] != now[name]]", "return []"),
    ),
    _caught(
        "moving",
        "what is shown no more is moved all the same",
        "design §5: RecordChanged asks again",
        (MOVING, "if not now.shows_the_same(shown):", "if False:"),
    ),
    _caught(
        "moving",
        "the salon's own no-show comes back by a move",
        "issue 5: only where we soft-cancelled it",
        (MOVING, "command.revives and SENTENCE in read.comment and", "command.revives and"),
    ),
    _caught(
        "moving",
        "what comes back by a move stays cancelled",
        "engine: a move that revives",
        (MOVING, '"attendance": attendance_before(command.record),', '"attendance": before.attendance,'),
    ),
    _caught(
        "windows",
        "anybody's record is looked for",
        "yclients.md §5.4: whose record",
        (
            WRITING,
            "return phone == shown.phone or (phone is None and read.deleted)",
            "return True",
        ),
    ),
    _caught(
        "windows",
        "the record stands in its own way",
        "yclients.md §7: the own record blocks its own interval",
        (WINDOWS, " if not _is_own(one, wanted.read.id)", ""),
    ),
    _caught(
        "windows",
        "a window is offered that is too short",
        "issue 5: windows hold the record's length",
        (WINDOWS, "while at + wanted.length <= ends:", "while at < ends:"),
    ),
    _caught(
        "windows",
        "where the schedule is closed nothing is offered",
        "yclients.md §7: one salon's calls are not another's",
        (
            WINDOWS,
            "(self._by_shifts, self._by_seances, self._by_book_times)",
            "(self._by_shifts,)",
        ),
    ),
    _caught(
        "restoring",
        "a reading older than the salon's move is written back",
        "seed 1038: what the salon has moved stays where it is",
        (RESTORING, "        await self._expect_it_there(before, zone)\n", ""),
    ),
    _caught(
        "restoring",
        "a record comes back over another's",
        "issue 5: save_if_busy alone asks whether the window is free",
        (RESTORING, "save_if_busy=False,", "save_if_busy=True,"),
    ),
    _caught(
        "restoring",
        "the salon's own no-show is taken back",
        "issue 5: only where we soft-cancelled it",
        (RESTORING, "if read.shows_no_show and SENTENCE not in read.comment:", "if False:"),
    ),
    _caught(
        "restoring",
        "the day is not looked at afterwards",
        "issue 5: an overlap goes to a person at once",
        (RESTORING, "return any(_lies_over(other, read, zone) for other in day)", "return False"),
    ),
    _caught(
        "restoring",
        "our mark stays on what was taken back",
        "issue 5: the comment's marker alone tells what was cancelled",
        (RESTORING, "comment=without_sentence(before.comment),", "comment=before.comment,"),
    ),
    _caught(
        "restoring",
        "what was shortened comes back short",
        "issue 5: the freed window has its own undo",
        (RESTORING, "seance_length=whole_length_s(before, shown),", "seance_length=before.length_s,"),
    ),
    _caught(
        "restoring",
        "one stale read says that nothing is left to do",
        "design §5: one stale read does not decide",
        (
            WRITING,
            "if not shows(read) or since_s >= self.read_back_at_s[-1]:",
            "if not shows(read) or since_s >= 0:",
        ),
    ),
    _caught(
        "shortening",
        "a freed window is told that nobody read back",
        "engine: Receipt.freed",
        (SHORTENING, "if short is None or not _is_short(short):", "if short is None:"),
    ),
    _caught(
        "shortening",
        "a window that could not be freed spoils the cancel",
        "issue 5: its own receipt",
        (SHORTENING, "(TimeoutError, NotSent, TurnedAway, Unclear, Refused) as error", "Refused as error"),
    ),
    _caught(
        "shortening",
        "freeing a window takes longer than its cancel may wait",
        "design §9: true when read, at most 10 s before the first send",
        (SHORTENING, "asyncio.timeout(WITHIN_S)", "asyncio.timeout(60)"),
    ),
)
