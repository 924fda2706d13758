"""The one form of answers and documents: exactly the fields of the contract, all of it JSON."""

import json
from datetime import date
from typing import Any

import pytest

from rag.filters import Filters
from rag.reply import answer_as_json, document_as_json
from rag.retriever import Retriever
from tests.library import Library

QUESTIONS = ("What did Luxembourg and Morocco sign?", "Quelle heure est-il à Tokyo ?", "?")
ANSWER = {
    "question",
    "question_language",
    "answerable",
    "confidence",
    "reason",
    "warnings",
    "notices",
    "passages",
    "index",
    "took_ms",
    "dates",
}
PASSAGE = {"rank", "score", "text", "highlights", "segments", "citation", "explanation", "also_in"}
CITATION = {
    "fragment_url",
    "id",
    "label",
    "document_id",
    "source",
    "title",
    "outlet",
    "published_on",
    "language",
    "url",
    "start",
    "end",
    "permalink",
}
DOCUMENT = {
    "author",
    "id",
    "source",
    "title",
    "outlet",
    "published_on",
    "language",
    "url",
    "sha256",
    "text",
    "set_aside",
}


def reply(retriever: Retriever, question: str, k: int = 5) -> dict[str, Any]:
    shown = answer_as_json(retriever.ask(question, k), retriever.snapshot, 1.23456)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    return shown


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_reply_has_the_fields_of_the_contract(seeds_retriever: Retriever, question: str) -> None:
    shown = reply(seeds_retriever, question)
    manifest = seeds_retriever.snapshot.manifest
    assert shown.keys() == ANSWER
    assert shown["index"] == {"id": manifest.id, "model": manifest.model.name, "built_at": manifest.built_at}
    assert shown["took_ms"] == 1.235
    assert (shown["reason"] is None) == shown["answerable"]
    for passage in shown["passages"]:
        assert passage.keys() == PASSAGE
        assert passage["citation"].keys() == CITATION
        assert passage["explanation"].keys() == {"dense", "sentence", "date", "lexical", "fused"}
        assert passage["segments"].keys() == {"before", "match", "after"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_offsets_of_a_reply_fit_the_document_of_the_reply(seeds_retriever: Retriever, question: str) -> None:
    for passage in reply(seeds_retriever, question, 20)["passages"]:
        citation = passage["citation"]
        found = seeds_retriever.snapshot.document(citation["document_id"])
        assert found
        text = document_as_json(found)["text"]
        assert text[citation["start"] : citation["end"]] == passage["text"]
        start, end = passage["highlights"][0].values()
        segments = passage["segments"]
        assert (segments["before"], segments["match"]) == (
            passage["text"][:start],
            passage["text"][start:end],
        )
        assert segments["before"] + segments["match"] + segments["after"] == passage["text"]


def test_an_answer_without_hits_is_a_whole_reply(seeds_retriever: Retriever) -> None:
    answer = seeds_retriever.ask("Maroc ?", 5, Filters(published_from=date(2999, 1, 1)))
    shown = answer_as_json(answer, seeds_retriever.snapshot, 0)
    assert shown.keys() == ANSWER
    assert (shown["passages"], shown["answerable"]) == ([], False)


def test_a_document_has_the_fields_of_the_contract(seeds_retriever: Retriever) -> None:
    for document in seeds_retriever.snapshot.documents():
        shown = document_as_json(document)
        assert shown.keys() == DOCUMENT
        assert json.loads(json.dumps(shown)) == shown
        assert [shown["text"][label["start"] : label["end"]] for label in shown["set_aside"]] == [
            label.span.slice(document.text) for label in document.set_aside
        ]


def test_dates_are_iso_and_unknown_values_null(library: Library) -> None:
    library.write(a="Le Maroc signe un accord.", b="Le Maroc vote une loi.")
    (library.articles / "articles.toml").write_text(
        '["a.txt"]\npublished_on = 2019-09-05\nurl = "https://example.org/a"\n'
    )
    library.index()
    with library.opened() as snapshot:
        dated, undated = map(document_as_json, snapshot.documents())
    assert (dated["published_on"], dated["url"]) == ("2019-09-05", "https://example.org/a")
    assert (undated["published_on"], undated["outlet"], undated["url"]) == (None, None, None)
