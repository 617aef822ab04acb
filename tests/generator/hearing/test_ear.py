from fractions import Fraction
from random import Random

import pytest

from generator.hearing.ear import Ear, rows_of_lines
from generator.hearing.header import WHOLE
from generator.hearing.numbers import NUMBERS, ROW_BYTES
from generator.notation import parse_tune, time_music
from tests.generator.hearing.hearing_of import flags, header, heard, named

C, D, E, F, G, A, B = 0, 2, 4, 5, 7, 9, 11

# Everything that music of several voices does to time and pitch, in one piece.
TUNE = """%%score { 1 | 2 }
L:1/8
M:3/4
K:D
V:1 treble
V:2 bass
[V:1]A|[V:2]F,|
[V:1](3(def) {g}a>b [^df]2-|[V:2]D,2 [F,A,]2 z2|
[V:1][df]2 !p!e<d "^dolce"(5:4:5a/b/a/g/f/ e/-|[V:2]A,,4 x2 & z2 E,2 C,2|
[V:2][K:G][M:2/4]G,,2 B,,2|
[V:1][K:G]e//f//g/ g (3:2:2a2 b|[V:2][L:1/16]D,4 =F,2^F,2|
[V:1]g4|[V:2]G,,8|
"""


def test_a_voice_hears_what_the_finished_ones_play_at_this_moment():
    row = heard("[V:1]C2E2 G4|[V:2]C,")
    assert named(row, "sounding") == [C]
    assert named(row, "next") == [E]
    row = heard("[V:1]C2E2 G4|[V:2]C,3")
    assert named(row, "sounding") == named(row, "lowest") == [E]
    assert "struck_now" not in flags(row)
    assert "struck_now" in flags(heard("[V:1]C2E2 G4|[V:2]C,4"))


def test_chords_sound_with_all_their_notes_and_the_open_one_is_known():
    row = heard("[V:1][CEG]4 z4|[V:2][F,^")
    assert (named(row, "sounding"), named(row, "lowest"), named(row, "highest")) == ([C, E, G], [C], [G])
    assert named(row, "chord") == [F]
    assert "in_chord" in flags(row)
    assert named(heard("[V:1][CEG]4 z4|[V:2]C,4"), "sounding") == []


def test_the_last_note_and_the_place_in_the_bar_grow_with_the_text():
    assert named(heard("[V:1]c"), "last") == [C]
    assert [named(heard(f"[V:1]c{number}"), "left") for number in ("", "4", "4/")] == [[14], [8], [12]]
    assert named(heard("[V:1](3cde"), "place") == [1, 8]


@pytest.mark.parametrize(("music", "quarters"), [("c>d e", 3), ("(3cde c", 3), ("{cde}c2 d2", 4), ("[ce]3/2 f/", 2)])
def test_time_passes_as_it_is_written(music: str, quarters: int):
    ear = Ear(header("1 treble"))
    ear.learn([f"[V:1]{music}"])
    assert ear.events("1")[-1][1] * 8 == quarters * WHOLE


def test_a_tie_over_the_barline_carries_its_alteration():
    row = heard("[V:1]f", "[V:1]^f8-|")
    assert named(row, "last") == [F + 1]
    assert named(heard("[V:1]f", "[V:1]^f8|"), "last") == [F]
    assert "tied" in flags(heard("[V:1]", "[V:1]^f8-|[V:2]C,8|"))


def test_accidentals_last_to_the_end_of_the_bar_and_signatures_change_inside():
    assert named(heard("[V:1]^c2 c"), "last") == [C + 1]
    assert named(heard("[V:1]^c2 c'"), "last") == [C]
    row = heard("[V:2]F,", "[V:1][K:D]f8|")
    assert named(row, "last") == [F + 1]
    assert named(row, "signature") == [D]


def test_a_metre_change_and_a_short_first_voice_say_how_much_is_left():
    assert named(heard("[V:1][M:2/4]c2"), "left") == [4]
    assert named(heard("[V:2]C,", "[V:1][M:2/4]c4|[V:2]C,4|"), "left") == [6]
    assert named(heard("[V:1]c2|[V:2]C,"), "left") == [2]


def test_the_same_place_of_earlier_bars_is_remembered():
    bars = [f"[V:1]{note}4 z4|" for note in "CDEFGAB"] + ["[V:1]c2^c2 z4|"]
    row = heard("[V:1]", *bars)
    assert named(row, "remembered") == [0, 12 + B, 24 + G, 36 + C]
    assert named(row, "struck") == [0, 1, 2, 3]
    assert named(heard("[V:1]e2", *bars), "struck") == [0]
    assert named(row, "before") == []


