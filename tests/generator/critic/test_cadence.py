"""What counts as an end on the tonic."""

import pytest

from generator.critic.cadence import Ending, ending_of
from generator.notation import parse_tune


def tune(*bars, key="C", extra=""):
    header = f"L:1/8\nM:4/4\nK:{key}\nV:1 treble\nV:2 bass{extra}\n"
    return parse_tune(header + "".join(f"{bar}\n" for bar in bars))


@pytest.mark.parametrize(
    ("bar", "ending"),
    [
        ("[V:1]d2 c6|][V:2]G,2 C,6|]", Ending.TONIC),
        ("[V:1][EGc]8|][V:2]C,8|]", Ending.TONIC),
        ("[V:1][_EGc]8|][V:2]C,8|]", Ending.TONIC),
        ("[V:1]c8|]", Ending.TONIC),
        ("[V:1][DGc]8|][V:2]C,8|]", Ending.BASS_ON_TONIC),
        ("[V:1][GBd]8|][V:2]G,8|]", Ending.ELSEWHERE),
        ("[V:1][EGc]8|][V:2]E,8|]", Ending.ELSEWHERE),
        # What is over before the end does not count, nor does a rest.
        ("[V:1]d2 c2 z4|][V:2]B,,4 C,4|]", Ending.TONIC),
    ],
)
def test_the_last_notes_of_all_voices_have_to_be_the_tonic_triad_over_its_root(bar, ending):
    assert ending_of(tune(bar)) is ending


def test_a_key_written_as_major_may_end_in_its_relative_minor_unless_it_was_asked_for():
    in_a_minor = tune("[V:1][EAc]8|][V:2]A,8|]")
    assert ending_of(in_a_minor) is Ending.TONIC
    assert ending_of(in_a_minor, key_asked=True) is Ending.ELSEWHERE
    assert ending_of(tune("[V:1][EGc]8|][V:2]C,8|]", key="Amin")) is Ending.ELSEWHERE


def test_the_last_key_counts_and_a_change_of_clef_is_none():
    bars = ("[V:1][K:G][K:bass]d8|[V:2][K:G]D,8|", "[V:1][K:treble]G8|][V:2]G,8|]")
    assert ending_of(tune(*bars)) is Ending.TONIC


def test_the_key_of_a_transposing_instrument_is_not_the_piece_s():
    bars = ("[V:1]G8|[V:2][K:D]A,8|", "[V:1]c8|][V:2][K:D]D8|]")
    assert ending_of(tune(*bars, extra=" transpose=-2")) is Ending.TONIC


def test_music_without_key_or_notes_has_no_end_to_judge():
    assert ending_of(tune("[V:1]c8|]", key="none")) is None
    assert ending_of(tune("[V:1]z8|]")) is None


def test_a_last_bar_of_rests_ends_with_the_notes_before_it():
    assert ending_of(tune("[V:1]c8|[V:2]C,8|", "[V:1]z8|][V:2]z8|]")) is Ending.TONIC
