"""Published figures are checked against the published formulas, written out plainly here; the others by hand."""

from itertools import combinations, pairwise
from math import isnan, log2
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from generator.critic.features import FEATURES, MAX_BARS, measure
from generator.critic.note_table import QUARTER, TICKS, tabulate
from generator.notation import parse_tune

DATA = Path(__file__).parents[2] / "data"
WALTZ = parse_tune((DATA / "waltz.abc").read_text())
QUARTET = parse_tune((DATA / "quartet.abc").read_text())
PIECES = pytest.mark.parametrize("tune", [WALTZ, QUARTET], ids=["waltz", "quartet"])
STEP = TICKS // 96  # MuSpy's default: 24 to a quarter


def piano(*bars, metre="4/4", key="C", unit="1/4"):
    """A piece for two hands. bars: "right hand ; left hand"."""
    header = f'%%score {{ 1 | 2 }}\nL:{unit}\nQ:1/4=60\nM:{metre}\nK:{key}\nV:1 treble nm="Piano"\nV:2 bass\n'
    lines = []
    for bar in bars:
        hands = [hand.strip() for hand in bar.split(";")]
        lines.append("".join(f"[V:{voice}]{music}|" for voice, music in enumerate(hands, start=1) if music))
    return measure(parse_tune(header + "\n".join(lines) + "\n"))


