"""The questions that the page offers are answered by the articles that come with Ibid."""

from api.interface import LANGUAGES, messages
from rag.retriever import Retriever


def test_every_example_question_is_answered_over_the_given_articles(seeds_retriever: Retriever) -> None:
    for language in LANGUAGES:
        examples = messages(language)["example_questions"]
        assert {example["language"] for example in examples} == set(LANGUAGES)
        refused = [one["text"] for one in examples if not seeds_retriever.ask(one["text"]).answerable]
        assert refused == []
