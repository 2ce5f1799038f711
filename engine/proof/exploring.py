"""Breadth first through everything that can happen, so that the first counterexample is a shortest one."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from engine.dialogue import Dialogue
from engine.flow import IDLE
from engine.ports import Status
from engine.proof.choices import choices
from engine.proof.clients import NotOffered
from engine.proof.fingerprint import fingerprint
from engine.proof.invariants import Checks, Violated
from engine.proof.playing import Player
from engine.proof.remembering import Remembering
from engine.proof.stage import Seen, Stage
from engine.proof.standing import Rewindable, Standing
from engine.proof.world import ACCOUNT, Choice, Opening, Path, Step, World
from engine.session import Session
from engine.texts import Texts

# A Monday, ten in the morning in Moscow.
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The shortest way that was found to something that must not be."""

    opening: str
    invariant: str
    what: str
    # After the opening; then what happens by itself until it shows.
    path: Path


@dataclass(slots=True)
class Explored:
    """What one exploration saw."""

    opening: str
    depth: int
    # How many rows the whole machine has.
    rows: int
    situations: int = 0
    steps: int = 0
    # Situations where nothing goes on by itself.
    rests: int = 0
    checks: Checks = field(default_factory=Checks)
    seen: Seen = field(default_factory=Seen)
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class _Node:
    saved: object
    world: World
    print: bytes
    path: Path
    # How much has happened by itself since the last choice.
    since: int

    @property
    def cost(self) -> int:
        return len(self.path)


def explore(dialogue: Dialogue, texts: Texts, store: Rewindable, opening: Opening, depth: int) -> Explored:
    """Try everything that can happen within `depth` choices after the opening."""
    empty = store.save()
    remembering = replace(dialogue, understanding=Remembering(dialogue.understanding.lemmas))
    player = Player(Stage(remembering, texts, store, opening))
    depth = max(0, depth - opening.shallower)
    explored = Explored(
        opening.name, depth, len(dialogue.rows()), checks=player.stage.checks, seen=player.stage.seen
    )
    search = _Search(player, explored, depth)
    try:
        search.run(begun(player))
    except NotOffered:
        # Flows of other authors may never come to where this opening begins: there is nothing to explore.
        return explored
    except Exception as error:  # whatever the engine or the store raises is what is looked for
        explored.counterexample = _found(opening, search.path, error)
    explored.situations = len(search.best)
    if search.path and explored.counterexample is not None:
        # Choices were tried before what goes on by itself, which may fail with one choice less.
        store.rewind(empty)
        shorter = explore(dialogue, texts, store, opening, len(search.path) - 1).counterexample
        explored.counterexample = shorter or explored.counterexample
    return explored


def _found(opening: Opening, path: Path, error: Exception) -> Counterexample:
    if isinstance(error, Violated):
        return Counterexample(opening.name, error.name, error.what, path)
    return Counterexample(opening.name, "works", f"{type(error).__name__}: {error}", path)


def begun(player: Player, before: tuple[Choice, ...] | None = None) -> World:
    """Play what has happened before the exploration; `before`: this instead."""
    world = player.stage.opening.world(START)
    # The channel reports statuses of this number, so a send in doubt is held for one.
    status = Status(account=ACCOUNT, message_id="wamid.0", key=None, status="delivered", at=START)
    player.stage.store.receive((), (status,), (), START)
    before = player.stage.opening.before if before is None else before
    for place, choice in enumerate(before):
        world = player.chosen(world, choice)
        if place + 1 < len(before):
            world = player.rests(world)
    return world


@dataclass(slots=True)
class _Search:
    player: Player
    explored: Explored
    depth: int
    # The fewest choices that led to each situation.
    best: dict[bytes, int] = field(default_factory=dict)
    # How the step that is being judged came about.
    path: Path = ()

    def run(self, world: World) -> None:
        queue: deque[_Node] = deque()
        root = self._node(world, (), 0)
        assert root is not None
        queue.append(root)
        while queue:
            node: _Node | None = queue.popleft()
            assert node is not None
            if node.cost > self.best[node.print]:
                continue
            self.player.stage.store.rewind(node.saved)
            # What goes on by itself follows at once, in place: nothing needs to be taken back.
            while node is not None:
                node = self._expand(node, queue)

    def _expand(self, node: _Node, queue: deque[_Node]) -> _Node | None:
        """Try every choice here, then let go on what goes on by itself; return where that leads, if new."""
        store, world = self.player.stage.store, node.world
        at_rest = self.player.is_at_rest(world)
        self.path = node.path
        if at_rest:
            self._rests(world, store.standing())
        if node.cost < self.depth:
            for choice in choices(self.player, world, at_rest=at_rest):
                self.path = (*node.path, Step(node.since, choice))
                store.mark()
                reached = self._node(self.player.chosen(world, choice), self.path, 0)
                if reached is not None:
                    queue.append(reached)
                store.back()
        if at_rest:
            return None
        self.path = node.path
        following = self.player.goes_on(world)
        assert following is not None
        return self._node(following, node.path, node.since + 1)

    def _node(self, world: World, path: Path, since: int) -> _Node | None:
        """Judge where a step has led; None: that is known already, and as cheaply."""
        self.explored.steps += 1
        cost = len(path)
        standing = self.player.stage.store.standing()
        _judge_waiting(self.player.stage.checks, standing)
        print_ = fingerprint(world, standing)
        if self.best.get(print_, cost + 1) <= cost:
            return None
        self.best[print_] = cost
        return _Node(self.player.stage.store.save(), world, print_, path, since)

    def _rests(self, world: World, standing: Standing) -> None:
        self.explored.rests += 1
        checks = self.player.stage.checks
        waiting = {row.chat_id for row in standing.outbox}
        armed = {timer.chat_id for timer in standing.timers}
        for_ever = [row.heard or row.event for row in standing.inbox if row.chat_id not in waiting]
        checks.expect("kept", not for_ever, f"never taken: {for_ever}")
        stuck = [row.key for row in standing.outbox if row.status == "sending"]
        checks.expect("kept", not stuck, f"under way for ever: {stuck}")
        for chat in standing.chats:
            session = Session.model_validate_json(chat.session)
            ends = session.state == IDLE or chat.chat_id in armed or chat.chat_id in waiting
            checks.expect("progress", ends, f"{session.state} waits for nothing")
        open_keys = {row.key for row in standing.outbox}
        lost = [key for key in world.untold if key not in open_keys]
        checks.expect("told", not lost, "the outcome of a write was never sent")


def _judge_waiting(checks: Checks, standing: Standing) -> None:
    for chat in standing.chats:
        if chat.awaiting is not None:
            calls = sum(row.key == chat.awaiting for row in standing.outbox)
            results = sum(
                row.call == chat.awaiting and "StillWaiting" not in (row.event or "")
                for row in standing.inbox
            )
            one = calls + results == 1
            checks.expect(
                "waiting", one, f"{chat.awaiting}: {calls} calls and {results} results on their way"
            )
    awaited = {chat.awaiting for chat in standing.chats}
    for row in standing.outbox:
        if row.kind == "call" and row.awaited:
            checks.expect("waiting", row.key in awaited, f"a call is out, and nobody waits for {row.key}")
