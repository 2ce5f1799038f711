"""Take back: a record that was just cancelled through us comes back, if its window is still free."""

from states.take_back.flow import FLOW as FLOW
