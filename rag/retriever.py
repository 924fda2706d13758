"""Hybrid retrieval: dense and lexical candidates, one score, the answering sentence in each hit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import Encoder
from rag.answer import Answer, Hit
from rag.coverage import Coverage, cover
from rag.dates import find_dates
from rag.documents import Document
from rag.errors import BadData
from rag.evidence import Evidence
from rag.expectation import holds, kind_asked
from rag.explanation import explain
from rag.filters import Filters
from rag.fitted import Fitted
from rag.fusion import Score
from rag.highlights import Candidate, answering_sentences
from rag.language import detect_language
from rag.lexical import field_of, terms_of
from rag.query import Expander, Query
from rag.snapshot import Snapshot
from rag.store import Place

# Candidates of each kind; every candidate then gets both scores, exactly.
DEPTH = 50
# Hits of one article, unless too few other articles match: a reader wants several sources.
PER_ARTICLE = 3
# Vectors of recent questions, 1.5 kB each: a page asks again with other filters.
REMEMBERED_QUESTIONS = 1024
# Titles whose words are kept, about a kilobyte each.
REMEMBERED_TITLES = 4096
# Characters; a question longer than a page is a text pasted by mistake.
LONGEST_QUESTION = 2_000
ANYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may be a hit: where it stands, what it holds of the question, its score."""

    place: Place
    coverage: Coverage
    cosines: npt.NDArray[np.float32]
    score: Score


