"""Whether a piece is in its key so far, and what is held back if it is not."""

from generator.guard.home import MOST_HELD, NOTHING_HELD, Home, time_by_class
from generator.planning.chords import Tonality

C, C_MINOR = Home(Tonality(tonic=0, is_minor=False)), Home(Tonality(tonic=0, is_minor=True))
A = 9


def times(**sounding):
    """How long each pitch class sounds; flats are written Eb."""
    names = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
    return [float(sounding.get(name, 0)) for name in names]


def test_in_a_piece_that_is_clearly_in_its_key_nothing_is_held_back():
    assert C.strays(times(C=6, D=3, E=4, F=3, G=5, A=2, B=2)) == NOTHING_HELD
    assert C_MINOR.strays(times(C=6, D=3, Eb=5, F=3, G=5, Ab=3, B=2)) == NOTHING_HELD


def test_nor_in_one_that_is_in_the_key_of_its_dominant():
    assert C.strays(times(G=6, A=3, B=4, C=3, D=5, E=2, Gb=2)) == NOTHING_HELD


def test_in_the_relative_key_its_tonic_is_held_back_most_and_the_own_tonic_never():
    held = C.strays(times(A=6, B=2, C=4, D=3, E=5, F=2, G=1))
    assert held[A] == max(held) > 0.5 * MOST_HELD
    assert max(held) <= MOST_HELD
    assert held[0] == held[7] == 0


def test_in_the_other_mode_its_third_is_held_back():
    held = C_MINOR.strays(times(C=6, D=3, E=5, F=3, G=5, A=3, B=2))
    assert held[4] == max(held) > 0
    assert held[3] == 0


def test_the_nearer_a_rival_the_more_is_held_back():
    little, much = (C.strays(times(A=a, B=2, C=5, D=3, E=4, F=3, G=3))[A] for a in (3.5, 4.5))
    assert 0 < little < much


def test_where_nothing_or_one_note_was_heard_nothing_is_held_back():
    assert C.strays([]) == C.strays(times()) == C.strays(times(A=4)) == NOTHING_HELD


def test_all_that_sounds_counts_for_as_long_as_it_sounds():
    heard = time_by_class([[(0, 1, 0), (1, 1.5, -3)], [(0, 2, 12)]])
    assert heard[0] == 3
    assert heard[A] == 0.5
    assert sum(heard) == 3.5