def test_what_ended_the_bar_before_is_known_and_so_is_the_bass():
    row = heard("[V:1]", "[V:1]c4 d4|[V:2]C,4 G,,4|")
    assert (named(row, "before"), named(row, "bass_before")) == ([D, G], [G])


def test_a_transposing_voice_hears_the_others_as_it_would_write_them():
    tune = header("1 treble transpose=-2", "2 bass", "3 perc")
    assert named(heard("[V:1]d8|[V:2]", tune=tune), "sounding") == [C]
    assert named(heard("[V:2]C,8|[V:1]", tune=tune), "sounding") == [D]
    assert named(heard("[V:3]C,8|[V:2]", tune=tune), "sounding") == []


def test_the_countdown_says_where_the_bar_is():
    assert named(heard("[r:9/0][V:1]c"), "phrase") == [1, 8]
    assert named(heard("[r:3/25]"), "phrase") == [3, 13]


def test_texts_and_decorations_are_no_notes():
    assert heard('[V:1]"^dec"!f!+ff+.c2') == heard("[V:1]c2")
    assert heard("[V:1]c2|[V:2]") == heard("[V:1]c2||[V:2]")


def test_time_agrees_with_the_reader_of_durations():
    tune = parse_tune(TUNE)
    ear = Ear(tune.header)
    metre, units = tune.header.metre, dict[str, Fraction]()
    for number, bar in enumerate(tune.bars, start=1):
        ear.learn(list(map(str, tune.bars[:number])))
        for voice in bar.voices:
            timing = time_music(voice.tokens, unit=units.get(voice.voice, tune.header.unit), metre=metre)
            metre, units[voice.voice] = timing.metre, timing.unit
            exact = [(timed.onset * WHOLE, (timed.onset + timed.length) * WHOLE) for timed in timing.timed]
            assert ear.events(voice.voice) == exact


def test_reading_a_piece_and_composing_it_hear_the_same():
    # Composing goes back and forth, bar by bar and voice by voice; what is heard depends on the text alone.
    tune = parse_tune(TUNE)
    lines = [f"[r:{number}/{5 - number}]{bar}\n" for number, bar in enumerate(tune.bars)]
    ear, rng = Ear(tune.header), Random(1)
    for number, (line, rows) in enumerate(zip(lines, rows_of_lines(tune.header, lines), strict=True)):
        ear.learn([known.rstrip("\n") for known in lines[:number]])
        assert len(rows) == ROW_BYTES * (len(line) + 1)
        for place in [*range(len(line)), *rng.sample(range(len(line)), 6)]:
            assert ear.hears(line[:place]) == rows[ROW_BYTES * place : ROW_BYTES * (place + 1)]
        if number == 3:
            ear.learn([lines[0].rstrip("\n"), "[V:1]C6|"])  # the end is written anew, and again as it was


def test_nothing_that_a_network_can_spell_is_too_strange():
    rng = Random(1)
    for seed in range(40):
        ear = Ear(header("1 treble", "2 bass"))
        ear.learn(["[V:1]c8|"])
        text = "[V:1]" + "".join(rng.choices("[]{}()|:&-<>^_=,'/0123456789zxZXcdefgABKLMVr!\"+ \n", k=120))
        for place in range(0, len(text), 7):
            assert len(ear.hears(text[:place])) == ROW_BYTES, (seed, text)
    assert NUMBERS == 8 * ROW_BYTES


@pytest.mark.parametrize(
    "written", ["", "[V:1]C2E", "[V:1]^G2 (3ABc", "[V:1]^G2 A2-|", "[V:1]^G2 A2-|\n", "[V:1]^G2 A2-|[V:2]"]
)
def test_a_finished_bar_is_heard_as_it_is_whatever_was_written_for_it(written: str):
    head = parse_tune(TUNE).header
    tried, fresh = Ear(head), Ear(head)
    tried.hears(written)
    for ear in (tried, fresh):
        ear.learn(["[V:1]^G2 A2-|"])
    assert [tried.hears(text) for text in ("[V:1]", "[V:1]A", "[V:1]A2|[V:2]")] == [
        fresh.hears(text) for text in ("[V:1]", "[V:1]A", "[V:1]A2|[V:2]")
    ]
