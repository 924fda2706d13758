"""How well the support check tells true sentences from false ones, and how long it takes.

    python -m tests.benchmarks.prose

True: `tests/rag/prose/honest.jsonl`, written over the seed articles. False: `tests/lies.py`, made from the
passages of each answerable gold question; inventions without a name are held against every passage.
"""

import json
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from embeddings import Encoder, load_encoder
from rag.indexing import build_index
from rag.prose.composing import Proofreader
from rag.prose.sentence_stream import SentenceStream
from rag.prose.support import Source, claims_of, source_of, unsupported
from rag.prose.words import share_said
from rag.records import Reply
from rag.reply import answer_as_json
from rag.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot, open_current
from tests.endpoint import honest_sentences
from tests.lies import INVENTIONS, lies_about

ROOT = Path(__file__).parents[2]
HONEST = ROOT / "tests" / "rag" / "prose" / "honest.jsonl"
GOLD = ROOT / "seeds" / "gold.jsonl"


def main() -> None:
    encoder = load_encoder("bundled")
    with tempfile.TemporaryDirectory() as folder:
        build_index([ROOT / "seeds" / "articles"], Settings(data=Path(folder)), encoder)
        snapshot = open_current(Path(folder), encoder)
        for split in ("dev", "test"):
            true_sentences(split, snapshot, encoder)
        inventions(snapshot, encoder)
        answers(Retriever(snapshot, encoder))
        snapshot.close()


def true_sentences(split: str, snapshot: Snapshot, encoder: Encoder) -> None:
    documents = {one.source: one for one in snapshot.documents(0, 10)}
    refused, shares, seconds = 0, [], []
    rows = [row for row in map(json.loads, HONEST.read_text("utf-8").splitlines()) if row["split"] == split]
    for row in rows:
        document = documents[row["source"]]
        held = snapshot.passages_of(document.id)
        texts = [
            next(text for one in held if anchor in (text := one.span.slice(document.text)))
            for anchor in row["anchors"]
        ]
        sources = [source_of(text, "fr") for text in texts]
        started = time.perf_counter()
        claims = claims_of(row["sentence"])
        refused += any(unsupported(claims, sources, encoder.lexicon))
        seconds.append(time.perf_counter() - started)
        shares.append(_share(row["sentence"], sources, encoder))
    print(
        f"true, {split}: {refused} of {len(rows)} refused; words said, median {statistics.median(shares):.2f}"
    )
    print(f"  one sentence: median {statistics.median(seconds) * 1000:.1f} ms")


def inventions(snapshot: Snapshot, encoder: Encoder) -> None:
    documents = snapshot.documents(0, 10)
    texts = [one.span.slice(each.text) for each in documents for one in snapshot.passages_of(each.id)]
    sources = [source_of(text, "fr") for text in texts]
    best = [max(_share(lie, [source], encoder) for source in sources) for lie in INVENTIONS]
    print(f"inventions, best passage: median {statistics.median(best):.2f}, most {max(best):.2f}")


def _share(sentence: str, sources: list[Source], encoder: Encoder) -> float:
    words = [one for source in sources for one in source.sentences]
    return share_said(claims_of(sentence).words, words, encoder.lexicon)


def answers(retriever: Retriever) -> None:
    """Let an honest and a malicious endpoint answer every gold question that is thought answerable."""
    answered, told, shown, faults, honest, kept = 0, 0, 0, Counter[str](), 0, 0
    for question in [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]:
        reply = Reply.of(answer_as_json(retriever.ask(question), retriever.snapshot, 0.0))
        if not reply.answerable:
            continue
        material = [
            {"number": one.rank, "title": one.citation.title, "text": one.text} for one in reply.passages
        ]
        made, true = lies_about(material), list(honest_sentences(material))
        false_proof, true_proof = _read(made, reply, retriever), _read(true, reply, retriever)
        answered, told, shown = answered + 1, told + len(made), shown + false_proof.shown
        faults += false_proof.dropped
        honest, kept = honest + len(true), kept + true_proof.shown
    print(f"false: {shown} of {told} shown in {answered} answers; dropped as {dict(faults)}")
    print(f"honest: {honest - kept} of {honest} refused in the same answers")


def _read(sentences: list[str], reply: Reply, retriever: Retriever) -> Proofreader:
    proof, stream = Proofreader(reply.passages, retriever.lexicon), SentenceStream()
    for draft in stream.feed(" ".join(sentences)) + stream.end():
        proof.read(draft)
    return proof


if __name__ == "__main__":
    main()
