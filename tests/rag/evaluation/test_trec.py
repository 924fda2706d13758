from pathlib import Path

import ir_measures
import pytest

from rag.evaluation.summary import summarise
from rag.evaluation.trec import write_trec

from .records import Place, asked, evaluation, passage, question

TILES: list[Place] = [("a.txt", 10 * n, 10 * n + 10) for n in range(12)]


def test_the_files_give_other_tools_the_same_figures(tmp_path: Path) -> None:
    entries = [
        asked(question("q1", TILES[3]), TILES[:10]),
        asked(question("q2", TILES[5], ("a.txt", 15, 25)), [TILES[5]] * 2),
        asked(question("q3", TILES[5])),
        asked(question("u1"), TILES[:2]),
    ]
    run = evaluation(entries, [passage(tile) for tile in TILES])
    write_trec(run, tmp_path)
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")))  # type: ignore[no-untyped-call]
    ranking = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))  # type: ignore[no-untyped-call]
    ours = summarise(run).measures
    for name, column in {"Success@1": "Success@1", "Success@5": "Success@5", "RR@10": "MRR@10",
                         "nDCG@10": "nDCG@10"}.items():  # fmt: skip
        measure = ir_measures.parse_measure(name)
        assert ir_measures.calc_aggregate([measure], qrels, ranking)[measure] == pytest.approx(
            ours[column].value
        )


def test_every_line_of_the_run_has_its_rank(tmp_path: Path) -> None:
    entries = [asked(question(id_, TILES[0]), TILES[:3]) for id_ in ("q1", "q2")]
    write_trec(evaluation(entries, [passage(TILES[0])]), tmp_path)
    rows = [line.split() for line in (tmp_path / "run.trec").read_text().splitlines()]
    assert [(row[0], row[3]) for row in rows] == [(id_, str(n)) for id_ in ("q1", "q2") for n in (1, 2, 3)]
    assert {len(row) for row in rows} == {6}
