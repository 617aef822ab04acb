"""What is engraved is read from the MusicXML that verovio gets; the real engraver draws it in `test_engraving`."""

from collections import Counter

import pytest
from lxml import etree

from renderers.pages.engraving import engrave
from renderers.pages.legible import make_legible
from renderers.pages.legible.signs import read_part
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_score
from renderers.sound.performance import perform

PIANO = 'X:1\nL:1/4\nM:4/4\n%%score {(1 2) | (3 4)}\nK:C\nV:1 nm="Piano"\nV:2\nV:3 bass\nV:4 bass\n'
CHOIR = 'X:1\nL:1/4\nM:4/4\n%%score (S A)\nK:C\nV:S nm="Soprano"\nV:A nm="Alto"\n'
LINE = "X:1\nL:1/8\nM:{metre}\nK:C\n{music}\n"


def legible(musicxml):
    """The score as the engraver gets it."""
    score = parse_score(musicxml)
    make_legible(score)
    return score


def bars(abc):
    """The signs of each measure of the first part, as the engraver gets them."""
    score = legible(convert_abc(abc))
    return [signs for _, signs in read_part(score.find("part"))]


def piano(*voices):
    return PIANO + "".join(f"V:{number}\n{music}|\n" for number, music in enumerate(voices, 1))


def on_staff(signs, staff):
    return [sign for sign in signs if sign.staff == staff]


def voices(signs, staff=1):
    return sorted({sign.voice for sign in on_staff(signs, staff)})


def beams(abc):
    """Groups of beamed notes, by how many notes each has, in order."""
    score = legible(convert_abc(abc))
    groups = []
    for beam in score.iterfind("part/measure/note/beam[@number='1']"):
        if beam.text == "begin":
            groups.append(0)
        groups[-1] += 1
    return groups


def test_voices_of_one_player_that_move_together_become_chords():
    (bar,) = bars(piano("e f g a", "c d e f", "C4", "C,4"))
    upper = on_staff(bar, 1)
    assert [len(sign.steps) for sign in upper] == [2, 2, 2, 2]
    assert len(voices(bar)) == 1


def test_a_unison_is_written_once_and_a_note_beside_its_own_sharp_twice():
    (bar,) = bars(piano("e f g a", "e ^f d f", "C4", "C,4"))
    assert [len(sign.notes) for sign in on_staff(bar, 1)] == [1, 2, 2, 2]


def test_singers_keep_their_own_stems():
    (bar,) = bars(f"{CHOIR}V:S\ne f g a|\nV:A\nc d e f|\n")
    assert len(voices(bar)) == 2
    assert len(bar) == 8


def test_voices_that_mostly_move_apart_are_not_torn_from_bar_to_bar():
    (first, *_) = bars(
        piano("e f g a|e2 g2|e2 g2|e2 g2", "c d e f|c d e f|c d e f|c d e f", "C4|C4|C4|C4", "C,4|C4|C4|C4")
    )
    assert len(voices(first)) == 2


def test_a_voice_that_only_rests_is_left_out_beside_one_that_sounds():
    (bar,) = bars(piano("e f g a", "z4", "C4", "z4"))
    assert len(voices(bar)) == 1
    assert len(voices(bar, 2)) == 1


def test_a_rest_that_two_voices_have_is_printed_once_in_the_middle():
    (bar,) = bars(piano("e z g2", "c z d e", "C4", "z4"))
    rests = [sign for sign in on_staff(bar, 1) if sign.is_rest]
    assert [sign.is_hidden for sign in rests] == [False, True]
    assert rests[0].notes[0].findtext("rest/display-step") == "B"


def rests(signs, staff=1):
    """(voice, onset) of the rests that are printed."""
    return [(sign.voice, sign.onset) for sign in on_staff(signs, staff) if sign.is_rest and not sign.is_hidden]


def test_rests_within_a_longer_one_of_another_voice_are_not_printed():
    (bar,) = bars(piano("z2 e2", "z z c d", "C,4", "x4"))
    assert [onset for _, onset in rests(bar)] == [0]


