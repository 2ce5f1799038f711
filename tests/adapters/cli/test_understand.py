"""`otmena understand`: JSON lines that programs rely on, explanations that people read, and hostile input."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import main
from adapters.cli.jsonlines import LINE_BYTES_MAX
from adapters.cli.understand import command, document
from adapters.cli.why import shown
from adapters.settings import ConfigurationInvalid, WordsSettings, read
from engine.understanding import Entities, Meaning, Trace
from engine.understanding.explaining import Explanation, Spoken
from tests.adapters.cli.running import OTMENA, invoked, otmena

NOW = "2026-11-23T10:00+03:00"
# As the installed command starts: without the rest of the salon.
ALONE = (sys.executable, "-c", "import otmena; otmena.run()")


UNREADABLE = "it is not JSON that can be read: a number or a nesting beyond all bounds"
ONE_OF = '"context" must be one of idle, confirm, choose, reason, reschedule, done, not'


def piped(said: bytes | str, *arguments: str, **environment: str) -> Result:
    """Run `otmena understand --jsonl` in this process."""
    return CliRunner().invoke(
        command(), ["--jsonl", *arguments], input=said, env=environment, prog_name="otmena understand"
    )


def answers(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_text_has_a_line_numbered_from_one() -> None:
    done = invoked("understand", "--now", NOW, "Не смогу прийти завтра", "Не отменяйте, я приду", "")

    assert done.exit_code == 0
    first, second, third = answers(done)
    assert list(first) == ["id", "intent", "entities", "resolved"]
    assert list(first["entities"]) == ["date", "time", "staff", "service", "ordinal"]
    assert [(found["id"], found["intent"]) for found in (first, second, third)] == [
        (1, "cancel"),
        (2, "keep"),
        (3, "unclear"),
    ]


def test_what_a_meaning_holds_is_printed_as_it_is() -> None:
    entities = Entities(date="на завтра", time="в 3", staff="к Ольге", service="маникюр", ordinal="вторую")

    assert document("h1", Meaning("cancel", entities=entities, resolved="2026-11-24T15:00")) == {
        "id": "h1",
        "intent": "cancel",
        "entities": {
            "date": "на завтра",
            "time": "в 3",
            "staff": "к Ольге",
            "service": "маникюр",
            "ordinal": "вторую",
        },
        "resolved": "2026-11-24T15:00",
    }


def test_the_context_bends_the_meaning() -> None:
    assert answers(invoked("understand", "--context", "confirm", "да"))[0]["intent"] == "yes"
    assert answers(invoked("understand", "да"))[0]["intent"] == "unclear"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--jsonl", "да"),
        ("--now", "tomorrow", "да"),
        ("--now", "9999-12-31T23:59", "да"),
        ("--context", "confirming", "да"),
        ("--words", "/nowhere/words.toml", "да"),
    ],
)
def test_wrong_use_exits_2(arguments: tuple[str, ...]) -> None:
    done = invoked("understand", *arguments)

    assert done.exit_code == 2
    assert done.stderr.startswith("Usage: ")


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_line_is_answered_in_order_under_its_id() -> None:
    done = piped(
        line(id="a", text="да", context="confirm")
        + "\n"
        + line(id=7, text="да")
        + line(text="привет")
        + line(id="б", text="нет", context="choose", note="more is no harm")
    )

    assert done.exit_code == 0
    assert [(found["id"], found["intent"]) for found in answers(done)] == [
        ("a", "yes"),
        (7, "unclear"),
        (4, "hello"),
        ("б", "no"),
    ]
    assert '"id": "б"' in done.stdout


def _days(done: Result) -> list[list[str]]:
    return [found["explain"]["days"] for found in answers(done)]


def test_a_file_means_the_same_on_every_day() -> None:
    """The clock of --jsonl is that of the labelled sets, unless it is told another."""
    said = line(text="не приду завтра") + line(text="не приду завтра", now="2026-12-31T23:30")

    assert _days(piped(said, "--explain")) == [["2026-11-24"], ["2027-01-01"]]
    assert _days(piped(said, "--explain", "--now", "2026-02-27T12:00Z")) == [["2026-02-28"], ["2027-01-01"]]


def test_a_moment_without_an_offset_is_one_of_the_salons_zone() -> None:
    """22:30 in Vladivostok is still the same day there, whatever the day in UTC."""
    said = line(text="через час не приду")

    explained = answers(
        piped(said, "--explain", "--now", "2026-11-23T22:30", OTMENA_TIMEZONE="Asia/Vladivostok")
    )

    assert explained[0]["explain"]["named"]["impossible_day"] is False
    assert piped(said, OTMENA_TIMEZONE="Mars").exit_code == 78


@pytest.mark.parametrize(
    ("said", "identity", "why"),
    [
        (b"hello\n", 1, "it is not JSON: Expecting value at character 1"),
        (b'{"id": "a", "text": "x\n', 1, "it is not JSON: Invalid control character at at character 23"),
        (b"[1]\n", 1, 'it must be an object {"id", "text", "context"}, not a list'),
        (b"true\n", 1, 'it must be an object {"id", "text", "context"}, not true or false'),
        (b'{"id": "a"}\n', "a", 'it has no "text"'),
        (b'{"id": "a", "text": 3}\n', "a", '"text" must be text, not a number'),
        (b'{"id": "a", "text": null}\n', "a", '"text" must be text, not null'),
        (b'{"id": {}, "text": "a"}\n', 1, '"id" must be text or a number, not an object'),
        (b'{"id": 1e999, "text": "a"}\n', 1, '"id" must be text or a number, not a number'),
        (b'{"id": "a", "text": "x", "context": 1}\n', "a", f"{ONE_OF} a number"),
        (b'{"id": "a", "text": "x", "context": "no"}\n', "a", f'{ONE_OF} "no"'),
        (b'{"id": "a", "text": "x", "now": 5}\n', "a", '"now" must be text, not a number'),
        (
            b'{"id": "a", "text": "x", "now": "soon"}\n',
            "a",
            "\"now\": 'soon' is no moment such as 2026-11-23T10:00+03:00",
        ),
        (b'{"id": NaN, "text": "x"}\n', 1, UNREADABLE),
        (b'{"id": ' + b"1" * 5000 + b', "text": "x"}\n', 1, UNREADABLE),
        (b"[" * 100_000 + b"\n", 1, UNREADABLE),
        (b"\xff\xfe{\x00\n", 1, "it is not UTF-8 (byte 1)"),
        (b"\x00\x00\n", 1, "it is not JSON: Expecting value at character 1"),
        (b'{"text": "\xed\xa0\x80"}\n', 1, "it is not UTF-8 (byte 11)"),
        (b'{"id": "\\udcff", "text": 1}\n', "\udcff", '"text" must be text, not a number'),
        (
            b'{"id": "a", "text": "x", "now": "\\ud800"}\n',
            "a",
            "\"now\": '\\ud800' is no moment such as 2026-11-23T10:00+03:00",
        ),
        (b"x" * (LINE_BYTES_MAX * 2 + 5) + b"\n", 1, "it is longer than 4 MiB"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_answered_is_told_and_keeps_nobody_waiting(
    said: bytes, identity: object, why: str
) -> None:
    done = piped(said + line(id="next", text="привет").encode())

    assert done.exit_code == 2
    assert done.stderr == f"line 1: {why}\n"
    wrong, right = answers(done)
    assert wrong == {"id": identity, "error": why}
    assert (right["id"], right["intent"]) == ("next", "hello")


@pytest.mark.parametrize("said", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf"])
def test_nothing_said_is_nothing_answered(said: bytes) -> None:
    done = piped(said)

    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "said",
    [
        b'\xef\xbb\xbf{"text": "\xd0\xb4\xd0\xb0"}\r\n',
        b'{"text": "\xd0\xb4\xd0\xb0"}',
        b'{"text": "\\u0434\\u0430"}\n',
    ],
)
def test_marks_and_line_ends_of_other_systems_are_taken(said: bytes) -> None:
    assert answers(piped(said, "--context", "confirm"))[0]["intent"] == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "да\udcffне\ud83d отмените",
        "\x00",
        "a" * 1_000_000,
        "не " * 300_000,
        "\u202e",
        "🙂" * 10_000,
    ],
)
def test_any_text_is_answered(text: str) -> None:
    done = piped(json.dumps({"id": text[:3], "text": text}).encode(), "--explain")

    assert done.exit_code == 0
    assert answers(done)[0]["id"] == text[:3]


def test_a_program_can_converse_through_a_pipe() -> None:
    with subprocess.Popen(
        [*ALONE, "understand", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, intent in (("привет", "hello"), ("спасибо", "thanks")):
            process.stdin.write(line(text=text))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["intent"] == intent
        process.stdin.close()
        assert process.wait(timeout=10) == 0


FIRST_LINE_ONLY = (
    """yes '{{"text": "привет"}}' | {{ {} --jsonl; echo "code $?" >&2; }} 2>&3 | head -1 >/dev/null"""
)


RECORD_OF_BYTES = (
    """{} --explain --context choose --record "$(printf '\\377, 25 ноября 15:00, \\377')" """
    """"$(printf '\\377а')"; echo "code $?\""""
)
FILE_OF_BYTES = (
    """d=$(mktemp -d); f=$(printf "$d/\\377"); echo x >"$f"; {} --words "$f" да; """
    """echo "code $?"; rm -r "$d\""""
)


