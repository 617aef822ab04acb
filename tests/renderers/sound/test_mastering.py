"""Loudness, limiter and reverb, against signals whose answers are known."""

import numpy as np
import pytest

from renderers.sound.loudness import SAMPLE_RATE, measure_loudness, peak_dbfs
from renderers.sound.mastering import CEILING_DBFS, add_reverb, fade, limit_peaks, master


def sine(frequency_hz, *, seconds=5.0, amplitude=1.0, left_only=False):
    wave = amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.column_stack([wave, 0 * wave if left_only else wave]).astype(np.float32)


def test_loudness_agrees_with_the_reference_of_the_standard():
    """BS.1770: a full-scale sine of 997 Hz in one channel measures -3.01 LKFS."""
    assert measure_loudness(sine(997, left_only=True)) == pytest.approx(-3.01, abs=0.05)
    assert measure_loudness(sine(997, amplitude=0.1)) == pytest.approx(-20.0, abs=0.05)


def test_loudness_hears_bass_less_and_treble_more():
    assert measure_loudness(sine(40)) < measure_loudness(sine(997)) - 3
    assert measure_loudness(sine(8000)) == pytest.approx(measure_loudness(sine(997)) + 3.3, abs=0.3)


def test_pauses_do_not_make_a_piece_softer():
    music = sine(997, amplitude=0.1)
    with_pause = np.concatenate([music, np.zeros_like(music), music])
    assert measure_loudness(with_pause) == pytest.approx(measure_loudness(music), abs=0.3)


def test_silence_and_a_blink_of_sound_can_be_measured():
    assert measure_loudness(np.zeros((SAMPLE_RATE, 2), np.float32)) == float("-inf")
    assert np.isfinite(measure_loudness(sine(997, seconds=0.05)))
    assert len(master(np.zeros((0, 2), np.float32))) == 0


def test_the_limiter_holds_the_ceiling_and_leaves_the_rest_alone():
    samples = sine(440, amplitude=0.5, seconds=4)
    samples[2 * SAMPLE_RATE :][:4000] *= 1 + 2.5 * np.hanning(4000).astype(np.float32)[:, None]
    quiet = samples[:SAMPLE_RATE].copy()
    limit_peaks(samples)
    assert peak_dbfs(samples) <= CEILING_DBFS + 1e-4
    assert np.array_equal(samples[:SAMPLE_RATE], quiet)
    steps = np.abs(np.diff(samples[:, 0])).max()
    assert steps < 0.15, "a click"


def test_the_reverb_rings_on_after_the_sound_and_stays_below_it():
    samples = np.zeros((3 * SAMPLE_RATE, 2), np.float32)
    samples[:SAMPLE_RATE] = sine(440, seconds=1, amplitude=0.5)
    add_reverb(samples)

    def level(start_s, end_s):
        return peak_dbfs(samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)])

    assert -60 < level(1.05, 1.2) < level(0.5, 0.9) - 6
    assert level(1.5, 1.7) < level(1.05, 1.2)
    assert level(2.6, 3) < -80
    assert not np.array_equal(samples[:, 0], samples[:, 1]), "a room is wider than a point"


def test_the_first_reflections_come_one_by_one_within_50_ms_and_on_each_side_at_times_of_its_own():
    samples = np.zeros((SAMPLE_RATE, 2), np.float32)
    samples[0] = 1.0
    add_reverb(samples)
    early = np.abs(samples[5 : round(0.017 * SAMPLE_RATE)])  # before the hall answers
    heard = [set(np.flatnonzero(early[:, side] > 0.5 * early.max())) for side in range(2)]
    assert all(heard)
    assert not heard[0] & heard[1]
    assert np.abs(samples[5 : round(0.005 * SAMPLE_RATE)]).max() < 0.01, "nothing answers at once"


def test_the_reverb_of_a_long_piece_is_that_of_its_pieces():
    """It works in blocks of four seconds; a seam would show as a difference between two shifted copies."""
    burst = sine(440, seconds=0.5)
    early, late = (np.zeros((12 * SAMPLE_RATE, 2), np.float32) for _ in range(2))
    early[: len(burst)] = burst
    shift = round(4.4 * SAMPLE_RATE)  # so that its echo lies across the seam
    late[shift : shift + len(burst)] = burst
    add_reverb(early)
    add_reverb(late)
    assert np.allclose(early[:-shift], late[shift:], atol=1e-4)


def test_fades_of_something_very_short_do_not_fail():
    samples = np.ones((10, 2), np.float32)
    fade(samples)
    assert abs(samples[-1, 0]) < 1e-3
