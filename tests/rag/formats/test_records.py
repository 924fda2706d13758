"""Records: every good line becomes an article, every bad one is named by its line, the others stay."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.formats.records import LARGEST_RECORD, Fault, Record, read_csv, read_json_lines
from rag.formats.refused import Refused

TEXT = "Le Maroc signe un accord."
GOOD = json.dumps({"text": TEXT}).encode()
letters = st.text(st.characters(exclude_categories=["Cs"]))


def split(found: Iterator[Record | Fault]) -> tuple[list[Record], list[Fault]]:
    every = list(found)
    return [one for one in every if isinstance(one, Record)], [one for one in every if isinstance(one, Fault)]


@given(st.lists(letters))
def test_any_text_comes_back_from_json_lines(texts: list[str]) -> None:
    content = "\n".join(json.dumps({"text": text}) for text in texts).encode()
    records, faults = split(read_json_lines(content))
    assert ([record.text for record in records], faults) == (texts, [])


@given(st.lists(letters.map(lambda text: text.replace("\0", "").replace("\r", "\n")), min_size=1))
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([["text", "id"], *([text, f"n{i}"] for i, text in enumerate(texts))])
    records, faults = split(read_csv(file.getvalue()))
    assert ([(one.text, one.name) for one in records], faults) == (
        [(text, f"n{i}") for i, text in enumerate(texts)],
        [],
    )


BAD_JSON = [
    (b"{", "bad-record"),
    (b'{"text": "a", "title": "b", "text": "c"}', "bad-record"),
    (b'{"text": "cut', "bad-record"),
    (b'{"text": "a", "score": NaN}', "bad-record"),
    (b'{"text": "a", "score": -Infinity}', "bad-record"),
    (b"[" * 100_000 + b"]" * 100_000, "bad-record"),
    (b'{"text": "a", "deep": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "bad-record"),
    (b'["text"]', "bad-record"),
    (b'"text"', "bad-record"),
    (b"{}", "bad-record"),
    (b'{"text": null}', "bad-record"),
    (b'{"text": 5}', "bad-record"),
    (b'{"text": ["a"]}', "bad-record"),
    (b'{"text": "a", "id": 1.5}', "bad-record"),
    (b'{"text": "S\xe9nat"}', "encoding-error"),
    (b'{"text": "\\ud800"}', "encoding-error"),
    (b'{"text": "a", "title": "\\udc00"}', "encoding-error"),
    (b'{"text": "' + b"a" * LARGEST_RECORD + b'"}', "too-large"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_JSON, ids=[str(line[:30]) for line, _ in BAD_JSON])
def test_a_bad_line_is_named_and_the_others_are_kept(line: bytes, reason: str) -> None:
    records, faults = split(read_json_lines(b"\n".join((GOOD, b"", line, GOOD))))
    assert [record.line for record in records] == [1, 4]
    assert [(fault.line, fault.reason, bool(fault.detail)) for fault in faults] == [(3, reason, True)]


def test_the_last_line_cut_short_by_a_crash_costs_only_itself() -> None:
    records, faults = split(read_json_lines(GOOD + b"\n" + GOOD[:-3]))
    assert ([record.line for record in records], [fault.line for fault in faults]) == ([1], [2])


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    records, faults = split(read_json_lines(b"\xef\xbb\xbf" + GOOD + b"\r\n" + GOOD + b"\r\n"))
    assert ([record.text for record in records], faults) == ([TEXT, TEXT], [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_told_from_the_header(separator: str) -> None:
    rows = [["title", "text"], ["Un titre", '"Oui, non ; peut-être\t",\n dit-il']]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    (record,), _ = split(read_csv(file.getvalue()))
    assert (record.text, record.fields["title"]) == (rows[1][1], "Un titre")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_that_states_the_separator_is_read_as_excel_reads_it(separator: str, end: str) -> None:
    rows = (f"id{separator}text", f"a{separator}bon", f'b{separator}"un "mot" cru"', f'c{separator}"l,;|^"')
    records, faults = split(read_csv(end.join((f"sep={separator}", *rows, ""))))
    assert [(one.line, one.name, one.text) for one in records] == [(3, "a", "bon"), (5, "c", "l,;|^")]
    assert [fault.line for fault in faults] == [4]


@pytest.mark.parametrize(
    "content", ["sep=;\nid,text\na,bon\n", "sep=;", "sep=;;\nid;text\n", 'sep="\ntext\na']
)
def test_a_stated_separator_that_parts_no_header_is_refused(content: str) -> None:
    with pytest.raises(Refused) as caught:
        list(read_csv(content))
    assert caught.value.reason == "no-header"


def test_a_row_is_named_by_the_line_it_begins_on() -> None:
    content = 'id,text\na,"deux\nlignes"\nb\nc,bon\nd,"un "mot" cru"\ne,bon\n'
    records, faults = split(read_csv(content))
    assert [(record.line, record.name) for record in records] == [(2, "a"), (5, "c"), (7, "e")]
    assert [fault.line for fault in faults] == [4, 6]


def test_below_a_row_that_swallowed_others_nothing_is_guessed() -> None:
    records, faults = split(read_csv('id,text\na,bon\nb,"sans fin\nc,bon\nd,"bon, mais"\ne,bon\n'))
    assert [record.name for record in records] == ["a"]
    ((line, detail),) = [(fault.line, fault.detail) for fault in faults]
    assert line == 3
    assert detail.endswith("nothing from here on is read")


BARE = ['la "cité" et\nencore, x\nsuite, y', 'la "cité\net" encore, x', '"oui"\nx, y']


@pytest.mark.parametrize("text", BARE)
def test_no_line_of_a_text_with_bare_quotes_becomes_an_article(text: str) -> None:
    records, (fault,) = split(read_csv(f'id,text\na,bon\nb,"{text}"\nc,bon\n'))
    assert ([record.name for record in records], fault.line) == (["a"], 3)
    assert fault.detail.endswith("nothing from here on is read")


lines = st.lists(st.text("ab ,"), min_size=1).map("\n".join)


@given(st.lists(lines, min_size=1), st.data())
def test_bare_quotes_around_a_word_make_no_article(texts: list[str], data: st.DataObject) -> None:
    rows = [f'"n{i}","{text}"' for i, text in enumerate(texts)]
    damaged = data.draw(st.integers(0, len(rows) - 1))
    at = data.draw(st.integers(rows[damaged].index(",") + 2, len(rows[damaged]) - 1))
    rows[damaged] = f'{rows[damaged][:at]}"mot"{rows[damaged][at:]}'
    records, faults = split(read_csv("\n".join(["id,text", *rows])))
    assert {(one.name, one.text) for one in records} <= {(f"n{i}", text) for i, text in enumerate(texts)}
    assert len(records) >= damaged
    assert len(faults) == 1


def test_a_field_too_large_costs_only_its_row() -> None:
    long = "une ligne,\n" * (LARGEST_RECORD // 10)
    records, (fault,) = split(read_csv(f'id,text\na,bon\nb,"{long}"\nc,bon\n'))
    assert ([record.name for record in records], fault.line, fault.reason) == (["a", "c"], 3, "too-large")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_parts_rows(end: str) -> None:
    (one, other), faults = split(read_csv(f"id,text{end}a,bon{end}{end}b,bien{end}"))
    assert ((one.line, one.text), (other.line, other.text), faults) == ((2, "bon"), (4, "bien"), [])


def test_a_header_may_begin_with_an_empty_name() -> None:
    (record,), faults = split(read_csv(" \n\ttext\n0\tbon\n"))
    assert (record.text, faults) == ("bon", [])


def test_a_header_may_be_written_large_unless_another_name_is_written_small() -> None:
    (record,), faults = split(read_csv("Text;TITLE;Date\nbon;Un titre;hier\n"))
    assert (record.text, record.fields, faults) == (
        "bon",
        {"text": "bon", "title": "Un titre", "Date": "hier"},
        [],
    )
    (record,), _ = split(read_csv("ID,id,text\n7,a,bon\n"))
    assert (record.name, record.fields["ID"]) == ("a", "7")


def test_blank_lines_above_the_header_are_passed_over() -> None:
    (record,), faults = split(read_csv("\n\r\n \t\nid,text\na,bon\n"))
    assert (record.line, record.name, faults) == (5, "a", [])


def test_a_quote_never_closed_is_a_fault_at_its_line() -> None:
    records, faults = split(read_csv('id,text\na,bon\nb,"sans fin\nc,bon\n'))
    assert ([record.name for record in records], [fault.line for fault in faults]) == (["a"], [3])


NO_HEADER = [
    "",
    "\n",
    "titre,texte\na,b\n",
    '"text\n',
    "Un article sans en-tête.",
    "text,text\na,b\n",
    "Text,TEXT\na,b\n",
]


@pytest.mark.parametrize("content", NO_HEADER)
def test_csv_without_a_header_that_names_the_text_once_is_refused(content: str) -> None:
    with pytest.raises(Refused) as caught:
        list(read_csv(content))
    assert caught.value.reason == "no-header"


def test_a_formula_is_text_like_any_other() -> None:
    (record,), _ = split(read_csv('text,title\n"=HYPERLINK(""http://evil"")",@SUM(1)\n'))
    assert (record.text, record.fields["title"]) == ('=HYPERLINK("http://evil")', "@SUM(1)")
