"""Slurs and ties begin and end."""

import pytest

from generator.critic.sounding import sounding_notes
from generator.finishing.slurs import MOST_SLUR_BARS, mend_slurs_and_ties
from generator.notation import check_bars, parse_tune

VIOLIN = "L:1/4\nM:4/4\nK:C\nV:1 treble\n"


def mended(*bars):
    tune = parse_tune(VIOLIN + "".join(f"[V:1]{bar}|\n" for bar in bars))
    after = mend_slurs_and_ties(tune)
    assert check_bars(after) == check_bars(tune)
    assert str(mend_slurs_and_ties(after)) == str(after), "what is mended stays"
    return [bar.voices[0].music.removesuffix("|") for bar in after.bars]


@pytest.mark.parametrize(
    "music",
    [
        "(c d) (e f)",
        "((c d) e f)",
        "({de}c2) d2",
        "(c2 d2{ef)}",
        "[ce]2-[ce]2",
        "[c-e]2[cf]2",
        "c2-{de}c2",
        "(3(cde) z2",
        '"^(ad lib.)"c4',
        "^c2-c2",
        "c4&(e2 c2)",
    ],
)
def test_what_is_right_stays(music):
    assert mended(music) == [music]


def test_brackets_that_stand_alone_go():
    assert mended("(c d e f", "g a) b) c") == ["(c d e f", "g a) b c"]
    assert mended("(c (d e) f", "g4") == ["c (d e) f", "g4"]


def test_brackets_of_grace_notes_and_chords_are_seen():
    assert mended("c2 d2{ef)}") == ["c2 d2{ef}"]
    assert mended("({ef}c2 d2") == ["{ef}c2 d2"]
    assert mended("[(ce]2 d2") == ["[ce]2 d2"]


def test_a_slur_over_one_note_goes():
    assert mended("(c2) d2") == ["c2 d2"]


def test_a_slur_over_too_many_bars_was_never_meant():
    between = ["c4"] * MOST_SLUR_BARS
    assert mended("(c4", *between[1:], "d4)")[0] == "(c4"
    assert mended("(c4", *between, "d4)") == ["c4", *between, "d4"]


@pytest.mark.parametrize(
    ("music", "right"),
    [
        ("c2-d2", "c2d2"),
        ("c2-z2", "c2z2"),
        ("-c2 d2", "c2 d2"),
        ("z2-c2", "z2c2"),
        ("^c2-=c2", "^c2=c2"),
        ("c2-[ce]2-", "c2-[ce]2"),
        ("[c-e-]2[ce]2", "[c-e-]2[ce]2"),
        ("[c-e-]2[df]2", "[ce]2[df]2"),
        ("[c-e]2-[df]2", "[ce]2[df]2"),
    ],
)
def test_a_tie_leads_to_the_same_note(music, right):
    assert mended(music) == [right]


def test_of_a_chord_only_the_notes_that_go_on_are_tied():
    assert mended('["^x"ce]2-[cf]2') == ['["^x"c-e]2[cf]2']
    assert mended("[ceg]3-c") == ["[c-eg]3c"]


def test_a_tie_over_the_barline_leads_to_the_same_layer():
    assert mended("c4-&e4-", "c4&f4") == ["c4-&e4", "c4&f4"]


def test_a_tie_that_goes_changes_no_note():
    tune = parse_tune(VIOLIN + "[V:1]^c2-[ce]2-|\n[V:1][cf]2-d2|\n")
    before, after = ([note.pitch for note in sounding_notes(one)] for one in (tune, mend_slurs_and_ties(tune)))
    assert before == after == [73, 73, 76, 73, 77, 74]
