"""BibTeX: references for LaTeX, in UTF-8, with the fields of biblatex."""

import re
from collections.abc import Iterator, Sequence

from rag.reference import Reference

# A brace counts in BibTeX even behind a backslash: only these names are safe inside a value.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\lbrace{}",
    "}": r"\rbrace{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
SPECIAL = re.compile("[" + re.escape("".join(ESCAPES)) + "]")


def bibtex(references: Sequence[Reference]) -> str:
    """Return references as BibTeX entries; the quote stands in `annotation`."""
    return "\n".join(_entry(reference) for reference in references)


def _entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(reference) if value)
    return f"@article{{{reference.id},\n{fields}}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str | None]]:
    day = reference.published_on
    notes = (reference.note, f"Permalink: {reference.permalink}")
    yield "title", f"{{{_escaped(reference.title)}}}"  # the inner braces keep its capitals
    # Braces make one name of each, whatever words it has: "Land and Sea" is no list.
    yield "author", " and ".join(f"{{{_escaped(author)}}}" for author in reference.authors)
    yield "journal", reference.outlet and _escaped(reference.outlet)
    yield "date", day.isoformat() if day else None
    yield "year", str(day.year) if day else None
    yield "month", str(day.month) if day else None
    yield "url", _address(reference.url or reference.permalink)
    yield "urldate", reference.accessed_on.isoformat()
    yield "langid", reference.language
    yield "note", _escaped(" ".join(note for note in notes if note))
    yield "annotation", reference.quote and _escaped(reference.quote)


def _escaped(text: str) -> str:
    return SPECIAL.sub(lambda found: ESCAPES[found.group()], text)


def _address(url: str) -> str:
    """Return an address as BibTeX takes it: nothing in it is escaped, so braces must not stand there."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
