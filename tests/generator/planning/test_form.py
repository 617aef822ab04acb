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
        ("Rondo", "rondo"),
        ("Thema mit Variationen", "variations"),
        ("变奏曲", "variations"),
        ("strophic", "strophes"),
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


@pytest.mark.parametrize(
    ("name", "bars", "sections"),
    [
        ("rondo", 32, "ABACA"),
        ("rondo", 80, "ABACABA"),
        ("variations", 32, "AA'A'A'"),
        ("variations", 8, "AA'"),
        ("strophes", 16, "AA"),
        ("strophes", 40, "AAA"),
    ],
)
def test_a_named_form_gets_as_many_sections_as_its_length_allows(name, bars, sections):
    form = parse_form(name).for_bars(bars)
    assert "".join(map(str, form.sections)) == sections
    assert str(form) == name


def test_a_rondo_needs_bars_for_its_five_sections():
    parse_form("rondo").check_bars(10)
    with pytest.raises(BadRequest) as refused:
        parse_form("rondo").check_bars(9)
    assert (refused.value.values["value"], refused.value.values["least"]) == ("rondo", 10)
