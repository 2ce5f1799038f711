"""What the send API takes: every limit of whatsapp.md §2.1, and what the person's phone will show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from adapters.whatsapp.simulator.graph import Refused
from adapters.whatsapp.simulator.wire import Json

SentKind = Literal["text", "buttons", "list", "template", "reaction", "other"]

_MEDIA = ("image", "video", "audio", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    title: str
    description: str = ""

    @property
    def reads(self) -> str:
        """Both lines, as a person would read them out."""
        return f"{self.title} — {self.description}" if self.description else self.title


@dataclass(frozen=True, slots=True)
class Template:
    """A template that Meta has approved; any other is refused with 132001."""

    name: str
    language: str = "ru"
    # The words, with {{1}}, {{2}} for the parameters.
    body: str = ""
    # Titles of its quick-reply buttons.
    buttons: tuple[str, ...] = ()
    category: Literal["utility", "marketing"] = "utility"

    @property
    def parameters(self) -> int:
        return self.body.count("{{")


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that passed every limit."""

    kind: SentKind
    # What the phone shows.
    text: str
    options: tuple[Option, ...] = ()
    list_label: str = ""
    header: str = ""
    footer: str = ""
    # Our own key, echoed in every status.
    callback_data: str | None = None
    # The message that this one answers, or that a reaction is for.
    context: str | None = None
    marketing: bool = False


def read(payload: Json, templates: Mapping[tuple[str, str], Template]) -> Sending:
    """Check a request to send.

    Lengths are counted in UTF-16 units: Meta does not say in what, and this is the strictest.

    Raises:
        Refused: 131008 missing, 131009 beyond a limit, 100 malformed or unknown.
    """
    if payload.get("messaging_product") != "whatsapp":
        raise Refused(100, "The parameter messaging_product is required and must be 'whatsapp'.")
    if payload.get("recipient_type", "individual") != "individual":
        raise Refused(100, "Only recipient_type individual is simulated.")
    if "category" in payload:
        raise Refused(100, "Direct Send is not enabled for this account.")
    callback_data = payload.get("biz_opaque_callback_data")
    if callback_data is not None:
        _words(payload, "biz_opaque_callback_data", 512)
    context = _object(payload, "context", required=False).get("message_id")
    sending = _read_kind(payload, templates)
    return replace(sending, callback_data=callback_data, context=sending.context or context)


def _read_kind(payload: Json, templates: Mapping[tuple[str, str], Template]) -> Sending:
    kind = payload.get("type", "text")
    match kind:
        case "text":
            return Sending("text", _words(_object(payload, "text"), "body", 4096))
        case "interactive":
            return _interactive(_object(payload, "interactive"))
        case "template":
            return _template(_object(payload, "template"), templates)
        case "reaction":
            reaction = _object(payload, "reaction")
            if "emoji" not in reaction:
                raise Refused(131008, "The parameter reaction.emoji is required.")
            return Sending("reaction", str(reaction["emoji"]), context=_words(reaction, "message_id", 512))
        case _ if kind in _MEDIA:
            media = _object(payload, kind)
            if not (media.get("id") or media.get("link")):
                raise Refused(131008, f"The parameter {kind}.id or {kind}.link is required.")
            return Sending("other", str(media.get("caption", f"<{kind}>")))
        case "location" | "contacts":
            if not payload.get(kind):
                raise Refused(131008, f"The parameter {kind} is required.")
            return Sending("other", f"<{kind}>")
        case _:
            raise Refused(100, f"The parameter type has an unknown value: {kind!r}.")


def _interactive(interactive: Json) -> Sending:
    body = _words(_object(interactive, "body"), "text", 1024)
    header, footer = _header(interactive), _footer(interactive)
    action = _object(interactive, "action")
    match interactive.get("type"):
        case "button":
            return Sending("buttons", body, _buttons(action), header=header, footer=footer)
        case "list":
            if _object(interactive, "header", required=False).get("type", "text") != "text":
                raise Refused(131009, "The header of a list must be text.")
            label = _words(action, "button", 20)
            return Sending("list", body, _rows(action), label, header, footer)
        case "request_contact_info":
            return Sending("other", body, footer=footer)
        case other:
            raise Refused(100, f"The parameter interactive.type has an unknown value: {other!r}.")


