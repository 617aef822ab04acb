"""What players can reach: walks of chance over the letters that are allowed end in no note outside an instrument."""

import random

import pytest

from generator.catalogue.ranges import find_range
from generator.critic.sounding import MIDDLE_C
from generator.guard.reach import Reach
from generator.notation import parse_header
from generator.notation.accidentals import Accidentals, find_notes, semitones, signature_of

LETTERS = "ABCDEFGabcdefg,,,'''^_=248  (){}z|"


def header(*voices, key="C"):
    score = f"%%score {' '.join(str(number + 1) for number in range(len(voices)))}"
    return parse_header([score, "L:1/8", "M:none", f"K:{key}", *voices])


def reach(name, *, clef="treble", key="C", shift=0):
    return Reach(header(f'V:1 {clef} nm="{name}"', key=key), shift=shift)


def walked(one, rng, signature, chars=60):
    """A voice's bar, letter by letter; what no rule but this one would allow is drawn too."""
    line = "[V:1]"
    for _ in range(chars):
        allowed = [letter for letter in LETTERS if one.allows(line, letter, signature)]
        assert allowed, line
        line += rng.choice(allowed)
    while not one.allows(line, "2", signature):
        line += next(letter for letter in ",'" if one.allows(line, letter, signature))
    return line


@pytest.mark.parametrize("player", ["Violin treble", "Bassoon bass", "Tuba bass", "Soprano treble"])
@pytest.mark.parametrize(("key", "shift"), [("C", 0), ("Eb", -5), ("F#min", 6)])
def test_whatever_is_drawn_among_what_is_allowed_can_be_played(player, key, shift):
    name, clef = player.split()
    one, signature, possible = reach(name, clef=clef, key=key, shift=shift), signature_of(key), find_range(name)
    for seed in range(12):
        line = walked(one, random.Random(seed), signature)
        for note in written_pitches(line, key):
            assert possible.low <= note + shift <= possible.high + max(0, possible.written_above), line


def written_pitches(line, key):
    accidentals = Accidentals(signature_of(key))
    notes = find_notes(line.partition("]")[2])
    return [MIDDLE_C + semitones(*accidentals.read(found["note"])) for found in notes]


def test_a_letter_is_allowed_as_long_as_some_octave_of_it_can_be_reached():
    violin = reach("Violin")
    assert violin.allows("[V:1]", "C", None), "middle C"
    assert violin.allows("[V:1]G", ",", None), "the open string"
    assert not violin.allows("[V:1]G,", ",", None)
    assert not violin.allows("[V:1]F", ",", None)
    assert not violin.allows("[V:1]_G", ",", None), "a semitone below the open string"
    assert not violin.allows("[V:1]_G2G", ",", None) or violin.allows("[V:1]_G2G", "2", None)
    bassoon = reach("Bassoon", clef="bass")
    assert not bassoon.allows("[V:1]", "g", None), "no octave of a small letter is so low"
    assert not bassoon.allows("[V:1]A,,,", "2", None), "below the lowest"
    tuba = reach("Tuba", clef="bass")
    assert not tuba.allows("[V:1]G", "2", None), "the octave is missing yet"
    assert tuba.allows("[V:1]G", ",", None)


def test_the_range_moves_with_the_tune():
    tuba = reach("Tuba", clef="bass", shift=-5)
    assert tuba.allows("[V:1]A", "2", None)
    assert not tuba.allows("[V:1]B", "2", None)
    assert reach("Violin", shift=-5).allows("[V:1]C", "2", None)
    assert not reach("Violin", shift=-5).allows("[V:1]B", ",", None)
    assert reach("Violin", shift=5).allows("[V:1]D", ",", None)


def test_singers_and_winds_have_no_chords_and_strings_have():
    for name, chords in (("Soprano", False), ("Flute", False), ("Violin", True), ("Piano", True)):
        one = reach(name)
        assert one.allows("[V:1]c2 ", "[", None) is chords
        assert one.allows("[V:1][", "c", None) is chords
        assert one.allows("[V:1][", "K", None)
        assert one.allows("[V:1]c8|", "[", None)


def test_letters_of_texts_and_fields_are_no_notes():
    one = reach("Bassoon", clef="bass")
    for line in ('[V:1]"^', "[V:1]!", "[V:1][K:"):
        assert one.allows(line, "g", None)


def test_voices_without_a_known_name_play_anything():
    assert reach("Kazoo").allows("[V:1]", "c", None)
    assert reach("Kazoo").allows("[V:1]c''''''", "2", None)


def test_a_guitar_under_a_clef_with_an_8_is_held_to_what_it_sounds():
    one = reach("Guitar", clef="treble-8")
    assert (one.limits["1"].low, one.limits["1"].high) == (52, 100)
    assert not one.allows("[V:1]E,,", "2", None)
    assert one.allows("[V:1]E,", "2", None)
