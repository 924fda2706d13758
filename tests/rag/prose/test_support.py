"""A sentence is supported where all it quotes, counts, dates and names stands in the passages it cites."""

import json
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.documents import Document
from rag.passages import Passage
from rag.prose.support import Source, claims_of, source_of, unsupported
from rag.snapshot import Snapshot

SIGNED = (
    "Le 25 janvier 2021, Marc Hansen, ministre délégué à la Digitalisation, et Moulay Hafid Elalamy, "
    "ministre de l’Industrie du royaume du Maroc, ont signé une déclaration d’intention. «Le Luxembourg mise "
    "sur la confiance», a dit M. Hansen devant une cinquantaine d’entreprises et 500 millions de "
    "consommateurs. La Belgique n’a pas signé."
)
HONEST = Path(__file__).parent / "honest.jsonl"


def faults(sentence: str, encoder: Encoder, *sources: Source) -> list[str]:
    return list(unsupported(claims_of(sentence), sources or [source_of(SIGNED, "fr")], encoder.lexicon))


@pytest.mark.parametrize(
    "sentence",
    [
        "Marc Hansen et Moulay Hafid Elalamy ont signé une déclaration d’intention le 25 janvier 2021.",
        "On 25 January 2021, Marc Hansen and Moulay Hafid Elalamy signed a declaration of intent.",
        "In January 2021 Morocco signed a declaration of intent.",
        "Hansen said: “Le Luxembourg mise sur la confiance”.",
        "Hansen and the minister of industry signed before fifty companies and 500,000,000 consumers.",
        "Belgium did not sign.",
        "The Moroccan minister signed in 2021.",
    ],
)
def test_what_the_passage_says_is_supported_in_both_languages(sentence: str, encoder: Encoder) -> None:
    assert faults(sentence, encoder) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Marc Hansen a signé une déclaration d’intention le 26 janvier 2021.", "date"),
        ("Marc Hansen signed a declaration of intent in February 2021.", "date"),
        ("Marc Hansen signed a declaration of intent in 2022.", "number"),
        ("Une soixantaine d’entreprises ont signé.", "number"),
        ("500 milliards de consommateurs ont signé.", "number"),
        ("Two ministers signed a declaration of intent.", "number"),
        ("Jean Dupont a signé une déclaration d’intention.", "name"),
        ("Marc Elalamy a signé une déclaration d’intention.", "name"),
        ("Marc Elalamy signed a declaration of intent.", "name"),
        ("Portugal signed a declaration of intent.", "name"),
        ("Le ministre portugais a signé une déclaration d’intention.", "name"),
        ("Hansen said: “Le Luxembourg mise sur la défiance”.", "quotation"),
        ("Hansen said: “Luxembourg relies on confidence”.", "quotation"),
        ("Marc Hansen n’a pas signé la déclaration d’intention.", "denial"),
        ("Marc Hansen refused to sign the declaration of intent.", "denial"),
        ("La Belgique a signé.", "denial"),
        ("The ministers were arrested for fraud.", "words"),
        ("Le gouvernement a démissionné hier soir.", "words"),
    ],
)
def test_what_the_passage_does_not_say_is_named(sentence: str, fault: str, encoder: Encoder) -> None:
    assert any(fault in named for named in faults(sentence, encoder))


def test_a_fact_may_stand_in_any_of_the_cited_passages(encoder: Encoder) -> None:
    one, other = source_of("Marc Hansen est ministre.", "fr"), source_of("Le Maroc a signé en 2021.", "fr")
    sentence = "Le ministre Marc Hansen et le Maroc ont signé en 2021."
    assert faults(sentence, encoder, one, other) == []
    assert faults(sentence, encoder, one)
    assert faults(sentence, encoder, other)


def test_without_a_lexicon_words_are_compared_within_one_language_only() -> None:
    source = source_of(SIGNED, "fr")
    english = claims_of("The ministers were arrested for fraud.")
    french = claims_of("Le gouvernement a démissionné hier soir.")
    assert list(unsupported(english, [source], None)) == []
    assert list(unsupported(french, [source], None))


@pytest.mark.parametrize("split", ["dev", "test"])
def test_few_true_sentences_are_refused(split: str, seeds_snapshot: Snapshot, encoder: Encoder) -> None:
    """Two of 41 on the half that the threshold was chosen on, two of 40 on the other."""
    rows = [row for row in map(json.loads, HONEST.read_text("utf-8").splitlines()) if row["split"] == split]
    documents = {one.source: one for one in seeds_snapshot.documents(0, 10)}
    refused = []
    for row in rows:
        document = documents[row["source"]]
        sources = [_source_with(anchor, document, seeds_snapshot) for anchor in row["anchors"]]
        if faults(row["sentence"], encoder, *sources):
            refused.append(row["sentence"])
    assert len(refused) <= 0.05 * len(rows), refused


def _source_with(anchor: str, document: Document, snapshot: Snapshot) -> Source:
    def holds(passage: Passage) -> bool:
        return anchor in passage.span.slice(document.text)

    passage = next(passage for passage in snapshot.passages_of(document.id) if holds(passage))
    return source_of(passage.span.slice(document.text), document.metadata.language)