def steps(tune):
    """(start, end, pitch) in 24ths of a quarter."""
    notes = tabulate(tune)
    return [(s // STEP, e // STEP, p) for s, e, p in zip(notes.start, notes.end, notes.pitch, strict=True)]


def entropy(values):
    shares = [values.count(value) / len(values) for value in set(values)]
    return -sum(share * log2(share) for share in shares)


def test_every_feature_is_measured_and_nothing_else_but_the_length():
    values = measure(WALTZ)
    assert list(values) == [*(feature.name for feature in FEATURES), "bars"]
    assert values["bars"] == 16
    assert not [name for name, value in values.items() if isnan(value)]
    assert all(type(value) is float for value in values.values())


def test_features_have_different_names_and_say_what_they_are():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES) >= 25
    assert all(feature.about and feature.unit for feature in FEATURES)


# --- published formulas -----------------------------------------------------------------------------------------------


@PIECES
def test_pitch_features_are_muspys(tune):
    values, pitches = measure(tune), [pitch for _, _, pitch in steps(tune)]
    scales = [{(root + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)} for root in range(12)]
    scales += [{(root + step) % 12 for step in (0, 2, 3, 5, 7, 8, 10)} for root in range(12)]
    best = max(sum(pitch % 12 in scale for pitch in pitches) for scale in scales)
    assert values["pitch_class_entropy"] == pytest.approx(entropy([pitch % 12 for pitch in pitches]))
    assert values["scale_consistency"] == pytest.approx(best / len(pitches))
    assert values["pitch_range"] == max(pitches) - min(pitches)


@PIECES
def test_polyphony_is_muspys(tune):
    notes = steps(tune)
    roll = np.zeros((max(end for _, end, _ in notes), 128), bool)
    for start, end, pitch in notes:
        roll[start:end, pitch] = True
    assert measure(tune)["polyphony"] == pytest.approx(roll.sum() / np.count_nonzero(roll.any(axis=1)))


@PIECES
def test_groove_consistency_is_muspys(tune):
    bar = int(tune.header.metre.length * 96)
    groove = np.zeros((len(tune.bars), bar), bool)
    for start, _, _ in steps(tune):
        groove[divmod(start, bar)] = True
    distance = np.count_nonzero(groove[:-1] != groove[1:])
    assert measure(tune)["groove_consistency"] == pytest.approx(1 - distance / (bar * (len(groove) - 1)))


@PIECES
def test_bar_entropy_and_grooving_similarity_are_musdrs(tune):
    notes = tabulate(tune)
    bars = [[] for _ in tune.bars]
    onsets = np.zeros((len(tune.bars), 64))
    length = int(tune.header.metre.length * TICKS)
    for start, pitch in zip(notes.start, notes.pitch, strict=True):
        bars[start // length].append(pitch % 12)
        onsets[start // length, start % length * 64 // length] = 1
    similar = [1 - np.abs(one - other).sum() / 64 for one, other in combinations(onsets, 2)]
    values = measure(tune)
    assert values["bar_pitch_class_entropy"] == pytest.approx(np.mean([entropy(bar) for bar in bars if bar]))
    assert values["grooving_similarity"] == pytest.approx(np.mean(similar))


def test_melodic_features_are_jsymbolics():
    from music21 import converter, features, stream

    score = stream.Score()
    score.append(converter.parse("tinyNotation: 4/4 c4 d e c' c'2 b4 b- a4 a g2"))
    score.append(converter.parse("tinyNotation: 4/4 C4 E G C c2 B4 B c1"))
    values = piano("C D E c ; C, E, G, C,", "c2 B _B ; C2 B, B,", "A A G2 ; C4")
    for name, extractor in {
        "mean_interval": features.jSymbolic.AverageMelodicIntervalFeature,
        "repeated_notes": features.jSymbolic.RepeatedNotesFeature,
        "chromatic_motion": features.jSymbolic.ChromaticMotionFeature,
        "stepwise_motion": features.jSymbolic.StepwiseMotionFeature,
        "rising": features.jSymbolic.DirectionOfMotionFeature,
    }.items():
        assert values[name] == pytest.approx(extractor(score).extract().vector[0]), name


def test_note_density_is_jsymbolics_notes_per_second():
    assert piano("C D E F ; C,4", "C4 ; C,4")["note_density"] == 7 / 8


def test_parallels_are_music21s():
    from music21 import voiceLeading

    upper, lower = ["G4", "A4", "G4", "C5", "D5", "E5", "C5"], ["C4", "D4", "C4", "C4", "D4", "C4", "A3"]
    quartets = [
        voiceLeading.VoiceLeadingQuartet(*one, *other)
        for one, other in zip(pairwise(upper), pairwise(lower), strict=True)
    ]
    moving = [quartet for quartet in quartets if not quartet.noMotion() and not quartet.obliqueMotion()]
    parallel = [quartet for quartet in moving if quartet.parallelFifth() or quartet.parallelOctave()]
    values = piano("G A G c ; C D C C", "d e c z ; D C A, z")
    assert len(parallel) == 3
    assert values["parallels"] == pytest.approx(len(parallel) / len(moving))


# --- our own, by hand -------------------------------------------------------------------------------------------------


def test_tied_notes_are_one_and_grace_notes_none():
    values = piano("C4-;", "C4;", "{d}E4;")
    assert values["note_length"] == 6  # eight quarters and four
    assert values["mean_interval"] == 4


@pytest.mark.parametrize(
    ("bar", "feature", "value"),
    [
        ("C4 ; B,,4", "dissonance", 1),  # a minor ninth
        ("E4 ; C,4", "dissonance", 0),
        ("[EB]2 z2 ; C,4", "dissonance", 1 / 3),  # of C-E, C-B, E-B only the seventh
        ("C2 E2 ; E4", "crossings", 0.5),
        ("C2 z2 ; z2 z2", "silence", 0.5),
        ("[CEG]4 ; C,4", "chord_clarity", 1),
        ("C D E F ; z4", "offbeat", 0),
        ("C/D/E/F/ C2 ; z4", "offbeat", 0.4),
        ("C D E F ; C,2 C,2", "attacks", 1),
        ("C c'' C2 ; z4", "leaps", 1),
        ("C ^F E2 ; C,4", "foreign_notes", 0.25),
        ("C D E F ; C,4", "length_entropy", -0.8 * log2(0.8) - 0.2 * log2(0.2)),
        ("C4 ; z4", "voices_playing", 0.5),
        ("[Cg]2 [Ce]2 ; C,4", "wide_chords", 1 / 3),
        ("[CG]2 [Cc]2 ; C,4", "hand_span", 9.5),
        ("C,,,,4 ; C,4", "out_of_range", 0.5),
    ],
)
def test_one_bar_gives(bar, feature, value):
    assert piano(bar)[feature] == pytest.approx(value)


@pytest.mark.parametrize(
    ("bars", "feature", "value"),
    [
        (["C D E F;", "G4;", "C D E F;", "D E F G;"], "repeated_bars", 0.25),
        (["C D E F;", "c4;", "^F ^G ^A B;", "D E F A;"], "transposed_bars", 0.25),
        (["C D E F;", "G A B c;", "C2 D2;"], "rhythm_changes", 0.5),
        (["C4;", "z4;", "C4;", "C4;"], "empty_bars", 0.25),
        (["C4;", "C4;", "C4;"], "neighbours_alike", 1),
        (["C4;", "D4;", "C4;"], "neighbours_alike", 0),
        (["C4;", "D4;", "C4;"], "nearest_alike", 0.5),
        (["C4;", "D4;", "E4;", "F4;", "C4;", "G4;"], "far_alike", 0.5),
        (["[CEG]4;", "[DFA]4;", "[CEG]4;"], "chord_changes", 2 / 3),
        (["[CEG]2 [DFA]2;", "[GBd]2 [CEG]2;"], "falling_fifths", 2 / 3),
        (["C D E F;", "G A B c;", "C D E F;"], "barline_steps", 0.5),
        (["C D E F;", "G F E D;", "c B A G;"], "barline_leap", 6 / (15 / 9)),
    ],
)
def test_several_bars_give(bars, feature, value):
    assert piano(*bars)[feature] == pytest.approx(value)


def test_a_bar_drawn_out_is_like_the_bar_that_it_comes_from():
    """Warped in time the same chords are near, which a comparison beat by beat would call half different."""
    same, warped, other = piano("C E;", "C E;"), piano("C3 E;", "C E3;"), piano("C E;", "^C F;")
    assert same["neighbours_alike"] == warped["neighbours_alike"] == 1 > other["neighbours_alike"] == 0


@pytest.mark.parametrize(
    ("key", "last", "tonic"),
    [("C", "C,", 1), ("C", "A,,", 1), ("C", "G,,", 0), ("Amin", "A,,", 1), ("Amin", "C,", 0), ("Ddor", "D,", 1)],
)
def test_an_end_on_the_tonic_is_heard(key, last, tonic):
    assert piano(f"C4 ; {last}4", key=key)["ends_on_tonic"] == tonic


def test_a_change_of_key_moves_the_tonic():
    assert piano("C4 ; C,4", "[K:G]B4 ; [K:G]G,,4")["ends_on_tonic"] == 1


def test_a_cadence_is_heard_before_a_long_last_chord():
    cadence = piano("C D E F ; C,4", "D2 [CEc]2 ; G,,2 C,2")
    assert cadence["dominant_before"] == 1
    assert cadence["final_chord"] == 1
    assert cadence["final_length"] == 2 / 1.2  # six attacks in six quarters
    assert piano("C D E F ; C,4", "D2 [CFB]2 ; F,,2 C,2")["final_chord"] == pytest.approx(1 / 3)


def test_silence_has_no_features_and_no_error():
    values = piano("z4 ; z4", "z4 ; z4")
    assert values["bars"] == 2
    assert all(isnan(value) for name, value in values.items() if name != "bars")


@pytest.mark.parametrize("voice", ['perc nm="Triangle"', 'treble nm="Violin"'])
@pytest.mark.parametrize("body", ["[V:1]C4|\n", "[V:1]C9|\n", "[V:1](3CD|\n", "[V:1]C,,,,,,4|\n", "[V:1]{c}|\n"])
def test_odd_music_is_measured_all_the_same(voice, body):
    assert measure(parse_tune(f"%%score 1\nL:1/4\nM:4/4\nK:C\nV:1 {voice}\n{body}"))["bars"] == 1


def test_the_end_of_a_very_long_tune_counts():
    bars = ["C4 ; F,4"] * (MAX_BARS + 2)
    assert piano(*bars, "C4 ; C,4")["ends_on_tonic"] == 1
    assert piano(*bars)["ends_on_tonic"] == 0


def test_measuring_sixteen_piano_bars_takes_under_a_tenth_of_a_second():
    started = process_time()
    for _ in range(10):
        measure(WALTZ)
    assert process_time() - started < 1


def test_bars_and_notes_have_their_place_in_time():
    notes = tabulate(WALTZ)
    assert notes.bar_starts.tolist() == [3 * QUARTER * bar for bar in range(16)]
    assert (notes.start >= notes.bar_starts[notes.bar]).all()
    assert notes.ends == 16 * 3 * QUARTER


def test_the_notes_of_a_tune_are_read_once_for_all_measures():
    again = parse_tune((DATA / "waltz.abc").read_text())
    assert again is not WALTZ
    assert tabulate(again) is tabulate(WALTZ)
