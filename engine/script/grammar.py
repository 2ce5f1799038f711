"""The grammar of transcripts: text in, typed lines out, and every mistake told with its line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from typing import get_args

from engine.script import dates
from engine.script.lines import (
    At,
    Books,
    Client,
    Edits,
    Fault,
    Happens,
    InJournal,
    Leaves,
    Line,
    Notice,
    Passes,
    Says,
    Sends,
    Set,
    Shows,
    Silence,
    Stands,
    Stimulus,
    Taps,
    Transcript,
    Waits,
)
from engine.script.scene import Thing

# What each line begins with, as the message about an unreadable one lists it.
BEGINNINGS = (
    "at, set, salon:, client:, >, >>, <, !, journal:, notice:, state:, "
    "wait, restart, again, late, upgrade, yclients:, whatsapp: or #"
)
THINGS: tuple[str, ...] = get_args(Thing)
ATTENDANCES = ("-1", "0", "1", "2")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a transcript."""

    line: int
    said: str


class BrokenScript(Exception):
    """A transcript cannot be read. `problems` tells each mistake with its line."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{name}:{problem.line}: {problem.said}" for problem in problems))
        self.problems = problems


def parse(text: str, name: str = "script") -> Transcript:
    """Read a transcript.

    Raises:
        BrokenScript: some lines cannot be read; all of them are told at once.
    """
    written = tuple(text.removeprefix("\ufeff").splitlines())
    reading = _Reading()
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, raw in enumerate(written, 1):
        try:
            line = reading.line(number, raw)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
            continue
        if line is not None:
            lines.append(line)
    if not lines and not problems:
        problems.append(Problem(1, "there is nothing to play in it"))
    if problems:
        raise BrokenScript(name, tuple(problems))
    return Transcript(name, written, tuple(lines))


@dataclass(slots=True)
class _Reading:
    """What is known by the lines so far. Every method reads one kind of line, or raises ValueError."""

    # Phones by the names that `as` gave them.
    named: dict[str, str] = field(default_factory=dict)
    records: int = 0
    clock_is_set: bool = False
    has_begun: bool = False

    def line(self, number: int, raw: str) -> Line | None:
        """Return what the line means; None for a comment or nothing."""
        text = raw.strip()
        if not text or text.startswith("#"):
            return None
        line = self._speech(number, raw, text) or self._sentence(number, raw, _without_comment(text))
        self.has_begun = self.has_begun or isinstance(line, Stimulus)
        return line

    def _speech(self, number: int, raw: str, text: str) -> Line | None:
        mark = re.match(r">>|>|<|!", text)
        if mark is None:
            return None
        rest = _without_spoken_comment(text[mark.end() :])
        match mark[0]:
            case "<":
                return _shown(number, raw, rest)
            case "!":
                return self._left(number, raw, rest)
            case _:
                return _done_by_the_client(number, raw, rest, waits=mark[0] == ">")

    def _sentence(self, number: int, raw: str, text: str) -> Line:
        match = re.match(r"([A-Za-z]+)\s*:?\s*", text)
        word = match[1].lower() if match else ""
        read = self._readers().get(word)
        if match is None or read is None:
            near = get_close_matches(word, self._readers(), n=1)
            hint = f"did you mean «{near[0]}»?" if near else f"a line begins with {BEGINNINGS}"
            raise ValueError(f"cannot read «{text}»; {hint}")
        return read(number, raw, text[match.end() :].strip())

    def _readers(self) -> dict[str, Callable[[int, str, str], Line]]:
        return {
            "at": self._at,
            "set": self._set,
            "salon": self._salon,
            "client": self._client,
            "journal": self._journal,
            "notice": _notice,
            "state": _state,
            "wait": lambda number, raw, text: Waits(number, raw, time=dates.span(text)),
            "restart": _bare("restart", lambda number, raw: Happens(number, raw, what="restart")),
            "again": _bare("again", lambda number, raw: Happens(number, raw, what="again")),
            "upgrade": _bare("upgrade", lambda number, raw: Happens(number, raw, what="upgrade")),
            "late": _late,
            "yclients": lambda number, raw, text: Fault(number, raw, "yclients", _quirk(text)),
            "whatsapp": lambda number, raw, text: Fault(number, raw, "whatsapp", _quirk(text)),
        }

    def _at(self, number: int, raw: str, text: str) -> Line:
        when = dates.moment(text)
        if self.clock_is_set or self.has_begun:
            return Passes(number, raw, when=when)
        self.clock_is_set = True
        return At(number, raw, when)

    def _set(self, number: int, raw: str, text: str) -> Line:
        match = re.fullmatch(r"(?:OTMENA_)?([A-Za-z_]+)\s*=\s*(.*)", text)
        if match is None:
            raise ValueError(f"cannot read «set {text}»; write set NAME=VALUE, as in set CONFIRM=never")
        if self.has_begun:
            raise ValueError(
                "a setting holds from the beginning: put «set» above the first thing that happens"
            )
        return Set(number, raw, match[1].upper(), match[2])

    def _client(self, number: int, raw: str, text: str) -> Line:
        who = text.removesuffix("hidden").strip()
        phone = self.named.get(who) or _phone(who)
        if phone is None:
            known = f", or one of {', '.join(self.named)}" if self.named else ""
            raise ValueError(f"«{text}» is no client; write a phone such as +79000000001{known}")
        return Client(number, raw, phone, hidden=who != text)

    def _salon(self, number: int, raw: str, text: str) -> Line:
        match = re.match(r"(\d{1,6})\s+(?=[a-z])", text)
        if match is not None:
            return _edited(number, raw, self._record(match[1]), text[match.end() :])
        return self._booked(number, raw, text)

    def _booked(self, number: int, raw: str, text: str) -> Line:
        head, colon, booking = text.partition(":")
        who = re.fullmatch(r"(?P<phone>[^a-zа-яё]*?)(?:\s+as\s+(?P<name>.+))?", head.strip(), re.IGNORECASE)
        phone = _phone(who["phone"]) if who else None
        match = _BOOKING.fullmatch(booking.strip())
        if who is None or phone is None or not colon or match is None:
            raise ValueError(
                f"cannot read «salon: {text}»; write salon: +79000000001: Маникюр, 25 ноября 15:00, "
                "then if need be a master, created 20 ноября 09:00, attendance 0"
            )
        name = (who["name"] or "").strip()
        self.records += 1
        self.named |= {name: phone} if name else {}
        more = _more(match["rest"])
        return Books(
            number,
            raw,
            phone,
            match["service"].strip(),
            dates.moment_of(match),
            master=more.master,
            name=name,
            created=more.created,
            attendance=more.attendance,
        )

    def _record(self, digits: str) -> int:
        if not 1 <= int(digits) <= self.records:
            there_are = (
                f"the salon has {self.records} so far" if self.records else "the salon has none so far"
            )
            raise ValueError(f"there is no record {digits}: they are counted 1, 2, … and {there_are}")
        return int(digits)

    def _journal(self, number: int, raw: str, text: str) -> Line:
        match = re.fullmatch(
            r"(\d+)\s+(?:attendance\s+(?P<attendance>\S+)|at\s+(?P<at>.+)|(?P<gone>deleted))", text
        )
        if match is None:
            raise ValueError(
                f"cannot read «journal: {text}»; write journal: 1 attendance -1, "
                "journal: 1 at 26 ноября 12:00 or journal: 1 deleted"
            )
        record = self._record(match[1])
        if match["attendance"]:
            return InJournal(number, raw, record, attendance=_attendance(match["attendance"]))
        if match["at"]:
            return InJournal(number, raw, record, when=dates.moment(match["at"]))
        return InJournal(number, raw, record, deleted=True)

    def _left(self, number: int, raw: str, text: str) -> Line:
        match = re.fullmatch(r"([A-Za-z]+)\s+(\d+)", text.strip())
        if match is None:
            raise ValueError(
                f"cannot read «! {text.strip()}»; write a command and its record: ! CancelRecord 1"
            )
        return Leaves(number, raw, match[1], self._record(match[2]))


_BOOKING = re.compile(rf"(?P<service>.+?)\s*,\s*{dates.MOMENT}(?P<rest>\s*(?:,.*)?)", re.IGNORECASE)
_CREATED = re.compile(rf",\s*created\s+{dates.MOMENT}", re.IGNORECASE)
# A # that stands alone between blanks begins a comment even after words; \# is one that does not.
_SPOKEN_COMMENT = re.compile(r"(?<!\S)#(?=\s|$).*")


@dataclass(frozen=True, slots=True)
class _More:
    """What may follow the moment of a record."""

    master: str = ""
    created: dates.When | None = None
    attendance: int = 0


def _more(rest: str) -> _More:
    created = _CREATED.search(rest)
    if created is not None:
        rest = rest[: created.start()] + rest[created.end() :]
    master, attendance = "", 0
    for part in (part.strip() for part in rest.split(",")):
        word, _, value = part.partition(" ")
        if word == "attendance":
            attendance = _attendance(value.strip())
        elif word == "created":
            raise ValueError(f"«{part}» names no date with a time; write created 20 ноября 09:00")
        elif part and master:
            raise ValueError(f"cannot read «{part}»; a record has one master, and {master} is named already")
        else:
            master = part or master
    return _More(master, dates.moment_of(created) if created else None, attendance)


def _attendance(text: str) -> int:
    number = text.replace("−", "-").removeprefix("+")
    if number not in ATTENDANCES:
        raise ValueError(f"«{text}» is no attendance: -1 did not come, 0 waiting, 1 came, 2 confirmed")
    return int(number)


def _phone(text: str) -> str | None:
    digits = re.sub(r"[\s()-]", "", text)
    return f"+{digits.removeprefix('+')}" if re.fullmatch(r"\+?\d{10,15}", digits) else None


def _done_by_the_client(
    number: int, raw: str, rest: str, *, waits: bool, late: timedelta = timedelta(0)
) -> Stimulus:
    text = rest.strip()
    if not text:
        raise ValueError("what does the client write? Words, [an option] or <voice> go after the >")
    thing = re.fullmatch(r"<\s*([a-z]+)\s*(.*?)\s*>", text, re.IGNORECASE)
    label = re.fullmatch(r"\[\s*(.*?)\s*\]", text)
    if late and (thing or label):
        raise ValueError("only words can come late")
    if thing is not None:
        return _sent(number, raw, thing[1].lower(), thing[2], waits)
    if label is not None:
        wanted = label[1].removesuffix("…").removesuffix("...").strip()
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
    for thing in get_args(Thing):
        if thing == name and (thing == "reaction" or not emoji):
            # A reaction without an emoji is one that is taken back.
            return Sends(number, raw, waits, thing, emoji)
    raise ValueError(
        f"«<{' '.join((name, emoji)).strip()}>» is nothing that a client sends; "
        f"write {', '.join(f'<{thing}>' for thing in THINGS)}, a reaction as <reaction 👍>"
    )


def _shown(number: int, raw: str, rest: str) -> Line:
    text = rest.strip()
    if not text:
        return Silence(number, raw)
    options: list[str] = []
    while match := re.fullmatch(r"(.*?)\[([^\[\]]*)\]\s*", text, re.DOTALL):
        options.insert(0, match[2].strip())
        text = match[1].strip()
    if not all(options):
        raise ValueError("an option has a label: write how it begins, as in [Да], or […] for all the rest")
    more = bool(options) and options[-1] in ("…", "...")
    named = tuple(
        option.removesuffix("…").removesuffix("...").strip() for option in options[: -1 if more else None]
    )
    if not all(named):
        raise ValueError("[…] stands for all the rest of the options, so nothing can follow it")
    key = re.fullmatch(r"key\s*:\s*([\w.]+)", text)
    if re.match(r"key\s*:", text) and key is None:
        raise ValueError(f"cannot read «{text}»; write < key: cancel.confirm")
    words = "" if key else text.replace(r"\#", "#")
    return Shows(number, raw, words, key[1] if key else "", named, more)


def _late(number: int, raw: str, text: str) -> Line:
    match = re.fullmatch(r"(?P<span>[^:>]+):?\s*(?P<mark>>>?)(?P<words>.*)", text)
    if match is None:
        raise ValueError(f"cannot read «late {text}»; write late 20 h: > отмените")
    late = dates.span(match["span"].strip())
    words = _without_spoken_comment(match["words"])
    return _done_by_the_client(number, raw, words, waits=match["mark"] == ">", late=late)


def _edited(number: int, raw: str, record: int, text: str) -> Line:
    word, _, value = text.partition(" ")
    value = value.strip()
    match word:
        case "at":
            return Edits(number, raw, record, "at", dates.moment(value))
        case "attendance":
            return Edits(number, raw, record, "attendance", _attendance(value))
        case "master" | "service" if value:
            return Edits(number, raw, record, "master" if word == "master" else "service", value)
        case "deleted" | "paid" | "locked" if not value:
            return Edits(number, raw, record, word)
    raise ValueError(
        f"cannot read «{text}»; the salon changes a record by at 26 ноября 12:00, attendance 1, "
        "master Мария, service Педикюр, deleted, paid or locked"
    )


def _notice(number: int, raw: str, text: str) -> Line:
    words = text.split()
    if len(words) != 2:
        raise ValueError(f"cannot read «notice: {text}»; write who and what, as in notice: master cancelled")
    return Notice(number, raw, words[0], words[1])


def _state(number: int, raw: str, text: str) -> Line:
    if not re.fullmatch(r"[\w.]+", text):
        raise ValueError(f"«{text}» is no state; write one, as in state: cancel.confirming")
    return Stands(number, raw, text)


def _quirk(text: str) -> str:
    if not text:
        raise ValueError("which quirk? As in yclients: 500 on cancel × 1, or ok, which ends all of them")
    return text


def _bare(word: str, make: Callable[[int, str], Line]) -> Callable[[int, str, str], Line]:
    def read(number: int, raw: str, text: str) -> Line:
        if text:
            raise ValueError(f"«{word}» stands alone, and «{text}» follows it")
        return make(number, raw)

    return read


def _without_comment(text: str) -> str:
    """Cut off a comment after a line that holds nobody's words."""
    return re.split(r"\s#", text, maxsplit=1)[0].rstrip()


def _without_spoken_comment(text: str) -> str:
    return _SPOKEN_COMMENT.sub("", text).rstrip()
