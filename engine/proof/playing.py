"""One step of a world: what happens by itself, or what is chosen; each judged as it happens."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.booking import CancelSettled, Command, RecordChanged, TurnedOut
from engine.dialogue import Dialogue
from engine.events import Heard, StillWaiting, Tap
from engine.ports import Arrival, Bubble, Delivery, Head, Identity, OutgoingCall, OutgoingMessage, Status
from engine.proof import outside
from engine.proof.invariants import GRACE_S, PATIENCE_S, Checks, judge_consent, judge_owner, judge_words
from engine.proof.standing import Rewindable
from engine.proof.world import (
    ACCOUNT,
    CHANNEL,
    Agreement,
    Choice,
    Flight,
    Opening,
    Phone,
    Sentence,
    Shown,
    World,
    after,
)
from engine.runtime.deciding import Decided, decide
from engine.texts import Texts
from engine.understanding import opt_out

# What is due so soon happens by itself; anything later is a choice.
SOON_S = 60.0
NOBODY: frozenset[int] = frozenset()
# Results of calls that are no outcome of a write.
_NO_OUTCOME = re.compile("StillWaiting|RecordsFound")


@dataclass(slots=True)
class Seen:
    """What an exploration has met, to be counted."""

    rows: set[int] = field(default_factory=set)
    # State × what happened there.
    pairs: set[tuple[str, str]] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    redelivered: int = 0
    turns: int = 0


@dataclass(slots=True)
class Player:
    """Plays one opening over a store. The world goes in and comes out; the store changes in place."""

    dialogue: Dialogue
    texts: Texts
    store: Rewindable
    opening: Opening
    checks: Checks = field(default_factory=Checks)
    seen: Seen = field(default_factory=Seen)
    # What reached the phones, in order, for who wants to read it: the number, and the message.
    heard: list[tuple[str, Bubble]] = field(default_factory=list)
    _sentences: dict[str, Sentence] = field(default_factory=dict)
    _owned: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opening = self.opening
        self._sentences = {one.text: one for one in (*opening.sentences, *opening.midway)}
        self._owned = {record.record_id: record.phone for record in opening.records}

    # ── what happens by itself ────────────────────────────────────────────────────────────────────────

    def goes_on(self, world: World) -> World | None:
        """Let the next thing happen that needs nobody's choice; None: everything is at rest."""
        flight = world.flight
        if flight is not None and flight.delivery.call is None:
            return self.ends(world, "")
        if (head := self.head()) is not None:
            return self._take(world, head)
        busy = frozenset(each.delivery.outbox_id for each in world.flights)
        due = self.store.due(world.now, busy)
        # Messages before calls: what is said while a call is out arrives while it is out.
        due = tuple(sorted(due, key=lambda each: each.call is not None))
        if due and (flight is None or due[0].call is None):
            return self._start(world, due[0])
        if flight is not None:
            return self.ends(world, "")
        moment = self.store.next_due(world.now, NOBODY)
        if moment is not None and (moment - world.now).total_seconds() <= SOON_S:
            return self._passes(world, moment)
        return None

    def is_at_rest(self, world: World) -> bool:
        """Whether nothing goes on by itself."""
        if world.flights or self.head() is not None:
            return False
        moment = self.store.next_due(world.now, NOBODY)
        return moment is None or (moment - world.now).total_seconds() > SOON_S

    def rests(self, world: World) -> World:
        """Let everything happen that happens by itself."""
        while (following := self.goes_on(world)) is not None:
            world = following
        return world

    def head(self) -> Head | None:
        """Return what may be taken next, whosesoever it is."""
        heads = (self.store.head(chat_id) for chat_id in self.store.chats_with_work())
        return next((head for head in heads if head is not None), None)

    def messages(self, world: World) -> list[Delivery]:
        """Return the messages that may leave now."""
        return [each for each in self.store.due(world.now, NOBODY) if each.call is None]

    # ── what is chosen ────────────────────────────────────────────────────────────────────────────────

    def chosen(self, world: World, choice: Choice) -> World:
        match choice.kind:
            case "says":
                return self._says(world, choice)
            case "taps":
                return self._taps(world, choice)
            case "sends":
                kind = "voice" if choice.what == "voice" else "reaction"
                text = "" if choice.what == "voice" else choice.what
                heard = Heard(kind=kind, text=text, said_at=world.now)
                return self._arrives(world, choice.who, heard, None)
            case "again":
                return self._again(world)
            case "dies":
                return self._dies(world, choice.what)
            case "waits":
                return self._passes(world, self.next_moment(world))
            case "sign":
                return self._sign(world)
            case "call" | "message":
                return self.ends(world, choice.what)
            case "edits":
                return replace(outside.EDITS[choice.what](world, choice.who), dead=False)
            case "arrives":
                assert world.flight is not None
                return self._reaches(world, world.flight)
            case "starts":
                return self._start(world, self.messages(world)[0])
        assert choice.kind == "takes"
        head = self.head()
        assert head is not None
        return self._take(world, head)

    def next_moment(self, world: World) -> datetime:
        moments = [self.store.next_timer(), self.store.next_due(world.now, NOBODY)]
        return min((moment for moment in moments if moment is not None), default=world.now)

    def _says(self, world: World, choice: Choice) -> World:
        sentence, phone = self._sentences[choice.what], world.phones[choice.who]
        said_at = after(world.now, -choice.late_s)
        agreements = phone.agreements
        if self._agrees(world, phone, sentence, said_at):
            agreements = self._agreed(world, phone, "yes", None)
        if sentence.plain and self._may_act(choice):
            by = f"wish {world.inbounds}"
            mine = self._meant(world, phone, sentence)
            agreements = (*agreements, *(Agreement(by, record_id, "") for record_id in mine))
        if sentence.picks is not None and self._may_act(choice) and _readable(world, phone) is not None:
            agreements = self._agreed(world, phone, "record", self._owned_at(sentence.picks))
        phone = replace(phone, agreements=agreements)
        if sentence.means == "no":
            phone = replace(phone, open=None, stale=phone.open or phone.stale)
        if sentence.means == "stop" and not phone.stopped:
            queued = tuple(row.key for row in self.store.standing().outbox if row.key in world.untold)
            phone = replace(phone, stopped=True, outcomes_left=self._out(world, phone), queued=queued)
        if sentence.means == "start":
            phone = replace(phone, stopped=False)
        heard = Heard(kind="words", text=sentence.text, said_at=said_at)
        return self._arrives(world.with_phone(phone), choice.who, heard, None)

    def _may_act(self, choice: Choice) -> bool:
        salon = self.opening.salon
        return salon.confirm == "never" and timedelta(seconds=choice.late_s) <= salon.old_after

    def _owned_at(self, place: int) -> int:
        return self.opening.records[place].record_id

    def _meant(self, world: World, phone: Phone, sentence: Sentence) -> list[int]:
        """Return the records that a wish may mean: all of the client's own, or those that it names."""
        return [
            entry.record.record_id
            for place, entry in enumerate(world.journal)
            if self._owned[entry.record.record_id] == phone.number
            and (sentence.fits is None or place in sentence.fits)
        ]

    def _agrees(self, world: World, phone: Phone, sentence: Sentence, said_at: datetime) -> bool:
        """Whether a person who reads this phone would say that this is a yes to what stands there."""
        shown = _readable(world, phone)
        if shown is None or said_at < shown.at:
            return False
        if sentence.means == "yes":
            return True
        proposed = {tap.record_id for tap in shown.taps() if tap.kind == "yes"}
        return sentence.fits is not None and proposed == set(self._meant(world, phone, sentence))

    def _agreed(self, world: World, phone: Phone, kind: str, record_id: int | None) -> tuple[Agreement, ...]:
        """Add what the open question proposes, once a question."""
        shown = _readable(world, phone)
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

    def _taps(self, world: World, choice: Choice) -> World:
        phone = world.phones[choice.who]
        tap = Tap.decode(choice.what)
        if tap is not None and phone.open is not None and tap in phone.open.taps():
            if tap.kind == "yes" or (tap.kind == "record" and self.opening.salon.confirm == "never"):
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
        received = self.store.receive((arrival,), (), (), world.now)
        self.checks.expect("unique", received.new == 1, "a new message was not stored")
        return replace(world, inbounds=world.inbounds + 1, last=arrival, dead=False)

    def _again(self, world: World) -> World:
        assert world.last is not None
        self.seen.redelivered += 1
        self.store.receive((world.last,), (), (), world.now)
        rows = self.store.rows_of(world.last.message_id)
        self.checks.expect("unique", rows == 1, f"one message, {rows} rows")
        return replace(world, last=None, dead=False)

    def _dies(self, world: World, what: str) -> World:
        """kill -9, and the next start. `what`: what was under way had left us by then."""
        where = "with nothing under way"
        if (flight := world.flight) is not None:
            where = "during a call" if flight.delivery.call else "during a send"
            if what:
                where += ", after it had left"
                world = (
                    outside.lands(world, flight.delivery)
                    if flight.delivery.call
                    else self._reaches(world, flight)
                )
        elif self.store.chats_with_work():
            where = "between a message and its turn"
        elif self.store.due(world.now, NOBODY):
            where = "between a turn and its deliveries"
        self.seen.crashes[where] += 1
        self.store.recover(world.now)
        return replace(world, flights=(), asking=(), booted_at=world.now, dead=True)

    def _passes(self, world: World, moment: datetime) -> World:
        world = replace(world, now=max(world.now, moment), dead=False)
        for chat_id in self.store.fire_timers(world.now):
            phone = self._phone_of(world, chat_id)
            if phone.open is not None:
                waited_s = (world.now - phone.open.at).total_seconds()
                self.checks.expect("patience", waited_s >= PATIENCE_S, f"timed out after {waited_s:.0f} s")
            if world.booted_at is not None:
                up_s = (world.now - world.booted_at).total_seconds()
                self.checks.expect("patience", up_s >= GRACE_S, f"timed out {up_s:.0f} s after a start")
        return world

    def _sign(self, world: World) -> World:
        flight = world.flight
        assert flight is not None
        world = replace(world, now=after(world.now, 10), dead=False)
        self.store.sign_of_waiting(flight.delivery, StillWaiting(), world.now)
        return world

    def _phone_of(self, world: World, chat_id: int) -> Phone:
        number = next(chat.phone for chat in self.store.standing().chats if chat.chat_id == chat_id)
        return world.phone(number)

    def _out(self, world: World, phone: Phone) -> int:
        """How many outcomes «стоп» leaves to be told: of writes that are out, and of promised looks."""
        standing = self.store.standing()
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

    # ── turns ─────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, world: World, head: Head) -> World:
        self.seen.turns += 1
        before = "gone" if head.session is None else head.session.state
        try:
            decided = decide(self.dialogue, self.texts, self.opening.salon, head, world.now)
        except Exception as error:
            # In a salon that breaks its word a turn may refuse; it is counted, as the runtime does.
            self.checks.expect(
                "understood", self.opening.leaks, f"{type(error).__name__} in {before}: {error}"
            )
            self.store.turn_failed(head.arrival)
            return replace(world, dead=False)
        self.checks.expect("understood", self.opening.leaks or not decided.poisoned, "a turn was put aside")
        self.seen.rows.update(tried.row for tried in decided.decision.tried if tried.held)
        event = type(decided.event).__name__
        self.seen.pairs.add((before, event))
        self.seen.events[event] += 1
        phone = world.phone(head.chat.phone)
        self._judge_turn(world, phone, decided)
        self.checks.expect("versions", self.store.take(decided.turn, world.now), "a turn was refused")
        self._cannot_be_repeated(decided, world)
        if head.heard is not None:
            phone = replace(phone, taken=head.arrival)
        world = self._untold(world, decided)
        return replace(world.with_phone(phone), dead=False)

    def _judge_turn(self, world: World, phone: Phone, decided: Decided) -> None:
        head, turn = decided.head, decided.turn
        if head.heard is not None:
            self.checks.expect("ordered", head.arrival > phone.taken, "a later message was taken first")
        if phone.stopped or self.opening.leaks:
            return
        if head.heard is not None and self._wants_answer(head.heard):
            follows = head.question_unsent or phone.asked_arrival >= head.arrival
            what = head.heard.text or head.heard.kind
            self.checks.expect("answered", bool(turn.outgoing) or follows, f"«{what}» got no answer")
        if head.call is not None and head.session is not None and head.session.awaiting == head.call:
            told = bool(turn.outgoing)
            self.checks.expect("answered", told, f"{type(head.event).__name__} was told to nobody")

    def _wants_answer(self, heard: Heard) -> bool:
        if heard.kind == "reaction":
            return False
        sentence = self._sentences.get(heard.text)
        return sentence is None or sentence.means not in ("stop", "silent")

    def _cannot_be_repeated(self, decided: Decided, world: World) -> None:
        """Two workers on one chat: whoever commits later has read an older version, and must be refused."""
        turn = decided.turn
        again = [turn]
        for row in self.store.standing().inbox:
            if row.chat_id == turn.head.chat_id:
                other = turn.head.model_copy(update={"arrival": row.arrival})
                again.append(turn.model_copy(update={"head": other}))
        for late in again:
            self.store.mark()
            try:
                refused = not self.store.take(late, world.now)
            finally:
                self.store.back()
            self.checks.expect("versions", refused, "a turn on an older version was committed")

    def _untold(self, world: World, decided: Decided) -> World:
        """Note the message that tells how a write ended, so that it cannot get lost."""
        settled = any(isinstance(fact, CancelSettled) for fact in decided.turn.facts)
        settles = settled or isinstance(decided.event, RecordChanged | TurnedOut)
        told = any(isinstance(each, OutgoingMessage) for each in decided.turn.outgoing)
        if not (settles and told and decided.head.call is not None):
            return world
        row = max((row.outbox_id, row.key) for row in self.store.standing().outbox if row.kind == "message")
        return replace(world, untold=(*world.untold, row[1]))

    # ── deliveries ────────────────────────────────────────────────────────────────────────────────────

    def _start(self, world: World, delivery: Delivery) -> World:
        if delivery.call is not None:
            world = self._judge_call(world, delivery, delivery.call)
        if not self.store.starting(delivery, world.now):
            untold = delivery.key in world.untold
            self.checks.expect("told", not untold, "the outcome of a write was dropped")
            return replace(world, dead=False)
        if delivery.message is not None:
            world = self._judge_message(world, delivery, delivery.message)
        asking = dict(world.asking)
        if delivery.call is not None:
            asking.setdefault(delivery.outbox_id, world.now)
        flight = Flight(delivery, world.now)
        return replace(world, flights=(*world.flights, flight), asking=tuple(asking.items()), dead=False)

    def _judge_call(self, world: World, delivery: Delivery, outgoing: OutgoingCall) -> World:
        if not isinstance(outgoing.call, Command):
            return world
        record = outgoing.call.record
        phone = world.phone(delivery.address.phone)
        owner = self._owned.get(record.record_id)
        self.checks.expect("ownership", owner == phone.number, "a stranger's record is written")
        if outgoing.key in world.writes:
            return world
        start = f"{record.starts_at.astimezone(self.opening.salon.zone):%H:%M}"
        asks = self.opening.salon.confirm == "always"
        by = judge_consent(self.checks, phone, record.record_id, start, record.services[0], asks=asks)
        agreements = tuple(replace(one, used=True) if one.by == by else one for one in phone.agreements)
        world = replace(world, writes=(*world.writes, outgoing.key))
        return world.with_phone(replace(phone, agreements=agreements))

    def _judge_message(self, world: World, delivery: Delivery, message: OutgoingMessage) -> World:
        phone = world.phone(delivery.address.phone)
        if delivery.first_tried_at is None:
            said_s = (world.now - delivery.created_at).total_seconds()
            judge_words(self.checks, world, phone, message.bubble, said_s=said_s)
            if not self.opening.leaks:
                judge_owner(self.checks, phone, message.bubble, world, self._owned)
            if phone.stopped and delivery.key not in phone.queued:
                left, said = phone.outcomes_left, message.bubble.text
                self.checks.expect("silence", left > 0, f"«{said}» after «стоп»")
                self.checks.expect("silence", not message.bubble.options, f"offers in «{said}» after «стоп»")
                phone = replace(phone, outcomes_left=left - 1)
        untold = tuple(key for key in world.untold if key != delivery.key)
        return replace(world, untold=untold).with_phone(phone)

    def ends(self, world: World, how: str) -> World:
        """The attempt under way ends: a message before a call."""
        flight = world.flight
        assert flight is not None
        others = tuple(each for each in world.flights if each is not flight)
        delivery = flight.delivery
        if how:
            kind = "message" if delivery.call is None else type(delivery.call.call).__name__
            self.seen.outcomes[f"{kind}: {how}"] += 1
        if delivery.call is not None:
            world, last, ending = outside.call_ends(self.store, world, flight, how, leaks=self.opening.leaks)
            if isinstance(ending.result, RecordChanged):
                entry = world.entry(ending.result.was.record_id)
                edited = entry is not None and entry.edited
                self.checks.expect("unchanged", edited, f"«{ending.result.was.services}» is as it was")
            self.checks.counted["works"] += 1
            self.store.ended(last, ending, world.now)
            return replace(world, flights=others, dead=False)
        if how == "slow":
            world = replace(world, now=after(world.now, 5))
        ending = outside.message_ends(self.store, world, delivery, how)
        if not flight.arrived and how in ("", "slow", "doubt, arrived"):
            world = self._reaches(world, flight)
        if not flight.arrived and how:
            world = _too_slow(world, delivery)
        world = replace(world, flights=others, dead=False)
        self.store.ended(delivery, ending, world.now)
        if how == "bounced":
            status = Status(
                account=ACCOUNT,
                message_id=ending.provider_id,
                key=delivery.key,
                status="failed",
                at=world.now,
                error_code=131026,
            )
            self.store.receive((), (status,), (), world.now)
        return world

    def _reaches(self, world: World, flight: Flight) -> World:
        """A message reaches the phone."""
        delivery = flight.delivery
        assert delivery.message is not None
        phone, bubble = world.phone(delivery.address.phone), delivery.message.bubble
        self.heard.append((phone.number, bubble))
        copies = dict(world.copies)
        count = copies.get(delivery.key, 0) + 1
        copies[delivery.key] = count
        self.checks.expect("copies", count <= 2, f"«{bubble.text}» arrived {count} times")
        self.checks.expect(
            "copies", count == 1 or delivery.attempts > 0, f"«{bubble.text}» arrived again without a doubt"
        )
        shown = Shown(bubble, world.now, world.inbounds)
        if bubble.options:
            old = phone.open if phone.open and phone.open.bubble.options != bubble.options else phone.stale
            if phone.open is not None and phone.open.bubble.options == bubble.options:
                # Another copy: it was there to be read before.
                shown = replace(shown, at=phone.open.at)
            phone = replace(phone, open=shown, stale=old)
        elif phone.open is not None:
            phone = replace(phone, open=None, stale=phone.open)
        if bubble.options:
            phone = replace(phone, asked_arrival=self._highest(world))
        arrived = tuple(replace(each, arrived=True) if each is flight else each for each in world.flights)
        return replace(world.with_phone(phone), copies=tuple(copies.items()), flights=arrived, dead=False)

    def _highest(self, world: World) -> int:
        """Return an arrival number that no stored message exceeds."""
        waiting = [row.arrival for row in self.store.standing().inbox]
        return max((*waiting, *(phone.taken for phone in world.phones)), default=0)


def _readable(world: World, phone: Phone) -> Shown | None:
    """Return the question that the client may be reading: one that is being sent may have arrived."""
    flight = world.flight
    if flight is not None and flight.delivery.message is not None and not flight.arrived:
        bubble = flight.delivery.message.bubble
        known = phone.open is not None and phone.open.bubble.options == bubble.options
        if flight.delivery.address.phone == phone.number and bubble.options and not known:
            return Shown(bubble, flight.started_at, 0)
    return phone.open


def _too_slow(world: World, delivery: Delivery) -> World:
    """What was said while this was being sent did not answer it."""
    phone = world.phone(delivery.address.phone)
    kept = tuple(one for one in phone.agreements if one.during != delivery.key)
    return world.with_phone(replace(phone, agreements=kept))
