"""What clients do, and what a person who reads their phones would say that they agreed to."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.booking import Change
from engine.events import Heard, Tap
from engine.ports import Arrival, Button, Identity
from engine.proof.reading import asked_about, change_named, named_in, read, yes_among
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
_NO_OUTCOME = re.compile("StillWaiting|RecordsFound|SlotsFound")
# Calls that change nothing and promise no outcome.
_READS = re.compile('"kind":"(FindRecords|FindSlots)"')


class NotOffered(Exception):
    """An opening taps what these flows do not offer."""


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
            agreements = self._wished(world, phone, "cancelled", self._meant(world, phone, sentence))
        if sentence.means == "take back" and not self._is_old(choice):
            agreements = self._wished(world, phone, "restored", self._wished_back(world, phone))
        if sentence.means == "all of a list" and _asks_which_is_to_come_back(readable(world, phone)):
            agreements = self._wished(world, phone, "restored", self._cancelled(world, phone))
        if sentence.picks is not None and readable(world, phone) is not None:
            agreements = self._picked(world, phone, choice, self._owned_at(sentence.picks))
        if sentence.clock:
            agreements = self._slot_named(world, phone, sentence.clock, said_at)
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
        return self.stage.opening.salon.confirm == "never" and not self._is_old(choice)

    def _is_old(self, choice: Choice) -> bool:
        return timedelta(seconds=choice.late_s) > self.stage.opening.salon.old_after

    def _wished(
        self, world: World, phone: Phone, change: Change, records: list[int]
    ) -> tuple[Agreement, ...]:
        """Add a wish that needs no question, for every record that it may mean."""
        by = f"wish {world.inbounds}"
        return (*phone.agreements, *(Agreement(by, rid, "", change) for rid in records))

    def _cancelled(self, world: World, phone: Phone) -> list[int]:
        """Return the records that the client may want back, also where that may have worked already."""
        return [rid for rid, _ in world.undoable if self.stage.owned[rid] == phone.number]

    def _wished_back(self, world: World, phone: Phone) -> list[int]:
        """Return what «верните запись» may mean; nothing, where it does not say which of several."""
        wanted = self._cancelled(world, phone)
        off = {entry.record.record_id for entry in world.journal if entry.cancelled_by == "us"}
        until = world.now - self.stage.opening.salon.undo_for
        left = [rid for rid, since in world.undoable if rid in wanted and rid in off and since >= until]
        return wanted if len(left) < 2 else []

    def _picked(self, world: World, phone: Phone, choice: Choice, record_id: int) -> tuple[Agreement, ...]:
        """A place in a list is the last word where no question follows: of a take-back, or of no question."""
        shown = readable(world, phone)
        assert shown is not None
        back = change_named(shown.bubble.text) == "restored"
        if back or self._may_act(choice):
            return self._agreed(world, phone, "record", record_id)
        return phone.agreements

    def _slot_named(self, world: World, phone: Phone, clock: str, said_at: datetime) -> tuple[Agreement, ...]:
        """Add what naming the time of an offered window agrees to."""
        shown = readable(world, phone)
        if shown is None or said_at < shown.at:
            return phone.agreements
        fits = [option for option in shown.bubble.options if option.title.startswith(clock)]
        return self._moves(world, phone, shown, fits[0]) if len(fits) == 1 else phone.agreements

    def _moves(self, world: World, phone: Phone, shown: Shown, option: Button) -> tuple[Agreement, ...]:
        """Add the move to the window that an option stands for, once a question."""
        tap = Tap.decode(option.id)
        assert tap is not None
        text = shown.bubble.text
        named = {entry.record.record_id for entry in named_in(text, world)} or set(phone.subject)
        records = named if tap.record_id is None else {tap.record_id}
        by = f"question {tap.question} {option.title}"
        said = f"{text}\n{read(option)}"
        during = self._during(world, phone, shown)
        return self._once(
            phone, [Agreement(by, rid, said, "moved", during=during) for rid in sorted(records)]
        )

    def _during(self, world: World, phone: Phone, shown: Shown) -> str:
        return "" if phone.open is shown or world.flight is None else world.flight.delivery.key

    def _once(self, phone: Phone, fresh: list[Agreement]) -> tuple[Agreement, ...]:
        known = {(one.by, one.record_id) for one in phone.agreements}
        return (*phone.agreements, *(one for one in fresh if (one.by, one.record_id) not in known))

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
            # «Да, отменяйте» agrees to nothing else.
            return not sentence.plain or change_named(shown.bubble.text) == "cancelled"
        if sentence.fits is None or change_named(shown.bubble.text) != "cancelled":
            return False
        return asked_about(world, shown) == set(self._meant(world, phone, sentence))

    def _agreed(self, world: World, phone: Phone, kind: str, record_id: int | None) -> tuple[Agreement, ...]:
        """Add what the open question proposes, once a question."""
        shown = readable(world, phone)
        assert shown is not None
        text = shown.bubble.text
        change: Change = change_named(text) or "cancelled"
        said = text if kind == "yes" else ""
        during = self._during(world, phone, shown)
        taps = yes_among(shown) if kind == "yes" else [tap for tap in shown.taps() if tap.kind == kind]
        records = (
            asked_about(world, shown) if kind == "yes" else {tap.record_id for tap in taps if tap.record_id}
        )
        fresh = [
            Agreement(f"question {taps[0].question}", rid, said, change, during=during)
            for rid in sorted(records if taps else ())
            if record_id in (None, rid)
        ]
        return self._once(phone, fresh)

    def taps(self, world: World, choice: Choice) -> World:
        phone = world.phones[choice.who]
        if not choice.what:
            choice = replace(choice, what=_labelled(phone, choice.label).id)
        tap = Tap.decode(choice.what)
        assert tap is not None, f"{choice.what} is no option's id"
        phone = self._tapped(world, phone, choice, tap)
        heard = Heard(kind="tap", option=choice.what, text=choice.label, said_at=world.now)
        return self._arrives(world.with_phone(phone), choice.who, heard, tap.question)

    def _tapped(self, world: World, phone: Phone, choice: Choice, tap: Tap) -> Phone:
        """What a tap agrees to: an intent's button by itself, an option of the question that stands there."""
        if tap.kind == "take_back" or (choice.label.startswith("Вернуть") and tap.record_id is None):
            wanted = self._cancelled(world, phone)
            named = tap.record_id is not None
            records = (
                [rid for rid in wanted if tap.record_id == rid] if named else self._wished_back(world, phone)
            )
            return replace(phone, agreements=self._wished(world, phone, "restored", records))
        if phone.open is None or tap not in phone.open.taps():
            return phone
        if tap.kind == "take_back_all":
            everything = self._wished(world, phone, "restored", self._cancelled(world, phone))
            return replace(phone, agreements=everything)
        if tap.kind == "no":
            return replace(phone, open=None, stale=phone.open)
        if tap in yes_among(phone.open):
            return replace(phone, agreements=self._agreed(world, phone, "yes", tap.record_id))
        if tap.kind == "record" and tap.record_id is not None:
            return replace(phone, agreements=self._picked(world, phone, choice, tap.record_id))
        option = next(option for option in phone.open.bubble.options if option.id == choice.what)
        if re.match(r"\d{1,2}:\d{2}", option.title):
            return replace(phone, agreements=self._moves(world, phone, phone.open, option))
        return phone

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
            if row.chat_id in chats and row.kind == "call" and not _READS.search(row.payload)
        ]
        results = [
            row
            for row in standing.inbox
            if row.chat_id in chats and row.call and row.event and not _NO_OUTCOME.search(row.event)
        ]
        # What the salon is asked to allow is a wish that stands, and its end is told like that of a write.
        wishes = [late for late in world.late if late.phone == phone.number]
        # An outcome that stays unknown is told twice: at once, and as it turned out.
        return 2 * len(writes) + 2 * len(results) + 2 * len(wishes)


def readable(world: World, phone: Phone) -> Shown | None:
    """Return the question that the client may be reading: one that is being sent may have arrived."""
    flight = world.flight
    if flight is not None and flight.delivery.message is not None and not flight.arrived:
        bubble = flight.delivery.message.bubble
        known = phone.open is not None and phone.open.bubble.options == bubble.options
        if flight.delivery.address.phone == phone.number and bubble.options and not known:
            return Shown(bubble, flight.started_at, 0)
    return phone.open


def _asks_which_is_to_come_back(shown: Shown | None) -> bool:
    return shown is not None and any(tap.kind == "take_back_all" for tap in shown.taps())


def _labelled(phone: Phone, label: str) -> Button:
    """Return the option of what stands on the phone whose label begins so."""
    options = phone.open.bubble.options if phone.open else ()
    fits = [option for option in options if option.title.startswith(label)]
    if not fits:
        raise NotOffered(f"no option «{label}» among {[option.title for option in options]}")
    return fits[0]
