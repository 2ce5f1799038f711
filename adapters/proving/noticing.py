"""Promises about what the administrator reads: all that we did, in its order, and nothing that is not so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from adapters.notify.addresses import phone_of
from adapters.proving.witness import TOLD_WITHIN, Witness, is_off
from adapters.whatsapp.simulator import Bubble
from engine.booking import Change

_WE_DID: dict[Change, tuple[str, ...]] = {
    "cancelled": ("Отмена", "Поздняя отмена", "Отмена без участия бота"),
    "moved": ("Перенос",),
    "restored": ("Запись снова в силе",),
}
# Where nobody knows, the administrator reads so.
_NOBODY_KNOWS: dict[Change, str] = {
    "cancelled": "Неизвестно, прошла ли отмена",
    "moved": "Неизвестно, прошёл ли перенос",
    "restored": "Неизвестно, удался ли возврат записи",
}
_A_PERSON_IS_NEEDED = "Нужен человек"
_REASON, _UNTOUCHED = "Причина отмены", "Журнал показывает запись без изменений"
_TITLES = (
    *(title for titles in _WE_DID.values() for title in titles),
    *_NOBODY_KNOWS.values(),
    *(_A_PERSON_IS_NEEDED, _REASON, _UNTOUCHED),
)
# It begins the message, or stands behind what the template or the report of a lost notice says first; and a
# template has no lines.
_TOLD = re.compile(rf"(?:^|\n| · |^[^:·\n]+: )({'|'.join(_TITLES)}): ([^\n·]+?)(?: ·|\n|$)")
_WAS = re.compile(r"(?:\n| · )Было: ([^\n·]+?)(?: ·|\n|$)")
_PHONE = re.compile(r"\+7\d{10}")
_BELATED = "дошло с опозданием"


@dataclass(frozen=True, slots=True)
class _Stored:
    """One notice as the assistant keeps it."""

    chat: int | None
    key: str
    # Whom it is for.
    phone: str
    text: str
    status: str
    is_report: bool
    # Given up, or sent twice and never confirmed: nobody can promise that it is read.
    is_lost: bool


def no_notice_is_left(witness: Witness) -> Iterator[str]:
    (left,) = witness.sql("SELECT count(*) FROM notice WHERE finished_us IS NULL")
    yield f"{left[0]} notices never ended" if left[0] else ""


def what_we_did_is_read(witness: Witness) -> Iterator[str]:
    """Each cancel, move and take-back of ours, or that nobody knows of it, by every address of theirs.

    A write that lands long after it was given up, of a record that was shown as it had been before, is
    nobody's to know.
    """
    if witness.was_shown_the_past or witness.was_left_without_a_word:
        return
    stored = _stored(witness)
    for phone in witness.administrators:
        read = _read(witness, phone)
        lost = [one.text for one in stored if one.phone == phone and one.is_lost]
        for record_id, change, done in _done(witness):
            lines = {witness.line(entry) for _, entry in witness.history(record_id)}
            titles = (*_WE_DID[change], _NOBODY_KNOWS[change], _A_PERSON_IS_NEEDED)
            told = any(
                title in titles and line in lines and bubble.at >= done - TOLD_WITHIN
                for bubble, title, line in read
            )
            told = told or any(line in text for line in lines for text in lost)
            number = witness.number(record_id)
            yield "" if told else f"record {number} was {change}, and {phone} of the salon read nothing of it"


def what_counts_as_told_was_shown(witness: Witness) -> Iterator[str]:
    if witness.was_left_without_a_word:
        return
    for one in _stored(witness):
        if one.status == "sent" and not one.is_lost:
            shown = any(key == one.key for key, _ in _shown(witness, one.phone))
            yield "" if shown else f"«{one.text}» counts as told, and {one.phone} was never shown it"


def what_is_lost_is_reported(witness: Witness) -> Iterator[str]:
    """Every other address reads of a notice that was given up; of a report that is lost too, none (§6)."""
    stored = _stored(witness)
    for lost in stored:
        if lost.status != "dead" or lost.is_report:
            continue
        for phone in witness.administrators:
            if phone != lost.phone:
                reports = [one for one in stored if one.phone == phone and one.key.startswith(f"{lost.key}.")]
                yield "" if reports else f"«{lost.text}» was given up, and {phone} read nothing of it"


def notices_keep_their_order(witness: Witness) -> Iterator[str]:
    """Those of one chat, on each phone; what comes after its follow-up all the same says so."""
    chats = [(one.chat, one.key) for one in _stored(witness) if one.chat is not None]
    for phone in witness.administrators:
        shown = _shown(witness, phone)
        keys = [key for key, _ in shown]
        for (chat, earlier), (other, later) in combinations(chats, 2):
            if chat != other or later not in keys:
                continue
            behind = shown[keys.index(later) + 1 :]
            wrong = [one.text for key, one in behind if key == earlier and _BELATED not in one.text]
            yield f"«{wrong[0]}» was told after what followed on it" if wrong else ""


def notices_are_true(witness: Witness) -> Iterator[str]:
    """What a notice says of a record, the journal has shown by then; and the client is the record's own."""
    for phone in witness.administrators:
        for bubble, title, line in _read(witness, phone):
            named = {entry.record_id for entry in witness.named(bubble)}
            so = any(_was_so(witness, record_id, bubble, title, line) for record_id in named)
            yield "" if so else f"{phone} of the salon read «{bubble.text}», and that never was"
            owners = {witness.phone_of(entry) for one in named for _, entry in witness.history(one)}
            others = [number for number in _PHONE.findall(bubble.text) if number not in owners]
            yield f"«{bubble.text}» names {others[0]}, whose record it is not" if others else ""


