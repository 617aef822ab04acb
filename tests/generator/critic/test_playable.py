"""What nobody can play: notes out of range, chords of a flute, bars that are not equally long."""

import pytest

from generator.critic.playable import count_unplayable
from generator.notation import parse_tune

HEADER = 'L:1/8\nM:4/4\nK:C\n%%score 1 2\nV:1 treble nm="Flute"\nV:2 bass nm="Piano"\n'


@pytest.mark.parametrize(
    ("bars", "count"),
    [
        ("[V:1]c8|[V:2][C,E,]8|", 0),
        ("[V:1]C,4 c4|[V:2]C,8|", 1),
        ("[V:1][ce]4 [c]4|[V:2]C,8|", 1),
        ("[V:1]c8|[V:2]C,4|\n[V:1]c8|[V:2]C,8|", 1),
    ],
)
def test_notes_chords_and_bars_that_cannot_be_played_are_counted(bars, count):
    assert count_unplayable(parse_tune(f"{HEADER}{bars}\n")) == count
