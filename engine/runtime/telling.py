"""Put notices into words, one text for each recipient. Pure: what is decided is what is sent."""

import re
from collections.abc import Iterator, Sequence

from engine.booking import Record
from engine.effects import Argument, Day
from engine.flow import Salon
from engine.notices import Notice, Told
from engine.ports import InDoubt, PortError, Rejected
from engine.texts import Texts

# What clients and journals wrote is cut here: a notice is read at a glance.
VALUE_MAX = 200
# Letters that mean something to some channel (HTML, Markdown, mentions, links) become others that look alike
# and mean nothing. An underscore without its pair alone makes Telegram refuse a whole message.
_HARMLESS = str.maketrans(
    {
        **dict(zip("<>*_`~[]@|\\", "‹›∗ˍ'∼()＠¦∖", strict=True)),
        "{": "(",
        "}": ")",
    }
)
_WITHOUT_A_RECORD = {"turn": "notice.dead", "undelivered": "notice.unsent", "unsure": "notice.unsure"}
_ADDRESS = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*:/+|www\.)")


def told(
    texts: Texts, salon: Salon, notices: Sequence[Notice], *, key: str, phone: str | None
) -> tuple[Told, ...]:
    """Return what each recipient is told. `phone`: the chat's own, for the administrator alone."""
    found: list[Told] = []
    for notice in notices:
        for recipient in salon.recipients.of(notice):
            text = in_words(texts, salon, notice, phone)
            name = f"{key}.n{len(found) + 1}"
            found.append(Told(key=name, recipient=recipient, notice=notice, text=text))
    return tuple(found)


def in_words(texts: Texts, salon: Salon, notice: Notice, phone: str | None = None) -> str:
    """Return title and lines. What others wrote is harmless in every channel's format."""
    return "\n".join([_title(texts, notice), *_lines(texts, salon, notice, phone)])


def undelivered(texts: Texts, due: Told, error: PortError) -> str:
    """Return what others are told of a notice that did not arrive, with all that it said."""
    who = texts.words(f"notice.to.{due.notice.to}")
    reported = texts.words("notice.whom_and_why", {"who": who, "why": _why_not(texts, error)})
    return "\n".join([texts.words("notice.not_told"), reported, due.text])


def _why_not(texts: Texts, error: PortError) -> str:
    """Return our own words for it; what the other side said of it stands in the log."""
    match error:
        case Rejected():
            code = "" if error.code is None else str(error.code)
            return texts.words(f"notice.lost.{error.not_told or 'refused'}", {"code": code})
        case InDoubt():
            return texts.words("notice.lost.in_doubt")
    return texts.words("notice.lost.unavailable")


def belated(texts: Texts, text: str) -> str:
    """Return a notice that comes after what followed on it, so that nobody takes it for the latest."""
    title, *lines = text.split("\n")
    return "\n".join([title, texts.words("notice.belated"), *lines])


def harmless(words: str) -> str:
    """Return words on one line, with nothing in them that a channel could take for markup or a link."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    plain = " ".join(printable.translate(_HARMLESS).split())
    plain = _ADDRESS.sub(lambda found: re.sub(r"[:/.]", " ", found[0]), plain)
    return plain if len(plain) <= VALUE_MAX else f"{plain[: VALUE_MAX - 1]}…"


def _title(texts: Texts, notice: Notice) -> str:
    if notice.record is None:
        return texts.words(_WITHOUT_A_RECORD.get(notice.why, "notice.handover_of_a_chat"))
    return texts.words(f"notice.{_headline(notice)}", {"record": _tamed(notice.record)})


def _headline(notice: Notice) -> str:
    match notice.event:
        case "cancelled" if notice.update:
            return "reason_given"
        case "cancelled" if notice.why == "already":
            return "already"
        case "late" if notice.request:
            return "asked_late"
        case "late" if notice.update:
            # What has ended a request, or what was granted, without a cancel.
            return f"late.{notice.why}"
        case "unknown" if notice.update:
            # What the journal showed in the end.
            return notice.why
        case "refused" | "unknown":
            return f"{notice.event}.{notice.change}"
    return notice.event


def _lines(texts: Texts, salon: Salon, notice: Notice, phone: str | None) -> Iterator[str]:
    if client := _client(notice, phone):
        yield texts.words("notice.client", {"client": client})
    if notice.was is not None:
        yield texts.words("notice.was", {"record": _tamed(notice.was)})
    if notice.freed is not None:
        since, until = (moment.astimezone(salon.zone) for moment in notice.freed)
        key = "notice.freed_and_on_sale" if notice.sellable else "notice.freed"
        window: dict[str, Argument] = {
            "day": Day(on=since.date()),
            "since": f"{since:%H:%M}",
            "until": f"{until:%H:%M}",
        }
        yield texts.words(key, window)
    if notice.reason is not None:
        own = harmless(salon.title_of(notice.reason))
        reason = own or texts.words(f"notice.because.{notice.reason}")
        key = "notice.reason_in_words" if notice.words.strip() else "notice.reason"
        yield texts.words(key, {"reason": reason, "words": harmless(notice.words)})
    why = notice.why or ("unknown" if notice.event == "unknown" else "")
    if (key := f"notice.why.{why}") in texts.texts:
        yield texts.words(key)
    if notice.letter:
        yield texts.words("notice.letter", {"letter": notice.letter})


def _client(notice: Notice, phone: str | None) -> str:
    """The name, and for the administrator, who may have to call, the number."""
    record = notice.record
    name = harmless(record.client) if record else ""
    number = (record.phone if record else phone) if notice.to == "admin" else None
    return ", ".join(part for part in (name, number) if part)


def _tamed(record: Record) -> Record:
    services = tuple(harmless(service) for service in record.services)
    return record.model_copy(update={"services": services, "master": harmless(record.master)})
