"""What Prometheus may scrape. No phone, client or record ever becomes a label (product.md §4, 2026-11)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.notices import Notice

_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """One registry for each server, so that two servers in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._webhooks = _Webhooks()
        self.registry.register(self._webhooks)
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

        self._deliveries = Counter(
            "otmena_deliveries_total",
            "Attempts to send a message to a client, or to call YClients, by how they ended.",
            ["kind", "ending"],
            registry=self.registry,
        )

    def answered(self, outcome: str) -> None:
        """Count a webhook."""
        self._webhooks.answers[outcome] += 1

    def acknowledged(self, new: int, took_s: float) -> None:
        """Count a webhook's new items, and the time that it took to store them."""
        self._webhooks.new += new
        self._webhooks.took_s += took_s
        self._webhooks.took_up_to[bisect_left(_BOUNDS_S, took_s)] += 1

    def watch_store(self, healthy: Callable[[], bool]) -> None:
        """Show what `healthy` says whenever somebody scrapes."""
        self._store_healthy.set_function(lambda: float(healthy()))

    def told(self, notice: Notice, ending: str) -> None:
        self.notices.labels(notice.event, notice.to, ending).inc()

    def delivered(self, kind: str, ending: str) -> None:
        self._deliveries.labels(kind, ending).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Webhooks(Collector):
    """Numbers that are added to at each webhook, by one thread, and become metrics when somebody scrapes.

    The library's own take locks and look for their buckets at every webhook, some ten times as long.
    """

    def __init__(self) -> None:
        self.answers: defaultdict[str, int] = defaultdict(int)
        self.new = 0
        self.took_s = 0.0
        # How many took up to each bound and longer than the one before; the last had no bound.
        self.took_up_to = [0] * (len(_BOUNDS_S) + 1)

    def collect(self) -> Iterator[Metric]:
        answers = CounterMetricFamily("otmena_webhooks", "Webhook posts by outcome.", labels=["outcome"])
        for outcome, count in self.answers.items():
            answers.add_metric([outcome], count)
        yield answers
        yield CounterMetricFamily(
            "otmena_items_received", "New items stored out of webhooks.", value=self.new
        )
        yield HistogramMetricFamily(
            "otmena_webhook_ack_seconds",
            "From a webhook's first byte to its acknowledgement, the durable commit included.",
            buckets=list(zip((*map(str, _BOUNDS_S), "+Inf"), accumulate(self.took_up_to), strict=True)),
            sum_value=self.took_s,
        )
