"""From a dry recording to one that is pleasant to hear: a little room, an even loudness, a clean end.

Everything is numpy on blocks: a ten-minute piece needs little more memory than its samples.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from renderers.synthesis import SAMPLE_RATE, Samples

TARGET_LUFS = -16.0  # what podcasts and phones expect
CEILING_DBFS = -1.5  # of samples: leaves half a decibel for what lies between them and for the encoder
MOST_LIMITING_DB = 6.0  # rather a little softer than squashed
MOST_GAIN_DB = 30.0

REVERB_S, REVERB_PREDELAY_S = 1.3, 0.018  # a small hall
REVERB_SHARE = 0.2  # its amplitude relative to the dry sound, in the band where most notes lie
REVERB_BAND_HZ = (150.0, 2_500.0)
REVERB_SEED = 1750
FFT_FRAMES = 1 << 18

FADE_IN_S, FADE_OUT_S = 0.005, 1.0
LIMITER_BLOCK_S, LIMITER_HOLD_BLOCKS = 0.005, 16

GATE_HOP_S = 0.1  # BS.1770: blocks of 0.4 s that overlap by 0.3 s
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0

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
    """Add the answer of a small hall, in place: overlap-add convolution of the two channels' middle."""
    spectrum = _hall_spectrum()
    hop = FFT_FRAMES - _hall_frames()
    carry = np.zeros((FFT_FRAMES, 2), dtype=np.float32)
    for start in range(0, len(samples), hop):
        block = samples[start : start + hop]
        middle = np.fft.rfft(block.mean(axis=1), FFT_FRAMES)
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
    spectrum = np.fft.rfft(answer, FFT_FRAMES)
    frequency = np.fft.rfftfreq(FFT_FRAMES, 1 / SAMPLE_RATE)
    heard = np.abs(spectrum[:, (frequency > REVERB_BAND_HZ[0]) & (frequency < REVERB_BAND_HZ[1])])
    spectrum *= REVERB_SHARE / np.sqrt((heard**2).mean())
    return np.asarray(spectrum, dtype=np.complex64)


# --- loudness and peak


def measure_loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS after ITU-R BS.1770-4; -inf for silence.

    The K-weighting is applied to the energies of each tenth of a second's spectrum (Parseval) instead of by filters
    in time: same figure within a tenth of a decibel, no sample-by-sample loop.
    """
    hop = round(GATE_HOP_S * SAMPLE_RATE)
    num_hops = len(samples) // hop
    if num_hops < 4:
        samples = np.concatenate([samples, np.zeros((4 * hop - len(samples), 2), np.float32)])
        num_hops = 4
    weights = _k_weights(hop)
    energy = np.empty(num_hops)
    for first in range(0, num_hops, 100):
        last = min(first + 100, num_hops)
        frames = samples[first * hop : last * hop].reshape(last - first, hop, 2)
        energy[first:last] = (np.abs(np.fft.rfft(frames, axis=1)) ** 2 * weights[:, None]).sum(axis=(1, 2))
    blocks = np.lib.stride_tricks.sliding_window_view(energy, 4).mean(axis=1)
    loud = blocks[_lufs(blocks) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return float("-inf")
    gate = _lufs(loud.mean()) + RELATIVE_GATE_LU
    return float(_lufs(loud[_lufs(loud) > gate].mean()))


def _lufs(energy: npt.ArrayLike) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(energy), dtype=np.float64)


@lru_cache(maxsize=1)
def _k_weights(frames: int) -> Floats:
    """What each bin of a one-sided spectrum contributes to the K-weighted mean square of its block.

    The two filters of BS.1770, given there for 48 kHz, as designed anew for any rate by libebur128 (ebur128.c,
    ebur128_init_filter).
    """
    z = np.exp(-2j * np.pi * np.arange(frames // 2 + 1) / frames)
    k = np.tan(np.pi * 1681.974450955533 / SAMPLE_RATE)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = np.polyval([high - band * k / q + k * k, 2 * (k * k - high), high + band * k / q + k * k], z)
    shelf = shelf / np.polyval([1 - k / q + k * k, 2 * (k * k - 1), 1 + k / q + k * k], z)
    k = np.tan(np.pi * 38.13547087602444 / SAMPLE_RATE)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    high_pass = (1 - z) ** 2 / (np.polyval([1 - k / q + k * k, 2 * (k * k - 1), norm], z) / norm)
    sides = np.full(len(z), 2.0)  # each bin stands for its mirror image too, except the first and the middle one
    sides[0] = 1
    if frames % 2 == 0:
        sides[-1] = 1
    weights: Floats = np.abs(shelf * high_pass) ** 2 * sides / frames**2
    return weights


def peak_dbfs(samples: Samples) -> float:
    """The highest sample in dB below full scale; -inf for silence."""
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    return 20 * float(np.log10(peak)) if peak else float("-inf")


def limit_peaks(samples: Samples) -> None:
    """Turn the sound down around whatever passes the ceiling, in place: ahead of time, slowly, without clicks."""
    ceiling = np.float32(10 ** (CEILING_DBFS / 20))
    if peak_dbfs(samples) <= CEILING_DBFS:
        return
    block = round(LIMITER_BLOCK_S * SAMPLE_RATE)
    edges = np.arange(0, len(samples), block)
    peaks = np.maximum.reduceat(np.abs(samples).max(axis=1), edges)
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
