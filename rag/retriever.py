"""Hybrid retrieval: dense and lexical candidates, one score, the answering sentence in each hit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from embeddings import Encoder
from rag.answer import Answer, Hit
from rag.documents import Document
from rag.errors import BadData
from rag.evidence import FITTED_FOR, Evidence, judge
from rag.explanation import explain
from rag.filters import Filters
from rag.fusion import Score
from rag.highlights import Candidate, answering_sentence
from rag.language import detect_language
from rag.lexical import field_of, terms_of
from rag.query import Expander, Query, share_found
from rag.snapshot import Snapshot

# Candidates of each kind; every candidate then gets both scores, exactly.
DEPTH = 50
# Hits of one article, unless too few other articles match: a reader wants several sources.
PER_ARTICLE = 3
# Vectors of recent questions, 1.5 kB each: a page asks again with other filters.
REMEMBERED_QUESTIONS = 1024
# Characters; a question longer than a page is a text pasted by mistake.
LONGEST_QUESTION = 2_000
ANYTHING = Filters()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may be a hit: the row of its article, its lexical field, its score."""

    ordinal: int
    article: int
    field: str
    score: Score


class Retriever:
    """Answers questions from one snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self.snapshot = snapshot
        self._known_languages = encoder.languages
        # A lone name or key word looks like any language: it is taken for one the model knows.
        self._expected = encoder.languages or snapshot.manifest.languages
        self._originals = snapshot.originals()
        self._copies = {row for row, original in self._originals.items() if row != original}
        self._expander = Expander(snapshot.lexical, snapshot.vocabularies, encoder.lexicon)
        self._encode = lru_cache(REMEMBERED_QUESTIONS)(lambda text: encoder.encode_queries([text])[0])

    def ask(
        self, question: str, k: int = 5, filters: Filters = ANYTHING, include_boilerplate: bool = False
    ) -> Answer:
        """Return the `k` best passages for a question, and whether they answer it.

        Raises:
            BadData: the question is blank, too long or no Unicode, or `k` is less than 1.

        """
        text = _checked(question, k)
        query = self._understand(text)
        candidates = self._distinct(query, filters, include_boilerplate, k)
        best = enumerate(_diverse(candidates, k), start=1)
        hits = tuple(self._hit(query, rank, candidate) for rank, candidate in best)
        judgement = judge(hits[0].evidence if hits else None)
        return Answer(
            question=text,
            question_language=query.language,
            answerable=judgement.answerable,
            confidence=judgement.confidence,
            hits=hits,
            reason=judgement.reason,
            warnings=self._warnings(query.language, hits),
        )

    def _understand(self, text: str) -> Query:
        language = detect_language(text, self._expected)
        return Query(text, language, self._encode(text), self._expander.terms(text, language))

    def _distinct(
        self, query: Query, filters: Filters, include_boilerplate: bool, k: int
    ) -> list[_Candidate]:
        """Return candidates of which no two stand in copies of one article, `k` where there are as many."""
        depth = DEPTH
        while True:
            found = self._candidates(query, filters, include_boilerplate, depth)
            distinct = _one_of_each(found, self._originals)
            if len(distinct) >= min(k, len(found)) or len(found) < depth:
                return distinct
            depth *= 4  # copies of few articles have taken all places

    def _candidates(
        self, query: Query, filters: Filters, include_boilerplate: bool, depth: int
    ) -> list[_Candidate]:
        """Return all candidates with their scores, best first, ties by passage order."""
        ordinals, within = self._scope(filters, include_boilerplate)
        lexical, vectors = self.snapshot.lexical, self.snapshot.vectors
        bm25 = lexical.search(query.alternatives, depth, within)
        found = sorted({*vectors.search(query.vector, depth, ordinals), *bm25})
        if not found:
            return []
        missing = [ordinal for ordinal in found if ordinal not in bm25]
        bm25 |= lexical.search(query.alternatives, len(missing), lexical.only(missing))
        cosines = vectors.cosines(query.vector, found)
        articles = self.snapshot.articles_of(found)
        bounds = {field: query.bound(field) for field in query.terms}
        candidates = []
        for ordinal, cosine in zip(found, cosines, strict=True):
            article, language = articles[ordinal]
            field = field_of(language)
            score = Score(float(cosine), bm25.get(ordinal, 0.0), bounds[field])
            candidates.append(_Candidate(ordinal, article, field, score))
        # Of equal passages that of the original comes first, so that it is the one cited.
        return sorted(
            candidates, key=lambda one: (-one.score.fused, one.article in self._copies, one.ordinal)
        )

    def _scope(self, filters: Filters, include_boilerplate: bool) -> tuple[Sequence[int] | range, Any]:
        """Return where to search: ordinals for the dense index, a restriction for the lexical one."""
        counts = self.snapshot.manifest.counts
        if filters == ANYTHING:
            size = counts.passages if include_boilerplate else counts.body_passages
            return range(size), self.snapshot.lexical.within(None, include_boilerplate)
        rows = self.snapshot.rows_matching(filters)
        ordinals = self.snapshot.ordinals_of(rows, include_boilerplate)
        return ordinals, self.snapshot.lexical.within(rows, include_boilerplate)

    def _hit(self, query: Query, rank: int, candidate: _Candidate) -> Hit:
        passage, first_sentence = self.snapshot.passage(candidate.ordinal)
        document = self.snapshot.document(passage.document_id)
        if document is None:  # a snapshot's passages all have their document
            raise LookupError(passage.document_id)
        text, wanted = passage.span.slice(document.text), query.terms[candidate.field]
        title, field = document.metadata.title or "", candidate.field
        words = [sentence.slice(document.text) for sentence in passage.sentences]
        cosines = self.snapshot.vectors.sentence_cosines(query.vector, first_sentence, len(words))
        sentences = [
            Candidate(float(cosine), terms_of(one, field), one == title)
            for cosine, one in zip(cosines, words, strict=True)
        ]
        answering = passage.sentences[answering_sentence(sentences, wanted)]
        held = terms_of(title, field).union(*(sentence.held for sentence in sentences))
        return Hit(
            rank=rank,
            score=candidate.score.fused,
            passage=passage,
            text=text,
            source=document.source,
            metadata=document.metadata,
            highlights=(answering.shifted(-passage.span.start),),
            explanation=explain(candidate.score, wanted, text, field),
            evidence=Evidence(
                sentence=float(cosines.max()),
                # A question without any word of its own finds nothing by words.
                words=share_found(wanted, held) if wanted else 0.0,
                names=share_found((term for term in wanted if term.named), held),
            ),
            also_in=self._copies_of(candidate.article, document.id),
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
        if name != FITTED_FOR:
            warnings.append(f"confidence was fitted for the bundled model; with {name!r} it is a rough guide")
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


def _one_of_each(candidates: Sequence[_Candidate], originals: Mapping[int, int]) -> list[_Candidate]:
    """Return the candidates without those whose article is a copy of one that comes before it."""
    chosen: dict[int, int] = {}
    return [
        one
        for one in candidates
        if chosen.setdefault(originals.get(one.article, one.article), one.article) == one.article
    ]


def _diverse(candidates: Sequence[_Candidate], count: int) -> list[_Candidate]:
    """Return the best candidates, at most `PER_ARTICLE` of one article unless others run out."""
    seen: Counter[int] = Counter()
    first: list[_Candidate] = []
    rest: list[_Candidate] = []
    for candidate in candidates:
        seen[candidate.article] += 1
        (first if seen[candidate.article] <= PER_ARTICLE else rest).append(candidate)
    chosen = (first + rest)[:count]
    return sorted(chosen, key=lambda candidate: (-candidate.score.fused, candidate.ordinal))
