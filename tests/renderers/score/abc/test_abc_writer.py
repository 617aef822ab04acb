"""A tune as ABC reads again as the same tune."""

import re
from pathlib import Path

import pytest

from renderers.score.abc import read_abc
from renderers.score.abc.abc_writer import write_abc
from renderers.score.abc.model import Event
from renderers.score.files import read_file
from renderers.score.musicxml import convert

DATA = Path(__file__).parents[3] / "data"
HEAD = "X:1\nT:t\nM:4/4\nL:1/8\nK:D\n"
TUNES = {
    "repeats": "|:D4 E4|1 F8:|2 G8||[V:1]A8|]",
    "three times": "|::D4 E4::|F8:|",
    "endings with text": '|:D4 E4|["first" F8:|["last" G8|]',
    "tuplets": "(3DEF (3:2:2D4E2 (5:4:5DEFGA z2|(6:4:6D/E/F/G/A/B/ z6|",
    "chords and ties": "[DF]2- [DF]2 [D-F]2 D2|D4- D4-|D8|",
    "slurs and signs": "(D2 !trill!E2 .F2) !fermata!G2|(D(EF)G) {/cd}e4|",
    "directions": '!f!D2 "^dolce"E2 !<(!F2 !<)!G2|"Am7/G"D4 [Q:1/4=80]E4|!D.C.!D8|',
    "overlays": "D4 E4 & x2 A,6|D8|",
    "accidentals": "^C2 C2 c2 =c2|__B2 _B2 =B2 ^/F2|",
    "other keys and metres": "D8|[K:Ebmin]E8|[M:3/4]E6|[M:2+3/8]E5|[M:none]E9|",
    "clefs": "D8|[K:bass]D,8|[K:treble-8]d8|",
    "words": "D2 E2 F2 G2|A8|\nw:al-le-lu- ia_ * one~word\nw:se--cond * verse",
    "rests and odd lengths": "Z|x8|z3 D5|D7 z|",
    "graces and strokes": "!//!D4 !///-!E2F2|",
}


@pytest.mark.parametrize("music", TUNES.values(), ids=TUNES)
def test_a_tune_comes_back_as_it_was(music):
    once = write_abc(read_abc(HEAD + music + "\n"))
    tune = read_abc(once)
    assert not tune.remarks
    assert write_abc(tune) == once
    before, after = (_without_written_accidentals(convert(text).musicxml) for text in (HEAD + music + "\n", once))
    assert after == before


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.abc")), ids=lambda path: path.stem)
def test_pieces_with_several_voices_come_back_as_they_were(path):
    tune = read_abc(path.read_text(encoding="utf-8"))
    again = read_abc(write_abc(tune))
    assert [len(voice.bars) for voice in again.voices] == [len(voice.bars) for voice in tune.voices]
    assert _sounds(again) == _sounds(tune)
    assert again.layout == tune.layout


@pytest.mark.parametrize("name", ["prelude.musicxml"])
def test_what_other_programs_wrote_comes_back_too(name):
    tune = read_file((DATA / "scores" / name).read_bytes())
    assert _sounds(read_abc(write_abc(tune))) == _sounds(tune)


def test_the_same_letter_means_the_same_note_to_programs_that_let_accidentals_hold_for_all_octaves_or_for_one():
    text = write_abc(read_abc("X:1\nL:1/4\nK:C\n%%propagate-accidentals octave\n^FfFz|\n"))
    assert "^F2=f2^F2z2|" in text


def test_for_corpora_each_voice_is_one_line_with_the_accidentals_of_the_page():
    tune = read_abc("X:1\nL:1/4\nK:C\n%%propagate-accidentals octave\n" + "^FfFz|" * 9 + "\n")
    lines = write_abc(tune, one_line=True).splitlines()
    assert lines[-2:] == ["V:1", "^F2f2F2z2|" * 9]


def _without_written_accidentals(musicxml):
    return re.sub(r"<accidental.*?</accidental>\n?|<mode>.*?</mode>\n?|<divisions>.*?</divisions>", "", musicxml)


def _sounds(tune):
    """Onset, length and pitches of every note, and what stands at every barline."""
    found = []
    for voice in tune.voices:
        found += [(sign.starts, sign.ends, sign.ending) for sign in voice.signs]
        for index, bar in enumerate(voice.bars):
            for place, layer in enumerate(bar.layers):
                now = 0
                for event in (item for item in layer if isinstance(item, Event) and not item.is_bar_rest):
                    heads = [(head.step, head.octave, head.alter, head.is_tied_on) for head in event.heads]
                    found += [(voice.id, index, place, now, event.length, heads)] if heads else []
                    now += event.length
    return found
