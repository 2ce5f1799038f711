"""Speech: every key that a row may say exists and gets its values, and every text is said by some row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from engine.booking import CallFailed, Refusal
from engine.events import NotServed, NoWords, TooEarly
from engine.flow import IDLE, Calling
from engine.listening import otherwise
from engine.soundness.catalogue import Catalogue
from engine.soundness.deeds import Deeds
from engine.soundness.noting import Said
from engine.soundness.problems import Problem, described
from engine.soundness.tables import Placed, Tables
from engine.texts import RENDERED
from engine.understanding import Intent, Meaning
from engine.values import Event

# Said to the people of the salon by the engine itself, of facts and not by rows.
TOLD = "notice.*"
INTENTS: tuple[Intent, ...] = get_args(Intent)
# Events whose every shade is known: what is said of each is followed through the guards.
SHADES: dict[type[Event], tuple[Event, ...]] = {
    NotServed: tuple(
        event for intent in INTENTS if isinstance(event := otherwise(Meaning(intent=intent)), NotServed)
    ),
    TooEarly: tuple(TooEarly(question_follows=False, intent=intent) for intent in INTENTS),
    NoWords: (NoWords(kind="voice"), NoWords(kind="picture"), NoWords(kind="other")),
    CallFailed: (
        CallFailed(reason="unknown"),
        CallFailed(reason="not_tried"),
        *(CallFailed(reason="refused", detail=detail) for detail in get_args(Refusal)),
    ),
}


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that a row may say."""

    placed: Placed
    said: Said
    # Another row may speak in the same message.
    shared: bool = False


def utterances(tables: Tables, deeds: Deeds) -> tuple[Utterance, ...]:
    """Return all that may be said, each once."""
    found: dict[tuple[int, Said], Utterance] = {}
    handed = {event for placed in tables.rows for event in deeds.of(placed).thens}
    for placed, said in _said(tables, deeds):
        done = deeds.of(placed)
        on = bool(done.thens) or not done.complete or placed.row.event in handed
        found.setdefault((id(placed), said), Utterance(placed, said, shared=on))
    return tuple(found.values())


def _said(tables: Tables, deeds: Deeds) -> Iterator[tuple[Placed, Said]]:
    for placed in tables.rows:
        if placed.row.event not in SHADES:
            yield from ((placed, said) for said in deeds.of(placed).said)
    for state in tables.states:
        for event, shades in SHADES.items():
            for shade in shades:
                yield from _upon(tables.taking(state, event), shade, deeds)


def _upon(rows: tuple[Placed, ...], event: Event, deeds: Deeds) -> Iterator[tuple[Placed, Said]]:
    for placed in rows:
        holds = deeds.holds(placed, event)
        if holds is not False:
            yield from ((placed, said) for said in deeds.upon(placed, event).said)
        if holds is True:
            return


def told_by(key: str, spoken: Iterable[Utterance]) -> tuple[Placed, str] | None:
    """Return a row that brings this key to a client, and how: it says it, offers it, or may offer it."""
    found: dict[str, Placed] = {}
    kind = key.removeprefix("option.").removesuffix(".more") if key.startswith("option.") else ""
    for one in spoken:
        if one.said.text == key:
            found.setdefault("says", one.placed)
        elif kind in one.said.kinds:
            found.setdefault("offers", one.placed)
        elif kind and None in one.said.kinds:
            found.setdefault("may offer", one.placed)
    return next(((found[how], how) for how in ("says", "offers", "may offer") if how in found), None)


def missing(
    spoken: Iterable[Utterance], catalogue: Catalogue, unsaid: Iterable[Problem] = ()
) -> Iterator[Problem]:
    """Every key that a row may say, and every option that it offers, is in the catalogue.

    `unsaid`: the texts that nothing says, one of which may have been meant.
    """
    spare = [problem.where for problem in unsaid]
    told: set[str] = set()
    for utterance in spoken:
        placed, said = utterance.placed, utterance.said
        keys = {said.text: "says"} | {f"option.{kind}": "offers" for kind in said.kinds if kind is not None}
        if said.opens != "option.list":
            keys[said.opens] = "opens its list by"
        for key, does in keys.items():
            if key in told or key == "*" or any(_fits(key, one) for one in catalogue.texts):
                continue
            told.add(key)
            what = f"{described(placed.row)} {does} {key}, and no catalogue has it"
            remedy = f'add ["{key}"] with its words to the texts'
            meant = [one for one in spare if one.partition(".")[0] == key.partition(".")[0]]
            if len(meant) == 1:
                remedy += f", or name {meant[0]}, which nothing says"
            yield Problem("text-missing", placed.flow, key, what, remedy)


