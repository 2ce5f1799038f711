"""Transcripts as strangers write them from the contract alone: what is true holds, and a lie never does."""

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import main
from adapters import virtual
from adapters.rehearsal import Over, opened, rehearse
from adapters.transcripts import NoTranscripts, Played, found, made_to_hold, play_file
from engine.runtime.shell import Shell
from engine.script.grammar import parse
from engine.script.names import names_of
from tests.adapters.cli.running import nobody

REHEARSE = partial(rehearse, main.composed)
SALON = "salon: +79000000001: Маникюр, 25 ноября 15:00\n"
ASKED = "> не смогу в среду\n< Отменить запись: … [Да, отменить] [Перенести] [Оставить]\n"
# As it stands in the issue that asked for transcripts, indented as it was there.
ISSUE = """
    # клиент передумал
    salon: +79000000001: Маникюр, 25 ноября 15:00
    > не смогу в среду
    < Отменить запись: … среда, 25 ноября, 15:00 …  [Да, отменить] [Перенести] [Оставить]
    > [Оставить]
    < key: cancel.kept
    state: idle
"""


def played(text: str, folder: Path, over: Over = "virtual") -> Played:
    path = folder / "story.chat"
    path.write_text(text, encoding="utf-8")
    return play_file(path, REHEARSE, over=over)