@pytest.mark.parametrize(
    ("shell", "code"),
    [
        ('{} --jsonl <&-; echo "code $?"', 0),
        ('{} да >&-; echo "code $?"', 0),
        ('{} --explain да >&-; echo "code $?"', 0),
        ('{} да >/dev/full; echo "code $?"', 1),
        (FIRST_LINE_ONLY, 141),
        ('{} "$(printf \'да\\355\\240\\200не \\377\')"; echo "code $?"', 0),
        (RECORD_OF_BYTES, 0),
        ('{} --record "$(printf \'\\377\')" да; echo "code $?"', 2),
        ('{} --now "$(printf \'\\377\')" да; echo "code $?"', 2),
        ('{} --words "$(printf \'/\\377\')" да; echo "code $?"', 2),
        (FILE_OF_BYTES, 78),
        ('{} --explain "$(printf \'\\377 \\033[31m да\')"; echo "code $?"', 0),
    ],
)  # fmt: skip
def test_a_closed_or_full_pipe_is_no_traceback(shell: str, code: int) -> None:
    call = f"{sys.executable} -c 'import otmena; otmena.run()' understand"

    done = subprocess.run(
        ["bash", "-c", f"exec 3>&1; {shell.format(call)}"], capture_output=True, timeout=60, check=False
    )

    told = done.stdout + done.stderr
    assert f"code {code}\n".encode() in told
    assert b"Traceback" not in told
    assert b"mistake of ours" not in told
    assert b"\x1b" not in told


