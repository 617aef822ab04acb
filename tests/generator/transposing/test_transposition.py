"""Transposing whole tunes and parts: what sounds, what is written, what is said about it."""

import pytest

from generator.critic.sounding import sounding_notes
from generator.errors import BadRequest, NotationError
from generator.notation import parse_tune
from generator.transposing.transposition import Transposition, plan, transpose

PIANO = """X:1
T:Keyboard piece in A minor
C:Notabot, after Chopin
%%score { ( 1 2 ) | 3 }
L:1/8
M:3/4
K:Amin
V:1 treble nm="Piano" snm="Pno."
V:2 treble
V:3 bass
[V:1]"Am"A2 ^G2 [I:staff +1]A2|[V:2]x6|[V:3][A,,E,]2 z4|
[V:1]!ped!c2 B2 [K:bass]!ped-up!A2|[V:2]x6|[V:3][K:E]^D,2 E,2 E,2|]
"""
BAND = """X:1
%%score [ 1 | 2 ]
L:1/8
M:2/4
K:Bb
V:1 treble transpose=-2 nm="Clarinet in B♭"
V:2 treble nm="Violin"
[V:1][K:C]c4|[V:2]d4|
[V:1]e4|[V:2]f4|]
"""
REEL = """X:7
T:The Test
M:4/4
L:1/8
K:Ador
|:"Am"eA (3AAA eAdA|"G7/B"eAdB "A tempo"GABd|"Bbm7b5"e2 ^c=f A,4:|
w: la la
"""
TWO = """X:1
M:3/4
L:1/4
K:D
V:1 name="Fiddle"
V:2 clef=bass name="Cello"
V:1
def|gfe|d3|]
V:2
D2A,|G,2A,|[D,A,]3|]
"""
INSTRUMENTS = (
    "clarinet",
    "clarinet in A",
    "alto sax",
    "horn",
    "piccolo",
    "guitar",
    "double bass",
    "alto clef",
    "flute",
)


def heard(abc):
    return [(note.bar, note.voice, note.pitch, note.length) for note in sounding_notes(parse_tune(abc))]


@pytest.mark.parametrize("abc", [PIANO, BAND])
@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("part", ["1", "2", "bass"])
def test_a_part_for_an_instrument_sounds_as_before_and_so_do_all_others(abc, instrument, part):
    written = transpose(abc, plan(abc, instrument=instrument, part=part)).abc
    assert heard(written) == heard(abc)


@pytest.mark.parametrize("abc", [PIANO, BAND])
@pytest.mark.parametrize(("by", "semitones"), [("m3", 3), ("-M2", -2), ("octave", 12), ("+6", 6), ("-11", -11)])
def test_by_an_interval_every_note_sounds_so_much_higher(abc, by, semitones):
    moved = heard(transpose(abc, plan(abc, by=by)).abc)
    assert [pitch for _, _, pitch, _ in moved] == [pitch + semitones for _, _, pitch, _ in heard(abc)]


def test_a_part_has_its_own_signature_transposition_name_and_staff():
    lines = transpose(PIANO, plan(PIANO, instrument="clarinet")).abc.splitlines()
    assert 'V:1 treble transpose=-2 nm="Clarinet in B♭"' in lines
    assert "%%score 1 { 2 | 3 }" in lines, "it has left the piano's brace"
    assert 'V:2 treble nm="Piano" snm="Pno."' in lines, "what is left of the piano is still called so"
    assert lines[-2].startswith('[V:1][K:Bmin]"Bm"B2 ^A2 B2|'), "chord names go with it, other staves are left alone"
    assert "[V:1]d2 c2 B2|" in lines[-1], "a clef of the left hand and a pedal mean nothing to it"
    assert "K:Amin" in lines


def test_a_part_that_was_transposed_before_is_counted_from_what_sounds():
    lines = transpose(BAND, plan(BAND, instrument="alto sax")).abc.splitlines()
    assert 'V:1 treble transpose=-9 nm="Alto Saxophone in E♭"' in lines
    assert lines[-2].startswith("[V:1][K:G]g4|")
    assert 'V:1 treble nm="Flute"' in transpose(BAND, plan(BAND, instrument="flute", part="1")).abc


