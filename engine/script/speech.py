"""What is said and done in the chat: the lines that begin with > and <."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

from engine.script import dates
from engine.script.lines import Line, Says, Sends, Shows, Silence, Stimulus, Taps
from engine.script.scene import Thing

THINGS: tuple[Thing, ...] = get_args(Thing)
# What else people call them.
ALIASES: Mapping[str, Thing] = {
    "голос": "voice", "голосовое": "voice", "фото": "image", "фотография": "image", "картинка": "image",
    "photo": "image", "picture": "image", "стикер": "sticker", "наклейка": "sticker",
    "реакция": "reaction", "место": "location", "геопозиция": "location", "файл": "document",
    "документ": "document", "file": "document", "видео": "video", "аудио": "audio", "контакт": "contacts",
    "contact": "contacts",
}  # fmt: skip
# A # that stands alone between blanks begins a comment even after words; \# is one that does not.
COMMENT = re.compile(r"(?<!\S)#(?=\s|$).*")


def done_by_the_client(
    number: int, raw: str, rest: str, *, waits: bool, late: timedelta = timedelta(0)
) -> Stimulus:
    text = rest.strip()
    if not text:
        raise ValueError("what does the client write? Words, [an option] or <voice> go after the >")
    thing = re.fullmatch(r"<\s*([a-zа-яё]+)\s*(.*?)\s*>", text, re.IGNORECASE)
    label = re.fullmatch(r"\[\s*(.*?)\s*\]", text)
    if late and (thing or label):
        raise ValueError("only words can come late")
    if thing is not None:
        return _sent(number, raw, thing[1].lower(), thing[2], waits)
    if label is not None:
        wanted = label[1].replace(r"\#", "#").removesuffix("…").removesuffix("...").strip()
        if not wanted:
            raise ValueError("which option? Write how its label begins, as in > [Да]")
        return Taps(number, raw, waits, wanted)
    if re.match(r"\\[\[<\\]", text):
        # Words that begin like an option or a thing.
        return Says(number, raw, waits, text[1:].replace(r"\#", "#"), late)
    if text.startswith("[") and "]" not in text:
        raise ValueError(f"«{text}» lacks its closing ]")
    return Says(number, raw, waits, text.replace(r"\#", "#"), late)


def _sent(number: int, raw: str, name: str, emoji: str, waits: bool) -> Sends:
    for thing in THINGS:
        if thing == ALIASES.get(name, name) and (thing == "reaction" or not emoji):
            # A reaction without an emoji is one that is taken back.
            return Sends(number, raw, waits, thing, emoji)
    raise ValueError(
        f"«<{' '.join((name, emoji)).strip()}>» is nothing that a client sends; "
        f"write {', '.join(f'<{thing}>' for thing in THINGS)}, a reaction as <reaction 👍>"
    )


def shown(number: int, raw: str, rest: str) -> Line:
    text = rest.strip()
    if not text:
        return Silence(number, raw)
    options: list[str] = []
    while match := re.fullmatch(r"(.*?)\[([^\[\]]*)\]\s*", text, re.DOTALL):
        options.insert(0, match[2].strip().replace(r"\#", "#"))
        text = match[1].strip()
    if not all(options):
        raise ValueError("an option has a label: write how it begins, as in [Да], or […] for all the rest")
    more = bool(options) and options[-1] in ("…", "...")
    named = tuple(
        option.removesuffix("…").removesuffix("...").strip() for option in options[: -1 if more else None]
    )
    if not all(named):
        raise ValueError("[…] stands for all the rest of the options, so nothing can follow it")
    key = re.fullmatch(r"key\s*:\s*([\w.]+)", text, re.IGNORECASE)
    if re.match(r"key\s*:", text, re.IGNORECASE) and key is None:
        raise ValueError(f"cannot read «{text}»; write < key: cancel.confirm")
    # Options alone: the words are not looked at, for no message is without any.
    words = "" if key else (text or "…").replace(r"\#", "#")
    return Shows(number, raw, words, key[1] if key else "", named, more)


def late_words(number: int, raw: str, text: str) -> Line:
    match = re.fullmatch(r"(?P<span>[^:>]+):?\s*(?P<mark>>>?)(?P<words>.*)", text)
    if match is None:
        raise ValueError(f"cannot read «late {text}»; write late 20 h: > отмените")
    late = dates.span(match["span"].strip())
    words = without_comment(match["words"])
    return done_by_the_client(number, raw, words, waits=match["mark"] == ">", late=late)


def without_comment(text: str) -> str:
    return COMMENT.sub("", text).rstrip()
