import itertools
import random
import struct
from fractions import Fraction

import mido
import pytest

from renderers.errors import InputRefused
from renderers.score.abc.clefs import TREBLE
from renderers.score.abc.model import Event
from renderers.score.abc.tempos import Tempo
from renderers.score.abc.writer import write_musicxml
from renderers.score.files import kind_of, read_file
from renderers.score.midi import read_midi
from renderers.sound.performance import perform
from tests.midi_files import SCALE, midi_file, note_events, raw_file, track_of, written
from tests.renderers.score.midi.reading import events_of, pitches_of, said

ON, OFF = b"\x90\x3c\x50", b"\x80\x3c\x40"
QUARTER = b"\x83\x60"  # 480 ticks
END = b"\x00\xff\x2f\x00"


def run_of(step, count, pitches=(60, 62, 64, 65)):
    """`count` notes, one every `step` quarters."""
    return [(n * step, step, pitches[n % len(pitches)]) for n in range(count)]


class TestKindsOfFiles:
    def test_a_scale_comes_back_bar_by_bar(self):
        tune = read_midi(midi_file(SCALE))
        assert said(tune.voices[0]) == "C4:1/4 D4:1/4 E4:1/4 F4:1/4 | G4:1/4 A4:1/4 B4:1/4 C5:1/4"

    def test_the_door_for_files_knows_midi_by_its_content(self):
        assert kind_of(midi_file(SCALE)).name == "midi"
        assert len(events_of(read_file(midi_file(SCALE)).voices[0])) == 8

    def test_one_track_for_all_channels_is_parted_again(self):
        content = midi_file(SCALE, [(0, 8, 48)], programs=(40, 42), kind=0)
        tune = read_midi(content)
        assert [voice.name for voice in tune.voices] == ["Violin", "Cello"]
        assert said(tune.voices[1]) == "C3-:1 | C3:1"

    def test_several_tracks_on_one_channel_stay_apart(self):
        content = midi_file(SCALE, [(0, 4, 72), (4, 4, 74)], channels=(0, 0), programs=(73, 73), names=("A", "B"))
        assert [voice.name for voice in read_midi(content).voices] == ["A", "B"]

    def test_ticks_of_seconds_are_read_as_time(self):
        """25 frames of 40 ticks: a thousand ticks a second, here two notes a second."""
        events = note_events([(n * 0.5, 0.5, 60 + n) for n in range(8)], ticks=1000)
        track = track_of(events)
        content = written([track])
        content = content[:12] + struct.pack(">bB", -25, 40) + content[14:]
        pitches = pitches_of(read_midi(content))
        gaps = {after - before for (before, _), (after, _) in itertools.pairwise(pitches)}
        assert [pitch for _, pitch in pitches] == list(range(60, 68))
        assert len(gaps) == 1

    def test_running_status_and_ends_as_beginnings_without_force(self):
        track = b"\x00\x90\x3c\x50" + QUARTER + b"\x3c\x00" + b"\x00\x3e\x50" + QUARTER + b"\x3e\x00" + END
        assert said(read_midi(raw_file(track)).voices[0]) == "C4:1/4 D4:1/4 z:1/2"

    def test_a_track_may_lack_its_end(self):
        track = b"\x00" + ON + QUARTER + OFF
        assert said(read_midi(raw_file(track)).voices[0]).startswith("C4:1/4")

    def test_a_note_that_is_never_ended_ends_with_the_file(self):
        track = b"\x00" + ON + b"\x00\x90\x40\x50" + QUARTER + b"\x80\x40\x40" + END
        assert said(read_midi(raw_file(track)).voices[0]).startswith("C4+E4:1/4")

    def test_a_key_struck_again_while_it_sounds_ends_the_first_note(self):
        content = midi_file([(0, 3, 60), (1, 3, 60)])
        assert said(read_midi(content).voices[0]) == "C4:1/4 C4:3/4"

    def test_notes_without_length_are_kept(self):
        assert len(pitches_of(read_midi(midi_file([(0, 0, 60), (1, 0, 62), (2, 1, 64)])))) == 3

    def test_a_file_in_a_riff_wrapper_is_read(self):
        inside = midi_file(SCALE)
        content = b"RIFF" + struct.pack("<I", len(inside) + 12) + b"RMIDdata" + struct.pack("<I", len(inside)) + inside
        assert len(pitches_of(read_file(content))) == 8

    def test_a_chunk_that_nobody_knows_is_passed_over(self):
        inside = midi_file(SCALE)
        content = inside[:14] + b"XFIH" + struct.pack(">I", 3) + b"abc" + inside[14:]
        assert len(pitches_of(read_midi(content))) == 8

    def test_an_impossible_key_signature_does_not_cost_the_piece(self):
        track = b"\x00\xff\x59\x02\x22\x07\x00" + ON + QUARTER + OFF + END
        assert pitches_of(read_midi(raw_file(track))) == [(0, 60)]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"MThd", "file_damaged"),
            (b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x00" + b"MTrk\x00\x00\x00\x00", "file_damaged"),
            (raw_file(b"\x00\x90\x3c"), "file_damaged"),
            (raw_file(b"\x00\xff\x2f\x00"), "file_no_music"),
            (raw_file(*[b"\x00\xff\x2f\x00"] * 257), "midi_tracks"),
            (midi_file([(0, 1, 60), (13_000, 1, 60)]), "midi_long"),
            (midi_file(SCALE) + bytes(1_000_000), "file_size"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_reason(self, content, reason):
        with pytest.raises(InputRefused) as refused:
            read_midi(content)
        assert refused.value.reason == reason

    def test_many_events_are_refused_before_anything_is_done_with_them(self):
        track = b"\x00\xb0\x01\x00" + b"\x00\x01\x00" * 200_001 + END
        with pytest.raises(InputRefused) as refused:
            read_midi(raw_file(track))
        assert refused.value.reason == "midi_events"


class TestWhatCannotBeKept:
    def test_a_plain_file_has_no_remark(self):
        assert read_midi(midi_file(SCALE)).remarks == ()

    def test_words_bends_and_changes_of_instrument_are_said(self):
        events = [
            (0, mido.Message("program_change", program=40)),
            (960, mido.Message("program_change", program=41)),
            (0, mido.MetaMessage("lyrics", text="Ah")),
            (500, mido.Message("pitchwheel", pitch=4000)),
        ]
        tune = read_midi(written([track_of([*note_events(SCALE), *events])]))
        assert [remark.reason for remark in tune.remarks] == ["midi_words", "midi_bends", "midi_programs"]

    def test_of_patterns_the_first_one_with_notes_is_read(self):
        tracks = [track_of(note_events(run)) for run in (SCALE, [(0, 1, 50)])]
        tune = read_midi(written([mido.MidiTrack(), *tracks], kind=2))
        assert len(pitches_of(tune)) == 8
        assert [remark.reason for remark in tune.remarks] == ["midi_patterns"]

    def test_beats_that_were_found_by_listening_are_said(self):
        notes = [(n * 0.77 + 0.1 * (n % 3), 0.4, 60 + n % 5) for n in range(40)]
        reasons = [remark.reason for remark in read_midi(midi_file(notes, tempos=(), metres=())).remarks]
        assert reasons == ["midi_heard"]


class TestTime:
    def test_without_any_tempo_it_is_120(self):
        tune = read_midi(midi_file(SCALE, tempos=()))
        tempos = [item for item in tune.voices[0].bars[0].layers[0] if isinstance(item, Tempo)]
        assert [tempo.quarters_per_minute for tempo in tempos] == [120]

    def test_tempos_stand_where_they_change(self):
        tune = read_midi(midi_file(SCALE, tempos=((0, 100), (6, 60))))
        places = [
            (index, place, item.quarters_per_minute)
            for index, bar in enumerate(tune.voices[0].bars)
            for place, item in enumerate(bar.layers[0])
            if isinstance(item, Tempo)
        ]
        assert places == [(0, 0, 100), (1, 2, 60)]

    def test_the_beat_of_a_compound_metre_is_counted(self):
        tune = read_midi(midi_file(run_of(0.5, 12), metres=((0, 6, 8),), tempos=((0, 90),)))
        tempo = next(item for item in tune.voices[0].bars[0].layers[0] if isinstance(item, Tempo))
        assert (tempo.beat, tempo.per_minute) == (Fraction(3, 8), 60)

    def test_a_performance_that_never_stands_still_does_not_print_every_tempo(self):
        notes = [(n, 1, 60) for n in range(64)]
        content = midi_file(notes, tempos=[(n / 2, 100 + n % 7) for n in range(128)])
        tempos = [i for bar in read_midi(content).voices[0].bars for i in bar.layers[0] if isinstance(i, Tempo)]
        assert len(tempos) <= 2

    def test_metres_change_where_the_file_says(self):
        tune = read_midi(midi_file([(n, 1, 60) for n in range(13)], metres=((0, 5, 4), (5, 3, 4), (8, 5, 4))))
        assert [str(bar.metre.length) for bar in tune.voices[0].bars] == ["5/4", "3/4", "5/4"]

    def test_a_first_bar_in_a_shorter_metre_is_a_pickup(self):
        tune = read_midi(midi_file([(n, 1, 60) for n in range(9)], metres=((0, 1, 4), (1, 4, 4))))
        voice = tune.voices[0]
        assert {bar.metre.beats for bar in voice.bars} == {(4,)}
        assert said(voice).startswith("C4:1/4 | C4:1/4 C4:1/4")
        assert '<measure number="0" implicit="yes">' in write_musicxml(tune, title="", composer="")[0]

    def test_two_short_bars_that_make_a_whole_one_are_joined(self):
        for short in (((4, 3, 4), (7, 1, 4)), ((4, 2, 4),)):
            metres = ((0, 4, 4), *short, (8, 4, 4))
            tune = read_midi(midi_file([(n, 1, 60) for n in range(12)], metres=metres))
            assert [str(bar.length()) for bar in tune.voices[0].bars] == ["1", "1", "1"]


class TestWithoutBeats:
    """What a keyboard records: ticks that are no parts of a beat, and neither tempo nor metre."""

    def played(self, notes, *, beat_s, seed=1):
        rng = random.Random(seed)
        return [(0.9 + at * beat_s * 2 + rng.uniform(-0.03, 0.03), length * beat_s * 2, p) for at, length, p in notes]

    def test_beat_metre_and_tempo_are_found(self):
        waltz = [(3 * bar, 0.9, 48) for bar in range(16)]
        waltz += [(3 * bar + beat, 0.8, 64 + bar % 5) for bar in range(16) for beat in (1, 2)]
        waltz += [(3 * bar + at / 2, 0.5, (76, 77, 79, 81, 83, 84)[at]) for bar in range(16) for at in range(6)]
        tune = read_midi(midi_file(self.played(waltz, beat_s=0.43), tempos=(), metres=(), keys=()))
        tempo = next(i for v in tune.voices for i in v.bars[0].layers[0] if isinstance(i, Tempo))
        assert tune.voices[0].bars[0].metre.beats == (3,)
        assert tempo.quarters_per_minute == pytest.approx(140, abs=3)
        assert said(tune.voices[0]).split(" | ")[3] == "E5:1/8 F5:1/8 G5:1/8 A5:1/8 B5:1/8 C6:1/8"

    def test_beats_that_are_divided_in_three_make_a_compound_metre(self):
        notes = [(n / 3, 1 / 3, 72 + n % 3) for n in range(96)] + [(2 * n, 2, 45) for n in range(16)]
        tune = read_midi(midi_file(self.played(notes, beat_s=0.7), tempos=(), metres=(), keys=()))
        assert tune.voices[0].bars[0].metre.unit == 8
        assert tune.voices[0].bars[0].metre.is_compound

    def test_a_tempo_that_is_written_is_believed_wherever_the_notes_lie(self):
        """Thirty-seconds that are all a little off lie on no grid that could be seen: the file's own holds."""
        rng = random.Random(2)
        notes = [(max(0, n / 8 + rng.uniform(-0.06, 0.06)), 1 / 8, 60 + n % 7) for n in range(128)]
        tune = read_midi(midi_file(notes, tempos=((0, 100),), metres=((0, 3, 4),)))
        assert tune.remarks == ()
        assert tune.voices[0].bars[0].metre.beats == (3,)

    def test_two_notes_are_enough(self):
        content = midi_file([(0.3, 0.2, 60), (0.55, 0.2, 62)], tempos=(), metres=())
        assert [pitch for _, pitch in pitches_of(read_midi(content))] == [60, 62]


class TestRhythm:
    def test_triplets_are_tuplets(self):
        tune = read_midi(midi_file(run_of(1 / 3, 12)))
        assert {event.tuplets[0].actual for event in events_of(tune.voices[0])} == {3}
        assert len({event.tuplets[0].id for event in events_of(tune.voices[0])}) == 4

    def test_triplets_of_quarters_span_two_beats(self):
        voice = read_midi(midi_file(run_of(2 / 3, 6))).voices[0]
        assert [event.nominal for event in events_of(voice)] == [Fraction(1, 4)] * 6

    @pytest.mark.parametrize(("parts", "normal"), [(5, 4), (7, 4)])
    def test_quintuplets_and_septuplets(self, parts, normal):
        voice = read_midi(midi_file(run_of(1 / parts, 4 * parts))).voices[0]
        assert {(event.tuplets[0].actual, event.tuplets[0].normal) for event in events_of(voice)} == {(parts, normal)}

    def test_swing_is_a_quarter_and_an_eighth_of_a_triplet(self):
        notes = [(n + part, 2 / 3 if not part else 1 / 3, 60 + n) for n in range(4) for part in (0, 2 / 3)]
        voice = read_midi(midi_file(notes)).voices[0]
        assert [event.nominal for event in events_of(voice)] == [Fraction(1, 4), Fraction(1, 8)] * 4

    def test_sixteenths_in_compound_time_are_no_tuplets(self):
        voice = read_midi(midi_file(run_of(0.25, 12), metres=((0, 6, 8),))).voices[0]
        assert not any(event.tuplets for event in events_of(voice))
        assert [event.is_joined for event in events_of(voice)] == [True] * 5 + [False] + [True] * 5 + [False]

    def test_a_note_across_the_middle_of_a_bar_shows_the_middle(self):
        voice = read_midi(midi_file([(0, 0.5, 60), (0.5, 1, 62), (1.5, 1, 64), (2.5, 1.5, 65)])).voices[0]
        assert said(voice) == "C4:1/8 D4:1/4 E4-:1/8 E4:1/8 F4:3/8"

    def test_short_articulation_leaves_no_rests(self):
        """Programs let go a little early, so that a note struck again is heard."""
        notes = [(n * 0.5, 0.45, 60 + n % 5) for n in range(16)]
        voice = read_midi(midi_file(notes)).voices[0]
        assert {event.nominal for event in events_of(voice)} == {Fraction(1, 8)}

    def test_notes_that_overlap_a_little_are_one_voice(self):
        notes = [(n, 1.04, 60 + n % 5) for n in range(16)]
        assert len(read_midi(midi_file(notes)).voices) == 1

    def test_written_rests_stay(self):
        voice = read_midi(midi_file([(n, 0.5, 60 + n) for n in range(8)])).voices[0]
        assert said(voice).startswith("C4:1/8 z:1/8 C#4:1/8 z:1/8")

    @pytest.mark.parametrize("held", [1, 0.8])
    def test_thirty_seconds_before_rests_stay_short_whether_a_program_holds_them_to_their_end_or_not(self, held):
        """What people played is written longer: they only touch a key. There the beginnings are not exact either."""
        voice = read_midi(midi_file([(n, 0.125 * held, 60 + n) for n in range(8)])).voices[0]
        assert said(voice).startswith("C4:1/32 z:3/32 z:1/8 C#4:1/32")

    def test_moved_by_thirty_milliseconds_a_melody_comes_back(self):
        rng = random.Random(4)
        whole = [(0, 1), (1, 0.5), (1.5, 0.5), (2, 0.75), (2.75, 0.25), (3, 1)]
        notes = [(4 * bar + at, length, 60 + bar) for bar in range(8) for at, length in whole]
        moved = []
        for at, length, pitch in notes:
            shift = rng.uniform(-0.06, 0.06)  # quarters: 30 ms at 120
            moved.append((max(0, at + shift), length, pitch))
        exact, played = read_midi(midi_file(notes)), read_midi(midi_file(moved))
        assert said(played.voices[0]) == said(exact.voices[0])


class TestVoicesAndHands:
    def test_notes_that_begin_and_end_together_are_a_chord(self):
        assert said(read_midi(midi_file([(0, 4, 60), (0, 4, 64), (0, 4, 67)])).voices[0]) == "C4+E4+G4:1"

    def test_a_held_note_below_a_melody_is_a_voice_of_its_own(self):
        tune = read_midi(midi_file([(0, 4, 60), (0, 2, 72), (2, 2, 74)], programs=(40,)))
        assert [said(voice) for voice in tune.voices] == ["C5:1/2 D5:1/2", "C4:1"]
        assert tune.layout.parts[0].staves == [["1", "2"]]

    def test_one_track_of_a_piano_is_parted_into_hands(self):
        notes = [(n, 1, 72 + n % 3) for n in range(8)] + [(2 * n, 2, 43 + n) for n in range(4)]
        tune = read_midi(midi_file(notes, programs=(0,)))
        assert len(tune.layout.parts) == 1
        assert tune.layout.parts[0].is_braced
        assert [voice.clef.sign for voice in tune.voices] == ["G", "F"]

    def test_two_tracks_that_are_called_hands_are_one_part(self):
        content = midi_file(
            [(0, 4, 72)], [(0, 4, 48)], names=("Piano (right hand)", "Piano (left hand)"), programs=(0, 0),
            channels=(0, 0),
        )  # fmt: skip
        tune = read_midi(content)
        assert len(tune.layout.parts) == 1
        assert [voice.name for voice in tune.voices] == ["Piano", ""]

    def test_more_voices_than_a_staff_can_hold_lose_no_note(self):
        notes = [(n * 0.5, 8 - n * 0.5 - 0.5 * (n % 2), 60 + 2 * n) for n in range(7)]
        assert len(pitches_of(read_midi(midi_file(notes, programs=(73,))))) == 7

    def test_more_tracks_than_staves_lose_no_note(self):
        players = [[(n % 4, 1, 40 + n)] for n in range(40)]
        content = midi_file(*players, channels=[n % 9 for n in range(40)], programs=[73] * 40)
        assert len(pitches_of(read_midi(content))) == 40

    def test_drums_stand_under_their_clef_and_keep_their_sound(self):
        beats = [(n, 0.5, 36 if n % 2 == 0 else 38) for n in range(8)] + [(n / 2, 0.5, 42) for n in range(16)]
        tune = read_midi(midi_file(SCALE, beats, channels=(0, 9), programs=(73,)))
        drums = tune.voices[-1]
        assert drums.clef.sign == "percussion"
        assert set(drums.sound.drums.values()) == {36, 38, 42}
        notes = perform(write_musicxml(tune, title="", composer="")[0]).notes
        assert sorted({note.pitch for note in notes if note.is_drum}) == [36, 38, 42]

    def test_instruments_have_their_clefs(self):
        players = [[(0, 4, 60)], [(0, 4, 50)], [(0, 4, 52)]]
        tune = read_midi(midi_file(*players, programs=(41, 24, 43)))
        signs = [(voice.clef.sign, voice.clef.octave_change) for voice in tune.voices]
        assert signs == [("C", 0), ("G", -1), ("F", -1)]

    def test_a_hand_that_climbs_for_long_changes_its_clef(self):
        notes = [(n, 1, 40) for n in range(32)] + [(32 + n, 1, 79) for n in range(32)]
        clefs = [bar.clef.sign for bar in read_midi(midi_file(notes, programs=(42,))).voices[0].bars]
        assert clefs == ["F"] * 8 + ["G"] * 8


class TestPitch:
    def test_the_key_signature_is_obeyed(self):
        tune = read_midi(midi_file([(n, 1, 63 + n) for n in range(4)], keys=((0, "Eb"),)))
        assert tune.voices[0].key.fifths == -3

    def test_without_one_the_key_is_found(self):
        notes = [(n, 1, pitch) for n, pitch in enumerate((62, 64, 66, 67, 69, 71, 73, 74, 69, 66, 62, 62))]
        key = read_midi(midi_file(notes, keys=())).voices[0].key
        assert (key.fifths, key.mode) == (2, "major")

    def test_a_minor_key_is_named_so(self):
        notes = [(n, 1, pitch) for n, pitch in enumerate((69, 71, 72, 74, 76, 77, 80, 81, 76, 72, 69, 68, 69, 69))]
        voice = read_midi(midi_file(notes, keys=())).voices[0]
        assert (voice.key.fifths, voice.key.mode) == (0, "minor")
        assert "G#4" in said(voice)

    def test_c_major_that_nobody_chose_gives_way_to_the_notes(self):
        scale = (68, 70, 72, 73, 75, 77, 79, 80, 75, 72, 68, 63, 68)
        tune = read_midi(midi_file([(n, 1, pitch) for n, pitch in enumerate(scale)], keys=((0, "C"),)))
        assert tune.voices[0].key.fifths == -4

    @pytest.mark.parametrize(
        ("key", "pitches", "words"),
        [
            ("C", (60, 61, 62, 67), "C4 C#4 D4 G4"),
            ("C", (64, 63, 62, 60), "E4 Eb4 D4 C4"),
            ("Cm", (60, 59, 60, 68, 67), "C4 B3 C4 Ab4 G4"),
            ("E", (64, 68, 71, 75, 76), "E4 G#4 B4 D#5 E5"),
            ("Gb", (66, 70, 71, 73, 66), "Gb4 Bb4 Cb5 Db5 Gb4"),
            # A minor that the file calls C major, as many programs do
            ("C", (69, 76, 72, 69, 68, 64, 68, 71, 69), "A4 E5 C5 A4 G#4 E4 G#4 B4 A4"),
        ],
    )
    def test_notes_are_spelled_as_musicians_write_them(self, key, pitches, words):
        voice = read_midi(midi_file([(n, 1, p) for n, p in enumerate(pitches)], keys=((0, key),))).voices[0]
        names = [token.split(":")[0] for token in said(voice).replace("|", "").split() if token[0] != "z"]
        assert " ".join(names) == words

    def test_accidentals_stand_where_the_bar_has_not_said_them(self):
        voice = read_midi(midi_file([(0, 1, 66), (1, 1, 66), (2, 1, 65), (3, 1, 67), (4, 1, 65)])).voices[0]
        shown = [event.heads[0].is_accidental_written for event in events_of(voice) if event.heads]
        assert shown == [True, False, True, False, False]


class TestNames:
    def test_title_and_players_are_named_in_any_script(self):
        tune = read_midi(midi_file(SCALE, names=("Скрипка",), programs=(40,), title="Ноктюрн"))
        assert (tune.titles, tune.voices[0].name) == (["Ноктюрн"], "Скрипка")

    def test_players_without_a_name_are_called_by_what_they_play(self):
        tune = read_midi(midi_file(SCALE, names=("Track 1",), programs=(73,)))
        assert (tune.voices[0].name, tune.voices[0].sound.program) == ("Flute", 73)
        assert tune.voices[0].clef == TREBLE

    def test_a_name_says_what_plays_where_no_program_does(self):
        assert read_midi(midi_file(SCALE, names=("Viola",))).voices[0].sound.program == 41


def test_random_files_keep_all_their_notes_and_whole_bars():
    """Bars of all voices are equally long, whatever is played, and no note is lost but one struck twice at once."""
    for seed in range(30):
        rng = random.Random(seed)
        notes = [
            (rng.choice((0.25, 1 / 3, 0.2, 0.37)) * rng.randrange(60), rng.uniform(0.05, 3), rng.randrange(30, 100))
            for _ in range(80)
        ]
        metre = rng.choice(((0, 4, 4), (0, 6, 8), (0, 5, 8), (0, 7, 16), (0, 3, 2)))
        tune = read_midi(midi_file(notes, metres=(metre,), programs=(rng.choice((0, 40)),)))
        for index, bar in enumerate(tune.voices[0].bars):
            lengths = {voice.bars[index].length() for voice in tune.voices} - {Fraction(0)}
            assert len(lengths) <= 1, f"seed {seed}, bar {index}: {lengths} in {bar.metre}"
        struck = len(pitches_of(tune))
        assert 72 <= struck <= 80, f"seed {seed}: {struck} of 80"
        write_musicxml(tune, title="", composer="")


def test_mido_and_we_agree_on_what_a_file_is():
    """The reader takes what mido writes in its plainest form."""
    track = mido.MidiTrack([mido.Message("note_on", note=60, velocity=64), mido.Message("note_off", note=60, time=480)])
    assert isinstance(read_midi(written([track])).voices[0].bars[0].layers[0][-1], Event)
