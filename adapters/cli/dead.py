"""`otmena dead`: what could not be handled or delivered, and what is to become of it."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, NoReturn

import apsw
import click

from adapters.cli.calm import calmly
from adapters.clock import RandomIds, SystemClock, pause
from adapters.logs import masked
from adapters.settings import ConfigurationInvalid, StoreSettings, read
from adapters.storage import dead, orders
from adapters.storage.autopsy import found
from adapters.storage.beside import ordered
from adapters.storage.dead import KEPT_SINCE, Letter
from adapters.storage.orders import Order, Outcome
from adapters.storage.reading import reading
from adapters.storage.replaying import Deed
from adapters.storage.schema import version_of
from adapters.storage.store import path_of
from engine.ports import StoreFailed

# The server looks for orders every second; whoever waits longer than this has something else to do.
WAIT_S = 10.0
WHY_MAX = 60

DRY_RUN = click.option("--dry-run", is_flag=True, help="Only tell what would be done.")


def group() -> click.Group:
    @click.group(name="dead")
    def dead_group() -> None:
        """See to what could not be handled: messages of clients, and ours that were never delivered.

        A message whose turn failed three times, a message or a notice that was refused for good, a call
        that nobody can read: each is kept as a dead letter under an id that stays. Of the settings these
        commands read OTMENA_DATABASE_URL alone, and they run beside a running server.

        \b
        Example:
          otmena dead list
          otmena dead show t17
          otmena dead replay t17 m40 --dry-run
        """

    dead_group.add_command(_list())
    dead_group.add_command(_show())
    dead_group.add_command(_replay())
    dead_group.add_command(_drop())
    return dead_group


def _list() -> click.Command:
    @click.command(name="list")
    @click.option(
        "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
    )
    @click.option("--all", "every", is_flag=True, help="Also those that were replayed or dropped.")
    @calmly
    def list_command(form: Literal["table", "json"], every: bool) -> None:
        """List the letters that nobody has seen to yet, oldest first. It only reads.

        \b
        Example:
          otmena dead list --all --format json
        """
        with _letters_file() as connection:
            letters = dead.letters(connection, handled=every)
        if form == "json":
            click.echo(json.dumps([_document(one) for one in letters], ensure_ascii=False, indent=2))
            return
        for line in _lines(letters, every):
            click.echo(line)

    return list_command


def _show() -> click.Command:
    @click.command(name="show")
    @click.argument("letter", metavar="ID")
    @calmly
    def show_command(letter: str) -> None:
        """Show all that is known of one letter, the client's own words included. It only reads.

        \b
        Example:
          otmena dead show t17
        """
        with _letters_file() as connection:
            one = dead.letter(connection, letter)
            if one is None:
                raise click.ClickException(f"there is no dead letter {_plain(letter)} (otmena dead list)")
            lines = [*_known(one), *found(connection, one), *_after(one)]
            would = orders.would(connection, Order(deed="replay", letters=(letter,)), SystemClock().now())
        lines.append(("otmena dead replay", would.verdicts[0].says))
        width = max(len(name) for name, _ in lines)
        for name, value in lines:
            click.echo(f"{name.ljust(width)}  {_plain(value, indent=width + 2)}")

    return show_command


def _replay() -> click.Command:
    @click.command(name="replay")
    @click.argument("letters", metavar="ID…", nargs=-1)
    @click.option("--all", "every", is_flag=True, help="All that nobody has seen to.")
    @DRY_RUN
    @calmly
    def replay_command(letters: tuple[str, ...], every: bool, dry_run: bool) -> None:
        """Bring letters back through the front door, each once.

        Words of a client's are taken as old ones: they are asked about, and never obeyed at once. A message
        is sent once more if it is still of use. A call is never done again. Exits 1 where one of the
        letters is not replayed, or the server has not done it within ten seconds.

        \b
        Example:
          otmena dead replay t17 m40
        """
        _carry_out("replay", letters, every, dry_run)

    return replay_command


def _drop() -> click.Command:
    @click.command(name="drop")
    @click.argument("letters", metavar="ID…", nargs=-1)
    @DRY_RUN
    @calmly
    def drop_command(letters: tuple[str, ...], dry_run: bool) -> None:
        """Note that nothing is to be done about letters; they leave the list, and are kept 30 days.

        \b
        Example:
          otmena dead drop m40
        """
        _carry_out("drop", letters, False, dry_run)

    return drop_command


# ── what changes something ────────────────────────────────────────────────────────────────────────────


def _carry_out(deed: Deed, letters: tuple[str, ...], every: bool, dry_run: bool) -> None:
    if bool(letters) == every:
        either = "ids or --all" if deed == "replay" else "ids"
        raise click.UsageError(f"say which: {either}, as `otmena dead list` tells them")
    order = Order(deed=deed, letters=letters, every=every)
    url, clock = read(StoreSettings).database_url, SystemClock()
    with _letters_file() as connection:
        would = orders.would(connection, order, clock.now())
    if dry_run or not would.verdicts:
        _tell(would)
        return
    number, outcome = ordered(url, order, clock, RandomIds(), wait_s=WAIT_S, pause=pause)
    if outcome is None:
        _tell_left(number)
    _tell(outcome)


def _tell(outcome: Outcome) -> None:
    for verdict in outcome.verdicts:
        click.echo(f"{_plain(verdict.letter)}: {verdict.says}")
    if not outcome.verdicts:
        click.echo("There is no dead letter that nobody has seen to.")
    if not all(verdict.stands for verdict in outcome.verdicts):
        raise click.exceptions.Exit(1)


def _tell_left(number: int) -> NoReturn:
    click.echo(
        f"The server has not taken order {number} within {WAIT_S:g} seconds. It is left, and will be carried "
        "out as soon as the server does; `otmena dead list --all` tells then.",
        err=True,
    )
    raise click.exceptions.Exit(1)


@contextmanager
def _letters_file() -> Iterator[apsw.Connection]:
    url = read(StoreSettings).database_url
    try:
        with reading(url) as connection:
            if version_of(connection) < KEPT_SINCE:
                raise StoreFailed(
                    f"{path_of(url)} is of an older version, which keeps no dead letters; once this version's"
                    " server has started on it, those that are known are listed"
                )
            yield connection
    except StoreFailed as error:
        raise ConfigurationInvalid((f"OTMENA_DATABASE_URL: {error}",)) from error


# ── for people ────────────────────────────────────────────────────────────────────────────────────────


def _lines(letters: Sequence[Letter], every: bool) -> Iterator[str]:
    if not letters:
        yield "No dead letters." if every else "No dead letter waits (--all: also those that were seen to)."
        return
    rows = [("id", "kind", "when", "client", "why", "seen to"), *(_row(one) for one in letters)]
    shown = rows if every else [row[:-1] for row in rows]
    widths = [max(len(row[i]) for row in shown) for i in range(len(shown[0]))]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(one: Letter) -> tuple[str, ...]:
    why = _plain(masked(one.why)).replace("\n", " ") or "not known"
    return (
        one.letter,
        one.kind,
        _moment(one.at),
        _client(one),
        why if len(why) <= WHY_MAX else f"{why[: WHY_MAX - 1]}…",
        f"{one.handled} {_moment(one.handled_at)}" if one.handled_at else "",
    )


def _known(one: Letter) -> Iterator[tuple[str, str]]:
    yield "letter", f"{one.letter}, a {one.kind}"
    yield "given up at", _moment(one.at)
    yield "client", f"{_client(one)}{f', chat {one.chat_id}' if one.chat_id is not None else ''}"
    yield "why", masked(one.why) or "not known"
    yield "the dialogue stood in", one.state or "not known"


def _after(one: Letter) -> Iterator[tuple[str, str]]:
    if one.kind in ("turn", "call"):
        yield "taken instead", one.instead or "not known"
    if one.kind == "turn":
        yield "the client was told", one.told or ("nothing" if one.instead else "not known")
    yield "seen to", f"{one.handled} at {_moment(one.handled_at)}" if one.handled_at else "no"


def _client(one: Letter) -> str:
    return masked(one.phone) if one.phone else "not known"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z" if moment else ""


# In a client's own words even a number without a country code is one: as many digits as a phone has.
_DIGITS = re.compile(r"(?<![\d+])\d(?:[\s().-]{0,2}\d){10,14}(?!\d)")


def _plain(text: str, indent: int = 0) -> str:
    """Return words that steer no terminal, further lines below the first."""
    lines = _DIGITS.sub(lambda found: masked(f"+{found[0]}"), masked(text)).split("\n")
    clean = ("".join(letter if letter.isprintable() else "�" for letter in line) for line in lines)
    return f"\n{' ' * indent}".join(clean)


# ── for programs ──────────────────────────────────────────────────────────────────────────────────────


def _document(one: Letter) -> dict[str, Any]:
    return {
        "id": one.letter,
        "kind": one.kind,
        "at": one.at.isoformat(),
        "chat": one.chat_id,
        "client": masked(one.phone) if one.phone else None,
        "why": masked(one.why),
        "state": one.state,
        "handled": one.handled,
        "handled_at": one.handled_at.isoformat() if one.handled_at else None,
    }
