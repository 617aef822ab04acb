"""From a dry recording to one that is pleasant to hear: a little room, an even loudness, a clean end.

Everything is numpy on blocks: a ten-minute piece needs little more memory than its samples.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from renderers.sound.loudness import SAMPLE_RATE, Samples, measure_loudness, peak_dbfs

TARGET_LUFS = -16.0  # what podcasts and phones expect
CEILING_DBFS = -1.5  # of samples: leaves half a decibel for what lies between them and for the encoder
MOST_LIMITING_DB = 6.0  # rather a little softer than squashed
MOST_GAIN_DB = 30.0

REVERB_S, REVERB_PREDELAY_S = 1.3, 0.018  # a small hall
REVERB_SHARE = 0.2  # its amplitude relative to the dry sound, in the band where most notes lie
REVERB_BAND_HZ = (150.0, 2_500.0)
REVERB_SEED = 1750
# A soundfont whose samples have one channel puts a piano on a point between the ears. What the walls of a stage throw
# back first, to each side at times of its own, makes it as wide as a piano: too early to be heard as an echo.
EARLY_FROM_S, EARLY_TO_S, EARLY_PER_SIDE = 0.006, 0.045, 12
EARLY_FALL_DB, EARLY_CUTOFF_HZ = 9.0, 5_000.0  # from the first to the last; walls swallow the treble
EARLY_SHARE = 0.3  # as REVERB_SHARE
FFT_FRAMES = 1 << 18

FADE_IN_S, FADE_OUT_S = 0.005, 1.0
LIMITER_BLOCK_S, LIMITER_HOLD_BLOCKS = 0.005, 16

Floats = npt.NDArray[np.float64]


def master(samples: Samples) -> Samples:
    """Room, loudness, peak and fades. `samples` (frames, 2) float32 is changed in place and returned."""
    if not len(samples):
        return samples
    add_reverb(samples)
    level = measure_loudness(samples)
    if np.isfinite(level):
        gain_db = min(TARGET_LUFS - level, MOST_GAIN_DB, CEILING_DBFS + MOST_LIMITING_DB - peak_dbfs(samples))
        samples *= np.float32(10 ** (gain_db / 20))
        limit_peaks(samples)
    fade(samples)
    return samples


# --- room


def add_reverb(samples: Samples) -> None:
    """Add the answer of a small hall, in place: overlap-add convolution of the two channels' middle.

    It differs from left to right, early reflections and all, so that an instrument of one channel is not heard as a
    point; and it cancels nothing, so that a telephone with one speaker loses less than half a decibel.
    """
    spectrum = _hall_spectrum()
    hop = FFT_FRAMES - _hall_frames()
    carry = np.zeros((FFT_FRAMES, 2), dtype=np.float32)
    for start in range(0, len(samples), hop):
        block = samples[start : start + hop]
        middle = np.fft.rfft((block[:, 0] + block[:, 1]) / 2, FFT_FRAMES)
        for side in range(2):
            carry[:, side] += np.fft.irfft(middle * spectrum[side], FFT_FRAMES)
        block += carry[: len(block)]
        carry[:-hop] = carry[hop:]
        carry[-hop:] = 0


def _hall_frames() -> int:
    return round((REVERB_S + REVERB_PREDELAY_S) * SAMPLE_RATE)


@lru_cache(maxsize=1)
def _hall_spectrum() -> npt.NDArray[np.complex64]:
    """The hall: noise that dies away by 60 dB, darker as it goes, different left and right. (2, bins) complex64."""
    rng = np.random.default_rng(REVERB_SEED)
    frames, predelay = round(REVERB_S * SAMPLE_RATE), round(REVERB_PREDELAY_S * SAMPLE_RATE)
    time_s = np.arange(frames) / SAMPLE_RATE
    frequency = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE)
    answer = np.zeros((2, predelay + frames))
    for side in range(2):
        # Air and curtains swallow the treble first; below 120 Hz a hall only booms.
        for cutoff_hz, decay_s in ((900.0, REVERB_S), (4_000.0, REVERB_S * 0.6)):
            tone = np.fft.rfft(rng.standard_normal(frames)) * (frequency > 120) / (1 + (frequency / cutoff_hz) ** 2)
            answer[side, predelay:] += np.fft.irfft(tone, frames) * 10 ** (-3 * time_s / decay_s)
    hall = _at_share(np.fft.rfft(answer, FFT_FRAMES), REVERB_SHARE)
    early = _at_share(_early_spectrum(rng), EARLY_SHARE)
    return np.asarray(hall + early, dtype=np.complex64)


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
    heard = np.abs(spectrum[:, (frequency > REVERB_BAND_HZ[0]) & (frequency < REVERB_BAND_HZ[1])])
    return np.asarray(spectrum * (share / np.sqrt((heard**2).mean())), dtype=np.complex128)


# --- peaks


def limit_peaks(samples: Samples) -> None:
    """Turn the sound down around whatever passes the ceiling, in place: ahead of time, slowly, without clicks."""
    ceiling = np.float32(10 ** (CEILING_DBFS / 20))
    if peak_dbfs(samples) <= CEILING_DBFS:
        return
    block = round(LIMITER_BLOCK_S * SAMPLE_RATE)
    edges = np.arange(0, len(samples), block)
    peaks = np.array([np.abs(samples[edge : edge + block]).max() for edge in edges])
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    held = _windows(wanted, LIMITER_HOLD_BLOCKS + 1).min(axis=1)  # one block wider than the mean: it never overshoots
    smooth = _windows(held, LIMITER_HOLD_BLOCKS).mean(axis=1)
    centres = edges + block / 2
    for start in range(0, len(samples), FFT_FRAMES):
        part = samples[start : start + FFT_FRAMES]
        part *= np.interp(np.arange(start, start + len(part)), centres, smooth).astype(np.float32)[:, None]
        np.clip(part, -ceiling, ceiling, out=part)


def _windows(values: Floats, reach: int) -> npt.NDArray[np.float64]:
    padded = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


# --- ends


def fade(samples: Samples) -> None:
    """Begin without a click and end in silence, in place."""
    rise = min(len(samples), round(FADE_IN_S * SAMPLE_RATE))
    fall = min(len(samples), round(FADE_OUT_S * SAMPLE_RATE))
    samples[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:, None]
    samples[len(samples) - fall :] *= (np.cos(np.linspace(0, np.pi, fall, dtype=np.float32))[:, None] + 1) / 2
