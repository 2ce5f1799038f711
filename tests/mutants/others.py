"""Mutants of which record a move is about, and of what takes a window: tests have to catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

HEARING = "states/reschedule/hearing.py"
OTHERS = "states/reschedule/others.py"
OFFERING = "states/reschedule/offering.py"
TESTS = "tests/states/test_reschedule_others.py"

MUTANTS = (
    Told(
        mutant(
            "another record that is named in the middle of a move is not heard",
            "a record that is not meant is never moved",
            (HEARING, "AT_THE_TIME = (another_record, stays_put", "AT_THE_TIME = (stays_put"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "of two records the one that is named is guessed where it is not clear",
            "never on a guess",
            (OTHERS, "return _wanted(meaning) if sure else AnotherRecordWanted()", "return _wanted(meaning)"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "the move of another record remembers the one that was left",
            "a record that is not meant is never moved",
            (OFFERING, "    turn.memory = Memory(left=memory.record.record_id)\n", ""),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a question without its mark takes a window",
            "design §5: «в 15 можно» is a wish, no consent",
            (HEARING, "plain = _DOUBTFUL.search(hearing.words.lower()) is None", "plain = True"),
        ),
        TESTS,
    ),
)  # fmt: skip
