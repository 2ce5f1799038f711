"""What an assistant that can be killed anywhere has stored: a real database on a simulated disk."""

from collections.abc import Callable
from random import Random

import apsw

from adapters.rehearsal.disk import Disk
from adapters.rehearsal.killing import Killed, Points
from adapters.rehearsal.vfs import SimulatedVFS, at_hand, opened


class Corrupted(Exception):
    """The database did not outlive a death."""


class MortalStore:
    """The database of one salon: what was synced outlives every process that had it open."""

    def __init__(
        self,
        points: Points,
        chance: Random,
        *,
        checkpoint_pages: int | None = None,
        looked: Callable[[apsw.Connection], None] = lambda connection: None,
    ) -> None:
        """Begin with an empty disk.

        `chance`: decides what a power loss leaves. `checkpoint_pages`: the log goes into the database once it
        is so long; None: as SQLite has it. `looked` sees what each death leaves.
        """
        self.disk = Disk()
        self.connection: apsw.Connection | None = None
        self._points = points
        self._chance = chance
        self._checkpoint_pages = checkpoint_pages
        self._looked = looked
        self._vfs: SimulatedVFS | None = None

    def connect(self) -> apsw.Connection:
        """Connect for the process that lives now; each fsync of this connection can be its last."""
        points = self._points
        if self._vfs is None:
            self._vfs = SimulatedVFS(self.disk, synced=self._reach, alive=lambda: not points.dead.is_set())
        self.connection = opened(self._vfs)
        if self._checkpoint_pages is not None:
            self.connection.wal_autocheckpoint(self._checkpoint_pages)
        return self.connection

    def die(self, *, power: bool) -> None:
        """Leave what a kill or, with `power`, a power loss leaves, and look at it.

        Raises:
            Corrupted: the database is damaged.
        """
        if power:
            self.disk.power_loss(self._chance)
        else:
            self.disk.process_kill()
        if self.connection is not None:
            # Beyond its death: nothing of what closing writes reaches the disk.
            self.connection.close(True)
        if self._vfs is not None:
            self._vfs.unregister()
        self.connection = self._vfs = None
        # On a copy, so that the next life recovers by itself what it finds.
        try:
            with at_hand(self.disk.copy()) as left:
                self._ensure_sound(left)
                self._looked(left)
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise self._corrupted(str(error)) from error

    def _ensure_sound(self, left: apsw.Connection) -> None:
        found = left.execute("PRAGMA integrity_check").get
        if found != "ok":
            raise self._corrupted(found)

    def _corrupted(self, found: str) -> Corrupted:
        return Corrupted(f"after death at «{self._points.where}» the database says: {found}")

    def _reach(self, where: str) -> None:
        if self._points.reach(where):
            raise Killed(where)
