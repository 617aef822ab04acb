"""The draw, compiled: one character from logits, as `generator.model.sampling` draws it.

Promises: the same character for the same logits, settings and random number.
Not covered: what the guard refuses (`writer.py`).
"""

import math

import numpy as np

from generator.model.compiled.vectors import IMPOSSIBLE, VOCABULARY, exp, inner

LEAST_LIKELY = 1e-6  # as in `generator.model.sampling`


@inner
def _probabilities(logits, out):
    """Softmax of logits (128,) → out, in float64."""
    most = logits[0]
    for i in range(1, VOCABULARY):
        most = max(most, logits[i])
    total = 0.0
    for i in range(VOCABULARY):
        out[i] = np.float64(exp(logits[i] - most)) if logits[i] > IMPOSSIBLE else 0.0
        total += out[i]
    for i in range(VOCABULARY):
        out[i] /= total


@inner
def _weigh(kept, away, characters, count, exponent, guidance):
    """What temperature and guidance make of the probabilities that the filters kept, in place; returns their total."""
    first, most = kept[0], -math.inf
    if guidance > 0:
        for i in range(count):
            away[i + VOCABULARY] = math.log(kept[i]) - math.log(max(away[characters[i]], LEAST_LIKELY))
            most = max(most, away[i + VOCABULARY])
    total = 0.0
    for i in range(count):
        kept[i] = (kept[i] / first) ** exponent
        if guidance > 0:
            kept[i] *= math.exp(guidance * (away[i + VOCABULARY] - most))
        total += kept[i]
    return total


@inner
def _draw(logits, row, second, settings, hint, uniform, room):
    """One character from the logits of a row, as `sampling.sample_rows` draws it.

    second: the row of the reading that guidance leads away from, -1 for none. settings: top-k (128: off), top-p (2:
    off), 1 / temperature, guidance. hint: character (-1: none), offset, slope. uniform: from 0 up to but not 1.
    room: four times as many numbers as there are characters, and characters, to work with.
    """
    numbers, characters = room
    chances, kept, away = numbers[:VOCABULARY], numbers[VOCABULARY : 2 * VOCABULARY], numbers[2 * VOCABULARY :]
    top_k, top_p, exponent, guidance = int(settings[0]), settings[1], settings[2], settings[3]
    expected, offset, slope = int(hint[0]), hint[1], hint[2]
    _probabilities(logits[row], chances)
    counts, chance = False, 0.0
    if expected >= 0:
        own = chances[expected]
        bounded = min(max(own, LEAST_LIKELY), 1 - LEAST_LIKELY)
        chance = 1 / (1 + math.exp(-(offset + slope * math.log(bounded / (1 - bounded)))))
        counts = own > 0 and chance > 1 - top_p
        others = 0.0
        for i in range(VOCABULARY):
            others += chances[i] if i != expected else 0.0
        if counts and others > 0:
            # The filters look at the others only: beside a likely repetition they would cut every way out of it.
            chances[expected] = 0.0
            for i in range(VOCABULARY):
                chances[i] /= others
    count, total = 0, 0.0
    for rank in range(min(top_k, VOCABULARY)):
        best = 0
        for i in range(1, VOCABULARY):
            if chances[i] > chances[best]:
                best = i
        if chances[best] <= 0 and rank:
            break
        characters[rank], kept[rank] = best, chances[best]
        total += chances[best]
        chances[best] = -1.0
        count += 1
    before, cut = 0.0, count
    for rank in range(count):
        if rank and before >= top_p * total:
            cut = rank
            break
        before += kept[rank]
    if guidance > 0 and second >= 0:
        _probabilities(logits[second], away)
    else:
        guidance = 0.0
    total = _weigh(kept, away, characters, cut, exponent, guidance)
    threshold, running = uniform, 0.0
    for rank in range(cut):
        share = kept[rank] / total
        if counts:
            share = chance if characters[rank] == expected else share * (1 - chance)
        kept[rank] = share
        running += share
    has_expected = False
    for rank in range(cut):
        has_expected |= characters[rank] == expected
    whole = running + (chance if counts and not has_expected else 0.0)
    running = 0.0
    for rank in range(cut):
        running += kept[rank]
        if running > threshold * whole:
            return characters[rank]
    return expected if counts and not has_expected else characters[cut - 1]


@inner
def draw_each(logits, rows, seconds, settings, hints, place, uniform, chars, room):
    """`_draw` for several rows → chars (rows of the cache,). seconds, settings (n, 4), hints (n, 3): of each row of the
    cache; uniform (rows of the cache, 16). room: as `_draw` takes it.
    """
    for row in rows:
        chars[row] = _draw(logits, row, seconds[row], settings[row], hints[row], uniform[row, place], room)
