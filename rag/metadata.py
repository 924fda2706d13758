"""What an article says about itself: title, outlet and date.

A date is read only where the text says that the article was published then. The day of an event, of an
update or of the reading is never taken for it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile

from rag.documents import Metadata, SetAside
from rag.letters import composed
from rag.lines import TERMINAL, whole_lines
from rag.stated import EARLIEST, LATEST

LANGUAGES = ["fr", "en", "es", "ar"]  # of the names of months
MAX_TITLE = 250  # code points; the longest headlines of the press stay under it
HEADLINE_WORDS = 4  # names of sites and sections that cleaning kept are shorter than most headlines
MIN_TITLE_WORDS = 2  # where there is nothing longer; a single word names a section
TITLE_LINES = 3  # the title stands among the first lines of the body
HEADING = re.compile(r"#{1,6}\s+")  # of Markdown, at the start of a line; "#MeToo" is none
MAX_OUTLET = 80  # code points: more is a sentence, not a name

MONTH_DATE = r"\d{1,2}(?:er|st|nd|rd|th)?\s+(?:de\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+)?\d{4}"
ENGLISH_DATE = r"[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
NUMBER_DATE = r"\d{4}-\d{2}-\d{2}|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{4}"
DATE = re.compile(rf"(?<!\d)(?:{NUMBER_DATE}|{MONTH_DATE}|{ENGLISH_DATE})(?!\d)")
UPDATE = re.compile(
    r"\b(?:mise? à jour|modifi|actualis|updated|modified|last update|actualizado|آخر تحديث)", re.IGNORECASE
)
ENGLISH = re.compile(r"\b(?:published|posted|by|on)\b", re.IGNORECASE)
ORDINAL = re.compile(r"(?<=\d)(?:er|st|nd|rd|th)\b")
OUTLET = (
    re.compile(
        r"^\W*(?:article\s+)?(?:publié|paru|mis en ligne)e?\s+dans\s+(.+?)\s*,?\s+(?:le|du)\s+\d",
        re.IGNORECASE,
    ),
    re.compile(r"^\W*communiqué(?: de presse)?\s+(?:par|de)\s*:\s*(.+)$", re.IGNORECASE),
    re.compile(
        r"^\W*(?:published|posted|first published)\s+in\s+(.+?)\s*(?:,|\||\bon\b)\s*\w*\s*\d", re.IGNORECASE
    ),
    re.compile(r"^\W*press release\s+(?:by|from)\s*:\s*(.+)$", re.IGNORECASE),
    re.compile(r"^\W*publicado\s+en\s+(.+?)\s*,?\s+el\s+\d", re.IGNORECASE),
)
FINAL_STOP = re.compile(r"(?<![A-Z])\.$")  # but not that of "S.A."
DETAILS = ("publication-line", "byline")  # where an article says who wrote it and when
AFTER_ARTICLE = ("teaser", "comments", "comment-form", "footer")  # what stands there speaks of other articles
STATEMENT = re.compile(
    r"\W*(?:publi|paru|mis en ligne|post|published|communiqué (?:de presse )?par)", re.IGNORECASE
)
MAX_STATEMENT = 200  # code points: a longer line is a paragraph


def read_metadata(text: str, set_aside: Sequence[SetAside]) -> Metadata:
    """Return what a text states about itself; its language and address stay empty.

    Args:
        text: the text as stored.
        set_aside: its lines that are not the body, as cleaning found them.

    """
    details = list(_details(text, set_aside))
    outlet = next((name for line in details if (name := _outlet(line))), None)
    return Metadata(title=_title(text, set_aside), outlet=outlet, published_on=_published(details)[0])


def date_notes(text: str, set_aside: Sequence[SetAside]) -> tuple[str, ...]:
    """Return why the dates a text states were not believed; nothing where one was, or where there is none."""
    return _published(list(_details(text, set_aside)))[1]


def _details(text: str, set_aside: Sequence[SetAside]) -> Iterator[str]:
    """Yield the lines in which the article speaks of itself, accents composed: patterns take them so."""
    if not set_aside:  # nothing was told apart: trust only lines that say so themselves
        lines = (composed(span.slice(text)) for span in whole_lines(text))
        yield from (line for line in lines if len(line) <= MAX_STATEMENT and STATEMENT.match(line))
        return
    body = next(_body_lines(text, set_aside), (len(text), ""))[0]
    for aside in set_aside:
        if aside.span.start > body and aside.reason in AFTER_ARTICLE:
            return
        if aside.reason in DETAILS:
            yield composed(aside.span.slice(text))


def _body_lines(text: str, set_aside: Sequence[SetAside]) -> Iterator[tuple[int, str]]:
    """Yield the lines of the body with their places."""
    start = 0
    for end, following in [*(aside.span for aside in set_aside), (len(text), len(text))]:
        for span in whole_lines(text[start:end]):
            if line := span.slice(text[start:end]).strip():
                yield start + span.start, line
        start = following


def _title(text: str, set_aside: Sequence[SetAside]) -> str | None:
    """Return the headline among the first lines, those before the first paragraph."""
    lines = [line for _, (_, line) in zip(range(TITLE_LINES + 1), _body_lines(text, set_aside), strict=False)]
    # The last line of a text is not its title.
    head = list(takewhile(lambda line: len(line) <= MAX_TITLE and not _ends_as_text(line), lines[:-1]))
    for least in (HEADLINE_WORDS, MIN_TITLE_WORDS):
        for line in head:
            if len(headline(line).split()) >= least and any(map(str.isalpha, line)):
                return headline(line)
    return None


def headline(line: str) -> str:
    """Return a line as a title is shown: without the marks of Markdown and a colon at its end."""
    return line[found.end() if (found := HEADING.match(line)) else 0 :].rstrip(" \u00a0:")


def _ends_as_text(line: str) -> bool:
    return TERMINAL.search(line[-20:]) is not None and line.rstrip("'’\"”»)] \u00a0")[-1:] == "."


def _outlet(line: str) -> str | None:
    found = next((match for pattern in OUTLET if (match := pattern.search(line))), None)
    name = FINAL_STOP.sub("", found.group(1).strip(" \u00a0,;")) if found else ""
    return name if 0 < len(name) <= MAX_OUTLET else None


def _published(details: Sequence[str]) -> tuple[date | None, tuple[str, ...]]:
    """Return the first date of publication that can be believed, and why others were not."""
    notes: list[str] = []
    for line in details:
        update = UPDATE.search(line)
        for match in DATE.finditer(line):
            if update and match.start() > update.start():
                notes.append(f"only the date of an update is stated: {match.group()!r}")
                break
            day, doubt = _believable(match.group(), line)
            if day:
                return day, ()
            notes.append(f"{doubt}: {match.group()!r}")
    return None, tuple(notes)


def _believable(words: str, line: str) -> tuple[date | None, str]:
    compact = re.sub(r"\s?([-/.])\s?", r"\1", words) if words[0].isdigit() else words
    numbers = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}", compact)
    if (
        numbers
        and ENGLISH.search(line)
        and numbers[1] != numbers[2]
        and max(map(int, numbers.groups())) <= 12
    ):
        return None, "day and month cannot be told apart"
    day = _parse(ORDINAL.sub("", compact))
    if day is None:
        return None, "no such date"
    return (day, "") if EARLIEST <= day <= LATEST else (None, "date out of range")


def _parse(words: str) -> date | None:
    import dateparser  # slow to load, and a server that only answers never needs it

    order = "YMD" if re.match(r"\d{4}", words) else "DMY"
    settings = {"DATE_ORDER": order, "STRICT_PARSING": True, "PREFER_LOCALE_DATE_ORDER": False}
    found = dateparser.parse(words, languages=LANGUAGES, settings=settings)
    return found.date() if found else None
