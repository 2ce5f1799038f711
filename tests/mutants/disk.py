"""Mutants of what holds on a disk that is full, slow or failing: tests have to catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

CONNECTION = "adapters/storage/connection.py"
DELIVERIES = "adapters/storage/deliveries.py"
NOTICES = "adapters/storage/notices.py"
SHELL = "engine/runtime/shell.py"
WAL = "adapters/storage/wal.py"
WRITER = "adapters/storage/writer.py"
FAULTS = "tests/engine/runtime/test_store_faults.py"
LOG = "tests/adapters/storage/test_wal.py"
NAMED = "tests/adapters/storage/test_named.py"

MUTANTS = (
    Told(
        mutant(
            "a database that was moved away is written on",
            "what is acknowledged is found again",
            (WRITER, "            self._file.ensure_same()\n", "            pass\n"),
        ),
        NAMED,
    ),
    Told(
        mutant(
            "a damaged database is opened again as if nothing were",
            "what is acknowledged is found again",
            (WRITER, "        if isinstance(error, DAMAGE):\n            self._damaged = error\n", ""),
        ),
        NAMED,
    ),
    Told(
        mutant(
            "what a doubtful commit left is looked for by nobody",
            "design §4: reopen and read",
            (SHELL, "        store.watch_failures(self._inbox_alarm.wake)\n", ""),
            (SHELL, "            loop.create_task(self._inbox_alarm.run()),\n", ""),
        ),
        FAULTS,
    ),
    Told(
        mutant(
            "a doubt that is recorded twice counts twice",
            "a message that never arrived passes for sent",
            (DELIVERIES, 'if sending.status != "sending":', "if False:"),
        ),
        FAULTS,
    ),
    Told(
        mutant(
            "a notice whose start stood is never told",
            "design §4: nothing waits for ever",
            (
                NOTICES,
                "status IN ('pending', 'sending')\n    \"\"\"\n    # Sending",
                'status = \'pending\'\n    """\n    # Sending',
            ),
        ),
        FAULTS,
    ),
    Told(
        mutant(
            "commits do not wait for the disk",
            "an acknowledged commit survives a power cut",
            (CONNECTION, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),
        ),
        LOG,
    ),
    Told(
        mutant(
            "there is no write-ahead log",
            "readers never stop the writer",
            (CONNECTION, "PRAGMA journal_mode = WAL", "PRAGMA journal_mode = DELETE"),
            (CONNECTION, 'assert mode == [("wal",)]', "assert mode"),
        ),
        LOG,
    ),
    Told(
        mutant(
            "the log keeps for ever what a reader made of it",
            "the disk is not filled by a reader",
            (CONNECTION, "PRAGMA journal_size_limit = {LOG_BYTES_KEPT}", "PRAGMA journal_size_limit = -1"),
        ),
        LOG,
    ),
    Told(
        mutant(
            "the log is never moved into the file",
            "the disk is not filled by the log",
            (WAL, "        if self._pages - self._pages_tried < self._enough:\n", "        if True:\n"),
        ),
        LOG,
    ),
    Told(
        mutant(
            "commits go on behind what a failed fsync left",
            "a power cut takes what is behind a hole in the log",
            (WRITER, "self._doubtful = self._doubtful or unknown", "self._doubtful = False"),
        ),
        LOG,
    ),
    Told(
        mutant(
            "every group has a connection of its own",
            "runtime.md: one read-write connection",
            (
                WRITER,
                "        if wrote and not self.healthy:\n",
                "        self.close()\n        if wrote and not self.healthy:\n",
            ),
        ),
        LOG,
    ),
    Told(
        mutant(
            "another program's file is opened for good before it is looked at",
            "what is not ours is refused untouched",
            ("adapters/storage/store.py", "        ensure_no_others(path)\n", ""),
        ),
        "tests/adapters/storage/test_unfit.py",
    ),
    Told(
        mutant(
            "whoever removes the lock lets a second server in",
            "one server for one file",
            ("adapters/storage/store.py", "            lock.hold_name(path)\n", ""),
        ),
        "tests/adapters/storage/test_lock.py",
    ),
    Told(
        mutant(
            "each failure of a full disk is a line of the log",
            "the log may lie on that disk",
            ("engine/runtime/failing.py", "        if str(error) != self._why:\n", "        if True:\n"),
        ),
        "tests/engine/runtime/test_failing.py",
    ),
)
