"""Our own questions say which change a yes to them makes."""

from pathlib import Path

from engine.soundness.deeds import Deeds
from engine.soundness.questions import undeclared
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from engine.soundness.speech import utterances
from engine.soundness.tables import laid_out
from states import everywhere, registry


def _text_of(filename: str) -> str:
    file = Path(filename)
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def test_every_question_of_ours_that_proposes_a_record_says_its_change() -> None:
    tables = laid_out(registry.FLOWS, everywhere.rows)
    deeds = Deeds(tables, Reader(Sources(_text_of)))

    assert [f"{problem.flow}: {problem.what}" for problem in undeclared(utterances(tables, deeds))] == []
