"""A salon to play with: both simulators and our own server around them, for the demo's page and the chat."""

from adapters.stage.journal import Day, Row, days
from adapters.stage.people import PERSONAS, Persona
from adapters.stage.recorder import Recorder
from adapters.stage.stage import Compose, Stage

__all__ = ["PERSONAS", "Compose", "Day", "Persona", "Recorder", "Row", "Stage", "days"]
