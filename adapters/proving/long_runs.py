"""A long run: a seed makes up what clients, salon, faults and crashes do, and the witness looks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Literal

from adapters.proving.acts import RESTS_FOR, Act, perform, transcript
from adapters.proving.promises import broken_by_now, look_midway
from adapters.proving.witness import Violation, Witness, Words
from adapters.rehearsal import Rehearsal, RehearseWhole, in_virtual_time
from adapters.whatsapp.simulator import QUIRKS as WHATSAPP_QUIRKS
from adapters.yclients.simulator import QUIRKS as YCLIENTS_QUIRKS
from engine.runtime import Decided
from engine.script.grammar import parse
from engine.script.outcome import Outcome
from engine.script.playing import opening
from engine.script.playing import play as play_script
from engine.script.scene import Booked, Edited
from engine.script.writing import rewritten

MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock
# How many acts at random, and how many cancellations from their beginning to their end among them.
ACTS = 30
STORIES = 4

# With the service that they name. «Отмените запись» is a wish at home, and a yes to the question.
YES = {
    "да": "", "да, отменяйте": "", "отменяйте": "", "+": "", "отмените запись": "",
    "отмените маникюр": "Маникюр", "да, отмените стрижку": "Стрижка",
}  # fmt: skip
WISHES = (
    "не смогу прийти",
    "отмените запись",
    "хочу отменить запись",
    "отмените маникюр",
    "не смогу в среду",
)
# Those that name no record.
VAGUE = WISHES[:3]
# At least one for each intent, so that a flow which begins with any of them is entered.
OTHERS = (
    "нет", "оставьте", "1", "второй", "спасибо", "здравствуйте", "не отменяйте, я приду", "да, но позже",
    "а сколько стоит маникюр?", "подруга хочет отменить свою запись", "перенесите на пятницу", "стоп",
    "старт", "да, жду", "запись завтра",
    "почему отменили мою запись?", "ой", "на стрижку", "отменить ещё одну на пятницу", "нет, не надо",
    "на когда я записана?", "верните, пожалуйста, запись", "позовите администратора", "опаздываю на 10 минут",
    "заболела", "до скольки можно отменить?",
)  # fmt: skip
# Each record has a line of its own, so that words on a phone can be held to it.
JOURNAL = (
    Booked("+79000000001", "Маникюр", datetime(2026, 11, 25, 15), "Ольга"),  # noqa: DTZ001
    Booked("+79000000002", "Стрижка", datetime(2026, 11, 25, 12), "Мария"),  # noqa: DTZ001
    Booked("+79000000002", "Окрашивание", datetime(2026, 11, 27, 13), "Мария"),  # noqa: DTZ001
    Booked("+79000000002", "Маникюр", datetime(2026, 11, 28, 18), "Анна"),  # noqa: DTZ001
    Booked("+79000000003", "Брови", datetime(2026, 11, 23, 11), "Ольга"),  # noqa: DTZ001
    Booked("+79000000005", "Педикюр", datetime(2026, 11, 26, 9), "Анна"),  # noqa: DTZ001
)
NOBODY = "+79000000004"
PHONES = tuple(dict.fromkeys((*(one.phone for one in JOURNAL), NOBODY)))
SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"SELECTION": "last_created"},
    {"CONFIRM": "never"},
    {"ON_SOFT_CANCEL_REFUSED": "handover"},
)
OPERATIONS = ("search", "records", "record", "cancel", "delete", "visit", "move")
# A journal that lies for ever can be told by nobody, and what hides all phones hides the client.
_LIES = ("stale-read", "hidden-phones", "no-client", "visit-has-sibling", "siblings-follow")
# What keeps a client's own records out of a list, or brings others' into it.
_MISLEADING = ("stale-read", "hidden-phones", "no-client", "leaky-phone-filter", "404")
# Forged webhooks are not delivered again, so what was in them is lost by intent; the account's end is too.
_NOT_PLAYED = ("wrong-signature", "missing-signature", "upper-signature", "190", "368")


# What comes together, so that a write meets the trouble that it is made for.
STORMS: tuple[tuple[tuple[Literal["yclients", "whatsapp"], str], ...], ...] = (
    # Slow once: the read before the write succeeds, those after it do not, and the outcome is unknown.
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "timeout-but-done on cancel × 1"),
        ("yclients", "500 on record"),
    ),
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "500-but-done on cancel × 1"),
        ("yclients", "drop-before on record"),
    ),
    (("yclients", "timeout-done-later on cancel × 1"),),
    (("yclients", "403 on cancel × 1"),),
    (("yclients", "409 on cancel × 2"),),
    (("yclients", "404 on cancel × 1"),),
    (("yclients", "404 on cancel × 1"), ("yclients", "timeout-but-done on delete × 1")),
    (("yclients", "visit-has-sibling on record × 1"), ("yclients", "siblings-follow × 3")),
    (("yclients", "leaky-phone-filter × 6"),),
    (("yclients", "stale-read on record × 1"),),
    (("yclients", "shuffled-services × 3"), ("yclients", "slow × 2")),
    (("whatsapp", "batch × 3"),),
    (("whatsapp", "reorder × 3"), ("whatsapp", "duplicate × 3")),
    (("whatsapp", "accept-but-500 × 2"),),
    (),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it was played."""

    seed: int
    settings: dict[str, str]
    acts: tuple[Act, ...]
    violation: Violation | None
    # What was met on the way.
    kills: int = 0
    points: int = 0
    turns: int = 0
    minutes: float = 0.0
    checked: dict[str, int] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    # Whether everything had come to rest when the last look was taken.
    at_rest: bool = False
    # Every state in which a turn left a dialogue.
    entered: frozenset[str] = frozenset()

    def chat(self) -> str:
        """Write the run as a transcript, with what it broke."""
        broken = "# Broken: " + " ".join(self.violation.what.split()) + "\n" if self.violation else ""
        played = transcript(self.acts, MONDAY, self.settings, at_rest=self.at_rest)
        return f"# seed {self.seed}\n{broken}{played}"


