"""What can be made to go wrong, or to be as odd as the real thing is at times; each by its name."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType

# What a quirk may be tied to: the routes' operations.
OPERATIONS = (
    "search",
    "records",
    "record",
    "cancel",
    "move",
    "delete",
    "slots",
    "create",
    "visit",
    "visit_details",
    "clients",
    "client",
    "company",
    "companies",
    "staff",
    "services",
    "auth",
    "unknown",
)

# A fault replaces, delays or loses the answer of any operation.
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "500": "500 with a JSON error; nothing is done",
        "502-html": "502 with a proxy's HTML page; nothing is done",
        "401": "401 «Необходима авторизация», as when the token is withdrawn; nothing is done",
        "403": "403 «Недостаточно прав»; nothing is done",
        "404": "404 «Не найдено», of a visit «Визит не найден»; nothing is done",
        "405": "405, the method is refused; nothing is done",
        "409": "409 with meta.conflict, as for a busy slot; nothing is done",
        "421": "421, which one salon met on writes and nobody explained; nothing is done",
        "422": "422, a required parameter is said to be missing; nothing is done",
        "429": "429 «Превышен лимит запросов…», without Retry-After; nothing is done",
        "429-retry-after": "429 with a Retry-After of 7 seconds; nothing is done",
        "200-false": "HTTP 200 with success:false; nothing is done",
        "html-200": "HTTP 200 with an HTML page of a proxy; nothing is done",
        "timeout-before": "no answer comes; nothing is done",
        "timeout-but-done": "no answer comes, but it is done",
        "timeout-done-later": "no answer comes, and it is done only a minute later",
        "drop-before": "the connection breaks; nothing is done",
        "drop-but-done": "the connection breaks, but it is done",
        "500-but-done": "500, but it is done",
        "502-but-done": "502 with an HTML page, but it is done",
        "slow": "the answer takes 3 seconds",
    }
)


@dataclass(frozen=True, slots=True)
class Trait:
    """A quirk of the answer or of the rules, rather than of the transport."""

    description: str
    # Where it shows unless it is tied to an operation.
    shows_on: frozenset[str]
    # Where else it can be tied to.
    also_on: frozenset[str] = frozenset()


def _on(*operations: str) -> frozenset[str]:
    return frozenset(operations)


_READS = _on("record", "records", "visit")

TRAITS: Mapping[str, Trait] = MappingProxyType(
    {
        "stale-read": Trait(
            "a record is read (on slots: is busy) as it was before its last change",
            _on("record", "visit"),
            _on("records", "slots"),
        ),
        "leaky-phone-filter": Trait(
            "the search by phone returns other cards too, and the records of other clients come along",
            _on("search", "clients", "records"),
        ),
        "shuffled-services": Trait("the services of a record come in another order on every read", _READS),
        "no-visit-id": Trait("records come without visit_id", _READS),
        "string-ids": Trait("visit_id is a string", _READS),
        "wrong-offset": Trait("`datetime` has a wrong offset; `date` is right", _READS),
        "hidden-phones": Trait(
            "phones are hidden for lack of rights", _READS | _on("search", "clients", "client")
        ),
        "int-phones": Trait("the phone is an integer", _on("search", "clients", "client"), _READS),
        "no-client": Trait("records come with client:null", _READS),
        "404-when-empty": Trait("an empty list is answered with 404 «Не найдено»", _on("records", "clients")),
        "visit-has-sibling": Trait(
            "the visit of a record that is read turns out to hold a second active record",
            _on("record", "visit"),
            _on("records"),
        ),
        "siblings-follow": Trait("PUT /visits changes every record of the visit", _on("cancel")),
        "empty-body": Trait("PUT /visits works and answers 200 with an empty body", _on("cancel")),
        "busy-422": Trait("a busy time is answered with 422 rather than 409", _on("move", "create")),
        "repeat-delete-204": Trait("deleting a deleted record is 204 rather than 404", _on("delete")),
        "noshow-frees-slot": Trait(
            "a record with attendance -1 no longer keeps its master busy", _on("move", "create", "slots")
        ),
    }
)

QUIRKS: Mapping[str, str] = MappingProxyType(
    {**FAULTS, **{name: trait.description for name, trait in TRAITS.items()}}
)


@dataclass(frozen=True, slots=True)
class Quirk:
    name: str
    # None: wherever it shows.
    on: str | None = None
    # How often still; None: until it is cleared.
    times: int | None = None

    def __post_init__(self) -> None:
        if self.name not in QUIRKS:
            raise ValueError(f"no quirk is called {self.name!r}{_hint(self.name, QUIRKS)}")
        if self.on is not None and self.on not in OPERATIONS:
            raise ValueError(f"no operation is called {self.on!r}{_hint(self.on, OPERATIONS)}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"{self.name}: × {self.times} is never; it takes 1 or more")

    def __str__(self) -> str:
        where = f" on {self.on}" if self.on else ""
        return f"{self.name}{where}" + (f" × {self.times}" if self.times else "")

    def shows_on(self, operation: str) -> bool:
        """Whether it bears on this operation.

        A trait that is tied to an operation where it cannot show ("siblings-follow on record")
        shows where it can: the wish is plain, and a quirk that never shows helps nobody.
        """
        trait = TRAITS.get(self.name)
        if trait is None:
            return self.on in (None, operation)
        if self.on in trait.shows_on | trait.also_on:
            return self.on == operation
        return operation in trait.shows_on


_QUIRK = re.compile(
    r"(?P<name>[\w-]+)"
    r"(?:\s*:\s*(?P<with_colon>\w+)|\s+on\s+(?P<with_word>\w+))?"
    # The sign for "times", and the letters x of two alphabets that people type for it.
    r"(?:\s*[×*]\s*(?P<times>\d+)|\s+[xXхХ]\s*(?P<typed>\d+))?"
)


def parse_quirk(text: str) -> Quirk:
    """Read `NAME`, `NAME:OPERATION` or `NAME on OPERATION × N`.

    Raises:
        ValueError: it cannot be read, or a name or an operation is unknown; the message says which.
    """
    match = _QUIRK.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"cannot read the quirk {text!r}; write NAME, NAME:OPERATION or NAME on OPERATION × N"
        )
    times = match["times"] or match["typed"]
    return Quirk(match["name"], match["with_colon"] or match["with_word"], int(times) if times else None)


class ActiveQuirks:
    """The quirks in force, oldest first. Each time one bears on a request, it is used up by one."""

    def __init__(self) -> None:
        self._active: list[Quirk] = []

    def __iter__(self) -> Iterator[Quirk]:
        return iter(tuple(self._active))

    def add(self, quirk: Quirk) -> None:
        self._active.append(quirk)

    def clear(self) -> None:
        self._active.clear()

    def take_fault(self, operation: str) -> str | None:
        """Use up and name the oldest fault that bears on this operation: one request has one fault."""
        return self._take(lambda quirk: quirk.name in FAULTS and quirk.shows_on(operation))

    def take_trait(self, name: str, operation: str) -> bool:
        return self._take(lambda quirk: quirk.name == name and quirk.shows_on(operation)) is not None

    def _take(self, wanted: Callable[[Quirk], bool]) -> str | None:
        for i, quirk in enumerate(self._active):
            if wanted(quirk):
                if quirk.times == 1:
                    del self._active[i]
                elif quirk.times is not None:
                    self._active[i] = replace(quirk, times=quirk.times - 1)
                return quirk.name
        return None


def _hint(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
