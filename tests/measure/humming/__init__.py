"""Hums whose notes are known: what `make measure NAME=hums` lets the reader hear. Nothing here uses the reader's code.

Two makers that have nothing in common but this description: `synthesised` makes up tunes and voices, `sampled` takes
folk songs of music21's corpus and the sampled instruments of the soundfont. Not covered: real people's voices.
"""

import io
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

RATE = 48_000  # as Telegram and Discord send voices
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Sung:
    """One note as it was meant. onset_s: where it begins in the sound; length: in quarters; pitch: as in MIDI."""

    onset_s: float
    length: Fraction
    pitch: int


@dataclass(frozen=True, kw_only=True)
class Hum:
    """A tune and its sound, mono at RATE. beats_a_minute: quarters; metre: as "3/4"; fifths: of the key signature."""

    name: str
    samples: Samples
    notes: tuple[Sung, ...]
    beats_a_minute: float
    metre: str
    fifths: int


def with_noise(samples: Samples, *, db: float, rng: np.random.Generator) -> Samples:
    """White noise so many decibels below the sound, by their powers while something sounds."""
    power = float(np.mean(np.square(samples[np.abs(samples) > 0.01 * np.abs(samples).max()])))
    noise = rng.standard_normal(len(samples)) * np.sqrt(power / 10 ** (db / 10))
    mixed = samples + noise
    scaled: Samples = (0.7 * mixed / np.abs(mixed).max()).astype(np.float32)
    return scaled


def as_voice_message(samples: Samples) -> bytes:
    """Ogg Opus as telephones send it: mono, 32 kbit/s. Needs PyAV."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="ogg") as container:
        track = container.add_stream("libopus", rate=RATE, layout="mono")
        track.bit_rate = 32_000
        whole = np.clip(samples * 32767, -32768, 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*track.encode(frame), *track.encode(None)):
            container.mux(packet)
    return stream.getvalue()
