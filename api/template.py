"""The one template of the page, and what it calls while it is filled."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.article import Mark, Piece, cut
from api.envelope import request_id_of
from api.interface import LANGUAGES, STATIC, counted, explained, language_of, messages, noticed, strength
from api.period import told_periods
from api.problems import Problem
from rag.spans import Span

ADVICE = {
    400: "problem_question",
    404: "problem_not_found",
    422: "problem_question",
    429: "problem_busy",
    503: "problem_busy",
}
RETRIED = (429, 500, 503)  # statuses after which the same question may fare better
# Controls of terminals, and those that turn writing; app.js and rag/terminal.py know the same ones.
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FORMATS = {"markdown": "Markdown", "ris": "RIS", "bibtex": "BibTeX", "csl-json": "CSL-JSON"}  # of exports
VERSION_LENGTH = 12  # hexadecimal digits of a file's digest in its address


def render(request: Request, view: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return the page in the reader's language; `view` is "chat", "list", "reader" or "problem"."""
    language = language_of(request)
    say = messages(language)
    spoken = {
        "language": language,
        "say": say,
        "counted": lambda name, n: counted(say[name], n, language),
        "strength": lambda confidence: strength(confidence or 0, say),
        "noticed": lambda notice: noticed(notice, say, language),
        "periods": lambda message, dates: told_periods(dates, message, say),
        "reasons": lambda reasons: ", ".join(say["set_aside_reasons"].get(r, r) for r in reasons),
        "switch": partial(_switch, request),
    }
    html = TEMPLATES.get_template("index.html").render(view=view, **spoken, **values)
    return HTMLResponse(html, status, {"Vary": "Accept-Language, Cookie"})


def refuse(request: Request, problem: Problem) -> HTMLResponse:
    """Return a page that says what went wrong."""
    return render(request, "problem", problem.kind.status, problem=told(request, problem))


def told(request: Request, problem: Problem) -> dict[str, Any]:
    """Put a problem into the reader's words, where there are none into the server's; it is counted as one."""
    request.scope["ibid.problem"] = problem.slug
    say = messages(language_of(request))
    words = explained(problem.slug, [fault.pointer for fault in problem.faults], say)
    return {
        "title": say["problem"],
        "advice": say[ADVICE.get(problem.kind.status, "problem_server")],
        "detail": f"{problem.kind.title}. {problem.detail}" if words is None else words,
        "foreign": words is None,
        "request_id": request_id_of(request),
        "retry": problem.kind.status in RETRIED,
    }


def exact(text: str) -> Markup:
    """Escape a text so that a browser reads it back as it is (HTML turns CR into LF and drops NUL).

    Each control character stands alone in an isolated element, which the style sheet shows by its code:
    it is seen, and has no effect on the words around it.
    """
    escaped = str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd")
    return Markup(CONTROL.sub(_control, escaped))


def _control(found: re.Match[str]) -> str:
    return f'<bdi class="control" data-code="U+{ord(found[0]):04X}">{found[0]}</bdi>'


def is_web_address(url: object) -> bool:
    """Say whether an address may become a link: nothing but http and https."""
    return isinstance(url, str) and url.lower().startswith(("http://", "https://"))


def _switch(request: Request, language: str) -> str:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/language/{language}?{urlencode({'back': here})}"


@cache
def _asset(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:VERSION_LENGTH]}"


def _pieces(hit: Mapping[str, Any]) -> list[Piece]:
    text = hit.get("text", "")
    marks = [Mark(Span(h["start"], h["end"]), "answer") for h in hit.get("highlights", ())]
    return list(cut(text, Span(0, len(text)), marks))


def _answers(hit: Mapping[str, Any]) -> str:
    """Write the answering sentences of a passage as `Address` reads them: "12-140 160-171"."""
    return " ".join(f"{h['start']}-{h['end']}" for h in hit.get("highlights", ()))


def _reader_address(hit: Mapping[str, Any]) -> str:
    """Return where to read a passage in its article. Being a permalink, it never shows other words."""
    if not hit:
        return "/"
    return f"{hit['citation']['permalink']}?{urlencode({'answers': _answers(hit)})}#cited"


TEMPLATES = Environment(
    loader=FileSystemLoader(STATIC),
    autoescape=True,
    undefined=ChainableUndefined,  # the blank parts that app.js stamps hold no values
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {
    "answers": _answers,
    "exact": exact,
    "pieces": _pieces,
    "reader_address": _reader_address,
    "is_web_address": is_web_address,
}
TEMPLATES.globals |= {
    "asset": _asset,
    "formats": FORMATS,
    "languages": LANGUAGES,
    "names": {language: messages(language)["name"] for language in LANGUAGES},
}
