"""What is fuzzed: each target takes any bytes, and raises where something that must always hold does not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from rag.citations import citation_id, is_citation_id
from rag.cleaning import set_aside
from rag.dates import find_dates
from rag.documents import Document, Metadata, document_id
from rag.expectation import holds, kind_asked
from rag.formats.child import reading_of
from rag.formats.encodings import decode
from rag.formats.html import declared_charset
from rag.formats.records import Fault, Record, read_csv, read_json_lines
from rag.formats.refused import Refused
from rag.language import LANGUAGES, detect_language
from rag.lexical import terms_of
from rag.metadata import date_notes, read_metadata
from rag.passages import cut_passages
from rag.places import place_of
from rag.spans import Span
from rag.stated import believe
from rag.terminal import plain
from rag.text_fragments import text_directive
from tests.awkward import is_visible

TODAY = date(2026, 11, 26)
PASSAGE_TOKENS = 160

Target = Callable[[bytes], None]


def loader(content: bytes) -> None:
    """Texts: what is read is Unicode without NUL, or refused with a reason."""
    try:
        text, notes = decode(content, declared_charset(content))
    except Refused:
        return
    assert "\0" not in text
    text.encode("utf-8")
    if not notes:
        assert text.encode("utf-8") == content


def records(content: bytes) -> None:
    """JSON Lines and CSV: every line is an article or a fault with its reason; no statement is invented."""
    found: list[Record | Fault] = list(read_json_lines(content))
    with suppress(Refused):  # another table than one of articles
        found += read_csv(decode(content)[0])
    for one in found:
        assert one.line >= 1
        if isinstance(one, Fault):
            assert one.reason
            assert one.detail
        else:
            assert isinstance(one.text, str)  # a blank one is skipped by the loader, as "empty"
            stated, _ = believe(one.fields)
            assert stated.published_on is None or str(one.fields["published_on"]).startswith(
                stated.published_on.isoformat()[:4]
            )


def formats(content: bytes) -> None:
    """HTML, PDF and DOCX: text, or refused with a reason; outside parts lie within the text."""
    for kind, given in (
        ("html", content.decode("utf-8", "replace").encode()),
        ("pdf", content),
        ("docx", content),
    ):
        found = reading_of(kind, given)
        if "refused" in found:
            assert all(found["refused"])
            continue
        for start, end in found["outside"]:
            assert 0 <= start <= end <= len(found["text"])


def cleaner(content: bytes) -> None:
    """Cleaning and cutting: labels are slices in order, and passages cover the body in whole sentences."""
    text = content.decode("utf-8", "replace").replace("\0", "")
    if not text.strip():
        return
    cleaning = set_aside(text)
    last = 0
    for label in cleaning.set_aside:
        assert last <= label.span.start < label.span.end <= len(text)
        assert label.reason
        last = label.span.end
    metadata = read_metadata(text, cleaning.set_aside)
    assert metadata.title is None or metadata.title.strip()
    date_notes(text, cleaning.set_aside)
    document = Document(document_id("a.txt"), "a.txt", text, Metadata(language="fr"), cleaning.set_aside)
    covered = [False] * len(text)
    for passage in cut_passages(document, PASSAGE_TOKENS):
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        for place in range(passage.span.start, passage.span.end):
            covered[place] = True
    assert all(covered[place] for place, character in enumerate(text) if is_visible(character))


def citation(content: bytes) -> None:
    """Ids of citations: what has the form of one is made of one, and nothing else has it."""
    text = content.decode("utf-8", "replace")
    if is_citation_id(text):
        document, start, end, _ = text.split("-")
        assert int(start) < int(end)
        assert text.startswith(f"{document}-")
    words = text.replace("\0", "")
    if words.strip():
        span = Span(0, len(words))
        assert is_citation_id(citation_id(document_id("a.txt"), span, words))
        directive = text_directive(words, span)
        assert directive is None or directive.isascii()


def question(content: bytes) -> None:
    """Questions: dates lie within the text, terms are folded, and what a terminal shows is harmless."""
    text = content.decode("utf-8", "replace")
    for mention in find_dates(text, TODAY):
        assert 0 <= mention.span.start < mention.span.end <= len(text)
        assert mention.first <= mention.last
    kind = kind_asked(text)
    if kind is not None:
        holds(text, kind)
    language = detect_language(text)
    assert language in LANGUAGES
    for term in terms_of(text, "fr"):
        assert term
        assert term == term.strip()
        place_of(term, language)
    assert not {"\x1b", "\x9b", "\u202e"} & set(plain(text))


TARGETS: dict[str, Target] = {
    "loader": loader,
    "records": records,
    "formats": formats,
    "cleaner": cleaner,
    "citation": citation,
    "question": question,
}
