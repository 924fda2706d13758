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
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.evaluation.gold import load_gold
from rag.evaluation.question import Question
from rag.snapshot import open_current
from tests.benchmarks.contenders import ROOT, contenders
from tests.benchmarks.measured import Measured, index, measure, success, table
from tests.benchmarks.served import served

RESULTS = Path(__file__).with_name("results")
GOLD = ROOT / "seeds" / "gold.jsonl"
# Load average over which numbers say more of the neighbours than of the systems.
IDLE = 0.3


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
