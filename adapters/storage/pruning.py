"""Forget what ended long ago, a portion a commit, along the primary keys.

Nothing is reused but the pages: ids are AUTOINCREMENT, and the file grows no further instead of shrinking.
The ledger stays, as statistics count it.
"""

from datetime import datetime, timedelta

import apsw

from adapters.storage.rows import change, fetch_one, to_us
from engine.ports import Place

# So many rows a commit: some milliseconds.
ROWS_MAX = 500
# The page of a late request shows what was decided, until a visit that may be far ahead.
DECISIONS_KEPT_LONGER = timedelta(days=90)

# Those seen to, which also lets go of the rows that they are about.
_LETTERS = """
    DELETE FROM dead WHERE letter IN (
        SELECT letter FROM dead WHERE handled_us < ? ORDER BY handled_us LIMIT ?
    )
"""
_ORDERS = "DELETE FROM operator_order WHERE order_id > ?1 AND order_id <= ?2 AND taken_us < ?3"
_INBOX = """
    DELETE FROM inbox WHERE arrival > ?1 AND arrival <= ?2 AND taken_us < ?3
      AND NOT EXISTS (SELECT 1 FROM dead d WHERE d.letter IN ('t' || arrival, 'w' || arrival))
      AND (received_us < ?4 OR channel <> '' OR message_id NOT LIKE 'late:%')
"""
_OUTBOX = """
    DELETE FROM outbox WHERE outbox_id > ?1 AND outbox_id <= ?2 AND finished_us < ?3
      AND NOT EXISTS (SELECT 1 FROM dead d WHERE d.letter IN ('m' || outbox_id, 'c' || outbox_id))
      AND NOT EXISTS (
          SELECT 1 FROM chat c WHERE c.chat_id = outbox.chat_id
            AND (c.asked_by = outbox_id OR c.pending_question = outbox.question OR c.awaiting = outbox.key)
      )
"""
_NOTICE = """
    DELETE FROM notice WHERE notice_id > ?1 AND notice_id <= ?2 AND finished_us < ?3
      AND NOT EXISTS (SELECT 1 FROM dead d WHERE d.letter = 'n' || notice_id)
"""
# Table, its key, when a row of it was made, and what goes; in the order in which they are gone through.
_TABLES = {
    "inbox": ("arrival", "received_us", _INBOX),
    "outbox": ("outbox_id", "created_us", _OUTBOX),
    "notice": ("notice_id", "created_us", _NOTICE),
    "operator_order": ("order_id", "given_us", _ORDERS),
}
_ORDER = ("dead", *_TABLES)


def prune(
    connection: apsw.Connection, before: datetime, after: Place | None, limit: int = ROWS_MAX
) -> Place | None:
    """Look at up to `limit` rows behind `after`; return how far that came, or None at the end."""
    place = after or Place("dead", 0)
    if place.table == "dead":
        gone = change(connection, _LETTERS, to_us(before), limit)
        return place if gone == limit else _next_table(place)
    key, born, delete = _TABLES[place.table]
    upto = fetch_one(connection, _portion(place.table, key, born), place.number, limit)
    assert upto is not None
    last, youngest_us, count = upto
    if last is not None:
        decisions_us = to_us(before - DECISIONS_KEPT_LONGER)
        bindings = (place.number, last, to_us(before), decisions_us)
        change(connection, delete, *(bindings if place.table == "inbox" else bindings[:3]))
    # Rows are made in the order of their keys: behind one that is young there is nothing old.
    if count < limit or youngest_us >= to_us(before):
        return _next_table(place)
    return Place(place.table, last)


def _portion(table: str, key: str, born: str) -> str:
    return f"""
        SELECT max({key}), max({born}), count(*)
        FROM (SELECT {key}, {born} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?)
    """


def _next_table(place: Place) -> Place | None:
    following = _ORDER.index(place.table) + 1
    return Place(_ORDER[following], 0) if following < len(_ORDER) else None
