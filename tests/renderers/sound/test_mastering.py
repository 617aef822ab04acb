"""Loudness, limiter and reverb, against signals whose answers are known."""

import numpy as np
import pytest

from renderers.sound import mastering
from renderers.sound.loudness import SAMPLE_RATE, measure_loudness, peak_dbfs
from renderers.sound.mastering import CEILING_DBTP, fade, limit_peaks, make_loud, master
from renderers.sound.rooms import CHURCH, CONCERT_HALL, DRAWING_ROOM, SMALL_HALL, add_room, room_for


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
    assert peak_dbfs(samples) <= CEILING_DBTP + 1e-4
    assert np.array_equal(samples[:SAMPLE_RATE], quiet)
    steps = np.abs(np.diff(samples[:, 0])).max()
    assert steps < 0.15, "a click"


def test_the_reverb_rings_on_after_the_sound_and_stays_below_it():
    samples = np.zeros((3 * SAMPLE_RATE, 2), np.float32)
    samples[:SAMPLE_RATE] = sine(440, seconds=1, amplitude=0.5)
    add_room(samples, SMALL_HALL)

    def level(start_s, end_s):
        return peak_dbfs(samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)])

    assert -60 < level(1.05, 1.2) < level(0.5, 0.9) - 6
    assert level(1.5, 1.7) < level(1.05, 1.2)
    assert level(2.6, 3) < -80
    assert not np.array_equal(samples[:, 0], samples[:, 1]), "a room is wider than a point"


def test_the_first_reflections_come_one_by_one_within_50_ms_and_on_each_side_at_times_of_its_own():
    samples = np.zeros((SAMPLE_RATE, 2), np.float32)
    samples[0] = 1.0
    add_room(samples, SMALL_HALL)
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
    add_room(early, SMALL_HALL)
    add_room(late, SMALL_HALL)
    assert np.allclose(early[:-shift], late[shift:], atol=1e-4)


def test_fades_of_something_very_short_do_not_fail():
    samples = np.ones((10, 2), np.float32)
    fade(samples)
    assert abs(samples[-1, 0]) < 1e-3


def test_the_limiter_sees_the_wave_between_the_samples():
    """A quarter of the sampling rate, sampled beside its peaks: no sample is over 0.71, the wave reaches 1."""
    samples = np.tile(np.float32([0.7071, 0.7071, -0.7071, -0.7071]), SAMPLE_RATE // 4)[:, None].repeat(2, axis=1)
    limit_peaks(samples)
    assert np.abs(samples[2000:-2000]).max() == pytest.approx(0.7071 * 10 ** (CEILING_DBTP / 20), rel=0.01)


def test_single_blows_are_as_loud_as_a_steady_tone_in_the_end():
    samples = np.zeros((6 * SAMPLE_RATE, 2), np.float32)
    for start in range(0, len(samples), SAMPLE_RATE // 2):
        blow = sine(700, seconds=0.4, amplitude=0.6) * np.exp(-18 * np.arange(0.4 * SAMPLE_RATE) / SAMPLE_RATE)[:, None]
        samples[start : start + len(blow)] += blow.astype(np.float32)
    make_loud(samples)
    assert measure_loudness(samples) == pytest.approx(-16, abs=1)
    assert peak_dbfs(samples) <= CEILING_DBTP + 1e-3


def test_a_choir_sings_in_a_church_and_a_lute_plays_in_a_room():
    assert room_for({52, 19}, num_parts=5) == CHURCH
    assert room_for({24}, num_parts=1) == DRAWING_ROOM
    assert room_for({0}, num_parts=1) == room_for({40, 41, 42}, num_parts=4) == SMALL_HALL
    assert room_for({40, 73}, num_parts=12) == CONCERT_HALL
    assert room_for(set(), num_parts=1) == SMALL_HALL, "drums alone"


def test_a_church_answers_longer_than_a_room():
    left = {}
    for room in (CHURCH, DRAWING_ROOM):
        samples = np.zeros((2 * SAMPLE_RATE, 2), np.float32)
        samples[:1000] = sine(440, seconds=1)[:1000]
        add_room(samples, room)
        left[room] = peak_dbfs(samples[SAMPLE_RATE:])
    assert left[CHURCH] > left[DRAWING_ROOM] + 20


def test_what_is_turned_down_part_by_part_is_to_the_bit_what_it_is_at_once(monkeypatch):
    music = sine(440, seconds=6, amplitude=0.2)
    for start in (0, 2 * SAMPLE_RATE + 40, 5 * SAMPLE_RATE - 900):
        music[start : start + 900] *= 5
    parts, at_once = music.copy(), music.copy()
    limit_peaks(parts)
    monkeypatch.setattr(mastering, "TURNED_BLOCKS", 100_000)
    limit_peaks(at_once)
    assert np.array_equal(parts, at_once)
    assert 0.5 < np.mean(parts == music) < 0.99
