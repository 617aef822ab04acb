"""A keyboard has one pedal, which catches the bass."""

from generator.finishing.pedals import mend_pedals
from generator.notation import check_bars, parse_tune

PIANO = "%%score { 1 | 2 }\nL:1/8\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"


def mended(*bars, header=PIANO):
    """Each bar of both hands, before and after."""
    tune = parse_tune(header + "".join(f"[V:1]{upper}|[V:2]{lower}|\n" for upper, lower in bars))
    after = mend_pedals(tune)
    assert check_bars(after) == check_bars(tune)
    assert str(mend_pedals(after)) == str(after), "what is mended stays"
    return [tuple(voice.music.removesuffix("|") for voice in bar.voices) for bar in after.bars]


def test_the_lower_hand_has_the_pedal_where_both_have_one():
    assert mended(("!ped!c4 d4!ped-up!", "!ped!C,4 G,4!ped-up!")) == [("c4 d4", "!ped!C,4 G,4!ped-up!")]


def test_the_upper_hand_keeps_it_where_the_lower_has_none():
    bar = ("!ped!c4 d4!ped-up!", "C,4 G,4")
    assert mended(bar) == [bar]


def test_a_single_stray_mark_of_the_lower_hand_does_not_take_the_pedal_from_the_upper():
    bars = [("!ped!c8!ped-up!", "C,8")] * 5
    assert mended(("!ped!c8!ped-up!", "!ped!C,8!ped-up!"), *bars)[0] == ("!ped!c8!ped-up!", "C,8")


def test_a_pedal_behind_a_bass_note_begins_with_it():
    after = mended(("c8", "C,2!ped! [E,G,C]2 [E,G,C]2 z2!ped-up!"))
    assert after == [("c8", "!ped!C,2 [E,G,C]2 [E,G,C]2 z2!ped-up!")]


def test_a_pedal_stays_where_what_is_before_it_is_no_bass_note():
    for lower in ("z2!ped! C,2 E,4!ped-up!", "C2!ped! C,2 E,4!ped-up!", "C,2 E,2!ped! G,4!ped-up!"):
        assert mended(("c8", lower)) == [("c8", lower)]


def test_a_pedal_does_not_begin_with_a_note_that_the_pedal_before_it_holds():
    bar = ("c8", "!ped!E,2 C,2!ped-up!!ped! E,4!ped-up!")
    assert mended(bar) == [bar]


def test_a_pedal_shorter_than_an_eighth_goes():
    assert mended(("c8", "!ped!C/!ped-up! G,3/2 !ped!E,6!ped-up!")) == [("c8", "C/ G,3/2 !ped!E,6!ped-up!")]


def test_instruments_of_one_staff_and_music_that_cannot_be_read_keep_their_marks():
    harp_and_flute = PIANO.replace("{ 1 | 2 }", "1 2")
    bar = ("!ped!c8!ped-up!", "C,2!ped! E,6!ped-up!")
    assert mended(bar, header=harp_and_flute) == [bar]
