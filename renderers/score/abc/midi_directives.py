"""`%%MIDI program`, `transpose`, `channel`, `drummap`: what a tune says about its sound.

What is not covered: accompaniment (`gchord`, `drone`; `drum` is read by `drum_accompaniment`), swing, controllers. How
a piece is played is decided by `renderers.sound`.
"""

import re
from dataclasses import dataclass, field, replace

from renderers.score.abc.properties import read_number

DRUM_CHANNEL = 10
KNOWN_BUT_UNUSED = frozenset({
    "barlines", "bassmod", "bassprog", "bassvol", "beat", "beataccents", "beatmod", "beatstring", "bendstring",
    "bendvelocity", "chordattack", "chordname", "chordprog", "chordvol", "control", "deltaloudness", "drone",
    "droneoff", "droneon", "drum", "drumbars", "drumoff", "drumon", "expand", "fermata", "fermatafixed",
    "fermataproportional", "gchord", "gchordbars", "gchordoff", "gchordon", "grace", "gracedivider",
    "makechordchannels", "nobarlines", "nobeataccents", "noportamento", "pitchbend", "portamento", "ptstress",
    "randomchordattack", "ratio", "rtranspose", "snt", "stress", "temperament", "temperamentlinear",
    "temperamentnormal", "trim", "tuningsystem", "vol", "volinc",
})  # fmt: skip
ACCOMPANIMENT = frozenset({"drone", "droneon", "gchord", "gchordon"})
_PITCH = re.compile(r"(\^|_|=)?([A-Ga-g])([',]*)")
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Sound:
    """How a voice sounds, as far as the tune says so. `transpose` in semitones."""

    program: int | None = None  # 0-127
    transpose: int = 0
    channel: int | None = None  # 1-16
    drums: dict[int, int] = field(default_factory=dict)  # written MIDI pitch → General MIDI drum

    @property
    def is_drums(self) -> bool:
        """Whether the channel is the one for drums."""
        return self.channel == DRUM_CHANNEL


def read_midi_directive(sound: Sound, value: str) -> tuple[Sound, bool]:
    """The sound after a `%%MIDI` line, and whether the line was understood."""
    name, *words = value.replace("=", " ").split() or [""]
    name = name.lower()
    numbers = [number for word in words if (number := read_number(word, most=255)) is not None]
    if name == "program" and numbers and 0 <= numbers[-1] <= 127:
        channel = numbers[0] if len(numbers) > 1 and 1 <= numbers[0] <= 16 else sound.channel
        return replace(sound, program=numbers[-1], channel=channel), True
    if name in ("transpose", "rtranspose") and numbers and abs(numbers[0]) <= 60:
        start = sound.transpose if name == "rtranspose" else 0
        return replace(sound, transpose=start + numbers[0]), True
    if name == "channel" and numbers and 1 <= numbers[0] <= 16:
        return replace(sound, channel=numbers[0]), True
    if name == "drummap" and len(words) == 2 and numbers and 0 <= numbers[0] <= 127:
        pitch = _midi_pitch(words[0])
        if pitch is not None:
            return replace(sound, drums={**sound.drums, pitch: numbers[0]}), True
    return sound, name in KNOWN_BUT_UNUSED


def _midi_pitch(text: str) -> int | None:
    found = _PITCH.fullmatch(text)
    if found is None:
        return None
    accidental = {"^": 1, "_": -1}.get(found[1] or "", 0)
    octave = found[2].islower() + found[3].count("'") - found[3].count(",")
    return 60 + 12 * octave + _SEMITONES[found[2].upper()] + accidental
