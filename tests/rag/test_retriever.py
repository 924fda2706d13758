"""Retrieval: what scores are made of, their order, how many of one article; the same in every thread."""

import gc
import threading
import weakref
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from rag.answer import Answer
from rag.candidates import PER_ARTICLE
from rag.errors import BadData
from rag.fusion import DATE_BOOST
from rag.highlights import AT_MOST
from rag.retriever import Retriever
from tests.awkward import visible_texts
from tests.letters import LetterEncoder
from tests.library import Library
from tests.rag.conftest import LibraryIn

QUESTIONS = (
    "What did Luxembourg and Morocco sign?",
    "Qui a signé l'accord avec la Chambre de commerce ?",
    "How many companies took part?",
    "xyzzy",
    "?",
)
LONG = (
    "Le Maroc signe un accord de coopération numérique, article {0}, avec le Luxembourg et ses partenaires. "
)


@pytest.fixture(scope="module")
def long_library(tmp_path_factory: pytest.TempPathFactory, library_in: LibraryIn) -> Library:
    """Return an article of many passages that all match, and two others of one passage each."""
    library = library_in(tmp_path_factory.mktemp("long"))
    library.write(
        a="".join(LONG.format(number) for number in range(60)),
        b="Le Maroc a un nouvel accord. Il est signé.",
        c="Un accord est signé au Luxembourg.",
    )
    library.index()
    return library


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("k", [1, 3, 5, 50])
def test_hits_are_ranked_slices_with_their_answering_sentence(
    seeds_retriever: Retriever, question: str, k: int
) -> None:
    answer = seeds_retriever.ask(question, k)
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert 1 <= len(answer.hits) <= k
    assert len({(hit.passage.document_id, hit.passage.span) for hit in answer.hits}) == len(answer.hits)
    assert all(one.score >= other.score for one, other in pairwise(answer.hits))
    for hit in answer.hits:
        document = seeds_retriever.snapshot.document(hit.passage.document_id)
        assert document
        assert hit.text == document.text[hit.passage.span.start : hit.passage.span.end]
        assert (hit.source, hit.metadata) == (document.source, document.metadata)
        assert 1 <= len(set(hit.highlights)) == len(hit.highlights) <= AT_MOST
        assert {span.shifted(hit.passage.span.start) for span in hit.highlights} <= {*hit.passage.sentences}
        assert not hit.passage.boilerplate


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_a_score_add_up(seeds_retriever: Retriever, question: str) -> None:
    for hit in seeds_retriever.ask(question, 20).hits:
        weights = seeds_retriever.snapshot.manifest.fitted.fusion
        parts = hit.explanation
        words, share = parts.lexical["words"], parts.lexical["share"]
        assert isinstance(words, float)
        assert isinstance(share, float)
        assert 0 <= words <= 1 + 1e-6
        assert parts.dense["share"] == weights.cosine * max(parts.dense["cosine"], 0)
        assert parts.sentence["share"] == weights.sentence * parts.sentence["score"]
        assert share == weights.words * words
        assert (
            hit.score
            == parts.fused
            == (parts.dense["share"] + parts.sentence["share"] + share + parts.date["share"])
        )


def test_every_cosine_is_that_of_question_and_passage(long_library: Library) -> None:
    question = "Quel accord le Maroc signe-t-il ?"
    encoder = LetterEncoder()
    (query,) = encoder.encode_queries([question])
    with long_library.retriever() as retriever:
        for hit in retriever.ask(question, 50).hits:
            title = hit.metadata.title
            text = hit.text if title is None or title in hit.text else f"{title}\n{hit.text}"
            (passage,) = encoder.encode_passages([text])
            kept = passage.astype(np.float16).astype(np.float32)
            assert hit.explanation.dense["cosine"] == pytest.approx(float(np.dot(query, kept)), abs=1e-6)


def test_no_passage_left_out_would_have_scored_more(long_library: Library) -> None:
    question = "Quel accord le Maroc signe-t-il ?"
    with long_library.retriever() as retriever:
        every = retriever.ask(question, 50).hits
        assert len(every) == retriever.snapshot.manifest.counts.passages
        best = max(every, key=lambda hit: hit.score)
        assert retriever.ask(question, 1).hits[0].passage == best.passage


def test_one_article_gives_a_few_hits_while_others_match(long_library: Library) -> None:
    with long_library.retriever() as retriever:
        sources = [hit.source for hit in retriever.ask("Quel accord le Maroc signe-t-il ?", 5).hits]
    assert sources.count("articles/a.txt") == PER_ARTICLE
    assert {"articles/b.txt", "articles/c.txt"} < set(sources)


def test_one_article_gives_more_hits_where_others_run_out(long_library: Library) -> None:
    with long_library.retriever() as retriever:
        sources = [hit.source for hit in retriever.ask("Quel accord le Maroc signe-t-il ?", 8).hits]
    assert len(sources) == 8
    assert sources.count("articles/a.txt") == 6


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_judgement_does_not_depend_on_the_number_asked_for(
    seeds_retriever: Retriever, question: str
) -> None:
    answers = [seeds_retriever.ask(question, k) for k in (1, 5, 8, 50)]
    assert len({(answer.answerable, answer.confidence, answer.reason) for answer in answers}) == 1


