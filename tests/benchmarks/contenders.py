"""The systems that are compared, each in a variant, and how their processes are started."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ("txtai", "haystack", "llamaindex", "langchain")
IBID = "Ibid"


@dataclass(frozen=True)
class Contender:
    """A system in one variant, and how its processes are started."""

    name: str
    index: Sequence[str]
    serve: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def contenders(folder: Path, python: Path, variants: Sequence[str]) -> Iterator[Contender]:
    """Yield Ibid and the peers."""
    data = {"IBID_DATA": str(folder / "ibid"), "IBID_RATE_LIMIT_PER_MINUTE": "1000000"}
    ibid = [sys.executable, "-c", "from rag.cli import main; main()"]
    corpus = [str(path) for path in sorted((folder / "corpus").iterdir())]
    yield Contender(
        IBID, [*ibid, "index", *corpus], [*ibid, "serve", "--port", "PORT"], folder / "ibid", data
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
