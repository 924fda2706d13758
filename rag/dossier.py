"""A dossier: references with their quotes as Markdown, for a story or a letter."""

import re
from collections.abc import Sequence

from rag.reference import Reference

# What CommonMark would obey inside a line, and at the start of one. Articles are text, never markup.
ANYWHERE = re.compile(r"[\\`*_\[\]<>&~|!$]")
MARK = re.compile(r"^(?=[#+=\-])")
NUMBER = re.compile(r"^(\d+)(?=[.)])")
LINE = re.compile(r"\r\n|\r|\n")


def dossier(references: Sequence[Reference]) -> str:
    """Return references as a numbered list, each with its quote and its addresses."""
    return "\n".join(_entry(number, one) for number, one in enumerate(references, start=1))


def _entry(number: int, reference: Reference) -> str:
    quote = f"{_quoted(reference.quote)}\n\n" if reference.quote else ""
    note = f"*{reference.note}*\n\n" if reference.note else ""
    return f"**[{number}]** {_named(reference)}\n\n{quote}{note}{_addresses(reference)}\n"


def _named(reference: Reference) -> str:
    known = (*reference.authors, reference.outlet, reference.published_on)
    parts = [f"**{_inline(reference.title)}**", *(_inline(str(part)) for part in known if part)]
    return ", ".join(parts)


def _addresses(reference: Reference) -> str:
    links = [f"[Permalink]({_address(reference.permalink)})"]
    if reference.url:
        links.insert(0, f"[Article]({_address(reference.url)})")
    return " · ".join([*links, f"accessed {reference.accessed_on.isoformat()}"])


def _quoted(quote: str) -> str:
    """Return a quote as a block quote, each of its lines on a line of its own."""
    lines = [_line(line) for line in LINE.split(quote)]
    # A backslash at the end keeps the line break, where another line of the same paragraph follows.
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    ended = [f"{line}\\" if line and following else line for line, following in pairs]
    return "\n".join(f"> {line}".rstrip() for line in ended)


def _line(line: str) -> str:
    escaped = ANYWHERE.sub(r"\\\g<0>", line.strip(" \t"))
    return NUMBER.sub(r"\1\\", MARK.sub(r"\\", escaped))


def _inline(text: str) -> str:
    return ANYWHERE.sub(r"\\\g<0>", " ".join(text.split()))


def _address(url: str) -> str:
    return re.sub(r"[()<>\\\s]", lambda found: f"%{ord(found.group()):02X}", url)
