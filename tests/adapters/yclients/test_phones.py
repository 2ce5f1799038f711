"""What a number is found by."""

from adapters.yclients.phones import all_digits, digits_that_find
from engine.phones import e164


def test_the_same_last_ten_digits_abroad_are_another_person() -> None:
    assert digits_that_find("+79161234567") == digits_that_find("+19161234567") == "9161234567"
    assert e164("+79161234567") != e164("+19161234567")


def test_the_whole_number_without_its_plus() -> None:
    assert all_digits("+375291234567") == "375291234567"
