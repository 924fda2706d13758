"""What is measured of a contender, and how it is shown."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

from rag.evaluation.question import Question
from tests.benchmarks.contenders import IBID, ROOT, Contender, quiet
from tests.benchmarks.load import ask, closed_loop, constant_rate
from tests.benchmarks.served import Served

CLIENTS = 16
# Share of the best closed-loop rate that the constant rate asks for.
PACE = 0.5


@dataclass
class Measured:
    """What was measured of a contender; times in seconds, sizes in bytes."""

    passages: int = 0
    index_seconds: float = 0.0
    disk: int = 0
    starts: list[float] = field(default_factory=list)
    cold_starts: list[float] = field(default_factory=list)
    one_client: list[float] = field(default_factory=list)
    many_clients: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    paced: list[float] = field(default_factory=list)
    rss: int = 0
    pss: int = 0
    success: dict[str, float] = field(default_factory=dict)


def index(one: Contender, measured: Measured) -> None:
    """Index the articles in a process of its own."""
    started = time.perf_counter()
    done = subprocess.run(
        quiet(one.index), env={**os.environ, **one.environment}, capture_output=True, text=True, cwd=ROOT
    )
    measured.index_seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{one.name}: {done.stderr[-2000:]}")
    measured.passages = _passages(one, done.stdout)
    measured.disk = sum(path.stat().st_size for path in one.folder.rglob("*") if path.is_file())


def _passages(one: Contender, output: str) -> int:
    if one.name != IBID:
        return int(json.loads(output.strip().splitlines()[-1])["passages"])
    manifest = next((one.folder / "snapshots").glob("*/manifest.json"))
    return int(json.loads(manifest.read_text("utf-8"))["manifest"]["counts"]["passages"])


def measure(server: Served, questions: Sequence[str], asked: int, measured: Measured) -> None:
    """Ask one by one, from many clients, and at a constant rate; every question is new to the server once."""
    stream = islice(cycle(questions), 3 * asked)
    closed_loop(server.address, questions[:20], 1)  # the first answers load what the others use
    times, _ = closed_loop(server.address, list(islice(stream, asked)), 1)
    measured.one_client += times
    times, whole = closed_loop(server.address, list(islice(stream, asked)), CLIENTS)
    measured.many_clients += times
    measured.rates.append(asked / whole)
    measured.paced += constant_rate(server.address, list(stream), PACE * measured.rates[-1])
    measured.rss, measured.pss = server.memory()


def success(server: Served, questions: Sequence[Question], texts: Mapping[str, str]) -> dict[str, float]:
    """Return Success@1 and @5 by language: whether a passage holds half of a gold quote."""
    found: dict[str, list[bool]] = {}
    for question in questions:
        passages = json.loads(ask(server.address, question.text))["passages"]
        quotes = [(texts[answer.document_id], _squashed(answer.quote)) for answer in question.answers]
        for depth in (1, 5):
            hit = any(_holds(passage, *quote) for passage in passages[:depth] for quote in quotes)
            found.setdefault(f"{question.language} Success@{depth}", []).append(hit)
    return {name: sum(hits) / len(hits) for name, hits in found.items()}


def _holds(passage: Mapping[str, object], source: str, quote: str) -> bool:
    """Return whether a passage of the same article holds half of a quote; Ibid's names no file."""
    text, half = _squashed(str(passage["text"])), len(quote) // 2
    same = "source" not in passage or Path(str(passage["source"])).name == Path(source).name
    return same and (quote[:half] in text or quote[half:] in text)


def _squashed(text: str) -> str:
    return " ".join(text.split())


def table(results: Mapping[str, Mapping[str, object]]) -> str:
    """Return the results as a table for README."""
    head = (
        "system", "index", "start, cold / warm", "p50 / p99, 1 client", f"p50 / p99, {CLIENTS} clients",
        "p99 at half rate", "questions/s", "RSS / PSS", "disk", "S@1 / S@5 English", "S@1 / S@5 French",
    )  # fmt: skip
    rows = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*rows, *(_row(name, Measured(**found)) for name, found in results.items())])  # type: ignore[arg-type]


def _row(name: str, found: Measured) -> str:
    cells = (
        name,
        f"{found.index_seconds:.0f} s, {found.passages / found.index_seconds:.0f} passages/s",
        f"{_spread(found.cold_starts)} / {_spread(found.starts)} s",
        _latency(found.one_client),
        _latency(found.many_clients),
        f"{1000 * quantiles(found.paced, n=100)[98]:.1f} ms",
        f"{median(found.rates):.0f}",
        f"{found.rss / 1e6:.0f} / {found.pss / 1e6:.0f} MB",
        f"{found.disk / 1e6:.0f} MB",
        *(
            f"{found.success[f'{language} Success@1']:.2f} / {found.success[f'{language} Success@5']:.2f}"
            for language in ("en", "fr")
        ),
    )
    return f"| {' | '.join(cells)} |"


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.1f} [{min(values):.1f}, {max(values):.1f}]"


def _latency(times: Sequence[float]) -> str:
    return f"{1000 * median(times):.1f} / {1000 * quantiles(times, n=100)[98]:.1f} ms"
