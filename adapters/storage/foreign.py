"""A file of another program is refused before anything of it is touched."""

from pathlib import Path
from urllib.parse import quote

import apsw

from adapters.storage.schema import ForeignFile, NewerFile, ensure_ours
from engine.ports import StoreUnfit


def ensure_no_others(path: str) -> None:
    """Look whose tables the file holds: opened for good it would be switched to WAL first, for ever.

    Raises:
        StoreUnfit: another program's, or a newer Otmena's.
    """
    # Nothing is locked, made beside it or rolled back. What only a -wal holds is not seen, but then it is in
    # WAL mode already.
    uri = f"file://{quote(str(Path(path).absolute()))}?immutable=1"
    try:
        connection = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        try:
            ensure_ours(connection)
        finally:
            connection.close()
    except (ForeignFile, NewerFile) as error:
        raise StoreUnfit(str(error)) from error
    except apsw.Error:
        # Missing, damaged or no database: whoever opens it for good says so.
        return
