"""The flows, in the order the menu offers them, and where their texts stand."""

from importlib.resources import files

from engine.flow import Flow
from states import cancel, choose_record, clarify, reason, reschedule, take_back

FLOWS: tuple[Flow, ...] = (cancel.FLOW, reschedule.FLOW, take_back.FLOW, clarify.FLOW)

# What flows share, by the states that it gives a flow of this name.
FRAGMENTS = (choose_record.states, reason.states)

# Flows, fragments and the rows of every state each keep their words beside their rows; notices have no rows.
TEXTS = (
    "states.everywhere",
    "states.choose_record",
    "states.reason",
    "states.cancel",
    "states.reschedule",
    "states.take_back",
    "states.clarify",
    "states.notices",
)


def released() -> str:
    """Return the tables as they were last shipped, as JSON; `make released` renews them."""
    return files("states").joinpath("released.json").read_text(encoding="utf-8")


def texts() -> tuple[str, ...]:
    """Return the catalogues of all flows, as TOML."""
    return tuple(files(package).joinpath("texts.toml").read_text(encoding="utf-8") for package in TEXTS)