@pytest.mark.parametrize("over", ["virtual", "http"])
def test_the_example_of_the_issue_holds_in_process_and_over_http(over: Over, tmp_path: Path) -> None:
    assert played(ISSUE, tmp_path, over).report() == ()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(ISSUE.replace("\n", "\r\n"), id="lines of another system"),
        pytest.param("\ufeff" + ISSUE, id="a byte order mark"),
        pytest.param("at 2026-11-23 10:00\n" + ISSUE, id="the default clock"),
        pytest.param(f"at 2026-11-24 20:00\n{SALON}> не смогу завтра\n< key: cancel.confirm\n", id="a clock"),
        pytest.param(f"{SALON}at 2026-11-24 20:00\n> не смогу завтра\n< key: cancel.confirm\n", id="below"),
        pytest.param(f"set CONFIRM=never\n{SALON}> отмените запись\n! CancelRecord 1\n< …\n", id="a setting"),
        pytest.param(f"{SALON}{ASKED}> [Да]\n< … отменена: …\n! CancelRecord 1\n", id="the command below"),
        pytest.param(f"{SALON}{ASKED}> [да, отм]\n! CancelRecord 1\n< …\n", id="a label in small letters"),
        pytest.param(f"{SALON}> не смогу в среду\n< …\n", id="any message"),
        pytest.param(f"{SALON}> не смогу в среду\n< … [Да] […]\n", id="the rest of the options"),
        pytest.param(f"{SALON}> не смогу в среду\n< ...15:00...\n", id="three dots"),
        pytest.param(f"{SALON}> не смогу в среду\n< key: cancel.confirm\n<\n", id="and nothing more"),
        pytest.param(f"{SALON}{ASKED}\n\n\n\nstate: cancel.confirming\n", id="blank lines"),
        pytest.param(f"{SALON}{ASKED}wait 15 min\n< key: everywhere.timed_out\nstate: idle\n", id="patience"),
        pytest.param(f"{SALON}{ASKED}wait 14 min\nstate: cancel.confirming\n", id="less than patience"),
        pytest.param(f"{SALON}{ASKED}at 2026-11-23 10:16\n< Ответа не было…\n", id="a clock further down"),
        pytest.param(
            f"{SALON}{ASKED}again\n<\nrestart\n<\nstate: cancel.confirming\n", id="again and restart"
        ),
        pytest.param(f"{SALON}late 20 h: > не смогу в среду\n< key: cancel.confirm\n", id="late words"),
        pytest.param(f"{SALON}> <voice>\n< Голосовые …\n> <reaction 👍>\n<\n", id="things"),
        pytest.param(
            f"{SALON}{ASKED}> <sticker>\n< key: everywhere.no_words.picture\n"
            "> <image>\n< key: cancel.confirm\n",
            id="a part of a message by its key",
        ),
        pytest.param(
            "salon: +79000000001 as Вера: Маникюр, 25 ноября 15:00, Анна\n"
            "salon: +79000000002 as Надя: Стрижка, 2026-11-26 12:00, Мария, created 20 ноября 09:00, "
            "attendance 2\nclient: Надя\n> отмените запись\n< … Стрижка, четверг, … мастер Мария? …\n"
            "client: Вера\n> отмените запись\n< … Маникюр, среда, … мастер Анна? …\n"
            "journal: 2 attendance 2\n",
            id="two clients",
        ),
        pytest.param(
            f"{SALON}yclients: 500 on search × 1\n> отмените запись\n< key: cancel.confirm\n", id="a fault"
        ),
        pytest.param(
            f"{SALON}{ASKED}yclients: timeout-but-done on cancel\n> [Да]\n! CancelRecord 1\n"
            "< key: everywhere.still_waiting\n< key: cancel.done\njournal: 1 attendance -1\n",
            id="a fault in the middle",
        ),
        pytest.param(f"{SALON}whatsapp: duplicate\n{ASKED}> [Оставить]\n< …\n", id="a fault of WhatsApp"),
        pytest.param(f"{SALON}>> отмените запись\n>> да\n< key: cancel.confirm\n", id="no waiting"),
        pytest.param(f"{SALON}>> отмените запись\n> да\n< key: cancel.confirm\n", id="waiting at last"),
        pytest.param(f"{SALON}{ASKED}journal: 1 at 25 ноября 15:00\njournal: 1 attendance 0\n", id="journal"),
        pytest.param("> отмените запись\n< key: records.none\nstate: idle\n", id="no record at all"),
        pytest.param(
            f"client: +79000000005\n{SALON}> отмените запись\n< key: records.none\n", id="another client"
        ),
        pytest.param(
            "salon: +79000000001: Маникюр, 20 ноября 15:00\n> отмените запись\n< key: records.none\n",
            id="a visit that is over",
        ),
        pytest.param(
            "set SELECTION=last_created\n"
            "salon: +79000000001: Маникюр, 25 ноября 15:00, created 20 ноября 09:00\n"
            "salon: +79000000001: Стрижка, 26 ноября 15:00, created 19 ноября 09:00\n"
            "> отмените запись\n< … Маникюр …\n",
            id="the last created",
        ),
        pytest.param(
            f"{SALON}> не смогу в среду # 1\n< … # ok\nstate: cancel.confirming # yes\n", id="notes"
        ),
    ],
)
def test_what_is_true_holds(script: str, tmp_path: Path) -> None:
    assert played(script, tmp_path).report() == ()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(f"{SALON}> не смогу в среду\n", id="a message left out"),
        pytest.param(f"{SALON}{ASKED}> [Да]\n< … отменена: …\n", id="a command left out"),
        pytest.param(f"{SALON}{ASKED}< …\n", id="a message too many"),
        pytest.param(f"{SALON}{ASKED}! CancelRecord 1\n", id="a command too many"),
        pytest.param(f"{SALON}{ASKED}notice: master cancelled\n", id="a notice too many"),
        pytest.param(f"{SALON}> не смогу в среду\n< Отменить запись\n", id="half of a message"),
        pytest.param(f"{SALON}> не смогу в среду\n< … [Да, отменить]\n", id="half of the options"),
        pytest.param(f"{SALON}> не смогу в среду\n< … [Оставить] [Да]\n", id="options out of order"),
        pytest.param(f"{SALON}> не смогу в среду\n<\n", id="silence"),
        pytest.param(f"{SALON}{ASKED}state: idle\n", id="another state"),
        pytest.param(f"{SALON}{ASKED}journal: 1 attendance -1\n", id="another journal"),
        pytest.param(f"{SALON}{ASKED}> [Отложить]\n", id="an option that is not there"),
        pytest.param(f"{SALON}yclients: 418 on cancel\n{ASKED}", id="an unknown quirk"),
        pytest.param(f"{SALON}yclients: 500 on teapot\n{ASKED}", id="an unknown operation"),
        pytest.param(f"{SALON}whatsapp: sulk\n{ASKED}", id="an unknown quirk of WhatsApp"),
        pytest.param(f"set COLOUR=red\n{SALON}{ASKED}", id="an unknown setting"),
        pytest.param(f"set CONFIRM=perhaps\n{SALON}{ASKED}", id="a value that no setting has"),
        pytest.param(f"{SALON}{ASKED}client: Вера\n", id="an unknown client"),
        pytest.param(f"{SALON}{ASKED}the end\n", id="an unknown line"),
        pytest.param("again\n", id="nothing to bring again"),
        pytest.param("> <reaction 👍>\n", id="nothing to react to"),
    ],
)
def test_what_is_not_true_fails_and_says_so(script: str, tmp_path: Path) -> None:
    went = played(script, tmp_path)

    assert not went.holds
    assert went.report() != ()
    assert not any("broke off" in line for line in went.report())


