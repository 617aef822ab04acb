"""Tempos in the beat that players count, and words that fit their numbers."""

import pytest

from generator.notation.limits import read_metre_field
from generator.notation.tempos import contradicts, in_beats


@pytest.mark.parametrize(
    ("tempo", "metre", "expected"),
    [
        ("1/4=228", "3/4", "3/4=76"),
        ("1/4=144", "6/8", "3/8=96"),
        ("1/4=66", "12/8", "3/8=44"),
        ("1/4=120", "C|", "1/2=60"),
        ("1/4=176", "4/4", "1/2=88"),
        ("1/4=100", "4/4", "1/4=100"),
        ("1/4=100", "6/8", "1/4=100"),  # no whole number of dotted quarters
        ("3/8=60", "6/8", "3/8=60"),
        ("1/8=88", "2/4", "1/8=88"),
        ("1/4=77", "5/8", "1/4=77"),
        ("1/4=60", "3/8", "1/8=120"),
        ("1/4=180", "3/8", "3/8=120"),
        ("1/4=100", "none", "1/4=100"),
        ("Allegro", "4/4", "Allegro"),
    ],
)
def test_a_tempo_is_counted_in_the_beat_of_the_metre_and_as_fast_as_before(
    tempo: str, metre: str, expected: str
) -> None:
    assert in_beats(tempo, read_metre_field(metre)) == expected


@pytest.mark.parametrize(
    ("word", "tempo", "metre", "wrong"),
    [
        ("Lento", "1/4=160", "4/4", True),
        ("Andante.", "1/4=180", "4/4", True),
        ("Adagio", "1/4=126", "3/4", True),
        ("Presto", "1/4=50", "4/4", True),
        ("Allegro", "3/4=108", "3/4", False),
        ("Largo", "1/4=132", "6/8", True),  # 88 dotted quarters
        ("Largo", "1/4=99", "6/8", False),
        ("Adagio", "1/8=126", "6/8", False),
        ("piu lento", "1/4=160", "4/4", False),
        ("Nicht zu langsam", "1/4=140", "4/4", False),
        ("dolce", "1/4=160", "4/4", False),
        ("Lento", "", "4/4", False),
        ("Lento allegro.", "1/4=104", "4/4", True),
        ("Presto Adagio", "", "4/4", True),
        ("Adagio - Allegro", "1/4=72", "4/4", False),
        ("Allegro moderato", "1/4=100", "4/4", False),
        ("Andante allegro", "1/4=100", "4/4", False),
    ],
)
def test_a_word_contradicts_a_number_that_nobody_would_play_it_at(
    word: str, tempo: str, metre: str, *, wrong: bool
) -> None:
    assert contradicts(word, tempo, read_metre_field(metre)) is wrong
