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
LISTENING = "engine/listening.py"
WITHDRAWING = "states/cancel/withdrawing.py"
MEMORY = "states/cancel/memory.py"
DECIDING = "engine/runtime/deciding.py"
CONSENT = "engine/understanding/consent.py"
TIMERS = "tests/engine/runtime/test_timers.py"
SEVERAL = "tests/states/test_cancel_several.py"
SEVERAL_PICKED = "tests/states/test_choose_record.py"
LATE = "tests/states/test_cancel_late.py"
TYPED = "tests/states/test_typed_buttons.py"
LEFT = "tests/states/test_left_question.py"
KEPT_BESIDE = "tests/states/test_cancel_kept_beside.py"
CANCEL = "tests/states/test_cancel.py"

MUTANTS = (
    Told(
        mutant(
            "a grant cancels although the client has written something else since",
            "promise 2: never on a guess",
            ("engine/consent.py", "known = (late.record for late in asked if not late.spoken_since)", "known = (late.record for late in asked)"),
            (GUARDS, "return decided.granted and requested(turn, decided).spoken_since", "return False"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "what is written after a request leaves no trace",
            "promise 2: never on a guess",
            (DIALOGUE, "        marked = tuple(late.model_copy", "        return chat\n        marked = tuple(late.model_copy"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "after «стоп» a grant is done whatever was written since",
            "promise 2: never on a guess",
            (FLOW, "    On(LateDecided, IDLE, IDLE, when=granted_and_nothing_may_be_asked, do=give_the_grant_up),\n", ""),
        ),
        LATE,
    ),
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
            (GUARDS, 'return late_policy(turn) != "allow" and any', 'return late_policy(turn) == "never" and any'),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a decision that nobody waits for leaves the question",
            "issue 5: a request that is not pending changes nothing",
            (DIALOGUE, "return all(event.request != late.request or late.granted for late in chat.late_requests)", "return False"),
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
    Told(
        mutant(
            "a withdrawn request is granted all the same",
            "against the client's will nothing is cancelled",
            (WITHDRAWING, "    yield without(turn, ended)\n    for one in ended:\n        yield noted(one, \"withdrawn\")", "    for one in ended:\n        yield noted(one, \"withdrawn\")"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a request is withdrawn on a guess",
            "never a guess, either way",
            (WITHDRAWING, "sure = not (wish.guessed or wish.places)", "sure = not wish.places"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "words from before the request withdraw it",
            "words answer only what was there to be read",
            (WITHDRAWING, " and _came_after(turn, meant)", ""),
        ),
        LATE,
    ),
    Told(
        mutant(
            "what is to stay beside a cancel is cancelled once the salon grants it",
            "never against the client's will: «окрашивание оставьте, а маникюр отмените»",
            (FLOW, "        *PARTED,\n", ""),
        ),
        KEPT_BESIDE,
    ),
    Told(
        mutant(
            "what may stay beside a cancel is withdrawn on a guess",
            "never a guess, either way",
            (WITHDRAWING, "return len(kept) == 1 and fresh and exact and alone and not wish.stays.places", "return len(kept) == 1"),
        ),
        KEPT_BESIDE,
    ),
    Told(
        mutant(
            "what was called off is forgotten over the question what stays",
            "nothing that was acknowledged is lost",
            (WITHDRAWING, "    if wish is not None:\n", "    if False:\n"),
        ),
        KEPT_BESIDE,
    ),
    Told(
        mutant(
            "«вторую не отменяйте» is asked about as if it were both",
            "one yes consents to all that is named, and to nothing else",
            (WITHDRAWING, "placed or fits or waiting", "waiting"),
        ),
        KEPT_BESIDE,
    ),
    Told(
        mutant(
            "whoever meant one of several withdraws them all by «нет»",
            "never a guess, either way",
            (HEARING, "    if hearing.memory.one_stays:\n", "    if False:\n"),
        ),
        KEPT_BESIDE,
    ),
    Told(
        mutant(
            "beside a fresh cancel bare words withdraw",
            "never a guess, either way",
            (WITHDRAWING, "return enough and fresh and named and alone and sure", "return enough and fresh and named and sure"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a question that is left for a decision is left without a word",
            "nobody believes a «да» to have been taken for an answer that it was not",
            (DIALOGUE, "left, session, memory = session.pending, session.home(), None", "left, session, memory = None, session.home(), None"),
        ),
        LEFT,
    ),
    Told(
        mutant(
            "the question that was left is forgotten while the call is out",
            "nobody believes a «да» to have been taken for an answer that it was not",
            (DIALOGUE, "left=turn.left if calling else None,", "left=None,"),
        ),
        LEFT,
    ),
    Told(
        mutant(
            "a record that was cancelled is said to stay as it is",
            "never says what the journal does not show",
            ("states/everywhere/keeping.py", "for record in shown if record.record_id not in over)", "for record in shown)"),
        ),
        LEFT,
    ),
    Told(
        mutant(
            "what stands on two buttons is taken for the first of them",
            "never a guess, either way",
            (LISTENING, "        if len(meant) != 1:\n", "        if not meant:\n"),
        ),
        TYPED,
    ),
    Told(
        mutant(
            "a grant is lost where the record had changed",
            "what the salon granted holds for the record",
            (MEMORY, "return is_late(turn, record) and record.record_id not in granted", "return is_late(turn, record)"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a request that ended otherwise can still be granted",
            "a request that is not pending changes nothing",
            (TELLING, "    if after != before:\n", "    if False:\n"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "home forgets the chat's deadline",
            "silence is never an answer",
            (DECIDING, "    if deadline is None:\n", "    if True:\n"),
        ),
        TIMERS,
    ),
    Told(
        mutant(
            "a request is passed on to nobody",
            "nothing is promised that nobody can keep",
            (MEMORY, 'return "refuse" if unheard else turn.salon.late_policy', "return turn.salon.late_policy"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "a bare wish right after a cancel cancels the next one",
            "never cancels on a guess",
            (GUARDS, "explains(turn.memory.named, records[0]) and not repeats", "explains(turn.memory.named, records[0])"),
        ),
        LATE,
    ),
    Told(
        mutant(
            "of several, «эту» is a yes to all",
            "one yes consents to all that is named, and to nothing else",
            (CONSENT, "if self._all and not _ONE_OF_THEM.isdisjoint(words):", "if False:"),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "of a mixed question, «эту» is a yes to the part that may be cancelled",
            "one yes consents to all that is named, and to nothing else",
            (LISTENING, "return pending.among or pending.proposes or shown", "return pending.proposes or pending.among or shown"),
        ),
        SEVERAL,
    ),
    Told(
        mutant(
            "a «нет» that a question overtakes is lost",
            "design §7: silence is never an answer to a person",
            (LISTENING, "answers = _would_answer(meaning, records)", "answers = False"),
        ),
        CANCEL,
    ),
    Told(
        mutant(
            "a «нет» to what nobody had asked about is taken for an order to take it back",
            "a restore is never done on a guess",
            (WITHDRAWING, "yield Then(event=TakeBackWanted(guessed=True))", "yield Then(event=TakeBackWanted())"),
        ),
        CANCEL,
    ),
)  # fmt: skip
