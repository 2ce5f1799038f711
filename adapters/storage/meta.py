"""What the file says of itself: single values by name."""

import apsw

from adapters.storage.rows import change, fetch_one

# The salon's zone, as YClients or the settings name it: who reads the file counts days by it.
ZONE = "timezone"


def marks_of(channel: str, account: str) -> str:
    """Where it stands that the channel has taken a read mark of this account."""
    return f"marks {channel} {account}"


def keep(connection: apsw.Connection, name: str, value: str) -> None:
    if kept(connection, name) != value:
        change(connection, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value)


def kept(connection: apsw.Connection, name: str) -> str | None:
    row = fetch_one(connection, "SELECT value FROM meta WHERE name = ?", name)
    return None if row is None else str(row[0])
