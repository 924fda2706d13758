"""PDF: the text of its pages, wrapped lines put together."""

import io
import math
import re
from collections.abc import Iterator, Sequence

from rag.formats.extracted import Extracted
from rag.formats.refused import Refused
from rag.lines import TERMINAL

MAX_PAGES = 2_000  # a book; more is an archive, to be parted into its articles
# A line about as long as the longest, within a sentence, was ended by the margin. Of the development pages
# wrapped at 45 to 90 columns 98 % of such line ends are joined, and 5 % of the ends of paragraphs
# (tests/benchmarks/reflow.py). At 0.7 it is 99.6 % and 9 %; what goes on in lower case is no end anyway.
FULL_LINE = 0.8
WIDEST = 0.9  # quantile of the lengths: some lines run over
DIVIDED = re.compile(r"\b(\w+)-\n([^\W\d_A-ZÀ-Þ]\w*)")
WORD = re.compile(r"\w+(?:-\w+)*")
# Names that programs give, as "Microsoft Word - tribune v3.docx".
NO_TITLE = re.compile(r"microsoft|untitled|sans titre|\.\w{2,4}$", re.IGNORECASE)


def read_pdf(content: bytes) -> Extracted:
    """Return the text of a PDF; a sentence may go on over pages. Its date is that of a file, and not read.

    Raises:
        Refused: it is encrypted, too long, or holds pictures of text only.

    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted", "is protected by a password; save it without one")
    if len(reader.pages) > MAX_PAGES:
        raise Refused("too-large", f"has {len(reader.pages):,} pages, {MAX_PAGES:,} are read at most")
    pages = [page.extract_text() for page in reader.pages]
    if not any(map(str.strip, pages)):
        raise Refused("no-text", "holds no text, perhaps pictures of it; recognise the text first (OCR)")
    title = (reader.metadata and reader.metadata.title) or ""
    fields = {"title": title} if len(title.split()) > 1 and not NO_TITLE.search(title) else {}
    return Extracted(reflow("\n".join(pages)), fields, _pictures(pages))


def reflow(text: str) -> str:
    """Return a text with the lines of each paragraph joined, and the words divided at line ends."""
    lines = [line.strip() for line in text.splitlines()]
    lengths = sorted(len(line) for line in lines if line)
    full = FULL_LINE * lengths[math.ceil(WIDEST * (len(lengths) - 1))]
    joined = "".join(_joined(lines, full)).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", joined)


def _joined(lines: Sequence[str], full: float) -> Iterator[str]:
    text = "\n".join(lines)
    known = set(WORD.findall(text))
    whole = DIVIDED.sub(lambda parts: _undivided(parts, known), text).split("\n")
    for line, following in zip(whole, [*whole[1:], ""], strict=True):
        wrapped = following and len(line) >= full and not TERMINAL.search(line)
        yield line + (" " if wrapped else "\n")


def _undivided(parts: re.Match[str], known: set[str]) -> str:
    """Return a word that a line end divides, with its hyphen where the text has it so elsewhere."""
    hyphenated = f"{parts[1]}-{parts[2]}"
    return hyphenated if hyphenated in known else parts[1] + parts[2]


def _pictures(pages: Sequence[str]) -> tuple[str, ...]:
    without = [str(number) for number, page in enumerate(pages, start=1) if not page.strip()]
    return (f"no text on page {', '.join(without)}",) if without else ()
