"""The grammar reads what the contract shows and what people make of it, and tells every mistake."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.script.dates import When, moment
from engine.script.grammar import BrokenScript, parse
from engine.script.lines import (
    At,
    Books,
    Client,
    Crash,
    Decides,
    Edits,
    Fault,
    Happens,
    InJournal,
    Leaves,
    Limits,
    Line,
    Notice,
    Passes,
    Says,
    Sends,
    Set,
    Shows,
    Silence,
    Stands,
    Taps,
    Waits,
)

ANNA, MARIA = "+79000000001", "+79000000002"
SALON = f"salon: {ANNA} as Анна: Маникюр, 25 ноября 15:00"
WEDNESDAY = moment("25 ноября 15:00")


def read(line: str) -> Line:
    """Return what a line means below one that books a record."""
    return parse(f"{SALON}\n{line}").lines[1]


def complaint(text: str) -> str:
    with pytest.raises(BrokenScript) as error:
        parse(text, "a.chat")
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("at 2026-11-23 10:00", At(2, "", moment("2026-11-23 10:00"))),
        ("  AT : 23 ноября 10:00", At(2, "", moment("23 ноября 10:00"))),
        ("set CONFIRM=never", Set(2, "", "CONFIRM", "never")),
        ("set otmena_confirm = never", Set(2, "", "CONFIRM", "never")),
        (f"salon: {MARIA}: Маникюр, 25 ноября 15:00", Books(2, "", MARIA, "Маникюр", WEDNESDAY)),
        (
            "salon :+7 900 000-00-02 as Мария К. :Маникюр, 2 руки,25 ноября 15:00 , Ольга, "
            "created 20 ноября 09:00, attendance 2",
            Books(
                2,
                "",
                MARIA,
                "Маникюр, 2 руки",
                WEDNESDAY,
                "Ольга",
                "Мария К.",
                moment("20 ноября 09:00"),
                2,
            ),
        ),
        (f"salon: {MARIA}: Маникюр, 25 ноября 15:00 # her first", Books(2, "", MARIA, "Маникюр", WEDNESDAY)),
        (
            f"salon: {MARIA}: Маникюр, 25 ноября 15:00, 90 min, Ольга, 12 500 ₽",
            Books(2, "", MARIA, "Маникюр", WEDNESDAY, "Ольга", length_s=5400, cost=12500),
        ),
        (
            f"salon: {MARIA}: Маникюр, 25 ноября 15:00, 1 ч 30 мин, 0 руб.",
            Books(2, "", MARIA, "Маникюр", WEDNESDAY, length_s=5400, cost=0),
        ),
        ("salon: 1 at 26 ноября 12:00", Edits(2, "", 1, "at", moment("26 ноября 12:00"))),
        ("salon: 1 attendance −1", Edits(2, "", 1, "attendance", -1)),
        ("salon: 1 master Мария", Edits(2, "", 1, "master", "Мария")),
        ("salon: 1 service Педикюр", Edits(2, "", 1, "service", "Педикюр")),
        ("salon: 1 deleted", Edits(2, "", 1, "deleted")),
        ("salon: 1 granted", Decides(2, "", record=1, granted=True)),
        ("salon: 1 denied", Decides(2, "", record=1, granted=False)),
        ("salon: 1 paid", Edits(2, "", 1, "paid")),
        ("salon: 1 locked", Edits(2, "", 1, "locked")),
        ("salon: 1 not deleted", Edits(2, "", 1, "deleted", value=False)),
        ("salon: 1 Not Paid", Edits(2, "", 1, "paid", value=False)),
        ("salon: Маникюр only by Анна", Limits(2, "", "Маникюр", ("Анна",))),
        (
            "salon: Стрижка  only by Анна , Мария Петрова,",
            Limits(2, "", "Стрижка", ("Анна", "Мария Петрова")),
        ),
        (
            rf"salon: {MARIA} as <b>\: \# \\: Маникюр, 25 ноября 15:00",
            Books(2, "", MARIA, "Маникюр", WEDNESDAY, name="<b>: # \\"),
        ),
        (f"client: {MARIA}", Client(2, "", MARIA)),
        ("client: 79000000002", Client(2, "", MARIA)),
        ("client: 8 (900) 000–00–02", Client(2, "", MARIA)),
        ("client: 9000000002", Client(2, "", MARIA)),
        ("client: 007 900 000 00 02", Client(2, "", MARIA)),
        ("client: 375290000001", Client(2, "", "+375290000001")),
        ("client: анна HIDDEN", Client(2, "", ANNA, hidden=True)),
        ("salon: 89000000002: Маникюр, 25 ноября 15:00", Books(2, "", MARIA, "Маникюр", WEDNESDAY)),
        (
            f"salon: {MARIA}: Маникюр, 25 ноября 15:00, мастер Анна Мария, Attendance: –1",
            Books(2, "", MARIA, "Маникюр", WEDNESDAY, "Анна Мария", attendance=-1),
        ),
        ("salon: 1 Deleted", Edits(2, "", 1, "deleted")),
        ("> <голос>", Sends(2, "", True, "voice")),
        ("> <Фото>", Sends(2, "", True, "image")),
        ("> <реакция ❤>", Sends(2, "", True, "reaction", "❤")),
        ("> <video>", Sends(2, "", True, "video")),
        ("< KEY: cancel.confirm", Shows(2, "", "", "cancel.confirm")),
        ("! CancelRecord #1", Leaves(2, "", "CancelRecord", 1)),
        ("Journal: 1 Attendance 0", InJournal(2, "", 1, attendance=0)),
        ("yclients: 500 on cancel X 2", Fault(2, "", "yclients", "500 on cancel × 2")),
        ("yclients: 500 on cancel х2", Fault(2, "", "yclients", "500 on cancel × 2")),
        ("yclients: Timeout-Before on cancel*3", Fault(2, "", "yclients", "timeout-before on cancel × 3")),
        ("whatsapp: duplicate x2", Fault(2, "", "whatsapp", "duplicate × 2")),
        ("> да\u2028нет\x0bили\x85", Says(2, "", True, "да\u2028нет\x0bили")),
        ("client: Анна", Client(2, "", ANNA)),
        ("client: Анна hidden", Client(2, "", ANNA, hidden=True)),
        ("> не смогу", Says(2, "", True, "не смогу")),
        (">не смогу", Says(2, "", True, "не смогу")),
        (">> не смогу", Says(2, "", False, "не смогу")),
        ("> отмените #5", Says(2, "", True, "отмените #5")),
        ("> отмените # a comment", Says(2, "", True, "отмените")),
        (r"> отмените \# 5", Says(2, "", True, "отмените # 5")),
        (r"> \[Да]", Says(2, "", True, "[Да]")),
        (r"> \<voice>", Says(2, "", True, "<voice>")),
        ("> [sic] да", Says(2, "", True, "[sic] да")),
        ("> <3", Says(2, "", True, "<3")),
        ("> [Да, отменить]", Taps(2, "", True, "Да, отменить")),
        (r"> [Да \# 1]", Taps(2, "", True, "Да # 1")),
        (">> [ Да … ]", Taps(2, "", False, "Да")),
        ("> <voice>", Sends(2, "", True, "voice")),
        (">> < Image >", Sends(2, "", False, "image")),
        ("> <reaction 👍>", Sends(2, "", True, "reaction", "👍")),
        ("> <reaction>", Sends(2, "", True, "reaction", "")),
        ("late 20 h: > отмените", Says(2, "", True, "отмените", timedelta(hours=20))),
        ("late 1 d: > отмените #5 # old", Says(2, "", True, "отмените #5", timedelta(days=1))),
        ("late 5 min >> отмените", Says(2, "", False, "отмените", timedelta(minutes=5))),
        ("< Отменить? [Да] [Оставить]", Shows(2, "", "Отменить?", "", ("Да", "Оставить"))),
        (r"< Кто? [Анна \# 1] [Все] # who", Shows(2, "", "Кто?", "", ("Анна # 1", "Все"))),
        ("< … [Да…] [ … ]", Shows(2, "", "…", "", ("Да",), True)),
        ("< […]", Shows(2, "", "…", "", (), True)),
        ("< Отменить [sic] запись?", Shows(2, "", "Отменить [sic] запись?")),
        ("< key: cancel.confirm [Да] [Оставить]", Shows(2, "", "", "cancel.confirm", ("Да", "Оставить"))),
        ("<", Silence(2, "")),
        ("<  # nothing", Silence(2, "")),
        ("! CancelRecord 0", Leaves(2, "", "CancelRecord", 0)),
        ("! CancelRecord 1", Leaves(2, "", "CancelRecord", 1)),
        ("!CancelRecord  1 # it", Leaves(2, "", "CancelRecord", 1)),
        ("journal: 1 attendance -1", InJournal(2, "", 1, attendance=-1)),
        ("journal: 1 at 26 ноября 12:00", InJournal(2, "", 1, when=moment("26 ноября 12:00"))),
        ("journal: 1 deleted", InJournal(2, "", 1, deleted=True)),
        ("notice: master cancelled", Notice(2, "", "master", "cancelled")),
        ("state: cancel.confirming", Stands(2, "", "cancel.confirming")),
        ("wait 15 min", Waits(2, "", time=timedelta(minutes=15))),
        ("restart", Happens(2, "", what="restart")),
        ("again # once more", Happens(2, "", what="again")),
        ("upgrade", Happens(2, "", what="upgrade")),
        ("crash in 17", Crash(2, "", 17)),
        ("power loss in 17", Crash(2, "", 17, power=True)),
        ("Power Loss in 3  # torn", Crash(2, "", 3, power=True)),
        ("yclients: 500 on cancel × 2", Fault(2, "", "yclients", "500 on cancel × 2")),
        ("whatsapp: ok", Fault(2, "", "whatsapp", "ok")),
    ],
)
def test_a_line_is_read(written: str, meant: Line) -> None:
    assert replace(read(written), written="") == meant


def test_comments_and_blank_lines_mean_nothing() -> None:
    assert [line.number for line in parse("\ufeff# story\r\n\r\n  # more\r\n> да\r\n").lines] == [4]


def test_a_second_clock_lets_time_pass() -> None:
    lines = parse("at 2026-11-23 10:00\nat 2026-11-23 11:00\n> да\nat 24 ноября 10:00").lines

    assert [type(line) for line in lines] == [At, Passes, Says, Passes]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "cannot read «hello»; a line begins with at, set, salon:"),
        (
            "salon: +79000000001: Маникюр, 25 нояюря 15:00",
            "a.chat:2: «нояюря» is no month; did you mean «ноября»?",
        ),
        (
            "salon: +79000000001: Маникюр, 25 ноября 15:00, created 2 ноябя 9:00",
            "a.chat:2: «ноябя» is no month; did you mean «ноября»?",
        ),
        ("салон: +79000000001", "cannot read «салон: +79000000001»; did you mean «salon:»?"),
        ("Клиент: Анна", "cannot read «Клиент: Анна»; did you mean «client:»?"),
        ("журнал: 1 deleted", "did you mean «journal:»?"),
        ("состояние: idle", "did you mean «state:»?"),
        ("подождать 5 мин", "did you mean «wait»?"),
        ("ждать 5 мин", "did you mean «wait»?"),
        ("бот: привет", "cannot read «бот: привет»; the bot's words begin with <"),
        ("привет", "cannot read «привет»; a client's words begin with >, the bot's with <"),
        ("— привет", "cannot read «— привет»; a client's words begin with >, the bot's with <"),
        ("Анна: привет", "cannot read «Анна: привет»; a client's words begin with >, the bot's with <"),
        ("12:30", "cannot read «12:30»; a line begins with"),
        ("jurnal: 1 deleted", "did you mean «journal»?"),
        ("at 2026-11-23", "«2026-11-23» is no date with a time"),
        ("at 31 ноября 10:00", "«31 ноября 10:00» is in no calendar"),
        ("at 25.13 10:00", "«25.13 10:00» is in no calendar"),
        ("at завтра 25:00", "«завтра 25:00» is in no calendar"),
        ("at 9999-01-01 10:00", "the year 9999 is beyond the clock, which goes from 2000 to 2199"),
        (
            "wait 99999999999999999999999999999999999 d",
            "«99999999999999999999…999999 d» is more than the 100 years",
        ),
        ("late 40000 d: > да", "«40000 d» is more than the 100 years"),
        ("set CONFIRM", "write set NAME=VALUE"),
        ("salon: +89000000001: Маникюр, 25 ноября 15:00", "«+89000000001» is no phone; write it whole"),
        ("salon: +790: Маникюр, 25 ноября 15:00", "«+790» is no phone"),
        ("salon: : Маникюр, 25 ноября 15:00", "«» is no phone"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, аттенданс 2", "«аттенданс 2»: it is no master's"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, atendance", "«atendance»: it is no master's"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, Анна, создана 20 ноября 09:00", "«создана 20 ноя"),
        ("> <вертолёт>", "«<вертолёт>» is nothing that a client sends; write <voice>"),
        ("yclients: 500 × 0", "«500 × 0» never happens; × takes 1 or more"),
        ("salon: Анна, 25 ноября 15:00", "cannot read «salon: Анна, 25 ноября 15:00»"),
        ("salon: +79000000001 Маникюр, 25 ноября 15:00", "cannot read «salon: +79000000001 Маникюр"),
        ("salon: +79000000001: Маникюр, в среду", "write salon: +79000000001: Маникюр, 25 ноября 15:00"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, Анна, Ольга", "Анна is named already"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, created вчера", "names no date with a time"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, attendance 7", "«7» is no attendance"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, 0 min", "«0 min» is no length of a record"),
        ("salon: +79000000001: Маникюр, 25 ноября 15:00, 2 d", "it lasts a minute to twelve hours"),
        ("salon: 2 deleted", "there is no record 2: they are counted 1, 2, … and the salon has 1 so far"),
        ("salon: 1 frozen", "cannot read «frozen»; the salon changes a record by"),
        ("salon: 1 master", "cannot read «master»"),
        ("salon: 1 not moved", "cannot read «not moved»"),
        ("salon: Маникюр only by , ", "cannot read «salon: Маникюр only by ,»"),
        ("salon: 1 paid twice", "cannot read «paid twice»"),
        ("client: Мария", "«Мария» is no client; write a phone such as +79000000001, or one of Анна"),
        (">", "what does the client write?"),
        ("> [Да", "«[Да» lacks its closing ]"),
        ("> []", "which option?"),
        ("> <vioce>", "«<vioce>» is nothing that a client sends; write <voice>, <image>"),
        ("> <voice 5 s>", "«<voice 5 s>» is nothing that a client sends"),
        ("late 20 h: отмените", "write late 20 h: > отмените"),
        ("late 20 h: > [Да]", "only words can come late"),
        ("late long: > да", "«long» is no span of time"),
        ("< Да? []", "an option has a label"),
        ("< Да? […] [Нет]", "nothing can follow it"),
        ("< key: [Да]", "write < key: cancel.confirm"),
        ("! CancelRecord", "write a command and its record: ! CancelRecord 1"),
        ("! CancelRecord 5", "there is no record 5"),
        ("journal: 1 gone", "cannot read «journal: 1 gone»"),
        ("notice: cancelled", "write who and what, as in notice: master cancelled"),
        ("state: cancel confirming", "«cancel confirming» is no state"),
        ("wait", "«» is no span of time"),
        ("wait 15 parsecs", "«15 parsecs» is no span of time"),
        ("restart now", "«restart» stands alone, and «now» follows it"),
        ("crash soon", "write «crash in N»: N more commits, fsyncs and calls are survived"),
        ("crash in 10001", "N more commits, fsyncs and calls are survived, 10000 at most"),
        ("power in 3", "write «power loss in N»: N more commits, fsyncs and calls are survived"),
        ("power loss in 10001", "N more commits, fsyncs and calls are survived, 10000 at most"),
        ("yclients:", "which quirk?"),
    ],
)
def test_a_mistake_is_told_with_its_place(line: str, said: str) -> None:
    told = complaint(f"{SALON}\n{line}")

    assert told.startswith("a.chat:2: ")
    assert said in told


def test_every_mistake_is_told_at_once() -> None:
    told = complaint("> да\nset CONFIRM=never\njournal: 1 deleted\nclient: Вера\n")

    assert told.splitlines() == [
        "a.chat:2: a setting holds from the beginning: put «set» above the first thing that happens",
        "a.chat:3: there is no record 1: they are counted 1, 2, … and the salon has none so far",
        "a.chat:4: «Вера» is no client; write a phone such as +79000000001",
    ]


def test_a_script_that_says_nothing_is_a_mistake() -> None:
    assert complaint("# later\n") == "a.chat:1: there is nothing to play in it"


def test_the_phones_of_a_script_begin_with_the_first_record() -> None:
    assert parse(f"client: {MARIA}\n{SALON}\n").phones == (ANNA, MARIA)
    assert parse("> да").phones == (ANNA,)


def test_a_moment_knows_its_parts() -> None:
    assert moment("25 ноября 2026 г. в 15:00") == When(WEDNESDAY.at, 25, 11, 2026)
