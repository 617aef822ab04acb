"""From notes that were sung to notes that are written, without sound: semitones, lengths, bars, keys, readings."""

from dataclasses import replace

import numpy as np
import pytest

from renderers.errors import InputRefused
from renderers.score.abc import read_abc
from renderers.score.hum.contour import Contour
from renderers.score.hum.heard import Heard, read_as, read_notes, read_otherwise
from renderers.score.hum.keys import Key, key_named, rate_keys
from renderers.score.hum.listening import check_tune
from renderers.score.hum.metre import rate_bars
from renderers.score.hum.notes import Voiced, find_notes, sure_notes
from renderers.score.hum.rhythm import Timed, find_rhythm
from renderers.score.hum.tuning import semitones_of
from renderers.score.hum.writing import write_heard

FRAME_S = 0.016


def sung(notes, *, quarter_s=0.6, drift=0.0, sharp=0.0):
    """notes: (pitch, quarters), a pitch None for a rest; drift: semitones a second; sharp: at the first note."""
    now, found = 0.0, []
    for pitch, quarters in notes:
        if pitch is not None:
            end = now + 0.92 * quarters * quarter_s
            found.append(Voiced(start=now, end=end, pitch=pitch + sharp + drift * now, spread=0.1))
        now += quarters * quarter_s
    return found


def timed(lengths):
    onsets = [sum(lengths[:place]) for place in range(len(lengths))]
    return [Timed(onset=onset, length=length) for onset, length in zip(onsets, lengths, strict=True)]


SCALE = [(60, 1), (62, 1), (64, 1), (65, 1), (67, 2), (67, 2), (69, 1), (67, 1), (65, 1), (64, 1), (62, 2), (60, 2)]


def test_a_singer_who_is_out_of_tune_and_drifts_sings_the_same_semitones():
    for drift, sharp in ((0.0, 0.0), (0.06, -0.3), (-0.06, 0.3), (0.05, -0.65)):
        assert semitones_of(sung(SCALE, drift=drift, sharp=sharp)) == [pitch for pitch, _ in SCALE]


@pytest.mark.parametrize("quarter_s", [0.45, 0.6, 0.8])
def test_lengths_and_tempo_are_found_and_a_silence_is_a_rest(quarter_s):
    notes = [(60, 1), (62, 0.5), (64, 0.5), (65, 1), (None, 1), (60, 1), (62, 0.5), (64, 0.5), (65, 2)]
    rhythm = find_rhythm(sung(notes, quarter_s=quarter_s))
    assert [note.length for note in rhythm.notes] == [4, 2, 2, 4, 4, 2, 2, 8]
    assert [note.onset for note in rhythm.notes] == [0, 4, 6, 8, 16, 20, 22, 24]
    assert rhythm.quarter_s == pytest.approx(quarter_s, rel=0.03)


def test_what_a_waver_of_the_voice_parts_is_one_note_and_what_is_struck_again_are_two():
    parted = [
        part
        for note in sung(SCALE)
        for part in (replace(note, end=note.start + 0.13), replace(note, start=note.start + 0.13, own=-1.0))
    ]
    rhythm = find_rhythm(parted)
    assert [note.length for note in rhythm.notes] == [4 * quarters for _, quarters in SCALE]
    assert [(note.start, note.end) for note in rhythm.sung] == [(note.start, note.end) for note in sung(SCALE)]
    again = [replace(note, own=2.0) if place == 5 else note for place, note in enumerate(sung(SCALE))]
    assert len(find_rhythm(again).notes) == len(SCALE)


def contour_of_notes(notes, *, loud=None):
    """notes: (pitch, seconds), each with 0.064 s of silence behind it; loud: the loudness of a note's frames, in dB."""
    pitch, loudness, voiced = [], [], []
    for height, seconds in notes:
        frames = round(seconds / FRAME_S)
        pitch += [height] * frames + [height] * 4
        loudness += [loud(frame) if loud else -10.0 for frame in range(frames)] + [-50.0] * 4
        voiced += [True] * frames + [False] * 4
    return Contour(
        frame_s=FRAME_S, pitch=np.array(pitch, float), loudness=np.array(loudness), voiced=np.array(voiced, dtype=bool)
    )


