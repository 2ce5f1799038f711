"""Addresses of people of the salon: read once, named by ids that hold no secret, never shown again.

Our own schemes are routed first: Apprise has a `whatsapp://` of its own, and its `json://` sends only title
and message (design §10).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from engine.notices import Recipients

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")
_EVENTS = ("event+http", "event+https")
OWN_NUMBER = "salon-whatsapp"
Key = TypeVar("Key", int, str)


class BadAddress(ValueError):
    """An address that nothing can be sent to; the message tells which, and nothing that is secret in it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody of the salon is told. The URL may hold tokens and passwords, so no repr shows it."""

    url: str = field(repr=False)
    scheme: str

    @property
    def is_event(self) -> bool:
        return self.scheme in _EVENTS

    @property
    def is_own_number(self) -> bool:
        return self.scheme == OWN_NUMBER


@dataclass(frozen=True, slots=True)
class Addresses:
    """All addresses of one salon."""

    admin: tuple[Address, ...] = ()
    # By staff id.
    masters: Mapping[int, tuple[Address, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.admin or self.masters)

    def by_id(self, secret: str, company_id: int) -> dict[str, Address]:
        """Return each address by its id.

        An id is a keyed hash: whoever reads the database can neither read the address out of it nor try
        phone numbers until one fits. Another salon's ids, or those of a changed address, lead nowhere.
        """
        return {
            _id(secret, company_id, role, address): address
            for role, addresses in self._roles()
            for address in addresses
        }

    def recipients(self, secret: str, company_id: int) -> Recipients:
        def ids(role: str, addresses: tuple[Address, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(_id(secret, company_id, role, address) for address in addresses))

        masters = {master: ids(f"master:{master}", found) for master, found in self.masters.items()}
        return Recipients(admin=ids("admin", self.admin), masters=masters)

    def _roles(self) -> Iterator[tuple[str, tuple[Address, ...]]]:
        yield "admin", self.admin
        for master, addresses in self.masters.items():
            yield f"master:{master}", addresses


def read_admin(value: str) -> tuple[Address, ...]:
    """Read addresses that are separated by white space.

    Raises:
        BadAddress: one of them cannot be used.
    """
    return tuple(_address(url, f"address {number}") for number, url in enumerate(value.split(), 1))


def read_masters(value: str) -> dict[int, tuple[Address, ...]]:
    """Read JSON: staff id → addresses, as one string with blanks between them or as a list.

    Raises:
        BadAddress: it is no such JSON, or one of the addresses cannot be used.
    """
    try:
        stored = json.loads(value, object_pairs_hook=_each_once)
    except BadAddress:
        raise
    except ValueError as error:
        raise BadAddress('is no JSON; write for instance {"1234": "tgram://…"}') from error
    if not isinstance(stored, dict):
        raise BadAddress('must be an object of JSON: {"staff id": "addresses"}')
    # Two ways to write one number («7», «07») are one master, too.
    masters = _each_once([(_staff(name), urls) for name, urls in stored.items()])
    return {master: _of_master(str(master), urls) for master, urls in masters.items()}


def _each_once(pairs: list[tuple[Key, Any]]) -> dict[Key, Any]:
    """Refuse a key that stands twice, where JSON would let the last one win without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadAddress("names one staff id twice; put all addresses of a master behind one")
    return found


def _staff(name: str) -> int:
    if not (name.isascii() and name.isdecimal() and len(name) <= 18):
        # It may be an address that stands in the wrong place, so it is not repeated.
        raise BadAddress("has a key that is no staff id: a whole number, as YClients shows it")
    return int(name)


def _of_master(name: str, urls: object) -> tuple[Address, ...]:
    listed = urls.split() if isinstance(urls, str) else urls
    if not isinstance(listed, list) or not all(isinstance(url, str) for url in listed):
        raise BadAddress(f"needs addresses for {name}: one string with blanks between them, or a list")
    spread = [url for each in listed for url in each.split()]
    return tuple(_address(url, f"address {number} of {name}") for number, url in enumerate(spread, 1))


def _address(url: str, which: str) -> Address:
    found = _SCHEME.match(url)
    if found is None:
        raise BadAddress(f"{which} has no scheme such as tgram://, mailto:// or event+https://")
    scheme = found[0].lower()
    problem = _problem(url, scheme)
    if problem:
        raise BadAddress(f"{which} ({scheme}://…) {problem}")
    return Address(url, scheme)


def _problem(url: str, scheme: str) -> str:
    if scheme in _EVENTS:
        return "" if names_a_host(url) else "names no host"
    if scheme == OWN_NUMBER:
        return "" if phone_of(url) else "needs a number with its country: salon-whatsapp://+79000000001"
    from adapters.notify.channels import (
        takes,
    )  # importing the library takes a while, so only where it is used

    return "" if takes(url) else "is none that Apprise takes"


def names_a_host(url: str) -> bool:
    """Whether an address has a host, and a port that can be one, if any."""
    try:
        parts = urlsplit(url)
        # The property raises where the port is none.
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def phone_of(url: str) -> str | None:
    """Return the number of an address of ours, in E.164 with its plus; None: there is none in it."""
    digits = re.sub(r"[\s()+-]", "", url.partition("://")[2].strip("/"))
    if not (digits.isascii() and digits.isdecimal() and 10 <= len(digits) <= 15):
        return None
    return f"+{digits}"


def _id(secret: str, company_id: int, role: str, address: Address) -> str:
    key = hashlib.sha256(f"otmena.recipient\0{secret}".encode()).digest()
    named = f"{company_id}\0{role}\0{address.url}".encode()
    return f"{role}:{hmac.new(key, named, hashlib.sha256).hexdigest()[:16]}"