def _buttons(action: Json) -> tuple[Option, ...]:
    buttons = _objects(action, "buttons")
    if not 1 <= len(buttons) <= 3:
        raise Refused(
            131009,
            f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3, got {len(buttons)}.",
        )
    if any(button.get("type") != "reply" for button in buttons):
        raise Refused(100, "The type of a button must be 'reply'.")
    replies = [_object(button, "reply") for button in buttons]
    options = tuple(Option(_words(reply, "id", 256), _words(reply, "title", 20)) for reply in replies)
    _unique("button id", (option.id for option in options))
    _unique("button title", (option.title for option in options))
    return options


def _rows(action: Json) -> tuple[Option, ...]:
    sections = _objects(action, "sections")
    if not 1 <= len(sections) <= 10:
        raise Refused(
            131009, f"Invalid sections count. Min allowed: 1, Max allowed: 10, got {len(sections)}."
        )
    for section in sections:
        if len(sections) > 1 or "title" in section:
            _words(section, "title", 24)
        if not _objects(section, "rows"):
            raise Refused(131009, "A section must have at least one row.")
    rows = [row for section in sections for row in _objects(section, "rows")]
    if len(rows) > 10:
        raise Refused(131009, f"Total row count exceed max allowed count: 10, got {len(rows)}.")
    options = tuple(
        Option(_words(row, "id", 200), _words(row, "title", 24), _optional_words(row, "description", 72))
        for row in rows
    )
    _unique("row id", (option.id for option in options))
    return options


def _template(template: Json, templates: Mapping[tuple[str, str], Template]) -> Sending:
    name, language = _words(template, "name", 512), _words(_object(template, "language"), "code", 16)
    known = templates.get((name, language))
    if known is None:
        raise Refused(132001, f"template name ({name}) does not exist in {language}")
    components = _objects(template, "components") if "components" in template else []
    given: list[str] = []
    payloads: dict[int, str] = {}
    for component in components:
        parameters = _objects(component, "parameters")
        if component.get("type") == "body":
            given = [_words(parameter, "text", 1024) for parameter in parameters]
        elif component.get("type") == "button":
            if not str(component.get("index", "")).isdecimal() or not isinstance(component["index"], str):
                raise Refused(100, "The index of a template's button must be a string.")
            payloads[int(component["index"])] = _words(parameters[0], "payload", 256) if parameters else ""
    if len(given) != known.parameters:
        raise Refused(
            132000, f"body: number of localizable_params ({len(given)}) does not match {known.parameters}"
        )
    text = known.body
    for number, words in enumerate(given, start=1):
        text = text.replace("{{" + str(number) + "}}", words)
    options = tuple(Option(payloads.get(i, title), title) for i, title in enumerate(known.buttons))
    return Sending("template", text, options, marketing=known.category == "marketing")


def _header(interactive: Json) -> str:
    header = _object(interactive, "header", required=False)
    return _words(header, "text", 60) if header.get("type") == "text" else ""


def _footer(interactive: Json) -> str:
    return _words(_object(interactive, "footer"), "text", 60) if "footer" in interactive else ""


def _object(of: Json, key: str, *, required: bool = True) -> Json:
    value: Any = of.get(key)
    if value is None and not required:
        return {}
    if value is None:
        raise Refused(131008, f"The parameter {key} is required.")
    if not isinstance(value, dict):
        raise Refused(100, f"Param {key} must be a JSON object.")
    return value


def _objects(of: Json, key: str) -> list[Json]:
    value: Any = of.get(key)
    if value is None:
        raise Refused(131008, f"The parameter {key} is required.")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(100, f"Param {key} must be an array of JSON objects.")
    return value


def _words(of: Json, key: str, longest: int) -> str:
    value: Any = of.get(key)
    if value is None:
        raise Refused(131008, f"The parameter {key} is required.")
    if not isinstance(value, str):
        raise Refused(100, f"Param {key} must be a string.")
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if not value.strip() or length > longest:
        raise Refused(131009, f"{key} length invalid. Min length: 1, Max length: {longest}, got {length}.")
    return value


def _optional_words(of: Json, key: str, longest: int) -> str:
    # An empty description is refused too, as Meta does: leave the key out instead (a guess from error texts).
    return _words(of, key, longest) if key in of else ""


def _unique(what: str, values: Iterable[str]) -> None:
    seen = list(values)
    if len(set(seen)) < len(seen):
        raise Refused(131009, f"Duplicated {what}.")