def test_files_are_found_beneath_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.chat", "a/c.chat", ".hidden/d.chat", "build/e.chat", "a/f.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("> да\n")

    files = found([tmp_path, tmp_path / "a" / "f.txt"])

    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["a/c.chat", "b.chat", "a/f.txt"]


def test_nothing_found_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoTranscripts, match=r"there is no \.chat file beneath"):
        found([tmp_path])
    with pytest.raises(NoTranscripts, match="does not exist"):
        found([tmp_path / "nowhere"])


def test_a_folder_that_one_may_not_enter_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    with nobody(), pytest.raises(NoTranscripts, match=r"a\.chat cannot be read: permission denied$"):
        found([tmp_path / "a.chat"])
    tmp_path.chmod(0o700)


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.chat"
    path.write_bytes(b"> \xff\n")

    assert play_file(path, REHEARSE).report() == (f"{path}: is no text in UTF-8; save it as UTF-8",)
    assert play_file(tmp_path, REHEARSE).report() == (f"{tmp_path}: cannot be read: Is a directory",)


def test_our_own_mistake_is_told_and_hides_no_other_file(tmp_path: Path) -> None:
    def breaks(**arguments: object) -> None:
        raise RuntimeError("the roof is on fire")

    path = tmp_path / "a.chat"
    path.write_text("> да\n")

    assert play_file(path, breaks).report() == (  # type: ignore[arg-type]  # that it is no scene is the point
        f"{path}: broke off with RuntimeError: the roof is on fire",
    )


async def _waits_for_nothing(*arguments: object) -> bool:
    return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # it never does


async def _turns_in_circles(*arguments: object) -> bool:
    while True:
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("hangs", "said"),
    [
        (_waits_for_nothing, "what the salon decided is not stored"),
        (_turns_in_circles, "one thing follows from another, and no time passes"),
    ],
)
def test_a_script_that_never_comes_to_rest_ends_with_a_sentence(
    hangs: Callable[..., Awaitable[bool]], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual, "ROUNDS_AT_ONCE_MAX", 2_000)
    monkeypatch.setattr(Shell, "happened", hangs)
    script = (
        f"set LATE_HOURS=72\nset LATE_POLICY=request\n{SALON}"
        "> не смогу в среду\n< key: cancel.request\n> да\n< key: cancel.requested\n\n"
        "salon: 1 granted\n< key: cancel.done\n"
    )
    told = played(script, tmp_path).report()
    assert told == (f"{tmp_path / 'story.chat'}:9: never comes to rest: {said}",)


