"""Notices in words: short, whole, and harmless in every channel's format."""

import re
from datetime import timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from engine import texts
from engine.flow import OfferedReason, Salon
from engine.notices import Notice, Recipients, Told, notices_of
from engine.ports import InDoubt, NotTold, PortError, Rejected, Unavailable
from engine.runtime.telling import harmless, in_words, told, undelivered
from states import registry
from tests.engine.test_notices import AT, MOVED, RECORD, WINDOW, cancelled

TEXTS = texts.load(registry.texts())
MOSCOW = ZoneInfo("Europe/Moscow")
OF_IT = RECORD.model_copy(update={"starts_at": AT.astimezone(MOSCOW)})
LINE = "Маникюр, среда, 25 ноября, 15:00, мастер Ольга"


def said(**fields: Any) -> list[str]:
    notice = Notice.model_validate({"to": "admin", "event": "cancelled", "record": OF_IT, **fields})
    return in_words(TEXTS, Salon(zone=MOSCOW), notice, "+79000000002").splitlines()


def test_a_cancel_says_who_what_when_why_and_what_is_free() -> None:
    assert said(freed=WINDOW, reason="illness", words="заболела, температура") == [
        f"Отмена: {LINE}",
        "Клиент: Анна, +79000000001",
        "Освобождается: среда, 25 ноября, 15:00–16:00",
        "Причина: болезнь («заболела, температура»)",
    ]


def test_a_reason_is_called_by_the_salons_own_title() -> None:
    salon = Salon(zone=MOSCOW, reasons=(OfferedReason("illness", "Болею_"), OfferedReason("work")))

    def reason(code: str) -> str:
        notice = Notice.model_validate(
            {"to": "master", "event": "cancelled", "record": OF_IT, "reason": code}
        )
        return in_words(TEXTS, salon, notice).splitlines()[-1]

    assert [reason(code) for code in ("illness", "work", "money")] == [
        "Причина: Болеюˍ",
        "Причина: работа",
        "Причина: деньги",
    ]


def test_a_master_is_not_told_the_clients_number() -> None:
    assert said(to="master", freed=WINDOW, sellable=True, reason="work") == [
        f"Отмена: {LINE}",
        "Клиент: Анна",
        "Окно открыто для записи: среда, 25 ноября, 15:00–16:00",
        "Причина: работа",
    ]


@pytest.mark.parametrize(
    ("fields", "title", "last"),
    [
        ({"why": "already"}, "Отмена без участия бота: ", "Отмена уже стоит в журнале."),
        ({"event": "late"}, "Поздняя отмена: ", "Клиент: "),
        ({"event": "late", "request": "r"}, "Просьба о поздней отмене: ", "Клиент: "),
        ({"event": "late", "update": True, "why": "withdrawn"}, "Отмена больше не нужна: ", "Клиент хочет"),
        ({"event": "late", "update": True, "why": "undecided"}, "Просьба об отмене без решения: ", "Визит"),
        ({"event": "late", "update": True, "why": "silent"}, "Отмена не понадобилась, ", "Запись была"),
        ({"event": "late", "update": True, "why": "not_tried"}, "Разрешённая отмена не начата", "Журнал"),
        ({"update": True, "reason": "money"}, "Причина отмены: ", "Причина: деньги"),
        ({"event": "moved", "was": OF_IT, "record": MOVED}, "Перенос: ", "Было: Маникюр, среда"),
        ({"event": "restored"}, "Запись снова в силе: ", "Клиент: "),
        ({"event": "refused", "why": "late"}, "Клиент хотел отменить запись", "До визита осталось"),
        ({"event": "refused", "change": "moved", "why": "paid"}, "Клиент хотел другое время", "Визит уже"),
        ({"event": "refused", "change": "restored"}, "Клиент хотел вернуть запись", "Клиент: "),
        ({"event": "refused", "change": "restored", "why": "taken"}, "Клиент хотел вернуть", "Это время уже"),
        ({"event": "refused", "change": "restored", "why": "too_late"}, "Клиент хотел вернуть", "Время, "),
        ({"event": "unknown"}, "Неизвестно, прошла ли отмена", "Ответа от YClients нет."),
        ({"event": "unknown", "change": "moved"}, "Неизвестно, прошёл ли перенос", "Ответа от YClients нет."),
        ({"event": "unknown", "update": True, "why": "stands"}, "Журнал показывает запись без", "Клиент: "),
        (
            {"event": "unknown", "update": True, "why": "elsewhere"},
            "Изменение без участия бота",
            "Просьба клиента осталась",
        ),
        (
            {"event": "unknown", "update": True, "why": "off"},
            "Отмена без участия бота",
            "Просьба клиента осталась",
        ),
        (
            {"event": "unknown", "update": True, "why": "gone"},
            "Записи больше нет в журнале",
            "Просьба клиента осталась",
        ),
        ({"event": "handover", "why": "overlap"}, "Нужен человек: Маникюр", "На это время у мастера"),
        ({"event": "handover", "record": None}, "Нужен человек: разговор", "Клиент: +79000000002"),
        ({"event": "dead", "record": None, "why": "undelivered"}, "Ответ клиенту не", "WhatsApp не"),
        ({"event": "dead", "record": None, "why": "unsure"}, "Неизвестно, дошёл ли", "WhatsApp дважды"),
        ({"event": "dead", "record": None, "why": "turn"}, "Сообщение клиента не", "Ответить не получилось."),
    ],
)
def test_each_event_has_its_title_and_its_end(fields: dict[str, Any], title: str, last: str) -> None:
    lines = said(**fields)

    assert lines[0].startswith(title)
    assert lines[-1].startswith(last)


