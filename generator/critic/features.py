"""Everything that is measured about a tune to hold it against human music, as numbers with names.

Promises: `measure` gives every feature of FEATURES, NaN where it cannot be known, and "bars", how long the tune is.
Where a feature names a source, its formula is the published one; ties are joined, grace notes and percussion left out.
Not covered: whether a value is good. `human.py` says what is usual in a style.

Sources: MuSpy 0.5 (Dong et al., ISMIR 2020), MusDr (Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020),
jSymbolic (McKay 2004, as in music21.features), music21 (voiceLeading). Without a source the definition is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan

from generator.critic.ending import measure_ending
from generator.critic.form import measure_form
from generator.critic.harmony import measure_harmony, measure_voices
from generator.critic.note_table import tabulate
from generator.critic.playing import measure_playing
from generator.critic.rhythm import measure_rhythm
from generator.critic.tones import measure_melody, measure_tones
from generator.notation import Tune, cut_bars

MAX_BARS = 128  # measured of a longer tune, from its start; the ending is measured on as many from its end


@dataclass(frozen=True)
class Feature:
    """One measurable thing. about: what it is in one line, with its source."""

    name: str
    unit: str
    about: str


_SHARE = "share"

# The sides of music that are measured, each with its features. Melody: of the highest notes of each voice.
SIDES: Mapping[str, tuple[Feature, ...]] = {
    "pitches": (
        Feature("pitch_class_entropy", "bits", "entropy of the pitch classes of all notes (MuSpy)"),
        Feature("bar_pitch_class_entropy", "bits", "the same for one bar, mean over bars (MusDr, H1)"),
        Feature("scale_consistency", _SHARE, "notes in the scale that has most of them (MuSpy)"),
        Feature("key_clarity", "correlation", "of the time of pitch classes with the best key (Albrecht, Shanahan)"),
        Feature("foreign_notes", _SHARE, "notes that the key signature at the start does not have"),
        Feature("pitch_range", "semitones", "from the lowest to the highest note (MuSpy)"),
        Feature("mean_pitch", "MIDI pitch", "mean of all notes (jSymbolic, Primary Register)"),
        Feature("voice_range", "semitones", "from the lowest to the highest note of a voice, mean over voices"),
    ),
    "melody": (
        Feature("mean_interval", "semitones", "mean size of melodic intervals (jSymbolic, Average Melodic Interval)"),
        Feature("repeated_notes", _SHARE, "melodic intervals that are unisons (jSymbolic, Repeated Notes)"),
        Feature("chromatic_motion", _SHARE, "melodic intervals of a semitone (jSymbolic, Chromatic Motion)"),
        Feature("stepwise_motion", _SHARE, "melodic intervals of one or two semitones (jSymbolic, Stepwise Motion)"),
        Feature("leaps", _SHARE, "melodic intervals of more than an octave"),
        Feature("barline_steps", _SHARE, "melodic intervals over barlines of at most two semitones"),
        Feature("barline_leap", "times", "mean melodic interval over barlines, beside that within bars"),
        Feature("rising", _SHARE, "rising among rising and falling intervals (jSymbolic, Direction of Motion)"),
    ),
    "harmony": (
        Feature("polyphony", "notes", "mean number of pitches at once, while any sounds (MuSpy)"),
        Feature("dissonance", _SHARE, "seconds, sevenths and tritones among all intervals that sound, by time"),
        Feature("chord_clarity", _SHARE, "sound that belongs to the best triad, major or minor, mean over beats"),
        Feature("chord_changes", "a bar", "how often that triad changes"),
        Feature("falling_fifths", _SHARE, "changes of its root that fall a fifth"),
        Feature("parallels", _SHARE, "joint moves of two voices in parallel fifths, octaves or unisons (music21)"),
        Feature("crossings", _SHARE, "time in which a voice is below the one that stands below it"),
    ),
    "rhythm": (
        Feature("note_density", "a second", "notes at the tempo that is written (jSymbolic, Note Density)"),
        Feature("attacks", "a quarter", "times at which any note begins"),
        Feature("note_length", "quarters", "mean length of notes"),
        Feature("length_entropy", "bits", "entropy of note lengths"),
        Feature("offbeat", _SHARE, "attacks that are not on a beat"),
        Feature("groove_consistency", _SHARE, "1 - distance of attacks of neighbouring bars, 24 to a quarter (MuSpy)"),
        Feature("grooving_similarity", _SHARE, "1 - distance of attacks of all pairs of bars, 64 to a bar (MusDr, GS)"),
        Feature("rhythm_changes", _SHARE, "bars whose attacks differ from those of the bar before"),
        Feature("silence", _SHARE, "time in which nothing sounds"),
        Feature("empty_bars", _SHARE, "bars in which nothing sounds (after MuSpy)"),
        Feature("voices_playing", _SHARE, "voices that begin a note in a bar, mean over bars"),
    ),
    "form": (
        Feature("repeated_bars", _SHARE, "bars that are the same as an earlier one"),
        Feature("transposed_bars", _SHARE, "bars whose highest notes have rhythm and intervals of an earlier bar's"),
        Feature("neighbours_alike", _SHARE, "likeness to the bar before (dynamic time warping of chroma)"),
        Feature("nearest_alike", _SHARE, "likeness to the most similar earlier bar (the same)"),
        Feature("far_alike", _SHARE, "likeness to the most similar bar at least four bars earlier (the same)"),
    ),
    "playing": (
        Feature("out_of_range", _SHARE, "notes that the instrument does not have"),
        Feature("hand_span", "semitones", "mean span of what a hand strikes at once, of keyboards"),
        Feature("wide_chords", _SHARE, "attacks of a hand that span more than a tenth, of keyboards"),
    ),
    "ending": (
        Feature("ends_on_tonic", _SHARE, "1 if the last bass is the tonic of the signature, or of its relative minor"),
        Feature("final_chord", _SHARE, "pitch classes of the last chord that belong to a triad on its bass"),
        Feature("final_length", "attacks", "from the last attack to the end, beside the mean time between attacks"),
        Feature("dominant_before", _SHARE, "1 if the last other bass note is a fifth above the last"),
    ),
}  # fmt: skip

FEATURES: tuple[Feature, ...] = tuple(feature for features in SIDES.values() for feature in features)
ENDING_FEATURES = frozenset(feature.name for feature in SIDES["ending"])


def measure(tune: Tune) -> dict[str, float]:
    """Every feature of a tune by name, NaN where it cannot be known; also "bars", its length."""
    start = replace(tune, bars=tune.bars[:MAX_BARS])
    notes = tabulate(start)
    values = {feature.name: nan for feature in FEATURES} | {"bars": float(len(tune.bars))}
    values |= measure_tones(notes, tune.header) | measure_melody(notes)
    values |= measure_harmony(notes) | measure_voices(notes)
    values |= measure_rhythm(notes) | measure_form(start, notes) | measure_playing(notes, tune.header)
    if len(tune.bars) > MAX_BARS:
        tune = cut_bars(tune, len(tune.bars) - MAX_BARS, len(tune.bars) - 1)
        notes = tabulate(tune)
    return values | measure_ending(tune, notes)