def test_a_third_voice_has_no_rests_beside_two_that_play():
    three = PIANO.replace("(1 2)", "(1 2 5)").replace("V:4", "V:5\nV:4")
    music = "V:1\ng4|\nV:2\ne f e d|\nV:3\nC,4|\nV:5\nc2 z2|\n"
    (bar,) = bars(three + music)
    assert rests(bar) == []


def test_singers_keep_every_rest():
    (bar,) = bars(CHOIR + "V:S\nz2 e2|\nV:A\nz z c d|\n")
    assert len(rests(bar)) == 3


def test_the_higher_voice_comes_first_whatever_its_number():
    """Verovio turns the stems of the first one up: these crossed those of the other."""
    (bar,) = bars(piano("C4", "c d e f", "C,4", "z4"))
    means = {voice: sum(step for sign in bar if sign.voice == voice for step in sign.steps) for voice in voices(bar)}
    first, second = voices(bar)
    assert means[first] > means[second]


def test_voices_are_numbered_from_an_odd_number_on_every_staff():
    (bar,) = bars(piano("e4", "z4", "C2 D2", "C,4"))
    assert [int(voice) % 2 for voice in voices(bar, 2)] == [1, 0]


@pytest.mark.parametrize(
    ("metre", "music", "groups"),
    [
        ("4/4", "C D E F G A B c|", [4, 4]),
        ("4/4", "C D E/ F/ G A B c d|", [2, 3, 4]),
        ("3/4", "C D E F G A|", [6]),
        ("6/8", "C D E F G A|", [3, 3]),
        ("2/2", "C D E F G A B c|", [4, 4]),
        ("7/8", "C D E F G A B|", [2, 2, 3]),
        ("(3+2)/8", "C D E F G|", [3, 2]),
        ("4/4", "C2 D E F2 G A|", [2, 2]),
        ("4/4", "C z D E F G A B|", [2, 4]),
    ],
)
def test_what_has_only_flags_is_beamed_by_the_metre(metre, music, groups):
    assert beams(LINE.format(metre=metre, music=music)) == groups


@pytest.mark.parametrize(
    ("music", "groups"),
    [
        ("(3zCDEF G4 z2|", [2, 2]),  # it began in the triplet, and went on behind it
        ("EF(3CDz G4 z2|", [2, 2]),
        ("EF(3CDEGA z2|", [7]),  # the triplet lies within it
        ("(3z2CD EF G4|", [2, 2]),
        ("(3z/C/D/E/F/ (3z/c/d/ee z4|", [2, 2, 2, 2]),
    ],
)
def test_a_beam_does_not_reach_into_a_tuplet_or_out_of_one(music, groups):
    """The bracket of a triplet stood over all notes of a beam that went on behind it."""
    assert beams(LINE.format(metre="4/4", music=music)) == groups


def test_a_pickup_is_beamed_as_the_end_of_a_bar():
    assert beams(LINE.format(metre="6/8", music="C D E F|F G A B c d|")) == [3, 3, 3]


def test_a_source_s_own_beams_stay():
    assert beams(LINE.format(metre="4/4", music="CDE FGABc|C D E F G A B c|")) == [3, 5]


def test_syllables_keep_their_flags():
    assert beams(LINE.format(metre="4/4", music="C D E F G A B c|\nw:a b c d e f g h")) == []


def octave_signs(abc):
    score = legible(convert_abc(abc))
    return [(shift.get("type"), shift.get("size")) for shift in score.iterfind(".//octave-shift")]


def test_more_than_five_ledger_lines_get_an_octave_sign():
    assert octave_signs(LINE.format(metre="4/4", music="C2 c''2 d''2 e2|")) == [("down", "8"), ("stop", "8")]
    assert octave_signs(LINE.format(metre="4/4", music="C2 c'2 d'2 e'2|")) == [], "four are read easily"
    assert octave_signs(LINE.format(metre="4/4", music="C2 C,,2 D,,2 E2|")) == [("up", "8"), ("stop", "8")]


def test_no_octave_sign_where_the_source_has_one():
    music = "!8va(!c''2 d''2!8va)! c''2 d''2|"
    assert len(octave_signs(LINE.format(metre="4/4", music=music))) == 2