class Retriever:
    """Answers questions from one snapshot. Safe to share between threads.

    Where no `fitted` numbers are given, those the snapshot was made with count.
    """

    def __init__(self, snapshot: Snapshot, encoder: Encoder, fitted: Fitted | None = None) -> None:
        self.snapshot = snapshot
        self._fitted = fitted or snapshot.manifest.fitted
        self.lexicon = encoder.lexicon
        self._known_languages = encoder.languages
        # A lone name or key word looks like any language: it is taken for one the model knows.
        self._expected = encoder.languages or snapshot.manifest.languages
        self._originals = snapshot.originals()
        self._copies = {row for row, original in self._originals.items() if row != original}
        self._expander = Expander(snapshot.lexical, snapshot.vocabularies, encoder.lexicon)
        self._encode = lru_cache(REMEMBERED_QUESTIONS)(lambda text: encoder.encode_queries([text])[0])

    def ask(
        self,
        question: str,
        k: int = 5,
        filters: Filters = ANYTHING,
        include_boilerplate: bool = False,
        use_dates: bool = True,
    ) -> Answer:
        """Return the `k` best passages for a question, and whether they answer it.

        Dates of the question bring articles published on their days forward, unless `use_dates` is false.

        Raises:
            BadData: the question is blank, too long or no Unicode, or `k` is less than 1.

        """
        text = _checked(question, k)
        query = self.understand(text, use_dates)
        candidates = self._distinct(query, filters, include_boilerplate, k)
        best = enumerate(_diverse(candidates, k), start=1)
        hits = tuple(self._hit(query, rank, candidate) for rank, candidate in best)
        judgement = self._fitted.judge.judge(hits[0].evidence if hits else None)
        return Answer(
            question=text,
            question_language=query.language,
            answerable=judgement.answerable,
            confidence=judgement.confidence,
            hits=hits,
            reason=judgement.reason,
            warnings=self._warnings(query.language, hits),
            dates=query.dates,
        )

    def understand(self, text: str, use_dates: bool = True) -> Query:
        """Return a question as the searches see it."""
        language = detect_language(text, self._expected)
        terms = self._expander.terms(text, language)
        words = {field: self._expander.vectors(found) for field, found in terms.items()}
        dates = tuple(find_dates(text, date.today())) if use_dates else ()
        return Query(text, language, self._encode(text), terms, words, dates)

    def _distinct(self, query: Query, filters: Filters, include_boilerplate: bool, k: int) -> list[Found]:
        """Return candidates of which no two stand in copies of one article, `k` where there are as many."""
        depth = DEPTH
        while True:
            found = self.candidates(query, filters, include_boilerplate, depth)
            distinct = _one_of_each(found, self._originals)
            if len(distinct) >= min(k, len(found)) or len(found) < depth:
                return distinct
            depth *= 4  # copies of few articles have taken all places

    def candidates(
        self,
        query: Query,
        filters: Filters = ANYTHING,
        include_boilerplate: bool = False,
        depth: int = DEPTH,
    ) -> list[Found]:
        """Return all candidates with their scores, best first, ties by passage order."""
        ordinals, within = self._scope(filters, include_boilerplate)
        lexical, vectors = self.snapshot.lexical, self.snapshot.vectors
        by_words = lexical.search(query.alternatives, depth, within)
        found = sorted({*vectors.search(query.vector, depth, ordinals), *by_words})
        if not found:
            return []
        places = self.snapshot.places_of(found)
        cosines = dict(zip(found, vectors.cosines(query.vector, found), strict=True))
        by_field: dict[str, list[Place]] = {}
        for place in places:
            by_field.setdefault(field_of(place.language), []).append(place)
        candidates = [
            self._candidate(query, place, coverage, float(cosines[place.ordinal]))
            for field, group in by_field.items()
            for place, coverage in zip(group, self._coverages(query, field, group), strict=True)
        ]
        # Of equal passages that of the original comes first, so that it is the one cited.
        return sorted(
            candidates,
            key=lambda one: (-one.score.fused, one.place.document in self._copies, one.place.ordinal),
        )

    def _coverages(self, query: Query, field: str, places: Sequence[Place]) -> list[Coverage]:
        held = self.snapshot.sentence_terms
        titles = [_around(place.title or "", (place.published_on or "")[:4], field) for place in places]
        return cover(
            query.terms[field],
            query.words[field],
            self.snapshot.vocabularies.get(field),
            [held.of(place.first_sentence, place.sentences) for place in places],
            titles,
        )

    def _candidate(self, query: Query, place: Place, coverage: Coverage, cosine: float) -> Found:
        cosines = self.snapshot.vectors.sentence_cosines(query.vector, place.first_sentence, place.sentences)
        day = date.fromisoformat(place.published_on) if place.published_on else None
        on_date = day is not None and any(mention.holds(day) for mention in query.dates)
        score = Score(cosine, float(cosines.max()), coverage.share, self._fitted.fusion, on_date)
        return Found(place, coverage, cosines, score)

    def _scope(self, filters: Filters, include_boilerplate: bool) -> tuple[Sequence[int] | range, Any]:
        """Return where to search: ordinals for the dense index, a restriction for the lexical one."""
        counts = self.snapshot.manifest.counts
        if filters == ANYTHING:
            size = counts.passages if include_boilerplate else counts.body_passages
            return range(size), self.snapshot.lexical.within(None, include_boilerplate)
        rows = self.snapshot.rows_matching(filters)
        ordinals = self.snapshot.ordinals_of(rows, include_boilerplate)
        return ordinals, self.snapshot.lexical.within(rows, include_boilerplate)

    def _hit(self, query: Query, rank: int, candidate: Found) -> Hit:
        passage, _ = self.snapshot.passage(candidate.place.ordinal)
        document = self.snapshot.document(passage.document_id)
        if document is None:  # a snapshot's passages all have their document
            raise LookupError(passage.document_id)
        text, field = passage.span.slice(document.text), field_of(document.metadata.language)
        texts = [one.slice(document.text) for one in passage.sentences]
        sentences = sentences_of(query.text, candidate, texts)
        marked = answering_sentences(sentences, self._fitted.highlights)
        score, coverage = candidate.score, candidate.coverage
        expected = kind_asked(query.text) is None or any(sentence.expected for sentence in sentences)
        return Hit(
            rank=rank,
            score=score.fused,
            passage=passage,
            text=text,
            source=document.source,
            metadata=document.metadata,
            highlights=tuple(
                passage.sentences[place].shifted(-passage.span.start) for place in sorted(marked)
            ),
            explanation=explain(score, query.terms[field], text, field),
            evidence=Evidence(
                passage=max(score.cosine, 0.0),
                sentence=max(score.sentence, 0.0),
                words=score.words,
                weakest=coverage.weakest,
                names=coverage.names,
                expected=float(expected),
            ),
            also_in=self._copies_of(candidate.place.document, document.id),
        )

    def _copies_of(self, article: int, document_id: str) -> tuple[Document, ...]:
        return tuple(self.snapshot.copies_of(document_id)) if article in self._originals else ()

    def _warnings(self, question_language: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        manifest, known = self.snapshot.manifest, self._known_languages
        name = manifest.model.name
        found = dict.fromkeys(hit.metadata.language for hit in hits if hit.metadata.language)
        spoken = [("questions", question_language), *(("articles", code) for code in found)]
        warnings = [
            f"the model {name!r} was made for {', '.join(known)}; {what} in {language!r} may be found badly"
            for what, language in spoken
            if known and language not in known
        ]
        if self._fitted.model != manifest.model.fingerprint:
            warnings.append(f"confidence was fitted for another model; with {name!r} it is a rough guide")
        return tuple(warnings)


def _checked(question: str, k: int) -> str:
    text = question.strip()
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise BadData("the question is blank", "ask in words")
    if len(text) > LONGEST_QUESTION:
        raise BadData(f"the question has {len(text):,} characters", f"ask in {LONGEST_QUESTION:,} at most")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadData("the question is not valid Unicode", "send it as UTF-8")
    if k < 1:
        raise BadData(f"k is {k}", "ask for one passage or more")
    return text


@lru_cache(REMEMBERED_TITLES)
def _around(title: str, year: str, field: str) -> frozenset[str]:
    """Return the terms of an article's title and the year it was published in."""
    return frozenset(terms_of(f"{title} {year}", field))


def sentences_of(question: str, found: Found, texts: Sequence[str]) -> list[Candidate]:
    """Return what speaks for each sentence of a passage, given with their words."""
    kind, coverage = kind_asked(question), found.coverage
    rows = zip(texts, found.cosines, coverage.of_sentences, coverage.lengths, strict=True)
    return [
        Candidate(
            cosine=float(cosine),
            words=float(words),
            expected=kind is not None and holds(text, kind),
            length=int(length),
            headline=text == found.place.title,
        )
        for text, cosine, words, length in rows
    ]


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
