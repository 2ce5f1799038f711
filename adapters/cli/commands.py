"""The commands of the contract, each read only when it is called: `otmena --help` waits for none of them."""

from collections.abc import Callable

import click

# What `otmena --help` says of each: the first sentence of its own help, held to it by a test.
COMMANDS = {
    "backup": "Copy the database to FILE, as it is at this moment, and check the copy.",
    "census": "Count the live dialogues, and tell what this version's tables make of each.",
    "chat": "Write to a simulated salon from the terminal; /help inside tells the rest.",
    "check": "Prove from tables and texts that no dialogue can come to a stop.",
    "dead": "See to what could not be handled: messages of clients, and ours that were never delivered.",
    "demo": "Show a salon in a box in the browser: phone, machine, journal and time on one page.",
    "diagram": "Draw the machine, or one flow of it, from its tables.",
    "prove": "Try everything that can happen to a dialogue, "
    "and hold the promises of the design at each step.",
    "replay": "Decide recorded dialogues again by this version's tables, and show what would differ.",
    "serve": "Run the webhook server.",
    "sim": "Run one simulator by itself; it is driven under /_sim/.",
    "stats": "Tell what became of clients' wishes to cancel and to move, by day in the salon's zone.",
    "test": "Play .chat transcripts; a folder stands for every one beneath it, nothing for this folder.",
    "understand": 'Print what words mean: one JSON line for each TEXT, numbered from 1 in "id".',
}


class _Commands(click.Group):
    """A group that lists its commands without reading them."""

    def __init__(self, load: Callable[[str], click.Command]) -> None:
        super().__init__(name="otmena", context_settings={"help_option_names": ["-h", "--help"]}, help=_HELP)
        self._load = load

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


_HELP = """Otmena: clients cancel their records by writing to the salon on WhatsApp.

\b
Example:
  otmena demo
"""


def command_line(load: Callable[[str], click.Command]) -> click.Group:
    """Return the `otmena` command. `load` reads one of `COMMANDS` by its name, composed."""
    group = _Commands(load)
    return click.version_option(package_name="otmena", prog_name="otmena")(group)