def test_an_eight_at_the_clef_is_a_transposition_too():
    sung = BAND.replace("V:2 treble", "V:2 treble-8")
    lines = transpose(sung, plan(sung, instrument="flute", part="2")).abc.splitlines()
    assert 'V:2 treble nm="Flute"' in lines
    assert lines[-2].endswith("[V:2]D4|")


def test_a_single_voice_without_a_name_gets_one_and_keeps_all_that_is_text():
    done = transpose(REEL, plan(REEL, instrument="tenor sax"))
    assert "K:Bdor\nV:1 treble transpose=-14" in done.abc
    assert "w: la la" in done.abc
    assert '"Bm"f' in done.abc
    assert '"A7/C#"' in done.abc
    assert '"A tempo"' in done.abc
    assert done.key.abc == "Ador", "it sounds where it sounded"


def test_voices_may_follow_each_other_as_most_abc_has_them():
    done = transpose(TWO, plan(TWO, instrument="horn", part="cello"))
    assert "V:2 treble transpose=-7" in done.abc
    assert "[K:A]A2E|D2E|[A,E]3|]" in done.abc
    assert "def|gfe|d3|]" in done.abc


def test_the_voice_of_that_instrument_is_meant_before_the_first():
    assert plan(BAND, instrument="violin").voice == "2"
    assert plan(BAND, instrument="oboe").voice == "1"
    assert plan(REEL, instrument="oboe").voice is None


def test_notes_out_of_range_are_counted_with_their_bars_and_with_what_would_help():
    part = transpose(REEL, plan(REEL, instrument="flute")).part
    assert (part.notes_below, part.below, part.above) == (1, (3,), ())
    assert part.ways == ("P8",)
    assert part.others == ("clarinet", "alto_sax", "horn")
    fits = transpose(REEL, plan(REEL, instrument="flute", by=part.ways[0])).part
    assert (fits.below, fits.above, fits.ways) == ((), (), ())


def test_chords_are_too_much_for_who_plays_one_note_at_a_time():
    assert transpose(PIANO, plan(PIANO, instrument="bassoon", part="3")).part.chords == (1,)
    assert transpose(PIANO, plan(PIANO, instrument="cello", part="3")).part.chords == ()


@pytest.mark.parametrize(
    ("to", "key", "semitones"), [("C", "Cmin", 3), ("Cm", "Cmin", 3), ("F# minor", "F#min", -3), ("H", "Bmin", 2)]
)
def test_a_note_alone_keeps_the_mode(to, key, semitones):
    way = plan(PIANO, to=to)
    assert (transpose(PIANO, way).key.abc, way.semitones) == (key, semitones)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"to": "C minor"}, "other_mode"),
        ({"to": "B minor"}, "other_mode_here"),
        ({"to": "D"}, "same_key"),
        ({"to": "Xx"}, "key"),
        ({}, "no_way"),
        ({"to": "C", "by": "m3"}, "two_ways"),
        ({"by": "m3", "part": "1"}, "part_alone"),
        ({"instrument": "flute", "part": "tuba"}, "no_such_part"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(asked, reason):
    with pytest.raises(BadRequest) as refused:
        plan(TWO, **asked)
    assert refused.value.reason == reason


def test_another_mode_is_refused_with_the_keys_that_are_possible():
    with pytest.raises(BadRequest) as refused:
        plan(TWO, to="C minor")
    assert (refused.value.same_tonic, refused.value.same_signature) == ("C major", "Eb major")


def test_a_tune_without_a_key_line_is_refused():
    with pytest.raises(NotationError):
        plan("X:1\nabc|\n", to="C")


def test_a_way_survives_json_and_what_a_newer_version_adds():
    way = plan(PIANO, by="m3", instrument="clarinet", part="bass")
    assert Transposition.from_json({**way.to_json(), "new": 1}) == way
