"""Instruments by the names that people give them."""

import pytest

from bot.texts import has_text
from generator.errors import BadRequest
from generator.transposing.instruments import all_instruments, find_instrument, instrument_of, instruments_by_words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("B-flat clarinet", "clarinet"),
        ("Clarinet in B♭", "clarinet"),
        ("a clarinet", "clarinet"),
        ("A clarinet", "clarinet_a"),
        ("clarinet in A", "clarinet_a"),
        ("E♭ clarinet", "clarinet_eb"),
        ("bass clarinet", "bass_clarinet"),
        ("alto sax", "alto_sax"),
        ("Tenor Saxophone", "tenor_sax"),
        ("horn in F", "horn"),
        ("French horn", "horn"),
        ("trumpet in B-flat", "trumpet"),
        ("cor anglais", "english_horn"),
        ("piccolo", "piccolo"),
        ("Klarinette in B", "clarinet"),
        ("中音萨克斯", "alto_sax"),
        ("double bass", "double_bass"),
        ("viola", "viola"),
        ("viola clef", "alto_clef"),
        ("tenor clef", "tenor_clef"),
    ],
)
def test_people_call_instruments_by_many_names(words, wanted):
    assert find_instrument(words).id == wanted


@pytest.mark.parametrize(
    ("instrument", "above"),
    [
        ("clarinet", 2),
        ("alto_sax", 9),
        ("baritone_sax", 21),
        ("horn", 7),
        ("piccolo", -12),
        ("guitar", 12),
        ("oboe", 0),
    ],
)
def test_parts_are_written_as_far_above_what_sounds_as_players_know_them(instrument, above):
    assert instrument_of(instrument).above.semitones == above


def test_a_strange_name_is_refused_with_names_that_are_spelled_alike():
    with pytest.raises(BadRequest) as refused:
        find_instrument("clarinett")
    assert "Clarinet in B♭" in refused.value.meant
    with pytest.raises(BadRequest) as refused:
        find_instrument("kazoo")
    assert len(refused.value.meant) == 3


def test_every_instrument_has_a_range_words_of_its_own_and_a_name_in_the_texts():
    instruments = all_instruments()
    assert len({each.id for each in instruments}) == len(instruments) > 20
    named = sum(len(each) > 0 for each in instruments_by_words())
    assert named >= 2 * len(instruments), "two instruments share a name, so one cannot be asked for"
    for each in instruments:
        assert each.low < each.high
        assert has_text(f"instrument.{each.id}")
        assert find_instrument(each.name) is each