def test_a_loop_in_which_nothing_can_happen_any_more_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "SILENT_S_MAX", 0.05)
    with pytest.raises(virtual.NeverRests, match="nothing is under way or due"):
        virtual.play(_waits_for_nothing())


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (f"{SALON}set CONFIRM=nevr\n{ASKED}", "2: set CONFIRM=nevr: it takes always or never"),
        (
            f"set OLD_MESSAGE_MINUTES=99999999999999\n{SALON}",
            "1: set OLD_MESSAGE_MINUTES=99999999999999: it takes a whole number from 0 to 525600",
        ),
        (
            f"set YCLIENTS_PER_SECOND=0\n{SALON}",
            "1: set YCLIENTS_PER_SECOND=0: it takes a whole number from 1",
        ),
        (f"set SALONS_FILE=a\n{SALON}", "1: set SALONS_FILE=a: not built yet; it takes no value"),
        (
            f"set LATE_HOUR=24\n{SALON}",
            "1: set LATE_HOUR: a transcript cannot set this; did you mean LATE_HOURS?",
        ),
        (f"{SALON}set TIMEZONE=Moscow\n", "2: set TIMEZONE=Moscow: is no timezone"),
        (f"{SALON}yclients: 500 on cancle\n> да\n", "did you mean 'cancel'?"),
        (f"{SALON}yclients: timeout-befor on cancel\n> да\n", "did you mean 'timeout-before'?"),
        (f"{SALON}whatsapp: duplikate\n> да\n", "did you mean 'duplicate'?"),
        (f"{SALON}> [Да]\n", "no option «Да» on the screen; there are none"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_remedy(script: str, said: str, tmp_path: Path) -> None:
    assert said in "\n".join(played(script, tmp_path).report())


def test_a_setting_whose_value_says_what_is_so_anyhow_may_be_set(tmp_path: Path) -> None:
    calm = "set LATE_HOURS=0\nset LATE_POLICY=allow\nset FREED_WINDOW=keep\nset ENGINE=embedded\n"

    assert played(f"{calm}set LOG_FORMAT=json\nset CONFIRM=\n{SALON}{ASKED}", tmp_path).report() == ()


@pytest.mark.parametrize("over", ["virtual", "http", "engine"])
def test_a_year_passes_and_what_falls_due_in_it_happens(over: Over, tmp_path: Path) -> None:
    path = tmp_path / "story.chat"
    path.write_text(
        f"{SALON}{ASKED}wait 365 d\n< key: everywhere.timed_out\nstate: idle\n"
        "> отмените\n< key: records.none\nat 2099-01-01 10:00\n<\n",
        encoding="utf-8",
    )

    rehearsed = partial(opened, main.composed, main.core_of)
    assert play_file(path, rehearsed, over=over).report() == ()


def test_only_line_ends_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "story.chat"
    path.write_bytes(f"{SALON}> не\u2028смогу\x0cв\x85среду\r\n< key: cancel.confirm\r\n".encode())

    assert play_file(path, REHEARSE).report() == ()


def test_a_name_that_nothing_has_is_told_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "story.chat"
    path.write_text(f"{SALON}{ASKED}state: cancel.confirmng\n", encoding="utf-8")

    went = play_file(path, REHEARSE, names=names_of(*main.dialogue_and_texts()))

    said = "there is no state «cancel.confirmng»; did you mean «cancel.confirming»?"
    assert went.report()[-1] == f"{path}:4: {said}"
    assert went.failures() == [
        {
            "line": 4,
            "kind": "state",
            "expected": "state: cancel.confirmng",
            "got": ["state: cancel.confirming"],
            "said": said,
        }
    ]


def test_what_cannot_be_read_is_told_for_programs_too(tmp_path: Path) -> None:
    (failure,) = played("hello\n", tmp_path).failures()

    assert (failure["line"], failure["kind"]) == (1, "unreadable")


def test_what_is_named_like_a_transcript_and_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "a.chat").symlink_to("nowhere")
    (tmp_path / "folders" / "b.chat").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.chat").write_text("> да\n")
    os.mkfifo(tmp_path / "c.chat")

    for path, said in (
        ("links", "is a link to nowhere, which does not exist"),
        ("folders", "is a folder, and its name is a transcript's"),
        ("empty", r"there is no \.chat file beneath"),
        ("c.chat", "cannot be read"),
    ):
        with pytest.raises(NoTranscripts, match=said):
            found([tmp_path / "good.chat", tmp_path / path])


