"""Transcripts to rows that no script has fired: the shortest found, written as the salon played it."""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.clock import SystemClock
from adapters.rehearsal import Over, Rehearse, in_virtual_time
from adapters.rehearsal.bare import NeedsSimulators
from engine.dialogue import Dialogue
from engine.runtime import Decided
from engine.script.grammar import BrokenScript, parse
from engine.script.lines import Says, Sends, Taps, Transcript
from engine.script.outcome import Outcome
from engine.script.playing import opening, play
from engine.script.scene import Scene
from engine.script.writing import rewritten

# One thing that happens, as one or a few lines of a transcript.
Move = tuple[str, ...]

_ONE = "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна"
_TWO = (_ONE, "salon: +79000000001: Стрижка, 27 ноября 12:00, Мария")
OPENINGS: tuple[Move, ...] = (
    (_ONE,),
    _TWO,
    ("client: +79000000001",),
    ("set CONFIRM=never", *_TWO),
    ("set CONFIRM=never", _ONE),
    ("salon: +79000000001: Маникюр, 23 ноября 10:10, Анна",),
    (_ONE, "client: +79000000001 hidden"),
)
# What can be told without a fault of any vendor.
CALM: tuple[Move, ...] = (
    ("> хочу отменить запись",), ("> отмените запись на субботу",), ("> отмените маникюр в среду",),
    ("> [Да]",), ("> [Оставить]",), ("> [ср]",), ("> первую",), ("> первую и вторую",), ("> да",), ("> нет",),
    ("wait 16 min",), ("wait 11 min",), ("> спасибо",), ("> здравствуйте",), ("> перенесите на пятницу",),
    ("> не отменяйте, я приду",), ("> ну как сказать",), ("> скорее всего не приду в среду",),
    ("> [Отменить запись]",), ("> <voice>",), ("> <reaction 👍>",),
    ("> <reaction>",),
    (">> хочу отменить запись", "> да"), (">> хочу отменить запись", "> а сколько стоит?"),
    (">> хочу отменить запись", "> верните запись"), ("late 40 min: > отмените запись",),
    ("> стоп",), ("> старт",), ("upgrade",), ("salon: 1 at 26 ноября 18:00",), (">> [Да]", "> стоп"),
)  # fmt: skip
# Where trouble begins: a question stands, and two more records are there to be asked about meanwhile.
ASKED: tuple[Move, ...] = (
    (*_TWO, "salon: +79000000001: Педикюр, 30 ноября 12:00, Анна", "> отмените маникюр в среду"),
    (_ONE, "> хочу отменить запись"),
    (_ONE,),
)
# What needs one. Slow once: the read before the write succeeds, and those after it do not.
_UNKNOWN = (
    "yclients: slow on record × 1", "yclients: timeout-but-done on cancel × 1", "yclients: 500 on record",
)  # fmt: skip
_NOTHING_DONE = (
    "yclients: slow on record × 1",
    "yclients: timeout-before on cancel",
    "yclients: 500 on record",
)
_LONG = (
    "yclients: slow on record × 1",
    "yclients: timeout-but-done on cancel × 1",
    "yclients: slow on record",
)
ROUGH: tuple[Move, ...] = (
    (*_UNKNOWN, "> [Да]", "yclients: ok"),
    (*_UNKNOWN, "> [Да]"),
    (*_NOTHING_DONE, "> [Да]", "yclients: ok"),
    ("> хочу отменить запись",),
    ("> отмените стрижку",),
    ("> [Да]",),
    ("wait 3 min",),
    ("wait 9 min",),
    ("yclients: 403 on search × 1", "> хочу отменить запись"),
    ("yclients: timeout-before on search", "> хочу отменить запись"),
    ("yclients: slow", "> хочу отменить запись"),
    ("yclients: 403 on cancel × 1", "> [Да]"),
    ("yclients: 429 on cancel", "> [Да]"),
    ("whatsapp: 131026-at-once × 1", "> хочу отменить запись"),
    (*_LONG, ">> [Да]", "upgrade"),
    (*_LONG, ">> [Да]", "upgrade", "> хочу отменить запись"),
)
# A search that takes longer helps nobody who waits for it.
WITHIN_S = {"engine": 30.0, "virtual": 60.0}


