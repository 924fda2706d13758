"""Lexical search: BM25 over one analysed field per language, with tantivy.

A passage is indexed in the field of its document's language. A question is analysed for
every field present: its own language's stop words go first, then the field's analysis, so
that names and numbers of an English question are found in French text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

# tantivy's name for each language it can stem; others are only folded.
ANALYSED = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}
WITHOUT_STOP_LIST = {"ar"}
OTHER = "xx"
# Words of questions that the library's stop lists, made for texts, lack.
QUESTION_WORDS = {
    "en": "about am any been being between can could did do does doing done from had has have how i its "
    "many me much my our said should so than them those we were what when where which who whom whose why "
    "would you your "
    # What the tokenizer leaves of "Kenya's", "don't", "we'll".
    "s d don didn doesn hadn hasn haven isn ll m re t ve wasn weren",
    "fr": "a afin ainsi alors après aussi autre autres avait avant car cela celle celui ces cet cette ceux "
    "chez combien comment depuis doit doivent donc dont elle elles entre est faire fait fut il ils "
    "laquelle lequel leurs lors on ont où parmi pendant peut peuvent plus pourquoi quand quel quelle "
    "quelles quels quoi sans selon sera si sont sous t tous tout toute toutes très vers était été être",
}
# Analysed words that are kept, some hundred bytes each: a language's everyday words.
REMEMBERED_WORDS = 50_000
# Bytes the writer may hold before it writes a segment.
WRITER_HEAP = 64_000_000


# "38 000", "38.000" and "38,000" are one number, as is "38000". What may not stand before it is looked for
# after its first digit: to look back from every place takes five times as long.
GROUPED = re.compile(r"[1-9](?<![\d.,].)\d{0,2}(?P<mark>[ .,'’])\d{3}(?:(?P=mark)\d{3})*(?!\d|(?P=mark)\d)")
SEPARATOR = re.compile(r"\D")

_WORDS = TextAnalyzerBuilder(Tokenizer.simple()).build()


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """What the lexical index needs of one passage; `document` is the document's row."""

    ordinal: int
    document: int
    language: str
    text: str
    boilerplate: bool


@cache
def analyzer(field: str, question_language: str | None = None) -> TextAnalyzer:
    """Return the analysis of a language's field, for its passages or for a question.

    Elision, case, stop words, stemming, then accents and ligatures: stems need accents.
    """
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    for language in dict.fromkeys((question_language, field)):
        if language in ANALYSED and language not in WITHOUT_STOP_LIST:
            builder = builder.filter(Filter.stopword(ANALYSED[language]))
        if question_language and language in QUESTION_WORDS:
            builder = builder.filter(Filter.custom_stopword(QUESTION_WORDS[language].split()))
    if field in ANALYSED:
        builder = builder.filter(Filter.stemmer(ANALYSED[field]))
    return builder.filter(Filter.ascii_fold()).build()


def field_of(language: str | None) -> str:
    """Return the field that holds passages of a language."""
    return language if language in ANALYSED else OTHER


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand, composed, with repetition."""
    words: list[str] = _WORDS.analyze(composed(text))
    return words


def composed(text: str) -> str:
    """Return a text as it is analysed."""
    # To the tokenizer a combining accent would end a word, and a lone surrogate is an error.
    whole = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    return GROUPED.sub(lambda number: SEPARATOR.sub("", number[0]), whole)


@lru_cache(REMEMBERED_WORDS)
def term_of(word: str, field: str, question_language: str | None = None) -> str | None:
    """Return the analysed term of one word; None for a stop word."""
    terms: list[str] = analyzer(field, question_language).analyze(composed(word))
    return terms[0] if terms else None


def terms_of(text: str, field: str) -> set[str]:
    """Return the analysed terms of a text."""
    return {term for word in words_of(text) if (term := term_of(word, field)) is not None}


def write_lexical_index(folder: Path, entries: Iterable[LexicalEntry]) -> None:
    """Write the index of all passages into an empty folder.

    Raises:
        OSError: the folder cannot be written.

    """
    try:
        _write(folder, entries)
    except ValueError as error:  # how tantivy reports a full disk
        raise OSError(f"{folder}: {error}") from None
    for lock in folder.glob(".tantivy*.lock"):
        lock.unlink()


def _write(folder: Path, entries: Iterable[LexicalEntry]) -> None:
    index = tantivy.Index(_schema(), path=str(folder))
    for field in (*ANALYSED, OTHER):
        index.register_tokenizer(field, analyzer(field))
    # One thread: the order of passages, and so of equal scores, is then always the same.
    writer = index.writer(WRITER_HEAP, num_threads=1)
    for entry in entries:
        row = tantivy.Document()
        row.add_integer("ordinal", entry.ordinal)
        row.add_integer("document", entry.document)
        row.add_integer("boilerplate", int(entry.boilerplate))
        row.add_text(field_of(entry.language), composed(entry.text))
        writer.add_document(row)
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("ordinal", "document", "boilerplate"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for field in (*ANALYSED, OTHER):
        builder.add_text_field(field, tokenizer_name=field, index_option="freq")
    return builder.build()


class LexicalIndex:
    """BM25 over the passages of a snapshot.

    Raises:
        ValueError: the folder holds no index.

    """

    def __init__(self, folder: Path, fields: Sequence[str]) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self.fields = tuple(fields)
        self.size: int = self._searcher.num_docs

    def search(
        self, terms: Mapping[str, Sequence[Mapping[str, float]]], depth: int, within: Query | None = None
    ) -> dict[int, float]:
        """Return the score of the `depth` best passages by ordinal.

        Args:
            terms: for each field, what to look for: alternatives with their factors, of which
                the best found counts, BM25 times factor.
            depth: number of passages, at most.
            within: restriction of the passages; see `within` and `only`.

        """
        wanted = [
            (Occur.Should, self._best_of(field, alternatives))
            for field, field_terms in terms.items()
            for alternatives in field_terms
        ]
        if not wanted or depth < 1:
            return {}
        query = Query.boolean_query(wanted)
        if within is not None:
            unscored = Query.const_score_query(within, 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, unscored)])
        hits = self._searcher.search(query, limit=depth, count=False).hits
        ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in hits])
        scored = zip(ordinals, hits, strict=True)
        return {ordinal: float(score) for ordinal, (score, _) in scored if isinstance(ordinal, int)}

    def _best_of(self, field: str, alternatives: Mapping[str, float]) -> Query:
        found = [
            Query.boost_query(Query.term_query(self._schema, field, term, "freq"), factor)
            for term, factor in alternatives.items()
        ]
        return found[0] if len(found) == 1 else Query.disjunction_max_query(found)

    def document_frequency(self, field: str, term: str) -> int:
        """Return the number of passages that hold a term."""
        return int(self._searcher.doc_freq(field, term))

    def within(self, documents: Sequence[int] | None, boilerplate: bool) -> Query | None:
        """Return the restriction to these document rows (None: all), with set-aside parts or without."""
        required = []
        if documents is not None:
            required.append(self._any_of("document", documents))
        if not boilerplate:
            required.append(Query.term_query(self._schema, "boilerplate", 0))
        return Query.boolean_query([(Occur.Must, query) for query in required]) if required else None

    def only(self, ordinals: Sequence[int]) -> Query:
        """Return the restriction to these passages."""
        return self._any_of("ordinal", ordinals)

    def _any_of(self, name: str, values: Sequence[int]) -> Query:
        return Query.term_set_query(self._schema, name, list(values))