@pytest.mark.parametrize("over", ["virtual", "engine"])
def test_what_a_list_tells_beneath_a_label_can_be_named_and_tapped_or_left_out(
    over: Over, tmp_path: Path
) -> None:
    path = tmp_path / "story.chat"
    path.write_text(
        "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна\n"
        "salon: +79000000001: Стрижка, 26 ноября 15:00, Мария\n"
        "> отмените запись\n"
        "< … [ср, 25 нояб., 15:00 — Маникюр, Анна] [чт, 26] […]\n"
        "> [чт, 26 нояб., 15:00 — Стрижка]\n"
        "< Отменить запись: Стрижка …\n",
        encoding="utf-8",
    )

    went = play_file(path, partial(opened, main.composed, main.core_of), over=over)

    assert went.report() == ()


# ── what was recorded ─────────────────────────────────────────────────────────────────────────────────────

STORY = (
    f"{SALON}\n> не смогу в среду\n< key: cancel.confirm\n\n> [Да]\n! CancelRecord 1\n< key: cancel.done\n"
    "state: cancel.done\njournal: 1 attendance -1\n"
)


async def test_a_hasty_tap_that_finds_nothing_is_left_out_with_all_that_follows() -> None:
    """Its answers come below it: what is counted from the end of the text would miss it."""
    hasty = f"{SALON}>> отмените запись\n>> [Отдать кошке]\n\n> спасибо\n< Пожалуйста! Хорошего дня.\n"

    held = await asyncio.to_thread(made_to_hold, hasty, REHEARSE)

    assert "\n# >> [Отдать кошке]\n\n# > спасибо\n# < Пожалуйста! Хорошего дня.\n" in held
    assert "# #" not in held
    assert await asyncio.to_thread(made_to_hold, held, REHEARSE) == held


async def test_a_record_that_holds_stays_as_it_is_also_beside_a_loop_that_runs() -> None:
    assert await asyncio.to_thread(made_to_hold, STORY, REHEARSE) == STORY


@pytest.mark.parametrize(
    ("there", "seen", "said"),
    [
        ("< key: cancel.done", "< key: cancel.kept", "1 line comes"),
        ("! CancelRecord 1\n< key: cancel.done\n", "< key: cancel.kept\n", "2 lines come"),
        ("! CancelRecord 1\n", "! CancelRecord 1\n! CancelRecord 1\n", "1 line comes"),
    ],
)
def test_what_comes_otherwise_is_written_as_it_comes_and_counted(there: str, seen: str, said: str) -> None:
    comment, *others = made_to_hold(STORY.replace(there, seen), REHEARSE).splitlines(keepends=True)

    assert comment == f"# When this is played, {said} otherwise than was seen; what follows is what comes.\n"
    assert parse("".join(others)).lines == parse(STORY).lines


def test_from_where_a_record_cannot_be_played_on_the_rest_is_a_comment(tmp_path: Path) -> None:
    held = made_to_hold(STORY.replace("[Да]", "[Отдать кошке]"), REHEARSE)

    assert held.startswith("# It cannot be played to its end: no option «Отдать кошке» on the screen; there")
    assert "\n\n# > [Отдать кошке]\n# ! CancelRecord 1\n" in held
    assert played(held, tmp_path).report() == ()


def test_a_record_that_cannot_be_read_is_told_and_left_as_it_is() -> None:
    held = made_to_hold("> [Да\n", REHEARSE)

    assert held == "# It cannot be played to its end: «[Да» lacks its closing ]\n> [Да\n"


def test_a_record_that_comes_otherwise_each_time_is_told() -> None:
    confirms = itertools.cycle(("never", "always"))

    def rehearse_anew(**opens: Any) -> Any:
        return rehearse(main.composed, **opens | {"settings": {"CONFIRM": next(confirms)}})

    held = made_to_hold(f"{SALON}> отмените запись\n< key: cancel.done\n", rehearse_anew)

    assert "\n# It cannot be played to its end: it comes otherwise each time\n" in held
