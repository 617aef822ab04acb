"""Voices: given line by line, interleaved, on one staff or many; overlays; names; percussion."""

import pytest

from renderers import limits
from renderers.errors import InputRefused
from renderers.sound.midi import render_midi
from tests.renderers.playing import messages_of, notes_of
from tests.renderers.score.abc.reading import heard, length, read, remarks, score, struck, texts

CHORALE = """X:1
M:4/4
L:1/4
%%score [(S A) (T B)]
V:S clef=treble
V:A clef=treble
V:T clef=bass
V:B clef=bass
K:G
[V:S]GABc|d4|]
w:Sing to the morn|_
[V:A]DDDE|D4|]
[V:T]B,CDG,|A,4|]
[V:B]G,A,B,C|D,4|]
"""


def test_voices_given_line_by_line_sound_together():
    """20 notes in 8 quarters; the first chord is 55 59 62 67."""
    notes = heard(CHORALE)
    assert len(notes) == 20
    assert length(CHORALE) == 8
    assert [pitch for onset, pitch in notes if onset == 0] == [55, 59, 62, 67]


def test_voices_line_by_line_with_one_bar_a_line_sound_together():
    abc = "X:1\n%%score (S A)\nM:4/4\nL:1/4\nV:S\nV:A\nK:C\n[V:S]EEEF|\n[V:A]CCCC|\n[V:S]G4|]\n[V:A]C4|]\n"
    assert length(abc) == 8
    assert (4, 67) in heard(abc)


def test_a_choir_on_two_staves_has_two_parts_of_two_voices():
    assert [len(set(texts_of(part))) for part in score(CHORALE).iterfind("part")] == [2, 2]


def texts_of(part):
    return [voice.text for voice in part.iter("voice")]


def test_interleaved_bars_with_voices_left_out_are_kept_together_by_the_countdown():
    abc = "L:1/4\nM:4/4\nK:C\nV:1\nV:2\n[r:0/2][V:1]c4|\n[r:1/1][V:2]C4|\n[r:2/0][V:1]e4|][V:2]E4|]\n"
    assert heard(f"X:1\n{abc}") == [(0, 72), (4, 60), (8, 64), (8, 76)]


@pytest.mark.parametrize("name", ["Vln-1", "Vln.2", "LH", "1a", "Sopran"])
def test_a_voice_may_have_any_name(name):
    assert heard(f'X:1\n%%score {name}\nM:4/4\nL:1/4\nV:{name} name="Violin"\nK:C\nV:{name}\nC4|\n') == [(0, 60)]


def test_what_is_said_of_all_voices_holds_for_each():
    abc = "X:1\nM:4/4\nL:1/4\nV:* clef=bass\nV:1\nV:2\nK:C\n[V:1]C4|\n[V:2]E4|\n"
    assert texts(abc, "attributes/clef/sign") == ["F", "F"]


def test_a_voice_that_the_score_line_forgets_is_drawn_and_spoken_of():
    abc = "X:1\n%%score 1\nM:4/4\nL:1/4\nK:C\n[V:1]c4|\n[V:2]C4|\n"
    assert heard(abc) == [(0, 60), (0, 72)]
    assert "does not name the voices 2" in remarks(abc)[0]


def test_a_brace_within_a_parenthesis_is_read_all_the_same():
    assert len(struck("%%score ({1 2})\nM:4/4\nL:1/4\nK:C\nV:1\nCDEF|\nV:2\nGABc|\n")) == 8


def test_a_countdown_before_anybody_plays_is_no_music():
    with pytest.raises(InputRefused):
        read("L:1/8\n[r:0/3]|\nK:C\n")


def test_overlays_sound_together():
    assert heard("CDEF & G4|A4|") == [(0, 60), (0, 67), (1, 62), (2, 64), (3, 65), (4, 69)]


def test_a_key_that_one_voice_changes_is_its_own():
    abc = "X:1\nM:4/4\nL:1/4\nK:C\nV:1\nF4|[K:D]F4|\nV:2\nF4|F4|\n"
    assert heard(abc) == [(0, 65), (0, 65), (4, 65), (4, 66)]


def test_a_metre_that_one_voice_changes_holds_for_all():
    abc = "X:1\nM:4/4\nL:1/4\nK:C\nV:1\nF4|[M:2/4]F2|\nV:2\nF4|F2|\n"
    assert texts(abc, "attributes/time/beats") == ["4", "2", "4", "2"]


