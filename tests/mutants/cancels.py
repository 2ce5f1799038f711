"""Mutants of cancels of several and late ones: what `prove` does not explore, and tests have to catch.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

FLOW = "states/cancel/flow.py"
GUARDS = "states/cancel/guards.py"
HEARING = "states/cancel/hearing.py"
TELLING = "states/cancel/telling.py"
CHOOSE_ROWS = "states/choose_record/rows.py"
DIALOGUE = "engine/dialogue.py"
SEVERAL = "tests/states/test_cancel_several.py"
SEVERAL_PICKED = "tests/states/test_choose_record.py"
LATE = "tests/states/test_cancel_late.py"

MUTANTS = (
    Told(
        mutant(
            "of several, what failed is not told",
            "issue 5: never silent about the rest",
            (TELLING, 'for outcome in _but(outcomes, "cancelled", "changed"):', 'for outcome in _of(outcomes, "already"):'),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "after «стоп» the rest of several is begun all the same",
            "design §5: only the outcome of a call that is out is said",
            (FLOW, "On(RecordCancelled, CANCELLING, IDLE, when=asked_for_silence, do=report_quietly),", ""),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "a part of what is asked about is taken for a yes to all of it",
            "issue 5: one yes consents to all that is named, and to nothing else",
            (HEARING, "return SeveralPicked(records=part) if 0 < len(part) < len(records) else None", "return Yes() if 0 < len(part) < len(records) else None"),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "what is to stay is asked about as well",
            "issue 5: «первую и вторую оставьте, остальные отмените»",
            ("engine/understanding/understand.py", "                # What is to stay is not clear, so what is left is not either.\n                return ()\n", "                continue\n"),
            ("engine/understanding/understand.py", "if len(places) > 1:\n            return tuple(record for place", "if False:\n            return tuple(record for place"),
        ),
        SEVERAL_PICKED,
    ),
    Told(
        mutant(
            "whose record it is is not asked",
            "issue 5: several people on one phone",
            (CHOOSE_ROWS, "return len(people_of(narrowed(turn, found))) > 1", "return False"),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "what became late over the question is done all the same",
            "issue 5: the moment of the yes counts",
            (FLOW, "    On(Yes, CONFIRMING, REQUESTING, when=only_the_salon_may_by_now, do=ask_to_pass_on_by_now),\n", ""),
            (GUARDS, 'return turn.salon.late_policy != "allow" and any', 'return turn.salon.late_policy == "never" and any'),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a decision that nobody waits for leaves the question",
            "issue 5: a request that is not pending changes nothing",
            (DIALOGUE, "return all(event.request != late.request for late in chat.late_requests)", "return False"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "what the salon granted after «стоп» is dropped",
            "issue 5: the decision is an event that is acted upon",
            (DIALOGUE, "granted = isinstance(event, LateDecided) and isinstance(self.states[session.state], Calling)", "granted = False"),
        ),
        LATE,
    ),
)  # fmt: skip
