"""The judge of the rounds sees what it is to see: each fault, played by hand."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from adapters.simulated import Request
from tests.acceptance.rounds.claims import Claim, claims_of
from tests.acceptance.rounds.clients import Begun, Book, Consent, Said
from tests.acceptance.rounds.verdict import (
    Judged,
    count_repeats,
    told_of,
    unanswered,
    untold,
    without_consent,
)
from tests.acceptance.rounds.watching import Changed, Sent, WatchedWhatsApp, WatchedYClients
from tests.acceptance.world import ANNA, COMPANY, MARIA, NUMBER

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 30, 12, 0)  # noqa: DTZ001  # the salon's wall clock
RECORD = "Маникюр, понедельник, 30 ноября, 12:00, мастер Ольга"


@pytest.fixture
def yclients() -> WatchedYClients:
    return WatchedYClients(COMPANY, Random(1), limited=False)


@pytest.fixture
def whatsapp(yclients: WatchedYClients) -> WatchedWhatsApp:
    return WatchedWhatsApp(Random(1), yclients)


def tell(whatsapp: WatchedWhatsApp, text: str, key: str = "m1", at: datetime = AT) -> None:
    payload = {
        "messaging_product": "whatsapp",
        "to": ANNA,
        "type": "text",
        "text": {"body": text},
        "biz_opaque_callback_data": key,
    }
    headers = {"authorization": "Bearer access"}
    whatsapp.handle(
        Request("POST", f"/v26.0/{NUMBER}/messages", (), headers, json.dumps(payload).encode()), at
    )


def sent(seconds: float, key: str = "m1") -> Sent:
    at = AT + timedelta(seconds=seconds)
    return Sent(ANNA, key, "Здравствуйте!", at, at + timedelta(seconds=0.1), spoiled=False)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (f"Запись отменена: {RECORD}. Спасибо, что предупредили!", ["cancelled"]),
        (f"Записи отменены:\n• {RECORD}\nСпасибо, что предупредили!", ["cancelled"]),
        (f"Проверка показала, что запись отменена: {RECORD}.", ["cancelled"]),
        (f"Готово, запись снова в силе: {RECORD}. Ждём вас!", ["restored"]),
        (f"Запись перенесена. Теперь: {RECORD}. Было: среда, 25 ноября, 15:00. Ждём вас!", ["moved"]),
        (f"Отменить запись: {RECORD}?", []),
        (f"Хорошо, запись остаётся: {RECORD}. Ждём вас!", []),
    ],
)
def test_a_claim_is_read_off_the_words(text: str, claims: list[str]) -> None:
    assert [claim.what for claim in claims_of(text)] == claims
    assert all(claim == Claim(claim.what, "30 ноября, 12:00") for claim in claims_of(text))


@pytest.mark.parametrize(("attendance", "lies"), [(-1, 0), (0, 1)])
def test_a_claim_that_the_journal_does_not_show_is_a_lie(
    yclients: WatchedYClients, whatsapp: WatchedWhatsApp, attendance: int, lies: int
) -> None:
    yclients.add_record(ANNA, "Маникюр", "Ольга", NOON, AT, attendance=attendance)

    tell(whatsapp, f"Запись отменена: {RECORD}. Спасибо, что предупредили!")

    assert len(whatsapp.lies) == lies


@pytest.mark.parametrize(
    ("copies", "cuts_s", "expected"),
    [
        ([0], [], (0, 0)),
        ([0, 40], [0.05], (1, 0)),
        ([0, 40], [0.4], (1, 0)),
        ([0, 40], [-0.05], (1, 0)),
        ([0, 40], [-0.2], (0, 1)),
        ([0, 40], [5], (0, 1)),
        ([0, 40, 80], [0.05, 40.05], (0, 1)),
    ],
)
def test_a_repeat_is_allowed_once_and_only_where_a_kill_cut_the_send(
    copies: list[float], cuts_s: list[float], expected: tuple[int, int]
) -> None:
    judged = Judged()

    count_repeats([sent(at) for at in copies], [AT + timedelta(seconds=cut) for cut in cuts_s], judged)

    assert (judged.cut, len(judged.faults)) == expected


@pytest.mark.parametrize(
    ("consents", "changes", "faults"), [(1, 1, 0), (0, 1, 1), (1, 2, 1), (2, 1, 0), (1, 0, 0)]
)
def test_every_change_was_agreed_to(
    yclients: WatchedYClients, consents: int, changes: int, faults: int
) -> None:
    record = yclients.add_record(ANNA, "Маникюр", "Ольга", NOON, AT)
    book = Book(consents=[Consent(ANNA, record, "cancelled")] * consents)
    yclients.changed = [Changed(record, "cancelled", AT)] * changes

    assert len(list(without_consent(book, yclients))) == faults


def test_a_move_goes_where_its_client_chose(yclients: WatchedYClients) -> None:
    record = yclients.add_record(ANNA, "Маникюр", "Ольга", NOON, AT)
    book = Book(consents=[Consent(ANNA, record, "moved", "12:00")])
    yclients.changed = [Changed(record, "moved", AT, "30 ноября, 13:00")]

    assert len(list(without_consent(book, yclients))) == 1


def test_what_was_done_is_told_afterwards(yclients: WatchedYClients, whatsapp: WatchedWhatsApp) -> None:
    record = yclients.add_record(ANNA, "Маникюр", "Ольга", NOON, AT, attendance=-1)
    tell(whatsapp, f"Отменить запись: {RECORD}?", at=AT)
    yclients.changed = [Changed(record, "cancelled", AT + timedelta(seconds=1))]
    assert len(list(untold(yclients, whatsapp))) == 1

    tell(whatsapp, f"Запись отменена: {RECORD}. Спасибо!", "m2", AT + timedelta(seconds=2))
    assert not list(untold(yclients, whatsapp))


def test_whoever_waits_gets_an_answer_of_their_own(whatsapp: WatchedWhatsApp) -> None:
    book = Book(said=[Said(ANNA, "да", 0, "patient"), Said(ANNA, "спасибо", 0, "patient")])
    tell(whatsapp, "Пожалуйста!")
    # A copy of what was told answers nothing.
    tell(whatsapp, "Пожалуйста!")

    assert list(unanswered(book, whatsapp)) == [f"{ANNA} got no answer to «да»"]


def test_the_chat_of_a_fault_is_told_and_no_other(whatsapp: WatchedWhatsApp) -> None:
    book = Book(begun=[Begun(ANNA, "talks", AT), Begun(MARIA, "talks", AT)])
    whatsapp.client_says(ANNA, "спасибо", AT + timedelta(seconds=1))
    tell(whatsapp, "Пожалуйста!", at=AT + timedelta(seconds=2))

    assert told_of([], whatsapp, book) == []
    (chat,) = told_of([f"{ANNA} got no answer"], whatsapp, book)
    assert [line.split(" ", 3)[3] for line in chat.splitlines()[1:]] == [
        "— talks",
        "> спасибо (accepted)",
        "< Пожалуйста! (accepted)",
    ]
