"""A script is played to its end, and everything that it does not name, or names in vain, is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from engine.script import writing
from engine.script.difference import Failure, difference, failures, where
from engine.script.grammar import Problem, parse
from engine.script.outcome import Outcome
from engine.script.playing import Opening, opening, play
from engine.script.scene import Booked, Edited, Left, Message, Noticed, Standing, option
from engine.script.writing import rewritten
from tests.engine.script.scene import ANNA, ASKED, MARIA, MONDAY, WEDNESDAY, FakeScene

SALON = f"salon: {ANNA}: Маникюр, 25 ноября 15:00\n"
DONE = Message("Запись отменена.", (), ("cancel.done",))
CANCELLED = Left("CancelRecord", 1)
# What comes after so many things were done: the record, then what the client wrote.
ASKS: Mapping[int, tuple[Message | Left | Noticed, ...]] = {2: (ASKED,)}


async def played(text: str, scene: FakeScene | None = None) -> Outcome:
    return await play(parse(SALON + text), scene or FakeScene(dict(ASKS)))


def told(outcome: Outcome) -> list[str]:
    return [str(shown) for shown in difference(outcome)]


def after(outcome: Outcome) -> str:
    """Return the script with its expectations rewritten, below the record."""
    return rewritten(outcome).removeprefix(SALON)


# ── what is done ──────────────────────────────────────────────────────────────────────────────────────


async def test_everything_that_a_script_can_do_is_done_in_order() -> None:
    scene = FakeScene()
    script = (
        f"salon: {MARIA} as Мария: Стрижка, 26 ноября 12:00, Ольга, created 20 ноября 09:00, attendance 2\n"
        "salon: Стрижка only by Ольга, Мария\n"
        "client: Мария hidden\n"
        "yclients: 500 on cancel\n"
        "whatsapp: duplicate\n"
        "crash in 17\n"
        "power loss in 3\n"
        "> да\n"
        "late 20 h: > отмените\n"
        "> [Да]\n"
        "> <voice>\n"
        "> <reaction 👍>\n"
        "salon: 1 granted\n"
        "again\n"
        "wait 15 min\n"
        "at 2026-11-23 11:00\n"
        "restart\n"
        "upgrade\n"
    )

    outcome = await played(script, scene)

    assert outcome.holds
    assert [done for done in scene.done if done != "settles"] == [
        Booked(ANNA, "Маникюр", WEDNESDAY),
        Booked(
            MARIA,
            "Стрижка",
            datetime(2026, 11, 26, 12),  # noqa: DTZ001
            "Ольга",
            "Мария",
            datetime(2026, 11, 20, 9),  # noqa: DTZ001
            2,
        ),
        ("Стрижка", "Ольга", "Мария"),
        ("hides", MARIA),
        ("yclients", "500 on cancel"),
        ("whatsapp", "duplicate"),
        "dies in 17",
        "loses power in 3",
        (MARIA, "да"),
        (MARIA, "отмените", timedelta(hours=20)),
        (MARIA, ["Да"]),
        (MARIA, "voice", ""),
        (MARIA, "reaction", "👍"),
        ("decides", 1, True),
        "again",
        timedelta(minutes=15),
        timedelta(minutes=45),
        "restarts",
        "upgrades",
    ]


@pytest.mark.parametrize(
    ("written", "edited"),
    [
        ("at 26 ноября 12:00", Edited(starts_at=datetime(2026, 11, 26, 12))),  # noqa: DTZ001
        ("attendance 1", Edited(attendance=1)),
        ("master Мария", Edited(master="Мария")),
        ("service Педикюр", Edited(service="Педикюр")),
        ("paid", Edited(paid=True)),
        ("locked", Edited(locked=True)),
        ("deleted", Edited(deleted=True)),
        ("not deleted", Edited(deleted=False)),
    ],
)
async def test_the_salon_edits_a_record(written: str, edited: Edited) -> None:
    scene = FakeScene()

    await played(f"salon: 1 {written}\n> да\n", scene)

    assert scene.done[1] == (1, edited)


async def test_behind_a_double_mark_nothing_settles_before_it_is_looked_at() -> None:
    scene = FakeScene({5: (ASKED,)})

    outcome = await played(
        ">> отмените\n>> [Да]\nwait 5 s\nrestart\n< key: cancel.confirm\nstate: idle\n", scene
    )

    assert outcome.holds
    assert scene.done[1:] == [(ANNA, "отмените"), (ANNA, ["Да"]), timedelta(seconds=5), "restarts", "settles"]


async def test_a_script_that_ends_without_looking_is_looked_at_all_the_same() -> None:
    outcome = await played(">> отмените\n")

    assert told(outcome) == ["    2   >> отмените", "      + < Отменить запись? [Да, отменить] [Оставить]"]


def test_clock_and_settings_are_those_of_the_beginning() -> None:
    script = parse("set CONFIRM=never\nat 24 ноября 12:00\n> да\nat 25 ноября 12:00\n")

    assert opening(script) == Opening(datetime(2026, 11, 24, 12), {"CONFIRM": "never"})  # noqa: DTZ001
    assert opening(parse("> да")) == Opening(MONDAY, {})


# ── what holds ────────────────────────────────────────────────────────────────────────────────────────


async def test_messages_and_commands_are_named_in_any_order_between_them() -> None:
    coming: Mapping[int, tuple[Message | Left | Noticed, ...]] = {
        2: (ASKED, CANCELLED, Noticed("master", "cancelled"), DONE)
    }

    outcome = await played(
        "> да\nnotice: master cancelled\n< key: cancel.confirm\n! CancelRecord 1\n< key: cancel.done\n<\n",
        FakeScene(dict(coming)),
    )

    assert outcome.holds
    assert told(outcome) == []
    assert where(outcome) == 0


async def test_notices_go_different_ways_so_they_are_named_in_any_order() -> None:
    coming: Mapping[int, tuple[Message | Left | Noticed, ...]] = {
        2: (Noticed("master", "cancelled"), Noticed("admin", "cancelled"), Noticed("master", "restored"))
    }
    script = "> да\nnotice: admin cancelled\nnotice: master restored\nnotice: master cancelled\n"

    assert (await played(script, FakeScene(dict(coming)))).holds


async def test_what_comes_to_another_phone_is_named_below_its_client() -> None:
    scene = FakeScene(dict(ASKS), phone=MARIA)

    outcome = await played(f"> да\nclient: {MARIA}\n< key: cancel.confirm\nclient: {ANNA}\n<\n> да\n", scene)

    assert outcome.holds


# ── what does not ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("script", "coming", "difference", "written"),
    [
        pytest.param(
            "> отмените\n",
            (ASKED,),
            ["    2   > отмените", "      + < Отменить запись? [Да, отменить] [Оставить]"],
            "> отмените\n< Отменить запись? [Да, отменить] [Оставить]\n",
            id="a message that is not named",
        ),
        pytest.param(
            "> отмените\n< Отменить?\nstate: idle\n",
            (ASKED,),
            [
                "    2   > отмените",
                "    3 - < Отменить?",
                "      + < Отменить запись? [Да, отменить] [Оставить]",
                "    4   state: idle",
            ],
            "> отмените\n< Отменить запись? [Да, отменить] [Оставить]\nstate: idle\n",
            id="another message than named",
        ),
        pytest.param(
            "> отмените\n  < key: cancel.done\n",
            (ASKED,),
            ["    2   > отмените", "    3 - < key: cancel.done", "      + < key: cancel.confirm"],
            "> отмените\n  < key: cancel.confirm\n",
            id="another key than named",
        ),
        pytest.param(
            "> отмените\n< key: cancel.done\n",
            (),
            ["    2   > отмените", "    3 - < key: cancel.done", "      + <   (nothing came)"],
            "> отмените\n<\n",
            id="nothing came",
        ),
        pytest.param(
            "> отмените\n< a\n< b\n! CancelRecord 1\n",
            (),
            [
                "    2   > отмените",
                "    3 - < a",
                "      + <   (nothing came)",
                "    4 - < b",
                "    5 - ! CancelRecord 1",
            ],
            "> отмените\n<\n",
            id="nothing of many came",
        ),
        pytest.param(
            "> отмените\n<\n",
            (ASKED, DONE),
            [
                "    2   > отмените",
                "    3 - <",
                "      + < Отменить запись? [Да, отменить] [Оставить]",
                "      + < Запись отменена.",
            ],
            "> отмените\n< Отменить запись? [Да, отменить] [Оставить]\n< Запись отменена.\n",
            id="something came",
        ),
        pytest.param(
            "> отмените\n<\n< Запись отменена.\n",
            (DONE,),
            ["    2   > отмените", "    3 - <", "    4   < Запись отменена."],
            "> отмените\n< Запись отменена.\n",
            id="silence above a message that came",
        ),
        pytest.param(
            "> отмените\n< Запись отменена.\n<\n",
            (DONE, ASKED),
            [
                "    2   > отмените",
                "    3   < Запись отменена.",
                "    4 - <",
                "      + < Отменить запись? [Да, отменить] [Оставить]",
            ],
            "> отмените\n< Запись отменена.\n< Отменить запись? [Да, отменить] [Оставить]\n",
            id="something more came",
        ),
        pytest.param(
            "> отмените\n< a\n< b\n",
            (ASKED, DONE, DONE),
            [
                "    2   > отмените",
                "    3 - < a",
                "      + < Отменить запись? [Да, отменить] [Оставить]",
                "    4 - < b",
                "      + < Запись отменена.",
                "      + < Запись отменена.",
            ],
            "> отмените\n< Отменить запись? [Да, отменить] [Оставить]\n"
            "< Запись отменена.\n< Запись отменена.\n",
            id="more than named",
        ),
        pytest.param(
            "> отмените\n\n< … отменена.\n\n# the end\n",
            (ASKED, DONE),
            [
                "    2   > отмените",
                "      + < Отменить запись? [Да, отменить] [Оставить]",
                "    4   < … отменена.",
            ],
            "> отмените\n< Отменить запись? [Да, отменить] [Оставить]\n\n< … отменена.\n\n# the end\n",
            id="one that is missing makes no later line wrong",
        ),
        pytest.param(
            "> отмените\n! CancelRecord 1\n",
            (CANCELLED, CANCELLED, Noticed("master", "cancelled")),
            ["    2   > отмените", "    3   ! CancelRecord 1", "      + ! CancelRecord 1"],
            "> отмените\n! CancelRecord 1\n! CancelRecord 1\n",
            id="a command that is not named, in a script that looks at no notices",
        ),
        pytest.param(
            "> отмените\nnotice: master moved\n",
            (Noticed("master", "moved"), Noticed("admin", "moved"), Noticed("master", "moved")),
            [
                "    2   > отмените",
                "    3   notice: master moved",
                "      + notice: master moved",
            ],
            "> отмените\nnotice: master moved\nnotice: master moved\n",
            id="a notice to somebody whom the script looks at",
        ),
        pytest.param(
            "> отмените\nnotice: master restored\n",
            (Noticed("master", "moved"),),
            ["    2   > отмените", "    3 - notice: master restored", "      + notice: master moved"],
            "> отмените\nnotice: master moved\n",
            id="another notice than the one that is named",
        ),
        pytest.param(
            "> отмените\n< key: cancel.confirm [Да] [Нет]\n",
            (ASKED,),
            [
                "    2   > отмените",
                "    3 - < key: cancel.confirm [Да] [Нет]",
                "      + < key: cancel.confirm [Да, отменить] [Оставить]",
            ],
            "> отмените\n< key: cancel.confirm [Да, отменить] [Оставить]\n",
            id="a key with other options",
        ),
        pytest.param(
            "> отмените\n< не то  # почему так\nstate: cancel.done # и где\n",
            (DONE,),
            [
                "    2   > отмените",
                "    3 - < не то  # почему так",
                "      + < Запись отменена.",
                "    4 - state: cancel.done # и где",
                "      + state: idle",
            ],
            "> отмените\n< Запись отменена.  # почему так\nstate: idle  # и где\n",
            id="a comment behind a line stays behind what came instead",
        ),
        pytest.param(
            "> отмените\n< Запись отменена.\n< и ещё # зачем\n",
            (DONE,),
            ["    2   > отмените", "    3   < Запись отменена.", "    4 - < и ещё # зачем"],
            "> отмените\n< Запись отменена.\n# зачем\n",
            id="a comment behind a line of which nothing came stays",
        ),
    ],
)
async def test_a_difference_is_read_at_a_glance(
    script: str, coming: tuple[Message | Left | Noticed, ...], difference: list[str], written: str
) -> None:
    outcome = await played(script, FakeScene({2: coming}))

    assert not outcome.holds
    assert told(outcome) == difference
    assert after(outcome) == written
    assert (await played(written, FakeScene({2: coming}))).holds


async def test_a_message_to_a_client_of_whom_nothing_is_said_is_not_lost() -> None:
    script = f"> отмените\nstate: idle\n\nclient: {ANNA}\n> да\n"
    scene = FakeScene(dict(ASKS), phone=MARIA)

    outcome = await play(parse(f"{SALON}salon: {MARIA}: Стрижка, 26 ноября 12:00\n{script}"), scene)

    assert told(outcome) == []
    scene = FakeScene({3: (ASKED,)}, phone=MARIA)
    outcome = await play(parse(f"{SALON}salon: {MARIA}: Стрижка, 26 ноября 12:00\n> отмените\n"), scene)
    assert told(outcome) == [
        "    3   > отмените",
        f"      + client: {MARIA}",
        "      + < Отменить запись? [Да, отменить] [Оставить]",
        f"      + client: {ANNA}",
    ]


async def test_what_came_before_anything_was_done_is_told_too() -> None:
    scene = FakeScene()
    scene.sent[ANNA] = [DONE]

    outcome = await play(parse("> да\n<\n"), scene)

    assert told(outcome) == ["      + < Запись отменена."]
    assert rewritten(outcome) == "< Запись отменена.\n> да\n<\n"


async def test_a_script_may_begin_with_what_happens() -> None:
    outcome = await play(parse("> да\n<\n"), FakeScene())

    assert outcome.holds
    assert [(block.first, block.last) for block in outcome.blocks] == [(1, 2)]


async def test_state_and_journal_are_looked_at_where_they_stand() -> None:
    script = (
        "> да\nstate: cancel.done\njournal: 1 attendance -1\njournal: 1 at 26 ноября 12:00\n"
        "journal: 1 deleted\njournal: 1 attendance 0\n"
    )

    outcome = await played(script, FakeScene())

    assert told(outcome) == [
        "    2   > да",
        "    3 - state: cancel.done",
        "      + state: idle",
        "    4 - journal: 1 attendance -1",
        "      + journal: 1 attendance 0",
        "    5 - journal: 1 at 26 ноября 12:00",
        "      + journal: 1 at 25 ноября 2026 15:00",
        "    6 - journal: 1 deleted",
        "      + journal: 1 attendance 0",
        "    7   journal: 1 attendance 0",
    ]


async def test_a_deleted_record_is_told_as_such() -> None:
    outcome = await played("> да\njournal: 1 attendance 0\n", FakeScene(stands=Standing(0, WEDNESDAY, True)))

    assert after(outcome) == "> да\njournal: 1 deleted\n"


async def test_a_tap_on_nothing_stops_the_script_there() -> None:
    outcome = await played("> да\n> [Нет такой]\nstate: cancel.done\n")

    assert outcome.stopped == Problem(3, "no such option; there are Да")
    assert not outcome.holds
    assert where(outcome) == 2
    assert told(outcome) == [
        "    2   > да",
        "      + < Отменить запись? [Да, отменить] [Оставить]",
        "        ⋮",
        "    3 ! > [Нет такой]",
        "      ! cannot be played: no such option; there are Да",
    ]
    assert after(outcome).endswith("> [Нет такой]\nstate: cancel.done\n")


async def test_an_unknown_quirk_stops_the_script_there() -> None:
    outcome = await played("yclients: nonsense\n> да\n", FakeScene())

    assert outcome.stopped == Problem(2, "ValueError")


async def test_the_clock_does_not_go_back() -> None:
    outcome = await played("> да\n<\nat 2026-11-23 09:00\n", FakeScene())

    assert outcome.stopped == Problem(4, "it is 2026-11-23 10:00 already, and the clock does not go back")


async def test_each_block_is_told_as_soon_as_it_is_over() -> None:
    said: list[tuple[str, ...]] = []
    scene = FakeScene({4: (CANCELLED, ASKED, Noticed("master", "cancelled"))})
    scene.sent[MARIA] = []

    await play(
        parse(f"{SALON}client: {MARIA}\n> привет\n> да\nclient: {ANNA}\n< key: cancel.confirm\n"),
        scene,
        lambda block: said.append(block.happened),
    )

    assert said == [
        (SALON.strip(), f"client: {MARIA}"),
        ("> привет",),
        (
            "> да",
            f"client: {ANNA}",
            "! CancelRecord 1",
            "< Отменить запись? [Да, отменить] [Оставить]",
            "notice: master cancelled",
        ),
    ]


# ── for programs ──────────────────────────────────────────────────────────────────────────────────────


async def test_every_line_that_does_not_hold_is_told_for_programs() -> None:
    outcome = await played("> отмените\n< Нет.\nstate: cancel.confirming\n> да\n> [Нет такой]\n")

    assert failures(outcome) == (
        Failure(3, "message", "< Нет.", ("< Отменить запись? [Да, отменить] [Оставить]",)),
        Failure(4, "state", "state: cancel.confirming", ("state: idle",)),
        Failure(6, "unplayable", "> [Нет такой]", (), "no such option; there are Да"),
    )


async def test_what_no_line_names_is_told_for_programs_too() -> None:
    outcome = await played("> отмените\n")

    assert failures(outcome) == (
        Failure(2, "unnamed", None, ("< Отменить запись? [Да, отменить] [Оставить]",)),
    )


async def test_the_clock_does_not_go_beyond_its_end() -> None:
    outcome = await played("wait 36500 d\nwait 36500 d\n> да\n")

    assert outcome.stopped is not None
    assert (outcome.stopped.line, outcome.stopped.said) == (
        3,
        "it is 2126-10-30 already, and the clock ends with 2199",
    )


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_option_whose_own_words_have_brackets_is_written_up_to_them() -> None:
    options = (option("ср, 25", "Стрижка [модельная], Мария"), option("чт, 26", "Маникюр"), option("Да"))

    assert (
        writing.message(Message("Какую?", options)) == "< Какую? [ср, 25 — Стрижка…] [чт, 26 — Маникюр] [Да]"
    )
