"""Words that speak of the tempo fit the number, and who slows down finds back."""

import pytest

from generator.finishing.tempo_words import mend_tempo_words
from generator.notation import parse_tune

HEADER = "%%score 1\nL:1/8\nQ:1/4={tempo}\nM:4/4\nK:C\nV:1 treble\n"


def mended(*bars, tempo=120):
    tune = parse_tune(HEADER.format(tempo=tempo) + "".join(f"[V:1]{bar}|\n" for bar in bars))
    return [bar.voices[0].music.removesuffix("|") for bar in mend_tempo_words(tune).bars]


@pytest.mark.parametrize(
    ("word", "tempo", "stays"),
    [
        ("Lento", 160, False),
        ("Adagio", 126, False),
        ("Presto", 50, False),
        ("Langsam", 92, False),
        ("Langsam", 80, True),
        ("Allegro", 120, True),
        ("Andante", 80, True),
        ("dolce", 200, True),
        ("Lento allegro", 104, False),
    ],
)
def test_a_tempo_word_that_cannot_be_meant_goes(word, tempo, stays):
    assert mended(f'"^{word}"c8', tempo=tempo) == [f'"^{word}"c8' if stays else "c8"]


def test_a_new_tempo_counts_from_where_it_stands():
    assert mended('"^Lento"c8', '[Q:1/4=50]"^Lento"c8', tempo=160) == ["c8", '[Q:1/4=50]"^Lento"c8']


def test_a_slowing_that_nothing_answers_is_answered_two_bars_later():
    assert mended('"^rit."c8', "c8", "c8", "c8") == ['"^rit."c8', "c8", '"^a tempo"c8', "c8"]


@pytest.mark.parametrize("answer", ['"^a tempo"', '"^Tempo I"', "[Q:1/4=90]", '"^Allegro"'])
def test_a_slowing_that_is_answered_stays_as_it_is(answer):
    for bars in (['"^rall."c8', f"{answer}c8", "c8", "c8"], ['"^rall."c8', "c8", f"{answer}c8", "c8"]):
        assert mended(*bars) == bars


def test_a_slowing_within_another_goes_and_the_last_one_before_the_end_stays():
    assert mended('"^rit."c8', '"^rit."c8', "c8", '"^rit."c8', "c8") == [
        '"^rit."c8',
        "c8",
        '"^a tempo"c8',
        '"^rit."c8',
        "c8",
    ]


def test_what_both_hands_say_of_the_tempo_is_said_once():
    header = "%%score { 1 | 2 }\nL:1/8\nQ:1/4=80\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"
    both = '[V:1]"^Andante.""^dolce"c8|[V:2]"^andante""^dolce"C8|\n'
    assert str(mend_tempo_words(parse_tune(header + both))).endswith('[V:1]"^Andante.""^dolce"c8|[V:2]"^dolce"C8|\n')
