"""The system's own word for what is the matter with a database."""

import apsw
import pytest

from adapters.storage.trouble import in_words


def failure(words: str) -> apsw.FullError:
    error = apsw.FullError(words)
    error.extendedresult = apsw.SQLITE_FULL  # type: ignore[attr-defined]  # as SQLite fills it in
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (failure("database or disk is full"), "the disk is full (SQLITE_FULL: database or disk is full)"),
        (failure("not an error"), "the disk is full (SQLITE_FULL)"),
        (OSError(5, "Input/output error"), "the disk fails (OSError: [Errno 5] Input/output error)"),
    ],
)
def test_it_stands_behind_the_reason(error: Exception, words: str) -> None:
    assert in_words(error, None) == words
