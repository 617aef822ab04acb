"""Parts for transposing instruments: written as the player reads them, with the interval to what sounds."""

import json

import pytest
from lxml import etree

from renderers.recipe import Recipe
from renderers.sanitise import sanitise
from tests.renderers.playing import messages_of, notes_of

# instrument, semitones from written to sounding, (steps, semitones, octaves), what a written D5 sounds as MIDI pitch
INSTRUMENTS = [
    ("Clarinet in Bb", -2, ("-1", "-2", None), 72),
    ("Clarinet in A", -3, ("-2", "-3", None), 71),
    ("Clarinet in Eb", 3, ("2", "3", None), 77),
    ("Alto Sax", -9, ("-5", "-9", None), 65),
    ("Tenor Sax", -14, ("-1", "-2", "-1"), 60),
    ("Bass Clarinet", -14, ("-1", "-2", "-1"), 60),
    ("Horn in F", -7, ("-4", "-7", None), 67),
    ("Piccolo", 12, ("0", "0", "1"), 86),
    ("Double Bass", -12, ("0", "0", "-1"), 62),
    ("Flute", 0, None, 74),
]
MIXED = """X:1
%%score 1 2
L:1/4
M:4/4
K:C
V:1 treble nm="Flute"
V:2 treble nm="Clarinet in Bb" transpose=-2
[V:1]cdef|[V:2][K:D]defg|
[V:1][K:F]f4|[V:2][K:G]g4|
[V:1][K:Am]e4|[V:2][K:Bm]^f4|]
"""


def solo(name, semitones, *, how="V:1 nm={name} transpose={semitones}\n"):
    written = how.format(name=f'"{name}"', semitones=semitones)
    return f"X:1\nL:1/4\nM:4/4\nK:D\n{written}[V:1]d4|]\n"


def made(abc, *formats):
    """Files by ending, made in this process."""
    return Recipe(abc).render(formats)


def score_of(abc):
    return etree.fromstring(made(abc, "xml")[".musicxml"])


def written_notes(part):
    return [(pitch.findtext("step"), pitch.findtext("alter"), pitch.findtext("octave")) for pitch in part.iter("pitch")]


@pytest.mark.parametrize(("name", "semitones", "interval", "sounds"), INSTRUMENTS)
def test_a_part_is_written_for_its_player_and_sounds_for_everybody(name, semitones, interval, sounds):
    files = made(solo(name, semitones), "xml", "mid", "analysis")
    (part,) = etree.fromstring(files[".musicxml"]).iterfind("part")
    assert written_notes(part) == [("D", None, "5")]
    transposed = [
        tuple(transpose.findtext(tag) for tag in ("diatonic", "chromatic", "octave-change"))
        for transpose in part.iter("transpose")
    ]
    assert transposed == ([interval] if interval else [])
    assert [note.pitch for note in notes_of(files[".mid"])] == [sounds]
    (analysed,) = json.loads(files[".analysis.json"])["parts"]
    assert sounds == midi_pitch(analysed["lowest"])


def midi_pitch(name):
    from music21.pitch import Pitch

    return Pitch(name).midi


@pytest.mark.parametrize(
    "how", ["V:1 nm={name} transpose={semitones}\n", "V:1 nm={name}\n%%MIDI transpose {semitones}\n"]
)
def test_the_two_ways_of_abc_to_say_it_mean_the_same(how):
    abc = solo("Clarinet in Bb", -2, how=how)
    assert sanitise(abc).count("transpose") == 1
    assert [note.pitch for note in notes_of(made(abc, "mid")[".mid"])] == [72]


def test_a_tune_without_voices_says_it_in_its_key():
    files = made("X:1\nL:1/4\nM:4/4\nK:D transpose=-2\nd4|]\n", "mid")
    assert [note.pitch for note in notes_of(files[".mid"])] == [72]


def test_each_part_of_a_mixed_score_has_its_own_key_from_the_first_bar_on():
    flute, clarinet = score_of(MIXED).iterfind("part")
    assert [key.findtext("fifths") for key in flute.iter("key")] == ["0", "-1", "0"]
    assert [key.findtext("fifths") for key in clarinet.iter("key")] == ["2", "1", "2"]
    (first,) = clarinet.find("measure").iterfind("attributes")
    assert [child.tag for child in first] == ["divisions", "key", "time", "clef", "transpose"]


def test_both_parts_of_a_mixed_score_sound_together():
    midi = made(MIXED, "mid")[".mid"]
    notes = notes_of(midi)
    flute = [note.pitch for note in notes if note.track == "Flute"]
    assert flute == [note.pitch for note in notes if note.track != "Flute"] == [72, 74, 76, 77, 77, 76]
    keys = [message.key for _, message in messages_of(midi, "key_signature")]
    assert keys == ["C", "F", "Am"], "the key of the file is the one that sounds"


def test_a_piece_for_one_clarinet_is_in_the_key_that_sounds():
    files = made(solo("Clarinet in Bb", -2).replace("d4|]", "d4|[K:A]a4|]"), "mid", "analysis")
    assert [message.key for _, message in messages_of(files[".mid"], "key_signature")] == ["C", "G"]


def test_the_analysis_hears_what_sounds():
    header = "X:1\n%%score 1 2\nL:1/4\nM:4/4\nK:C\nV:1\n"
    flutes = header + "V:2\n[V:1]c2 e2|g e c2|]\n[V:2]e2 g2|g g e2|]\n"
    flute_and_clarinet = header + "V:2 transpose=-2\n[V:1]c2 e2|g e c2|]\n[V:2][K:D]f2 a2|a a f2|]\n"
    sounding, written = (json.loads(made(abc, "analysis")[".analysis.json"]) for abc in (flutes, flute_and_clarinet))
    assert sounding["key"] == "C major"
    assert written == sounding


def test_a_trill_of_a_clarinet_turns_in_the_key_that_sounds():
    """Written E in D major with its upper neighbour F sharp: sounding D and E."""
    abc = solo("Clarinet in Bb", -2).replace("d4|]", "!trill!e4|]")
    assert {note.pitch for note in notes_of(made(abc, "mid")[".mid"])} == {74, 76}