def test_drums_play_on_their_channel_as_they_are_mapped():
    """17 notes, 36 38 and 42, on the channel for drums."""
    abc = (
        "X:1\nM:4/4\nL:1/8\nK:C perc\n%%MIDI channel 10\n%%MIDI drummap F 36\n%%MIDI drummap c 38\n"
        "%%MIDI drummap g 42\n[Fg]g[cg]g[Fg]g[cg]g|F2c2FFc2|]\n"
    )
    notes = struck(abc)
    assert len(notes) == 17
    assert {note.channel for note in notes} == {9}
    assert {note.pitch for note in notes} == {36, 38, 42}


def test_a_snare_drum_by_its_name_and_clef_is_a_snare_drum_beside_a_flute():
    abc = 'X:1\nM:4/4\nL:1/4\nK:C\nV:1 nm="Flute"\nV:2 clef=perc nm="Snare drum"\nV:1\ncdef|\nV:2\ncccc|\n'
    assert {(note.channel, note.pitch) for note in struck(abc) if note.channel == 9} == {(9, 38)}
    assert len(struck(abc)) == 8


def test_drums_are_drawn_without_pitch():
    assert texts("[K:C perc]F4|", "note/unpitched/display-step") == ["F"]


def test_a_program_that_the_tune_names_is_played():
    assert score("X:1\nM:4/4\nL:1/4\nK:G\n%%MIDI program 40\nGABc|\n").findtext(".//midi-program") == "41"


def test_midi_transpose_moves_the_sound_and_not_the_page():
    abc = "X:1\nM:4/4\nL:1/4\nK:G\n%%MIDI transpose -12\nG4|\n"
    assert heard(abc) == [(0, 55)]
    assert texts(abc, "note/pitch/octave") == ["4"]


@pytest.mark.parametrize("line", ["%%MIDI transpose 2\n", "I:MIDI transpose 2\n", "[I:MIDI transpose 2]"])
def test_midi_transpose_in_the_middle_holds_from_there_on(line):
    assert heard(f"C4|\n{line}C4|") == [(0, 60), (4, 62)]


def test_midi_transpose_in_the_header_holds_for_all_voices():
    abc = "X:1\nM:4/4\nL:1/4\nV:1\n%%MIDI transpose -2\nV:2\nK:C\nV:1\nC4|\nV:2\nE4|\n"
    assert heard(abc) == [(0, 58), (0, 62)]


@pytest.mark.parametrize("line", ["%%MIDI program 73\n", "[I:MIDI program 73]", "[I:MIDI=program 73]"])
def test_a_voice_goes_on_with_another_instrument(line):
    abc = f"%%MIDI program 40\nC4|\n{line}D4|"
    midi = render_midi(read(abc).musicxml, title="Test")
    programs = {message.channel: message.program for _, message in messages_of(midi, "program_change")}
    assert [(note.pitch, programs[note.channel]) for note in notes_of(midi)] == [(60, 40), (62, 73)]


def test_an_accompaniment_that_is_not_played_is_spoken_of_once():
    assert remarks("%%MIDI gchord fzcz\n%%MIDI gchordon\nC4|") == [
        "Line 6: the accompaniment of %%MIDI gchord is not played."
    ]


@pytest.mark.parametrize(
    ("key", "pitch"),
    [("C treble-8", 48), ("C clef=treble+8", 72), ("C octave=1", 72), ("C treble8", 60), ("C clef=bass", 60)],
)
def test_octave_clefs_and_octave_shifts_move_what_sounds(key, pitch):
    assert heard(f"X:1\nM:4/4\nL:1/4\nK:{key}\nC4|\n") == [(0, pitch)]


def test_middle_moves_the_page_alone():
    abc = "X:1\nM:4/4\nL:1/4\nK:C bass middle=d\nd4|\n"
    assert heard(abc) == [(0, 74)]
    assert texts(abc, "note/pitch/octave") == ["3"]


def test_a_voice_goes_to_the_other_staff_and_comes_home():
    abc = "X:1\n%%score {1 | 2}\nM:4/4\nL:1/4\nK:C\nV:1\nV:2 bass\n[V:1]c[I:staff +1]C[I:staff -1]cc|[V:2]C,4|\n"
    assert [note.findtext("staff") for note in score(abc).iter("note")] == ["1", "2", "1", "1", "2"]


@pytest.mark.parametrize(
    ("line", "num_lines", "reason"), [("CDEF" * 100 + "\n", 6, "bar_notes"), ("[CDEF]|[CDEFGABc]\n", 3, "notes")]
)
def test_more_notes_than_can_be_drawn_are_refused_before_anything_is_drawn(line, num_lines, reason, monkeypatch):
    monkeypatch.setattr(limits, "MAX_NOTES", 2500 if reason == "bar_notes" else 30)
    with pytest.raises(InputRefused) as refused:
        read(line * num_lines)
    assert refused.value.reason == reason


