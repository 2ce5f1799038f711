"""A WhatsApp Cloud API of our own: what it must model stands in whatsapp.md, section 6."""

from adapters.whatsapp.simulator.core import WhatsAppSimulator
from adapters.whatsapp.simulator.inbound import KINDS
from adapters.whatsapp.simulator.ledger import Ledger
from adapters.whatsapp.simulator.network import WhatsAppNetwork
from adapters.whatsapp.simulator.outgoing import Post
from adapters.whatsapp.simulator.people import Person
from adapters.whatsapp.simulator.phone import Bubble
from adapters.whatsapp.simulator.quirks import QUIRKS, parse_quirk
from adapters.whatsapp.simulator.sends import Option, Template

__all__ = [
    "KINDS",
    "QUIRKS",
    "Bubble",
    "Ledger",
    "Option",
    "Person",
    "Post",
    "Template",
    "WhatsAppNetwork",
    "WhatsAppSimulator",
    "parse_quirk",
]
