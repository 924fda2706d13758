"""Hybrid retrieval: dense and lexical candidates, one score, the answering sentence in each hit."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import lru_cache

from embeddings import Encoder
from rag.answer import Answer, FavouredDate, Hit
from rag.candidates import Candidates, Found
from rag.dates import find_dates
from rag.documents import Document
from rag.errors import BadData
from rag.evidence import Evidence
from rag.expectation import kind_asked
from rag.explanation import explain
from rag.filters import ANYTHING, Filters, Spellings
from rag.fitted import Fitted
from rag.highlights import Candidate, answering_sentences, asks, introduces
from rag.index import Index
from rag.language import detect_language
from rag.lexical import field_of
from rag.metadata import headline
from rag.notice import Notice, foreign, undated, unfitted
from rag.query import Expander, Query, QueryTerm

# Vectors of recent questions, 1.5 kB each: a page asks again with other filters.
REMEMBERED_QUESTIONS = 1024
# How many articles a filter lets through, for as many filters; the years and months of an archive are fewer.
REMEMBERED_COUNTS = 1024
# Characters; a question longer than a page is a text pasted by mistake.
LONGEST_QUESTION = 2_000


class Retriever:
    """Answers questions from one state of an index. Safe to share between threads.

    Where no `fitted` numbers are given, those the snapshot was made with count.
    """

    def __init__(self, snapshot: Index, encoder: Encoder, fitted: Fitted | None = None) -> None:
        self.snapshot = snapshot
        self._fitted = fitted or snapshot.manifest.fitted
        self.candidates = Candidates(snapshot, self._fitted.fusion)
        self.lexicon = encoder.lexicon
        self._known_languages = encoder.languages
        # A lone name or key word looks like any language: it is taken for one the model knows.
        self._expected = encoder.languages or snapshot.manifest.languages
        self._expander = Expander(snapshot.terms, snapshot.vocabularies, encoder.lexicon)
        self._spellings = lru_cache(1)(lambda: Spellings(snapshot.facets()))
        self._matching = lru_cache(REMEMBERED_COUNTS)(snapshot.matching)
        self._aside = ThreadPoolExecutor(1, "words")
        self._encode = lru_cache(REMEMBERED_QUESTIONS)(lambda text: encoder.encode_queries([text])[0])

    @property
    def remembered(self) -> tuple[int, int]:
        """How many questions came again and took their vector from memory, and how many were embedded."""
        found = self._encode.cache_info()
        return found.hits, found.misses

    def ask(
        self,
        question: str,
        k: int = 5,
        filters: Filters = ANYTHING,
        include_boilerplate: bool = False,
        use_dates: bool = True,
    ) -> Answer:
        """Return the `k` best passages for a question, and whether they answer it.

        Articles published on the days of the question's dates are favoured, unless `use_dates` is false.

        Raises:
            BadData: the question is blank, too long or no Unicode, or `k` is less than 1.

        """
        text = _checked(question, k)
        filters, told = self.as_written(filters)
        query = self.understand(text, use_dates)
        best = self.candidates.best(query, k, filters, include_boilerplate)
        hits = tuple(self._hit(query, rank, candidate) for rank, candidate in enumerate(best, start=1))
        judgement = self._fitted.judge.judge(hits[0].evidence if hits else None)
        return Answer(
            question=text,
            question_language=query.language,
            answerable=judgement.answerable,
            confidence=judgement.confidence,
            hits=hits,
            reason=judgement.reason,
            notices=(*told, *self._notices(query.language, hits)),
            dates=tuple(
                FavouredDate(one, self._matching(Filters(one.first, one.last))) for one in query.dates
            ),
        )

    def understand(self, text: str, use_dates: bool = True) -> Query:
        """Return a question as the searches see it."""
        # The model runs outside of Python's lock: the words are looked up meanwhile.
        read = self._aside.submit(self._read, text)
        found = self._aside.submit(find_dates, text, date.today()) if use_dates else None
        vector = self._encode(text)
        language, terms = read.result()
        words = {field: self._expander.vectors(held) for field, held in terms.items()}
        dates = tuple(found.result()) if found else ()
        return Query(text, language, vector, terms, words, kind_asked(text), dates)

    def _read(self, text: str) -> tuple[str, dict[str, list[QueryTerm]]]:
        """Return the language of a question and its words."""
        language = detect_language(text, self._expected)
        return language, self._expander.terms(text, language)

    def _hit(self, query: Query, rank: int, candidate: Found) -> Hit:
        passage = self.snapshot.passage(candidate.place.ordinal)
        document = self.snapshot.document(passage.document_id)
        if document is None:  # a snapshot's passages all have their document
            raise LookupError(passage.document_id)
        text, field = passage.span.slice(document.text), field_of(document.metadata.language)
        texts = [one.slice(document.text) for one in passage.sentences]
        sentences = sentences_of(candidate, texts)
        marked = answering_sentences(sentences, self._fitted.highlights)
        score, coverage = candidate.score, candidate.coverage
        return Hit(
            rank=rank,
            score=score.fused,
            passage=passage,
            text=text,
            source=document.source,
            metadata=document.metadata,
            highlights=tuple(passage.sentences[place].shifted(-passage.span.start) for place in marked),
            explanation=explain(score, query.terms[field], text, field),
            evidence=Evidence(
                passage=max(score.cosine, 0.0),
                sentence=score.sentence,
                words=score.words,
                weakest=coverage.weakest,
                names=coverage.names,
                expected=float(candidate.expected.any()),
            ),
            also_in=self._copies_of(candidate.place.document, document.id),
        )

    def _copies_of(self, article: int, document_id: str) -> tuple[Document, ...]:
        return tuple(self.snapshot.copies_of(document_id)) if article in self.candidates.originals else ()

    def as_written(self, filters: Filters) -> tuple[Filters, tuple[Notice, ...]]:
        """Return filters written as the articles are, and what the reader should know of them."""
        if filters == ANYTHING:
            return filters, ()
        spellings = self._spellings()
        written = spellings.of(filters)
        return written, (*spellings.unknown(filters), *self._left_out(written))

    def _left_out(self, filters: Filters) -> tuple[Notice, ...]:
        """Say how many articles a filter of days leaves out for want of a date alone."""
        if filters.published_from is None and filters.published_to is None:
            return ()
        of_any_day = replace(filters, published_from=date.min, published_to=None)
        left_out = self._matching(replace(of_any_day, published_from=None)) - self._matching(of_any_day)
        return (undated(left_out),) if left_out else ()

    def _notices(self, question_language: str, hits: Sequence[Hit]) -> tuple[Notice, ...]:
        manifest, known = self.snapshot.manifest, self._known_languages
        name = manifest.model.name
        found = dict.fromkeys(hit.metadata.language for hit in hits if hit.metadata.language)
        told = [foreign("articles", code, name, known) for code in found if known and code not in known]
        if known and question_language not in known:
            told.insert(0, foreign("questions", question_language, name, known))
        fitted = self._fitted.model == manifest.model.fingerprint
        return (*told, *(() if fitted else (unfitted(name),)))


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


def sentences_of(found: Found, texts: Sequence[str]) -> list[Candidate]:
    """Return what speaks for each sentence of a passage, given with their words."""
    coverage, title = found.coverage, found.place.title
    words = coverage.of_sentences.tolist()
    # What a question or a label says is said of the sentence below it; every sentence is below the title.
    said = [
        own if asks(text) or (title not in (text, headline(text)) and introduces(text)) else 0.0
        for text, own in zip(texts, words, strict=True)
    ]
    above = [0.0, *said[:-1]]
    rows = zip(texts, map(max, words, above), found.expected, coverage.lengths, strict=True)
    return [
        Candidate(own, bool(expected), int(length), title in (text, headline(text)) or asks(text), text)
        for text, own, expected, length in rows
    ]
