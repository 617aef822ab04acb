"""Flags become beams where the metre wants them, and nothing else changes."""

import pytest

from generator.critic.sounding import sounding_notes
from generator.notation import parse_tune
from generator.notation.beaming import beam_by_metre, count_flags


def tune_of(metre: str, *bars: str, unit: str = "1/8") -> str:
    return f"L:{unit}\nM:{metre}\nK:C\nV:1 treble\n" + "".join(f"[V:1]{bar}|\n" for bar in bars)


def beamed(metre: str, *bars: str) -> list[str]:
    tune = beam_by_metre(parse_tune(tune_of(metre, *bars)))
    return [bar.voices[0].music.removesuffix("|") for bar in tune.bars]


@pytest.mark.parametrize(
    ("metre", "flagged", "expected"),
    [
        ("4/4", "C D E F G A B c", "CDEF GABc"),
        ("C", "z C D E F/ F/ G A B", "z CDE F/F/G AB"),
        ("4/4", "C/ D/ E F G A2 B c", "C/D/E FG A2 Bc"),
        ("4/4", "C3/2 D/ E F G>A B2", "C3/2D/ EF G>A B2"),
        ("2/2", "C D E F G/ A/ B/ c/ d/ e/ f/ g/", "CDEF G/A/B/c/ d/e/f/g/"),
        ("C|", "C D E F G4", "CDEF G4"),
        ("3/4", "C D E F G A", "CDEFGA"),
        ("3/4", "C2 D E F G", "C2 DEFG"),
        ("3/4", "C3 D E F", "C3 D EF"),
        ("3/4", "C D E F3", "CD E F3"),
        ("2/4", "C D E F", "CDEF"),
        ("2/4", "C/ D/ E/ F/ G A", "C/D/E/F/ GA"),
        ("3/8", "C D E", "CDE"),
        ("6/8", "C D E F/ G/ A B", "CDE F/G/AB"),
        ("9/8", "C2 D E F G A B c", "C2 D EFG ABc"),
        ("12/8", "C D E F G A B c d e f g", "CDE FGA Bcd efg"),
        ("6/4", "C D E F G A B c d e f g", "CD EF GA Bc de fg"),
        ("5/4", "C D E F G A B c d e", "CD EF GA Bc de"),
        ("5/8", "C D E F G", "CDE FG"),
        ("5/8", "C/ D/ E F2 G", "C/D/E F2 G"),
        ("5/8", "C D E2 F", "CD E2 F"),
        ("7/8", "C D E F G A B", "CD EF GAB"),
        ("13/8", "C D E F G A B c d e f g a", "CD EF GA Bc de fga"),
        ("3/2", "C D E F G4 A/ B/ c d e", "CDEF G4 A/B/c de"),
        ("4/4", "(3C D E (3F G A B4", "(3CDE (3FGA B4"),
        ("4/4", "(3C2 D2 E2 F4", "(3C2 D2 E2 F4"),
        ("4/4", "C4 {d} C !p! D (E F)", "C4 {d} C!p!D(EF)"),
        ("2/4", "C- C (D E)", "C-C(DE)"),
        ("2/4", "C D E F & z2 G/ A/ B", "CDEF & z2 G/A/B"),
    ],
)
def test_flags_become_beams_as_the_metre_groups_them(metre: str, flagged: str, expected: str) -> None:
    assert beamed(metre, flagged) == [expected]


def test_a_pickup_and_the_rest_of_a_split_bar_are_beamed_from_where_they_stand_in_the_bar() -> None:
    assert beamed("4/4", "C D/ E/ F", "C D E F G A B c")[0] == "C D/E/F"
    assert beamed("3/4", "C D E F G A", "C D E F|", "G A", "C6")[2] == "GA"


def test_what_a_source_has_beamed_stays_but_for_beats_that_it_left_apart() -> None:
    assert beamed("4/4", "CD EF GA Bc", "C/D/ E FG A B c d", "CDEF GABc") == [
        "CD EF GA Bc",
        "C/D/ E FG ABcd",
        "CDEF GABc",
    ]


def test_gaps_within_a_beat_are_closed_where_that_is_asked_for_and_longer_beams_stay() -> None:
    tune = parse_tune(tune_of("3/4", "(3C/D/E/ (3F/E/D/ CDEF", "C/D/ E FGAB"))
    closed = [bar.voices[0].music.removesuffix("|") for bar in beam_by_metre(tune, close_gaps=True).bars]
    assert closed == ["(3C/D/E/(3F/E/D/ CDEF", "C/D/E FGAB"]


@pytest.mark.parametrize(
    ("metre", "written", "expected"),
    [
        ("4/4", "CDEFGABc", "CDEF GABc"),  # over the middle of the bar
        ("4/4", "C/D/E/F/G/A/B/c/ z4", "C/D/E/F/ G/A/B/c/ z4"),
        ("2/4", "(C/D/E/F/G/)A/B", "(C/D/E/F/ G/)A/B"),
        ("3/4", "CDEFGA", "CDEFGA"),
        ("4/4", "CDEF GABc", "CDEF GABc"),
    ],
)
def test_beams_that_hide_the_beats_are_written_anew_where_that_is_asked_for(
    metre: str, written: str, expected: str
) -> None:
    tune = parse_tune(tune_of(metre, written))
    assert [bar.voices[0].music for bar in beam_by_metre(tune, close_gaps=True).bars] == [f"{expected}|"]
    assert [bar.voices[0].music for bar in beam_by_metre(tune).bars] == [f"{written}|"]


def test_a_voice_that_is_mostly_flags_is_beamed_anew_as_a_whole() -> None:
    assert beamed("4/4", "C D E F G A Bc", "C D EFGA B c") == ["CDEF GABc", "CDEF GABc"]


def test_a_bar_that_cannot_be_read_and_music_without_metre_stay_as_they_are() -> None:
    assert beamed("4/4", "C D E F C/0 D", "C D E F") == ["C D E F C/0 D", "CDEF"]
    assert beamed("none", "C D E F") == ["C D E F"]


def test_notes_and_all_other_words_are_the_same_before_and_after() -> None:
    text = tune_of("4/4", '^C !f! D "^dolce" E- E F/ u.G/ (3A B c {/d} =c > B', "[CE] [DF]- [DF] _E [K:G] F T G A B")
    before, after = parse_tune(text), beam_by_metre(parse_tune(text))
    assert list(sounding_notes(before)) == list(sounding_notes(after))
    assert str(before).replace(" ", "") == str(after).replace(" ", "")
    assert sum(apart for apart, _ in count_flags(before).values()) > 0
    assert sum(apart for apart, _ in count_flags(after).values()) == 0


def test_beaming_twice_is_beaming_once() -> None:
    once = beam_by_metre(parse_tune(tune_of("4/4", "C D E F G A B c", "C/ D/ E F G A3 B", "CDEF G A B c")))
    assert beam_by_metre(once) == once
