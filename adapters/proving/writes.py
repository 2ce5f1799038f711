"""Promises about what is written into the journal: agreed to, as it was read, once."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise, product

from adapters.proving.seen import Consent
from adapters.proving.witness import TOLD_WITHIN, Witness, change_of, is_off, record_of
from adapters.yclients.simulator import Logged
from adapters.yclients.simulator.salon import Entry
from engine.booking import Change
from engine.proof.reading import says_when

_OURS = re.compile(r"\s*Отменено клиентом через WhatsApp[^\n]*")
_EVER = datetime.min.replace(tzinfo=UTC)
_CHANGES: tuple[Change, ...] = ("cancelled", "moved", "restored")


def the_salon_s_notes_stay(witness: Witness) -> Iterator[str]:
    """What the salon had written into a record's comment is still in it (yclients.md §4.1)."""
    history = [entry for _, entry in witness.salon.parties.salon.salon.history]
    for record_id in dict.fromkeys(entry.record_id for entry in history):
        # Our own mark comes with a cancel and goes with its take-back.
        comments = [_OURS.sub("", entry.comment) for entry in history if entry.record_id == record_id]
        lost = next((before for before, after in pairwise(comments) if before not in after), None)
        yield (
            "" if lost is None else f"«{lost}» is gone from the comment of record {witness.number(record_id)}"
        )


def every_write_was_agreed_to(witness: Witness) -> Iterator[str]:
    agreed = {phone: list(witness.consents(phone)) for phone in witness.phones}
    for write in witness.writes():
        record_id = record_of(write)
        phones = {
            witness.phone_of(e)
            for at, e in witness.salon.parties.salon.salon.history
            if e.record_id == record_id
        }
        changes = _changes(witness, write)
        mine = [one for phone in phones for one in agreed.get(phone, ()) if one.record_id == record_id]
        allowed = any(one.change in changes and one.at <= write.at and _goes(one, write) for one in mine)
        if "cancelled" in changes and not allowed and not witness.asks_before_it_acts:
            allowed = any(at <= write.at for phone in phones for at in witness.wished(phone))
        what = " or ".join(changes)
        yield "" if allowed else f"{_write(witness, write)} ({what}), to which nobody had agreed"


def _changes(witness: Witness, write: Logged) -> tuple[Change, ...]:
    """Return what the write can have wanted: more than one thing where the salon edited the record just then.

    The request is logged once it has been answered, so that nobody knows which of the versions it met; what
    it made of the record itself is none of them.
    """
    record_id = record_of(write)
    # Where the journal shows the past, a write may go by any version that there ever was.
    since = _EVER if witness.was_shown_the_past else write.at - TOLD_WITHIN
    met: list[Entry | None] = [*witness.versions(record_id, since, write.at)[:1]] or [None]
    met += [entry for at, entry in witness.versions_by_hand(record_id) if since <= at <= write.at]
    return tuple(dict.fromkeys(change_of(write, entry) for entry in met))


def _goes(consent: Consent, write: Logged) -> bool:
    """Whether a move goes to the window that had been read."""
    if consent.change != "moved":
        return True
    starts_at = str(json.loads(write.body)["datetime"]).replace(" ", "T")[:16]
    return says_when(consent.read, datetime.fromisoformat(starts_at))


def prices_and_cards_stay(witness: Witness) -> Iterator[str]:
    """No write of ours touches what a record costs, whose it is, or a name on a card (yclients.md §3.5)."""
    salon = witness.salon.parties.salon.salon
    for record_id in {entry.record_id for _, entry in salon.history}:
        for _, before, after in witness.our_versions(record_id):
            same = _prices(before) == _prices(after) and before.client_id == after.client_id
            number = witness.number(record_id)
            yield "" if same else f"record {number} lost a price or its client: {before} became {after}"
    for card in salon.clients.values():
        known = witness.cards.setdefault(card.client_id, card)
        names = [(one.name, one.surname, one.patronymic, one.email, one.phone) for one in (known, card)]
        yield "" if names[0] == names[1] else f"the card of {known.phone} was {names[0]} and is {names[1]}"


def _prices(entry: Entry) -> list[tuple[float, ...]]:
    """What each service costs; a list's order may change between two reads."""
    return sorted(
        (line.service.service_id, line.first_cost, line.discount, line.cost, line.amount)
        for line in entry.lines
    )


def only_ours_is_taken_back(witness: Witness) -> Iterator[str]:
    """What comes back by us went off by us."""
    for record_id in {entry.record_id for _, entry in witness.salon.parties.salon.salon.history}:
        ours = witness.cancelled_by_us(record_id)
        for at, before, after in witness.our_versions(record_id):
            if is_off(before) and not is_off(after):
                held = any(off <= at for off in ours)
                number = witness.number(record_id)
                yield "" if held else f"record {number} was taken back, and we had not cancelled it"


