"""The form that a person asks for: what is read, what is refused and why."""

import pytest

from generator.errors import BadRequest
from generator.planning.form import parse_form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ABA", "ABA"),
        ("a b a", "ABA"),
        ("A-B-A’", "ABA'"),
        ("|:A:|BA", "|:A:|BA"),
        ("|: A :: B :|", "|:A:||:B:|"),
        ("A", "A"),
    ],
)
def test_a_form_is_read_in_the_ways_people_write_it_and_prints_in_one(text, form):
    assert str(parse_form(text)) == form
    assert parse_form(form) == parse_form(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        ("sonata!", "form"),
        ("AXA", "form_letter"),
        ("|:AB", "form"),
        ("A:|B", "form"),
        ("AB" * 9, "form_sections"),
        ("A" * 500, "form"),
        ("'A", "form"),
    ],
)
def test_what_names_no_form_is_refused_with_a_reason(text, reason):
    with pytest.raises(BadRequest) as refused:
        parse_form(text)
    assert refused.value.reason == reason


def test_every_section_needs_a_bar_to_come_back_and_one_to_close():
    parse_form("ABA").check_bars(6)
    with pytest.raises(BadRequest) as refused:
        parse_form("ABA").check_bars(5)
    assert (refused.value.reason, refused.value.values["least"]) == ("form_bars", 6)
