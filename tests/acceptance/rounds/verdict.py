"""What has to be so after any number of kills, by what the outside saw; the own file is heard last."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apsw

from engine.booking import CancelSettled, Fact, MoveSettled, RestoreSettled
from engine.codec import load
from tests.acceptance.rounds.clients import Book, Said
from tests.acceptance.rounds.watching import Sent, WatchedWhatsApp, WatchedYClients

# From WhatsApp's answer to the commit that notes it; on a slow disk and a busy machine it takes a while.
NOTED_WITHIN = timedelta(seconds=0.5)
# What was written before a kill is read by the other side after it.
READ_WITHIN = timedelta(seconds=0.1)
# One send, and its repeat.
COPIES_MAX = 2


@dataclass(slots=True)
class Judged:
    faults: list[str] = field(default_factory=list)
    # Messages that stood on a screen twice: because a kill cut the send, or a quirk left it in doubt.
    cut: int = 0
    in_doubt: int = 0
    # The chats that the faults name, as they stood on the screens.
    chats: list[str] = field(default_factory=list)


def judge(
    yclients: WatchedYClients, whatsapp: WatchedWhatsApp, book: Book, cuts: Sequence[datetime], file: Path
) -> Judged:
    """`cuts`: when the process was killed or frozen. `file`: the database, with no server on it."""
    judged = Judged()
    judged.faults += whatsapp.lies
    judged.faults += [f"no answer for {who}" for who in book.unanswered]
    judged.faults += unanswered(book, whatsapp)
    judged.faults += without_consent(book, yclients)
    judged.faults += untold(yclients, whatsapp)
    count_repeats(whatsapp.sent, cuts, judged)
    ledger = whatsapp.ledger()
    if ledger.unacked or ledger.given_up:
        judged.faults.append(f"{ledger.unacked} webhooks are not taken, {ledger.given_up} were given up")
    if ledger.limit_violations:
        judged.faults.append(f"sends broke limits: {ledger.limit_violations}")
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        judged.faults += _of_the_file(connection)
        judged.faults += _out_of_order(connection, whatsapp.sent)
        judged.faults += _ledger(connection, yclients)
    finally:
        connection.close()
    judged.chats = told_of(judged.faults, whatsapp, book)
    return judged


def unanswered(book: Book, whatsapp: WatchedWhatsApp) -> Iterator[str]:
    """Whoever waited for an answer got one before they went on."""
    by_phone: dict[str, list[Said]] = defaultdict(list)
    for said in book.said:
        by_phone[said.phone].append(said)
    for phone, messages in by_phone.items():
        shown = len(whatsapp.fresh[phone])
        ends = [said.after for said in messages[1:]] + [shown]
        for said, end in zip(messages, ends, strict=True):
            if said.how == "patient" and end <= said.after:
                yield f"{phone} got no answer to «{said.text}»"


def without_consent(book: Book, yclients: WatchedYClients) -> Iterator[str]:
    consents = Counter((consent.record_id, str(consent.what)) for consent in book.consents)
    to = {(consent.record_id, consent.to) for consent in book.consents if consent.what == "moved"}
    changes = Counter((changed.record_id, str(changed.what)) for changed in yclients.changed)
    for (record_id, what), n in changes.items():
        agreed = consents[record_id, what]
        if n > agreed:
            who = _phone_of(record_id, yclients)
            yield f"record {record_id} of {who} was {what} {n} times, and its client agreed {agreed} times"
    for changed in yclients.changed:
        if changed.what == "moved" and (changed.record_id, changed.to[-5:]) not in to:
            who = _phone_of(changed.record_id, yclients)
            yield f"record {changed.record_id} of {who} was moved to {changed.to}, which nobody chose"


def untold(yclients: WatchedYClients, whatsapp: WatchedWhatsApp) -> Iterator[str]:
    """Whatever was done was told afterwards: as done, or as unknown where nobody could tell."""
    words = {"cancelled": ("отмен",), "restored": ("в силе", "вернуть"), "moved": ("перенес", "перенос")}
    for changed in yclients.changed:
        phone = _phone_of(changed.record_id, yclients)
        told = [
            bubble.text
            for bubble in whatsapp.fresh[phone]
            if bubble.at > changed.at and any(word in bubble.text for word in words[changed.what])
        ]
        if not told:
            yield f"record {changed.record_id} was {changed.what}, and nobody told its client {phone}"


def _phone_of(record_id: int, yclients: WatchedYClients) -> str:
    return "+" + yclients.record(record_id).phone.lstrip("+")


def count_repeats(sent: Sequence[Sent], cuts: Sequence[datetime], judged: Judged) -> None:
    by_key: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        by_key[one.key].append(one)
    for copies in by_key.values():
        first = copies[0]
        if len(copies) == 1:
            continue
        if len(copies) > COPIES_MAX:
            judged.faults.append(f"{first.phone} was told {len(copies)} times: «{first.text}»")
        elif any(first.at - READ_WITHIN <= cut <= first.answered_at + NOTED_WITHIN for cut in cuts):
            judged.cut += 1
        elif first.spoiled:
            judged.in_doubt += 1
        else:
            near = min(cuts, key=lambda cut: abs(cut - first.at), default=None)
            judged.faults.append(
                f"{first.phone} was told twice, and nothing had cut the send ({first.at:%H:%M:%S.%f} to "
                f"{first.answered_at:%H:%M:%S.%f}; the nearest cut: {near}): «{first.text}»"
            )


def told_of(faults: Sequence[str], whatsapp: WatchedWhatsApp, book: Book) -> list[str]:
    """Return the chat of each phone that a fault names, with times and errands: a kill has no replay."""
    chats = []
    for phone in sorted(whatsapp.fresh):
        if not any(phone in fault for fault in faults):
            continue
        lines = [(begun.at, f"— {begun.errand}") for begun in book.begun if begun.phone == phone]
        lines += [
            (bubble.at, f"{'>' if bubble.direction == 'in' else '<'} {bubble.text} ({bubble.status})")
            for bubble in whatsapp.phone(phone)
        ]
        chats.append("\n".join([phone, *(f"  {at:%H:%M:%S.%f} {line}" for at, line in sorted(lines))]))
    return chats


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────


def unfinished(connection: apsw.Connection) -> int:
    """Return how much is still to be done, but looks that are to be taken only minutes later."""
    (n,) = connection.execute(
        """
        SELECT (SELECT count(*) FROM outbox WHERE finished_us IS NULL AND after_s = 0)
             + (SELECT count(*) FROM inbox WHERE taken_us IS NULL)
             + (SELECT count(*) FROM chat WHERE awaiting IS NOT NULL)
        """
    ).fetchone() or (0,)
    return int(n)


def _of_the_file(connection: apsw.Connection) -> Iterator[str]:
    verdict = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    if verdict != ["ok"]:
        yield f"the file is damaged: {verdict[:3]}"
    if n := unfinished(connection):
        yield f"{n} rows are unfinished"
    dead = list(connection.execute("SELECT outbox_id, kind, why FROM outbox WHERE status = 'dead'"))
    if dead:
        yield f"given up: {dead[:3]}"


def _out_of_order(connection: apsw.Connection, sent: Sequence[Sent]) -> Iterator[str]:
    """What a client saw for the first time came in the order in which it was decided."""
    place = dict(connection.execute("SELECT key, outbox_id FROM outbox WHERE kind = 'message'"))
    latest: dict[str, int] = {}
    for one in sent:
        if one.key in place:
            at = place.pop(one.key)
            if at < latest.get(one.phone, 0):
                yield f"{one.phone} was told out of order: «{one.text}»"
            latest[one.phone] = at


def _ledger(connection: apsw.Connection, yclients: WatchedYClients) -> Iterator[str]:
    noted = Counter(
        settled
        for (text,) in connection.execute("SELECT fact FROM ledger")
        if (settled := _settled(load(Fact, text)))
    )
    done = Counter((changed.record_id, str(changed.what)) for changed in yclients.changed)
    for key in sorted(noted.keys() | done.keys()):
        if noted[key] != done[key]:
            record_id, what = key
            yield f"record {record_id}: {what} {done[key]} times in the journal, {noted[key]} in the ledger"


def _settled(fact: Any) -> tuple[int, str] | None:
    match fact:
        case CancelSettled(receipt=receipt) if receipt is not None and receipt.how == "already":
            # The salon had deleted it: no change of ours.
            return None
        case CancelSettled(outcome="cancelled" as what) | MoveSettled(outcome="moved" as what):
            return fact.record.record_id, what
        case RestoreSettled(outcome="restored" as what):
            return fact.record.record_id, what
    return None
