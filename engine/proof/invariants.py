"""What must hold at each step, judged by what clients read and the journal shows, not by the engine."""

import re
from collections import Counter
from dataclasses import dataclass, field

from engine.booking import CancelRecord, Change, Command, MoveRecord
from engine.ports import Bubble
from engine.proof.reading import everything, named_in, says_when, says_where
from engine.proof.world import Agreement, Entry, Phone, World

INVARIANTS = {
    "claims": "what is said to be done, the journal showed at most 10 s before",
    "denials": "what is said to stand was neither cancelled nor moved elsewhere by us",
    "consent": "every write was agreed to, by words or a tap that could have answered its question",
    "named": "what is written, and where it moves to, is what the client had read when agreeing",
    "take-back": "only what we cancelled is taken back, and no longer than the salon lets it",
    "late": "within the salon's notice a cancel leaves only as its policy lets it",
    "settled": "words are taken once it is known whether the question before them had arrived",
    "once": "an agreement is used for one change",
    "ownership": "no record of another phone is written or shown",
    "kept": "no message is lost: at rest none waits in the inbox, and none is under way for ever",
    "unique": "a message that is delivered again is stored and answered once",
    "ordered": "a client's own messages are taken in order",
    "versions": "versions have no gap, and a turn that read an older one is refused",
    "answered": "every person is answered, and every result of a call is told",
    "told": "the outcome of a write, and of each of several, is told, whatever happens to its message",
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
_CLAIMED: dict[Change, re.Pattern[str]] = {
    "cancelled": re.compile(
        r"отмен[её]н|отменил|аннулир|удал[её]н|удалил|больше не запис|снял[аи]? (вас|запис)", re.IGNORECASE
    ),
    "moved": re.compile(r"перен[её]с(\b|л)|перенес[её]н", re.IGNORECASE),
    "restored": re.compile(r"вернул|восстановл", re.IGNORECASE),
    "confirmed": re.compile(r"подтвержд[её]н|подтвердил", re.IGNORECASE),
}
_DONE = re.compile(r"готово|сделано", re.IGNORECASE)
STANDS = re.compile(
    r"(?<!ли )в силе|остаётся|остаются|не изменена|отмены не было|отмена не прошла|переноса не было",
    re.IGNORECASE,
)
PROOF_MAX_S = 10.0
# While another write of the same wish is out, what is known of the first one grows older (design §5).
OTHER_WRITE_MAX_S = 130.0
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


def judge_words(checks: Checks, world: World, bubble: Bubble, *, said_s: float) -> None:
    """Hold a message that is about to be sent first against the journal; `said_s`: seconds since its turn."""
    for paragraph in bubble.text.split("\n\n"):
        named = named_in(paragraph, world) or named_in(bubble.text, world)
        claimed = [change for change, words in _CLAIMED.items() if words.search(paragraph)]
        if claimed or _DONE.search(paragraph):
            checks.expect("claims", bool(named), f"«{paragraph}», and nothing is named")
            count = len(named_in(bubble.text, world))
            for entry in named:
                _judge_claim(checks, world, entry, claimed, paragraph, since_s=said_s, count=count)
        if STANDS.search(paragraph):
            shown = named_in(paragraph, world)
            wrong = [entry for entry in shown if _stands_elsewhere(entry, paragraph)]
            checks.expect("denials", not wrong, f"«{paragraph}», and the journal shows it otherwise")


def _judge_claim(
    checks: Checks,
    world: World,
    entry: Entry,
    claimed: list[Change],
    paragraph: str,
    *,
    since_s: float,
    count: int,
) -> None:
    rid = entry.record.record_id
    changes: list[Change | None] = [*claimed] or [None]
    proofs = [proof for change in changes if (proof := world.proof(change, rid))]
    checks.expect("claims", len(proofs) == len(changes), f"«{paragraph}», and nothing showed it")
    newest = max(proof.at for proof in proofs)
    age_s = (world.now - newest).total_seconds() - since_s
    may_be_s = PROOF_MAX_S + OTHER_WRITE_MAX_S * (count - 1)
    checks.expect("claims", age_s <= may_be_s, f"«{paragraph}», read {age_s:.0f} s before")
    if "moved" in claimed and not entry.edited:
        where = says_when(paragraph, entry.record.starts_at)
        checks.expect("claims", where, f"«{paragraph}», and it is at {entry.record.starts_at:%d %H:%M}")


def _stands_elsewhere(entry: Entry, paragraph: str) -> bool:
    """Whether a record that is said to stand was cancelled by us, or moved to where this does not say."""
    moved = entry.moved and not entry.edited and not says_when(paragraph, entry.record.starts_at)
    return entry.cancelled_by == "us" or moved


def judge_owner(checks: Checks, phone: Phone, bubble: Bubble, world: World, owned: dict[int, str]) -> None:
    shown = named_in(everything(bubble), world)
    strangers = [entry for entry in shown if owned[entry.record.record_id] != phone.number]
    checks.expect("ownership", not strangers, f"a stranger's record in «{bubble.text}»")


def judge_consent(checks: Checks, phone: Phone, command: Command) -> Agreement:
    """Return which agreement a write that is about to leave uses up."""
    record, change = command.record, command.change
    mine = [each for each in phone.agreements if (each.record_id, each.change) == (record.record_id, change)]
    what = f"«{record.services[0]}» to be {change}"
    checks.expect("consent", bool(mine), f"nobody agreed to {what}")
    unused = [agreement for agreement in mine if not agreement.used]
    checks.expect("once", bool(unused), f"a second change by one agreement to {what}")
    fitting = [each for each in unused if not each.read or _is_named(each.read, command)]
    checks.expect("named", bool(fitting), f"{what} at {record.starts_at:%H:%M} is not what was agreed to")
    return fitting[0]


def _is_named(read: str, command: Command) -> bool:
    record = command.record
    if isinstance(command, MoveRecord):
        return says_where(read, command.to, record.master)
    return f"{record.starts_at:%H:%M}" in read and record.services[0] in read


def judge_late(checks: Checks, world: World, command: Command, *, is_late: bool, policy: str) -> None:
    """Within the notice a cancel leaves only where it is allowed, or once the salon has granted it."""
    if not (isinstance(command, CancelRecord) and is_late):
        return
    open_ones = (late for late in world.late if not late.over)
    granted = {late.record_id for late in open_ones if late.answers[:1] == ("granted",)}
    allowed = policy == "allow" or command.record.record_id in granted
    checks.expect("late", allowed, f"«{command.record.services[0]}» is late, and the policy is {policy}")
