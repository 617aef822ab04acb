"""MIDI: the right notes, of the right instruments, at the right time."""

from itertools import pairwise

import pytest
import verovio

from renderers.errors import InputRefused
from renderers.sound import midi as playing
from renderers.sound.midi import render_midi
from tests.renderers.playing import messages_of, notes_of, open_midi, play, to_musicxml
from tests.renderers.sound.midi_files import midi_length_s

PIANO = {"score": "{ 1 | 2 }", "names": ("Piano", "")}


def test_notes_have_the_pitch_and_the_beat_of_the_score():
    notes = play("C ^D E/F/ z|g,4|]", key="C")
    assert [(note.pitch, note.start) for note in notes] == [(60, 0), (63, 1), (64, 2), (65, 2.5), (67, 4)]


def test_every_pitch_agrees_with_verovio():
    xml = to_musicxml("c ^c _d =d|__e ^^f B, ,c|^f f _b b|C,, g' a'' e|]", key="Eb")
    toolkit = verovio.toolkit()
    toolkit.loadData(xml)
    theirs = [toolkit.getMIDIValuesForElement(i)["pitch"] for e in toolkit.renderToTimemap() for i in e.get("on", [])]
    assert [note.pitch for note in notes_of(render_midi(xml, title=""))] == theirs


def test_a_tied_note_is_struck_once_and_sounds_to_the_end():
    notes = play("G4-|G2 A2|]")
    assert [(note.pitch, note.start) for note in notes] == [(67, 0), (69, 6)]
    assert notes[0].end > 5.5


def test_what_is_struck_says_which_written_notes_sound_and_since_when():
    performance, struck = playing.play(to_musicxml("G4-|G4-|G2 A2|]"))
    first, last = struck
    written = [first.id, *(id_ for id_, _ in first.tied), last.id]
    assert len(set(written)) == 4
    assert set(written) <= performance.places.keys()
    assert [start for _, start in first.tied] == [4, 8]


def test_a_repeat_is_played_twice_and_each_volta_once():
    notes = play("|: C4 |1 D4 :|2 E4 |]")
    assert [note.pitch for note in notes] == [60, 62, 60, 64]


def test_a_tempo_change_is_taken_back_by_a_repeat():
    """verovio's own timemap plays the second time at the tempo of the end."""
    midi = render_midi(to_musicxml("|: C4 | [Q:1/4=60] D4 :|"), title="")
    bpm = [(start, round(60e6 / message.tempo)) for start, message in messages_of(midi, "set_tempo")]
    assert bpm == [(0, 120), (4, 60), (8, 120), (12, 60)]
    assert midi_length_s(midi) == pytest.approx(2 * (2 + 4), abs=0.01)


def test_the_file_lasts_as_long_as_its_measures_even_when_they_end_in_rests_and_spaces():
    for end in ("z4", "x4", "C x3", "C z3"):
        assert midi_length_s(render_midi(to_musicxml(f"C4|{end}|]"), title="")) == pytest.approx(4.0), end


def test_a_pickup_is_as_short_as_it_is_written():
    assert midi_length_s(render_midi(to_musicxml("G|C4|C3|]"), title="")) == pytest.approx(4.0)


def test_without_a_tempo_the_piece_walks():
    midi = render_midi(to_musicxml("C4|]", tempo=""), title="")
    assert [60e6 / message.tempo for _, message in messages_of(midi, "set_tempo")] == [100]


def test_a_tempo_in_dotted_quarters_is_understood():
    assert midi_length_s(render_midi(to_musicxml("C3|]", metre="6/8", tempo="Q:3/8=60\n"), title="")) == pytest.approx(
        2
    )


def test_the_first_track_tells_title_metre_and_key_and_their_changes():
    midi = render_midi(to_musicxml("C4|[M:3/4][K:Gm]D3|]", key="A"), title="Ein Walzer für Łódź")
    assert open_midi(midi).type == 1
    assert open_midi(midi).tracks[0].name == "Ein Walzer für Łódź"
    assert [(start, m.numerator) for start, m in messages_of(midi, "time_signature")] == [(0, 4), (4, 3)]
    assert [(start, m.key) for start, m in messages_of(midi, "key_signature")] == [(0, "A"), (4, "Gm")]


def signatures_of(midi):
    return [(start, m.numerator, m.denominator) for start, m in messages_of(midi, "time_signature")]


def test_others_find_the_barlines_behind_a_pickup_and_at_a_repeat_within_a_bar():
    """MIDI has no barlines: a short bar needs a metre of its own, or every bar behind it begins in the wrong place."""
    midi = render_midi(to_musicxml("C|:D4|E3:|F|G4|]"), title="")
    assert signatures_of(midi) == [(0, 1, 4), (1, 4, 4), (5, 3, 4), (8, 4, 4), (12, 3, 4), (15, 1, 4), (16, 4, 4)]


def test_the_metronome_clicks_with_the_beat():
    xml = to_musicxml("C3|[M:3/4]D3|[M:2/2]E4|]", metre="6/8")
    clicks = [m.clocks_per_click for _, m in messages_of(render_midi(xml, title=""), "time_signature")]
    assert clicks == [36, 24, 48]


def test_names_in_any_script_are_written_as_utf_8():
    xml = to_musicxml("C4|]", names=("Скрипка",))
    names = [m.name for _, m in messages_of(render_midi(xml, title="夜曲"), "track_name")]
    assert names[:2] == ["夜曲", "Скрипка"]


