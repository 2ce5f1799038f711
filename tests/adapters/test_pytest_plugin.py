"""The pytest plugin collects transcripts, shows their difference, and leaves every other run alone."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
GOOD = "salon: +79000000001: Маникюр, 25 ноября 15:00\n> не смогу в среду\n< key: cancel.confirm\n"
# Whether or not the entry point is installed, exactly one of the two brings the plugin.
PLUGIN = ("-p", "no:otmena", "-p", "pytest_otmena", "-p", "no:cacheprovider")


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "--rootdir", str(folder), *arguments, str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_transcript_is_a_test_and_its_difference_is_the_failure(tmp_path: Path) -> None:
    (tmp_path / "good.chat").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.chat").write_text(GOOD + "state: idle\n", encoding="utf-8")

    done = ran(tmp_path)

    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert f"{tmp_path / 'bad.chat'}:4 does not hold (- the script expects, + what came)" in done.stdout
    assert "    4 - state: idle\n      + state: cancel.confirming\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert "turn.taken" not in done.stdout


def test_another_main_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.chat").write_text(GOOD, encoding="utf-8")
    (tmp_path / "main.py").write_text("", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        f"import sys\n\nsys.path.insert(0, {str(tmp_path)!r})\n", encoding="utf-8"
    )

    done = ran(tmp_path)

    assert done.returncode == 1
    assert f"{tmp_path / 'main.py'} stands where the main of Otmena should" in done.stdout


def test_a_run_without_transcripts_imports_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        "import sys\n\ndef test_one():\n"
        "    assert not {'main', 'engine', 'adapters', 'states'} & set(sys.modules)\n",
        encoding="utf-8",
    )

    assert ran(tmp_path, "-p", "no:hypothesispytest").returncode == 0
