"""What an archive costs: indexing, indexing again, answering, over real French and English text.

    python -m tests.benchmarks.scale FOLDER [SHARE …]

The text is Debian's documentation as HTML pages, fetched with apt into FOLDER and kept there; each SHARE
(0.01 and 0.1 by default) is the part of the pages that is indexed: all make about 200,000 passages.
Questions are words of the passages themselves. Each row is added to `results/scale.jsonl`.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median, quantiles

from embeddings import load_encoder
from rag.snapshot import current_path, open_current
from tests.benchmarks.load import closed_loop
from tests.benchmarks.served import served

PACKAGES = (
    "aptitude-doc-fr", "debian-edu-doc-fr", "debian-faq-fr", "debian-handbook", "debian-policy",
    "debian-reference-en", "debian-reference-fr", "developers-reference", "developers-reference-fr",
    "gimp-help-en", "gimp-help-fr", "git-doc", "kicad-doc-en", "kicad-doc-fr", "libreoffice-help-en-us",
    "libreoffice-help-fr", "maint-guide", "maint-guide-fr", "postgresql-doc-15", "python3.11-doc",
)  # fmt: skip
RESULTS = Path(__file__).with_name("results") / "scale.jsonl"
PROGRAM = (sys.executable, "-c", "from rag.cli import main; main()")
CHANGED = 0.01  # of the pages
CLIENTS = 16
ASKED = 800
WORDS = 8  # of a passage, for a question


@dataclass(frozen=True)
class Row:
    """What was measured of one share; seconds, bytes."""

    articles: int
    passages: int
    index_seconds: float
    index_memory: int
    again_seconds: float
    embedded_again: int
    start_seconds: float
    one_client: tuple[float, float]
    many_clients: tuple[float, float]
    a_second: float
    memory: int
    disk: int


def fetched(folder: Path) -> list[Path]:
    """Return the pages of the packages, sorted; those that Debian no longer has are left out."""
    packages, pages = folder / "packages", folder / "pages"
    for package in PACKAGES:
        if (pages / package).exists():
            continue
        for place in (packages, pages):
            place.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["apt-get", "download", package], cwd=packages, capture_output=True, text=True)
        if done.returncode:
            print(f"{package}: {done.stderr.strip()}", file=sys.stderr)
            continue
        (archive,) = packages.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, pages / package], check=True)
    return sorted(path for path in pages.rglob("*.html") if path.is_file() and not path.is_symlink())


def indexed(pages: Path, data: Path) -> tuple[dict[str, object], float, int]:
    """Index in a process of its own; return the report, the seconds, and the most memory it held."""
    started = time.perf_counter()
    command = [*PROGRAM, "index", str(pages), "--data", str(data), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    report: dict[str, object] = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command}: {status}")
    return report, time.perf_counter() - started, used.ru_maxrss * 1024


def questions_of(data: Path, count: int) -> list[str]:
    """Return the first words of as many sentences, drawn from all passages."""
    snapshot, draw, found = open_current(data, load_encoder()), random.Random(20), list[str]()
    while len(found) < count:
        passage = snapshot.passage(draw.randrange(snapshot.manifest.counts.body_passages))
        document = snapshot.document(passage.document_id)
        assert document
        words = draw.choice(passage.sentences).slice(document.text).split()
        if len(words) >= WORDS:
            found.append(" ".join(words[:WORDS]))
    snapshot.close()
    return found


def measured(pages: Sequence[Path], folder: Path) -> Row:
    """Index these pages, change some, index again, and ask."""
    chosen, data = folder / "chosen", folder / "data"
    for place in (chosen, data):
        rmtree(place, ignore_errors=True)
    for path in pages:
        copy = chosen / path.relative_to(folder / "pages")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    report, first, memory = indexed(chosen, data)
    for path in sorted(chosen.rglob("*.html"))[:: round(1 / CHANGED)]:
        text = path.read_text("utf-8", "replace")
        path.write_text(text.replace("</body>", "<p>Cette page a été relue lundi.</p></body>"), "utf-8")
    again, second, _ = indexed(chosen, data)
    asked = questions_of(data, 3 * ASKED)
    environment = {"IBID_DATA": str(data), "IBID_RATE_LIMIT_PER_MINUTE": "1000000"}
    with served([*PROGRAM, "serve", "--port", "PORT"], environment, data) as server:
        closed_loop(server.address, asked[:ASKED], 1)  # warms up
        one, _ = closed_loop(server.address, asked[ASKED : 2 * ASKED], 1)
        many, whole = closed_loop(server.address, asked[2 * ASKED :], CLIENTS)
        held, _ = server.memory()
    files = [path for path in current_path(data).rglob("*") if path.is_file()]
    return Row(
        articles=int(str(report["documents"])),
        passages=int(str(report["passages"])),
        index_seconds=first,
        index_memory=memory,
        again_seconds=second,
        embedded_again=int(str(again["embedded"])),
        start_seconds=server.seconds,
        one_client=_spread(one),
        many_clients=_spread(many),
        a_second=ASKED / whole,
        memory=held,
        disk=sum(path.stat().st_size for path in files),
    )


def _spread(times: Sequence[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    return median(times), quantiles(times, n=100)[98]


def shown(row: Row) -> str:
    """Return a row of the table."""
    (p50, p99), (many50, many99) = row.one_client, row.many_clients
    cells = (
        f"{row.passages:,} of {row.articles:,} articles",
        f"{row.index_seconds:.0f} s, {row.index_memory / 1e6:.0f} MB",
        f"{row.again_seconds:.1f} s ({row.again_seconds / row.index_seconds:.3f})",
        f"{row.start_seconds:.1f} s",
        f"{1e3 * p50:.1f} / {1e3 * p99:.1f} ms",
        f"{1e3 * many50:.1f} / {1e3 * many99:.1f} ms",
        f"{row.a_second:.0f}",
        f"{row.memory / 1e6:.0f} MB",
        f"{row.disk / 1e6:.0f} MB",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure each share and print a row for it."""
    folder, shares = Path(sys.argv[1]), [float(share) for share in sys.argv[2:]] or [0.01, 0.1]
    pages = fetched(folder)
    random.Random(20).shuffle(pages)
    head = ("passages", "index", "again, 1 % changed", "start", "p50 / p99, 1 client",
            f"p50 / p99, {CLIENTS} clients", "questions/s", "memory", "disk")  # fmt: skip
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for share in shares:
        row = measured(sorted(pages[: round(share * len(pages))]), folder)
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(json.dumps(asdict(row)) + "\n")
        print(shown(row), flush=True)


if __name__ == "__main__":
    main()
