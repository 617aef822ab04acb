"""What a teacher of harmony would mark: cadences, leading notes, parallels, clashes, notes outside chords, themes.

Promises: `grade` gives every one of GRADES, NaN where it cannot be known. They stand beside the features: people's
ranges are measured of both, and who chooses among candidates listens to both (`human.py`); the report card shows the
features alone. The same things are counted over many pieces by `generator.evaluation.music`.
Not covered: ranges and leaps, which are features.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan

from generator.critic import chords, lines
from generator.critic.features import MAX_BARS, Feature
from generator.critic.note_table import tabulate
from generator.notation import Tune, cut_bars

BARS_BETWEEN, CHORDS_BETWEEN = 8, 16  # cadences and parallels are counted per so many

GRADES = (
    Feature("cadences", "8 bars", "from the dominant to the tonic, roots in the bass"),
    Feature("ends_after_dominant", "share", "1 if the last chord is the tonic's, and the last other root the dominant"),
    Feature("raised_sevenths", "share", "in minor: raised among all seventh degrees"),
    Feature("clashing_beats", "share", "beats at whose start a semitone or major seventh sounds"),
    Feature("strict_parallels", "16 chords", "parallel fifths and octaves of all pairs of voices"),
    Feature("chord_notes", "share", "sound that belongs to the chord of its beat, mean over beats"),
    Feature("theme_returns", "share", "1 if two bars of melody come again at any pitch, six or more bars later"),
)
ENDING_GRADES = frozenset({"ends_after_dominant"})


def grade(tune: Tune) -> dict[str, float]:
    """Every grade of a tune by name, NaN where it cannot be known; of a long one those of its start and of its end."""
    start, last = replace(tune, bars=tune.bars[:MAX_BARS]), max(0, len(tune.bars) - MAX_BARS)
    notes = tabulate(start)
    ending = tabulate(cut_bars(tune, last, len(tune.bars) - 1)) if last else notes
    values = dict.fromkeys((one.name for one in GRADES), nan)
    tonic, heard = chords.tonic_led_to(tune.header, ending), chords.chords_of(notes)
    if not heard:
        return values
    if tonic is not None:
        values["cadences"] = chords.cadences(heard, tonic) * BARS_BETWEEN / len(start.bars)
        at_the_end = chords.chords_of(ending) if last else heard
        values["ends_after_dominant"] = float(chords.ends_after_dominant(at_the_end, tonic))
        values["raised_sevenths"] = _share(lines.raised_sevenths(notes, tonic))
    values["clashing_beats"] = _share(lines.clashing_beats(notes))
    values["strict_parallels"] = CHORDS_BETWEEN * _share(lines.parallels(notes, outer_only=False))
    values["chord_notes"] = sum(chord.belonging for chord in heard) / len(heard)
    values["theme_returns"] = float(lines.theme_returns(notes)) if len(start.bars) > lines.FAR else nan
    return values


def _share(count: tuple[int, int]) -> float:
    return count[0] / count[1] if count[1] else nan
