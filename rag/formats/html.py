"""HTML: the main text of a page, and what its head states."""

import json
import re
from collections.abc import Iterator
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
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
HEAD = 4096  # bytes: where a page states its encoding


def declared_charset(content: bytes) -> str | None:
    """Return the encoding a page states of itself."""
    found = CHARSET.search(content[:HEAD])
    return found.group(1).decode("ascii") if found else None


def read_html(content: bytes) -> Extracted:
    """Return the main text of a page, given in UTF-8; menus, forms and comments are left out and counted.

    Raises:
        Refused: it holds no text.

    """
    import trafilatura
    from trafilatura.metadata import extract_metadata

    page = content.decode("utf-8")
    whole = trafilatura.html2txt(page)
    text = trafilatura.extract(page, include_comments=False)
    tree = trafilatura.load_html(page)
    if tree is None or not whole:
        raise Refused("empty", "holds no visible character")
    head = extract_metadata(tree, extensive=False)
    found = {"title": head.title, "outlet": head.sitename, "url": head.url, "published_on": _published(tree)}
    fields = {name: value for name, value in found.items() if value}
    if text is None:
        return Extracted(whole, fields, ("the main text cannot be told from the page, all kept",))
    left, size = _visible(whole) - _visible(text), _visible(whole)
    note = (f"main text extracted; {left:,} of the page's {size:,} characters left out",)
    return Extracted(text, fields, note if left > 0 else ())


def _visible(text: str) -> int:
    return sum(not character.isspace() for character in text)


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
