"""Bitext accuracy, worked out by hand and against brute force; reading parallel text."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Encoder, Lexicon, Vectors
from rag.errors import BadData, NoInput
from rag.evaluation import bitext
from rag.evaluation.bitext import Accuracy, Parallel, bitext_accuracy, load_parallel

PAIRS = [("The cat sleeps.", "Le chat dort."), ("It rains.", "Il pleut.")]


@dataclass(frozen=True)
class AngleEncoder:
    """Encode a text that is a number of degrees as that point of the unit circle."""

    name: str = "angle"
    fingerprint: str = "a" * 64
    dimension: int = 2
    languages: tuple[str, ...] = ()
    prefixes: tuple[str, str] = ("", "")
    lexicon: Lexicon | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        angles = np.radians([float(text) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self.encode_queries(texts)


def test_each_way_is_counted_on_its_own() -> None:
    # 0 finds 10, 90 finds 100 and not 50, 60 finds 50 and not 100; the same back.
    crossed = Parallel(("0", "90", "60"), ("10", "50", "100"))
    assert bitext_accuracy(AngleEncoder(), crossed) == Accuracy(1 / 3, 1 / 3)
    # 0 finds 45 and 80 finds 90; back, 45 finds 80 (35 degrees) and not 0 (45), 90 finds 80.
    lopsided = Parallel(("0", "80"), ("45", "90"))
    assert bitext_accuracy(AngleEncoder(), lopsided) == Accuracy(1, 1 / 2)


def test_a_sentence_that_stands_twice_is_right_at_both_places() -> None:
    twice = Parallel(("10", "10", "80"), ("12", "12", "85"))
    assert bitext_accuracy(AngleEncoder(), twice) == Accuracy(1, 1)


def test_an_encoder_that_sees_no_difference_finds_one_of_all() -> None:
    @dataclass(frozen=True)
    class BlindEncoder(AngleEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            return AngleEncoder().encode_queries(["0"] * len(texts))

    alike = Parallel(("1", "2", "3", "4"), ("5", "6", "7", "8"))
    assert bitext_accuracy(BlindEncoder(), alike) == Accuracy(1 / 4, 1 / 4)


degrees = st.integers(0, 359).map(str)


@given(st.lists(st.tuples(degrees, degrees), min_size=1, max_size=12), st.integers(1, 5))
def test_pieces_of_any_size_give_what_brute_force_gives(pairs: list[tuple[str, str]], rows: int) -> None:
    def share(asked: Sequence[str], others: Sequence[str]) -> tuple[float, float]:
        """Return the least and the most that is right, equal distances broken against or for."""

        def apart(one: str, other: str) -> int:
            around = abs(int(one) - int(other))
            return min(around, 360 - around)

        nearest = [{o for o in others if apart(a, o) == min(apart(a, x) for x in others)} for a in asked]
        sure = sum(found == {right} for found, right in zip(nearest, others, strict=True))
        possible = sum(right in found for found, right in zip(nearest, others, strict=True))
        return sure / len(asked), possible / len(asked)

    english, french = zip(*pairs, strict=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bitext, "ROWS", rows)
        found = bitext_accuracy(AngleEncoder(), Parallel(english, french))
    least, most = share(english, french)
    assert least <= found.english_to_french <= most
    least, most = share(french, english)
    assert least <= found.french_to_english <= most


def test_the_bundled_model_finds_plain_translations(encoder: Encoder) -> None:
    pairs = Parallel(
        (
            "Where is the station?",
            "The minister resigned on Friday.",
            "The harvest was poor.",
            "Six people died.",
        ),
        (
            "Où est la gare ?",
            "Le ministre a démissionné vendredi.",
            "La récolte a été mauvaise.",
            "Six morts.",
        ),
    )
    assert bitext_accuracy(encoder, pairs) == Accuracy(1, 1)


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_pairs_are_read_plain_and_compressed(tmp_path: Path, compress: bool, end: str) -> None:
    content = end.join([*(f"{english}\t{french}" for english, french in PAIRS), "", ""]).encode()
    file = tmp_path / "pairs.tsv"  # told by its content, whatever its name
    file.write_bytes(gzip.compress(content) if compress else content)
    assert load_parallel(file) == Parallel(*map(tuple, zip(*PAIRS, strict=True)))


def test_line_separators_inside_a_sentence_do_not_cut_it(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("a\u2028b\u0085c\td\n", encoding="utf-8", newline="")
    assert load_parallel(file) == Parallel(("a\u2028b\u0085c",), ("d",))


@pytest.mark.parametrize("row", ["no tab", "a\tb\tc", "a\t", "\tb", " \tb"])
def test_lines_that_are_no_pair_are_refused_with_their_numbers(tmp_path: Path, row: str) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text(f"a\tb\n{row}\n\nc\td\n{row}", encoding="utf-8")
    with pytest.raises(BadData, match=rf"{file}: 2 lines .*: 2, 5$") as caught:
        load_parallel(file)
    assert "a tab" in caught.value.remedy


def test_of_many_bad_lines_the_first_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text("a sentence\n" * 50, encoding="utf-8")
    with pytest.raises(BadData, match=r"50 lines .*: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …$"):
        load_parallel(file)


def test_files_that_are_missing_or_empty_are_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match=r"nowhere\.tsv"):
        load_parallel(tmp_path / "nowhere.tsv")
    with pytest.raises(NoInput, match=str(tmp_path)):
        load_parallel(tmp_path)
    (tmp_path / "empty.tsv").write_text("\n \n")
    with pytest.raises(NoInput, match="no pair"):
        load_parallel(tmp_path / "empty.tsv")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"one\tun\n" * 1000)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for content in (whole[:-9], whole[:12], bytes(flipped)):
        file = tmp_path / "pairs.tsv.gz"
        file.write_bytes(content)
        with pytest.raises(BadData, match=r"not a whole gzip file|not UTF-8"):
            load_parallel(file)
    file.write_bytes(b"caf\xe9\tcoffee")
    with pytest.raises(BadData, match="byte 3"):
        load_parallel(file)
