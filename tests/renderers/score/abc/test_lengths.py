"""Lengths: notes that are no single note value, broken rhythm, tuplets, L: left out, rests that nobody sees."""

import music21
import pytest

from tests.renderers.score.abc.reading import heard, length, read, remarks, score, texts


def onsets(abc):
    return [onset for onset, _ in heard(abc)]


def test_a_note_of_five_eighths_sounds_five_eighths_and_is_tied_on_the_page():
    abc = "X:1\nM:4/4\nL:1/8\nK:D\nd5 efg|a5 z3|[df]5 A3|z5 A3|]\n"
    assert onsets(abc) == [0, 2.5, 3, 3.5, 4, 8, 8, 10.5, 14.5]
    assert length(abc) == 16
    first, second = score(abc).findall("part/measure/note")[:2]
    assert [first.findtext("type"), second.findtext("type")] == ["half", "eighth"]
    assert [tie.get("type") for tie in (*first.iter("tie"), *second.iter("tie"))] == ["start", "stop"]


def test_a_bar_of_five_four_lasts_five_quarters():
    assert length("X:1\nM:5/4\nL:1/4\nK:D\nD5|D3E2|[DF]5|z5|D4-D|]\n") == 25


def test_values_beyond_the_breve_keep_their_length():
    abc = "X:1\nM:none\nL:1/1\nK:C\nC4 D|z4 E|F8 z8|G2 z2 z3|A,3 B,6|]\n"
    assert length(abc) == 168
    assert onsets(abc) == [0, 16, 36, 40, 104, 132, 144]


def test_nine_eighths_are_a_dotted_half_and_a_dotted_quarter():
    abc = "X:1\nM:9/8\nL:1/8\nK:D\nD9|\n"
    assert texts(abc, "note/type") == ["half", "quarter"]
    assert len(score(abc).findall("part/measure/note/dot")) == 2


@pytest.mark.parametrize(
    ("metre", "unit"),
    [
        ("2/4", 0.25),
        ("3/8", 0.25),
        ("5/8", 0.25),
        ("3/16", 0.25),
        ("2+3/8", 0.25),
        ("3/4", 0.5),
        ("6/8", 0.5),
        ("4/4", 0.5),
        ("none", 0.5),
    ],
)
def test_the_unit_length_is_a_sixteenth_below_three_four_where_nobody_says(metre, unit):
    assert onsets(f"X:1\nM:{metre}\nK:C\nCD|\n") == [0, unit]


@pytest.mark.parametrize("change", ["M:2/4\n", "[M:2/4]", "V:1\nM:2/4\n"])
def test_a_metre_behind_the_key_does_not_change_the_unit_length(change):
    assert onsets(f"X:1\nM:4/4\nK:C\n{change}CDEF|\n") == [0, 0.5, 1, 1.5]


@pytest.mark.parametrize(
    ("music", "second"),
    [
        ("A>B", 0.75),
        ("A<B", 0.25),
        ("A>>B", 0.875),
        ("A>>>B", 0.9375),
        ("A>{c}B", 0.75),
        ("A > B", 0.75),
        ("[Ac]>B", 0.75),
    ],
)
def test_broken_rhythm_shares_the_time_unequally(music, second):
    after = [onset for onset, pitch in heard(f"X:1\nM:4/4\nL:1/8\nK:C\n{music} z6|\n") if pitch == 71]
    assert after[-1] - (0.125 if "{" in music else 0) == pytest.approx(second, abs=0.13 if "{" in music else 1e-6)


def test_behind_grace_notes_a_broken_note_is_a_sixteenth():
    types = texts("X:1\nM:4/4\nL:1/8\nK:C\nA>{c}B z2 z4|\n", "note/type")
    assert types[:3] == ["eighth", "eighth", "16th"]


@pytest.mark.parametrize(
    ("metre", "music", "each"),
    [
        ("4/4", "(3CDE", 1 / 3), ("4/4", "(5CDEFG", 0.2), ("6/8", "(5CDEFG", 0.3), ("9/8", "(7CDEFGAB", 3 / 14),
        ("6/8", "(2CD", 0.75), ("6/8", "(4CDEF", 0.375), ("4/4", "(3:2:6CDEFGA", 1 / 3), ("4/4", "(5:4CDEFG", 0.4),
        ("4/4", "(3CzE", 2 / 3),
    ],
)  # fmt: skip
def test_tuplets_have_the_time_of_their_metre(metre, music, each):
    first, second, *_ = onsets(f"X:1\nM:{metre}\nL:1/8\nK:C\n{music} z4|\n")
    assert second - first == pytest.approx(each, abs=1e-3)


def test_a_tuplet_in_a_compound_metre_adds_up_on_the_page():
    note = score("X:1\nM:6/8\nL:1/8\nK:C\n(5CDEFG ABc|\n").find("part/measure/note")
    assert [note.findtext(f"time-modification/{tag}") for tag in ("actual-notes", "normal-notes")] == ["5", "3"]
    assert sum(int(text) for text in texts("X:1\nM:6/8\nL:1/8\nK:C\n(5CDEFG ABc|\n", "note/duration")) == 3 * int(
        texts("X:1\nM:6/8\nL:1/8\nK:C\n(5CDEFG ABc|\n", "attributes/divisions")[0]
    )


def test_a_tuplet_of_one_is_none_and_is_spoken_of():
    assert onsets("(1CD(0EF|") == [0, 1, 2, 3]
    assert remarks("(1CD(0EF|")[0].partition(": ")[2].startswith("“(1” means nothing")