def test_every_text_of_the_catalogue_is_said_by_something() -> None:
    """`check` cannot follow these, since no row says them."""
    whys = [key.rpartition(".")[2] for key in TEXTS.texts if key.startswith("notice.why.")]
    reasons = [key.rpartition(".")[2] for key in TEXTS.texts if key.startswith("notice.because.")]

    assert [why for why in whys if len(said(event="refused", why=why)) < 3] == []
    assert [reason for reason in reasons if len(said(reason=reason)) < 3] == []


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<b>Анна</b>", "‹b›Анна‹/b›"),
        ("*жирно* _курсив_ `код` ~нет~", "∗жирно∗ ˍкурсивˍ 'код' ∼нет∼"),
        ("[сюда](https://evil.example)", "(сюда)(https   evil.example)"),
        ("www.evil.example", "www evil.example"),
        ("@everyone <!channel>", "＠everyone ‹!channel›"),
        ("две\r\nстроки\tи\u202eвспять", "две строки и вспять"),
        ("{record}", "(record)"),
        ("а" * 300, "а" * 199 + "…"),
    ],
)
def test_what_others_wrote_means_nothing_to_any_channel(words: str, shown: str) -> None:
    assert harmless(words) == shown


def test_hostile_names_cannot_add_lines_or_markup() -> None:
    hostile = OF_IT.model_copy(
        update={
            "client": "Анна\nКлиент: *Борис*",
            "master": "<script>",
            "services": ("Маникюр\n\nhttp://evil.example", "[x](y)"),
        }
    )

    lines = said(record=hostile, reason="other", words="`rm`\n# Заголовок")

    assert len(lines) == 3
    assert not set("<>*`[]") & set("".join(lines))
    assert "http://" not in "".join(lines)


def test_each_recipient_has_its_own_key_and_a_repeated_turn_the_same() -> None:
    salon = Salon(
        zone=MOSCOW, recipients=Recipients(admin=("admin:1", "admin:2"), masters={7: ("master:7:1",)})
    )
    notices = notices_of([cancelled()])

    first = told(TEXTS, salon, notices, key="c1.4", phone=None)
    again = told(TEXTS, salon, notices, key="c1.4", phone=None)

    assert [(one.key, one.recipient) for one in first] == [
        ("c1.4.n1", "master:7:1"),
        ("c1.4.n2", "admin:1"),
        ("c1.4.n3", "admin:2"),
    ]
    assert again == first


def test_a_report_of_what_was_not_told_says_it_all() -> None:
    notice = Notice(to="master", event="cancelled", record=OF_IT, master_id=7)
    lost = Told(key="k", recipient="master:7:1", notice=notice, text="Отмена: …\nКлиент: Анна")

    assert undelivered(TEXTS, lost, Rejected("HTTP 410", code=410, not_told="http")).splitlines() == [
        "Уведомление не доставлено",
        "Кому: мастер. Почему: адрес отвечает отказом (HTTP 410).",
        "Отмена: …",
        "Клиент: Анна",
    ]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        *((Rejected("English", code=7, not_told=reason), "") for reason in get_args(NotTold)),
        (Rejected("English"), "адрес отвечает отказом."),
        (
            Rejected("template name (salon_note) does not exist in ru", code=132001, not_told="bad_template"),
            "132001",
        ),
        (InDoubt("TimeoutError"), "нет ответа, дошло ли оно, неизвестно."),
        (Unavailable("the channel did not take it"), "за сутки не удалось отправить."),
    ],
)
def test_why_nobody_was_told_is_said_in_our_own_words(error: PortError, why: str) -> None:
    """No English of a library, no name of a class, and nothing in it that had to be tamed."""
    lost = Told(key="k", recipient="admin:1", notice=Notice(to="admin", event="cancelled"), text="…")

    said = undelivered(TEXTS, lost, error).splitlines()[1]

    assert why in said
    assert not re.search("[A-Za-z_ˍ]", said.replace("WhatsApp", "").replace("HTTP", ""))


def test_a_client_without_a_name_is_not_named_to_the_master() -> None:
    assert said(to="master", record=OF_IT.model_copy(update={"client": ""})) == [f"Отмена: {LINE}"]


def test_an_hour_before_midnight_stays_in_the_salons_day() -> None:
    late = (AT + timedelta(hours=8), AT + timedelta(hours=9))

    assert said(freed=late)[-1] == "Освобождается: среда, 25 ноября, 23:00–00:00"