def test_a_dip_that_every_note_has_is_doubtful_and_one_that_few_have_is_a_new_note():
    wavering = contour_of_notes([(60.0 + place, 0.48) for place in range(6)], loud=lambda n: -15.0 if n == 8 else -10.0)
    assert len(find_notes(wavering)) == 12
    assert len(sure_notes(find_notes(wavering))) == 6
    steady = replace(wavering, loudness=np.where(np.arange(len(wavering.pitch)) == 8, -15.0, -10.0))
    assert len(sure_notes(find_notes(steady))) == 7


def test_a_note_that_was_heard_an_octave_off_is_back_among_its_neighbours_and_a_leap_stays():
    pitches = [57.0, 45.2, 59.0, 60.0, 72.0, 72.0]
    found = find_notes(contour_of_notes([(pitch, 0.3) for pitch in pitches]))
    assert [round(note.pitch) for note in found] == [57, 57, 59, 60, 72, 72]


def test_how_a_note_is_reached_from_below_is_no_note_of_its_own():
    notes = [
        Voiced(start=0.0, end=0.09, pitch=59.0, spread=0.1),
        Voiced(start=0.09, end=0.5, pitch=60.0, spread=0.1, own=-1),
    ]
    assert [(note.start, note.end, note.pitch) for note in sure_notes(notes)] == [(0.0, 0.5, 60.0)]


def test_even_if_all_turns_out_to_be_one_note_it_is_written():
    rhythm = find_rhythm(
        [replace(note, own=-3.0) if place else note for place, note in enumerate(sung([(60, 0.3)] * 4))]
    )
    heard = read_notes([60] * len(rhythm.notes), rhythm.notes, tempo=60 / rhythm.quarter_s)
    assert len(heard.notes) == 1
    assert not read_abc(write_heard(heard)).remarks


@pytest.mark.parametrize(("sung_at", "read_at"), [(75, 75), (120, 120), (170, 85), (45, 90)])
def test_a_tempo_that_nobody_hums_at_is_read_as_its_half_or_its_double(sung_at, read_at):
    tune = [(60 + place % 3, length / 4) for place, length in enumerate([4, 2, 2, 4, 4] * 4)]
    rhythm = find_rhythm(sung(tune, quarter_s=60 / sung_at))
    assert 60 / rhythm.quarter_s == pytest.approx(read_at, rel=0.03)


def test_the_last_note_is_as_long_as_its_bar_has_room_for():
    tune = [(60, 1), (62, 1), (64, 1), (65, 1)] * 3 + [(67, 1), (65, 1), (60, 2)]
    notes = sung(tune)
    short = [*notes[:-1], replace(notes[-1], end=notes[-1].start + 0.8 * 1.2)]
    assert find_rhythm(short).notes[-1].length == 8


def test_a_waltz_is_told_from_a_march_and_a_pickup_from_a_bar():
    waltz = rate_bars(timed([8, 4, 4, 4, 4] * 3 + [12]))[0]
    assert (waltz.metre, waltz.pickup) == ("3/4", 0)
    march = rate_bars(timed([4, *[8, 4, 4] * 4, 12]))[0]
    assert (march.metre, march.pickup) == ("4/4", 4)


def test_the_key_is_that_of_the_notes_and_of_the_last_one():
    def key_of(pitches):
        return rate_keys(pitches, timed([4] * len(pitches)))[0].abc

    assert key_of([67, 69, 71, 72, 74, 74, 76, 74, 72, 71, 69, 67]) == "G"
    assert key_of([69, 71, 72, 74, 76, 76, 77, 76, 74, 72, 68, 69]) == "Am"
    assert all(key_named(each.abc) == each for each in rate_keys([60], timed([4])))


