"""What a player adds to the score, in small tunes of which a musician knows how they go."""

import itertools

import pytest

from renderers.sound.expression.phrases import find_phrases
from renderers.sound.manner import BAROQUE, CLASSICAL, DANCING, ROMANTIC, manner_of
from renderers.sound.midi import play, render_midi
from renderers.sound.performance import perform
from tests.renderers.playing import messages_of, notes_of, to_musicxml
from tests.renderers.sound.midi_files import midi_length_s

PIANO = {"score": "{ 1 | 2 }", "names": ("Piano", "")}
RIGHT = "e2 d c|d4|e2 d c|c4|f2 e d|e4|d2 c B|c4|"
LEFT = "C,/G,/E,/G,/ C,/G,/E,/G,/|G,,/D,/B,,/D,/ G,,/D,/B,,/D,/|" * 4


def piano(right=RIGHT + "]", left=LEFT + "]", manner=ROMANTIC, **options):
    return play(to_musicxml(right, left, **PIANO, **options), manner)


def seconds(performance, *places):
    return [performance.tempo.seconds_at(place) for place in places]


# --- time


def test_a_phrase_is_slower_at_its_ends_than_in_its_middle():
    performance, _ = piano()
    phrase = find_phrases(performance)[0]
    bpm = performance.tempo.bpm_at
    middle = (phrase.start + phrase.end) / 2
    assert bpm(phrase.start) < 0.9 * bpm(middle - 2)
    assert bpm(phrase.end - 0.1) < 0.95 * bpm(middle - 2)


def test_romantic_music_breathes_more_than_baroque_and_a_dance_hardly():
    def spread(manner):
        performance, _ = piano(manner=manner)
        tempi = [performance.tempo.bpm_at(place) for place in range(24)]
        return max(tempi) / min(tempi)

    assert spread(ROMANTIC) > spread(CLASSICAL) > spread(BAROQUE) > spread(DANCING) > 1


def test_on_the_whole_a_piece_keeps_its_tempo():
    straight, _ = piano(manner=None)
    performance, _ = piano()
    assert seconds(performance, 24)[0] == pytest.approx(seconds(straight, 24)[0], rel=0.05)


@pytest.mark.parametrize("manner", [BAROQUE, ROMANTIC])
def test_the_last_bars_slow_down_as_a_runner_stops(manner):
    performance, _ = piano(manner=manner)
    tempi = [performance.tempo.bpm_at(place) for place in (27, 28, 29, 30, 31, 31.9)]
    falls = [before - after for before, after in itertools.pairwise(tempi)]
    assert tempi == sorted(tempi, reverse=True)
    assert tempi[-1] < 0.75 * tempi[0]
    assert falls[-2] > falls[1], "it brakes harder towards the end"


def test_a_written_ritardando_is_obeyed_until_the_old_tempo_comes_back():
    right = 'c4|"^rit."c4|c4|"^a tempo"c4|c4|c4|c4|c4|]'
    performance, _ = play(to_musicxml(right), CLASSICAL)
    bpm = performance.tempo.bpm_at
    assert bpm(11) < 0.85 * bpm(2)
    assert bpm(13) > 1.1 * bpm(11)


def test_a_fermata_is_held_by_all_and_nothing_else_is():
    held = play(to_musicxml("cd!fermata!e2|cdef|c4|c4|]", "C2E2|C4|C4|C4|]"), CLASSICAL)[0]
    plain = play(to_musicxml("cde2|cdef|c4|c4|]", "C2E2|C4|C4|C4|]"), CLASSICAL)[0]

    def length(performance, start, end):
        return performance.tempo.seconds_at(end) - performance.tempo.seconds_at(start)

    assert length(held, 2, 4) > 1.5 * length(plain, 2, 4)
    assert length(held, 5, 7) == pytest.approx(length(plain, 5, 7), rel=0.1)


def test_the_tempo_stays_in_the_file_of_midi_and_the_notes_where_they_are_written():
    xml = to_musicxml("cdef|gfed|cdef|c4|]")
    straight, played = render_midi(xml, title=""), render_midi(xml, title="", manner=ROMANTIC)
    assert [(note.pitch, round(note.start, 1)) for note in notes_of(played)] == [
        (note.pitch, round(note.start, 1)) for note in notes_of(straight)
    ]
    assert len(messages_of(played, "set_tempo")) > 8
    performance, _ = play(xml, ROMANTIC)
    assert midi_length_s(played) == pytest.approx(seconds(performance, performance.order.length)[0], abs=0.01)


def test_repeats_and_their_endings_are_played_by_a_player_as_well():
    xml = to_musicxml("|:c4|d4|1 e4:|2 f4|g4|]")
    pitches = [note.pitch for note in notes_of(render_midi(xml, title="", manner=ROMANTIC))]
    assert pitches == [72, 74, 76, 72, 74, 77, 79]


# --- phrases