def what_is_written_was_read(witness: Witness) -> Iterator[str]:
    """When it was written, the record stood as in the question that was agreed to (§5, `RecordChanged`)."""
    if not witness.asks_before_it_acts or witness.was_shown_the_past:
        return
    read = [agreed for phone in witness.phones for agreed in witness.consents(phone)]
    for write in witness.writes():
        stood = witness.versions(record_of(write), write.at - TOLD_WITHIN, write.at)
        changes = _changes(witness, write)
        mine = [one for one in read if one.record_id == record_of(write) and one.change in changes]
        questions = [one.read for one in mine if one.at <= write.at and one.read]
        same = any(witness.line(entry) in text for entry in stood for text in questions)
        yield (
            "" if same or not questions else f"{_write(witness, write)}, which no longer was what was read"
        )


def what_is_closed_is_left_alone(witness: Witness) -> Iterator[str]:
    """Nothing is written that has begun, that the client came to, that is paid or locked (§6)."""
    if witness.was_shown_the_past:
        return
    for write in witness.writes():
        stood = witness.versions(record_of(write), write.at - TOLD_WITHIN, write.at)
        open_ = any(
            not (
                entry.paid
                or entry.locked
                or entry.attendance == 1
                or entry.starts_at <= write.at - TOLD_WITHIN
            )
            for entry in stood
        )
        yield "" if open_ or not stood else f"{_write(witness, write)}, which is closed"


def no_write_is_blind(witness: Witness) -> Iterator[str]:
    """Before each write the record was read, and between two of them again (§6)."""
    last: dict[int, datetime] = {}
    for write in witness.writes():
        record_id = record_of(write)
        since = last.get(record_id)
        read = any(at <= write.at and (since is None or at >= since) for at in witness.reads(record_id))
        yield "" if read else f"{_write(witness, write)}, which was not read before"
        last[record_id] = write.at


def the_ledger_tells_it(witness: Witness) -> Iterator[str]:
    """What we cancelled stands in the ledger so, or as unknown; what stands there as cancelled is off."""
    if witness.was_shown_the_past:
        return
    told: dict[int, set[str]] = {}
    for (fact,) in witness.sql("SELECT fact FROM ledger WHERE kind = 'CancelSettled'"):
        settled = json.loads(fact)["value"]
        told.setdefault(settled["record"]["record_id"], set()).add(settled["outcome"])
    history = witness.salon.parties.salon.salon.history
    for record_id in dict.fromkeys(entry.record_id for _, entry in history):
        number, outcomes = witness.number(record_id), told.get(record_id, set())
        if witness.cancelled_by_us(record_id):
            yield (
                ""
                if outcomes & {"cancelled", "unknown"}
                else f"record {number} is cancelled; the ledger lacks it"
            )
        elif "cancelled" in outcomes:
            off = any(is_off(entry) for _, entry in history if entry.record_id == record_id)
            yield "" if off else f"the ledger has record {number} as cancelled, and it never was"


def one_change_for_each_consent(witness: Witness) -> Iterator[str]:
    agreed = [(one.record_id, one.change) for phone in witness.phones for one in witness.consents(phone)]
    history = witness.salon.parties.salon.salon.history
    for record_id, change in product({entry.record_id for _, entry in history}, _CHANGES):
        ours = witness.changed_by_us(record_id, change)
        most = agreed.count((record_id, change)) + _landed_late(witness, record_id, change, ours)
        if change == "cancelled" and not witness.asks_before_it_acts:
            most = len(history)
        if change == "moved" and witness.was_shown_old_days:
            # Taken back by an older reading, it stands where that one showed it.
            most += agreed.count((record_id, "restored"))
        number = witness.number(record_id)
        held = len(ours) <= most
        yield "" if held else f"record {number} was {change} {len(ours)} times for {most} consents"


def _landed_late(witness: Witness, record_id: int, change: Change, ours: list[datetime]) -> int:
    """Return how often a write whose answer was lost landed once more, on what was done since."""
    writes = [one for one in witness.writes() if record_of(one) == record_id]
    lost = [one.at for one in writes if one.status == 0]
    since = [at for other in _CHANGES if other != change for at in witness.changed_by_us(record_id, other)]
    landed = [
        at
        for at in ours
        # Long after any request of ours had come.
        if not any(at - TOLD_WITHIN <= one.at <= at for one in writes)
        and any(early < done < at for early in lost for done in since)
    ]
    return min(len(landed), len(lost))


def delete_only_after_a_refusal(witness: Witness) -> Iterator[str]:
    """YClients has refused the soft cancel with 404 or 405 before, and never just failed to answer (§6)."""
    for write in witness.writes():
        if write.method != "DELETE":
            continue
        before = [
            other.status
            for other in witness.writes()
            if other.at <= write.at and other.method == "PUT" and record_of(other) == record_of(write)
        ]
        refused = bool(before) and before[-1] in (404, 405) and witness.may_delete
        answer = f"HTTP {before[-1]}" if before and before[-1] else "no answer"
        yield "" if refused else f"{_write(witness, write)}, after {answer} to the soft cancel"


def _write(witness: Witness, write: Logged) -> str:
    number = witness.number(record_of(write))
    return f"{write.method} of " + (f"record {number}" if number else "a record that nobody booked")
