"""The grammar of transcripts: text in, typed lines out, and every mistake told with its line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.script import dates, phones, records, speech
from engine.script.beginnings import meant
from engine.script.lines import (
    At,
    Books,
    Client,
    Crash,
    Decides,
    Fault,
    Happens,
    InJournal,
    Leaves,
    Line,
    Notice,
    Passes,
    Set,
    Stands,
    Stimulus,
    Transcript,
    Waits,
)

# A colon of the name's own is written \:, and a # of its own \#.
_BOOKED = re.compile(r"(?P<who>(?:[^\\:]|\\.)*):(?P<what>.*)")
_WHO = re.compile(r"(?P<phone>[^a-zа-яё]*?)(?:\s+as\s+(?P<name>.+))?", re.IGNORECASE)
# More commits, fsyncs and calls than a day of waiting has.
CRASH_IN_MAX = 10_000


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
    written = tuple(re.split(r"\r?\n", text.removeprefix("\ufeff")))
    # What ends a line begins none.
    written = written if written[-1] else written[:-1]
    reader = _Reader()
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, raw in enumerate(written, 1):
        try:
            line = reader.line(number, raw)
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
class _Reader:
    """What is known by the lines so far. Every method reads one kind of line, or raises ValueError."""

    # Phones by the names that `as` gave them.
    named: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    records: int = 0
    clock_is_set: bool = False
    has_begun: bool = False

    def line(self, number: int, raw: str) -> Line | None:
        """Return what the line means; None for a comment or nothing."""
        text = raw.strip()
        if not text or text.startswith("#"):
            return None
        line = self._speech(number, raw, text) or self._sentence(number, raw, text)
        self.has_begun = self.has_begun or isinstance(line, Stimulus)
        return line

    def _speech(self, number: int, raw: str, text: str) -> Line | None:
        mark = re.match(r">>|>|<|!", text)
        if mark is None:
            return None
        rest = speech.without_comment(text[mark.end() :])
        match mark[0]:
            case "<":
                return speech.shown(number, raw, rest)
            case "!":
                return self._left(number, raw, rest)
            case _:
                return speech.done_by_the_client(number, raw, rest, waits=mark[0] == ">")

    def _sentence(self, number: int, raw: str, text: str) -> Line:
        match = re.match(r"([A-Za-z]+)\s*:?\s*", text)
        word = match[1].lower() if match else ""
        read = self._readers().get(word)
        if match is None or read is None:
            raise ValueError(f"cannot read «{text}»; {meant(text, word, self._readers())}")
        rest = text[match.end() :]
        # What is said late are words, and a comment behind words stands apart from them.
        return read(number, raw, rest.strip() if word == "late" else _without_comment(rest))

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
            "crash": _crash,
            "power": _power_loss,
            "late": speech.late_words,
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
        match = re.fullmatch(r"(?:OTMENA_)?([A-Z_]+)\s*=\s*(.*)", text, re.IGNORECASE)
        if match is None:
            raise ValueError(f"cannot read «set {text}»; write set NAME=VALUE, as in set CONFIRM=never")
        if self.has_begun:
            raise ValueError(
                "a setting holds from the beginning: put «set» above the first thing that happens"
            )
        return Set(number, raw, match[1].upper(), match[2])

    def _client(self, number: int, raw: str, text: str) -> Line:
        who = re.sub(r"\s+hidden$", "", text, flags=re.IGNORECASE)
        phone = self.named.get(who.casefold()) or phones.phone(who)
        if phone is None:
            known = f", or one of {', '.join(self.names)}" if self.names else ""
            raise ValueError(f"«{text}» is no client; write a phone such as +79000000001{known}")
        return Client(number, raw, phone, hidden=who != text)

    def _salon(self, number: int, raw: str, text: str) -> Line:
        decision = re.fullmatch(r"(\d{1,6})\s+(granted|denied)", text, re.IGNORECASE)
        if decision is not None:
            granted = decision[2].lower() == "granted"
            return Decides(number, raw, record=self._record(decision[1]), granted=granted)
        match = re.match(r"(\d{1,6})\s+(?!as\s)(?=[a-z])", text, re.IGNORECASE)
        if match is not None:
            return records.edited(number, raw, self._record(match[1]), text[match.end() :])
        limit = records.LIMIT.fullmatch(text)
        if limit is not None:
            return records.limited(number, raw, limit)
        return self._booked(number, raw, text)

    def _booked(self, number: int, raw: str, text: str) -> Line:
        said = _BOOKED.fullmatch(text)
        who = _WHO.fullmatch(said["who"].strip()) if said else None
        match = records.BOOKING.fullmatch(said["what"].strip()) if said else None
        if who is None or match is None:
            raise ValueError(
                f"cannot read «salon: {text}»; write salon: +79000000001: Маникюр, 25 ноября 15:00, "
                "then if need be a master, created 20 ноября 09:00, attendance 0, 90 min, 1500 ₽"
            )
        phone = phones.phone(who["phone"])
        if phone is None:
            raise ValueError(f"«{who['phone'].strip()}» is no phone; write it whole, such as +79000000001")
        more = records.more(match["rest"])
        name = re.sub(r"\\(.)", r"\1", who["name"] or "").strip()
        self.records += 1
        if name:
            self.named[name.casefold()] = phone
            self.names.append(name)
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
            length_s=more.length_s,
            cost=more.cost,
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
            r"(\d{1,6})\s+(?:attendance\s+(?P<attendance>\S+)|at\s+(?P<at>.+)|(?P<gone>deleted))",
            text,
            re.IGNORECASE,
        )
        if match is None:
            raise ValueError(
                f"cannot read «journal: {text}»; write journal: 1 attendance -1, "
                "journal: 1 at 26 ноября 12:00 or journal: 1 deleted"
            )
        record = self._record(match[1])
        if match["attendance"]:
            return InJournal(number, raw, record, attendance=records.attendance(match["attendance"]))
        if match["at"]:
            return InJournal(number, raw, record, when=dates.moment(match["at"]))
        return InJournal(number, raw, record, deleted=True)

    def _left(self, number: int, raw: str, text: str) -> Line:
        match = re.fullmatch(r"([A-Za-z]+)\s+#?(\d{1,6})", text.strip())
        if match is None:
            raise ValueError(
                f"cannot read «! {text.strip()}»; write a command and its record: ! CancelRecord 1"
            )
        # 0: a record that the script did not book, such as a sibling that a quirk gave a visit.
        record = 0 if int(match[2]) == 0 else self._record(match[2])
        return Leaves(number, raw, match[1], record)


def _notice(number: int, raw: str, text: str) -> Line:
    words = text.split()
    if len(words) != 2:
        raise ValueError(f"cannot read «notice: {text}»; write who and what, as in notice: master cancelled")
    return Notice(number, raw, words[0], words[1])


def _state(number: int, raw: str, text: str) -> Line:
    if not re.fullmatch(r"[\w.]+", text):
        raise ValueError(f"«{text}» is no state; write one, as in state: cancel.confirming")
    return Stands(number, raw, text)


def _crash(number: int, raw: str, text: str) -> Line:
    return Crash(number, raw, _survived("crash in N", re.fullmatch(r"in\s+(\d{1,6})", text)))


def _power_loss(number: int, raw: str, text: str) -> Line:
    match = re.fullmatch(r"loss\s+in\s+(\d{1,6})", text, re.IGNORECASE)
    return Crash(number, raw, _survived("power loss in N", match), power=True)


def _survived(form: str, match: re.Match[str] | None) -> int:
    """Return how many points are survived, as a line of this form says."""
    if match is None or int(match[1]) > CRASH_IN_MAX:
        raise ValueError(
            f"write «{form}»: N more commits, fsyncs and calls are survived, {CRASH_IN_MAX} at most"
        )
    return int(match[1])


# The sign for "times", and what people type for it in two alphabets.
_TIMES = re.compile(r"(?:\s*[×✕*]|\s+[xXхХ])\s*(?P<times>\d{1,9})$")


def _quirk(text: str) -> str:
    if not text:
        raise ValueError("which quirk? As in yclients: 500 on cancel × 1, or ok, which ends all of them")
    match = _TIMES.search(text)
    if match is None:
        return text.lower()
    if not int(match["times"]):
        raise ValueError(f"«{text}» never happens; × takes 1 or more")
    return f"{text[: match.start()].lower()} × {int(match['times'])}"


def _bare(word: str, make: Callable[[int, str], Line]) -> Callable[[int, str, str], Line]:
    def read(number: int, raw: str, text: str) -> Line:
        if text:
            raise ValueError(f"«{word}» stands alone, and «{text}» follows it")
        return make(number, raw)

    return read


def _without_comment(text: str) -> str:
    """Cut off a comment after a line that holds nobody's words."""
    return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()
