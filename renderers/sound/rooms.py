"""The room that a piece is played in: how long it answers, how loudly, how dark. One for each kind of ensemble.

A room is noise that dies away, with single reflections before it, and is folded with the recording. Numpy alone, on
blocks. What is not covered: a place of each player in the room; they sit from left to right (`seating.py`).
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from renderers.sound.loudness import SAMPLE_RATE, Samples

SEED = 1750
BAND_HZ = (150.0, 2_500.0)  # where most notes lie: shares are amplitudes relative to the dry sound in this band
BOOM_HZ = 120.0  # below it a room only booms
# A soundfont whose samples have one channel puts a piano on a point between the ears. What the walls of a stage throw
# back first, to each side at times of its own, makes it as wide as a piano: too early to be heard as an echo.
EARLY_FROM_S, EARLY_TO_S, EARLY_PER_SIDE = 0.006, 0.045, 12
EARLY_FALL_DB, EARLY_CUTOFF_HZ = 9.0, 5_000.0  # from the first to the last; walls swallow the treble
EARLY_SHARE = 0.3
FFT_FRAMES = 1 << 18

VOICES, STRINGS, PLUCKED = frozenset({52, 53, 54}), frozenset(range(40, 52)), frozenset({6, 7, 15, *range(24, 32)})
PIPE_ORGANS = frozenset({19, 20})
ORCHESTRA_PARTS = 8


@dataclass(frozen=True, kw_only=True)
class Room:
    """decay_s: until it has died away by 60 dB, of the bass; the treble takes `treble` of that time.

    predelay_s: until it begins to answer; share: its amplitude.
    """

    decay_s: float
    predelay_s: float
    share: float
    treble: float = 0.6
    dark_hz: float = 4_000.0

    @property
    def frames(self) -> int:
        """How long its answer is."""
        return round((self.decay_s + self.predelay_s) * SAMPLE_RATE)


# Our choice: halls for an orchestra answer longer than those for chamber music, churches longer still, drawing rooms
# shorter; all of it rather dry, since on a phone a long answer is mud.
DRAWING_ROOM = Room(decay_s=0.8, predelay_s=0.01, share=0.15)
SMALL_HALL = Room(decay_s=1.3, predelay_s=0.018, share=0.2)
CONCERT_HALL = Room(decay_s=1.9, predelay_s=0.026, share=0.24)
CHURCH = Room(decay_s=2.6, predelay_s=0.03, share=0.28, treble=0.5, dark_hz=3_000.0)


def room_for(programs: Set[int], *, num_parts: int) -> Room:
    """Where an ensemble plays. programs: of General MIDI, drums left out; num_parts: how many players or sections."""
    if programs and programs <= VOICES | PIPE_ORGANS:
        return CHURCH
    if num_parts >= ORCHESTRA_PARTS:
        return CONCERT_HALL
    if programs and programs <= PLUCKED:
        return DRAWING_ROOM
    return SMALL_HALL


def add_room(samples: Samples, room: Room) -> None:
    """Add the answer of a room, in place: overlap-add convolution of the two channels' middle.

    It differs from left to right, early reflections and all, so that an instrument of one channel is not heard as a
    point; and it cancels nothing, so that a telephone with one speaker loses less than half a decibel.
    """
    spectrum = _spectrum(room)
    hop = FFT_FRAMES - room.frames
    carry = np.zeros((FFT_FRAMES, 2), dtype=np.float32)
    for start in range(0, len(samples), hop):
        block = samples[start : start + hop]
        middle = np.fft.rfft((block[:, 0] + block[:, 1]) / 2, FFT_FRAMES)
        for side in range(2):
            carry[:, side] += np.fft.irfft(middle * spectrum[side], FFT_FRAMES)
        block += carry[: len(block)]
        carry[:-hop] = carry[hop:]
        carry[-hop:] = 0


@lru_cache(maxsize=4)
def _spectrum(room: Room) -> npt.NDArray[np.complex64]:
    """The answer to a click: noise that dies away, darker as it goes, different left and right. (2, bins)."""
    rng = np.random.default_rng(SEED)
    predelay = round(room.predelay_s * SAMPLE_RATE)
    answer = np.zeros((2, room.frames))
    for side in range(2):
        answer[side, predelay:] = sum(_dying(room, rng))
    hall = _at_share(np.fft.rfft(answer, FFT_FRAMES), room.share)
    early = _at_share(_early_spectrum(rng), EARLY_SHARE)
    return np.asarray(hall + early, dtype=np.complex64)


def _dying(room: Room, rng: np.random.Generator) -> Iterator[npt.NDArray[np.float64]]:
    """Bass and treble. Air and curtains swallow the treble first."""
    frames = room.frames - round(room.predelay_s * SAMPLE_RATE)
    time_s = np.arange(frames) / SAMPLE_RATE
    frequency = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE)
    for cutoff_hz, decay_s in ((900.0, room.decay_s), (room.dark_hz, room.decay_s * room.treble)):
        tone = np.fft.rfft(rng.standard_normal(frames)) * (frequency > BOOM_HZ) / (1 + (frequency / cutoff_hz) ** 2)
        yield np.fft.irfft(tone, frames) * 10 ** (-3 * time_s / decay_s)


def _early_spectrum(rng: np.random.Generator) -> npt.NDArray[np.complex128]:
    """Single reflections of falling strength, different left and right. (2, bins)."""
    answer = np.zeros((2, FFT_FRAMES))
    for side in range(2):
        # One in each of equal spans of time: evenly dense, and never at the same distance, which would ring.
        times_s = np.linspace(EARLY_FROM_S, EARLY_TO_S, EARLY_PER_SIDE, endpoint=False)
        times_s += rng.uniform(0, times_s[1] - times_s[0], EARLY_PER_SIDE)
        falling = 10 ** (-np.linspace(0, EARLY_FALL_DB, EARLY_PER_SIDE) / 20)
        answer[side, np.round(times_s * SAMPLE_RATE).astype(int)] = falling * rng.choice([-1, 1], EARLY_PER_SIDE)
    frequency = np.fft.rfftfreq(FFT_FRAMES, 1 / SAMPLE_RATE)
    return np.fft.rfft(answer) / (1 + (frequency / EARLY_CUTOFF_HZ) ** 2)


def _at_share(spectrum: npt.NDArray[np.complex128], share: float) -> npt.NDArray[np.complex128]:
    """The same answer, with this amplitude relative to the dry sound in the band where most notes lie."""
    frequency = np.fft.rfftfreq(FFT_FRAMES, 1 / SAMPLE_RATE)
    heard = np.abs(spectrum[:, (frequency > BAND_HZ[0]) & (frequency < BAND_HZ[1])])
    return np.asarray(spectrum * (share / np.sqrt((heard**2).mean())), dtype=np.complex128)