def play(seed: int, rehearse: RehearseWhole) -> Run:
    """Play the run of this seed, and look all the time."""
    chance = Random(seed)
    settings = chance.choice(SETTINGS)
    faulty = chance.random() < 0.8
    return _play(seed, rehearse, settings, lambda salon: _invented(chance, salon, faulty))


def retold(run: Run, rehearse: RehearseWhole) -> str:
    """Write a run as a transcript with all that came of it, as a scene plays it."""
    return rewritten(replayed(run.chat(), rehearse, run.seed))


def replayed(transcript: str, rehearse: RehearseWhole, seed: int = 0) -> Outcome:
    """Play a transcript on the whole assistant."""
    script = parse(transcript, f"seed {seed}")
    begin = opening(script)

    async def scene() -> Outcome:
        async with rehearse(at=begin.at, settings=begin.settings, seed=seed) as salon:
            return await play_script(script, salon)

    return in_virtual_time(scene())


def walk(acts: Sequence[Act], settings: dict[str, str], rehearse: RehearseWhole) -> Run:
    """Play these acts, those that can be done, and look all the time."""
    return _play(0, rehearse, settings, lambda salon: acts)


def shortest(run: Run, rehearse: RehearseWhole, *, until: Callable[[], bool]) -> Run:
    """Drop acts for as long as the same promise stays broken, or until told to stop; return the shortest."""
    best = _of_one_client(run, rehearse, until)
    size = max(1, len(best.acts) // 2)
    while size and not until():
        tried = [best.acts[:start] + best.acts[start + size :] for start in range(0, len(best.acts), size)]
        found = next(
            (fewer for acts in tried if not until() and (fewer := _again(best, acts, rehearse))), None
        )
        if found is None:
            size //= 2
        else:
            best, size = found, min(size, max(1, len(found.acts) // 2))
    return best


def _of_one_client(run: Run, rehearse: RehearseWhole, until: Callable[[], bool]) -> Run:
    """Try the acts of each client alone first: most of what breaks concerns nobody else."""
    clients = dict.fromkeys(act.client for act in reversed(run.acts) if act.client)
    tried = ([act for act in run.acts if act.client in ("", client)] for client in clients)
    return next((alone for acts in tried if not until() and (alone := _again(run, acts, rehearse))), run)


def _again(run: Run, acts: Sequence[Act], rehearse: RehearseWhole) -> Run | None:
    assert run.violation is not None
    again = _play(run.seed, rehearse, run.settings, lambda salon: iter(acts))
    same = again.violation is not None and again.violation.invariant == run.violation.invariant
    return again if same and len(again.acts) < len(run.acts) else None


def _play(
    seed: int, rehearse: RehearseWhole, settings: dict[str, str], acts: Callable[[Rehearsal], Iterable[Act]]
) -> Run:
    turns = 0
    entered: set[str] = set()

    def count(decided: Decided) -> None:
        nonlocal turns
        turns += 1
        entered.add(decided.turn.session.state)

    async def scene() -> Run:
        async with rehearse(at=MONDAY, settings=settings, watched=count, seed=seed) as salon:
            witness = Witness(
                salon,
                Words(YES, frozenset((*WISHES, *YES)), frozenset(VAGUE)),
                PHONES,
                asks_before_it_acts=settings.get("CONFIRM") != "never",
                picks_by_itself=settings.get("SELECTION") == "last_created",
            )
            salon.points.calling = partial(look_midway, witness)
            played: list[Act] = []
            violation, at_rest = await _all(acts(salon), salon, witness, played)
            minutes = (salon.now().replace(tzinfo=None) - MONDAY).total_seconds() / 60
            faults = frozenset(
                act.text.split(" ")[0] for act in played if act.kind in ("yclients", "whatsapp")
            )
            return Run(
                seed, settings, tuple(played), violation, salon.kills, salon.points.passed, turns, minutes,
                dict(witness.checked), faults - {"ok"}, at_rest,
                frozenset(entered),
            )  # fmt: skip

    return in_virtual_time(scene())


async def _all(
    acts: Iterable[Act], salon: Rehearsal, witness: Witness, played: list[Act]
) -> tuple[Violation | None, bool]:
    """Play them; return what broke, if anything did, and whether all had come to rest by then."""
    for act in acts:
        if not await perform(act, salon):
            continue
        played.append(act)
        if act.kind in ("yclients", "whatsapp"):
            _note(witness, act.text)
        if act.kind == "edits":
            at, entry = salon.parties.salon.salon.history[-1]
            witness.edits.append((at, entry.record_id))
        if broken := broken_by_now(witness, at_rest=False):
            return broken, False
    salon.yclients("ok")
    salon.whatsapp("ok")
    salon.points.kill_in = None
    await salon.passes(RESTS_FOR)
    return broken_by_now(witness, at_rest=True), True


def _note(witness: Witness, fault: str) -> None:
    """Let the witness know what nobody could know better because of this fault."""
    witness.was_disturbed |= fault != "ok"
    witness.was_shown_the_past |= fault.startswith("stale-read")
    witness.was_misled |= fault.startswith(_MISLEADING)


# ── what a seed makes up ──────────────────────────────────────────────────────────────────────────────


def _invented(chance: Random, salon: Rehearsal, faulty: bool) -> Iterator[Act]:
    for booked in JOURNAL:
        yield Act("books", booked=booked, settles=False)
    for _ in range(STORIES):
        for _ in range(ACTS // STORIES):
            yield _next(chance, salon, faulty)
        yield from _cancellation(chance, salon, faulty)


def _cancellation(chance: Random, salon: Rehearsal, faulty: bool) -> Iterator[Act]:
    """One client's way from the wish to the yes, in a storm."""
    client = chance.choice(PHONES)
    yield Act("writes", client, chance.choice(VAGUE))
    for kind, fault in chance.choice(STORMS) if faulty else ():
        yield Act(kind, text=fault, settles=False)
    if chance.random() < 0.2:
        yield Act("crash", count=chance.randrange(40), settles=False)
    if chance.random() < 0.25:
        # The salon moves the record while its question stands, and long before the answer.
        own = [place for place, booked in enumerate(JOURNAL, 1) if booked.phone == client]
        for record in own:
            moved = Edited(starts_at=JOURNAL[record - 1].starts_at + timedelta(hours=2))
            yield Act("edits", count=record, settles=False, edited=moved)
        yield Act("waits", time=timedelta(seconds=30))
    for _ in range(2):
        # From a list to the question, or from the question to the yes; some say more right behind it.
        shown = [option for message in salon.messages(client)[-1:] for option in message.options]
        if shown:
            yield Act("taps", client, shown[0] if shown[0].startswith("Да") else chance.choice(shown))
        elif chance.random() < 0.5:
            yield Act("writes", client, chance.choice(WISHES), settles=False)
            yield Act("writes", client, chance.choice(OTHERS), settles=False)
    if chance.random() < 0.5:
        # The storm is over before the journal is looked at again (after 2 and 10 minutes).
        yield Act("waits", time=timedelta(minutes=chance.choice((1, 3))))
        yield Act("yclients", text="ok", settles=False)
        yield Act("waits", time=timedelta(minutes=12))


def _next(chance: Random, salon: Rehearsal, faulty: bool) -> Act:
    roll = chance.random()
    if roll < 0.62:
        return _of_a_client(chance, salon)
    if roll < 0.72:
        return Act(
            "waits", time=timedelta(seconds=chance.choice((1, 5, 11, 30, 60, 130, 300, 600, 900, 7200)))
        )
    if roll < 0.76:
        return _by_hand(chance)
    if roll < 0.79:
        return Act("again", settles=chance.random() < 0.5)
    if roll < 0.81:
        return Act("restart")
    if roll < 0.88:
        return Act("crash", count=chance.randrange(60), settles=False)
    if roll < 0.885:
        return Act("upgrade")
    if not faulty or roll < 0.91:
        return Act(chance.choice(("yclients", "whatsapp")), text="ok", settles=False)
    return _fault(chance)


def _of_a_client(chance: Random, salon: Rehearsal) -> Act:
    client = chance.choice(PHONES)
    settles = chance.random() < 0.6
    shown = [option for message in salon.messages(client)[-3:] for option in message.options]
    if shown and chance.random() < 0.6:
        # What was asked last is tapped most, and «да» more than anything else.
        wanted = shown[-1] if chance.random() < 0.2 else chance.choice((shown[0], *shown[-3:]))
        return Act("taps", client, wanted, settles)
    roll = chance.random()
    if roll < 0.06:
        return Act("sends", client, chance.choice(("voice", "image", "sticker")), settles)
    if roll < 0.1:
        return Act("reacts", client, chance.choice(("👍", "❤️")), settles)
    words = chance.choice(chance.choice((WISHES, tuple(YES), OTHERS)))
    late = timedelta(seconds=chance.choice((90, 2400, 72_000))) if chance.random() < 0.05 else timedelta(0)
    return Act("writes", client, words, settles, time=late)


def _by_hand(chance: Random) -> Act:
    record = 1 + chance.randrange(len(JOURNAL))
    start = JOURNAL[record - 1].starts_at
    return Act(
        "edits",
        count=record,
        settles=False,
        edited=chance.choice(
            (
                Edited(starts_at=start + timedelta(hours=chance.randrange(1, 5))),
                Edited(attendance=chance.choice((-1, 0, 1, 2))),
                Edited(deleted=True),
                Edited(master="Елена"),
                Edited(paid=True),
                Edited(locked=True),
            )
        ),
    )


def _fault(chance: Random) -> Act:
    if chance.random() < 0.35:
        name = chance.choice([name for name in WHATSAPP_QUIRKS if name not in _NOT_PLAYED])
        return Act("whatsapp", text=f"{name} × {chance.randrange(1, 4)}", settles=False)
    name = chance.choice(list(YCLIENTS_QUIRKS))
    most = 1 if name in _LIES else 4
    where = f" on {chance.choice(OPERATIONS)}" if chance.random() < 0.7 else ""
    return Act("yclients", text=f"{name}{where} × {chance.randrange(1, most + 1)}", settles=False)
