"""The bare journal keeps every promise of the booking port."""

from datetime import timedelta

import pytest

from adapters.rehearsal.bare.journal import Journal
from adapters.virtual import START
from engine.booking import Command, Query
from engine.events import Event
from engine.script.scene import Booked, Edited, Standing
from tests.contracts.booking import ZONE, BookingContract


class BareSalon:
    def __init__(self) -> None:
        self.journal = Journal(ZONE)
        self.now = START

    def books(self, booked: Booked) -> int:
        return self.journal.books(booked, self.now)

    def edits(self, number: int, edited: Edited) -> None:
        self.journal.edits(number, edited)

    def limits(self, service: str, *masters: str) -> None:
        self.journal.limits(service, masters)

    def standing(self, number: int) -> Standing:
        return self.journal.standing(number)

    def answer(self, call: Query | Command) -> Event:
        return self.journal.answer(call, self.now)

    def passes(self, time: timedelta) -> None:
        self.now += time


class TestBareJournal(BookingContract):
    @pytest.fixture
    def salon(self) -> BareSalon:
        return BareSalon()