def unused(spoken: Iterable[Utterance], catalogue: Catalogue, mentioned: frozenset[str]) -> Iterator[Problem]:
    """Every text is said. `mentioned`: all strings of the flows' code, for what could not be followed."""
    patterns = {pattern for one in spoken for pattern in _keys(one.said)} | {*RENDERED, TOLD}
    for key in sorted(catalogue.own):
        if key not in mentioned and not any(_fits(pattern, key) for pattern in patterns):
            remedy = "remove it, or let a row say it"
            yield Problem("text-unused", key.partition(".")[0], key, "nothing says it", remedy)


def _keys(said: Said) -> Iterator[str]:
    yield said.text
    yield said.opens
    for kind in said.kinds:
        yield f"option.{kind or '*'}"
        yield f"option.{kind or '*'}.more"


def unfilled(spoken: Iterable[Utterance], catalogue: Catalogue) -> Iterator[Problem]:
    """Whoever says a text hands over its values, and the receipts of what it claims."""
    given: dict[tuple[int, str], list[frozenset[str] | None]] = {}
    of: dict[tuple[int, str], Utterance] = {}
    for one in spoken:
        place = id(one.placed), one.said.text
        given.setdefault(place, []).append(one.said.args)
        of[place] = one
    for place, possible in given.items():
        text = catalogue.texts.get(place[1])
        placed, said = of[place].placed, of[place].said
        if text is None:
            continue
        wanted = {name for language in text.words for name in text.placeholders(language)}
        if not any(args is None or wanted <= args for args in possible):
            lacking = ", ".join(sorted(wanted - frozenset().union(*(args or () for args in possible))))
            what = f"{described(placed.row)} says it without its values: {lacking or 'not all at once'}"
            remedy = "hand them over in args, or take the placeholder out"
            yield Problem("text-values", placed.flow, text.key, what, remedy)
        if text.claims and not said.receipts:
            what = f"{described(placed.row)} says it without a receipt, and it claims {text.claims!r}"
            remedy = (
                "hand over receipts=…, which only the journal's own answer has, or say what claims nothing"
            )
            yield Problem("text-claims", placed.flow, text.key, what, remedy)


def unheard(spoken: Iterable[Utterance], tables: Tables, deeds: Deeds) -> Iterator[Problem]:
    """Every button that a question offers is known where the answer is waited for, or to home for ever."""
    told: set[tuple[str, str]] = set()
    at_home = [recogniser for flow in tables.flows for recogniser in flow.hears]
    for one in spoken:
        unknown: list[str] = []
        state = tables.states[one.placed.row.to]
        for kind in (
            one.said.kinds if one.said.question is not False and not isinstance(state, Calling) else ()
        ):
            if kind is None or (state.name, kind) in told:
                continue
            told.add((state.name, kind))
            assert not isinstance(state, Calling)
            heard = [deeds.tapped(recogniser, state.name, kind) for recogniser in state.hears]
            heard += [deeds.tapped(recogniser, IDLE, kind) for recogniser in at_home]
            if all(values == [None] for values in heard):
                unknown.append(repr(kind))
        if unknown:
            kinds, them = " and ".join(unknown), "it" if len(unknown) == 1 else "them"
            what = f"{described(one.placed.row)} offers {kinds}, and no recogniser there knows {them}"
            remedy = (
                f"let a recogniser in its hears take a tap of kind {' or '.join(unknown)}: else it is stale"
            )
            yield Problem("button-unheard", one.placed.flow, state.name, what, remedy)


def _fits(pattern: str, key: str) -> bool:
    return key == pattern or re.fullmatch(re.escape(pattern).replace(r"\*", ".+"), key) is not None