def test_the_judgement_of_one_long_article_does_not_depend_on_the_number_asked_for(
    long_library: Library,
) -> None:
    with long_library.retriever() as retriever:
        answers = [retriever.ask("Quel accord le Maroc signe-t-il ?", k) for k in (1, 5, 8, 50)]
    assert len({answer.confidence for answer in answers}) == 1


def test_equal_passages_come_in_the_order_of_their_sources(library: Library) -> None:
    same = "Le Maroc et le Luxembourg signent un accord."
    # So long a sentence is a passage of its own, and so much of each article that they are no copies.
    for name in "ba":
        longer = " ".join(f"le ministre {name}{i} de la ville" for i in range(26))
        library.write(**{name: f"{same}\n{longer}."})
    library.index()
    with library.retriever() as retriever:
        hits = [hit for hit in retriever.ask("Que signe le Maroc ?", 6).hits if hit.text.strip() == same]
    assert [hit.source for hit in hits] == ["articles/a.txt", "articles/b.txt"]
    assert len({hit.score for hit in hits}) == 1


@pytest.mark.parametrize("question", ["", " ", "\t\r\n", "\u00a0\u2028"])
def test_a_blank_question_is_refused(seeds_retriever: Retriever, question: str) -> None:
    with pytest.raises(BadData, match="blank"):
        seeds_retriever.ask(question)


@pytest.mark.parametrize("k", [0, -1])
def test_less_than_one_passage_cannot_be_asked_for(seeds_retriever: Retriever, k: int) -> None:
    with pytest.raises(BadData, match=f"k is {k}"):
        seeds_retriever.ask("Maroc ?", k)


@given(visible_texts)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_question_is_answered(long_library: Library, question: str) -> None:
    with long_library.retriever() as retriever:
        answer = retriever.ask(question[:2000] if question[:2000].strip() else "?")
        assert 0 <= answer.confidence <= 1
        assert answer.answerable == (answer.reason is None)


def test_parts_set_aside_are_searched_only_on_request(seeds_retriever: Retriever) -> None:
    snapshot = seeds_retriever.snapshot
    document = next(document for document in snapshot.documents() if document.set_aside)
    aside = [passage for passage in snapshot.passages_of(document.id) if passage.boilerplate]
    question = max((passage.span.slice(document.text) for passage in aside), key=len)[:1000]
    assert not any(hit.passage.boilerplate for hit in seeds_retriever.ask(question, 50).hits)
    assert any(
        hit.passage.boilerplate for hit in seeds_retriever.ask(question, 50, include_boilerplate=True).hits
    )