def test_it_starts_without_the_rest_of_the_salon() -> None:
    code = "import sys, otmena\ntry: otmena.run()\nfinally: print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code, "understand", "--help"], capture_output=True, text=True, check=True
    )

    assert "understand [OPTIONS] TEXT…" in done.stdout
    assert {"main", "aiohttp", "engine.dialogue", "engine.soundness"}.isdisjoint(done.stdout.split())


# ── why ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_explanation_shows_what_the_rules_saw_and_where_they_stand() -> None:
    done = invoked("understand", "--now", NOW, "--explain", "Не отменяйте, завтра в 15 приду к Ольге", "ъ")

    assert done.exit_code == 0
    told, other = done.stdout.split("\n\n")
    assert told.startswith(
        "«Не отменяйте, завтра в 15 приду к Ольге»  context idle, said 2026-11-23 10:00+03:00, Monday\n"
    )
    assert "  intent        keep\n" in told
    assert "!отменять" in told
    assert "@cancel" in told
    assert "  days, times   2026-11-24 15:00\n" in told
    rule = next(row for row in told.splitlines() if "[acts] keep" in row)
    place, pattern = rule.split(" [acts] keep ")
    file, number = place.split()[-1].split(":")
    assert pattern in Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert "  decided by    too little: no word in it is known, so it is asked\n" in other
    assert "\x1b" not in done.stdout


