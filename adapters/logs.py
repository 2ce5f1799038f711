"""structlog, set up once: JSON for machines or plain lines for people, and no phone number in either."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Literal, TextIO, cast

import structlog
from aiohttp import ClientPayloadError
from aiohttp.http import HttpProcessingError
from structlog.typing import EventDict, Processor, WrappedLogger

# The sentences of the first specification, for people who read the console (contract.md).
SENTENCES: Mapping[str, str] = {
    "soft_cancel.started": "🚫 Soft canceling record {record} at company {company}",
    "soft_cancel.visit_found": "Found visit_id: {visit} for record {record}",
    "soft_cancel.succeeded": "✅ Successfully soft-cancelled record {record} via visit {visit}",
    "soft_cancel.visit_missing": "Failed to get visit_id from record details",
    "soft_cancel.refused": "⚠️ Soft cancel failed",
    "delete_fallback.started": "⚠️ Soft cancel failed, trying to delete record",
    "delete_fallback.succeeded": "✅ Successfully deleted record {record}",
}

# Fields that hold a person's number whatever their shape.
PERSONAL = frozenset({"phone", "from", "to", "wa_id", "recipient_id", "recipient", "client_phone", "wamid"})
# E.164 with the plus sign, or the bare digits of a Russian or Kazakh mobile. Not "ten digits":
# record and visit numbers have as many (design §10).
_NUMBER = re.compile(r"\+\d[\d\s().-]{8,17}\d|(?<![\d.])[78]9\d{9}(?![\d.])|(?<!\d)[78]7\d{9}(?!\d)")
# The id of a WhatsApp message holds the client's phone in base64 (design §10).
_WAMID = re.compile(r"wamid\.[A-Za-z0-9+/=_-]+")


def masked(text: str) -> str:
    """Return the text with every phone number cut down to its last two digits."""
    return _NUMBER.sub(lambda found: _cut(found.group()), _WAMID.sub("wamid.…", text))


def _cut(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"+{digits[0]}•••••••{digits[-2:]}"


def _mask(logger: WrappedLogger, name: str, event: EventDict) -> MutableMapping[str, Any]:
    return {key: _masked_value(key, value) for key, value in event.items()}


def _masked_value(key: str, value: object) -> object:
    match value:
        case str():
            return _cut(value) if key in PERSONAL and re.search(r"\d{5}", value) else masked(value)
        case bytes():
            return masked(value.decode("utf-8", "replace"))
        case Mapping():
            return {inner: _masked_value(str(inner), item) for inner, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked_value(key, item) for item in value]
        case bool() | None | float():
            return value
        case int():
            return _cut(str(value)) if key in PERSONAL else value
        case _:
            return masked(str(value))


def _as_a_sentence(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    sentence = SENTENCES.get(str(event.get("event")))
    if sentence:
        known = {key: event.get(key, "?") for key in ("record", "company", "visit")}
        event["event"] = sentence.format(**known)
        for key in re.findall(r"{(\w+)}", sentence):
            event.pop(key, None)
    return event


class _NoStrangers(logging.Filter):
    """Keep out what a stranger's broken request makes aiohttp write, traceback and all."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError | ConnectionError | ClientPayloadError)


class _Unfailing:
    """A stream whose disk may be full: then lines get lost, and whoever wrote one goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def set_up(
    log_format: Literal["json", "console"], stream: TextIO | None = None, *, level: int = logging.INFO
) -> None:
    """Send every log line, ours and the libraries', through one masking chain to `stream` (stderr)."""
    stream = stream or sys.stderr
    unfailing = cast(TextIO, _Unfailing(stream))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    last: list[Processor]
    if log_format == "json":
        last = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        last = [_as_a_sentence, structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0)]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(unfailing),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(unfailing)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_NoStrangers())
    # It logs every state it enters and leaves (×0.24 throughput, design §10).
    logging.getLogger("transitions").setLevel(logging.WARNING)
