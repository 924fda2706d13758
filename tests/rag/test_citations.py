"""Citations of any text can be checked: valid where they stand, moved, changed or withdrawn elsewhere."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.citations import citation_id, cite, resolve
from rag.reply import answer_as_json
from rag.retriever import Retriever
from rag.spans import Span
from tests.awkward import visible_texts
from tests.library import Library, new_library

FRENCH = "Le Luxembourg et le Maroc ont signé un accord. La visite a duré trois jours."
BEFORE = "Une phrase nouvelle ouvre le texte.\n\n"


def indexed(folder: Path, *texts: str) -> Library:
    library = new_library(folder)
    library.write(**{f"text{number}": text for number, text in enumerate(texts)})
    library.index()
    return library


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(visible_texts, min_size=3, max_size=6), visible_texts)
@example(["e\u0301te\u0301 👩\u200d👩\u200d👧", "\r\na\r\nb\r", "ﬁn\u00a0!\u2028« Oui »"], "e\u0301")
def test_every_passage_found_in_any_text_is_cited_exactly(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    library = indexed(tmp_path_factory.mktemp("texts"), FRENCH, *texts)
    with library.retriever() as retriever:
        answer = retriever.ask(
            question[:500] if question[:500].strip() else "?", 50, include_boilerplate=True
        )
        passages = answer_as_json(answer, retriever.snapshot, 0)["passages"]
        assert passages
        for hit, shown in zip(answer.hits, passages, strict=True):
            resolution = resolve(cite(hit).id, retriever.snapshot)
            assert resolution
            assert resolution.state == "valid"
            assert resolution.document
            assert resolution.span
            assert resolution.span.slice(resolution.document.text) == hit.text == shown["text"]
            assert "".join(shown["segments"][part] for part in ("before", "match", "after")) == hit.text
            assert shown["segments"]["match"] == hit.highlights[0].slice(hit.text)
            assert all(0 <= mark.start < mark.end <= len(hit.text) for mark in hit.highlights)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(visible_texts)
def test_every_passage_of_any_text_resolves_to_itself_and_is_found_again_when_it_has_moved(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    library = indexed(tmp_path_factory.mktemp("texts"), FRENCH + "\n\n" + text)
    with library.opened() as snapshot:
        (document,) = snapshot.documents()
        cited = {
            citation_id(document.id, passage.span, passage.span.slice(document.text)): passage
            for passage in snapshot.passages_of(document.id)
        }
        for identity, passage in cited.items():
            resolution = resolve(identity, snapshot)
            assert resolution
            assert (resolution.state, resolution.span) == ("valid", passage.span)
    library.write(text0=BEFORE + FRENCH + "\n\n" + text)
    library.index()
    with library.opened() as snapshot:
        for identity, passage in cited.items():
            resolution = resolve(identity, snapshot)
            assert resolution
            assert resolution.document
            assert resolution.span
            # Repeated text may still stand where it stood.
            assert resolution.state in ("valid", "moved")
            assert resolution.span.slice(resolution.document.text) == passage.span.slice(document.text)


@pytest.fixture
def cited(library: Library) -> str:
    """Return the id of a citation of the article "one"."""
    library.write(one=FRENCH, two="Un autre article, pour que l'index ne soit jamais vide.")
    library.index()
    with library.retriever() as retriever:
        hit = next(hit for hit in retriever.ask("Que signe le Maroc ?").hits if "one" in hit.source)
        return cite(hit).id


STATES = [
    (FRENCH, "valid"),
    (FRENCH + " Une suite.", "valid"),
    (BEFORE + FRENCH, "moved"),
    (FRENCH.replace("trois", "deux"), "changed"),
    ("Tout autre chose.", "changed"),
    (None, "withdrawn"),
]


@pytest.mark.parametrize(("text", "state"), STATES)
def test_a_citation_tells_what_has_become_of_its_words(
    library: Library, cited: str, text: str | None, state: str
) -> None:
    if text is None:
        (library.articles / "one.txt").unlink()
    else:
        library.write(one=text)
    library.index()
    with library.opened() as snapshot:
        resolution = resolve(cited, snapshot)
    assert resolution
    assert resolution.state == state
    assert (resolution.span is not None) == (state in ("valid", "moved"))
    assert (resolution.document is None) == (state == "withdrawn")


def test_a_citation_names_what_is_known_of_its_article(seeds_retriever: Retriever) -> None:
    for hit in seeds_retriever.ask("What did Luxembourg and Morocco sign?").hits:
        citation = cite(hit)
        known = hit.metadata
        assert (citation.title, citation.outlet, citation.published_on) == (
            known.title, known.outlet, known.published_on
        )  # fmt: skip
        assert (citation.label, citation.permalink) == (f"[{hit.rank}]", f"/c/{citation.id}")
        assert Span(citation.start, citation.end) == hit.passage.span


DOCUMENT, DIGEST = "0123456789abcdef", "fedcba9876543210"
MALFORMED = [
    "",
    DOCUMENT,
    f"{DOCUMENT}-0-10",
    f"{DOCUMENT}-0-10-{DIGEST[1:]}",
    f"{DOCUMENT}-0-10-{DIGEST}0",
    f"{DOCUMENT.upper()}-0-10-{DIGEST}",
    f"{DOCUMENT}--1-10-{DIGEST}",
    f"{DOCUMENT}-10-10-{DIGEST}",
    f"{DOCUMENT}-11-10-{DIGEST}",
    f"{DOCUMENT}-0-{'9' * 10}-{DIGEST}",
    f"{DOCUMENT}-0-\u0661\u0660-{DIGEST}",
    f"{DOCUMENT}-0-10-{DIGEST}\n",
    f" {DOCUMENT}-0-10-{DIGEST}",
    f"../{DOCUMENT}-0-10-{DIGEST}",
]


@pytest.mark.parametrize("identity", MALFORMED)
def test_what_has_not_the_form_of_a_citation_is_none(seeds_retriever: Retriever, identity: str) -> None:
    assert resolve(identity, seeds_retriever.snapshot) is None


def test_a_place_beyond_the_text_or_other_words_are_changed(seeds_retriever: Retriever) -> None:
    snapshot = seeds_retriever.snapshot
    known = snapshot.documents()[0].id
    for start, end in ((0, 10), (0, 999_999_999), (999_999_998, 999_999_999)):
        resolution = resolve(f"{known}-{start}-{end}-{DIGEST}", snapshot)
        assert resolution
        assert resolution.state == "changed"


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-f]{16}-\d{1,9}-\d{1,9}-[0-9a-f]{16}", fullmatch=True))
def test_any_text_as_an_id_is_answered(seeds_retriever: Retriever, identity: str) -> None:
    resolution = resolve(identity, seeds_retriever.snapshot)
    assert resolution is None or resolution.state == "withdrawn"
