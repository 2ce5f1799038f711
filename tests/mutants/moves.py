"""Mutants of the move: what it takes for a consent, what it shows, and what it tells."""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

FLOW = "states/reschedule/flow.py"
HEARING = "states/reschedule/hearing.py"
OFFERING = "states/reschedule/offering.py"
WINDOWS = "states/reschedule/windows.py"
CONSENT = "engine/consent.py"
WAITING = "states/reschedule/waiting.py"
TESTS = "tests/states/test_reschedule.py"

MUTANTS = (
    mutant(
        "whatever sounds like a yes moves the record",
        "incident 2: the state owns the meaning of «да», and only words that agree are one",
        (HEARING, "return Yes() if same and meaning.agrees and meaning.intent in", "return Yes() if meaning.intent in"),
    ),
    mutant(
        "another window than the agreed one is written",
        "design §5: a move's consent names its window",
        (FLOW, "    turn.memory.to = picked.slot\n    yield from move_to_agreed", "    turn.memory.to = turn.memory.slots[0]\n    yield from move_to_agreed"),
        (CONSENT, 'return self.change == "moved" and self.to == command.to', "return True"),
    ),
    mutant(
        "a window that was lost is told as a move",
        "incident 1: said moved when it was not",
        (FLOW, "On(SlotTaken, MOVING, IDLE, when=asked_for_silence, do=say_that_it_was_taken)", "On(SlotTaken, MOVING, DONE, do=say_that_it_was_taken)"),
        ("states/reschedule/texts.toml", "Это время успели занять, поэтому переноса не было: {record}.", "Готово, ждём вас в новое время: {record}."),
    ),
)  # fmt: skip

# The exploration says nothing that would show these; tests do.
BY_TESTS = (
    Told(
        mutant(
            "an unknown move is told as a refusal",
            "incident 5: done but reported as failed",
            (FLOW, 'return failed.reason == "unknown"', "return False"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "an unknown move is not read again",
            "design §5: told as unknown, read again after 2 and 10 minutes",
            (FLOW, '    yield from look_later(turn, record, "moved", to)\n', ""),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "a visit that has begun is moved",
            "a record is moved before it begins, or by the salon",
            (FLOW, "return turn.memory.record.starts_at <= turn.now and not turn.memory.revives", "return False"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "windows within the salon's notice are taken",
            "incident 12: a minimum lead",
            (FLOW, "return slot.starts_at < turn.now + turn.salon.notice", "return False"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "windows within the salon's notice are offered",
            "incident 12: a minimum lead",
            (WINDOWS, "slot.starts_at >= not_before and not", "not"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "where the record stands is offered as another window",
            "incident 6: the own record is no obstacle, and no target",
            (WINDOWS, "return not memory.revives and slot.starts_at == record.starts_at and same_master", "return False"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "a record that the salon changed is moved as it was shown",
            "design §5: consent names a record as it was shown",
            (OFFERING, "    turn.memory.chosen = (record,)\n    turn.memory.one_day", "    turn.memory.one_day"),
        ),
        "tests/states/test_reschedule.py",
    ),
    Told(
        mutant(
            "a time that is asked about is taken at once",
            "design §5: «а в 15 можно?» is a wish, no consent",
            (HEARING, "if not meaning.agrees or (named is None and placed is None):", "if named is None and placed is None:"),
        ),
        "tests/states/test_reschedule_others.py",
    ),
    Told(
        mutant(
            "a record whose cancel is still asked for is told to stay",
            "a late request is the client's until it ends: nothing that may be cancelled is said to stay",
            (WAITING, "return bool(_of(turn, turn.memory.record))", "return False"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a bare «нет» to a move withdraws the request to cancel",
            "words that may mean something else are asked about",
            (WAITING, "guessed=not no.keeps", "guessed=False"),
        ),
        TESTS,
    ),
)  # fmt: skip
