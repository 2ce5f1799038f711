"""YClients in a box: everything that Otmena asks of it, with its oddities, without a network."""

from adapters.yclients.simulator.demo import demo_salon
from adapters.yclients.simulator.faults import Patience
from adapters.yclients.simulator.journal import JournalRow, Logged
from adapters.yclients.simulator.quirks import OPERATIONS, QUIRKS, Quirk, parse_quirk
from adapters.yclients.simulator.simulator import YClientsSimulator

__all__ = [
    "OPERATIONS",
    "QUIRKS",
    "JournalRow",
    "Logged",
    "Patience",
    "Quirk",
    "YClientsSimulator",
    "demo_salon",
    "parse_quirk",
]
