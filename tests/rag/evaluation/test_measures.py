import math

import ir_measures
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer
from rag.evaluation.measures import MEASURES, found, qrels_of, run_of, shares
from rag.evaluation.qrels import derive_qrels
from rag.evaluation.run import Asked
from rag.passages import Passage
from rag.spans import Span

from .records import Place, asked, evaluation, gold_answer, hit, passage, question

A, B = "a.txt", "b.txt"
TILES: list[Place] = [(A, 10 * n, 10 * n + 10) for n in range(12)]  # passages side by side
PASSAGES = [passage(tile) for tile in TILES]


def values(one: Asked, passages: list[Passage] = PASSAGES) -> dict[str, float | None]:
    run = evaluation([one], passages)
    return {
        name: share.part / share.whole if share.whole else None
        for name, share in shares(run.asked, run.qrels)[one.question.id].items()
    }


def test_hand_computed_values_of_one_ranking() -> None:
    # Two answers in tiles 0 and 7; found at rank 3 and, too late for the first five, at rank 6.
    one = asked(question("q", TILES[0], TILES[7]), [TILES[n] for n in (4, 5, 0, 1, 2, 7)])
    measured = values(one)
    assert (measured["Success@1"], measured["Success@5"], measured["Recall@5"]) == (0, 1, 0.5)
    assert measured["MRR@10"] == pytest.approx(1 / 3)
    ideal = 1 + 1 / math.log2(3)
    assert measured["nDCG@10"] == pytest.approx((1 / math.log2(4) + 1 / math.log2(7)) / ideal)


def test_a_perfect_ranking_scores_one_in_every_ranked_measure() -> None:
    measured = values(asked(question("q", TILES[3], TILES[8]), [TILES[8], TILES[3], TILES[0]]))
    ranked = ("Success@1", "Success@5", "MRR@10", "nDCG@10", "Recall@5")
    assert {name: measured[name] for name in ranked} == dict.fromkeys(ranked, 1)


def test_a_question_without_results_scores_zero_and_stays() -> None:
    run = evaluation([asked(question("q", TILES[0])), asked(question("r", TILES[0]), [TILES[0]])], PASSAGES)
    table = shares(run.asked, run.qrels)
    for name in ("Success@1", "Success@5", "MRR@10", "nDCG@10", "Recall@5"):
        assert table["q"][name] == (0, 1)
        assert table["r"][name] == (1, 1)


def test_no_results_at_all_score_zero() -> None:
    assert values(asked(question("q", TILES[0])))["nDCG@10"] == 0


def test_a_split_of_unanswerable_questions_has_no_ranked_values() -> None:
    measured = values(asked(question("q"), [TILES[0]]))
    assert {name for name, value in measured.items() if value is not None} == {
        "Abstention accuracy", "Unanswerable refused",
    }  # fmt: skip


def test_every_measure_has_a_share_for_every_question() -> None:
    run = evaluation([asked(question("q", TILES[0])), asked(question("r"))], PASSAGES)
    for row in shares(run.asked, run.qrels).values():
        assert set(row) == {measure.name for measure in MEASURES}
        assert all(0 <= share.part <= share.whole for share in row.values())


