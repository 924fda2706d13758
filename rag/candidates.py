"""Candidates: the passages of an index that may answer a question, each with its score."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from rag.coverage import Coverage, Title, cover, title_of
from rag.filters import ANYTHING, Filters
from rag.fusion import FusionWeights, Score, sentence_scores
from rag.index import Index
from rag.lexical import field_of, terms_of
from rag.query import Query
from rag.ragged import starts_of
from rag.store import Place
from rag.vocabulary import Vocabulary

# Candidates of each kind; every candidate then gets all scores, exactly. On the development half every
# measure is the same from 20 to 80.
DEPTH = 30
# Hits of one article, unless too few other articles match: a reader wants several sources.
PER_ARTICLE = 3
# Titles whose words are kept, about a kilobyte each.
REMEMBERED_TITLES = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may be a hit: where it stands, what it holds of the question, its score.

    Attributes:
        expected: (sentences,) whether it holds the kind of answer asked for; all where none is.

    """

    place: Place
    coverage: Coverage
    expected: npt.NDArray[np.bool_]
    score: Score


class Candidates:
    """Finds the candidates of one index.

    Attributes:
        originals: the row of the original, for the row of each article that has copies or is one.

    """

    def __init__(self, index: Index, fusion: FusionWeights) -> None:
        self._index, self._fusion = index, fusion
        self.originals = index.originals()
        self._title = lru_cache(REMEMBERED_TITLES)(partial(_title_of, index.vocabularies))
        self._copies = {row for row, original in self.originals.items() if row != original}

    def best(self, query: Query, k: int, filters: Filters, include_boilerplate: bool) -> list[Found]:
        """Return the `k` best candidates, best first.

        No two stand in copies of one article, and at most `PER_ARTICLE` in one article unless others run out.
        """
        depth = max(DEPTH, k)
        while True:
            found = self.find(query, filters, include_boilerplate, depth)
            distinct = _one_of_each(found, self.originals)
            if len(distinct) >= min(k, len(found)) or len(found) < depth:
                return _diverse(distinct, k)
            depth *= 4  # copies of few articles have taken all places

    def find(
        self,
        query: Query,
        filters: Filters = ANYTHING,
        include_boilerplate: bool = False,
        depth: int = DEPTH,
    ) -> list[Found]:
        """Return all candidates with their scores, best first, ties by passage order."""
        found = self._index.search(query.vector, query.alternatives, depth, filters, include_boilerplate)
        if not found:
            return []
        places = self._index.places_of(found)
        cosines = dict(zip(found, self._index.cosines(query.vector, found), strict=True))
        by_field: dict[str, list[Place]] = {}
        for place in places:
            by_field.setdefault(field_of(place.language), []).append(place)
        candidates = [
            one for field, group in by_field.items() for one in self._scored(query, field, group, cosines)
        ]
        # Of equal passages that of the original comes first, so that it is the one cited.
        return sorted(
            candidates,
            key=lambda one: (-one.score.fused, one.place.document in self._copies, one.place.ordinal),
        )

    def _scored(
        self, query: Query, field: str, places: Sequence[Place], cosines: Mapping[int, np.float32]
    ) -> Iterator[Found]:
        """Yield the passages of one field with their scores."""
        counts = [place.sentences for place in places]
        starts = starts_of(np.array(counts))
        sentences = self._index.sentences_of(places)
        expected = sentences.hold(query.kind)
        titles = [self._title(place.title or "", (place.published_on or "")[:4], field) for place in places]
        meant = [query.meant(place.published_on) for place in places]
        covered = cover(
            query.terms[field],
            query.words[field],
            self._index.vocabularies.get(field),
            sentences.terms,
            list(zip(counts, titles, strict=True)),
            query.dated(field, meant),
        )
        words = np.concatenate([coverage.of_sentences for coverage in covered])
        scores = sentence_scores(words, expected, sentences.terms.lengths)
        best = np.maximum.reduceat(scores, starts).tolist()
        own = np.split(expected, starts[1:])
        for place, mentions, coverage, holds, sentence in zip(places, meant, covered, own, best, strict=True):
            cosine = float(cosines[place.ordinal])
            score = Score(cosine, sentence, coverage.share, self._fusion, bool(mentions))
            yield Found(place, coverage, holds, score)


def _title_of(vocabularies: Mapping[str, Vocabulary], title: str, year: str, field: str) -> Title:
    return title_of(terms_of(f"{title} {year}", field), vocabularies.get(field))


def _one_of_each(candidates: Sequence[Found], originals: Mapping[int, int]) -> list[Found]:
    """Return the candidates without those whose article is a copy of one that comes before it."""
    chosen: dict[int, int] = {}
    return [
        one
        for one in candidates
        if chosen.setdefault(originals.get(one.place.document, one.place.document), one.place.document)
        == one.place.document
    ]


def _diverse(candidates: Sequence[Found], count: int) -> list[Found]:
    """Return the best candidates, at most `PER_ARTICLE` of one article unless others run out."""
    seen: Counter[int] = Counter()
    first: list[Found] = []
    rest: list[Found] = []
    for candidate in candidates:
        seen[candidate.place.document] += 1
        (first if seen[candidate.place.document] <= PER_ARTICLE else rest).append(candidate)
    chosen = (first + rest)[:count]
    return sorted(chosen, key=lambda candidate: (-candidate.score.fused, candidate.place.ordinal))
