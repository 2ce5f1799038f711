"""A whole salon in virtual time: both simulators, our server between them, and a transcript's hands."""

from adapters.rehearsal.killing import Points
from adapters.rehearsal.opening import Over, Rehearse, RehearseWhole, in_virtual_time, opened, rehearse
from adapters.rehearsal.rehearsal import Rehearsal
from adapters.rehearsal.settings import SettingRefused

__all__ = [
    "Over",
    "Points",
    "Rehearsal",
    "Rehearse",
    "RehearseWhole",
    "SettingRefused",
    "in_virtual_time",
    "opened",
    "rehearse",
]