def test_a_repeated_passage_wastes_its_place_and_counts_once() -> None:
    one = question("q", TILES[0], TILES[1])
    repeated = values(asked(one, [TILES[0], TILES[0], TILES[1]]))
    assert repeated == values(asked(one, [TILES[0], TILES[5], TILES[1]]))
    assert values(asked(one, [TILES[0]] * 10))["nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_equal_scores_keep_the_order_that_was_shown() -> None:
    # TREC tools break ties by name: with equal scores they would put some other passage first.
    for first in range(6):
        rest = [TILES[n] for n in range(6) if n != first]
        assert values(asked(question("q", TILES[first]), [TILES[first], *rest]))["Success@1"] == 1


def test_an_unreachable_answer_counts_as_missed() -> None:
    across = (A, 15, 25)  # two tiles share it: no passage holds it
    measured = values(asked(question("q", TILES[0], across), [TILES[0], TILES[1], TILES[2]]))
    assert measured["Recall@5"] == 0.5
    assert measured["nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert values(asked(question("q", across), [TILES[1], TILES[2]]))["Success@5"] == 0


def test_overlapping_passages_cannot_inflate_recall() -> None:
    windows: list[Place] = [(A, start, start + 40) for start in (0, 5, 10)]
    one = asked(question("q", (A, 20, 30), (B, 0, 10)), windows)
    measured = values(one, [*(passage(w) for w in windows), passage((B, 0, 10))])
    assert measured["Recall@5"] == 0.5
    assert measured["nDCG@10"] is not None
    assert measured["nDCG@10"] < 1


def test_one_passage_that_holds_two_answers_finds_both() -> None:
    whole = (A, 0, 40)
    measured = values(asked(question("q", (A, 0, 10), (A, 20, 30)), [whole]), [passage(whole)])
    assert measured["Recall@5"] == 1


def test_refusing_does_not_change_what_was_found() -> None:
    one = question("q", TILES[0])
    answered, refused = (values(asked(one, [TILES[0]], answerable=flag)) for flag in (True, False))
    assert {n for n in answered if answered[n] != refused[n]} == {"Abstention accuracy", "Answerable refused"}


@pytest.mark.parametrize(
    ("highlight", "accurate"),
    [(Span(5, 8), 1), (Span(0, 3), 0), (Span(0, 4), 1), (Span(6, 9), 0), (Span(5, 5), 0)],
)
def test_a_highlight_counts_when_it_touches_the_answer(highlight: Span, accurate: int) -> None:
    about = question("q", (A, 103, 106))
    shown = Answer("q", "en", True, 0.5, (hit(1, (A, 100, 110), highlight),))
    measured = values(Asked(about, shown, 1.0), [passage((A, 100, 110))])
    assert measured["Highlight accuracy"] == accurate


def test_highlights_of_irrelevant_passages_do_not_count() -> None:
    measured = values(asked(question("q", TILES[0]), [TILES[1], TILES[2]]))
    assert measured["Highlight accuracy"] is None


def test_a_highlight_must_touch_an_answer_of_its_own_document() -> None:
    about = question("q", (A, 0, 10), (B, 50, 60))
    shown = Answer("q", "en", True, 0.5, (hit(1, (A, 0, 60), Span(50, 60)),))
    measured = values(Asked(about, shown, 1.0), [passage((A, 0, 60)), passage((B, 50, 60))])
    assert measured["Highlight accuracy"] == 0


@pytest.mark.parametrize(
    ("places", "answered", "expected"),
    [
        ([TILES[0]], True, (1, None, 0)),
        ([TILES[0]], False, (0, None, 1)),
        ([], True, (0, 0, None)),
        ([], False, (1, 1, None)),
    ],
)
def test_abstention_is_right_when_the_refusal_is(
    places: list[Place], answered: bool, expected: tuple[float | None, ...]
) -> None:
    measured = values(asked(question("q", *places), [TILES[0]], answerable=answered))
    names = ("Abstention accuracy", "Unanswerable refused", "Answerable refused")
    assert tuple(measured[name] for name in names) == expected


def test_found_looks_at_the_first_five_only() -> None:
    one = question("q", TILES[9])
    for rank in range(1, 11):
        others = [TILES[n] for n in range(9)]
        run = evaluation([asked(one, [*others[: rank - 1], TILES[9], *others[rank - 1 :]])], PASSAGES)
        assert found(run.asked[0], run.qrels) == (rank <= 5)


TILE_LISTS = st.lists(st.sampled_from(TILES), max_size=10)
RUNS = st.lists(st.tuples(st.lists(st.sampled_from(TILES), min_size=1, unique=True), TILE_LISTS), min_size=1)


@given(RUNS)
def test_ranked_measures_equal_pytrec_eval(rows: list[tuple[list[Place], list[Place]]]) -> None:
    entries = [asked(question(f"q{n}", *gold), ranking) for n, (gold, ranking) in enumerate(rows)]
    run = evaluation(entries, PASSAGES)
    judged: dict[str, dict[str, int]] = {}
    for qrel in qrels_of(run.qrels):
        judged.setdefault(qrel.query_id, {})[qrel.doc_id] = 1
    scored: dict[str, dict[str, float]] = {question_id: {} for question_id in judged}
    for doc in run_of(run.asked):
        scored[doc.query_id][doc.doc_id] = doc.score
    names = {"success_1": "Success@1", "success_5": "Success@5", "recip_rank": "MRR@10",
             "ndcg_cut_10": "nDCG@10", "recall_5": "Recall@5"}  # fmt: skip
    reference = pytrec_eval.RelevanceEvaluator(judged, {"success", "recip_rank", "ndcg_cut", "recall"})
    expected = reference.evaluate({id_: docs for id_, docs in scored.items() if docs})
    table = shares(run.asked, run.qrels)
    for question_id, row in table.items():
        for theirs, ours in names.items():
            # Here every passage holds one answer at most, so recall over answers is TREC's recall.
            assert row[ours].part == pytest.approx(expected.get(question_id, {}).get(theirs, 0.0))


@given(RUNS)
def test_means_equal_ir_measures(rows: list[tuple[list[Place], list[Place]]]) -> None:
    entries = [asked(question(f"q{n}", *gold), ranking) for n, (gold, ranking) in enumerate(rows)]
    run = evaluation(entries, PASSAGES)
    table = shares(run.asked, run.qrels)
    for name, ours in {
        "Success@5": "Success@5",
        "RR@10": "MRR@10",
        "nDCG@10": "nDCG@10",
        "R@5": "Recall@5",
    }.items():
        measure = ir_measures.parse_measure(name)
        theirs = ir_measures.calc_aggregate([measure], qrels_of(run.qrels), run_of(run.asked))[measure]
        assert sum(row[ours].part for row in table.values()) / len(table) == pytest.approx(theirs)


@given(st.lists(st.sampled_from(TILES), min_size=1, unique=True), TILE_LISTS)
def test_measures_agree_with_each_other(gold: list[Place], ranking: list[Place]) -> None:
    measured = {name: value or 0 for name, value in values(asked(question("q", *gold), ranking)).items()}
    assert measured["Success@1"] <= measured["MRR@10"] <= 1
    assert measured["Success@1"] <= measured["Success@5"]
    assert (measured["Recall@5"] > 0) == (measured["Success@5"] == 1)
    assert 0 <= measured["nDCG@10"] <= 1


def test_the_qrels_are_those_of_the_gold_set_whatever_was_retrieved() -> None:
    about = question("q", TILES[0])
    qrels = derive_qrels([about], lambda _: PASSAGES)
    assert gold_answer(TILES[0]) == about.answers[0]
    assert [qrel.query_id for qrel in qrels_of(qrels)] == ["q"]
