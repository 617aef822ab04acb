from fractions import Fraction

import pytest

from generator.guard.clashes import clashes, share_let_through
from generator.guard.place import pitch_of, read_place
from generator.notation import parse_bar, parse_header
from generator.notation.keys import signature
from generator.notation.signatures import signature_in

C_MAJOR, A_FLAT_MAJOR = signature(0), signature(-4)


def clashes_in(line: str, letter: str, key=C_MAJOR) -> bool:
    place = read_place(line, signature=key, unit=Fraction(1, 8), metre=None)
    return place is not None and clashes(place, pitch_of(letter, line, key))


@pytest.mark.parametrize(
    ("line", "letter"),
    [
        ("[r:0/3][V:1]c2 d2|[V:2]", "B"),
        ("[V:1]c2 d2|[V:2]C2 ^", "C"),  # C sharp against d
        ("[V:1]^c4|[V:2]C2", "C"),
        ("[V:1]c4|[V:2](3AG", "B"),  # in the middle of a tuplet
        ("[V:1]c2 d2|[V:2]C2 [G^", "C"),  # inside a chord
        ("[V:1]z4|[V:2]C2 [E", "F"),  # with the chord's own note
        ("[V:1]z4|[V:2]e4|[V:3]", "F"),  # with any voice before
        ("[V:1]c4|[V:2]^A,2 A,", "B"),  # B, against c
    ],
)
def test_a_semitone_apart_at_the_same_moment_clashes(line, letter):
    assert clashes_in(line, letter)


@pytest.mark.parametrize(
    ("line", "letter"),
    [
        ("", "B"),
        ("[V:1]", "B"),
        ("[V:1]c2 d2|[V:2]", "E"),
        ("[V:1]c2 d2|[V:2]C2 ", "B"),  # the c is over
        ("[V:1]c4|[V:2]=B,2 _", "B"),
        ("[V:1]c4|[V:2]z2!", "B"),  # no note: the beginning of a decoration
        ("[V:1]c4|[V:2]z2{", "B"),
        ('[V:1]c4|[V:2]"^', "B"),
        ("[V:1]c4|[V:2][K:", "B"),
        ("[V:1]c4|[V:2]!D.C.!", "A"),
        ("[V:1](3cc|[V:2]", "B"),  # a tuplet without its end has no length
    ],
)
def test_everything_else_does_not(line, letter):
    assert not clashes_in(line, letter)


def test_the_signature_and_the_accidentals_of_the_bar_count():
    assert clashes_in("[V:1]e4|[V:2]", "F")
    assert not clashes_in("[V:1]e4|[V:2]", "F", A_FLAT_MAJOR)
    assert clashes_in("[V:1]e4|[V:2]=", "D", A_FLAT_MAJOR)
    assert clashes_in("[V:1]z2 c2|[V:2]_D2", "D")


def test_the_signature_changes_where_the_music_changes_it():
    header = parse_header(["L:1/8", "M:4/4", "K:Ab", "V:1 treble", "V:2 bass"])
    bars = [parse_bar("[V:1]c8|[V:2][K:bass]C8|"), parse_bar("[V:1][K:D]c8|[V:2]C8|"), parse_bar("[V:1]c8|[V:2]C8|")]
    assert signature_in(header, bars[:1]) == A_FLAT_MAJOR
    assert signature_in(header, bars) == signature(2)


@pytest.mark.parametrize("voice", ["V:2 treble transpose=-2", "V:2 perc"])
def test_voices_that_do_not_sound_as_written_are_left_alone(voice):
    assert signature_in(parse_header(["L:1/8", "M:4/4", "K:C", "V:1 treble", voice]), []) is None


def test_on_a_beat_hardly_a_clash_stays_but_a_suspension():
    def share(line, letter):
        place = read_place(line, signature=C_MAJOR, unit=Fraction(1, 8), metre=None)
        return share_let_through(place, pitch_of(letter, line, C_MAJOR), share=0.5, beat=Fraction(1, 4))

    on_beat = share("[V:1]c2 B2|[V:2]E2 ", "C")
    suspended = share("[V:1]c2 B2|[V:2]C2 ", "C")
    passing = share("[V:1]c2 B2|[V:2]E2 D", "C")
    jumped_to = share("[V:1]c2 B2|[V:2]E2 G", "C")
    assert on_beat < jumped_to < passing < suspended <= 1
