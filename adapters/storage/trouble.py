"""Why the database cannot be written, in words for whoever looks after the machine."""

import os

import apsw

from adapters.storage.named import Moved

# With less than this SQLite finds no room for the smallest commit, whatever name its error then has.
ROOM_BYTES_MIN = 64 * 1024


def in_words(error: BaseException, folder: str | None) -> str:
    """Return one sentence part, with the system's own word for it in brackets.

    `folder`: where the database stands, to tell a full or read-only disk behind a mere "disk I/O error".
    """
    return f"{_reason(error, folder)} ({_detail(error)})"


def _reason(error: BaseException, folder: str | None) -> str:
    is_full, is_read_only = _state_of(folder)
    match error:
        case Moved():
            return "the file was moved, removed or replaced under the server: stop it, then put the file back"
        case apsw.FullError():
            return "the disk is full"
        case apsw.NotADBError() | apsw.CorruptError():
            return "the database is damaged or another program's"
        case apsw.BusyError() | apsw.LockedError():
            return "another program holds the database"
        case _ if is_read_only:
            return "the disk is read-only"
        case _ if is_full:
            return "the disk is full"
        case apsw.ReadOnlyError() | apsw.PermissionsError():
            return "the database may not be written"
        case apsw.CantOpenError():
            return "the database cannot be opened"
        case apsw.IOError() | OSError():
            return "the disk fails"
    return "the database cannot be used"


def _state_of(folder: str | None) -> tuple[bool, bool]:
    """Return whether the disk is full, and whether it is read-only."""
    if folder is None:
        return False, False
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False, False
    return disk.f_bavail * disk.f_frsize < ROOM_BYTES_MIN, bool(disk.f_flag & os.ST_RDONLY)


def _detail(error: BaseException) -> str:
    code: int = getattr(error, "extendedresult", apsw.SQLITE_OK)
    if not code:
        return f"{type(error).__name__}: {error}"
    name = apsw.mapping_extended_result_codes.get(code) or apsw.mapping_result_codes.get(code)
    # A copy takes its error from one connection and the words for it from the other, which has none.
    return str(name) if str(error) == "not an error" else f"{name}: {error}"
