"""Mutants of what a power cut and a kill may leave: tests on the simulated disk have to catch them."""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

CONNECTION = "adapters/storage/connection.py"
DISK = "adapters/rehearsal/disk.py"
VFS = "adapters/rehearsal/vfs.py"
TESTS = "tests/adapters/rehearsal/test_disk.py"

MUTANTS = (
    Told(
        mutant(
            "the log is not synced with each commit",
            "design §4: an acknowledged commit survives a power cut",
            (CONNECTION, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "what a killed process left unsynced is read and not synced",
            "design §1: nothing is lost",
            (CONNECTION, "        _sync_what_is_found(connection, failing or checkpointing())\n", ""),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a dead process goes on writing to the disk",
            "runtime.md §4.6: fence by generation",
            (VFS, "return self._generation == self.disk.generation and self._alive()", "return True"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a power loss spares what was not synced",
            "runtime.md §4.3: the simulation sees what is lost",
            (DISK, "    fate = chance.random()\n", "    fate = 0.0\n"),
        ),
        TESTS,
    ),
)
