"""HTML: the text of a page, what of it is not the main text, and what its head states."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rag.formats.extracted import Extracted
from rag.formats.refused import Refused

# Only what says that it is the day of publication. The library's own date finder also takes the day of an
# update, a copyright line or a part of the address.
DATES = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//time[@itemprop='datePublished']/@datetime",
    "//meta[@name='dcterms.issued' or @name='DC.date.issued']/@content",
)
LINKED_DATA = "//script[@type='application/ld+json']/text()"
CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE
)
HEAD = 4096  # bytes: where a page states its encoding
FOUND_ALONE = 40  # letters: shorter lines, as those of menus, may stand in an article by chance
NO_LETTERS = re.compile(r"[\W_]+")
BREAK = "\x00"  # not in HTML: the line ends of its source are spaces
UNSEEN = frozenset(("head", "script", "style", "noscript", "template", "svg", "iframe", "object"))
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "button", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "label", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select",
    "summary", "table", "textarea", "tr", "ul",
))  # fmt: skip
# Within a row.
CELLS = frozenset(("td", "th"))


def declared_charset(content: bytes) -> str | None:
    """Return the encoding a page states of itself."""
    found = CHARSET.search(content[:HEAD])
    return found.group(1).decode("ascii") if found else None


def read_html(content: bytes) -> Extracted:
    """Return the text of a page, given in UTF-8, and where in it stands what is not its main text.

    Raises:
        Refused: it holds no text, or is no HTML.

    """
    import trafilatura
    from trafilatura.metadata import extract_metadata

    page = content.decode("utf-8")
    tree = trafilatura.load_html(page)
    if tree is None and page.strip():
        raise Refused("broken", "cannot be read as HTML; perhaps its tags are nested too deeply")
    lines = [] if tree is None else list(_lines(tree))
    if not lines:
        raise Refused("empty", "holds no visible character")
    head = extract_metadata(tree, extensive=False)
    found = {
        "title": head.title,
        "outlet": head.sitename,
        "published_on": _published(tree),
        "url": head.url,
        "author": head.author,
    }
    fields = {name: value for name, value in found.items() if value}
    main = trafilatura.extract(page, include_comments=False)
    if main is None:
        return Extracted("\n".join(lines), fields, ("the main text cannot be told from the page",))
    return Extracted("\n".join(lines), fields, (), _outside(lines, main, head.title or ""))


def _lines(tree: Any) -> Iterator[str]:  # noqa: ANN401 - lxml has no types
    """Yield the text of a page, a line for each block that holds some."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        ends = BREAK if element.tag in BLOCKS else " " if element.tag in CELLS else ""
        if event == "start" and element.tag in UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            parts += (ends, element.text or "")
        else:
            parts += (ends, element.tail or "")
    yield from filter(None, (" ".join(line.split()) for line in "".join(parts).split(BREAK)))


def _outside(lines: Sequence[str], main: str, title: str) -> tuple[tuple[int, int], ...]:
    """Return the places of the lines, of runs of them together, that are not in the main text.

    A line is in it where it goes on where the one before ended, or is long enough to be found by itself.
    """
    wanted, heading, read, place = _bare(main), _bare(title), 0, 0
    places: list[tuple[int, int]] = []
    for line in lines:
        bare, start, place = _bare(line), place, place + len(line) + 1
        if wanted.startswith(bare, read):
            read += len(bare)
        elif len(bare) >= FOUND_ALONE and (at := wanted.find(bare)) >= 0:
            read = at + len(bare)
        elif bare != heading:
            joined = places.pop()[0] if places and places[-1][1] == start - 1 else start
            places.append((joined, place - 1))
    return tuple(places)


def _bare(text: str) -> str:
    """Return letters and figures alone: the library marks lists and tables its own way."""
    return NO_LETTERS.sub("", text)


def _published(tree: Any) -> str | None:  # noqa: ANN401 - lxml has no types
    stated = [value for path in DATES for value in tree.xpath(path)]
    stated += [day for script in tree.xpath(LINKED_DATA) for day in _linked_dates(str(script))]
    return str(stated[0]) if stated else None


def _linked_dates(script: str) -> Iterator[str]:
    """Yield when the articles of a page's linked data (schema.org) were published."""
    try:
        waiting = [json.loads(script)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting.append(value.get("@graph"))
            if "Article" in str(value.get("@type")) and isinstance(value.get("datePublished"), str):
                yield value["datePublished"]
