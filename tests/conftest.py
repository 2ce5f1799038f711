"""What every test leaves as it found it."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that runs within this process sets up logs for its whole life; here that is one test."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
