"""A model named with prefixes of its own."""

from dataclasses import astuple

import pytest

from embeddings import Encoder
from rag.errors import BadConfiguration
from rag.evaluation.named import check_prefixes, read_name

NAMES = {
    "bundled": ("bundled", None, None),
    "intfloat/multilingual-e5-small|query: |passage: ": (
        "intfloat/multilingual-e5-small",
        "query: ",
        "passage: ",
    ),
    "/models/a b||passage: ": ("/models/a b", "", "passage: "),
    "plain||": ("plain", "", ""),
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_read_with_its_prefixes(text: str) -> None:
    assert astuple(read_name(text)) == NAMES[text]


@pytest.mark.parametrize("text", ["model|query: ", "model|a|b|c"])
def test_any_other_number_of_prefixes_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(BadConfiguration, match="prefixes") as caught:
        read_name(text)
    assert "MODEL|QUESTION PREFIX|PASSAGE PREFIX" in caught.value.remedy


def test_prefixes_that_a_model_does_not_take_are_refused(encoder: Encoder) -> None:
    check_prefixes("bundled", encoder)
    check_prefixes("bundled||", encoder)
    with pytest.raises(BadConfiguration, match="prefixes of its own"):
        check_prefixes("bundled|query: |passage: ", encoder)