def test_threads_asking_at_once_get_the_answers_of_one(seeds_retriever: Retriever) -> None:
    alone = [seeds_retriever.ask(question) for question in QUESTIONS]
    fresh = Retriever(
        seeds_retriever.snapshot, LetterEncoder(dimension=seeds_retriever.snapshot.manifest.model.dimension)
    )
    expected = [fresh.ask(question) for question in QUESTIONS]
    found: list[list[Answer]] = []

    def ask_all() -> None:
        found.append([seeds_retriever.ask(question) for question in QUESTIONS])
        found.append([fresh.ask(question) for question in QUESTIONS])

    threads = [threading.Thread(target=ask_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert all(answers in (alone, expected) for answers in found)


def test_a_language_the_model_was_not_made_for_is_a_warning(library: Library) -> None:
    library.write(a="Le Maroc et le Luxembourg signent un accord.")
    english = replace(library, encoder=LetterEncoder(languages=("en",)))
    english.index()
    with english.retriever() as retriever:
        warnings = retriever.ask("What did Morocco sign with Luxembourg?").warnings
    assert [warning for warning in warnings if "'fr'" in warning]


def test_a_confidence_not_fitted_for_the_model_is_a_warning(
    library: Library, seeds_retriever: Retriever
) -> None:
    library.write(a="Le Maroc et le Luxembourg signent un accord.")
    library.index()
    with library.retriever() as retriever:
        assert "rough guide" in " ".join(retriever.ask("Qui signe un accord ?").warnings)
    assert seeds_retriever.ask("Qui signe un accord ?").warnings == ()


def test_the_example_question_finds_the_declaration_first_and_the_accord_of_2019_among_five(
    seeds_retriever: Retriever,
) -> None:
    first, *others = seeds_retriever.ask("what did Luxembourg and Morocco sign?").hits
    marked = first.highlights[0]
    assert "ont signé, lors d’une réunion organisée par visioconférence, une déclaration d’intention" in (
        marked.slice(first.text)
    )
    assert any("accord" in hit.text and "Chambre de commerce" in hit.text for hit in others)


@pytest.mark.parametrize("question", ["?", "...", "😀", "the", "why?", "what is it?", "qui est-ce ?"])
def test_a_question_without_any_word_of_its_own_has_no_answer(
    seeds_retriever: Retriever, question: str
) -> None:
    assert not seeds_retriever.ask(question).answerable


@pytest.mark.parametrize("question", ["", " \n", "\u200b", "x" * 2001, "qui a sign\udcff"])
def test_a_question_that_cannot_be_asked_is_refused(seeds_retriever: Retriever, question: str) -> None:
    with pytest.raises(BadData):
        seeds_retriever.ask(question)


ASKED_AND_ANSWERED = [
    (
        "Quel est le plafond du livret ?",
        "Quel est le plafond du livret ?\n\nIl est de 22 950 euros.\n\nLa banque l'a dit.",
    ),
    (
        "Quel est le plafond du livret ?",
        "Plafond du livret\n\n22 950 euros\n\nOuverture d'un compte\n\nGratuite",
    ),
]


@pytest.mark.parametrize(("question", "text"), ASKED_AND_ANSWERED)
def test_what_stands_below_a_question_or_a_label_is_marked(
    library: Library, question: str, text: str
) -> None:
    library.write(a=f"Les livrets d'épargne\n\n{text}")
    library.index()
    with library.retriever() as retriever:
        (hit,) = retriever.ask(question).hits
    assert any("22 950 euros" in span.slice(hit.text) for span in hit.highlights)
    assert not any("?" in span.slice(hit.text) for span in hit.highlights)


def test_a_date_tells_how_many_articles_are_of_its_days(seeds_retriever: Retriever) -> None:
    answer = seeds_retriever.ask("Que s'est-il passé en septembre 2019, en mars 2018 et depuis 2001 ?")
    assert [date.articles for date in answer.dates] == [1, 0, 1]


def test_a_date_in_the_question_favours_articles_of_that_time_and_hides_none(
    seeds_retriever: Retriever,
) -> None:
    question = "Que s'est-il passé entre le Maroc et le Luxembourg en septembre 2019 ?"
    dated, undated = (seeds_retriever.ask(question, 50, use_dates=wanted) for wanted in (True, False))
    (favoured,) = dated.dates
    mention = favoured.mention
    assert favoured.articles == 1
    assert (mention.first, mention.last) == (date(2019, 9, 1), date(2019, 9, 30))
    assert undated.dates == ()
    before = {hit.passage: hit for hit in undated.hits}
    assert {hit.passage for hit in dated.hits} == before.keys()
    for hit in dated.hits:
        day = hit.metadata.published_on
        share = hit.explanation.date["share"]
        if day and mention.holds(day):
            assert share == pytest.approx((1 - (hit.score - share)) * DATE_BOOST)
            # The day bears out "septembre 2019": it need not stand in the passage as well.
            assert hit.score - share > before[hit.passage].score
        else:
            assert (hit.score, share) == (before[hit.passage].score, 0)


SPOKEN = ("{} le 25 janvier 2021 ?", "{} du 25/01/2021 ?", "{} en janvier 2021 ?")


@pytest.mark.parametrize("written", SPOKEN)
def test_the_day_of_publication_in_a_question_is_no_name_that_its_article_lacks(
    library: Library, written: str
) -> None:
    """The article says "lundi": that it was the 25th of January, its date of publication says."""
    library.write(a="Publié le 25 janvier 2021\n\nLe Maroc et le Luxembourg ont signé un accord lundi.")
    library.index()
    asked = "Qui a signé un accord avec le Maroc"
    with library.retriever() as retriever:
        plain, dated, other = (
            retriever.ask(question).hits[0].evidence
            for question in (f"{asked} ?", written.format(asked), f"{asked} le 3 mars 2018 ?")
        )
    assert dated.names == plain.names == 1
    assert dated.words >= plain.words
    assert dated.sentence >= plain.sentence
    assert other.names == 0


def test_a_date_no_article_is_of_changes_nothing(seeds_retriever: Retriever) -> None:
    question = "Que dit la loi de 1905 ?"
    assert seeds_retriever.ask(question) == seeds_retriever.ask(question, use_dates=False)


def test_a_retriever_let_go_lets_go_of_its_snapshot_at_once(long_library: Library) -> None:
    """Mapped files stay open in a cycle until the garbage collector comes by, which may be never."""
    gc.disable()
    try:
        with long_library.retriever() as retriever:
            assert retriever.ask("Qui a signé un accord ?").hits
            snapshot = weakref.ref(retriever.snapshot)
        del retriever
        assert snapshot() is None
    finally:
        gc.enable()


def test_a_headline_in_markdown_is_a_title_and_not_marked_beside_its_text(library: Library) -> None:
    library.write(a="# Le Maroc et le Luxembourg signent\n\nLe Maroc signe avec le Luxembourg un accord.\n")
    library.index()
    with library.retriever() as retriever:
        (hit,) = retriever.ask("Que signent le Maroc et le Luxembourg ?", 1).hits
    assert hit.metadata.title == "Le Maroc et le Luxembourg signent"
    assert [span.slice(hit.text) for span in hit.highlights] == [
        "Le Maroc signe avec le Luxembourg un accord."
    ]