def _was_so(witness: Witness, record_id: int, bubble: Bubble, title: str, line: str) -> bool:
    history = [entry for at, entry in witness.history(record_id) if at <= bubble.at]
    there = [entry for entry in history if witness.line(entry) == line]
    if title in _WE_DID["cancelled"] or title == _REASON:
        return bool(there) and any(is_off(entry) for entry in history)
    if title in _WE_DID["restored"]:
        return any(
            not is_off(entry) and any(map(is_off, history[:place])) for place, entry in enumerate(history)
        )
    if title in _WE_DID["moved"]:
        was = _WAS.search(bubble.text)
        return bool(there) and was is not None and any(witness.line(entry) == was[1] for entry in history)
    if title == _UNTOUCHED:
        return any(not is_off(entry) for entry in there)
    return bool(there)


def _done(witness: Witness) -> Iterator[tuple[int, Change, datetime]]:
    """Yield every change of ours: of which record, to what, and when."""
    for record_id in witness.records():
        for change in _WE_DID:
            for at in witness.changed_by_us(record_id, change):
                yield record_id, change, at


def _stored(witness: Witness) -> list[_Stored]:
    settings = witness.salon.parties.settings
    secret, company = settings.whatsapp_app_secret.get_secret_value(), settings.yclients_company_id
    phones = {name: phone_of(to.url) or "" for name, to in settings.addresses.by_id(secret, company).items()}
    rows = witness.sql(
        "SELECT chat_id, key, recipient, text, status, notice ->> '$.event' = 'dead',"
        " status = 'dead' OR why = 'in doubt' FROM notice ORDER BY notice_id"
    )
    return [
        _Stored(chat, key, phones[recipient], text, status, bool(report), bool(lost))
        for chat, key, recipient, text, status, report, lost in rows
    ]


def _read(witness: Witness, phone: str) -> list[tuple[Bubble, str, str]]:
    """Return each message to this phone that tells of a record, with its title and the record's line."""
    found = ((bubble, _TOLD.search(bubble.text)) for bubble in witness.said(phone))
    return [(bubble, told[1], told[2]) for bubble, told in found if told is not None]


def _shown(witness: Witness, phone: str) -> list[tuple[str, Bubble]]:
    """Return what this phone has shown, in its order, each by our key."""
    key_of = witness.salon.parties.phones.key_of
    return [(key_of(bubble.wamid), bubble) for bubble in witness.said(phone)]
