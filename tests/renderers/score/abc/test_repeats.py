"""Repeats, endings and part orders. Right values: abc2midi and abcjs, and the standard (4.8) where they differ."""

import pytest

from tests.renderers.score.abc.reading import length, letters, remarks, score


@pytest.mark.parametrize(
    ("music", "played"),
    [
        ("|:C4:|D4|", "CCD"),
        ("|:C4::D4:|", "CCDD"),
        ("|:C4:||:D4:|", "CCDD"),
        ("|:C4:|:D4:|", "CCDD"),
        ("|:C4[|]:|D4|", "CCD"),
        ("|::C4::|D4|", "CCCD"),
        ("|:::C4:::|D4|", "CCCCD"),
        ("|:C4|1 D4:|2 E4|]", "CDCE"),
        ("|:C4|[1 D4:|[2 E4|]", "CDCE"),
        ("|:C4|1-3 D4:|4 E4|]", "CDCDCDCE"),
        ("|:C4|1,3 D4:|2,4 E4:|F4|]", "CDCECDCEF"),
        ("|:C4|1 D4:|2 E4:|3 F4|]", "CDCECF"),
        ('|:C4|["first time" D4:|["last time" E4|]', "CDCE"),
        ("|:C2 [1 D2:|[2 E2|]", "CDCE"),
        ("|:C4|1 D4|2 E4|]", "CDCE"),
        ("|:C4|1-3 D4:|F4|]", "CDCDCDCF"),
        ("|:C4| 1 D4:|E4|]", "CDCDE"),
        ("|:C4::|D4|", "CCD"),
        ("|:C4|1,2 D4:|2 E4|]", "CDCE"),
        ("C4::|D4|", "CCD"),
        ("C4|:|D4|", "CD"),
        ("|:C4|:|D4|", "CCD"),
    ],
)
def test_repeats_are_played_as_often_as_they_say(music, played):
    assert letters(music) == played


@pytest.mark.parametrize(
    ("music", "played"),
    [
        ("C4:|D4|", "CCD"),
        ("C4:|D4:|", "CCDD"),
        ("C4:|\nD4:|\nE4:|", "CCDDEE"),
        ("C4:|D4||E4:|", "CCDEE"),
        ("C4||D4:|", "CDCD"),
        ("C4|1 D4:|2 E4||F4:|", "CDCEFF"),
        ("C4|1 D4:|2 E4||F4|1 G4:|2 A4|]", "CDCEFGFA"),
    ],
)
def test_a_repeat_without_a_start_sign_goes_back_to_the_last_one_or_a_double_bar_behind_it(music, played):
    assert letters(music) == played


def test_two_parts_without_a_start_sign_are_aabb_in_sixteen_quarters():
    abc = "X:1\nM:2/4\nL:1/8\nK:C\nC2E2|G2E2:|\nc2B2|A2G2:|\n"
    assert letters(abc) == "CEGECEGEcBAGcBAG"
    assert length(abc) == 16


def test_the_page_has_the_start_sign_that_the_tune_leaves_out():
    starts = [
        measure.get("number")
        for measure in score("C4:|D4:|").iter("measure")
        if measure.find("barline/repeat[@direction='forward']") is not None
    ]
    assert starts == ["2"]


def test_a_first_ending_without_a_second_is_left_out_the_second_time():
    """24 notes in 24 quarters: CDEF GABc GGGG CDEF GABc cccc."""
    abc = "|:CDEF|GABc|1 GGGG:|cccc|]"
    assert letters(abc) == "CDEFGABcGGGGCDEFGABccccc"
    assert length(abc) == 24


def test_an_ending_in_one_voice_holds_for_all_voices():
    music = "[V:1]|:c4|[V:2]|:C4|\n[V:1]d4|1[V:2]D4|\n[V:1]e4:|2[V:2]E4:|\n[V:1]f4|][V:2]F4|]\n"
    for part in score(music).iterfind("part"):
        endings = [ending.get("number") for ending in part.iter("ending") if ending.get("type") == "start"]
        assert endings == ["1", "2"]
    assert length(music) == 24


@pytest.mark.parametrize(
    ("music", "played"),
    [
        ("|:C4|1 D4:||:E4:|", "CDCEE"),
        ("|:C4|1 D4:|2 E4:||:F4:|", "CDCECFF"),
        ("C4|1 D4:|2 E4:|\n|:F4:|", "CDCECFF"),
        ("|:C4|1 D4:|2 E4:|3 F4:||:G4:|", "CDCECFCGG"),
        ("|:C4|1-3 D4:||:F4:|", "CDCDCDCFF"),
        ("|:C4|1 D4:|2 E4:||:F4|1 G4:|2 A4:||:B4:|", "CDCECFGFAFBB"),
    ],
)
def test_where_the_last_ending_leads_back_the_part_is_written_out_before_the_next_repeat(music, played):
    """As abc2midi and abcjs play it: no repeat sign says so."""
    assert letters(music) == played
    assert "the part is written out once more" in remarks(music)[0]


@pytest.mark.parametrize(
    ("order", "played"),
    [("AB", "CCD"), ("BA", "DCC"), ("ABA", "CCDCC"), ("A2B", "CCCCD"), ("(AB)2", "CCDCCD"), ("A.B.B", "CCDD")],
)
def test_parts_are_played_in_their_order(order, played):
    assert letters(f"X:1\nP:{order}\nM:4/4\nL:1/4\nK:C\nP:A\nC4:|\nP:B\nD4|]\n") == played


def test_a_label_behind_the_last_note_of_a_bar_names_the_next_one():
    abc = "X:1\nP:OABA\nM:4/4\nL:1/4\nK:C\n[P:O]\\\nC\\\n[P:A]\\\n|D4:|\n[P:B]\\\nE4|]\n"
    assert letters(abc) == "CDDEDD"


def test_a_part_order_that_names_an_unknown_part_is_spoken_of_and_not_followed():
    abc = "X:1\nP:AXB\nM:4/4\nL:1/4\nK:C\nP:A\nC4|\nP:B\nD4|]\n"
    assert letters(abc) == "CD"
    assert "P:AXB" in remarks(abc)[0]


def test_three_times_leaves_no_empty_measures_on_the_page():
    assert len(score("|::CDEF::|GABc|]").findall("part/measure")) == 2


def test_da_capo_and_dal_segno_are_followed():
    assert letters("C4|!fine!D4|E4!D.C.!|") == "CDECD"
    assert letters("C4|!segno!D4!dacoda!|E4!D.S.!|!coda!F4|]") == "CDEDF"


def test_a_da_capo_in_the_middle_silences_nothing_behind_it():
    """A minuet is followed by a finale, which nobody heard."""
    music = "C4|!fine!D4|E4!D.C.!|F4|]"
    assert letters(music) == "CDEF"
    assert remarks(music) == ["Line 6: D.C. is printed and not followed, as there is music behind it."]


def test_an_ending_behind_a_double_bar_is_an_ending_of_the_part_before_it():
    assert letters("|:CD:|EF||1GG:|2AA|]") == "CDCDEFGGEFAA"
