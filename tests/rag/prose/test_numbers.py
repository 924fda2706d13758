"""Numbers are the same in both languages, in figures and in words; expected values are worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.prose.numbers import Number, numbers_of

WRITTEN = [
    ("plus de 100,7 MMDH", "more than 100.7 billion dirhams", "100700000000", "MAD"),
    ("75 % des barrages", "75 per cent of the dams", "75", "%"),
    ("soit 75\u202f%", "that is 75%", "75", "%"),
    ("soit 75 pour cent", "that is 75 percent", "75", "%"),
    ("500 millions de consommateurs", "500,000,000 consumers", "500000000", ""),
    ("1\u202f500 euros", "€1,500", "1500", "EUR"),
    ("1.500 euros", "1,500 euros", "1500", "EUR"),
    ("mille cinq cents entreprises", "fifteen hundred companies", "1500", ""),
    ("une cinquantaine d’entreprises", "about fifty companies", "50", ""),
    ("quatre-vingt-dix-sept pays", "ninety-seven countries", "97", ""),
    ("deux cent trois mille habitants", "two hundred and three thousand people", "203000", ""),
    ("les deux pays", "the two countries", "2", ""),
    ("une douzaine d’œufs", "a dozen eggs", "12", ""),
    ("le 5e Forum", "the 5th Forum", "5", "th"),
    ("la 15ème session", "the fifteenth session", "15", "th"),
    ("la deuxième visite", "the second visit", "2", "th"),
    ("la première visite", "the first visit", "1", "th"),
    ("3 milliards de dollars", "$3bn", "3000000000", "USD"),
]


@pytest.mark.parametrize(("french", "english", "value", "unit"), WRITTEN)
def test_both_languages_say_the_same_number(french: str, english: str, value: str, unit: str) -> None:
    expected = [Number(Decimal(value), unit)]
    assert list(numbers_of(french, "fr")) == expected
    assert list(numbers_of(english, "en")) == expected


@pytest.mark.parametrize(
    "text",
    ["Un accord a été signé.", "One might say so.", "le Premier ministre", "une seconde"],
)
def test_articles_offices_and_units_of_time_are_no_numbers(text: str) -> None:
    assert list(numbers_of(text, "fr")) == []


def test_equal_numbers_are_equal_keys_however_many_figures_they_have() -> None:
    assert set(numbers_of("5 millions, 5 000 000 et 5.000.000,00", "fr")) == {Number(Decimal(5_000_000))}
    assert set(numbers_of("7" * 5000, "fr")) == {Number(Decimal("7" * 5000))}
    assert set(numbers_of("7" * 40 + " millions", "fr")) == {Number(Decimal("7" * 40 + "000000"))}


ODD = {"2 mıllions": "2 millions", "deux mİlle": "deux mille", "ſix": "six", "cinquıème": "cinquième"}


@pytest.mark.parametrize(("odd", "plain"), ODD.items())
def test_a_letter_that_passes_for_another_is_read_as_that(odd: str, plain: str) -> None:
    assert list(numbers_of(odd, "fr")) == list(numbers_of(plain, "fr")) != []


@given(
    st.integers(min_value=0, max_value=10**9), st.sampled_from([("fr", "\u202f"), ("fr", " "), ("en", ",")])
)
def test_grouped_digits_are_read_as_python_writes_them(value: int, custom: tuple[str, str]) -> None:
    language, mark = custom
    assert list(numbers_of(f"soit {value:,} lots".replace(",", mark), language)) == [Number(Decimal(value))]
