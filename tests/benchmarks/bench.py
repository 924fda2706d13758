"""Ibid beside txtai, Haystack, LlamaIndex and LangChain: the same articles, questions, machine and run.

    make bench         Ibid and each peer with Ibid's weights, three starts, a few minutes
    make bench-full    the peers' documented defaults and Ibid's int8 graph as well, five starts

Every number comes from fresh processes in shuffled order. On a busy machine it refuses to start, unless
BENCH_ANYWAY is set, which the results then state.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from rag.evaluation.gold import load_gold
from rag.evaluation.question import Question
from rag.snapshot import open_current
from tests.benchmarks.load import ask, closed_loop, constant_rate
from tests.benchmarks.served import Served, served

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("results")
GOLD = ROOT / "seeds" / "gold.jsonl"
PEERS = ("txtai", "haystack", "llamaindex", "langchain")
# Load average over which numbers say more of the neighbours than of the systems.
IDLE = 0.3
CLIENTS = 16
# Share of the best closed-loop rate that the constant rate asks for.
PACE = 0.5


@dataclass(frozen=True)
class Contender:
    """A system in one variant, and how its processes are started."""

    name: str
    index: Sequence[str]
    serve: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


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


def contenders(folder: Path, python: Path, variants: Sequence[str]) -> Iterator[Contender]:
    """Yield Ibid and the peers."""
    data = {"IBID_DATA": str(folder / "ibid"), "IBID_RATE_LIMIT_PER_MINUTE": "1000000"}
    ibid = [sys.executable, "-c", "from rag.cli import main; main()"]
    corpus = [str(path) for path in sorted((folder / "corpus").iterdir())]
    yield Contender(
        "Ibid", [*ibid, "index", *corpus], [*ibid, "serve", "--port", "PORT"], folder / "ibid", data
    )
    weights = {"PEERS_WEIGHTS": str(folder / "weights"), "PYTHONPATH": str(ROOT)}
    module = [str(python), "-m", "tests.benchmarks.peers.serve"]
    for peer in PEERS:
        for variant in variants:
            place = folder / f"{peer}-{variant}"
            same = [peer, variant, str(place)]
            yield Contender(
                f"{peer}, {variant}",
                [*module, "index", *same, str(folder / "articles.jsonl")],
                [*module, "serve", *same, "PORT"],
                place,
                weights,
            )


def quiet(command: Sequence[str]) -> list[str]:
    """Return a command that runs without a network where this machine allows it."""
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
    allowed = subprocess.run([*alone[:2], "true"], capture_output=True).returncode == 0
    return [*alone, *command] if allowed else list(command)


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
    if one.name != "Ibid":
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


def variations(questions: Sequence[Question], count: int) -> list[str]:
    """Return `count` different questions: those of the gold set, each number of them with another ending."""
    endings = ("", " ?", " exactly", " please", " svp", " merci", " thanks", " alors", " now", " ici")
    return [f"{one.text}{ending}" for ending in endings for one in questions][:count]


def run(
    folder: Path, python: Path, variants: Sequence[str], repetitions: int, asked: int
) -> dict[str, object]:
    """Index and serve each contender; return everything measured."""
    gold = load_gold(GOLD)
    everything = [question for split in ("dev", "test") for question in gold.of_split(split)]
    judged = [question for question in gold.of_split("test") if question.answerable]
    questions = variations(everything, 2_000)
    all_contenders = list(contenders(folder, python, variants))
    found = {one.name: Measured() for one in all_contenders}
    draw = random.Random(20)
    for one in draw.sample(all_contenders, len(all_contenders)):
        print(f"indexing  {one.name}", file=sys.stderr, flush=True)
        index(one, found[one.name])
    sources = {answer.document_id: answer.source for one in judged for answer in one.answers}
    for repetition in range(repetitions):
        for one in draw.sample(all_contenders, len(all_contenders)):
            print(f"serving   {one.name}, {repetition + 1} of {repetitions}", file=sys.stderr, flush=True)
            with served(one.serve, one.environment, one.folder, cold=True) as server:
                found[one.name].cold_starts.append(server.seconds)
            with served(one.serve, one.environment, one.folder) as server:
                found[one.name].starts.append(server.seconds)
                measure(server, questions, asked, found[one.name])
                if not repetition:
                    found[one.name].success = success(server, judged, sources)
    return {name: asdict(measured) for name, measured in found.items()}


def machine() -> dict[str, object]:
    """Return what the numbers depend on."""
    cpu = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout
    return {
        "commit": commit.strip(),
        "processor": cpu.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("onnxruntime", "faiss-cpu", "tantivy", "uvicorn")},
        "load before": os.getloadavg()[0],
        "busy": os.getloadavg()[0] > IDLE,
    }


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


def prepare(folder: Path, python: Path) -> None:
    """Write the articles, for Ibid as files and for the peers as lines, and the weights for the peers."""
    from embeddings import load_encoder
    from rag.indexing import build_index
    from rag.settings import Settings
    from tests.corpora import write_corpus

    paths = write_corpus(folder / "pages")
    (folder / "corpus").mkdir()
    for path in paths:
        (folder / "corpus" / path.name).symlink_to(path)
    build_index(paths, Settings(data=folder / "texts"), load_encoder())
    snapshot = open_current(folder / "texts", load_encoder())
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as lines:
        for document in snapshot.documents(0, 10_000):
            lines.write(json.dumps({"source": document.source, "text": document.text}) + "\n")
    command = [str(python), "-m", "tests.benchmarks.peers.weights", str(folder / "weights")]
    subprocess.run(
        command, check=True, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def main() -> None:
    """Run the benchmark; write the results and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers", help="environment of the peers")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--asked", type=int, default=0, help="questions of each measurement")
    chosen = parser.parse_args()
    about = machine()
    if about["busy"] and not os.environ.get("BENCH_ANYWAY"):
        sys.exit(f"the load of this machine is {about['load before']:.1f}: wait until it is under {IDLE}")
    variants = ("defaults", "weights", "int8") if chosen.full else ("weights",)
    repetitions, asked = (5, 400) if chosen.full else (3, 120)
    python = chosen.peers / "bin" / "python"
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, python)
        results = run(folder, python, variants, repetitions, chosen.asked or asked)
    kept = RESULTS / ("full.json" if chosen.full else "quick.json")
    RESULTS.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"machine": about, "results": results}, indent=1) + "\n", "utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
