"""How loud and how early single notes are: phrases that swell, a melody above what accompanies it, a little ahead.

Sources: loudness goes with tempo through a phrase, N. Todd, The dynamics of dynamics (JASA 91, 1992). A pianist's
melody is louder and comes about 30 ms before what is written with it, W. Goebl, Melody lead in piano performance (JASA
110, 2001), 20 to 30 ms as J. Bjurling sums studies up (Timing in piano music, KTH 2007). Goebl finds that the lead
follows from the loudness; here each is a figure of its own (`manner.py`).
Our choice, without a source: by how many velocities, the share of it in ensembles, and that higher notes are louder.
"""

import statistics
from dataclasses import dataclass

from renderers.score.parts import KEYBOARD_PROGRAMS
from renderers.sound.expression.melody import find_melody
from renderers.sound.expression.phrases import Phrase, phrase_at
from renderers.sound.manner import Manner
from renderers.sound.performance import Note, Performance

CLIMAX = 0.62  # how far through a phrase it is loudest
PEAK_VELOCITY = 0.35  # a semitone by which the top of a phrase is above that of the usual phrase
MOST_PEAK_VELOCITY = 5.0
HIGH_VELOCITY = 0.2  # a semitone above the middle of its phrase
ENSEMBLE_SHARE = 0.3  # of the lead and of the weight of a melody, where nobody plays two staves
ACCOMPANIST_VELOCITY = -4.0  # a keyboard under a soloist


@dataclass(frozen=True)
class Touch:
    """What is added to a note's velocity, and how much earlier it comes, in seconds."""

    velocity: float = 0.0
    lead_s: float = 0.0


class Hands:
    """Knows the touch of each note of a performance."""

    def __init__(self, performance: Performance, phrases: list[Phrase], manner: Manner) -> None:
        self._manner, self._phrases = manner, phrases
        parts = performance.part_list.parts
        self._keyboards = {staff for part in parts if part.program in KEYBOARD_PROGRAMS for staff in part.staves}
        self._two_staves = {staff for part in parts if len(part.staves) > 1 for staff in part.staves}
        self._has_soloist = 0 < len(self._keyboards) < sum(len(part.staves) for part in parts)
        self._melody = {id(note) for note in find_melody(performance)}
        self._usual_peak = statistics.median(phrase.peak for phrase in phrases)

    def touch(self, note: Note) -> Touch:
        """Of one of its notes."""
        if note.is_drum:
            return Touch()
        phrase = phrase_at(self._phrases, note.start)
        velocity = self._swell(phrase, note)
        is_melody = id(note) in self._melody and not (self._has_soloist and note.staff in self._keyboards)
        share = 1.0 if note.staff in self._two_staves else ENSEMBLE_SHARE
        velocity += self._manner.melody * share * (0.4 if is_melody else -0.6)
        velocity += ACCOMPANIST_VELOCITY if self._has_soloist and note.staff in self._keyboards else 0.0
        return Touch(velocity, self._manner.lead_s * share if is_melody and not note.ornamental else 0.0)

    def _swell(self, phrase: Phrase, note: Note) -> float:
        through = phrase.through(note.start)
        warped = through / CLIMAX / 2 if through < CLIMAX else 0.5 + (through - CLIMAX) / (1 - CLIMAX) / 2
        arch = 1 - (2 * warped - 1) ** 2 - 2 / 3
        peak = PEAK_VELOCITY * (phrase.peak - self._usual_peak) if phrase.peak else 0.0
        high = HIGH_VELOCITY * (note.pitch - phrase.peak) / 2 if phrase.peak and id(note) in self._melody else 0.0
        return self._manner.swell * arch + max(-MOST_PEAK_VELOCITY, min(MOST_PEAK_VELOCITY, peak)) + max(-3.0, high)
