"""Whose number it is, however it is spelt."""

import pytest

from engine.phones import e164


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+79161234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        (79161234567, "+79161234567"),
        ("8 916 123-45-67", "+79161234567"),
        ("8(916)1234567", "+79161234567"),
        ("+7 916 123-45-67", "+79161234567"),
        ("9161234567", "+79161234567"),
        (" +7 (900) 000-00-01 ", "+79000000001"),
        (79000000001, "+79000000001"),
        ("8 861 234-56-78", "+78612345678"),
        ("+886 1 234 5678", "+88612345678"),
        ("87011234567", "+77011234567"),
        ("+375 29 123-45-67", "+375291234567"),
        ("375291234567", "+375291234567"),
        ("00375291234567", "+375291234567"),
        ("+1 916 123 4567", "+19161234567"),
        ("19161234567", "+19161234567"),
    ],
)
def test_one_number_in_many_spellings(written: object, number: str) -> None:
    assert e164(written) == number


@pytest.mark.parametrize(
    "written", [None, "", "нет", "+", "123", 0, True, [], {}, 7.5, "8 916 123-45-67, 8 917 123-45-67"]
)
def test_what_is_no_number_is_nobodys(written: object) -> None:
    assert e164(written) is None


def test_a_salon_abroad_reads_bare_numbers_as_its_own() -> None:
    assert e164("0501234567", "UA") == "+380501234567"
    assert e164("+79161234567", "UA") == "+79161234567"
