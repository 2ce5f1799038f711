"""Our bubbles as bodies for the send API, within all limits of whatsapp.md §2.1 (2026-11)."""

from dataclasses import dataclass
from typing import Any

from adapters.whatsapp.wording import clean, on_one_line, shortened, shortened_in_middle, width
from engine.ports import Address, Bubble, Button

Json = dict[str, Any]

TEXT_WIDTH_MAX = 4096
# 1024 for buttons. For lists Meta's schema says 1024 and its page 4096; the smaller holds in both.
BODY_WIDTH_MAX = 1024
BUTTONS_MAX, BUTTON_TITLE_WIDTH_MAX = 3, 20
ROWS_MAX, ROW_TITLE_WIDTH_MAX, ROW_MORE_WIDTH_MAX = 10, 24, 72
LIST_LABEL_WIDTH_MAX = 20
# 256 for buttons, 200 for rows; one bound lets an option move between them.
OPTION_ID_WIDTH_MAX = 200
KEY_WIDTH_MAX = 512
# A template's body with all its words may have 1024 characters; the rest is left for what it says itself.
PARAMETER_WIDTH_MAX = 900


@dataclass(frozen=True, slots=True)
class Template:
    """A template that Meta has approved for the salon, and what fills its body, in order."""

    name: str
    language: str
    parameters: tuple[str, ...] = ()


def message(address: Address, bubble: Bubble, key: str) -> Json:
    """Return the body that sends one bubble.

    What the salon or its journal named is shortened where it is too long; what only we can get wrong
    is refused here, before it costs a call.

    Raises:
        ValueError: no address, no words, no key, or options that no bubble can hold.
    """
    return {**_envelope(address, key), **content(bubble)}


def templated(address: Address, template: Template, key: str) -> Json:
    """Return the body that sends a template, which needs no open window (whatsapp.md §2.1, 2026-11).

    Raises:
        ValueError: as `message`.
    """
    parameters = [
        {"type": "text", "text": shortened(on_one_line(words) or "…", PARAMETER_WIDTH_MAX)}
        for words in template.parameters
    ]
    body = [{"type": "body", "parameters": parameters}] if parameters else []
    named: Json = {"name": template.name, "language": {"code": template.language}, "components": body}
    return {**_envelope(address, key), "type": "template", "template": named}


def _envelope(address: Address, key: str) -> Json:
    if not 0 < width(key) <= KEY_WIDTH_MAX:
        raise ValueError(f"a key has 1 to {KEY_WIDTH_MAX} characters, not {width(key)}")
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(address),
        "biz_opaque_callback_data": key,
    }


def noticed(message_id: str, *, typing: bool) -> Json:
    """Return the body that marks a message as read; typing shows until the answer, 25 s at most."""
    read: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return read | ({"typing_indicator": {"type": "text"}} if typing else {})


def content(bubble: Bubble) -> Json:
    """Return `type` and its object: buttons where they fit, else a list, else a plain text."""
    words, options = clean(bubble.text), bubble.options
    if not words.strip():
        raise ValueError("a bubble needs words")
    _check(options)
    if not options:
        body = shortened_in_middle(words, TEXT_WIDTH_MAX)
        return {"type": "text", "text": {"body": body, "preview_url": False}}
    action = _buttons(options) if _fit_on_buttons(bubble) else _list(options, bubble.list_label)
    return {
        "type": "interactive",
        "interactive": {
            "type": "button" if "buttons" in action else "list",
            "body": {"text": shortened_in_middle(words, BODY_WIDTH_MAX)},
            "action": action,
        },
    }


def _recipient(address: Address) -> Json:
    """Return `to` with its plus, without which Meta may add a country code (§2); else the user id."""
    if address.phone:
        return {"to": "+" + address.phone.removeprefix("+")}
    if not address.user:
        raise ValueError("an address needs a phone or a user id")
    return {"recipient": address.user}


def _check(options: tuple[Button, ...]) -> None:
    if len(options) > ROWS_MAX:
        raise ValueError(f"{len(options)} options; a list holds {ROWS_MAX}")
    if any(not 0 < width(option.id) <= OPTION_ID_WIDTH_MAX for option in options):
        raise ValueError(f"an option's id has 1 to {OPTION_ID_WIDTH_MAX} characters")
    if len({option.id for option in options}) < len(options):
        raise ValueError("two options share an id")


def _fit_on_buttons(bubble: Bubble) -> bool:
    """Whether buttons can say it all, or whether there is no list that could say more."""
    if len(bubble.options) > BUTTONS_MAX or any(option.more.strip() for option in bubble.options):
        return False
    titles = [on_one_line(option.title) for option in bubble.options]
    return not bubble.list_label.strip() or all(width(title) <= BUTTON_TITLE_WIDTH_MAX for title in titles)


def _buttons(options: tuple[Button, ...]) -> Json:
    titles = _titles(options, BUTTON_TITLE_WIDTH_MAX)
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": option.id, "title": title}}
            for option, title in zip(options, titles, strict=True)
        ]
    }


def _list(options: tuple[Button, ...], label: str) -> Json:
    label = on_one_line(label)
    if not label:
        raise ValueError("a list needs a label")
    titles = _titles(options, ROW_TITLE_WIDTH_MAX)
    rows = [_row(option, title) for option, title in zip(options, titles, strict=True)]
    return {"button": shortened(label, LIST_LABEL_WIDTH_MAX), "sections": [{"rows": rows}]}


def _row(option: Button, title: str) -> Json:
    more = on_one_line(option.more)
    if not more and title != (whole := on_one_line(option.title)):
        # The second line has room for what the first could not say.
        more = whole
    described = {"description": shortened(more, ROW_MORE_WIDTH_MAX)} if more else {}
    return {"id": option.id, "title": title, **described}


def _titles(options: tuple[Button, ...], width_max: int) -> list[str]:
    """Return titles that fit, are not empty and differ: WhatsApp refuses equal ones."""
    titles: list[str] = []
    for option in options:
        whole = on_one_line(option.title) or "…"
        title, n = shortened(whole, width_max), 1
        while title.casefold() in (other.casefold() for other in titles):
            n += 1
            ending = f" ({n})"
            title = shortened(whole, width_max - width(ending)) + ending
        titles.append(title)
    return titles
