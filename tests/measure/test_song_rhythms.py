"""How long notes are in the places of their bars, counted in songs."""

from tests.measure.song_rhythms import runs_of

HEAD = "%%score 1 2\nL:1/8\nM:3/4\nK:C\nV:1 treble\nV:2 bass\n"


def test_lengths_last_to_the_next_note_and_ties_and_rests_are_in_them() -> None:
    abc = HEAD + "[V:1]G2|[V:2]z2|\n[V:1]c2 z2 d2-|[V:2]C6|\n[V:1]d2 ef g2|[V:2]C6|\n"
    assert list(runs_of(abc, 12)) == [[(8, 4), (0, 8), (8, 8), (4, 2), (6, 2)]]


def test_a_bar_that_sixteenths_cannot_say_parts_what_is_counted() -> None:
    abc = HEAD + "[V:1]c2 d2 e2|\n[V:1](3cde f4|\n[V:1]g4 e2|\n"
    assert list(runs_of(abc, 12)) == [[(0, 4), (4, 4)], [(0, 8)]]
