"""What the administrator changed in the journal: in words, and as YClients tells it."""

import json

from adapters.stage.journal import STATUSES, WORDS
from adapters.yclients.simulator import JournalRow


def change(before: JournalRow, after: JournalRow) -> dict[str, str]:
    """Return what an entry of the timeline tells of a change."""
    told = f"{', '.join(after.services)}, {after.master}"
    if after.deleted != before.deleted:
        return {"what": "deleted" if after.deleted else "restored", "words": told}
    if after.starts_at != before.starts_at:
        moved = f"{before.starts_at:%d.%m %H:%M} → {after.starts_at:%d.%m %H:%M}"
        return {"what": "moved", "words": f"{told}: {moved}"}
    if after.master != before.master:
        return {"what": "master", "words": f"{', '.join(after.services)}: {before.master} → {after.master}"}
    was, now = (WORDS[STATUSES[row.attendance]] for row in (before, after))
    return {"what": "attendance", "words": f"{told}: {was} → {now}"}


def hint(company_id: int, row: JournalRow) -> bytes:
    """Return what YClients posts after a change (yclients.md §8, 2026-11): only a hint, so read again."""
    status = "delete" if row.deleted else "update"
    hint = {
        "company_id": company_id,
        "resource": "record",
        "resource_id": row.record_id,
        "status": status,
        "data": {"id": row.record_id, "datetime": row.starts_at.isoformat(), "attendance": row.attendance},
    }
    return json.dumps(hint).encode()
