"""Articles before and after a change, and what an index of them answers, as one digest."""

import hashlib
import json
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings import Encoder
from rag.reply import answer_as_json
from rag.retriever import Retriever
from rag.snapshot import CURRENT, SNAPSHOTS, open_current

ROOT = Path(__file__).parents[2]
BEFORE = {
    "accord": "Le Luxembourg et le Maroc ont signé un accord. La visite a duré trois jours.",
    "rabat": "Morocco and Luxembourg signed a declaration in Rabat. The ministers met twice.",
}
AFTER = {
    "accord": "Le Luxembourg et le Maroc ont signé deux accords. La visite a duré trois jours.",
    "oujda": "Une délégation est arrivée à Oujda. Elle visite un port.",
}
QUESTIONS = ("What did Morocco sign?", "Où est la délégation ?", "Who met twice?", "trois jours", "🐟")
# All that a data folder holds between two runs.
KEPT = {"lock", "cache", "memo.sqlite", CURRENT, SNAPSHOTS}


@dataclass(frozen=True)
class World:
    """An index that stands, the changed articles, an index of those, and the answers of each."""

    articles: Path
    data: Path
    after: Path
    old: str
    new: str


@dataclass(frozen=True)
class Outcome:
    """How a run ended; minus the signal where one ended it."""

    code: int
    stdout: str
    stderr: str
    calls: list[tuple[str, str]]
    struck: str | None


def write_articles(folder: Path, changed: bool) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in (AFTER if changed else BEFORE).items():
        (folder / f"{name}.txt").write_text(text, "utf-8")


def answers_of(data: Path, encoder: Encoder) -> str:
    """Return a digest of every result of every question, and of every document, of the current index."""
    with closing(open_current(data, encoder)) as snapshot:
        retriever = Retriever(snapshot, encoder)
        found = [answer_as_json(retriever.ask(question, 50), snapshot, 0) for question in QUESTIONS]
        for answer in found:
            del answer["index"]["built_at"]
        documents = [asdict(document) for document in snapshot.documents()]
    return hashlib.sha256(json.dumps([found, documents], default=str).encode()).hexdigest()


def left_behind(data: Path) -> list[str]:
    """Return what does not belong in a data folder between two runs."""
    current = (data / CURRENT).read_text().strip()
    strange = [path.name for path in data.iterdir() if path.name not in KEPT]
    strange += [path.name for path in (data / SNAPSHOTS).iterdir() if path.name != current]
    return strange + [path.name for path in (data / "cache").iterdir() if path.suffix != ".sqlite"]
