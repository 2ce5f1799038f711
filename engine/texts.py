"""The catalogue: what each key says in each language, what it claims, and how values are put into words."""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from babel.dates import format_date, format_time

from engine.booking import Change, Receipt, Record, Slot
from engine.effects import Argument, Day, Option, Repeat, Say
from engine.ports import Bubble, Button

# Keys that the renderer itself says, beside `option.<kind>` and `option.<kind>.more`.
RENDERED = (
    "option.list",
    "phrase.record",
    "phrase.record_without_master",
    "phrase.record.named",
    "phrase.records",
    "phrase.records.short",
    "phrase.records.named",
    "phrase.records.named.short",
)
# Of the 1024 characters that a message with options has, so many may name its records.
LINES_MAX = 400
NAME_MAX = 16


class InvalidTexts(Exception):
    """The catalogue cannot be used; the message names the key and the remedy."""


class UnprovenClaim(Exception):
    """A sentence would say that something is done, and no receipt proves it."""


@dataclass(frozen=True, slots=True)
class Text:
    """One key of the catalogue: its words by language, and the change that they claim."""

    key: str
    words: Mapping[str, str]
    claims: Change | None = None

    def placeholders(self, language: str) -> frozenset[str]:
        """Return the names that these words need; what is asked of them is left out (`record.day`)."""
        fields = (name for _, name, _, _ in string.Formatter().parse(self.words[language]) if name)
        return frozenset(name.partition(".")[0] for name in fields)


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of every flow, rendered in one language."""

    texts: Mapping[str, Text]
    language: str = "ru"

    @property
    def claims(self) -> dict[str, Change]:
        return {key: text.claims for key, text in self.texts.items() if text.claims}

    def render(self, parts: Sequence[Say | Repeat], *, question: int, pending: Say | None) -> Bubble:
        """Put what one turn says into one message; the last part that has options brings them.

        `question` is the number of the pending question `pending`, which a `Repeat` says again.

        Raises:
            UnprovenClaim: a text claims a change that no receipt proves.
        """
        lines: list[str] = []
        options: tuple[Option, ...] = ()
        opens, whose = "option.list", False
        for part in parts:
            if isinstance(part, Repeat):
                self._prove(part.after, ())
                lines.append(self.words(part.after, part.args))
                if pending is None:
                    continue
                part = pending
            self._prove(part.text, part.receipts)
            lines.append(self.words(part.text, part.args, whose=part.whose))
            if part.options:
                options, opens, whose = part.options, part.opens, part.whose
        buttons = tuple(self._button(option, question, whose=whose) for option in options)
        # A second line, too, has room in a list only.
        listed = len(buttons) > 3 or _any_record(options) or any(button.more for button in buttons)
        label = self.words(opens) if listed else ""
        return Bubble(text="\n\n".join(lines), options=buttons, list_label=label)

    def _prove(self, key: str, receipts: Sequence[Receipt]) -> None:
        claims = self.texts[key].claims
        if claims and not any(receipt.change == claims for receipt in receipts):
            raise UnprovenClaim(f"{key} claims {claims}, and no receipt proves it")

    def words(self, key: str, args: Mapping[str, Argument] | None = None, *, whose: bool = False) -> str:
        """Return the words of a key; with `whose`, records are told with the names on their cards."""
        spoken = {name: self._spoken(value, whose) for name, value in (args or {}).items()}
        return self.texts[key].words[self.language].format(**spoken)

    def title(self, option: Option) -> str:
        """Return what stands on a button."""
        return self.words(f"option.{option.kind}", _args(option))

    def _button(self, option: Option, question: int, *, whose: bool) -> Button:
        more = f"option.{option.kind}.more"
        return Button(
            id=option.tap(question).encode(),
            title=self.title(option),
            more=self.words(more, _args(option), whose=whose) if more in self.texts else "",
        )

    def _spoken(self, value: Argument, whose: bool) -> "object":
        match value:
            case Record():
                return _SpokenRecord(value, self, whose)
            case tuple():
                return _SpokenRecords(value, self, whose)
            case Slot():
                return _SpokenSlot(value, self.language)
            case Day():
                return _SpokenDay(value, self.language)
            case _:
                return value


@dataclass(frozen=True, slots=True)
class _SpokenDay:
    """`{day}` is «среда, 25 ноября», `{day.short}` «ср, 25 нояб.»."""

    value: Day
    language: str

    def __str__(self) -> str:
        return format_date(self.value.on, "EEEE, d MMMM", locale=self.language)

    @property
    def short(self) -> str:
        return format_date(self.value.on, "ccc, d MMM", locale=self.language)


@dataclass(frozen=True, slots=True)
class _SpokenSlot:
    """`{slot}` is «среда, 25 ноября, 15:00»; `{slot.day}`, `{slot.time}`, `{slot.master}` … its parts."""

    value: Slot
    language: str

    def __str__(self) -> str:
        return f"{self.day}, {self.time}"

    @property
    def day(self) -> str:
        return format_date(self.value.starts_at, "EEEE, d MMMM", locale=self.language)

    @property
    def time(self) -> str:
        return format_time(self.value.starts_at, "HH:mm", locale=self.language)

    @property
    def master(self) -> str:
        return self.value.master


@dataclass(frozen=True, slots=True)
class _SpokenRecord:
    """`{record}` is the whole line; `{record.day}`, `{record.time}`, `{record.short}` … are its parts."""

    value: Record
    texts: Texts
    # Told with the name on its card, where it has one.
    whose: bool = False

    def __str__(self) -> str:
        if self.whose and self.value.client:
            return self.texts.words("phrase.record.named", {"record": self.value})
        key = "phrase.record" if self.value.master else "phrase.record_without_master"
        return self.texts.words(key, {"record": self.value})

    @property
    def day(self) -> str:
        return format_date(self.value.starts_at, "EEEE, d MMMM", locale=self.texts.language)

    @property
    def time(self) -> str:
        return format_time(self.value.starts_at, "HH:mm", locale=self.texts.language)

    @property
    def short(self) -> str:
        # With the full stop of «нояб.» the longest is «ср, 25 сент., 15:00», 19 of a row's 24 characters.
        return f"{format_date(self.value.starts_at, 'ccc, d MMM', locale=self.texts.language)}, {self.time}"

    @property
    def services(self) -> str:
        return ", ".join(self.value.services)

    @property
    def what(self) -> str:
        """Services and master, or the services alone."""
        client = self.client if self.whose else ""
        return ", ".join(part for part in (client, *self.value.services, self.value.master) if part)

    @property
    def master(self) -> str:
        return self.value.master

    @property
    def client(self) -> str:
        """The name on the card, short enough for a row of a list."""
        name = self.value.client
        return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"


@dataclass(frozen=True, slots=True)
class _SpokenRecords:
    """`{records}` is one line for each; `{records.named}` says whose each is."""

    values: tuple[Record, ...]
    texts: Texts
    whose: bool = False

    def __str__(self) -> str:
        return self.named if self.whose else self._lines("phrase.records")

    @property
    def named(self) -> str:
        return self._lines("phrase.records.named")

    def _lines(self, key: str) -> str:
        """Each record in full; where that is too long for a message with options, by day and time."""
        whole = "\n".join(self.texts.words(key, {"record": record}) for record in self.values)
        if len(whole) <= LINES_MAX:
            return whole
        return "\n".join(self.texts.words(f"{key}.short", {"record": record}) for record in self.values)


def load(documents: Iterable[str], language: str = "ru") -> Texts:
    """Read a catalogue from TOML documents: a table for each key, with words by language and `claims`.

    Raises:
        InvalidTexts: a document is no TOML; a key stands twice, lacks the language, or claims what no
            change is called.
    """
    return gather((read(document, "a catalogue") for document in documents), language)


def read(document: str, name: str) -> dict[str, Any]:
    """Read one TOML document; `name` is what it is called where it cannot be read.

    Raises:
        InvalidTexts: it is no TOML; the message names the line.
    """
    try:
        return tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).removesuffix(")").partition(" (at ")
        line = re.search(r"line (\d+)", place)
        number = line[1] if line else document.rstrip().count("\n") + 1
        raise InvalidTexts(f"{name}:{number} is no TOML: {what[:1].lower()}{what[1:]}") from error


def gather(documents: Iterable[Mapping[str, Any]], language: str = "ru") -> Texts:
    """Make a catalogue of documents that are read already; errors as of `load`."""
    texts: dict[str, Text] = {}
    for document in documents:
        for key, words_or_table in document.items():
            if key in texts:
                raise InvalidTexts(f"{key} stands in two catalogues; keep one")
            table: Any = {language: words_or_table} if isinstance(words_or_table, str) else words_or_table
            if not isinstance(table, Mapping):
                raise InvalidTexts(f"{key} has no words, but {table!r}; add a line {language} = …")
            claims = table.get("claims")
            if claims is not None and claims not in get_args(Change):
                raise InvalidTexts(
                    f"{key} claims {claims!r}; a change is one of {', '.join(get_args(Change))}"
                )
            if language not in table:
                raise InvalidTexts(f"{key} has no words in {language!r}; add a line {language} = …")
            words = {name: str(said).strip() for name, said in table.items() if name != "claims"}
            texts[key] = Text(key, words, claims)
    return Texts(texts, language)


def _args(option: Option) -> dict[str, Argument]:
    args = dict(option.args)
    if option.record:
        args["record"] = option.record
    if option.slot:
        args["slot"] = option.slot
    return args


def _any_record(options: Sequence[Option]) -> bool:
    return any(option.record for option in options)
