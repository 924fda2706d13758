from pathlib import Path

import pytest

from rag.errors import NoInput
from rag.evaluation.gold import Gold, load_gold
from rag.evaluation.measures import shares
from rag.evaluation.qrels import passage_id
from rag.evaluation.run import DEPTH, Evaluation, evaluate
from rag.evaluation.summary import summarise
from rag.retriever import Retriever


@pytest.fixture(scope="module")
def gold(seeds: Path) -> Gold:
    return load_gold(seeds / "gold.jsonl")


@pytest.fixture(scope="module")
def half(retriever: Retriever, gold: Gold) -> Evaluation:
    return evaluate(retriever, gold, "test")


def test_every_question_of_the_split_is_asked_once_in_order(half: Evaluation, gold: Gold) -> None:
    assert [one.question for one in half.asked] == list(gold.of_split("test"))
    assert {one.question.split for one in half.asked} == {"test"}


def test_the_answers_are_the_retrievers_own(half: Evaluation, retriever: Retriever) -> None:
    for one in half.asked[::10]:
        assert one.answer == retriever.ask(one.question.text, DEPTH)
        assert one.took_ms > 0


def test_the_first_passages_are_those_a_reader_is_shown(half: Evaluation, retriever: Retriever) -> None:
    for one in half.asked[::10]:
        shown = [passage_id(hit.passage) for hit in retriever.ask(one.question.text, 5).hits]
        assert [name for name, _ in one.ranking()[:5]] == shown


def test_every_answer_of_the_seeds_is_reachable(half: Evaluation) -> None:
    assert half.qrels.unreachable == ()


def test_relevant_passages_really_hold_the_quote(half: Evaluation) -> None:
    relevant = 0
    for one in half.asked:
        held = half.qrels.held.get(one.question.id, {})
        for name, hit in one.ranking():
            quotes = [one.question.answers[place].quote for place in held.get(name, ())]
            assert all(quote in hit.text for quote in quotes)
            relevant += bool(quotes)
    assert relevant > 0


def test_the_denominators_are_those_of_the_gold_set(half: Evaluation) -> None:
    answerable = [one for one in half.asked if one.question.answerable]
    rows = shares(half.asked, half.qrels).values()
    assert sum(row["Success@5"].whole for row in rows) == len(answerable)
    assert summarise(half).measures["Abstention accuracy"].questions == len(half.asked)


def test_even_a_letter_encoder_with_words_finds_more_than_chance(half: Evaluation) -> None:
    value = summarise(half).slices["language"]["fr"]["Success@5"].value
    assert value is not None
    assert value > 0.5


def test_a_progress_bar_sees_every_question(retriever: Retriever, gold: Gold) -> None:
    seen = []
    evaluate(retriever, gold, "dev", lambda questions: (seen.append(q.id) or q for q in questions))  # type: ignore[func-returns-value]
    assert seen == [question.id for question in gold.of_split("dev")]


def test_a_split_without_questions_is_no_input(retriever: Retriever, gold: Gold) -> None:
    with pytest.raises(NoInput, match="'tset'"):
        evaluate(retriever, gold, "tset")