@dataclass(frozen=True, slots=True)
class Generated:
    """What was found for one row; `text` is empty where no way was."""

    row: str
    text: str = ""


def generated(
    dialogue: Dialogue, rehearse: Rehearse, wanted: Collection[int], said: Collection[str] = ()
) -> Iterator[Generated]:
    """Yield a transcript to each of these rows (places among `Dialogue.rows()`), in their order.

    `said`: lines of clients from the transcripts that there are, so that a new flow's own words are tried.
    """
    calm = (*CALM, *((line,) for line in dict.fromkeys(said) if (line,) not in CALM))
    search = _Search(rehearse, set(wanted))
    search.look("engine", OPENINGS, calm)
    search.look("virtual", ASKED, ROUGH)
    for place in sorted(wanted):
        name = _name(dialogue, place)
        lines = search.found.get(place)
        yield Generated(name, _written(name, lines, rehearse) if lines else "")


def said_by_clients(transcripts: Sequence[Transcript]) -> tuple[str, ...]:
    """Return what clients do in these transcripts, as lines."""
    does = (line for script in transcripts for line in script.lines if isinstance(line, Says | Taps | Sends))
    return tuple(dict.fromkeys(line.written.strip() for line in does))


@dataclass(slots=True)
class _Search:
    """Breadth first over transcripts: what fires a wanted row first is a shortest way there."""

    rehearse: Rehearse
    wanted: set[int]
    # The lines that fired each row.
    found: dict[int, Move] = field(default_factory=dict)

    def look(self, over: Over, openings: Sequence[Move], moves: Sequence[Move]) -> None:
        clock = SystemClock()
        until = clock.monotonic() + WITHIN_S[over]
        ahead: deque[Move] = deque(openings)
        seen: set[object] = set()
        while ahead and self.wanted - self.found.keys() and clock.monotonic() < until:
            lines = ahead.popleft()
            for move in moves:
                longer = (*lines, *move)
                stands = self._tried(longer, over)
                if stands is not None and stands not in seen:
                    seen.add(stands)
                    ahead.append(longer)

    def _tried(self, lines: Move, over: Over) -> object | None:
        """Play it, keep what it fires, and return how everything stands then; None: it cannot be played."""
        try:
            outcome, fired, stands = _played("\n".join(lines), self.rehearse, over)
        except (NeedsSimulators, BrokenScript):
            return None
        if outcome.stopped is not None:
            return None
        for row in fired & self.wanted:
            self.found.setdefault(row, lines)
        return (lines[0].startswith("set"), stands)


def _played(text: str, rehearse: Rehearse, over: Over) -> tuple[Outcome, set[int], object]:
    fired: set[int] = set()

    def watched(decided: Decided) -> None:
        fired.update(tried.row for tried in decided.decision.tried if tried.held)

    script = parse(text, "generated")
    begin = opening(script)

    async def scene() -> tuple[Outcome, object]:
        async with rehearse(at=begin.at, settings=begin.settings, over=over, watched=watched) as salon:
            return await play(script, salon), await _standing(script, salon)

    outcome, stands = in_virtual_time(scene(), over)
    return outcome, fired, stands


async def _standing(script: Transcript, salon: Scene) -> object:
    """How a reader would tell two situations apart: state, last message, journal."""
    phone = script.phones[0]
    records = sum(line.lstrip().startswith("salon: +") for line in script.text)
    faults = tuple(line for line in script.text if line.startswith(("yclients", "whatsapp")))[-3:]
    return (
        await salon.state(phone),
        tuple(salon.messages(phone)[-1:]),
        tuple(salon.journal(number) for number in range(1, records + 1)),
        faults,
        "> стоп" in script.text[-1:],
    )


def _written(name: str, lines: Move, rehearse: Rehearse) -> str:
    """Write the transcript with what came of it on the whole salon."""
    beginning = [line for line in lines if line.startswith(("set", "salon: +", "client"))]
    text = "\n".join((f"# {name}", *beginning, "", *lines[len(beginning) :]))
    outcome, _, _ = _played(text, rehearse, "virtual")
    return rewritten(outcome)


def _name(dialogue: Dialogue, place: int) -> str:
    row = dialogue.rows()[place]
    guard = f" [{row.when.__name__}]" if row.when else ""
    return f"{row.event.__name__}{guard}: {row.source} → {row.to}"
