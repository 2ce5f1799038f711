"""What may stand in a log: counts and codes, and no phone number in any form."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from adapters.logs import SENTENCES, masked, set_up


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.mark.parametrize("text", ["+79000000001", "79000000001", "call +7 900 000-00-01 now", "77000000001"])
def test_a_phone_number_is_cut_to_its_last_digits(text: str) -> None:
    assert "000" not in masked(text)


def test_record_and_visit_numbers_stay_readable() -> None:
    assert masked("record 1211181532 via visit 1050341497") == "record 1211181532 via visit 1050341497"


def test_the_id_of_a_message_holds_a_phone_and_is_taken_out() -> None:
    assert masked("wamid.HBgLNzkwMDAwMDAwMDE= was lost") == "wamid.… was lost"


def test_every_line_is_masked_whoever_writes_it() -> None:
    stream = io.StringIO()
    set_up("json", stream)

    structlog.get_logger().info("x", phone="79000000001", nested={"to": ["+79000000001"]}, to=79000000001)
    logging.getLogger("library").error("failed for %s", "+79000000001")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 2
    assert "79000000001" not in stream.getvalue()


@pytest.mark.parametrize("event", SENTENCES)
def test_the_console_says_the_sentences_of_the_first_specification(event: str) -> None:
    stream = io.StringIO()
    set_up("console", stream)

    structlog.get_logger().info(event, record=1211181532, company=962302, visit=1050341497)

    sentence = SENTENCES[event].format(record=1211181532, company=962302, visit=1050341497)
    assert sentence in stream.getvalue()
