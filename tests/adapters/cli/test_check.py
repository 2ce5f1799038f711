"""`otmena check`: our own tables, and planted faults in flows that others wrote."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import main
from adapters.cli import check as command
from adapters.cli.calm import calmly
from adapters.cli.check import _price
from engine.events import TimedOut
from engine.soundness import Cost, Problem, Unsound
from engine.soundness.messages import Way
from states import registry
from tests.adapters.cli.planted import FAULTS, MODULE, RELEASED, TEXTS
from tests.adapters.cli.running import OTMENA, invoked, started

ROOT = Path(__file__).parents[3]
RUN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import main; main.run()"


def checked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `otmena check` in another folder, as an author of flows would."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "check", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )


def shop(folder: Path, *faults: str, texts: str = TEXTS) -> None:
    """Write the module `shop`, with these faults planted."""
    module = MODULE
    for fault in faults:
        for old, new in FAULTS[fault]:
            module = module.replace(old, new)
    (folder / "shop.py").write_text(module, encoding="utf-8")
    (folder / "texts.toml").write_text(texts, encoding="utf-8")


# ── our own ───────────────────────────────────────────────────────────────────────────────────────────


def test_our_own_tables_are_sound() -> None:
    done = invoked("check")

    assert done.exit_code == 0
    told = done.stdout.splitlines()
    assert re.fullmatch(r"Sound: \d+ flows?, \d+ states, \d+ inputs, \d+ rows, \d+ texts\.", told[0])
    assert any(
        re.fullmatch(r"cancel: \d+ to \d+.* messages from an intent to its end, budget \d+\.", line)
        for line in told
    )
    assert re.fullmatch(r"Dialogues of \d+ released tables? go on\.", told[-1])


def test_the_matrix_has_a_line_for_every_input_and_no_hole() -> None:
    done = invoked("check", "--matrix")

    assert done.exit_code == 0
    assert re.search(r"^ +\d+  cancel\.confirming$", done.stdout, re.MULTILINE)
    assert re.search(r"^CallFailed +· +● +· +· +· +· +· +◐ +·", done.stdout, re.MULTILINE)
    assert done.stdout.count("✗") == 1
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_everything_as_json() -> None:
    found = json.loads(invoked("check", "--format", "json", "--matrix").stdout)

    assert found["problems"] == []
    assert found["messages"][0]["dearest"][0].startswith("CancelWanted")
    assert found["messages"][0]["most"] <= found["messages"][0]["budget"]
    assert found["matrix"]["cancel.confirming"]["Yes"] == "guarded"
    assert "matrix" not in json.loads(invoked("check", "--format", "json").stdout)


def test_todays_tables_are_released_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "states").mkdir()

    done = invoked("check", "--release")

    assert done.exit_code == 0
    told = done.stdout.splitlines()[-1]
    assert told.startswith("Released: cancel ")
    assert told.endswith(" (states/released.json).")
    kept = json.loads((tmp_path / "states" / "released.json").read_text(encoding="utf-8"))["flows"]
    ours = json.loads((ROOT / "states" / "released.json").read_text(encoding="utf-8"))["flows"]
    assert {name: kept[name] for name in ours} == ours


def test_tables_are_released_in_the_repository_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    done = invoked("check", "--release")

    assert done.exit_code == 2
    assert done.stderr == "Error: there is no states here: run it in the repository's folder\n"
    assert invoked("check", "--release", "--flows", "states.registry").exit_code == 2


# ── flows that others wrote ───────────────────────────────────────────────────────────────────────────


def test_a_sound_flow_of_somebody_else(tmp_path: Path) -> None:
    shop(tmp_path)

    done = checked(tmp_path, "--flows", "shop")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Sound: 1 flow, 5 states, 27 inputs, 118 rows, 9 texts.\n"
        "shop: 1 to 2 messages from an intent to its end, no budget.\n"
    )


@pytest.mark.parametrize(
    ("most", "exact", "told"),
    [
        (1, True, "shop: 1 message from an intent to its end, no budget."),
        (1, False, "shop: 1 to 1 or more messages from an intent to its end, no budget."),
    ],
)
def test_a_flow_that_always_costs_the_same_is_told_without_a_range(most: int, exact: bool, told: str) -> None:
    assert _price(Cost("shop", Way((), 1, 1), Way((), 1, most), budget=None, exact=exact)) == told


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (
            "unreachable state",
            "shop · shop.lost · it cannot be reached from idle: "
            'add a row that leads to it, On(…, …, "shop.lost"), or remove it',
        ),
        (
            "dead end",
            "shop · shop.stuck · no row of its flow leads out of it: add a row from it that ends in IDLE, "
            'at least On(TimedOut, "shop.stuck", IDLE, …) [dead-end]',
        ),
        (
            "missing failure row",
            "shop · shop.cancelling · no row takes CallFailed "
            "(CancelRecord may fail, be refused, or end unknown): "
            'add On(CallFailed, "shop.cancelling", …)',
        ),
        (
            "one answer for every failure",
            "shop · shop.cancelling · after a failed CancelRecord, shop.failed is said for unknown as for "
            "not_tried: tell them apart: a row On(CallFailed, …, when=…)",
        ),
        (
            "hole in the matrix",
            'shop · shop.asking · no row takes No (answer makes it): add On(No, "shop.asking", …)',
        ),
        (
            "missing text",
            "shop · shop.offline · CallFailed: shop.looking → idle says shop.offline, "
            "and no catalogue has it: "
            'add ["shop.offline"] with its words to the texts',
        ),
    ],
)
def test_a_planted_fault(tmp_path: Path, fault: str, line: str) -> None:
    shop(tmp_path, fault)

    done = checked(tmp_path, "--flows", "shop")

    assert (done.returncode, done.stderr) == (1, "")
    assert line in done.stdout


def test_a_button_of_21_characters(tmp_path: Path) -> None:
    shop(tmp_path, texts=TEXTS.replace("Да, отменить", "Да, отменить сейчас!!"))

    done = checked(tmp_path, "--flows", "shop")

    assert done.returncode == 1
    assert (
        "shop · option.go · «Да, отменить сейчас!!» has 21 characters in 'ru', "
        "and a button has room for 20 (RecordsFound: shop.looking → shop.asking offers it): "
        'shorten ru of ["option.go"] by 1'
    ) in done.stdout


RENAMED = (
    "shop · shop.confirming · dialogues of the released table may stand there, "
    "and no flow declares it any more: "
    'say what it is called now: was={"shop.confirming": "shop.asking"}, or IDLE to end them politely'
)


def test_a_state_that_was_renamed_without_a_mapping(tmp_path: Path) -> None:
    shop(tmp_path, "state renamed")
    (tmp_path / "released.json").write_text(RELEASED, encoding="utf-8")

    done = checked(tmp_path, "--flows", "shop")

    assert done.returncode == 1
    assert done.stdout == f"{RENAMED} [released-state]\n\n1 problem.\n"


def test_all_faults_at_once_hide_none_of_each_other(tmp_path: Path) -> None:
    shop(tmp_path, *FAULTS, texts=TEXTS.replace("Да, отменить", "Да, отменить сейчас!!"))
    (tmp_path / "released.json").write_text(RELEASED, encoding="utf-8")

    said = checked(tmp_path, "--flows", "shop").stdout

    assert "shop.lost · it cannot be reached from idle" in said
    assert "shop.stuck · no row of its flow leads out of it" in said
    assert "shop.cancelling · no row takes CallFailed" in said
    assert "shop.asking · no row takes No" in said
    assert "says shop.offline, and no catalogue has it" in said
    assert "has 21 characters" in said
    assert "shop.confirming · dialogues of the released table may stand there" in said


def test_our_cancel_with_a_renamed_state_is_held_against_our_released_tables(tmp_path: Path) -> None:
    flow = (ROOT / "states" / "cancel" / "flow.py").read_text(encoding="utf-8")
    copied = flow.replace("cancel.confirming", "cancel.asking") + "\nFLOWS = (FLOW,)\n"
    (tmp_path / "salon").mkdir()
    (tmp_path / "salon" / "__init__.py").write_text("")
    (tmp_path / "salon" / "flows.py").write_text(copied, encoding="utf-8")
    texts = (ROOT / "states" / "cancel" / "texts.toml").read_text(encoding="utf-8")
    texts = texts.replace('["cancel.kept"]', '["cancel.stays"]')
    (tmp_path / "salon" / "texts.toml").write_text(texts, encoding="utf-8")

    done = checked(tmp_path, "--flows", "salon.flows")

    assert done.returncode == 1
    assert 'was={"cancel.confirming": "cancel.asking"}' in done.stdout
    assert "says cancel.kept, and no catalogue has it" in done.stdout
    assert "or name cancel.stays, which nothing says" in done.stdout


@pytest.mark.parametrize(
    "texts",
    [
        "TEXTS = {toml!r}",
        "import tomllib\nTEXTS = tomllib.loads({toml!r})",
        "import tomllib\nALL = tomllib.loads({toml!r})\n"
        "TEXTS = {{'ru': {{key: text['ru'] for key, text in ALL.items()}}}}\n"
        "TEXTS = [{{'shop.done': {{'ru': 'Запись отменена: {{record}}.', 'claims': 'cancelled'}}}}, "
        "{{'ru': {{key: text for key, text in TEXTS['ru'].items() if key != 'shop.done'}}}}]",
        "from pathlib import Path\nTEXTS = Path(__file__).with_name('words.toml')",
        "TEXTS = ['words.toml']",
        "TEXTS = ('words',)",
    ],
)
def test_texts_may_come_in_many_ways(tmp_path: Path, texts: str) -> None:
    shop(tmp_path)
    (tmp_path / "texts.toml").rename(tmp_path / "words.toml")
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "texts.toml").write_text(TEXTS, encoding="utf-8")
    (tmp_path / "words" / "__init__.py").write_text("")
    with (tmp_path / "shop.py").open("a", encoding="utf-8") as module:
        module.write("\n" + texts.format(toml=TEXTS))

    done = checked(tmp_path, "--flows", "shop.py")

    assert done.stdout.startswith("Sound: 1 flow, 5 states, 27 inputs, 118 rows, 9 texts.")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("module", "error"),
    [
        ("", "broken has no FLOWS: add FLOWS = (FLOW,), a tuple of engine.flow.Flow"),
        ("FLOWS = ()", "FLOWS of broken is empty: add a flow, FLOWS = (FLOW,)"),
        ("FLOWS = 7", "FLOWS of broken is 7: write a tuple of flows, FLOWS = (FLOW,)"),
        ("FLOWS = 'cancel'", "FLOWS of broken is 'cancel': write a tuple of flows"),
        ("FLOWS = {'a': 7}", "FLOWS of broken is {'a': 7}: write a tuple of flows"),
        ("FLOWS = [7]", "FLOWS of broken holds 7, which is no engine.flow.Flow"),
        ("FLOWS = 1 / 0", "broken cannot be imported: ZeroDivisionError: division by zero (broken.py:1)"),
        ("exit(3)", "broken cannot be imported: SystemExit: 3"),
        ("\nimport nowhere",
         "broken cannot be imported: ModuleNotFoundError: No module named 'nowhere' (broken.py:2)"),
        ("from engine.flow import Onn", "broken cannot be imported: ImportError: cannot import name 'Onn' "
         "from 'engine.flow' (broken.py:1)"),
        ("\n\nFLOWS = (", "broken cannot be imported: SyntaxError: '(' was never closed (broken.py:3)"),
        ("{flow}(states=7)",
         "broken: states of the flow x is 7, and must be a tuple: write states=(one,), with"),
        ("{flow}(table=(On(int, Waiting('x.a', (), 'idle', 1), 'idle'),))",
         "broken: a row on int of the flow x "
         'goes from the state x.a itself: name the state, "x.a"'),
        ("{flow}(table=(On(int, 'idle', 7),))",
         "broken: a row on int of the flow x goes to 7: name the state\n"),
        ("{flow}(hears=print)",
         "broken: hears of the flow x is print, and must be a tuple: write hears=(print,)"),
        ("{flow}(hears=(7,))", "broken: hears of the flow x holds 7, which is no function"),
        ("{flow}(states=(Waiting('x.a', (7,), 'idle', 1),))",
         "broken: hears of x.a holds 7, which is no function"),
        ("{flow}(states=(Calling('x.a', 7),))", "broken: x.a calls 7, which is no class of a call"),
        ("{flow}(table=(7,))", "broken: the table of the flow x holds 7, which is no row"),
        ("{flow}(intents=(int,))", "broken: the intent <class 'int'> of the flow x is no class"),
        ("{flow}(was=('x',))", "broken: was of the flow x is ('x',), and must map old names"),
        ("{flow}()\nTEXTS = 'a = ['",
         "the texts of broken cannot be read: TEXTS of broken:1 is no TOML: invalid"),
        ("{flow}()\nTEXTS = 'bad.toml'", "the texts of broken cannot be read: bad.toml:2 is no TOML: "),
        ("{flow}()\nTEXTS = 'nowhere.toml'",
         "TEXTS of broken names nowhere.toml, and there is no such file in /"),
        ("{flow}()\nTEXTS = 'no.where'", "TEXTS of broken names no.where, and there is no such file in /"),
        ("{flow}()\nTEXTS = 'email'", "TEXTS of broken names email, and there is no such file in /"),
        ("{flow}()\nTEXTS = 7", "TEXTS of broken holds 7, which is no TOML"),
        ("{flow}()\nTEXTS = {7: 'a'}", "TEXTS of broken has the key 7: a key is a string"),
        ("{flow}()\nRELEASED = 'nowhere.json'",
         "the released tables of broken cannot be read ([Errno 2] No such"),
        ("{flow}()\nRELEASED = {'flows': 7}",
         "the released tables of broken have another form (flows: Input should "
         'be a valid dictionary): write it as {"flows": {"shop": [{"version": 1, "states": '),
        ("{flow}()\nRELEASED = {'flows': {'x': [{'version': 1}]}}",
         "the released tables of broken have another form (flows.x.0.states: Field required): write it as"),
        ("{flow}()\nRELEASED = 7", 'RELEASED of broken is 7: write it as {"flows": '),
        ("{flow}(states=(Waiting('x.a', None, 'idle', 1),))",
         "broken: hears of x.a is None, and must be a tuple"),
        ("{flow}(states=(Waiting(None, (), 'idle', 1),))",
         "broken: a state is called None, and must be called by"),
        ("class M(BaseModel):\n def __init__(self): 1 / 0\n{flow}(memory=M)",
         "broken cannot be checked: ZeroDiv"),
    ],
)  # fmt: skip
def test_a_module_that_cannot_be_checked_is_told_in_one_line(tmp_path: Path, module: str, error: str) -> None:
    module = f"from pydantic import BaseModel\n{module}" if "BaseModel" in module else module
    flow = (
        "from functools import partial\nfrom pydantic import BaseModel\n"
        "from engine.flow import Calling, Flow, On, Waiting\n"
        "FLOW = partial(Flow, name='x', intents=(), memory=BaseModel, states=(), table=())\nFLOWS = FLOW"
    )
    (tmp_path / "broken.py").write_text(module.replace("{flow}", flow), encoding="utf-8")
    (tmp_path / "bad.toml").write_text('["a"]\nru = Да\n', encoding="utf-8")

    done = checked(tmp_path, "--flows", "broken")

    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {error}")
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


def test_all_parts_of_a_wrong_kind_are_told_at_once(tmp_path: Path) -> None:
    shop(tmp_path)
    module = (tmp_path / "shop.py").read_text(encoding="utf-8")
    module = module.replace("hears=(wish,)", "hears=wish").replace("hears=(answer,)", "hears=answer")
    (tmp_path / "shop.py").write_text(module, encoding="utf-8")

    done = checked(tmp_path, "--flows", "shop")

    assert done.stderr == (
        "Error: shop: hears of the flow shop is wish, and "
        "must be a tuple: write hears=(wish,), with the comma\n"
        "shop: hears of shop.asking is answer, and must be a tuple: write hears=(answer,), with the comma\n"
    )
    assert done.returncode == 2


@pytest.mark.parametrize(
    "name", ["salon/flows.py", "salon/flows", "./salon/flows.py", "../{here}/salon/flows.py"]
)
def test_a_module_may_be_named_by_its_file_whose_package_is_kept_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / "salon").mkdir()
    shop(tmp_path / "salon")
    (tmp_path / "salon" / "shop.py").rename(tmp_path / "salon" / "table.py")
    (tmp_path / "salon" / "__init__.py").write_text("")
    (tmp_path / "salon" / "flows.py").write_text("from .table import FLOWS as FLOWS\n")

    done = checked(tmp_path, "--flows", name.format(here=tmp_path.name))

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "no module is named: write my_salon.flows, or the file my_salon/flows.py"),
        ("  ", "no module is named: write my_salon.flows, or the file my_salon/flows.py"),
        ("../x", "there is no file ../x: name a module (my_salon.flows) or its file (my_salon/flows.py)"),
        (".x", "there is no file .x: name a module (my_salon.flows) or its file (my_salon/flows.py)"),
        ("x.py", "there is no file x.py: name a module (my_salon.flows) or its file (my_salon/flows.py)"),
        ("main.py", "main.py cannot be imported: another module is called main; rename the file"),
        ("a-b", "there is no module a-b here or among what is installed"),
    ],
)
def test_a_name_that_names_no_module(tmp_path: Path, name: str, error: str) -> None:
    (tmp_path / "main.py").write_text("")

    done = checked(tmp_path, "--flows", name)

    assert done.stderr == f"Error: {error}\n"
    assert done.returncode == 2


def test_the_line_of_what_a_module_imports_in_vain_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("from helper import FLOWS\n")
    (tmp_path / "helper.py").write_text("\nfrom engine.flow import Nothing, Waitng\n")

    done = checked(tmp_path, "--flows", "shop")

    assert done.stderr == (
        "Error: shop cannot be imported: ImportError: cannot import name 'Waitng' from 'engine.flow' "
        "(helper.py:2)\n"
    )


def test_a_module_that_is_not_there(tmp_path: Path) -> None:
    done = checked(tmp_path, "--flows", "no.such.module")

    assert done.stderr == "Error: there is no module no.such.module here or among what is installed\n"
    assert done.returncode == 2


def test_our_own_registry_as_a_module(tmp_path: Path) -> None:
    done = checked(tmp_path, "--flows", "states.registry")

    assert done.returncode == 0
    assert done.stdout == invoked("check").stdout


def test_a_fault_of_our_own_is_told_in_a_sentence_and_whole_where_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(command, "check", broken)

    told = invoked("check")
    assert told.exit_code == 1
    assert told.stderr.startswith("This is a mistake of ours: ZeroDivisionError: ours\n")

    monkeypatch.setenv("OTMENA_TRACEBACK", "1")
    assert isinstance(invoked("check").exception, ZeroDivisionError)


def test_our_own_texts_that_are_no_toml_are_told_with_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ('["a"]\nru = Да\n', *registry.texts()[1:])
    monkeypatch.setattr(registry, "texts", lambda: broken)

    told = invoked("check")

    assert told.exit_code == 1
    assert (
        told.stderr == "The texts cannot be used: states/everywhere/texts.toml:2 is no TOML: invalid value\n"
    )


def test_texts_that_the_registry_names_and_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "TEXTS", (*registry.TEXTS, "states.rules"))

    told = invoked("check")

    assert told.exit_code == 1
    assert told.stderr == (
        "The texts cannot be used: what states/registry.py names in TEXTS is not there: "
        "No module named 'states.rules'\n"
    )


# ── where it is told ──────────────────────────────────────────────────────────────────────────────────


def test_whoever_reads_no_further_is_no_mistake() -> None:
    process = started("check", "--matrix")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None

    assert (process.stderr.read(), process.wait(timeout=60)) == ("", 141)


@pytest.mark.parametrize("arguments", [("check",), ("--help",), ("check", "--help")])
def test_an_output_that_cannot_be_written_is_told_in_a_sentence(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*OTMENA, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )

    assert done.stderr == "The output cannot be written: No space left on device\n"
    assert done.returncode == 1


def test_another_fault_of_the_system_is_a_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise FileNotFoundError(2, "No such file", "states/x")

    monkeypatch.setattr(command, "check", broken)

    assert invoked("check").stderr.startswith("This is a mistake of ours: FileNotFoundError: ")


# ── at start-up ───────────────────────────────────────────────────────────────────────────────────────


async def test_nothing_is_started_on_tables_that_are_not_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = registry.FLOWS[0]
    table = tuple(row for row in flow.table if (row.event, row.source) != (TimedOut, "cancel.done"))
    monkeypatch.setattr(registry, "FLOWS", (replace(flow, table=table), *registry.FLOWS[1:]))
    nothing: Any = None

    with pytest.raises(Unsound, match=r"cancel · cancel\.done · no row takes TimedOut"):
        async with main.composed(nothing, yclients=nothing, whatsapp=nothing):
            raise AssertionError("it was started")


def test_tables_that_are_not_sound_are_told_as_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("hole", "cancel", "cancel.done", "no row takes TimedOut", "add one")

    @calmly
    def start() -> None:
        raise Unsound([problem])

    with pytest.raises(SystemExit) as stopped:
        start()

    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        "The tables are not sound, so nothing is started on them:\n"
        "  - cancel · cancel.done · no row takes TimedOut: add one\n"
    )
