"""Cancel: the client calls off one upcoming record."""

from states.cancel.flow import FLOW as FLOW
