"""A whole salon in virtual time: both simulators, our server between them, and a transcript's hands."""

from adapters.rehearsal.killing import Points
from adapters.rehearsal.opening import Over, Rehearse, in_virtual_time, rehearse
from adapters.rehearsal.rehearsal import Rehearsal

__all__ = ["Over", "Points", "Rehearsal", "Rehearse", "in_virtual_time", "rehearse"]
