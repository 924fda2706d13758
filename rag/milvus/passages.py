"""Passages in Milvus: rows, the weights of their terms, and the condition that filters are."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from embeddings import Halves
from rag.filters import Filters
from rag.lexical import analyzer, composed, field_of
from rag.milvus.connection import Row
from rag.passages import Passage
from rag.query import Alternatives, TermStatistics, rarity
from rag.snapshot_writer import Contents
from rag.spans import Span
from rag.store import Place
from rag.vocabulary import Gathered

# BM25's, as tantivy has them.
SATURATION = 1.2
LENGTH = 0.75
# Milvus takes no sparse vector without a weight; no question asks for this one.
NOTHING = {0: 1.0}


class TermIds:
    """The number of each term in sparse vectors: those of one field after those of the other, from 1."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        firsts = np.cumsum([1, *sizes.values()]).tolist()
        self._firsts = dict(zip(sizes, firsts, strict=False))

    def of(self, field: str, place: int) -> int:
        """Return the number of a field's term by its place there."""
        return int(self._firsts[field]) + place


def passage_rows(contents: Contents, vectors: Halves, gathered: Gathered) -> Iterator[Row]:
    """Yield the row of each passage, with its vector (d,)."""
    rows = {document.id: row for row, document in enumerate(contents.documents)}
    sentence = 0
    weights = _weights(contents, gathered)
    for ordinal, (passage, terms) in enumerate(zip(contents.passages, weights, strict=True)):
        document = contents.documents[rows[passage.document_id]]
        known, count = document.metadata, len(passage.sentences)
        starts = gathered.starts[sentence : sentence + count + 1].tolist()
        yield {
            "ordinal": ordinal,
            "document": rows[document.id],
            "document_id": document.id,
            "language": known.language or "",
            "outlet": known.outlet or "",
            "title": known.title or "",
            "published_on": known.published_on.isoformat() if known.published_on else "",
            "boilerplate": passage.boilerplate,
            "record": {
                "span": list(passage.span),
                "sentences": [list(sentence) for sentence in passage.sentences],
                "first": sentence,
                "terms": [gathered.terms[slice(*ends)].tolist() for ends in pairwise(starts)],
                "kinds": gathered.kinds[sentence : sentence + count].tolist(),
            },
            "vector": vectors[ordinal].astype(np.float32),
            "terms": terms or NOTHING,
        }
        sentence += count


def passage_of(row: Row) -> Passage:
    """Return the passage of a row."""
    record = row["record"]
    sentences = tuple(Span(*sentence) for sentence in record["sentences"])
    return Passage(row["document_id"], Span(*record["span"]), sentences, bool(row["boilerplate"]))


def place_of(row: Row) -> Place:
    """Return where the passage of a row stands."""
    return Place(
        row["ordinal"],
        row["document"],
        row["language"] or None,
        row["title"] or None,
        row["published_on"] or None,
        row["record"]["first"],
        len(row["record"]["sentences"]),
    )


def frequencies(contents: Contents) -> dict[str, Counter[str]]:
    """Return for each field the number of passages that hold each term."""
    found: dict[str, Counter[str]] = {}
    for field, terms in _terms(contents):
        found.setdefault(field, Counter()).update(terms.keys())
    return found


def _terms(contents: Contents) -> Iterator[tuple[str, Counter[str]]]:
    """Yield the field of each passage and how often it holds each term."""
    for _, document, passages in contents.stretches():
        field = field_of(document.metadata.language)
        for passage in passages:
            yield field, Counter(analyzer(field).analyze(composed(passage.span.slice(document.text))))


def _weights(contents: Contents, gathered: Gathered) -> Iterator[dict[int, float]]:
    """Yield for each passage what BM25 makes of each of its terms, but for its rarity."""
    lengths: dict[str, list[int]] = {}
    for field, terms in _terms(contents):
        lengths.setdefault(field, []).append(terms.total())
    average = {field: max(sum(found) / len(found), 1) for field, found in lengths.items()}
    ids = TermIds({field: len(terms) for field, terms in gathered.forms.items()})
    places = {field: {term: at for at, term in enumerate(terms)} for field, terms in gathered.forms.items()}
    for field, terms in _terms(contents):
        norm = SATURATION * (1 - LENGTH + LENGTH * terms.total() / average[field])
        yield {
            ids.of(field, places[field][term]): count * (SATURATION + 1) / (count + norm)
            for term, count in terms.items()
            if term in places[field]
        }


def asked_weights(
    terms: Alternatives, statistics: TermStatistics, ids: TermIds, places: Mapping[str, Mapping[str, int]]
) -> dict[int, float]:
    """Return a question as a sparse vector, whose inner product with a passage's is its BM25.

    Where a passage holds several alternatives of a word, all count, unlike in `rag.lexical`: an inner
    product has no "best of". It only chooses candidates, which then get their exact scores.
    """
    weights: dict[int, float] = {}
    for field, words in terms.items():
        known = places.get(field, {})
        for alternatives in words:
            for term, factor in alternatives.items():
                if term in known:
                    number = ids.of(field, known[term])
                    idf = rarity(statistics.size, statistics.document_frequency(field, term))
                    weights[number] = max(weights.get(number, 0.0), factor * idf)
    return weights


def condition(filters: Filters, include_boilerplate: bool) -> str:
    """Return the filters as Milvus reads them; an article without a date satisfies no date filter."""
    parts = [] if include_boilerplate else ["boilerplate == false"]
    if filters.published_from is not None or filters.published_to is not None:
        parts.append('published_on != ""')
    for operator, day in ((">=", filters.published_from), ("<=", filters.published_to)):
        if day is not None:
            parts.append(f'published_on {operator} "{day.isoformat()}"')
    for name in ("outlet", "language", "document_id"):
        if wanted := getattr(filters, name):
            parts.append(f"{name} in {any_of(wanted)}")
    return " and ".join(parts)


def any_of(values: Iterable[str | int]) -> str:
    """Return values as a list in Milvus's language, quoted."""
    return json.dumps(list(values), ensure_ascii=False)


def by_ordinal(rows: Sequence[Row]) -> dict[int, Row]:
    """Return rows by the ordinal of their passage."""
    return {int(row["ordinal"]): row for row in rows}
