from typing import Any

import pytest

from rag.answer import Answer
from rag.evaluation.run import Asked
from rag.evaluation.summary import Summary, summarise
from rag.spans import Span

from .records import Place, asked, evaluation, hit, passage, question

A: Place = ("a.txt", 0, 10)
B: Place = ("b.txt", 0, 10)


def summary_of(*entries: Asked) -> Summary:
    return summarise(evaluation(entries, [passage(A), passage(B)]))


def two_languages() -> Summary:
    """Of two pairs the French questions are both answered, of the English ones one."""
    entries = []
    for pair, found in (("p1", True), ("p2", False)):
        for language, hits in (("en", [A] if found else [B]), ("fr", [A])):
            about: dict[str, Any] = {"pair": pair, "language": language, "kind": f"kind-{pair}"}
            entries.append(asked(question(f"{pair}-{language}", A, **about), hits))
    return summary_of(*entries)


def test_slices_divide_the_questions() -> None:
    summary = two_languages()
    assert summary.measures["Success@1"].value == 0.75
    languages = summary.slices["language"]
    assert {code: languages[code]["Success@1"].value for code in languages} == {"en": 0.5, "fr": 1}
    assert {kind: v["Success@1"].questions for kind, v in summary.slices["kind"].items()} == {
        "kind-p1": 2, "kind-p2": 2,
    }  # fmt: skip


def test_parity_compares_the_two_languages_pair_by_pair() -> None:
    parity = two_languages().parity["Success@1"]
    assert (parity.ours, parity.theirs, parity.pairs) == (0.5, 1, 2)
    assert parity.low < 0 <= parity.high


def test_a_question_counts_in_every_article_that_answers_it() -> None:
    summary = summary_of(asked(question("q1", A, B), [A]), asked(question("q2", B)), asked(question("u")))
    articles = summary.slices["article"]
    assert {source: values["Success@1"].questions for source, values in articles.items()} == {
        "a.txt": 1, "b.txt": 2,
    }  # fmt: skip


def test_questions_in_one_language_have_no_parity() -> None:
    assert summary_of(asked(question("q", A), [A])).parity == {}


def test_highlight_accuracy_is_counted_over_passages_not_questions() -> None:
    def answer(*hits: Any) -> Answer:  # noqa: ANN401
        return Answer("?", "en", True, 0.5, hits)

    both = Asked(question("q1", A, B), answer(hit(1, A, Span(0, 5)), hit(2, B)), 1.0)
    one = Asked(question("q2", A), answer(hit(1, A, Span(0, 5))), 1.0)
    assert summary_of(both, one).measures["Highlight accuracy"].value == pytest.approx(2 / 3)


def test_latency_is_the_median_and_the_95th_percentile() -> None:
    entries = [Asked(question(f"q{n}", A), asked(question("q", A)).answer, float(n)) for n in range(101)]
    latency = summary_of(*entries).latency
    assert (latency.median, latency.p95) == (50, 95)


def test_confidence_is_held_against_finding_the_answer_and_against_answering_the_unanswerable() -> None:
    found = asked(question("q1", A), [A], confidence=0.9)
    missed = asked(question("q2", A), [B], confidence=0.6)
    invented = asked(question("u"), [A], confidence=0.3)
    trust = summary_of(found, missed, invented).trust
    assert [(point.coverage, point.risk) for point in trust.risk_coverage] == [
        (pytest.approx(1 / 3), 0), (pytest.approx(2 / 3), 0.5), (1, pytest.approx(2 / 3)),
    ]  # fmt: skip
    assert trust.calibration_error == pytest.approx((0.1 + 0.6 + 0.3) / 3)
