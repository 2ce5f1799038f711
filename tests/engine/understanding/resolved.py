"""What a text comes down to, said on Monday the 23rd of November 2026 at ten: for the tests of resolving."""

from datetime import UTC, datetime

from engine.understanding.lemmas import shared
from engine.understanding.meaning import Context, Intent
from engine.understanding.phrase import phrase
from engine.understanding.resolving import Resolved, resolve

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def resolved(
    text: str, intent: Intent = "cancel", context: Context = "idle", starts: tuple[datetime, ...] = ()
) -> Resolved:
    """Return what a text comes down to, said on that Monday; `starts` are those of the records on offer."""
    said = phrase(text, shared(), MONDAY)
    return resolve([clause.moments for clause in said.clauses], context, intent, starts)
