"""Chords by name: what is read, what it means in a key, what is refused."""

import pytest

from generator.errors import BadRequest
from generator.planning.chords import Tonality, parse_progression

C_MAJOR, A_MINOR = Tonality(tonic=0, is_minor=False), Tonality(tonic=9, is_minor=True)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("I V vi IV", "I V vi IV"),
        ("I-V-vi-IV", "I V vi IV"),
        ("Dm7, G7, Cmaj7", "Dm7 G7 Cmaj7"),
        ("| Am F | C G7 |", "Am F | C G7"),
        ("i ♭VI vii° V7", "i bVI viio V7"),
        ("C/E F#m7b5", "C/E F#m7b5"),
    ],
)
def test_chords_are_read_as_people_write_them_and_print_in_one_way(text, written):
    assert str(parse_progression(text)) == written
    assert parse_progression(written) == parse_progression(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "chords"),
        ("|", "chords"),
        ("C | | G", "chords"),
        ("H7", "chord"),
        ("IIX", "chord"),
        ("C Gmaj77", "chord"),
        ("a b", "chord"),
        ("C " * 200, "chords_many"),
        ("C F G C F | C", "chords_many"),
    ],
)
def test_what_is_no_chord_is_refused_with_a_reason(text, reason):
    with pytest.raises(BadRequest) as refused:
        parse_progression(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("tonality", "name", "classes"),
    [
        (C_MAJOR, "V7", (7, 11, 2, 5)),
        (C_MAJOR, "vi", (9, 0, 4)),
        (C_MAJOR, "bVII", (10, 2, 5)),
        (A_MINOR, "i", (9, 0, 4)),
        (A_MINOR, "V", (4, 8, 11)),
        (A_MINOR, "VI", (5, 9, 0)),
        (A_MINOR, "viio7", (8, 11, 2, 5)),
        (A_MINOR, "bVI", (5, 9, 0)),
    ],
)
def test_a_numeral_means_the_chord_that_musicians_hear(tonality, name, classes):
    assert tonality.chord(name).classes == classes


def test_named_chords_move_with_the_piece_and_numerals_with_its_key():
    progression = parse_progression("Dm7 G7/B")
    dm7, over_b = (progression.chord(name, C_MAJOR, moved=3) for name in ("Dm7", "G7/B"))
    assert dm7.classes == (5, 8, 0, 3)
    assert (over_b.root, over_b.bass) == (10, 2)


@pytest.mark.parametrize(
    ("text", "key"),
    [("Dm7 G7 Cmaj7", "C"), ("Am F C G", "C"), ("Am Dm E7 Am", "Amin"), ("D A Bm G", "D"), ("Eb", "Eb")],
)
def test_named_chords_tell_their_key(text, key):
    found = parse_progression(text).key()
    assert found is not None
    assert found.abc in (key, "Amin") if text == "Am F C G" else found.abc == key


def test_numerals_are_in_any_key():
    assert parse_progression("ii V7 I").key() is None


def test_more_chords_than_bars_are_refused():
    parse_progression("I V vi IV").check_bars(4)
    with pytest.raises(BadRequest):
        parse_progression("I V vi IV").check_bars(3)