def heard_scale():
    rhythm = find_rhythm(sung(SCALE))
    return read_notes([pitch for pitch, _ in SCALE], rhythm.notes, tempo=60 / rhythm.quarter_s)


def test_what_was_heard_comes_back_from_plain_values():
    assert Heard.from_json(heard_scale().to_json()) == heard_scale()


@pytest.mark.parametrize("broken", [{}, {"notes": []}, {"notes": [[0, 4, 60]], "key": "H", "bars": {"metre": "4/4"}}])
def test_what_is_nothing_that_was_heard_is_refused(broken):
    with pytest.raises((KeyError, ValueError)):
        Heard.from_json(broken)


def test_every_other_reading_keeps_every_note():
    heard = heard_scale()
    twice = read_otherwise(heard, "faster")
    assert (twice.tempo, twice.notes[0], twice.notes[4]) == (2 * heard.tempo, (0, 8, 60), (32, 16, 67))
    assert read_otherwise(twice, "slower").notes == heard.notes
    assert [pitch for *_, pitch in read_otherwise(heard, "higher").notes] == [pitch + 12 for pitch, _ in SCALE]
    assert read_otherwise(heard, "metre").bars.metre != heard.bars.metre
    other = read_otherwise(heard, "key")
    assert other.key != heard.key
    assert other.notes == heard.notes


def test_other_keys_and_metres_come_round_again():
    heard, keys, metres = heard_scale(), set(), set()
    for _ in range(24):
        heard = read_otherwise(heard, "key")
        keys.add(heard.key)
    for _ in range(4):
        heard = read_otherwise(heard, "metre")
        metres.add(heard.bars.metre)
    assert (len(keys), len(metres)) == (24, 4)


def test_what_cannot_be_so_read_stays():
    heard = replace(heard_scale(), notes=((0, 1, 120), (1, 3, 118)))
    assert read_otherwise(heard, "slower") == heard
    assert read_otherwise(heard, "higher") == heard


def test_who_knows_better_is_believed():
    heard = read_as(heard_scale(), key=Key(fifths=-2, is_minor=True), metre="3/4", tempo=190)
    assert (heard.key.abc, heard.bars.metre, heard.tempo) == ("Gm", "3/4", 200)


@pytest.mark.parametrize("metre", ["2/4", "3/4", "4/4", "6/8"])
@pytest.mark.parametrize("change", ["", "faster", "key", "lower"])
def test_every_bar_that_is_written_is_whole_and_every_note_is_in_it(metre, change):
    heard = read_as(heard_scale(), metre=metre)
    heard = read_otherwise(heard, change) if change else heard
    tune = read_abc(write_heard(heard))
    assert not tune.remarks
    bars = tune.voices[0].bars
    assert len(bars) == heard.num_bars
    assert len({bar.length() for bar in bars[1:]}) == 1


def test_an_accidental_holds_for_its_bar_and_is_taken_back():
    heard = Heard.from_json(
        {
            "notes": [[0, 4, 66], [4, 4, 66], [8, 4, 65], [12, 4, 66], [16, 16, 66]],
            "tempo": 90,
            "bars": {"metre": "4/4", "pickup": 0},
            "key": "C",
        }
    )
    assert write_heard(heard).splitlines()[-2:] == ["[V:1]^F2 F2 =F2 ^F2|", "[V:1]^F8|]"]


def test_short_notes_that_glide_are_speech_and_steady_ones_are_not():
    contour = Contour(frame_s=0.016, pitch=np.zeros(200), loudness=np.zeros(200), voiced=np.ones(200, dtype=bool))
    spoken = [Voiced(start=n * 0.2, end=n * 0.2 + 0.15, pitch=50.0 + n % 5, spread=0.27) for n in range(15)]
    with pytest.raises(InputRefused):
        check_tune(spoken, contour)
    check_tune([replace(note, spread=0.1) for note in spoken], contour)
