"""`otmena backup`: a copy of the database beside a running server, checked before it gets its name."""

import os
from pathlib import Path

import click

from adapters.cli.calm import calmly
from adapters.clock import SystemClock
from adapters.settings import ConfigurationInvalid, StoreSettings, read
from adapters.storage.copying import CannotCopy, copy
from engine.ports import StoreFailed


def command() -> click.Command:
    @click.command(name="backup")
    @click.argument("target", metavar="FILE", callback=_file)
    @click.option("--force", is_flag=True, help="Replace FILE, once the new copy is whole.")
    @calmly
    def backup_command(target: Path, force: bool) -> None:
        """Copy the database to FILE, as it is at this moment, and check the copy.

        It only reads the database, and runs beside a running server. The copy is one file that needs no
        other; it is made as FILE.partial, for its owner alone, and gets its name once it is whole and on
        the disk. Of the settings it reads OTMENA_DATABASE_URL alone. How a copy is put back stands in
        docs/operating.md.

        \b
        Example:
          OTMENA_DATABASE_URL=sqlite:////var/lib/otmena/otmena.db otmena backup /backup/otmena-monday.db
        """
        url = read(StoreSettings).database_url
        try:
            copied = copy(url, target, SystemClock().now(), replace=force)
        except StoreFailed as error:
            raise ConfigurationInvalid((f"OTMENA_DATABASE_URL: {error}",)) from error
        except CannotCopy as error:
            raise click.ClickException(str(error)) from error
        click.echo(
            f"{copied.path}: whole, {copied.size / 1_000_000:.1f} MB, schema {copied.schema}, "
            f"chats {copied.chats}, waiting {copied.waiting}, facts of the ledger {copied.facts}"
        )

    return backup_command


def _file(context: click.Context, argument: click.Parameter, name: str) -> Path:
    if not name.strip():
        raise click.BadParameter("name the file that is to hold the copy, such as /backup/otmena-monday.db")
    if os.path.isdir(name) or name.endswith(os.sep):
        inside = os.path.join(name, "otmena-monday.db")
        raise click.BadParameter(f"{name} is a folder: name a file in it, such as {inside}")
    return Path(name)