@pytest.mark.parametrize(
    ("music", "bars"),
    [
        ("cdef|gfed|cdef|c3z|gfga|b2a2|gfed|c4|]", [4, 4]),  # a long note and a rest
        ("cdef|!fermata!g4|cdef|!fermata!c4|gfga|!fermata!b4|gfed|c4|]", [4, 4]),  # two lines of two bars each are four
        ("ceg2|fdB2|ceg2|fdBd|ceg2|fdB2|ceg2|c4|]", [4, 4]),  # what begins as before begins anew
    ],
)
def test_phrases_end_where_a_musician_breathes(music, bars):
    phrases = find_phrases(perform(to_musicxml(music)))
    assert [round((phrase.end - phrase.start) / 4) for phrase in phrases] in (bars, [2, 2, 2, 2])
    assert phrases[0].start == 0
    assert phrases[-1].end == 32


@pytest.mark.parametrize("music", ["z4|z4|]", "c4|]", "c|]", "c4-|c4-|c4|]"])
def test_a_piece_of_nearly_nothing_is_one_phrase(music):
    performance, struck = play(to_musicxml(music), ROMANTIC)
    assert len(find_phrases(performance)) == 1
    assert len(struck) <= 1


# --- touch


def test_the_melody_is_louder_and_a_little_earlier_than_what_accompanies_it():
    performance, struck = piano()
    at_8 = [note for note in struck if abs(note.start - 8) < 0.2]
    melody, bass = max(at_8, key=lambda note: note.pitch), min(at_8, key=lambda note: note.pitch)
    lead_s = performance.tempo.seconds_at(bass.start) - performance.tempo.seconds_at(melody.start)
    assert 0.02 <= lead_s <= 0.03
    assert 10 <= melody.velocity - bass.velocity <= 20


def test_a_singer_is_followed_by_the_piano_and_not_covered():
    xml = to_musicxml(
        "c4|c4|c4|c4|]", "e'4|e'4|e'4|e'4|]", "C4|C4|C4|C4|]", score="1 { 2 | 3 }", names=("Soprano", "Piano", "")
    )
    _, struck = play(xml, ROMANTIC)
    loud = {staff: [note.velocity for note in struck if note.staff == staff] for staff in (1, 2)}
    assert min(loud[1]) > max(loud[2])


def test_played_straight_nothing_comes_early_and_all_lasts_as_written():
    performance, struck = piano(manner=None)
    assert {note.start % 0.5 for note in struck} == {0.0}
    assert len(performance.tempo.marks) == 1
    assert performance.pedals == ()


# --- pedal


def test_the_pedal_changes_with_the_harmony():
    performance, _ = piano()
    assert [round(pressed.end) for pressed in performance.pedals] == list(range(4, 33, 4))
    assert all(0 < pressed.start % 4 < 0.3 for pressed in performance.pedals), "it catches the chord"


@pytest.mark.parametrize(
    "options",
    [
        {"manner": BAROQUE},
        {"left": "!ped!" + LEFT + "]"},
        {"right": "c/d/e/f/g/a/b/c'/|" * 8},
        {"right": ".e2 d c|" * 8},
        {"left": ".C,/G,/E,/G,/ C,/G,/E,/G,/|" * 8},
    ],
)
def test_no_pedal_in_the_baroque_nor_beside_a_written_one_nor_in_scales_nor_under_staccato(options):
    assert piano(**options)[0].pedals == ()


def test_the_pedal_sounds_into_no_silence_of_both_hands():
    performance, _ = piano(right="e g z2|e2 z g|" * 4, left="C,/G,/E, z2|C,/G,/E,/G,/ z2|" * 4)
    ends = [pressed.end % 8 for pressed in performance.pedals]
    assert set(ends) == {2.0, 6.0}
    performance, _ = piano(right="e g z2|" * 8, left="C,/G,/E,/G,/ C,/G,/E,/G,/|" * 8)
    assert {pressed.end % 4 for pressed in performance.pedals} == {0.0}, "the left hand goes on"


def test_a_harpsichord_has_none():
    xml = to_musicxml(RIGHT, LEFT, score="{ 1 | 2 }", names=("Harpsichord", ""))
    assert play(xml, ROMANTIC)[0].pedals == ()


# --- ornaments


def test_a_trill_begins_above_in_the_baroque_and_on_the_note_later():
    xml = to_musicxml("!trill!c4|c4|]")
    first = {manner: play(xml, manner)[1][0].pitch for manner in (BAROQUE, ROMANTIC, None)}
    assert first == {BAROQUE: 74, ROMANTIC: 72, None: 72}


def test_an_appoggiatura_leans_on_the_beat_for_half_of_its_note_in_old_music():
    xml = to_musicxml("{d2}c4|c4|]")
    assert play(xml, CLASSICAL)[1][1].start == pytest.approx(2, abs=0.05)
    assert play(xml, ROMANTIC)[1][1].start < 0.5


# --- whose manner


@pytest.mark.parametrize(
    ("composer", "manner"),
    [
        ("Notabot, after Chopin", ROMANTIC),
        ("Notabot, nach Händel", BAROQUE),
        ("莫扎特", CLASSICAL),
        ("J. S. Bach", BAROQUE),
        ("Notabot, in the manner of the Romantic period", ROMANTIC),
        ("Traditional", DANCING),
        ("Somebody Nobodyknows", CLASSICAL),
        ("", CLASSICAL),
    ],
)
def test_the_manner_follows_from_whom_the_score_names(composer, manner):
    assert manner_of(composer) == manner