def test_thirds_without_a_tuplet_sign_are_bracketed_as_one():
    abc = "c2/3d2/3e2/3 f2 z|"
    assert onsets(abc) == pytest.approx([0, 2 / 3, 4 / 3, 2], abs=1e-3)
    assert [tuplet.get("type") for tuplet in score(abc).iter("tuplet")] == ["start", "stop"]


@pytest.mark.parametrize("rest", ["x4", "X", "Z", "z4"])
def test_a_bar_of_rest_takes_its_time_whether_it_is_seen_or_not(rest):
    assert heard(f"{rest}|C4|") == [(4, 60)]
    assert length(f"C4|{rest}|C4|") == 12


def test_bars_of_rest_under_a_pickup_are_as_short_as_the_pickup():
    abc = "X:1\nM:3/4\nL:1/4\nK:C\nV:1\nc|d2e|\nV:2\nZ|C3|\n"
    assert heard(abc) == [(0, 72), (1, 60), (1, 74), (3, 76)]
    first = score(abc).find("part/measure")
    assert (first.get("number"), first.get("implicit")) == ("0", "yes")


@pytest.mark.parametrize("below", ["x4|x8|", "z4|z8|", "Z|Z|", "X|X|"])
def test_a_voice_that_rests_in_a_pickup_keeps_step_when_others_read_the_score(below):
    """A lone whole rest is a whole measure to music21, which put the second measure of the voice four quarters late."""
    abc = f"X:1\nM:8/4\nL:1/4\nK:C\nV:1\nC4|D8|\nV:2\n{below}E8|\n"
    part = music21.converter.parseData(read(abc).musicxml, format="musicxml").parts[1]
    assert [measure.offset for measure in part.getElementsByClass("Measure")][:2] == [0, 4]


def test_a_whole_rest_behind_a_chord_is_no_whole_measure_when_others_read_the_score():
    """music21 counts no chords, so the rest looked alone, became a measure and put what follows late."""
    (part,) = music21.converter.parseData(
        read("X:1\nM:4/2\nL:1/4\nK:C\n[CE]4 z4|D8|\n").musicxml, format="musicxml"
    ).parts
    assert [measure.offset for measure in part.getElementsByClass("Measure")] == [0, 8]


def test_several_bars_of_rest_are_so_many_measures():
    assert len(score("Z3|C4|").findall("part/measure")) == 4


@pytest.mark.parametrize(
    ("music", "expected", "stray"),
    [("C /2D|", [0, 1], "/2"), ("C 2D|", [0, 1], "2"), ("( 3CDE|", [0, 1, 2], "3")],
)
def test_a_number_behind_a_space_is_no_length_and_is_spoken_of(music, expected, stray):
    assert onsets(music) == expected
    assert f"“{stray}” means nothing" in remarks(music)[0]


def test_a_length_of_zero_is_none_and_is_spoken_of():
    assert onsets("C0D0 [EG]0F|C/0D2|") == [0, 1, 2, 2, 3, 4, 4.5]
    assert remarks("C0|") == ["Line 6: no note is 0 long; one without a number stands there."]


def test_lengths_add_up_exactly_whatever_divides_them():
    (measure,) = score("X:1\nM:4/4\nL:1/8\nK:C\n(11:8:11CDEFGABcdef|\n").findall("part/measure")
    divisions = int(measure.findtext("attributes/divisions"))
    assert sum(int(note.findtext("duration")) for note in measure.iter("note")) == 4 * divisions


def test_a_part_that_is_short_of_a_bar_is_filled_with_space():
    """Readers that add up each part by itself would begin its next bar early."""
    short = score("[V:1]CDEF|[V:2]CDE|\n").findall("part")[1]
    assert sum(int(note.findtext("duration")) for note in short.iter("note")) == 4 * int(
        short.findtext("measure/attributes/divisions")
    )


def test_a_chord_that_a_mail_program_broke_in_two_is_one_chord():
    assert onsets("C [CE\nG]2 C|") == [0, 1, 1, 1, 3]
    assert onsets("C [\nEG]2 C|") == [0, 1, 1, 3]
    assert onsets("C [|\nG2]|") == [0, 1], "a thin-thick barline is no chord"


@pytest.mark.parametrize("music", ["A2>B", "A<B/", "(3ABc>d z"])
def test_broken_rhythm_between_unequal_notes_changes_neither_and_is_spoken_of(music):
    assert onsets(f"{music} z|") == onsets(f"{music.replace('>', ' ').replace('<', ' ')} z|")
    assert "notes of unequal length" in remarks(f"{music} z|")[0]


def test_a_note_between_two_signs_of_broken_rhythm_is_broken_once():
    assert onsets("A>B>c z|") == [0, 1.5, 2]


@pytest.mark.parametrize(("music", "expected"), [("C2 ZD|", [0, 6]), ("Z C|", [4]), ("Z2 C|", [8])])
def test_a_bars_rest_beside_notes_is_as_long_as_the_metre_says(music, expected):
    assert onsets(music) == expected


def test_a_tuplet_that_is_begun_twice_is_one():
    assert onsets("(3(3CDE F z|") == pytest.approx([0, 2 / 3, 4 / 3, 2], abs=1e-3)


@pytest.mark.parametrize("unit", ["1/12", "0", "eighth", "=1/4"])
def test_a_unit_length_that_is_none_is_left_out_and_spoken_of(unit):
    abc = f"X:1\nM:4/4\nL:{unit}\nK:C\nCD|\n"
    assert onsets(abc) == [0, 0.5]
    assert f"L:{unit} is no length" in remarks(abc)[0]
