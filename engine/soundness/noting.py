"""What a function was found to do: what it says, which calls it makes, what it hands over."""

from dataclasses import dataclass, field
from itertools import product

from engine.effects import Ask, Do, Heed, Note, Remember, Repeat, Say, Then
from engine.soundness.possible import (
    ANY,
    Instance,
    Several,
    Unknown,
    Values,
    argument_names,
    as_text,
    class_of,
    offered,
    taken_apart,
    truth,
)


@dataclass(frozen=True)
class Said:
    """One message that may be said. A part of its key that is not known is `*`."""

    text: str
    repeats: bool = False
    # Names of its arguments; None: not known.
    args: frozenset[str] | None = None
    # Kinds of its options, in order; None among them: not known.
    kinds: tuple[str | None, ...] = ()
    # There may be more of these kinds.
    more: bool = False
    # None: not known.
    question: bool | None = False
    proposes: bool = False
    # To which change a yes agrees; None: it does not say, `*`: not known.
    change: str | None = None
    # Key of what the button says that opens its list.
    opens: str = "option.list"
    receipts: bool = False


@dataclass(frozen=True)
class Made:
    """One call that may be made. `call`: its class, None where it is not known."""

    call: type | None
    awaited: bool


@dataclass
class Reading:
    """What one function may do."""

    said: list[Said] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    # Classes of the events that are handed over; None: not known.
    thens: list[type | None] = field(default_factory=list)
    # A meaning is handed over to home.
    heeds: bool = False
    constants: set[str] = field(default_factory=set)
    returned: Values = field(default_factory=list)
    # Something is yielded of which nothing is known, or the source cannot be read.
    complete: bool = True
    # Whether it says something, in the possible courses of it.
    speaks: frozenset[bool] = frozenset((False,))


class Noting:
    """Notes the effects that a reading comes to."""

    def __init__(self) -> None:
        self.reading = Reading()
        # Of the statement at hand: whether it may speak, and whether it surely does.
        self._may, self._surely = False, False

    def _yielded(self, values: Values) -> None:
        """Note the effects that are handed out."""
        for value in values:
            match value:
                case Say() | Repeat():
                    self._say(taken_apart(value))
                case Ask() | Do() | Then() | Heed():
                    self._effect(taken_apart(value))
                case Instance(of=of) if of in (Ask, Do, Then, Heed):
                    self._effect(value)
                case Instance(of=of, given=given):
                    # What is said was noted where it was made; of what came from elsewhere nothing is known.
                    if of not in (Note, Remember) and (of not in (Say, Repeat) or not given):
                        self.reading.complete = False
                case Several(items=items):
                    for item in items:
                        self._yielded(item)
                case list() | tuple():
                    self._yielded(list(value))
                case Unknown():
                    self.reading.complete = False

    def _effect(self, effect: Instance) -> None:
        given = effect.given
        if effect.of is Heed:
            self.reading.heeds = True
            return
        if effect.of is Then:
            self.reading.thens += [class_of(value) for value in given.get("event", [ANY])]
            return
        what = given.get("query" if effect.of is Ask else "command", [ANY])
        later = effect.of is Ask and "after" in given
        self.reading.made += [Made(class_of(value), not later) for value in what]

    def _say(self, said: Instance) -> None:
        self._may = self._surely = True
        given = said.given
        repeats = issubclass(said.of, Repeat)
        kinds, more = offered(given.get("options", [()]))
        unknown = [ANY] if "**" in given else [None]
        for text, args, change, opens in product(
            given.get("after" if repeats else "text", [ANY]),
            given.get("args", [{}]),
            given.get("change", unknown),
            given.get("opens", ["option.list"]),
        ):
            self.reading.said.append(
                Said(
                    text=as_text(text),
                    repeats=repeats,
                    args=argument_names(args),
                    kinds=kinds,
                    more=more,
                    question=truth(given.get("question", [ANY if "**" in given else False])),
                    proposes="**" in given or truth(given.get("proposes", [()])) is not False,
                    change=None if change is None else as_text(change),
                    opens=as_text(opens),
                    receipts="receipts" in given or "**" in given,
                )
            )
