"""Evidence: the stated regression, surer for more of it; the numbers are those of the model as shipped."""

import math
from dataclasses import astuple, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Encoder
from rag.evidence import Evidence
from rag.fitted import shipped_fitted
from rag.retriever import Retriever

evidences = st.builds(Evidence, **{field.name: st.floats(0, 1) for field in fields(Evidence)})


@given(evidences)
def test_the_confidence_is_that_of_the_regression(evidence: Evidence) -> None:
    judge = shipped_fitted().judge
    weighted = sum(w * x for w, x in zip(astuple(judge.weights), astuple(evidence), strict=True))
    confidence = judge.confidence(evidence)
    assert math.log(confidence / (1 - confidence)) == pytest.approx(judge.intercept + weighted)
    assert judge.judge(evidence).answerable == (confidence >= judge.threshold)


@given(evidences, st.sampled_from([field.name for field in fields(Evidence)]), st.floats(0, 1))
def test_more_evidence_never_lowers_the_confidence(evidence: Evidence, name: str, value: float) -> None:
    judge = shipped_fitted().judge
    more = replace(evidence, **{name: max(value, getattr(evidence, name))})
    assert judge.confidence(more) >= judge.confidence(evidence)


def test_no_hit_is_no_answer() -> None:
    judgement = shipped_fitted().judge.judge(None)
    assert (judgement.answerable, judgement.confidence) == (False, 0.0)


def test_the_numbers_were_fitted_for_the_model_that_is_shipped(encoder: Encoder) -> None:
    assert shipped_fitted().model == encoder.fingerprint, "run tests/benchmarks/fit.py again"


def test_an_index_keeps_the_numbers_it_was_made_with(seeds_retriever: Retriever) -> None:
    assert seeds_retriever.snapshot.manifest.fitted == shipped_fitted()


def test_the_evidence_of_a_hit_lies_between_0_and_1(seeds_retriever: Retriever) -> None:
    for question in ("Who signed with Morocco in 2021?", "?", "xyzzy", "Qui a signé quoi, où et quand ?"):
        for hit in seeds_retriever.ask(question).hits:
            assert all(0 <= value <= 1 + 1e-6 for value in astuple(hit.evidence))
