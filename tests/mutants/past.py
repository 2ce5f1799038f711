"""Mutants of dead letters, of copies put back, of clocks set back, and of what is forgotten: tests catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

DEAD = "adapters/storage/dead.py"
REPLAYING = "adapters/storage/replaying.py"
RESTORED = "adapters/storage/restored.py"
COPYING = "adapters/storage/copying.py"
PRUNING = "adapters/storage/pruning.py"
DECIDING = "engine/runtime/deciding.py"
DIALOGUE = "engine/dialogue.py"
LISTENING = "engine/listening.py"
SHELL = "engine/runtime/shell.py"
DAYTIME = "engine/runtime/daytime.py"

RUNTIME_TESTS = "tests/engine/runtime/test_dead.py"
LETTER_TESTS = "tests/adapters/storage/test_dead.py"
COPY_TESTS = "tests/adapters/storage/test_copying.py"
CLOCK_TESTS = "tests/engine/runtime/test_clock_set_back.py"
CONTRACT = "tests/adapters/storage/test_contract.py"

MUTANTS = (
    Told(
        mutant(
            "a turn that is put aside leaves no dead letter",
            "issue 6: dead letters",
            ("adapters/storage/turns.py", "    if turn.instead:\n        _bury(connection, turn, now)\n", ""),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a wish that is replayed acts at once where the salon wants no question",
            "design §5: old words never act without a question",
            (DECIDING, "salon=replace(salon, old_after=_AT_ONCE_OLD) if head.brought_back else salon,", "salon=salon,"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a yes that was brought back answers the question of its second",
            "design §5: words answer only a question that was there to be read",
            (LISTENING, "if at.brought_back or at.asked_at is None", "if at.asked_at is None"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a tap that was brought back is consent",
            "design §5: consent buttons",
            (LISTENING, "if could_answer and not at.brought_back and tap.question", "if could_answer and tap.question"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "words that are replayed are not marked as brought back",
            "design §5: old words never act without a question",
            (REPLAYING, "VALUES ('', '', ?, ?, ?, ?, ?, 1)", "VALUES ('', '', ?, ?, ?, ?, ?, 0)"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a letter is replayed as often as somebody asks for it",
            "issue 6: replays are idempotent",
            (REPLAYING, '        dead.handle(connection, name, "replayed", now)\n', ""),
        ),
        LETTER_TESTS,
    ),
    Told(
        mutant(
            "a dry run replays",
            "issue 6: --dry-run",
            (REPLAYING, "    if not dry_run:\n        way.put", "    if way:\n        way.put"),
        ),
        LETTER_TESTS,
    ),
    Told(
        mutant(
            "a dead question is sent again though nobody waits for its answer",
            "design §6: a question nobody can answer any more is not sent",
            (REPLAYING, "if question is not None and question != pending:", "if question is not None and question == -1:"),
        ),
        LETTER_TESTS,
    ),
    Told(
        mutant(
            "a write that was out when the file was copied is done again",
            "design §5: at most one effective change of each",
            (RESTORED, "        if is_write:\n", "        if not is_write and False:\n"),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "a question of a copy takes the next yes for its answer",
            "design §5: consent",
            (RESTORED, '"UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL",', '"UPDATE chat SET asked_us = asked_us",'),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "turns of a chat are numbered a second time after a restore",
            "design §4: ids of our own are never reused",
            (RESTORED, '    change(connection, "UPDATE chat SET version = max(version, ?)", floor)\n', ""),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "rows are numbered a second time after a restore",
            "design §4: ids of our own are never reused",
            (RESTORED, "SET seq = max(seq, ?) WHERE name = ?", "SET seq = min(seq, ?) WHERE name = ?"),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "a copy is started on beside the -wal of the file that it replaces",
            "SQLite plays it over the copy (tried)",
            (RESTORED, "    if foreign:\n", "    if foreign and False:\n"),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "a copy is not marked as one",
            "a restored file must know that it is",
            (COPYING, "        keep(copied, COPIED, str(to_us(now)))\n", ""),
        ),
        COPY_TESTS,
    ),
    Told(
        mutant(
            "what waits is left behind by a clock that is set back",
            "a delay is no moment of the day",
            (SHELL, "        await self._follow_the_clock()\n", ""),
        ),
        CLOCK_TESTS,
    ),
    Told(
        mutant(
            "a hold that begins after a step back is cut short with those before it",
            "design §6: a lost answer is doubt",
            (DAYTIME, "            return expected\n", "            return shown\n"),
            (DAYTIME, "before = self.now()", "before = self._expected(self._clock.now(), self._clock.monotonic())"),
        ),
        CLOCK_TESTS,
    ),
    Told(
        mutant(
            "a start leaves what waits in a future that the clock has lost",
            "a delay is no moment of the day",
            (SHELL, "        await self._store.pull_back(now, by_s=0, patience_s=self._patience_s)\n", ""),
        ),
        CLOCK_TESTS,
    ),
    Told(
        mutant(
            "the end of a late request goes back with the clock, before the visit begins",
            "issue 5: a request ends when its visit begins",
            ("adapters/storage/delays.py", "= due_us - ?1 WHERE {_IS_A_DELAY}", "= due_us - ?1"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "what was taken is forgotten after a day",
            "WhatsApp repeats for seven days (whatsapp.md §1.3)",
            ("engine/runtime/timers.py", "KEPT_FOR = timedelta(days=30)", "KEPT_FOR = timedelta(seconds=30)"),
        ),
        "tests/engine/runtime/test_timers.py",
    ),
    Told(
        mutant(
            "the pending question's row is forgotten",
            "issue 6: pruning touches nothing that is needed",
            (PRUNING, "AND (c.asked_by = outbox_id OR c.pending_question = outbox.question OR c.awaiting = outbox.key)", "AND c.chat_id < 0"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "a letter that nobody has seen to loses its row",
            "issue 6: dead letters",
            (PRUNING, "d.letter IN ('m' || outbox_id, 'c' || outbox_id)", "d.letter IN ('', '')"),
        ),
        LETTER_TESTS,
    ),
    Told(
        mutant(
            "the decision of a late request is forgotten with the messages",
            "issue 5: the page tells what was decided",
            (PRUNING, "      AND (received_us < ?4 OR channel <> '' OR message_id NOT LIKE 'late:%')\n", "      AND ?4 < ?3\n"),
        ),
        CONTRACT,
    ),
)  # fmt: skip
