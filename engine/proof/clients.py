"""What clients do, and what a person who reads their phones would say that they agreed to."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.events import Heard, Tap
from engine.ports import Arrival, Identity
from engine.proof.stage import Stage
from engine.proof.world import (
    ACCOUNT,
    CHANNEL,
    Agreement,
    Choice,
    Phone,
    Sentence,
    Shown,
    World,
    after,
)
from engine.understanding import opt_out

# Results of calls that are no outcome of a write.
_NO_OUTCOME = re.compile("StillWaiting|RecordsFound")


@dataclass(frozen=True, slots=True)
class Clients:
    stage: Stage

    def says(self, world: World, choice: Choice) -> World:
        sentence, phone = self.stage.sentences[choice.what], world.phones[choice.who]
        said_at = after(world.now, -choice.late_s)
        agreements = phone.agreements
        if self._agrees(world, phone, sentence, said_at):
            agreements = self._agreed(world, phone, "yes", None)
        if sentence.plain and self._may_act(choice):
            by = f"wish {world.inbounds}"
            mine = self._meant(world, phone, sentence)
            agreements = (*agreements, *(Agreement(by, record_id, "") for record_id in mine))
        if sentence.picks is not None and self._may_act(choice) and readable(world, phone) is not None:
            agreements = self._agreed(world, phone, "record", self._owned_at(sentence.picks))
        phone = replace(phone, agreements=agreements)
        if sentence.means == "no":
            phone = replace(phone, open=None, stale=phone.open or phone.stale)
        if sentence.means == "stop" and not phone.stopped:
            queued = tuple(row.key for row in self.stage.store.standing().outbox if row.key in world.untold)
            phone = replace(phone, stopped=True, outcomes_left=self._out(world, phone), queued=queued)
        if sentence.means == "start":
            phone = replace(phone, stopped=False)
        heard = Heard(kind="words", text=sentence.text, said_at=said_at)
        return self._arrives(world.with_phone(phone), choice.who, heard, None)

    def _may_act(self, choice: Choice) -> bool:
        salon = self.stage.opening.salon
        return salon.confirm == "never" and timedelta(seconds=choice.late_s) <= salon.old_after

    def _owned_at(self, place: int) -> int:
        return self.stage.opening.records[place].record_id

    def _meant(self, world: World, phone: Phone, sentence: Sentence) -> list[int]:
        """Return the records that a wish may mean: all of the client's own, or those that it names."""
        return [
            entry.record.record_id
            for place, entry in enumerate(world.journal)
            if self.stage.owned[entry.record.record_id] == phone.number
            and (sentence.fits is None or place in sentence.fits)
        ]

    def _agrees(self, world: World, phone: Phone, sentence: Sentence, said_at: datetime) -> bool:
        """Whether a person who reads this phone would say that this is a yes to what stands there."""
        shown = readable(world, phone)
        if shown is None or said_at < shown.at:
            return False
        if sentence.means == "yes":
            return True
        proposed = {tap.record_id for tap in shown.taps() if tap.kind == "yes"}
        return sentence.fits is not None and proposed == set(self._meant(world, phone, sentence))

    def _agreed(self, world: World, phone: Phone, kind: str, record_id: int | None) -> tuple[Agreement, ...]:
        """Add what the open question proposes, once a question."""
        shown = readable(world, phone)
        assert shown is not None
        read = shown.bubble.text
        during = "" if phone.open is shown or world.flight is None else world.flight.delivery.key
        fresh = [
            Agreement(f"question {tap.question}", tap.record_id, read if kind == "yes" else "", during=during)
            for tap in shown.taps()
            if tap.kind == kind and tap.record_id is not None and record_id in (None, tap.record_id)
        ]
        known = {(agreement.by, agreement.record_id) for agreement in phone.agreements}
        return (*phone.agreements, *(one for one in fresh if (one.by, one.record_id) not in known))

    def taps(self, world: World, choice: Choice) -> World:
        phone = world.phones[choice.who]
        tap = Tap.decode(choice.what)
        if tap is not None and phone.open is not None and tap in phone.open.taps():
            if tap.kind == "yes" or (tap.kind == "record" and self.stage.opening.salon.confirm == "never"):
                phone = replace(phone, agreements=self._agreed(world, phone, tap.kind, tap.record_id))
            if tap.kind == "no":
                phone = replace(phone, open=None, stale=phone.open)
        heard = Heard(kind="tap", option=choice.what, text=choice.label, said_at=world.now)
        return self._arrives(world.with_phone(phone), choice.who, heard, tap.question if tap else None)

    def _arrives(self, world: World, who: int, heard: Heard, question: int | None) -> World:
        arrival = Arrival(
            channel=CHANNEL,
            account=ACCOUNT,
            message_id=f"wamid.in.{world.inbounds}",
            identities=(Identity(kind="phone", value=world.phones[who].number),),
            heard=heard,
            opt_out=opt_out(heard.text) if heard.kind == "words" else None,
            tapped_question=question,
        )
        received = self.stage.store.receive((arrival,), (), (), world.now)
        self.stage.checks.expect("unique", received.new == 1, "a new message was not stored")
        return replace(world, inbounds=world.inbounds + 1, last=arrival, dead=False)

    def again(self, world: World) -> World:
        assert world.last is not None
        self.stage.seen.redelivered += 1
        self.stage.store.receive((world.last,), (), (), world.now)
        rows = self.stage.store.rows_of(world.last.message_id)
        self.stage.checks.expect("unique", rows == 1, f"one message, {rows} rows")
        return replace(world, last=None, dead=False)

    def sends(self, world: World, choice: Choice) -> World:
        """Something without words."""
        if choice.what == "voice":
            heard = Heard(kind="voice", said_at=world.now)
        else:
            heard = Heard(kind="reaction", text=choice.what, said_at=world.now)
        return self._arrives(world, choice.who, heard, None)

    def _out(self, world: World, phone: Phone) -> int:
        """How many outcomes «стоп» leaves to be told: of writes that are out, and of promised looks."""
        standing = self.stage.store.standing()
        chats = {chat.chat_id for chat in standing.chats if chat.phone == phone.number}
        writes = [
            row
            for row in standing.outbox
            if row.chat_id in chats and row.kind == "call" and "FindRecords" not in row.payload
        ]
        results = [
            row
            for row in standing.inbox
            if row.chat_id in chats and row.call and row.event and not _NO_OUTCOME.search(row.event)
        ]
        # An outcome that stays unknown is told twice: at once, and as it turned out.
        return 2 * len(writes) + 2 * len(results)


def readable(world: World, phone: Phone) -> Shown | None:
    """Return the question that the client may be reading: one that is being sent may have arrived."""
    flight = world.flight
    if flight is not None and flight.delivery.message is not None and not flight.arrived:
        bubble = flight.delivery.message.bubble
        known = phone.open is not None and phone.open.bubble.options == bubble.options
        if flight.delivery.address.phone == phone.number and bubble.options and not known:
            return Shown(bubble, flight.started_at, 0)
    return phone.open
