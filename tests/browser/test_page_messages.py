"""The sentences of the page: the same in both languages, all of them used, all of them there."""

import json
import re
from typing import Any

from api.interface import LANGUAGES, STATIC, choose, counted, messages, noticed, strength
from api.problems import KINDS
from api.requests import AskRequest
from rag.cleaning import OUTSIDE
from rag.cues import OTHER_HEADLINE, REPEATED_LINE, TICKER, load_lexicon
from rag.filters import NAMED
from rag.notice import foreign, undated, unfitted, unknown

INDIRECT = {"valid", "moved", "changed", "withdrawn"}


def _shape(message: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a message without its words: keys, numbers and the places to be filled."""
    if isinstance(message, dict):
        return {key: _shape(value) for key, value in message.items()}
    if isinstance(message, list):
        return [_shape(value) for value in message if not isinstance(value, str)]
    return sorted(re.findall(r"\{\w+\}", message)) if isinstance(message, str) else message


def test_both_languages_say_the_same_things() -> None:
    assert _shape(messages("en")) == _shape(messages("fr"))


def test_every_sentence_is_used_and_none_is_missing() -> None:
    sources = "\n".join((STATIC / name).read_text("utf-8") for name in ("index.html", "app.js"))
    sources += "\n".join((STATIC.parent / name).read_text("utf-8") for name in ("page.py", "template.py"))
    known = set(messages("en"))
    assert set(re.findall(r"\bsay\.(\w+)", sources)) - {"get"} <= known
    assert {name for name in known if not re.search(rf"\b{_stem(name)}\b", sources)} == set()


def _stem(name: str) -> str:
    return "state_" if name.removeprefix("state_") in INDIRECT else name


def test_the_reader_is_spoken_to_in_the_language_asked_for() -> None:
    assert choose(None, "fr-LU,fr;q=0.9,en;q=0.8") == "fr"
    assert choose(None, "de-DE, en;q=0.3, fr;q=0.7") == "fr"
    assert choose("en", "fr") == "en"
    for useless in ("", "de", "fr;q=0", "fr;q=x", ";;;,,,", "*", "fr;q=nan", "\x00"):
        assert choose("xx", useless) == LANGUAGES[0]


def test_numbers_and_confidence_are_put_into_words() -> None:
    corpus = messages("fr")["corpus"]
    assert [counted(corpus, n, "fr") for n in (0, 1, 2)] == ["0 article", "1 article", "2 articles"]
    assert counted(corpus, 12345, "fr") == "12\u202f345 articles"
    assert counted(messages("en")["corpus"], 0, "en") == "0 articles"
    assert [strength(c, messages("en")) for c in (1.0, 0.796, 0.5, 0.49, 0.0)] == [
        "strong evidence (100%)",
        "strong evidence (80%)",
        "fair evidence (50%)",
        "weak evidence (49%)",
        "weak evidence (0%)",
    ]


def test_every_reason_to_set_a_line_aside_has_words_and_there_are_no_others() -> None:
    cues = [*load_lexicon().cues, OTHER_HEADLINE, REPEATED_LINE, TICKER]
    for language in LANGUAGES:
        assert {*messages(language)["set_aside_reasons"]} == {OUTSIDE, *(cue.reason for cue in cues)}


def test_every_warning_has_words_in_both_languages_that_hold_what_it_names() -> None:
    notices = [
        *(unknown(field, ["Hier"], known) for field in NAMED for known in ([], ["Le Matin"])),
        undated(2),
        foreign("questions", "xx", "model", ["yy", "zz"]),
        foreign("articles", "xx", "model", ["yy", "zz"]),
        unfitted("model"),
    ]
    for language in LANGUAGES:
        say = messages(language)
        assert {notice.code for notice in notices} == {*say["notices"]}
        for notice in notices:
            words = noticed({"code": notice.code, "values": notice.values}, say, language)
            named = [
                one
                for name, value in notice.values.items()
                for one in ([value], value)[isinstance(value, list)]
                if not name.startswith("more_")
            ]
            assert all(str(one) in str(words) for one in named)
        some = unknown("outlet", ["Hier"], [*"abcdefgh"])
        assert str(noticed({"code": some.code, "values": some.values}, say, language)).endswith("e, …")
    assert noticed({"code": "of-tomorrow", "values": {}}, messages("fr"), "fr") is None


def test_words_of_problems_belong_to_kinds_and_fields_that_there_are() -> None:
    schema = AskRequest.model_json_schema()
    fields = {f"#/{name}" for name in schema["properties"]}
    fields |= {f"#/filters/{name}" for name in schema["$defs"]["FilterRequest"]["properties"]}
    assert {*messages("en")["problems"]} <= {*KINDS}
    # A question's faults are kinds of their own, and the page offers no filter for one document.
    assert {*messages("en")["faults"]} == fields - {"#/question", "#/filters/document_id"}


def test_messages_are_plain_text() -> None:
    for language in LANGUAGES:
        assert not re.search(r"[<>]", json.dumps(messages(language)))
