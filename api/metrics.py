"""What operators watch, in the Prometheus text format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from rag.answer import Answer
from rag.index import Index
from rag.retriever import Retriever

# Seconds. Half a millisecond to ten seconds: an answer takes 1 to 40 ms by design.
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters and histograms of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "http_request_duration_seconds",
            "Requests by route template, method and status.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "ibid_stage_seconds", "Stages of an answer.", ("stage",), buckets=BUCKETS, registry=self.registry
        )
        self._problems = Counter(
            "ibid_problems", "Problem replies by kind.", ("problem",), registry=self.registry
        )
        self._unanswered = Counter(
            "ibid_no_answer", "Questions thought not answerable.", registry=self.registry
        )
        self._index = Info("ibid_index", "The index in service.", registry=self.registry)
        self._sizes = Gauge(
            "ibid_index_size", "Documents and passages in service.", ("of",), registry=self.registry
        )
        self._vectors = Gauge(
            "ibid_question_vectors",
            "Vectors of questions since the index came into service, remembered or computed.",
            ("from",),
            registry=self.registry,
        )
        self._waiting = Gauge("ibid_waiting", "Requests waiting for the index.", registry=self.registry)

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        self._requests.labels(route, method, str(status)).observe(seconds)

    def count_problem(self, slug: str) -> None:
        """Count one refusal or failure by its kind."""
        self._problems.labels(slug).inc()

    def count_answer(self, answer: Answer) -> None:
        """Count the questions the articles do not answer."""
        if not answer.answerable:
            self._unanswered.inc()

    def observe_stage(self, name: str, seconds: float) -> None:
        """Measure one stage of an answer."""
        self._stages.labels(name).observe(seconds)

    def describe_index(self, snapshot: Index) -> None:
        """Say which index is in service from now on."""
        manifest = snapshot.manifest
        self._index.info({"id": snapshot.id, "model": manifest.model.name, "built_at": manifest.built_at})
        self._sizes.labels("documents").set(manifest.counts.documents)
        self._sizes.labels("passages").set(manifest.counts.passages)

    def text(self, waiting: int, retriever: Retriever | None) -> bytes:
        """Return everything in the text format, with the number of requests that wait just now."""
        self._waiting.set(waiting)
        remembered, computed = retriever.remembered if retriever else (0, 0)
        self._vectors.labels("memory").set(remembered)
        self._vectors.labels("model").set(computed)
        return generate_latest(self.registry)
