"""A disk that forgets: what was not synced may be lost, or torn, when the power goes."""

from dataclasses import dataclass, field
from random import Random

# What the hardware writes whole or not at all.
SECTOR = 512
# Of the writes that were not synced when the power went, these parts stand whole, and are lost whole; of the
# rest one end stands, up to a sector.
STANDS, IS_LOST = 0.4, 0.4


@dataclass(frozen=True, slots=True)
class Written:
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    size: int


@dataclass(slots=True)
class File:
    """One file: what the disk holds of it, and what the page cache above it shows to every process."""

    durable: bytearray = field(default_factory=bytearray)
    cached: bytearray = field(default_factory=bytearray)
    # In order; `durable` with all of them is `cached`.
    pending: list[Written | Truncated] = field(default_factory=list)

    def read(self, amount: int, offset: int) -> bytes:
        """Return up to so many bytes; fewer where the file ends before."""
        return bytes(self.cached[offset : offset + amount])

    def write(self, offset: int, data: bytes) -> None:
        self._change(Written(offset, data))

    def truncate(self, size: int) -> None:
        self._change(Truncated(size))

    def sync(self) -> None:
        for change in self.pending:
            _apply(change, self.durable)
        self.pending.clear()

    def _change(self, change: Written | Truncated) -> None:
        _apply(change, self.cached)
        self.pending.append(change)

    def left_by_power_loss(self, chance: Random) -> "File":
        """Return what is found when the power is back: each pending change had a fate of its own."""
        found = bytearray(self.durable)
        for change in self.pending:
            if (left := _left(change, chance)) is not None:
                _apply(left, found)
        return File(found, bytearray(found))

    def copy(self) -> "File":
        return File(bytearray(self.durable), bytearray(self.cached), list(self.pending))


class Disk:
    """Files by name, deterministic but for the chance that a power loss is given.

    What was made and deleted becomes durable in order: a sync of any file takes along every name made or
    deleted before it, as the journals of ext4 and XFS do. (Without that, the rollback journal that SQLite
    deletes unsynced when a database goes over to WAL could come back hours later, and undo all.)
    """

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._durable: dict[str, File] = {}
        # Grows with each death: who had files open in an earlier one is dead, and must do nothing any more.
        self.generation = 0

    def open(self, name: str) -> File:
        """Return the file of this name; it is made where there is none."""
        return self._files.setdefault(name, File())

    def exists(self, name: str) -> bool:
        return name in self._files

    def sync(self, file: File) -> None:
        """Make durable what was written to this file, and all names as they are now."""
        file.sync()
        self._durable = dict(self._files)

    def delete(self, name: str, *, durably: bool) -> None:
        self._files.pop(name, None)
        if durably:
            self._durable = dict(self._files)

    def process_kill(self) -> None:
        """kill -9: whoever had files open is dead; the page cache is the system's, and stays."""
        self.generation += 1

    def power_loss(self, chance: Random) -> None:
        """Forget the page cache: each change that was not synced stands, is lost, or is torn at a sector."""
        self.generation += 1
        found: dict[str, File] = {}
        # Sorted: what is found depends on the chance alone.
        for name in sorted(self._files.keys() | self._durable.keys()):
            before, now = self._durable.get(name), self._files.get(name)
            # Made, replaced or deleted, and the directory was not synced: either may be found.
            file = now if before is now else chance.choice((before, now))
            if file is not None:
                found[name] = file.left_by_power_loss(chance)
        self._files, self._durable = found, dict(found)

    @property
    def unsynced(self) -> bool:
        """Whether a power loss could lose anything."""
        names = self._files.keys() | self._durable.keys()
        moved = any(self._files.get(name) is not self._durable.get(name) for name in names)
        return moved or any(file.pending for file in self._files.values())

    def fingerprint(self) -> int:
        """Return a number that tells apart what a kill would leave here."""
        return hash(tuple((name, bytes(file.cached)) for name, file in sorted(self._files.items())))

    def copy(self) -> "Disk":
        """Return a disk of its own that holds the same."""
        disk = Disk()
        copies = {id(file): file.copy() for files in (self._files, self._durable) for file in files.values()}
        disk._files = {name: copies[id(file)] for name, file in self._files.items()}
        disk._durable = {name: copies[id(file)] for name, file in self._durable.items()}
        return disk


def _left(change: Written | Truncated, chance: Random) -> Written | Truncated | None:
    """Return what a power loss leaves of one change; None: nothing."""
    fate = chance.random()
    if fate < STANDS:
        return change
    if fate < STANDS + IS_LOST or isinstance(change, Truncated):
        return None
    return _torn(change, chance)


def _torn(write: Written, chance: Random) -> Written | None:
    """Return one end of a write, up to or from the edge of a sector; None: it lies within one sector."""
    first_edge = (write.offset // SECTOR + 1) * SECTOR
    edges = range(first_edge, write.offset + len(write.data), SECTOR)
    if not edges:
        return None
    edge = chance.choice(edges)
    kept = edge - write.offset
    if chance.random() < 0.5:
        return Written(write.offset, write.data[:kept])
    return Written(edge, write.data[kept:])


def _apply(change: Written | Truncated, content: bytearray) -> None:
    match change:
        case Written(offset, data):
            # A hole reads as zeros.
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        case Truncated(size):
            del content[size:]