def test_a_bar_that_stands_far_below_its_staff_goes_to_the_other_one():
    (bar,) = bars(piano("[C,,C,]4", "z4", "C2 E2", "z4"))
    assert sorted({tuple(sign.steps) for sign in on_staff(bar, 2)}) == [(14, 21), (28,), (30,)]
    assert all(sign.is_rest for sign in on_staff(bar, 1)), "and leaves a rest behind"


def test_of_two_voices_on_a_staff_the_low_one_goes_to_a_staff_that_is_free():
    (bar,) = bars(piano("g4", "A,,2 B,,2", "z4", "x4"))
    assert [sign.steps for sign in on_staff(bar, 2) if not sign.is_rest] == [[19], [20]]
    (bar,) = bars(piano("g4", "A,,2 B,,2", "C,4", "x4"))
    assert [len(sign.steps) for sign in on_staff(bar, 2)] == [1]


def test_a_staff_that_its_voices_have_left_has_a_rest():
    (bar,) = bars(piano("g4", "x4", "[I:staff -1]c2 d2", "x4"))
    (rest,) = on_staff(bar, 2)
    assert (rest.is_rest, rest.is_hidden, rest.end) == (True, False, 480)


def test_a_staff_that_its_only_voice_leaves_for_a_bar_has_one_rest():
    """It had two, one behind the other, so that the bar was twice as long on the page and half of it empty."""
    both_high = "V:1\nc4|\nV:2\n[ca]4|\n"
    (bar,) = bars(f'X:1\nL:1/4\nM:4/4\n%%score {{1 | 2}}\nK:C\nV:1 nm="Piano"\nV:2 bass\n{both_high}')
    (rest,) = on_staff(bar, 2)
    assert (rest.is_rest, rest.end) == (True, 480)


def test_notes_sent_far_from_the_other_staff_stay_at_home():
    (bar,) = bars(piano("g4", "e2 [I:staff +1]a2[I:staff -1]", "C,4", "x4"))
    assert [sign.steps for sign in on_staff(bar, 1)] == [[39], [37], [40]]
    (bar,) = bars(piano("g4", "e2 [I:staff +1]A,2[I:staff -1]", "C,4", "x4"))
    assert [sign.steps for sign in on_staff(bar, 2) if len(sign.steps) == 1] == [[26], [21]]


def test_a_voice_that_was_sent_to_the_other_staff_comes_home():
    """Nobody called it back, and its high notes hung over the staff of the left hand."""
    first, second = bars(piano("e4|[I:staff +1]c'4|c'4", "z4|z4|z4", "C4|C4|C4", "z4|z4|z4"))[1:]
    for bar in (first, second):
        assert [sign.steps for sign in on_staff(bar, 1) if not sign.is_rest] == [[42]]


CHANT = "X:1\nM:none\nL:1/4\nK:C\n" + "C D E F G A G F E D C2 z C D E F G2 F E D C4|\n"


def test_a_bar_too_long_for_a_line_is_broken_without_a_barline():
    score = legible(convert_abc(CHANT))
    measures = score.findall("part/measure")
    assert len(measures) > 1
    assert [m.findtext("barline/bar-style") for m in measures[:-1]] == ["none"] * (len(measures) - 1)
    assert sum(len(measure.findall("note")) for measure in measures) == 21


def test_words_of_a_long_bar_do_not_run_together():
    """Twenty syllables in one bar stood in one line, whatever room they needed."""
    words = "w:" + " ".join(["morning"] * 21) + "\n"
    pages = engrave(convert_abc(CHANT + words), title="", composer="")
    assert sum(page.count('class="system"') for page in pages) > 1


@pytest.mark.parametrize(
    "abc",
    [
        piano("e f g a|e z g2|C,,4", "c d e f|c z d e|z4", "C4|C2 z2|c4", "C,4|z4|z4"),
        piano("C4-|C4", "c2 c2-|c d e f", "C,4-|C,4", "z4|z4"),
        CHANT,
        LINE.format(metre="4/4", music="c''2 d''2 (3C D E F2|"),
    ],
)
def test_nothing_sounds_otherwise(abc):
    def played(musicxml):
        performance = perform(musicxml)
        return Counter((round(performance.written(note) * 48), note.pitch) for note in performance.notes)

    musicxml = convert_abc(abc)
    assert played(etree.tostring(legible(musicxml), encoding="unicode")) == played(musicxml)
