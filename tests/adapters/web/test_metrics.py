"""Metrics: webhooks by outcome and time, notices and deliveries by how they ended; nobody's name."""

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


def test_deliveries_are_counted_by_kind_and_ending() -> None:
    metrics = Metrics()

    for kind, ending in (("message", "sent"), ("message", "sent"), ("CancelRecord", "result")):
        metrics.delivered(kind, ending)

    text = metrics.text().decode()
    assert 'otmena_deliveries_total{ending="sent",kind="message"} 2.0' in text
    assert 'otmena_deliveries_total{ending="result",kind="CancelRecord"} 1.0' in text


def test_webhooks_are_counted_by_outcome_and_time() -> None:
    metrics = Metrics()

    for outcome in ("stored", "unsigned", "stored", "stored"):
        metrics.answered(outcome)
    for new, took_s in ((3, 0.005), (0, 0.3), (1, 9.0)):
        metrics.acknowledged(new, took_s)

    lines = metrics.text().decode().splitlines()
    assert 'otmena_webhooks_total{outcome="stored"} 3.0' in lines
    assert 'otmena_webhooks_total{outcome="unsigned"} 1.0' in lines
    assert "otmena_items_received_total 4.0" in lines
    buckets = [
        line.rpartition(" ")[2] for line in lines if line.startswith("otmena_webhook_ack_seconds_bucket")
    ]
    # Up to 5, 10, 25, 50, 100, 250 and 500 ms, 1 and 2.5 s, and all.
    assert buckets == ["1.0"] * 6 + ["2.0"] * 3 + ["3.0"]
    assert "otmena_webhook_ack_seconds_count 3.0" in lines
    assert "otmena_webhook_ack_seconds_sum 9.305" in lines