def test_an_answer_to_a_question_is_explained_as_one() -> None:
    told = invoked("understand", "--explain", "--context", "confirm", "да").stdout

    assert "decided by    the closed grammar of a yes: every word says yes" in told


def test_an_explanation_of_no_words_says_so() -> None:
    assert "clauses       no words" in invoked("understand", "--explain", "👍" + "🙂" * 300).stdout


def test_what_was_named_what_would_be_asked_and_what_spoke_against_it_is_shown() -> None:
    meaning = Meaning(
        "unclear",
        readings=("cancel", "keep"),
        entities=Entities(date="на завтра", staff="к Ольге"),
        resolved="2026-11-24",
        trace=Trace(opinion=(("cancel", 0.61), ("keep", 0.3))),
    )
    found = Explanation(meaning, (), ("2026-11-24",), (), "a veto", (), (Spoken("veto: не"),))

    told = shown("не на завтра к Ольге", "idle", datetime(2026, 11, 23, 10, tzinfo=UTC), found)

    assert click.unstyle(told).splitlines()[1:] == [
        "  intent        unclear",
        "  decided by    a veto",
        "  would ask     cancel or keep",
        "  clauses       no words",
        "  days, times   2026-11-24",
        "  resolved      2026-11-24",
        "  named         date «на завтра», staff «к Ольге»",
        "  heard         nothing",
        "  against it    veto: не",
        "  statistics    cancel 61%, keep 30%",
    ]
    assert told != click.unstyle(told)


RECORDS = ("--record", "шугаринг ног, 25 ноября 15:00, Ольга", "--record", "Маникюр, завтра 12:00")


def test_words_are_read_against_the_records_that_are_given(files: Path) -> None:
    words = ("--words", str(files / "good.toml"))

    chosen = invoked(
        "understand", "--now", NOW, "--context", "choose", "--explain", *words, *RECORDS, "шугар"
    )
    told = invoked("understand", "--now", NOW, "--context", "choose", "--explain", *RECORDS, "на 12")
    idle = invoked("understand", "--now", NOW, "--explain", *RECORDS, "отмените шугар")

    assert "  record 1      шугаринг ног, 2026-11-25 15:00+03:00, Ольга  (is meant)\n" in chosen.stdout
    assert "  may name      шугаринг  (held against the records)\n" in chosen.stdout
    assert "  record 2      Маникюр, 2026-11-24 12:00+03:00  (is meant)\n" in told.stdout
    assert "Ольга\n" in told.stdout
    assert "record 1" not in idle.stdout
    assert "(would be held against services and masters)" in idle.stdout


def test_a_yes_is_read_against_the_first_record() -> None:
    done = piped(
        line(text="да, шугаринг") + line(text="да, маникюр") + line(text="на 15", context="choose"),
        "--context",
        "confirm",
        *RECORDS,
    )

    assert [found["intent"] for found in answers(done)] == ["yes", "unclear", "choose"]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (
            "шугаринг 25 ноября",
            "cannot read «шугаринг 25 ноября»; write «шугаринг ног, 25 ноября 15:00, Ольга»",
        ),
        ("шугаринг, 31 февраля 15:00", "«31 февраля 15:00» is in no calendar"),
    ],
)
def test_a_record_that_cannot_be_read_is_told(record: str, why: str) -> None:
    done = invoked("understand", "--record", record, "да")

    assert done.exit_code == 2
    assert done.stderr.endswith(f"Error: Invalid value for '--record': {why}\n")


def test_lines_are_explained_as_an_object() -> None:
    (found,) = answers(piped(line(id=1, text="отмените маникюр завтра"), "--explain"))

    why = found["explain"]
    assert why["decided"] == "the rules: cancel: отмените (the opinion lets it pass)"
    assert [word["text"] for word in why["clauses"][0]] == ["отмените", "маникюр", "завтра"]
    assert why["evidence"][0]["place"].endswith('[acts] cancel "@cancel:impr"')
    assert why["named"]["words"] == ["маникюр"]
    assert {"blockers", "opinion", "readings", "days", "times"} <= why.keys()


# ── the salon's own words ─────────────────────────────────────────────────────────────────────────────

