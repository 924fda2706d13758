"""The run and its qrels as files that every TREC tool reads."""

from collections import Counter
from pathlib import Path

from rag.evaluation.measures import qrels_of, run_of
from rag.evaluation.run import Evaluation

TAG = "ibid"


def write_trec(evaluation: Evaluation, folder: Path) -> None:
    """Write `run.trec` and `qrels.trec` into a folder that exists; OSError where it cannot."""
    # Python's shortest form of a number keeps 1/rank exact, so tools see the order we measured.
    rows: list[str] = []
    ranks: Counter[str] = Counter()
    for doc in run_of(evaluation.asked):
        ranks[doc.query_id] += 1
        rows.append(f"{doc.query_id} Q0 {doc.doc_id} {ranks[doc.query_id]} {doc.score!r} {TAG}\n")
    (folder / "run.trec").write_text("".join(rows), encoding="utf-8")
    judged = [f"{q.query_id} 0 {q.doc_id} {q.relevance}\n" for q in qrels_of(evaluation.qrels)]
    (folder / "qrels.trec").write_text("".join(judged), encoding="utf-8")
