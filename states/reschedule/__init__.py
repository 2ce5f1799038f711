"""Reschedule: the client moves one record to a window that is free."""

from states.reschedule.flow import FLOW as FLOW
