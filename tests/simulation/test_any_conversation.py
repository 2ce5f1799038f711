"""Any conversation at all: whatever is sent and whatever calls answer, the promises of the design hold."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import texts
from engine.booking import (
    CallFailed,
    CancelRecord,
    FindRecords,
    ReadOutcome,
    Record,
    RecordCancelled,
    RecordChanged,
    RecordsFound,
    Refusal,
    TurnedOut,
)
from engine.dialogue import STEPS_PER_TURN_MAX, Dialogue
from engine.effects import Do, Effect, Repeat, Say
from engine.events import NotDelivered, StillWaiting, Yes
from engine.flow import Calling
from engine.understanding import Understanding
from states import everywhere, registry
from tests.chat import ScriptedChat, proof, record

CATALOGUE = texts.load(registry.texts())
DIALOGUE = Dialogue(registry.FLOWS, everywhere.rows, Understanding(), CATALOGUE.claims)

RECORDS = (
    record(1),
    record(2, "Стрижка", "2026-11-27 12:00", "Мария"),
    record(3, "Брови", "2026-11-23 12:30", "Ольга"),
)
WORDS = (
    "хочу отменить запись", "отмените стрижку", "отмените запись на субботу", "да", "нет", "2", "первую",
    "в пятницу", "да, отменяйте", "не эту, а на пятницу", "перенесите на завтра", "Здравствуйте", "спасибо",
    "абракадабра", "когда я записана?", "стоп", "старт", "👍", "",
)  # fmt: skip


@dataclass
class FreeChat(ScriptedChat):
    """A chat whose effects nobody names; it only watches."""

    effects: list[Effect] = field(default_factory=list)
    # What each yes agreed to, until it is used.
    agreed: set[int] = field(default_factory=set)

    def _nothing_is_unnamed(self) -> None:
        self.effects += self._unnamed
        self._unnamed.clear()

    def _commit(self, decision: Any) -> None:
        before = self.session
        pending = before.pending if before else None
        if isinstance(self.taken, Yes) and pending is not None:
            assert self._asked is not None, "a yes to what could not be read yet"
            self.agreed |= {one.record_id for one in pending.proposes}
        for effect in decision.effects:
            self._watch(effect)
        super()._commit(decision)
        assert self.session is not None
        waits = isinstance(self.dialogue.states[self.session.state], Calling)
        assert waits == (self.session.awaiting is not None) == (self._call is not None)
        assert before is None or self.session.questions >= before.questions

    def _watch(self, effect: Effect) -> None:
        if isinstance(effect, Do):
            assert isinstance(effect.command, CancelRecord)
            if self.salon.confirm == "always":
                assert effect.command.record.record_id in self.agreed, "a write without a yes"
            assert not self.chat.opted_out, "a write after «стоп»"
            self.agreed.clear()
        if isinstance(effect, Say) and effect.text in CATALOGUE.claims:
            assert effect.receipts, "a claim without a receipt"
        if isinstance(effect, Say | Repeat) and self.chat.opted_out:
            assert isinstance(effect, Say), "a question after «стоп»"
            assert isinstance(self.taken, RecordCancelled | CallFailed | TurnedOut), "no outcome"
            assert not effect.options


class Player:
    """Turns drawn moves into things that can happen where the chat stands."""

    def __init__(self, chat: FreeChat, data: st.DataObject) -> None:
        self.chat, self.data = chat, data

    def moves(self) -> list[str]:
        assert self.chat.session is not None
        moves = ["words", "words", "late words", "tap", "without words", "time", "undelivered"]
        if self.chat._call is not None:
            moves += ["result", "result", "result", "failure", "sign"]
        elif any(due <= self.chat.now for due, _ in self.chat._reads):
            moves += ["reading"]
        return moves

    def draw(self, *values: Any) -> Any:
        return self.data.draw(st.sampled_from(values))

    def play(self) -> None:
        chat = self.chat
        match self.draw(*self.moves()):
            case "words":
                chat.takes(self.draw(*WORDS))
            case "late words":
                chat.takes(self.draw(*WORDS), ago=timedelta(minutes=self.draw(0, 1, 20, 45, 1200)))
            case "tap":
                shown = [option.id for bubble in chat.bubbles for option in bubble.options]
                chat.taps_id(self.draw(*shown, "yes:1:1", "x"))
            case "without words":
                chat.sends(self.draw("voice", "picture", "reaction", "other"), self.draw("", "👍"))
            case "time":
                chat.waits(self.draw(0.1, 2, 8, 16))
            case "undelivered":
                chat.happens(NotDelivered(question=self.draw(*range(8))))
            case "sign":
                chat.happens(StillWaiting())
            case "failure":
                reasons: tuple[Literal["refused", "not_tried", "unknown"], ...]
                reasons = ("refused", "not_tried", "unknown")
                chat.gets(CallFailed(reason=self.draw(*reasons), detail=self.draw(*get_args(Refusal))))
            case "result":
                self.result()
            case "reading":
                self.reading()
        chat._nothing_is_unnamed()

    def result(self) -> None:
        match self.chat._call:
            case FindRecords():
                found = self.data.draw(st.lists(st.sampled_from(RECORDS), unique=True))
                self.chat.gets(RecordsFound(records=tuple(found)))
            case CancelRecord(record=one):
                moved = one.model_copy(update={"starts_at": one.starts_at + timedelta(days=1)})
                done = RecordCancelled(receipt=proof(one, how=self.draw("soft", "deleted", "already")))
                self.chat.gets(self.draw(done, done, RecordChanged(was=one, now=moved)))

    def reading(self) -> None:
        one, attempt = next(
            (query.record, query.attempt)
            for due, query in self.chat._reads
            if due <= self.chat.now and isinstance(query, ReadOutcome)
        )
        shown: Record | None = self.draw(None, one)
        receipt = self.draw(None, proof(one))
        self.chat.gets(TurnedOut(record=one, receipt=receipt, shown=shown, attempt=attempt))


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_whatever_happens_the_promises_hold(data: st.DataObject) -> None:
    """No event without a row, no write without a yes, no claim without a receipt, no word after «стоп»."""
    chat = FreeChat(DIALOGUE, CATALOGUE)
    confirm = data.draw(st.sampled_from(["always", "always", "never"]))
    chat.salon_has(confirm=confirm, selection=data.draw(st.sampled_from(["ask", "last_created"])))
    player = Player(chat, data)
    for _ in range(data.draw(st.integers(1, 25))):
        player.play()
    # Each turn was decided twice and changed nothing that it was given (tests.chat).
    assert len(chat.effects) <= 25 * STEPS_PER_TURN_MAX


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_happened_silence_leads_home(data: st.DataObject) -> None:
    chat = FreeChat(DIALOGUE, CATALOGUE)
    player = Player(chat, data)
    for _ in range(data.draw(st.integers(1, 12))):
        player.play()
    for _ in range(20):
        # Words that waited behind a call may ask for another one.
        if chat._call is not None:
            chat.gets(CallFailed(reason="not_tried"))
        chat.waits(16)
    assert chat.session is not None
    assert chat.session.state == "idle"
    assert not chat._inbox, "words wait for ever"
