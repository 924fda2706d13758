"""The content of a chat completion: Markdown in which article text is nothing but text, with its citations.

Chat front ends render Markdown: an image in an article would be fetched from wherever it says.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from rag.prose.sentence import Sentence
from rag.records import PassageRecord, Reply

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#!|~&$^=]|(?<=:)//|(?<=www)\.|@")
_LINE_START = re.compile(r"^(\s*)(\d{1,9})?([-+.)])", re.MULTILINE)
NEAREST = {
    "en": "No passage is thought to answer this. The nearest ones:",
    "fr": "Aucun passage ne semble répondre. Les plus proches :",
}
NOTHING = {"en": "No article matches.", "fr": "Aucun article ne correspond."}


class Piece(NamedTuple):
    """A part of the content, and the passages it can be checked in; offsets are its own."""

    text: str
    cited: tuple[PassageRecord, ...] = ()
    start: int = 0
    end: int = 0


def escaped(text: str) -> str:
    """Return Markdown that renders as this text: no link, image, markup or structure of its own."""
    inert = _ACTIVE.sub(lambda found: "".join(f"\\{each}" for each in found[0]), text)
    return _LINE_START.sub(r"\1\2\\\3", inert)


def of_sentence(sentence: Sentence, reply: Reply) -> Piece:
    """Return a sentence of prose with its labels."""
    cited = tuple(one for one in reply.passages if one.citation.id in sentence.citations)
    words = escaped(sentence.text)
    labels = "".join(f" {one.citation.label}" for one in cited)
    return Piece(f"{words}{labels} ", cited, 0, len(words))


def of_passages(reply: Reply) -> Iterable[Piece]:
    """Yield the passages themselves as the answer."""
    language = "fr" if reply.question_language == "fr" else "en"
    if not reply.passages:
        yield Piece(NOTHING[language])
    elif not reply.answerable:
        yield Piece(NEAREST[language] + "\n\n")
    for passage in reply.passages:
        words = escaped(passage.text)
        yield Piece(f"{words}\n\n{_named(passage)}\n\n", (passage,), 0, len(words))


def _named(passage: PassageRecord) -> str:
    cited = passage.citation
    known = (cited.title or cited.source, cited.outlet, cited.published_on and cited.published_on.isoformat())
    return " · ".join([cited.label, *(escaped(one) for one in known if one)])


def annotations(pieces: Iterable[Piece], server: str) -> list[dict[str, Any]]:
    """Return the url citations of the joined pieces; `server` is the address that checks them."""
    found, offset = [], 0
    for piece in pieces:
        for passage in piece.cited:
            cited = passage.citation
            marked = {
                "start_index": offset + piece.start,
                "end_index": offset + piece.end,
                "title": cited.title or cited.source,
                "url": server.rstrip("/") + cited.permalink,
            }
            found.append({"type": "url_citation", "url_citation": marked})
        offset += len(piece.text)
    return found
