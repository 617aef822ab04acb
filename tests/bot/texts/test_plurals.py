"""Which form goes with a number, in languages that are not here yet."""

import pytest

from bot.texts.plurals import Plurals

ENGLISH = {"one": "i = 1 and v = 0"}
POLISH = {
    "one": "i = 1 and v = 0",
    "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
    "many": "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14",
}
RUSSIAN = {
    "one": "v = 0 and i % 10 = 1 and i % 100 != 11",
    "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
    "many": "v = 0 and i % 10 = 0 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 11..14",
}
ARABIC = {"zero": "n = 0", "one": "n = 1", "two": "n = 2", "few": "n % 100 = 3..10", "many": "n % 100 = 11..99"}
LATVIAN = {"zero": "n % 10 = 0 or n % 100 = 11..19", "one": "n % 10 = 1 and n % 100 != 11"}


@pytest.mark.parametrize(
    ("rules", "forms"),
    [
        (ENGLISH, {"one": [1], "other": [0, 2, 21, 1.5]}),
        (POLISH, {"one": [1], "few": [2, 4, 22, 104], "many": [0, 5, 12, 21, 112], "other": [1.5]}),
        (RUSSIAN, {"one": [1, 21, 101], "few": [2, 34], "many": [0, 5, 11, 14, 111], "other": [0.5]}),
        (ARABIC, {"zero": [0], "one": [1], "two": [2], "few": [3, 110], "many": [11, 99, 111], "other": [100, 102]}),
        (LATVIAN, {"zero": [0, 10, 11, 30], "one": [1, 21], "other": [2, 9]}),
        ({}, {"other": [0, 1, 2]}),
    ],
    ids=["English", "Polish", "Russian", "Arabic", "Latvian", "none"],
)
def test_numbers_take_the_form_that_their_language_has_for_them(rules, forms):
    plurals = Plurals(rules)
    assert {form: [n for n in numbers if plurals.category(n) == form] for form, numbers in forms.items()} == forms
    assert set(plurals.categories) == {*rules, "other"}


def test_what_is_no_number_takes_the_form_for_all_others():
    assert Plurals(ENGLISH).category("?") == "other"
    assert Plurals(ENGLISH).category(None) == "other"


@pytest.mark.parametrize(
    "rules",
    [{"one": "n is 1"}, {"one": ""}, {"one": "n = 1 and"}, {"one": "x = 1"}, {"several": "n = 3"}, {"one": "n = a"}],
)
def test_what_is_no_rule_is_refused(rules):
    with pytest.raises(ValueError, match=r"plural|invalid literal"):
        Plurals(rules)
