"""What Prometheus may scrape. No phone, client or record ever becomes a label (product.md §4, 2026-11)."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from engine.notices import Notice


class Metrics:
    """One registry for each server, so that two servers in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "otmena_webhooks_total", "Webhook posts by outcome.", ["outcome"], registry=self.registry
        )
        self._answered: dict[str, Counter] = {}
        self.received = Counter(
            "otmena_items_received_total", "New items stored out of webhooks.", registry=self.registry
        )
        self.acknowledged_after = Histogram(
            "otmena_webhook_ack_seconds",
            "From a webhook's first byte to its acknowledgement, the durable commit included.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
            registry=self.registry,
        )

        self._store_healthy = Gauge(
            "otmena_store_healthy",
            "1 while the last commit stood, 0 while the disk is full, read-only or failing.",
            registry=self.registry,
        )
        self.notices = Counter(
            "otmena_notices_total",
            "Attempts to tell the master or the administrator, by what was told and how it ended.",
            ["event", "to", "ending"],
            registry=self.registry,
        )

    def answered(self, outcome: str) -> None:
        """Count a webhook. The registry takes three times as long to find a counter as to add to it."""
        counter = self._answered.get(outcome)
        if counter is None:
            counter = self._answered[outcome] = self.webhooks.labels(outcome)
        counter.inc()

    def watch_store(self, healthy: Callable[[], bool]) -> None:
        """Show what `healthy` says whenever somebody scrapes."""
        self._store_healthy.set_function(lambda: float(healthy()))

    def told(self, notice: Notice, ending: str) -> None:
        self.notices.labels(notice.event, notice.to, ending).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)
