"""Reading: what an action may say, call and hand over, however it is written."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from engine.booking import CallFailed, CancelRecord, FindRecords
from engine.effects import Ask, Do, Effects, Heed, Option, Repeat, Say, Then
from engine.events import NoWords, Yes
from engine.flow import Turn, minutes, repeat, say
from engine.soundness.noting import Made, Reading, Said
from engine.soundness.possible import Instance
from engine.soundness.reading import Reader
from engine.soundness.source import Sources
from engine.texts import load as decided
from engine.understanding import opt_out
from engine.values import Event
from tests.engine.soundness.toys import Memory, text_of

READER = Reader(Sources(text_of))
TURN = Instance(Turn, {"memory": [Instance(Memory)]})


def reading(action: Callable[..., Any], event: Any = None) -> Reading:
    return READER.read(action, [TURN], [event or Instance(NoWords)])


def texts(action: Callable[..., Any], event: Any = None) -> list[str]:
    return sorted({said.text for said in reading(action, event).said})


# ── how a key may come about ──────────────────────────────────────────────────────────────────────────

KEYS = {"voice": "a.voice", "picture": "a.picture"}
HELLO = Say(text="a.hello", question=True, options=(Option(kind="go"),))


class Sender:
    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, turn: Any, event: Any) -> Effects:
        yield Say(text=self.key)

    def method(self, turn: Any, event: Any) -> Effects:
        yield Say(text=f"{self.key}.method")


@dataclass(frozen=True)
class Settled:
    do: Callable[..., Effects]


def plain(turn: Any, event: Any) -> Effects:
    yield Say(text="a.plain")


def computed(turn: Any, sent: NoWords) -> Effects:
    yield Say(text=f"a.{sent.kind}")


def open_ended(turn: Any, event: Any) -> Effects:
    yield Say(text=f"a.{turn.chat.phone}")


def added(turn: Any, event: Any) -> Effects:
    key = "a."
    key = key + "added"
    yield Say(text=key)


def longer(turn: Any, event: Any) -> Effects:
    key = "a"
    key += ".longer"
    turn.memory.count += 1
    turn.memory.count -= 1
    yield Say(text=key)


def looked_up_anywhere(turn: Any, event: Any) -> Effects:
    yield Say(text=KEYS.get(event.whatever, "a.none"))
    yield Say(text=turn.memory.get("b", "a.nowhere"))
    yield Say(text=KEYS.get() or "a.nothing")  # type: ignore[call-overload]


def of_the_engine(turn: Any, event: Any) -> Effects:
    if opt_out("стоп"):
        yield Say(text="a.out")
    said = decided(turn.memory)
    yield Say(text=f"a.{said.language}")
    yield Say(text=f"a.{3!s}")


def formatted(turn: Any, event: Any) -> Effects:
    yield Say(text="a.{kind}.b".format(kind=event.kind))  # noqa: UP032 # both spellings are read


def formatted_elsewhere(turn: Any, event: Any) -> Effects:
    yield Say(text=turn.memory.format(event))


def either(turn: Any, event: Any) -> Effects:
    yield Say(text="a.one" if turn.memory else "a.other")


def fallback(turn: Any, failed: CallFailed) -> Effects:
    yield Say(text=f"a.{failed.detail or 'none'}")


def both(turn: Any, failed: CallFailed) -> Effects:
    yield Say(text=f"a.{failed.reason and 'some'}")


def from_table(turn: Any, sent: NoWords) -> Effects:
    yield Say(text=KEYS[sent.kind])


def from_any(turn: Any, event: Any) -> Effects:
    yield Say(text=KEYS[event.whatever])


def from_place(turn: Any, event: Any) -> Effects:
    yield Say(text=("a.first", "a.second")[event.whatever])


def from_display(turn: Any, event: Any) -> Effects:
    yield Say(text={"x": "a.x", **turn.memory.more}[event.whatever])


def from_call(turn: Any, event: Any) -> Effects:
    yield which("a.asked", suffix="_often")


def which(text: str, *rest: str, suffix: str = "", mark: str = "!") -> Say:
    return Say(text=f"{text}{suffix}{mark}")


def defaulted(turn: Any, event: Any, key: str = "a.default") -> Effects:
    yield Say(text=key)


def unpacked(turn: Any, event: Any) -> Effects:
    _, second = ("a.first", "a.second")
    [third, *_] = turn.memory
    pair: Any = (turn.memory, "a.last") if event else ("a.first",)
    _, last = pair
    yield Say(text=second)
    yield Say(text=last)
    yield Say(text=third)


def looped(turn: Any, event: Any) -> Effects:
    for key in ("a.one", "a.two"):
        yield Say(text=key)
    for key in [turn.memory.key, "a.three"]:
        yield Say(text=key)
    for key in turn.memory:
        yield Say(text=key)


def nested(turn: Any, event: Any) -> Effects:
    def inner(key: str) -> Effects:
        yield Say(text=key)

    yield from inner("a.inner")
    yield from (lambda key: [Say(text=key)])("a.lambda")


def made_by_say(turn: Any, event: Any) -> Effects:
    yield from say("a.said")(turn, event)


def closed_over(settled: Settled) -> Callable[..., Effects]:
    def action(turn: Any, event: Any) -> Effects:
        yield from settled.do(turn, event)

    return action


def loudly(action: Callable[..., Effects]) -> Callable[..., Effects]:
    @functools.wraps(action)
    def wrapped(turn: Any, event: Any) -> Effects:
        yield from action(turn, event)

    return wrapped


@loudly
def decorated(turn: Any, event: Any) -> Effects:
    yield Say(text="a.decorated")


def with_key(turn: Any, event: Any, *, key: str) -> Effects:
    yield Say(text=key)


def listed(turn: Any, event: Any) -> Effects:
    effects = [Say(text="a.listed")]
    effects.append(Say(text="a.appended"))
    return effects


def walrus(turn: Any, event: Any) -> Effects:
    if key := "a.walrus":
        yield Say(text=key)


def annotated(turn: Any, event: Any) -> Effects:
    key: str = "a.annotated"
    empty: str
    empty = key
    yield Say(text=empty)


def tried(turn: Any, event: Any) -> Effects:
    try:
        key = "a.tried"
    except ValueError:
        key = "a.excepted"
    finally:
        turn.memory.done = True
    with turn.memory.lock:
        yield Say(text=key)
    while turn.memory.more:
        yield Say(text="a.again")


def deep(turn: Any, event: Any) -> Effects:
    yield from deep(turn, event)
    yield Say(text="a.deep")


def matched(turn: Any, sent: NoWords) -> Effects:
    match sent.kind:
        case "voice" | "picture":
            yield Say(text="a.seen")
        case None:
            yield Say(text="a.none")
        case _:
            yield Say(text="a.rest")


def guarded_case(turn: Any, sent: NoWords) -> Effects:
    match sent.kind:
        case "voice" if turn.memory:
            yield Say(text="a.some")
        case "voice":
            yield Say(text="a.voice")
        case "picture":
            yield Say(text="a.picture")


def matched_class(turn: Any, event: Any) -> Effects:
    match event:
        case NoWords(kind="voice"):
            yield Say(text="a.class")
        case Yes() | "x":
            yield Say(text="a.or")
        case other if other:
            yield Say(text="a.other")


def asserted(turn: Turn[Memory], event: Any) -> Effects:
    chosen = None if turn.memory.record is None else "a.chosen"
    assert chosen is not None
    assert turn.memory.record is not None
    yield Say(text=chosen)
    nothing = None
    assert nothing is not None
    yield Say(text=nothing)


def unreadable(turn: Any, event: Any) -> Effects:
    yield Say(text=missing_name)  # type: ignore[name-defined] # noqa: F821


def odd(turn: Any, event: Any) -> Effects:
    key = "a"
    a = not turn.memory
    b = not None
    c = -1 < 2 < 3
    d = (await_ for await_ in turn.memory if await_)
    e = [*turn.memory, 1]
    f = {**turn.memory}
    g = turn.memory[0]
    h = Sender("a.h").key
    i = "a" in turn.memory, "a" not in "b", key is None, None is not None, key != "b", key == "b"
    j = "a" in 3, 1 < 2  # type: ignore[operator]
    yield  # type: ignore[misc] # as one may write by mistake
    del a, b, c, d, e, f, g, h, i, j
    yield Say(text="a.odd")


def raising(turn: Any, event: Any) -> Effects:
    raise AssertionError("never")


def spread(turn: Any, event: Any) -> Effects:
    yield Say(**turn.memory.fields)
    yield which(*turn.memory.words)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (plain, ["a.plain"]),
        (computed, ["a.other", "a.picture", "a.voice"]),
        (open_ended, ["a.*"]),
        (added, ["a.added"]),
        (formatted, ["a.*.b"]),
        (longer, ["a.longer"]),
        (looked_up_anywhere, ["*", "a.none", "a.nothing", "a.nowhere", "a.picture", "a.voice"]),
        (of_the_engine, ["a.*", "a.out"]),
        (formatted_elsewhere, ["*"]),
        (either, ["a.one", "a.other"]),
        (from_table, ["a.picture", "a.voice"]),
        (from_any, ["a.picture", "a.voice"]),
        (from_place, ["a.first", "a.second"]),
        (from_display, ["*", "a.x"]),
        (from_call, ["a.asked_often!"]),
        (defaulted, ["a.default"]),
        (unpacked, ["*", "a.last", "a.second"]),
        (looped, ["*", "a.one", "a.three", "a.two"]),
        (nested, ["a.inner", "a.lambda"]),
        (made_by_say, ["a.said"]),
        (closed_over(Settled(plain)), ["a.plain"]),
        (decorated, ["a.decorated"]),
        (functools.partial(with_key, key="a.partial"), ["a.partial"]),
        (functools.partial(plain, 1), ["a.plain"]),
        (Sender("a.sender"), ["a.sender"]),
        (Sender("a.sender").method, ["a.sender.method"]),
        (say("a.fixed"), ["a.fixed"]),
        (repeat("a.after"), ["a.after"]),
        (lambda turn, event: [HELLO], ["a.hello"]),
        (lambda turn, event: (HELLO, Repeat(after="a.again")), ["a.again", "a.hello"]),
        (listed, ["a.appended", "a.listed"]),
        (walrus, ["a.walrus"]),
        (annotated, ["a.annotated"]),
        (tried, ["a.again", "a.excepted", "a.tried"]),
        (deep, ["a.deep"]),
        (matched, ["a.rest", "a.seen"]),
        (guarded_case, ["a.picture", "a.some", "a.voice"]),
        (matched_class, ["a.class", "a.or", "a.other"]),
        (asserted, ["*", "a.chosen"]),
        (unreadable, ["*"]),
        (odd, ["a.odd"]),
        (raising, []),
        (spread, ["*", "*!"]),
    ],
)
def test_the_keys_that_an_action_may_say(action: Callable[..., Any], said: list[str]) -> None:
    assert texts(action) == said


def test_what_an_event_holds_decides_where_it_is_known() -> None:
    voice, refused = NoWords(kind="voice"), CallFailed(reason="refused", detail="paid")

    assert texts(computed, voice) == ["a.voice"]
    assert texts(matched, voice) == ["a.seen"]
    assert texts(matched, NoWords(kind="other")) == ["a.rest"]
    assert texts(guarded_case, NoWords(kind="other")) == []
    assert texts(guarded_case, NoWords(kind="picture")) == ["a.picture"]
    assert texts(guarded_case, voice) == ["a.some", "a.voice"]
    assert texts(from_table, voice) == ["a.voice"]
    assert texts(fallback, refused) == ["a.paid"]
    assert texts(fallback, CallFailed(reason="refused")) == ["a.none"]
    assert texts(both, refused) == ["a.some"]
    assert "a.none" in texts(fallback, Instance(CallFailed))


def test_more_possibilities_than_anyone_would_read_count_as_nothing_known() -> None:
    def many(turn: Any, event: Any) -> Effects:
        digits = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
        for one in digits:
            for other in digits:
                yield Say(text=f"a.{one}{other}")

    assert texts(many) == ["*"]


# ── what else it does ─────────────────────────────────────────────────────────────────────────────────


def calls(turn: Any, event: Any) -> Effects:
    yield Ask(query=FindRecords(phone="+79000000001"))
    yield Ask(query=turn.memory.query, after=minutes(2))
    yield Do(command=turn.memory.command)
    yield Then(event=Yes())
    yield Then(event=event)
    yield Then(event=turn.memory.event)
    yield ASKED
    yield Then()  # type: ignore[call-arg]


ASKED = Ask(query=FindRecords(phone="+79000000001"), after=minutes(2))
HEEDED = Heed(intent="list")


def heeds(turn: Any, event: Any) -> Effects:
    yield Heed(intent=event.kind)


def heeds_always(turn: Any, event: Any) -> Effects:
    yield HEEDED


def test_a_meaning_that_is_handed_over_is_noted() -> None:
    assert [reading(action).heeds for action in (heeds, heeds_always, calls)] == [True, True, False]


def test_calls_and_hand_overs_are_noted_with_their_classes() -> None:
    noted = reading(calls)

    assert noted.made == [
        Made(FindRecords, awaited=True),
        Made(None, awaited=False),
        Made(None, awaited=True),
        Made(FindRecords, awaited=False),
    ]
    assert noted.thens == [Yes, NoWords, None, None]


@pytest.mark.parametrize(
    "action",
    [
        lambda turn, event: turn.memory.effects,
        lambda turn, event: (yield turn.memory.effect),
        lambda turn, event: unknown_to_all(turn),  # type: ignore[name-defined] # noqa: F821
        lambda turn, event: one_of_ours(turn),
        lambda turn, event: a_sentence(turn),
        print,
        functools.partial(print),
        int,
    ],
)
def test_what_is_not_known_is_not_claimed_to_be_complete(action: Callable[..., Any]) -> None:
    assert not reading(action).complete


def one_of_ours(turn: Any) -> Any:
    return turn.memory.effect


def a_sentence(turn: Any) -> Event:
    return turn.event  # type: ignore[no-any-return]


def test_what_is_known_is_complete() -> None:
    assert reading(plain).complete
    assert reading(calls).complete
    assert reading(lambda turn, event: [HELLO]).complete


class Colour(BaseModel):
    name: Literal["red", "green"] = "red"
    shade: str | None = None
    other: "Nowhere"  # type: ignore[name-defined] # noqa: F821


def test_a_field_whose_type_cannot_be_read_is_not_known() -> None:
    def coloured(turn: Any, colour: Colour) -> Effects:
        yield Say(text=f"a.{colour.name}")

    assert texts(coloured, Instance(Colour)) == ["a.*"]
    assert texts(coloured, Instance(3)) == ["a.*"]
    assert texts(coloured, "no colour") == ["a.*"]


# ── options and arguments ─────────────────────────────────────────────────────────────────────────────

KINDS = (Option(kind="a"), Option(kind="b"))


def offers(turn: Any, event: Any) -> Effects:
    yield Say(text="o.fixed", options=KINDS, question=True, args={"day": 1})
    yield Say(text="o.made", options=(Option(kind="a"), Option(kind=event.kind)), question=False)
    yield Say(text="o.many", options=tuple(Option(kind="row") for _ in turn.memory), args={**turn.memory})
    yield Say(text="o.more", options=[Option(kind="a"), *turn.memory.options], args=turn.memory.args)
    yield Say(text="o.known", options=turn.memory.options, question=turn.memory.asks, receipts=turn.memory)
    yield Say(text="o.maybe", options=KINDS if turn.memory else (), args={"a": 1} if turn.memory else {})
    yield Say(text="o.one", options=[Option(kind="a")], args={turn.memory: 1})
    yield Say(text="o.other", options=[3], args=dict(a=1))  # noqa: C408 # both spellings are read


def test_options_arguments_and_receipts() -> None:
    noted: dict[str, list[Said]] = {}
    for said in reading(offers).said:
        noted.setdefault(said.text, []).append(said)

    assert noted["o.fixed"] == [Said("o.fixed", args=frozenset(("day",)), kinds=("a", "b"), question=True)]
    assert noted["o.made"] == [Said("o.made", args=frozenset(), kinds=("a", "voice", "picture", "other"))]
    assert noted["o.many"] == [Said("o.many", kinds=("row",), more=True)]
    assert noted["o.more"] == [Said("o.more", kinds=("a", None), more=True)]
    assert noted["o.known"] == [
        Said("o.known", args=frozenset(), kinds=(None,), question=None, receipts=True)
    ]
    assert noted["o.maybe"] == [
        Said("o.maybe", args=frozenset(("a",)), kinds=("a", "b"), more=True),
        Said("o.maybe", args=frozenset(), kinds=("a", "b"), more=True),
    ]
    assert noted["o.one"] == [Said("o.one", kinds=("a",))]
    assert noted["o.other"] == [Said("o.other", args=frozenset(("a",)), kinds=(None,))]


def test_a_message_that_is_ready_made_is_taken_apart() -> None:
    (said,) = reading(lambda turn, event: [HELLO]).said

    assert said == Said("a.hello", args=frozenset(), kinds=("go",), question=True)


# ── whether it speaks ─────────────────────────────────────────────────────────────────────────────────


def sometimes(turn: Any, event: Any) -> Effects:
    if turn.memory:
        yield Say(text="s.some")


def always(turn: Any, event: Any) -> Effects:
    if turn.memory:
        yield Say(text="s.one")
    else:
        yield from plain(turn, event)


def early(turn: Any, event: Any) -> Effects:
    if turn.memory:
        return
    yield Say(text="s.late")


def in_passing(turn: Any, event: Any) -> Effects:
    for _ in turn.memory:
        yield from sometimes(turn, event)


@pytest.mark.parametrize(
    ("action", "speaks"),
    [
        (plain, {True}),
        (always, {True}),
        (sometimes, {True, False}),
        (early, {True, False}),
        (in_passing, {True, False}),
        (lambda turn, event: [HELLO], {True}),
        (lambda turn, event: [], {False}),
        (lambda turn, event: [Say(text="s.lambda")], {True}),
        (lambda turn, event: sometimes(turn, event), {True, False}),
        (raising, set()),
        (print, {True, False}),
    ],
)
def test_whether_an_action_speaks(action: Callable[..., Any], speaks: set[bool]) -> None:
    assert reading(action).speaks == speaks


def test_calls_are_followed_so_deep_and_no_deeper() -> None:
    action: Callable[..., Any] = plain
    for _ in range(20):
        action = closed_over(Settled(action))

    assert texts(action) == []
    assert not reading(action).complete


def test_a_name_that_is_bound_later_is_not_known() -> None:
    def action(turn: Any, event: Any) -> Effects:
        yield Say(text=later)

    assert texts(action) == ["*"]
    later = CancelRecord.__name__
    assert texts(action) == ["CancelRecord"]