def test_each_part_has_its_track_its_channel_and_its_program():
    midi = render_midi(to_musicxml("C4|]", "E4|]", "G4|]", names=("Violino I", "Clarinetti in B", "Fagotti")), title="")
    assert [track.name for track in open_midi(midi).tracks[1:]] == ["Violino I", "Clarinetti in B", "Fagotti"]
    assert [(m.channel, m.program) for _, m in messages_of(midi, "program_change")] == [(0, 40), (1, 71), (2, 70)]
    assert [(note.track, note.channel) for note in notes_of(midi)] == [
        ("Violino I", 0),
        ("Clarinetti in B", 1),
        ("Fagotti", 2),
    ]


def test_two_instruments_on_one_staff_keep_their_own_programs():
    midi = render_midi(to_musicxml("c4|]", "G4|]", score="( 1 2 )", names=("Flute", "Oboe")), title="")
    program_of = {m.channel: m.program for _, m in messages_of(midi, "program_change")}
    assert [(note.pitch, program_of[note.channel]) for note in notes_of(midi)] == [(67, 68), (72, 73)]


def test_a_piano_has_a_right_and_a_left_hand_on_one_channel():
    notes = play("c4|]", "C,4|]", **PIANO)
    assert [(note.track, note.channel) for note in notes] == [("Piano (left hand)", 0), ("Piano (right hand)", 0)]


def test_hands_that_share_a_key_do_not_release_each_other():
    notes = play("C4|]", "C C z2|]", **PIANO)
    assert [(note.start, note.pitch) for note in notes] == [(0, 60), (1, 60)]
    assert notes[0].end <= notes[1].start


def test_twenty_parts_avoid_the_drum_channel_and_share_by_program():
    names = [f"Violin {i}" for i in range(10)] + [f"Flute {i}" for i in range(10)]
    midi = render_midi(to_musicxml(*["C4|]"] * 20, names=names), title="")
    notes = notes_of(midi)
    assert len(open_midi(midi).tracks) == 21
    assert 9 not in {note.channel for note in notes}
    assert {m.program for _, m in messages_of(midi, "program_change")} == {40, 73}


def test_the_pedal_goes_down_and_up_where_it_is_written_and_never_stays():
    midi = render_midi(to_musicxml("!ped!C2 !ped-up!D2|!ped!E4|]"), title="")
    pedal = [(start, m.value) for start, m in messages_of(midi, "control_change") if m.control == 64]
    assert [value for _, value in pedal] == [127, 0, 127, 0]
    assert pedal[0][0] == 0
    assert pedal[1][0] == pytest.approx(2, abs=0.2)
    assert pedal[-1][0] == 8


@pytest.mark.parametrize("music", ["z4|]", "x4|]", "{cde}z4|]", "z4|z4|{c}|]"])
def test_a_score_with_nothing_to_play_is_a_valid_file(music):
    midi = render_midi(to_musicxml(music), title="")
    assert midi_length_s(midi) > 0
    assert len(open_midi(midi).tracks) == 2


def test_grace_notes_are_quick_and_leave_most_of_the_time_to_their_note():
    notes = play("{de}C4|D3 {/c}E|]", tempo="Q:1/4=50\n")
    assert [note.pitch for note in notes] == [74, 76, 60, 62, 72, 64]
    first, _, main, _, crushed, last = notes
    assert first.start == 0, "without a slash they begin on the beat"
    assert main.start == pytest.approx(2 * 0.09 * 50 / 60, abs=0.01)
    assert crushed.end <= last.start + 1e-6
    assert last.start == 7, "a crushed note comes before the beat"


def test_grace_notes_of_a_short_note_do_not_swallow_it():
    notes = play("{cdefgab}C/4 z15/4|]")
    assert notes[-1].pitch == 60
    assert notes[-1].end > notes[-1].start
    assert notes[-1].end <= 0.26


def test_what_is_no_score_is_refused():
    for text in ("", "no xml", "<score-partwise/>"):
        with pytest.raises(InputRefused):
            render_midi(text, title="")


def test_the_same_score_gives_the_same_bytes():
    xml = to_musicxml("!p!C !<(!D E !<)!F|!f!G4|]")
    assert render_midi(xml, title="x") == render_midi(xml, title="x")


def test_a_trill_turns_with_the_upper_note_of_the_key_and_ends_on_its_own():
    notes = play("!trill!D4|]", key="Eb")
    assert {note.pitch for note in notes} == {62, 63}
    assert (notes[0].pitch, notes[-1].pitch) == (62, 62)
    assert len(notes) > 15
    assert all(b.start >= a.end - 1e-6 for a, b in pairwise(notes))
    assert notes[-1].end <= 4


def test_mordents_and_turns_are_played_and_the_note_is_held():
    upper, lower, turn = (play(f"!{sign}!G4|]") for sign in ("uppermordent", "lowermordent", "turn"))
    assert [note.pitch for note in upper] == [67, 69, 67]
    assert [note.pitch for note in lower] == [67, 65, 67]
    assert [note.pitch for note in turn] == [69, 67, 65, 67]
    assert upper[-1].end - upper[-1].start > 3
    assert [note.pitch for note in play("!uppermordent![Ec]4|]")] == [64, 72, 74, 72], "of a chord the highest note"


def test_a_trill_on_a_note_too_short_for_it_is_the_note():
    assert [note.pitch for note in play("!trill!G/8 z31/8|]")] == [67]


def test_an_event_before_the_beginning_or_after_the_end_is_moved_inside():
    import mido

    from renderers.sound.midi import _track

    note = mido.Message("note_on", note=60)
    track = _track("Piano", [(-7, 1, note), (5, 1, note), (200, 1, note)], 100)
    assert [message.time for message in track[1:]] == [0, 5, 95, 0]
