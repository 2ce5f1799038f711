"""`otmena diagram`: five formats on a machine that has no other program and no font."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import main
from adapters.cli import diagram
from adapters.drawing import png, svg
from engine.diagram import draw
from engine.dialogue import Dialogue
from engine.texts import Texts
from engine.understanding import Understanding
from states import clarify, everywhere
from tests.adapters.cli.running import invoked

ROOT = Path(__file__).parents[3]
EMPTY = "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig/>"
BEGINS = {
    "mermaid": b"---\ntitle: Flow cancel",
    "dot": b"digraph otmena {",
    "svg": b"<svg xmlns=",
    "png": b"\x89PNG\r\n",
    "html": b"<!doctype html>",
}


def kept(option: str, root: Path) -> Result:
    """Run --write or --check for the smallest of our flows alone: all of them take seconds to draw."""

    def small() -> tuple[Dialogue, Texts]:
        _, texts = main.dialogue_and_texts()
        return Dialogue((clarify.FLOW,), everywhere.rows, Understanding(), texts.claims), texts

    return CliRunner().invoke(diagram.command(small, ()), [option, str(root)])


def alone(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command where nothing can be found: no program, no font, no home."""
    fonts = folder / "fonts.conf"
    fonts.write_text(EMPTY)
    return subprocess.run(
        [sys.executable, "-c", "import main; main.run()", *arguments],
        cwd=ROOT,
        env={"PATH": "", "HOME": str(folder), "FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("kind", list(BEGINS))
def test_every_format_is_drawn_with_an_empty_path_and_no_font(kind: str, tmp_path: Path) -> None:
    done = alone(tmp_path, "diagram", "--flow", "cancel", "--format", kind)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(BEGINS[kind])


def test_without_a_font_on_the_machine_the_pixels_are_the_same(tmp_path: Path) -> None:
    done = alone(tmp_path, "diagram", "--format", "png")

    assert done.stdout == png(draw(main.dialogue_and_texts()[0]))


def test_a_file_is_written(tmp_path: Path) -> None:
    file = tmp_path / "cancel.svg"

    done = invoked("diagram", "--flow", "cancel", "--format", "svg", "-o", str(file))

    assert (done.exit_code, done.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == svg(draw(main.dialogue_and_texts()[0], flow="cancel"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cancel.mmd", "mermaid"),
        ("cancel.dot", "dot"),
        ("cancel.svg", "svg"),
        ("cancel.PNG", "png"),
        ("cancel.html", "html"),
        ("cancel", "mermaid"),
    ],
)
def test_the_name_of_the_file_tells_the_format(name: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / name

    assert invoked("diagram", "--flow", "cancel", "-o", str(file)).exit_code == 0

    assert file.read_bytes().startswith(BEGINS[kind])


@pytest.mark.parametrize("name", ["cancel.pdf", "cancel.txt"])
def test_a_name_that_tells_no_format_is_wrong_use_and_the_known_ones_are_told(
    name: str, tmp_path: Path
) -> None:
    done = invoked("diagram", "--flow", "cancel", "-o", str(tmp_path / name))
    assert done.exit_code == 2
    assert f"{name} ends with none of .mmd, .dot, .svg, .png, .html" in done.stderr
    assert not (tmp_path / name).exists()


def test_a_format_that_is_named_is_obeyed_whatever_the_file_is_called(tmp_path: Path) -> None:
    file = tmp_path / "cancel.svg"

    invoked("diagram", "--flow", "cancel", "--format", "dot", "-o", str(file))

    assert file.read_bytes().startswith(BEGINS["dot"])


def test_with_all_nothing_is_left_out() -> None:
    assert "Not drawn" in invoked("diagram").stdout
    assert "Not drawn" not in invoked("diagram", "--all").stdout


def test_an_unknown_flow_is_wrong_use_and_the_names_are_told() -> None:
    done = invoked("diagram", "--flow", "coffee")

    assert done.exit_code == 2
    assert "no flow is called coffee; there is cancel" in done.stderr


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = invoked("diagram", "-o", str(tmp_path / "none" / "cancel.mmd"))

    assert done.exit_code == 1
    assert done.stderr.endswith("cancel.mmd cannot be written: No such file or directory\n")


def test_folders_that_cannot_be_written_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "docs").write_text("no folder")

    done = kept("--write", tmp_path)

    assert done.exit_code == 1
    assert "machine.svg cannot be written: Not a directory" in done.stderr


def test_a_terminal_is_spared_a_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.cli.diagram._at_a_terminal", lambda: True)

    done = invoked("diagram", "--format", "png")

    assert done.exit_code == 2
    assert "name a file with -o" in done.stderr


def test_drawn_folders_are_fresh_until_something_changes(tmp_path: Path) -> None:
    assert kept("--check", tmp_path).exit_code == 1
    assert "states/clarify/README.md drawn" in kept("--write", tmp_path).stdout
    assert kept("--check", tmp_path).exit_code == 0
    assert kept("--write", tmp_path).stdout == ""

    picture = tmp_path / "states" / "clarify" / "diagram.svg"
    picture.write_text(picture.read_text(encoding="utf-8").replace("Meant", "Ment"), encoding="utf-8")
    done = kept("--check", tmp_path)

    assert done.exit_code == 1
    assert (
        done.stderr
        == "states/clarify/diagram.svg does not show today's tables\nDraw anew with: make diagrams\n"
    )


def test_what_is_written_by_hand_is_kept(tmp_path: Path) -> None:
    kept("--write", tmp_path)
    readme = tmp_path / "states" / "clarify" / "README.md"
    drawn = readme.read_text(encoding="utf-8")
    readme.write_text("# Ours\n\n" + drawn.partition("\n\n")[2] + "\nBy hand.\n", encoding="utf-8")
    ours = readme.read_text(encoding="utf-8")

    assert kept("--check", tmp_path).exit_code == 0
    readme.write_text(ours.replace("**Meant**", "**Ment**"), encoding="utf-8")
    kept("--write", tmp_path)

    assert readme.read_text(encoding="utf-8") == ours


def test_a_readme_without_marks_gets_them_at_its_end(tmp_path: Path) -> None:
    readme = tmp_path / "states" / "everywhere" / "README.md"
    readme.parent.mkdir(parents=True)
    readme.write_text("# Ours\n", encoding="utf-8")

    kept("--write", tmp_path)

    assert readme.read_text(encoding="utf-8").startswith("# Ours\n\n<!-- Drawn from the tables")
    assert kept("--check", tmp_path).exit_code == 0
