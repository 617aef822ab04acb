"""What of a finished piece nobody can play: notes outside their instrument, chords of who has one note at a time, bars
whose voices are not equally long.

Not covered: what is comfortable.
"""

from __future__ import annotations

from generator.catalogue.ranges import ONE_NOTE_AT_A_TIME
from generator.critic.range_check import check_ranges, voice_ranges
from generator.critic.sounding import sounding_notes
from generator.notation import TokenKind, Tune, check_bars


def count_unplayable(tune: Tune) -> int:
    """How many such notes, chords and bars there are."""
    outside = sum(voice.notes_outside for voice in check_ranges(tune, sounding_notes(tune)))
    return outside + _chords_in_single_lines(tune) + len({defect.bar for defect in check_bars(tune)})


def _chords_in_single_lines(tune: Tune) -> int:
    ranges = voice_ranges(tune.header)
    single = {voice for voice, found in ranges.items() if found and found.instrument in ONE_NOTE_AT_A_TIME}
    return sum(
        token.kind is TokenKind.CHORD and sum(char.isalpha() and char not in "xz" for char in token.text) > 1
        for bar in tune.bars
        for voice in bar.voices
        if voice.voice in single
        for token in voice.tokens
    )
