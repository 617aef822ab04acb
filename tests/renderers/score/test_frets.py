import pytest

from renderers.score.frets import FRETTED, MOST_FRETS, REACH, fretted_for, take_notes
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_parts

GUITAR, BASS = (next(one for one in FRETTED if word in one.words) for word in ("guitar", "bass guitar"))
E_MAJOR, A_MINOR, SCALE = (40, 47, 52, 56, 59, 64), (45, 52, 57, 60, 64), range(48, 73)


def taken(*chords):
    return take_notes(chords, GUITAR.strings)


def test_open_chords_are_taken_as_every_guitarist_takes_them():
    (e_major,), (a_minor,) = taken(E_MAJOR), taken(A_MINOR)
    assert [e_major[pitch] for pitch in E_MAJOR] == [(6, 0), (5, 2), (4, 2), (3, 1), (2, 0), (1, 0)]
    assert [a_minor[pitch] for pitch in A_MINOR] == [(5, 0), (4, 2), (3, 2), (2, 1), (1, 0)]


@pytest.mark.parametrize("chord", [E_MAJOR, A_MINOR, (43, 47, 50, 55, 59, 67), (41, 48, 53, 57, 60, 65), (70, 74, 79)])
def test_what_is_taken_sounds_as_it_should_on_strings_of_its_own_within_reach(chord):
    (hand,) = taken(chord)
    assert set(hand) == set(chord)
    assert all(GUITAR.strings[string - 1] + fret == pitch for pitch, (string, fret) in hand.items())
    assert len({string for string, _ in hand.values()}) == len(chord)
    stopped = [fret for _, fret in hand.values() if fret]
    assert max(stopped) - min(stopped) <= REACH


def test_the_hand_moves_little_along_a_scale():
    frets = [fret for hand in taken(*([pitch] for pitch in SCALE)) for _, fret in hand.values() if fret]
    assert max(frets) <= 8, "two octaves in the lower positions"


def test_what_no_hand_can_take_is_left_out_and_the_rest_is_there():
    (hand,) = taken((30, 45, 48, 100))
    assert set(hand) <= {45, 48}
    assert hand
    assert taken((40, 41, 42, 43, 44, 45, 46))[0]
    assert taken((20,), (64,))[1] == {64: (1, 0)}
    assert take_notes([], GUITAR.strings) == []


def test_no_fret_is_higher_than_there_are():
    (hand,) = taken((64 + MOST_FRETS,))
    assert list(hand.values()) == [(1, MOST_FRETS)]
    assert taken((64 + MOST_FRETS + 1,)) == [{}]


@pytest.mark.parametrize(
    ("name", "strings"),
    [
        ("Guitar", 6),
        ("Gitarre I", 6),
        ("吉他", 6),
        ("E-Bass", 4),
        ("Bass guitar", 4),
        ("Ukulele", 4),
        ("Mandolinen", 4),
        ("Lauten", 6),
    ],
)
def test_instruments_with_frets_are_known_by_name(name, strings):
    (part,) = parse_parts(convert_abc(f'X:1\nM:4/4\nL:1/4\nK:C\nV:1 nm="{name}"\nC4|\n')).parts
    assert len(fretted_for(part).strings) == strings


@pytest.mark.parametrize("name", ["Violin", "Flute", "Piano", "Bass", "Contrabass", "Voice"])
def test_instruments_without_frets_are_none(name):
    (part,) = parse_parts(convert_abc(f'X:1\nM:4/4\nL:1/4\nK:C\nV:1 nm="{name}"\nC4|\n')).parts
    assert fretted_for(part) is None
