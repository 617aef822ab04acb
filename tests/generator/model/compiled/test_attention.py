"""Attention to what is remembered as whole numbers against NumPy's in float64."""

import numpy as np
import pytest
from numba import njit

from generator.model.compiled.attention import attend, remember
from generator.model.compiled.levels import make_cache, room_for
from generator.model.shape import HEAD_WIDTH

HIDDEN, ROOM = 2 * HEAD_WIDTH, room_for(4000)


@njit
def read(cache, place, asked, out, scores, halves, small):
    """Remember a row at a place, and attend to all up to it."""
    remember(cache, place, asked, HIDDEN, small)
    attend(cache, place + 1, asked, HIDDEN, out, scores, halves)


def attended(rows: np.ndarray) -> np.ndarray:
    """What the last of rows (places, 3 * HIDDEN), each query, key and value, makes of all of them: (HIDDEN,)."""
    keys, key_scales, values, value_scales = make_cache(layers=1, places=1, hidden=HIDDEN, room=ROOM)
    values[:], value_scales[:], key_scales[:] = 127, np.nan, np.nan  # what an earlier piece may have left
    cache = keys[0, 0], key_scales[0, 0], values[0, 0], value_scales[0, 0]
    out, scores, halves = np.zeros(HIDDEN, np.float32), np.zeros(ROOM, np.float32), np.zeros(ROOM + 64, np.int16)
    for place, row in enumerate(rows.astype(np.float32)):
        read(cache, place, row, out, scores, halves, np.zeros(HEAD_WIDTH, np.int8))
    return out


def exact(rows: np.ndarray) -> np.ndarray:
    query, keys, values = (rows[:, part * HIDDEN : (part + 1) * HIDDEN].reshape(-1, 2, HEAD_WIDTH) for part in range(3))
    scores = np.einsum("hw,phw->hp", query[-1], keys) / np.sqrt(HEAD_WIDTH)
    shares = np.exp(scores - scores.max(1, keepdims=True))
    return np.einsum("hp,phw->hw", shares / shares.sum(1, keepdims=True), values).reshape(-1)


@pytest.mark.parametrize("places", [1, 2, 3, 16, 17, 300])
def test_it_is_what_float_s_would_be_but_for_what_bytes_hold(places: int):
    rows = np.random.default_rng(places).normal(size=(places, 3 * HIDDEN))
    wanted = exact(rows)
    assert np.linalg.norm(attended(rows) - wanted) < 0.02 * np.linalg.norm(wanted)


@pytest.mark.parametrize("value", [1.0, -1.0])
def test_the_largest_numbers_at_very_many_places_fit_into_the_sums(value: float):
    rows = np.ones((4000, 3 * HIDDEN))  # every place is asked for alike, every number as large as can be
    rows[:, 2 * HIDDEN :] = value
    assert attended(rows) == pytest.approx(np.full(HIDDEN, value), rel=1e-3)


def test_one_place_may_count_for_all_and_values_may_be_large_or_tiny():
    rows = np.random.default_rng(1).normal(size=(40, 3 * HIDDEN))
    rows[-1, :HIDDEN], rows[7, HIDDEN : 2 * HIDDEN] = 40, 40
    rows[7, 2 * HIDDEN :] *= 1e-5
    rows[20, 2 * HIDDEN :] *= 1e5
    wanted = rows[7, 2 * HIDDEN :]
    assert np.linalg.norm(attended(rows) - wanted) < 0.01 * np.linalg.norm(wanted)
