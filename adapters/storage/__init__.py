"""The embedded engine's store: one SQLite file, one connection that writes, and its migrations."""

from adapters.storage.schema import Ledgered as Ledgered
from adapters.storage.store import SqliteStore as SqliteStore
