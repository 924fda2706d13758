"""Dates in questions: each expression means the days written beside it, and names of things are no dates."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.date_readings import MONTHS
from rag.dates import find_dates
from tests.awkward import texts

TODAY = date(2021, 3, 17)  # a Wednesday

# Each with the first and the last day, or a year, a month or a day alone.
MEANT = {
    "en 2019": "2019", "in 2019": "2019", "during 2020": "2020", "pendant 2020": "2020",
    "l'année 2018": "2018",
    "the year 2018": "2018", "courant 2020": "2020", "throughout 2017": "2017", "durant 2017": "2017",
    "d'ici 2030": "2030", "by 2030": "2030", "En 2019,": "2019", "in 2019?": "2019", "en 1999": "1999",
    "en janvier 2021": "2021-01", "in January 2021": "2021-01", "january 2021": "2021-01",
    "juin 2020": "2020-06",
    "in Sept. 2020": "2020-09", "août 2019": "2019-08", "aout 2019": "2019-08", "décembre 2020": "2020-12",
    "février 2020": "2020-02", "February 2020": "2020-02", "mars 2020": "2020-03", "may 2020": "2020-05",
    "le 25 janvier 2021": "2021-01-25", "25 January 2021": "2021-01-25", "January 25, 2021": "2021-01-25",
    "January 25 2021": "2021-01-25", "1er mars 2020": "2020-03-01", "March 1st, 2020": "2020-03-01",
    "2nd May 2020": "2020-05-02", "May 3rd 2020": "2020-05-03", "4th of": None, "2019-09-25": "2019-09-25",
    "25/09/2019": "2019-09-25", "le 5.6.2019": "2019-06-05", "le 31 décembre 2019": "2019-12-31",
    "depuis 2019": "2019-01-01 2099-12-31", "since 2019": "2019-01-01 2099-12-31",
    "avant 2019": "1900-01-01 2018-12-31", "before 2019": "1900-01-01 2018-12-31",
    "après 2019": "2020-01-01 2099-12-31", "after 2019": "2020-01-01 2099-12-31",
    "depuis janvier 2020": "2020-01-01 2099-12-31", "since 5 March 2020": "2020-03-05 2099-12-31",
    "avant le 1er mars 2020": "1900-01-01 2020-02-29", "before March 2020": "1900-01-01 2020-02-29",
    "après décembre 2019": "2020-01-01 2099-12-31", "after 31 December 2019": "2020-01-01 2099-12-31",
    "entre 2018 et 2020": "2018-01-01 2020-12-31", "between 2018 and 2020": "2018-01-01 2020-12-31",
    "de 2018 à 2020": "2018-01-01 2020-12-31", "from 2018 to 2020": "2018-01-01 2020-12-31",
    "dans les années 1990": "1990-01-01 1999-12-31", "in the 1990s": "1990-01-01 1999-12-31",
    "last year": "2020", "l'année dernière": "2020", "l'an dernier": "2020", "l’an passé": "2020",
    "this year": "2021", "cette année": "2021", "last month": "2021-02", "le mois dernier": "2021-02",
    "this month": "2021-03", "ce mois-ci": "2021-03", "last week": "2021-03-08 2021-03-14",
    "la semaine dernière": "2021-03-08 2021-03-14", "cette semaine": "2021-03-15 2021-03-21",
    "this week": "2021-03-15 2021-03-21", "yesterday": "2021-03-16", "hier": "2021-03-16",
    "today": "2021-03-17",
    "aujourd'hui": "2021-03-17", "two years ago": "2019", "il y a deux ans": "2019", "il y a un an": "2020",
    "a year ago": "2020", "3 months ago": "2020-12", "il y a trois mois": "2020-12",
    "five days ago": "2021-03-12",
    "il y a 5 jours": "2021-03-12", "a week ago": "2021-03-08 2021-03-14",
    "il y a une semaine": "2021-03-08 2021-03-14",
    "the last five years": "2016-01-01 2021-03-17", "ces cinq dernières années": "2016-01-01 2021-03-17",
    "en janvier": "2021-01", "in January": "2021-01", "en septembre dernier": "2020-09",
    "last September": "2020-09",
    "in March": "2021-03", "en avril": "2020-04",
    "between March and May 2020": "2020-03-01 2020-05-31",
    "entre janvier et mars 2020": "2020-01-01 2020-03-31",
    "de janvier à mars 2021": "2021-01-01 2021-03-31", "d'avril à juin 2020": "2020-04-01 2020-06-30",
    "from November to February 2021": "2020-11-01 2021-02-28",
    "du 5 au 12 mars 2021": "2021-03-05 2021-03-12",
    "from 5 to 12 March 2021": "2021-03-05 2021-03-12", "du 3 mars au 5 mai 2020": "2020-03-03 2020-05-05",
    "entre janvier 2020 et mars 2021": "2020-01-01 2021-03-31", "5–12 March 2021": "2021-03-05 2021-03-12",
    "from January 5, 2020 to March 3, 2021": "2020-01-05 2021-03-03",
    "entre le 28 décembre et le 3 janvier 2021": "2020-12-28 2021-01-03",
    "en 2020 et 2021": "2020-01-01 2021-12-31",
    "since January 5, 2020": "2020-01-05 2099-12-31", "before March 1st, 2020": "1900-01-01 2020-02-29",
    "after 5/6/2020": "2020-06-06 2099-12-31", "à partir de 2020": "2020-01-01 2099-12-31",
    "à compter du 5 mars 2020": "2020-03-05 2099-12-31", "depuis mars": "2021-03-01 2099-12-31",
    "depuis l'année dernière": "2020-01-01 2099-12-31", "since last month": "2021-02-01 2099-12-31",
    "jusqu'en 2020": "1900-01-01 2020-12-31", "jusqu'au 3 mars 2021": "1900-01-01 2021-03-03",
    "until 2020": "1900-01-01 2020-12-31", "5th of March 2021": "2021-03-05", "2020-09": "2020-09",
    "09/2020": "2020-09", "avant-hier": "2021-03-15", "the day before yesterday": "2021-03-15",
    "in January last year": "2020-01", "en janvier de l'année dernière": "2020-01",
    "le 5 mars dernier": "2021-03-05", "le 20 mars dernier": "2020-03-20", "lundi dernier": "2021-03-15",
    "last Wednesday": "2021-03-10", "ces trois derniers mois": "2020-12-01 2021-03-17",
    "the past two years": "2019-01-01 2021-03-17", "the last 10 days": "2021-03-07 2021-03-17",
    "fin 2020": "2020-09-01 2020-12-31", "début 2020": "2020-01-01 2020-04-30",
    "mid-2020": "2020-05-01 2020-08-31",
    "the end of 2020": "2020-09-01 2020-12-31", "au premier trimestre 2020": "2020-01-01 2020-03-31",
    "the third quarter of 2020": "2020-07-01 2020-09-30", "Q2 2020": "2020-04-01 2020-06-30",
    "fin janvier 2021": "2021-01-21 2021-01-31", "début mars 2020": "2020-03-01 2020-03-10",
    "début de l'année 2020": "2020-01-01 2020-04-30", "the end of the year 2020": "2020-09-01 2020-12-31",
    "fin janvier": "2021-01-21 2021-01-31", "à la mi-juin dernier": "2020-06-11 2020-06-20",
    "the end of May": "2020-05-21 2020-05-31", "early March": "2021-03-01 2021-03-10",
    "la fin de mars": "2021-03-21 2021-03-31", "mid-May": "2020-05-11 2020-05-20",
    "depuis fin février": "2021-02-21 2099-12-31",
    "au premier semestre 2020": "2020-01-01 2020-06-30", "H2 2019": "2019-07-01 2019-12-31",
    "the second half of 2020": "2020-07-01 2020-12-31", "au troisième semestre 2020": None,
    "what of late may change": None, "fin sept": None,
    "mi-juin 2019": "2019-06-11 2019-06-20", "fin du mois de février 2020": "2020-02-21 2020-02-29",
    "fin d'avril 2020": "2020-04-21 2020-04-30", "late January 2021": "2021-01-21 2021-01-31",
    "early March 2020": "2020-03-01 2020-03-10", "mid-June 2019": "2019-06-11 2019-06-20",
    "the middle of June 2019": "2019-06-11 2019-06-20", "the end of January 2021": "2021-01-21 2021-01-31",
    "depuis fin janvier 2021": "2021-01-21 2099-12-31", "since late 2019": "2019-09-01 2099-12-31",
    "depuis la mi-juin 2019": "2019-06-11 2099-12-31", "after early March 2020": "2020-03-11 2099-12-31",
    "avant fin janvier 2021": "1900-01-01 2021-01-31", "until mid-June 2019": "1900-01-01 2019-06-20",
    "jusqu'à la fin 2020": "1900-01-01 2020-12-31",
    "entre début mars et fin juin 2020": "2020-03-01 2020-06-30",
    "from late November to early February 2021": "2020-11-01 2021-02-28",
    "la semaine derniere": "2021-03-08 2021-03-14", "l'annee derniere": "2020",
}  # fmt: skip
NO_DATES = (
    "Que dit la loi de 1905 ?", "What does the law of 1905 say?", "Combien d'A320 ont été livrés ?",
    "Who chairs the G20?",
    "When was Maroc Digital 2030 launched?", "Qui a gagné le COTY 2026 ?", "the 2025 Africa Cup of Nations",
    "Peugeot 2008", "la norme ISO 9001", "article 2019 du code", "in 2000 homes", "en 2000 exemplaires",
    "2019",
    "l'accord de Paris", "the Web Summit", "What may happen?", "Mars est une planète", "la marche",
    "Who said so the other day?", "chapitre 12.2020", "the first 1500 people", "numéro 2021",
    "Airbus A350-1000",
    "entre 18 et 20 ans", "from 5 to 12 people", "de 10 à 20 euros", "de 10 à 2000 euros", "2020-21",
    "6-2020",
    "Que dit Aujourd'hui le Maroc ?", "entre 5 et 12", "le mi-temps", "from Paris to Rome",
    "12-14 rue de Mars",
    "fin 12 mars", "B2B", "Covid-19", "Windows 2000", "Agenda 2063", "route 66",
)  # fmt: skip


def days(meant: str) -> tuple[date, date]:
    parts = meant.split()
    if len(parts) == 2:
        return date.fromisoformat(parts[0]), date.fromisoformat(parts[1])
    numbers = [int(part) for part in meant.split("-")]
    first = date(numbers[0], *[*numbers[1:], 1, 1][:2])
    if len(numbers) == 3:
        return first, first
    after = (
        date(first.year + 1, 1, 1)
        if len(numbers) == 1 or first.month == 12
        else date(first.year, first.month + 1, 1)
    )
    return first, after - timedelta(days=1)


@pytest.mark.parametrize(("written", "meant"), [pair for pair in MEANT.items() if pair[1]])
@pytest.mark.parametrize("around", ["{}", "Qui a signé {} ?", "What happened {} in Morocco?"])
def test_an_expression_means_these_days(written: str, meant: str, around: str) -> None:
    question = around.format(written)
    (found,) = find_dates(question, TODAY)
    assert (found.first, found.last) == days(meant)
    assert found.span.slice(question).strip(" ,?") in written


@pytest.mark.parametrize("question", NO_DATES)
def test_names_of_things_are_no_dates(question: str) -> None:
    assert find_dates(question, TODAY) == []


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("year", [1999, 2020])
def test_every_month_in_every_spelling(month: int, year: int) -> None:
    for name in MONTHS[month - 1].split("|"):
        (found,) = find_dates(f"Que s'est-il passé en {name.title()} {year} ?", TODAY)
        assert (found.first, found.last) == days(f"{year}-{month:02d}")


ODD = {
    "ſeptembre 2019": "septembre 2019", "12 avrıl 2021": "12 avril 2021", "last wee\u212a": "last week",
    "il y a 2 ſemaines": "il y a 2 semaines", "ſix days ago": "six days ago", "İn 2019": "in 2019",
}  # fmt: skip


@pytest.mark.parametrize(("odd", "plain"), ODD.items())
def test_a_letter_that_passes_for_another_is_read_as_that(odd: str, plain: str) -> None:
    assert find_dates(odd, TODAY) == find_dates(plain, TODAY) != []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_written_apart_or_left_out(form: str) -> None:
    question = unicodedata.normalize(form, "Où était-il en février 2020, à l'été ?")
    (found,) = find_dates(question, TODAY)
    assert (found.first, found.last) == days("2020-02")
    assert found.span.slice(question) == unicodedata.normalize(form, "février 2020")


def test_sept_is_a_number_where_nothing_makes_it_a_month() -> None:
    assert find_dates("Combien de contrats en sept ans ?", TODAY) == []
    assert [one.first.month for one in find_dates("en sept. ou in Sept 2020?", TODAY)] == [9, 9]


def test_several_dates_are_found_in_order() -> None:
    found = find_dates("in 2019 or in January 2021, and since 2015?", TODAY)
    assert [one.first.year for one in found] == [2019, 2021, 2015]


def test_days_that_are_none_are_no_date() -> None:
    assert find_dates("What was signed between 2021 and 2019, and after 2099?", TODAY) == []


@given(texts, st.dates(date(1970, 1, 1), date(2050, 1, 1)))
def test_any_question_can_be_read(question: str, today: date) -> None:
    for found in find_dates(question, today):
        assert 0 <= found.span.start < found.span.end <= len(question)
        assert found.first <= found.last