def test_more_voices_than_thirty_are_refused():
    with pytest.raises(InputRefused) as refused:
        read("".join(f"[V:{voice}]C4|" for voice in range(31)))
    assert (refused.value.reason, refused.value.limit) == ("voices", 30)


def test_a_voice_may_have_a_name_of_several_words():
    abc = 'X:1\nL:1/4\nV:"Violin I" clef=treble\nV:"Violin II"\nK:C\nV:"Violin I"\nCD|\nV:"Violin II"\nEF|\n'
    assert heard(abc) == [(0, 60), (0, 64), (1, 62), (1, 65)]


def test_properties_without_a_name_speak_of_the_voice_in_which_they_stand():
    assert [pitch for _, pitch in heard("V:1\nCD|\nV: octave=1\nCD|\n")] == [60, 62, 72, 74]


DRUMS = "%%MIDI drum d2zd 36 38 100 80\n%%MIDI drumon\n"


def drums_of(abc):
    return [(round(note.start, 2), note.pitch) for note in struck(abc) if note.channel == 9]


@pytest.mark.parametrize(
    ("music", "beaten"),
    [
        (f"{DRUMS}CDEF|GABc|\n", [(0, 36), (3, 38), (4, 36), (7, 38)]),
        (f"CDEF|\n{DRUMS}GABc|\n", [(4, 36), (7, 38)]),
        (f"{DRUMS}CDEF|\n%%MIDI drumoff\nGABc|\n", [(0, 36), (3, 38)]),
        (f"{DRUMS}CDEF|\n%%MIDI drum dd 40\nGABc|\n", [(0, 36), (3, 38), (4, 40), (6, 35)]),
        (f"{DRUMS}C|DEFG|\n", [(0, 36), (1, 36), (4, 38)]),
        (f"{DRUMS}|:CDEF:|\n", [(0, 36), (3, 38), (4, 36), (7, 38)]),
        ("%%MIDI drum dd 36 38\nCDEF|\n", []),
    ],
)
def test_drums_accompany_a_tune_as_it_says(music, beaten):
    assert drums_of(music) == beaten
    assert remarks(music) == []


def test_drums_that_accompany_are_a_part_on_the_page():
    parts = score(f"{DRUMS}CDEF|\n").findall("part-list/score-part/part-name")
    assert [part.text for part in parts] == [None, "Drums"]


@pytest.mark.parametrize("pattern", ["dxd 36", "", "d" * 33])
def test_a_pattern_of_drums_that_is_none_is_spoken_of(pattern):
    assert "cannot be followed" in remarks(f"%%MIDI drum {pattern}\nCDEF|\n")[0]


@pytest.mark.parametrize("header", ["M:1/64", "M:none", "M:4/4"])
def test_drums_beside_endless_or_tiny_bars_beat_no_longer_than_can_be_drawn(header):
    music = "C512" * 20
    abc = f"X:1\n{header}\nL:1/8\nK:C\n%%MIDI drum {'d9' * 32}\n%%MIDI drumon\n{music}|C|\n"
    assert len(drums_of(abc)) <= 160


def test_overlays_over_several_bars_are_spoken_of():
    assert "“(&”" in remarks("(&C4|D4&E4|F4&)|\n")[0]


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("!8va(!c'd'!8va)!ef", "!8va(!c2!8va)!d2", ["down", "stop"]),
        ("!8va(!c'd'!8va)!ef", "c!8va(!d!8va)!ef", ["down", "stop"]),
        ("!8va(!c'd'!8va)!ef", "cd!8va(!e!8va)!f", ["down", "stop", "down", "stop"]),
        ("!8va(!c'd'e'f'!8va)!", "!8va(!c4", ["down", "stop"]),
        ("!8va(!c'd'e'!8va)!f", "c!8va(!d!8va)!ef", ["down", "stop"]),
    ],
)
def test_an_octave_bracket_that_two_voices_of_a_staff_have_is_one(first, second, kinds):
    """MuseScore took the second, which nothing ended, for one up to the end of the piece."""
    abc = f"X:1\nM:4/4\nL:1/4\n%%score (1 2)\nK:C\n[V:1]{first}|\n[V:2]{second}|\n"
    assert [shift.get("type") for shift in score(abc).iter("octave-shift")] == kinds