GOOD = '[services]\n"шугар" = "шугаринг"\n'
BAD = '[services]\n"лак дизайн" = "маникюр"\n[groups]\nyes = ["го"]\n'
PROBLEMS = (
    '[services] "лак дизайн": it must be one word, without spaces',
    "[groups] yes: consent is closed: no word can be added to what is taken for a yes or a no",
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(BAD, encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes("# шугар".encode("cp1251"))
    return tmp_path


def test_words_of_the_salon_are_read_from_the_option_or_the_setting(files: Path) -> None:
    said = line(text="отмените шугар")
    good, bad = str(files / "good.toml"), str(files / "bad.toml")

    for done in (
        piped(said, "--explain", "--words", good, OTMENA_WORDS_FILE=bad),
        piped(said, "--explain", OTMENA_WORDS_FILE=good),
    ):
        assert done.exit_code == 0, done.stderr
        assert answers(done)[0]["explain"]["named"]["words"] == ["шугаринг"]


def test_mistakes_in_words_are_all_told_under_the_name_of_the_setting(files: Path) -> None:
    expected = "".join(f"  - OTMENA_WORDS_FILE: {problem}\n" for problem in PROBLEMS)
    bad = str(files / "bad.toml")

    done = piped(line(text="да"), OTMENA_WORDS_FILE=bad)

    assert (done.exit_code, done.stdout) == (78, "")
    assert done.stderr == "The configuration is not usable:\n" + expected
    for arguments in (("check",), ("demo", "--port", "0"), ("serve",), ("chat",)):
        found = otmena(*arguments, OTMENA_WORDS_FILE=bad)
        assert (found.returncode, found.stdout) == (78, ""), arguments
        assert expected in found.stderr


@pytest.mark.parametrize("arguments", [("understand", "да"), ("check",)])
def test_mistakes_in_a_file_that_was_named_are_told_under_its_name(
    files: Path, arguments: tuple[str, ...]
) -> None:
    bad, latin = files / "bad.toml", files / "latin.toml"

    done = invoked(*arguments, "--words", str(bad))

    assert done.exit_code == 78
    assert done.stderr.splitlines()[1:] == [f"  - {bad}: {problem}" for problem in PROBLEMS]
    assert invoked(*arguments, "--words", str(latin)).stderr.splitlines()[1] == (
        f"  - {latin}: it is no text in UTF-8"
    )


def test_the_whole_salon_and_flows_of_others_speak_with_these_words() -> None:
    ours, _ = main.dialogue_and_texts("ru", GOOD)
    theirs, _ = main.dialogue_of("states.registry", GOOD)

    for dialogue in (ours, theirs, main.dialogue_of(None, GOOD)[0]):
        assert dialogue.understanding.lemmas.spelt("шугаром") == ("шугарингом",)
    assert main.dialogue_and_texts("ru")[0].understanding.lemmas.spelt("шугаром") == ("шугаром",)


def test_check_takes_words_that_are_right(files: Path) -> None:
    assert invoked("check", "--words", str(files / "good.toml")).exit_code == 0


@pytest.mark.parametrize(
    ("name", "why"), [("latin.toml", "is no text in UTF-8"), ("none.toml", "No such file or directory")]
)
def test_a_file_that_cannot_be_read_is_told(
    files: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.setenv("OTMENA_WORDS_FILE", str(files / name))

    with pytest.raises(ConfigurationInvalid, match=why):
        read(WordsSettings)


def test_words_in_the_variable_itself_are_named_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTMENA_WORDS", BAD)

    with pytest.raises(ConfigurationInvalid) as invalid:
        read(WordsSettings)

    assert invalid.value.problems == tuple(f"OTMENA_WORDS: {problem}" for problem in PROBLEMS)


def test_the_command_is_the_same_inside_the_whole() -> None:
    inside = subprocess.run(
        [*OTMENA, "understand", "--now", NOW, "да"], capture_output=True, text=True, check=True
    )
    alone = subprocess.run(
        [*ALONE, "understand", "--now", NOW, "да"], capture_output=True, text=True, check=True
    )

    assert inside.stdout == alone.stdout != ""
