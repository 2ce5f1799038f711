"""What must hold at each step, judged by what clients read and the journal shows, not by the engine."""

import re
from collections import Counter
from dataclasses import dataclass, field

from engine.ports import Bubble
from engine.proof.world import Entry, Phone, World

INVARIANTS = {
    "claims": "what is said to be done, the journal showed at most 10 s before",
    "denials": "what is said to stand was not cancelled by us",
    "consent": "every write was agreed to, by words or a tap that could have answered its question",
    "named": "what is written is what the client had read when agreeing",
    "settled": "words are taken once it is known whether the question before them had arrived",
    "once": "an agreement is used for one change",
    "ownership": "no record of another phone is written or shown",
    "kept": "no message is lost: at rest none waits in the inbox, and none is under way for ever",
    "unique": "a message that is delivered again is stored and answered once",
    "ordered": "a client's own messages are taken in order",
    "versions": "versions have no gap, and a turn that read an older one is refused",
    "answered": "every person is answered, and every result of a call is told",
    "told": "the outcome of a write is told, whatever happens to its message",
    "silence": "after «стоп» only outcomes of what was out are told, each once and without offers",
    "waiting": "a chat waits for a key if and only if exactly one call or result of it is on its way",
    "patience": "no time-out before its time, nor within two minutes after a start",
    "progress": "at rest nothing waits for ever",
    "copies": "a message is sent twice at most, and again only where its first sending is in doubt",
    "understood": "no turn raises, and none is put aside",
    "unchanged": "what nobody changed is not taken for changed",
    "works": "no operation of the store fails",
}

# What a person reads as "it is done". Broad: a lie need not use the words of today's texts.
DONE = re.compile(
    r"отмен[её]н|отменил|аннулир|удал[её]н|удалил|больше не запис|готово|сделано|снял[аи]? (вас|запис)|"
    r"перен[её]с(?!т)|перенесен|вернул|восстановл|подтвержден|подтвердил",
    re.IGNORECASE,
)
STANDS = re.compile(r"в силе|остаётся|остаются|не изменена|отмены не было|отмена не прошла", re.IGNORECASE)
PROOF_MAX_S = 10.0
PATIENCE_S = 900.0
GRACE_S = 120.0


class Violated(Exception):
    """An invariant does not hold. `name` is its name, the text what happened."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name}: {what}")
        self.name, self.what = name, what


@dataclass(slots=True)
class Checks:
    """Counts how often each invariant was looked at, so that one never exercised is seen."""

    counted: Counter[str] = field(default_factory=Counter)

    def expect(self, name: str, holds: bool, what: str) -> None:
        self.counted[name] += 1
        if not holds:
            raise Violated(name, what)


def named_in(bubble: Bubble, world: World) -> list[Entry]:
    """Return the records that a message shows, by their services."""
    text = _everything(bubble)
    return [entry for entry in world.journal if entry.service in text]


def judge_words(checks: Checks, world: World, phone: Phone, bubble: Bubble, *, said_s: float) -> None:
    """Hold a message that is about to be sent first against the journal; `said_s`: seconds since its turn."""
    named = named_in(bubble, world)
    if DONE.search(bubble.text):
        mine = [entry for entry in named if entry.record.record_id in dict(world.proofs)]
        checks.expect("claims", bool(named) and mine == named, f"«{bubble.text}», and nothing showed it")
        proofs = dict(world.proofs)
        for entry in named:
            age_s = (world.now - proofs[entry.record.record_id]).total_seconds() - said_s
            checks.expect("claims", age_s <= PROOF_MAX_S, f"«{bubble.text}», read {age_s:.0f} s before")
    if STANDS.search(bubble.text):
        wrong = [entry for entry in named if entry.cancelled_by == "us"]
        checks.expect("denials", not wrong, f"«{bubble.text}», and the journal shows it cancelled")


def judge_owner(checks: Checks, phone: Phone, bubble: Bubble, world: World, owned: dict[int, str]) -> None:
    strangers = [e for e in named_in(bubble, world) if owned[e.record.record_id] != phone.number]
    checks.expect("ownership", not strangers, f"a stranger's record in «{bubble.text}»")


def judge_consent(checks: Checks, phone: Phone, record_id: int, start: str, service: str) -> str:
    """Return which agreement a write that is about to leave uses up."""
    mine = [agreement for agreement in phone.agreements if agreement.record_id == record_id]
    checks.expect("consent", bool(mine), f"nobody agreed to cancel «{service}»")
    unused = [agreement for agreement in mine if not agreement.used]
    checks.expect("once", bool(unused), f"a second change of «{service}» by one agreement")
    fitting = [each for each in unused if not each.read or (start in each.read and service in each.read)]
    checks.expect("named", bool(fitting), f"«{service}» at {start} is not what was agreed to")
    return fitting[0].by


def _everything(bubble: Bubble) -> str:
    return "\n".join((bubble.text, *(f"{option.title} {option.more}" for option in bubble.options)))
