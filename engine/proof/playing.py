"""One step of a world: what happens by itself, or what is chosen."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.codec import load
from engine.events import LateDecided, StillWaiting, TimedOut
from engine.flow import Waiting
from engine.ports import Delivery, Head
from engine.proof import outside
from engine.proof.clients import Clients
from engine.proof.delivering import Delivering
from engine.proof.invariants import GRACE_S, PATIENCE_S
from engine.proof.stage import Stage
from engine.proof.standing import TimerRow
from engine.proof.turning import Turning
from engine.proof.world import Choice, Phone, World, after

# What is due so soon happens by itself; anything later is a choice.
SOON_S = 60.0
NOBODY: frozenset[int] = frozenset()
# How a process dies: what was under way had left it; or it stays down, nearly for a question's patience.
LEFT, DOWN = "left", "down"
DOWN_S = 840.0


@dataclass(slots=True)
class Player:
    """Plays one opening over a store. The world goes in and comes out; the store changes in place."""

    stage: Stage
    clients: Clients = field(init=False)
    turning: Turning = field(init=False)
    delivering: Delivering = field(init=False)

    def __post_init__(self) -> None:
        self.clients, self.turning = Clients(self.stage), Turning(self.stage)
        self.delivering = Delivering(self.stage)

    # ── what happens by itself ────────────────────────────────────────────────────────────────────────

    def goes_on(self, world: World) -> World | None:
        """Let the next thing happen that needs nobody's choice; None: everything is at rest."""
        flight = world.flight
        if flight is not None and flight.delivery.call is None:
            return self.delivering.ends(world, "")
        if (head := self.head()) is not None:
            return self.turning.takes(world, head)
        busy = frozenset(each.delivery.outbox_id for each in world.flights)
        due = self.stage.store.due(world.now, busy)
        # Messages before calls: what is said while a call is out arrives while it is out.
        due = tuple(sorted(due, key=lambda each: each.call is not None))
        if due and (flight is None or due[0].call is None):
            return self.delivering.starts(world, due[0])
        if flight is not None:
            return self.delivering.ends(world, "")
        moment = self.stage.store.next_due(world.now, NOBODY)
        if moment is not None and (moment - world.now).total_seconds() <= SOON_S:
            return self._passes(world, moment)
        return None

    def is_at_rest(self, world: World) -> bool:
        """Whether nothing goes on by itself."""
        if world.flights or self.head() is not None:
            return False
        moment = self.stage.store.next_due(world.now, NOBODY)
        return moment is None or (moment - world.now).total_seconds() > SOON_S

    def rests(self, world: World) -> World:
        """Let everything happen that happens by itself."""
        while (following := self.goes_on(world)) is not None:
            world = following
        return world

    def head(self) -> Head | None:
        """Return what may be taken next, whosesoever it is."""
        heads = (self.stage.store.head(chat_id) for chat_id in self.stage.store.chats_with_work())
        return next((head for head in heads if head is not None), None)

    def messages(self, world: World) -> list[Delivery]:
        """Return the messages that may leave now."""
        return [each for each in self.stage.store.due(world.now, NOBODY) if each.call is None]

    # ── what is chosen ────────────────────────────────────────────────────────────────────────────────

    def chosen(self, world: World, choice: Choice) -> World:
        match choice.kind:
            case "says":
                return self.clients.says(world, choice)
            case "taps":
                return self.clients.taps(world, choice)
            case "sends":
                return self.clients.sends(world, choice)
            case "again":
                return self.clients.again(world)
            case "dies":
                return self._dies(world, choice.what)
            case "waits":
                return self._passes(world, self.next_moment(world))
            case "sign":
                return self._sign(world)
            case "call" | "message":
                return self.delivering.ends(world, choice.what)
            case "edits":
                edit = (outside.EDITS | outside.TAKES)[choice.what]
                return replace(edit(world, choice.who), dead=False)
            case "decides":
                return self._decides(world, choice)
            case "arrives":
                assert world.flight is not None
                return self.delivering.reaches(world, world.flight)
            case "starts":
                return self.delivering.starts(world, self.messages(world)[0])
        assert choice.kind == "takes"
        head = self.head()
        assert head is not None
        return self.turning.takes(world, head)

    def next_moment(self, world: World) -> datetime:
        moments = [self.stage.store.next_timer(), self.stage.store.next_due(world.now, NOBODY)]
        return min((moment for moment in moments if moment is not None), default=world.now)

    def _dies(self, world: World, what: str) -> World:
        """kill -9, and the next start."""
        where = "with nothing under way"
        if (flight := world.flight) is not None:
            where = "during a call" if flight.delivery.call else "during a send"
            if what == LEFT:
                where += ", after it had left"
                world = (
                    outside.lands(world, flight.delivery)
                    if flight.delivery.call
                    else self.delivering.reaches(world, flight)
                )
        elif self.stage.store.chats_with_work():
            where = "between a message and its turn"
        elif self.stage.store.due(world.now, NOBODY):
            where = "between a turn and its deliveries"
        if what == DOWN:
            where += ", and stays down for a while"
            world = replace(world, now=after(world.now, DOWN_S))
        self.stage.seen.crashes[where] += 1
        self.stage.store.recover(world.now)
        return replace(world, flights=(), asking=(), booted_at=world.now, dead=True)

    def _passes(self, world: World, moment: datetime) -> World:
        world = replace(world, now=max(world.now, moment), dead=False)
        asked = {
            timer.chat_id for timer in self.stage.store.standing().timers if self._is_of_a_question(timer)
        }
        for chat_id in self.stage.store.fire_timers(world.now):
            phone = self._phone_of(world, chat_id)
            if phone.open is not None and chat_id in asked:
                waited_s = (world.now - phone.open.at).total_seconds()
                self.stage.checks.expect(
                    "patience", waited_s >= PATIENCE_S, f"timed out after {waited_s:.0f} s"
                )
            if world.booted_at is not None:
                up_s = (world.now - world.booted_at).total_seconds()
                self.stage.checks.expect("patience", up_s >= GRACE_S, f"timed out {up_s:.0f} s after a start")
        return world

    def _is_of_a_question(self, timer: TimerRow) -> bool:
        """Whether somebody is waited for; what only stays open for a while counts from its turn."""
        timed_out = load(TimedOut, timer.event)
        return isinstance(self.stage.dialogue.states[timed_out.state], Waiting)

    def _sign(self, world: World) -> World:
        flight = world.flight
        assert flight is not None
        world = replace(world, now=after(world.now, 10), dead=False)
        self.stage.store.sign_of_waiting(flight.delivery, StillWaiting(), world.now)
        return world

    def _decides(self, world: World, choice: Choice) -> World:
        """Somebody of the salon answers a request to cancel late, or one that nobody made."""
        granted = choice.what == "granted"
        if choice.who < 0:
            chat = self.stage.store.standing().chats[0].chat_id
            event = LateDecided(request="c9.9.9", granted=granted)
            self.stage.store.happens(chat, event, f"late:none:{world.inbounds}", world.now)
            return replace(world, inbounds=world.inbounds + 1, dead=False)
        late = world.late[choice.who]
        answered = replace(late, answers=(*late.answers, choice.what))
        chat = next(row.chat_id for row in self.stage.store.standing().chats if row.phone == late.phone)
        event = LateDecided(request=late.request, granted=granted)
        message_id = f"late:{late.request}:{len(late.answers)}"
        self.stage.store.happens(chat, event, message_id, world.now)
        wishes = tuple(answered if each is late else each for each in world.late)
        return replace(world, late=wishes, dead=False)

    def _phone_of(self, world: World, chat_id: int) -> Phone:
        number = next(chat.phone for chat in self.stage.store.standing().chats if chat.chat_id == chat_id)
        return world.phone(number)
