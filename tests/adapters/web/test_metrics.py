"""Metrics: notices are counted by what was told and how it ended, and by nobody's name."""

from adapters.web.metrics import Metrics
from engine.notices import Notice


def test_notices_are_counted_by_event_and_ending() -> None:
    metrics = Metrics()

    metrics.told(Notice(to="master", event="cancelled", master_id=7), "sent")
    metrics.told(Notice(to="master", event="cancelled", master_id=8), "sent")
    metrics.told(Notice(to="admin", event="dead"), "later")

    text = metrics.text().decode()
    assert 'otmena_notices_total{ending="sent",event="cancelled",to="master"} 2.0' in text
    assert 'otmena_notices_total{ending="later",event="dead",to="admin"} 1.0' in text
