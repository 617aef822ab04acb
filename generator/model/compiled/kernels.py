"""The network's arithmetic, compiled by numba: layers, attention, logits and the draw, on flat arrays.

Promises: a row's result depends on that row alone, to the last bit, and on no property of the processor: products are
sums of whole numbers, and everything else takes the four basic operations and square roots of float32 in an order that
is written down here (no fused or reordered sums, an exponential of our own).
Not covered: the products (`products.py`), the layout of the arrays (`packing.py`), keeping what was compiled
(`machine_code.py`), who calls (`levels.py`). By this file, `products.py` and `emitting.py` alone is seen whether what
was kept is still right, so they import nothing else of ours; hence also constants that stand elsewhere too.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from generator.model.compiled.emitting import (
    BYTE,
    WORD,
    accumulate,
    constant,
    everywhere,
    fetch,
    function,
    load,
    store,
    zeros,
)
from generator.model.compiled.products import DOT, OPTIONS, multiply

VOCABULARY, HALF_OF_THEM, HEAD_WIDTH, LANES = 128, 64, 64, 16
OFFSET = np.int32(DOT.offset)
SMALLEST, IMPOSSIBLE = np.float32(1e-12), np.float32(-3e38)
LOG2_E, LN2_HIGH, LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
E2, E3, E4, E5, E6, E7 = (np.float32(1 / math.factorial(power)) for power in range(2, 8))  # of the power series of e
LEAST_LIKELY = 1e-6  # as in `generator.model.sampling`
EPSILON = np.float32(1e-5)  # of the norms
# Not 0 and 1: of a function that is called with numbers as they are written numba compiles a second one.
FIRST, ONLY = np.int64(0), np.int64(1)


_inner = njit(**OPTIONS)


# --- layers --------------------------------------------------------------------------------------------------------


def _mix(width: int, chains: int, *, small: bool) -> Any:
    """An intrinsic: out[:width] = the sum of shares[i] * rows[i, :width] over i, in float32, at addresses.

    chains: how many sums run beside each other, each over every so many-th row; the number of rows is a multiple.
    small: whether the rows are bytes; as many bytes, from the address `next` on, are then brought near meanwhile.
    """

    @intrinsic
    def mix(_context: Any, _shares: Any, _rows: Any, _count: Any, _out: Any, _next: Any) -> Any:
        real, word = ir.FloatType(), ir.VectorType(WORD, LANES)
        vector, parts = ir.VectorType(real, LANES), width // LANES
        stored, size = (ir.VectorType(BYTE, LANES), 1) if small else (vector, 4)

        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            shares, rows, count, out, following = args

            def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
                after = []
                if small:
                    fetch(builder, builder.add(following, builder.mul(at, constant(width))))
                for chain in range(chains):
                    row = builder.add(at, constant(chain))
                    share = load(builder, shares, builder.mul(row, constant(4)), real, align=4)
                    factor = everywhere(builder, share, vector)
                    for part, total in enumerate(sums[chain * parts : (chain + 1) * parts]):
                        offset = builder.add(builder.mul(row, constant(size * width)), constant(size * LANES * part))
                        values = load(builder, rows, offset, stored, align=size)
                        values = builder.sitofp(builder.sext(values, word), vector) if small else values
                        after.append(builder.fadd(total, builder.fmul(factor, values)))
                return after

            sums = accumulate(builder, zeros(vector, parts * chains), turn, count=count, step=chains)
            for part in range(parts):
                total, *others = sums[part::parts]
                for other in others:
                    total = builder.fadd(total, other)
                store(builder, total, out, constant(4 * LANES * part), align=4)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 5), generate

    return mix


# A turn of either reads 64 bytes, which is what memory hands out at once.
_mix_keys, _mix_values = _mix(LANES, 4, small=True), _mix(HEAD_WIDTH, 1, small=True)
_mix_characters = _mix(HALF_OF_THEM, 1, small=False)


def _fold(builder: Any, lanes: Any, both: Callable[[Any, Any], Any]) -> Any:
    """One number of a vector's LANES, by what is made of two, whichever they are."""
    count = LANES
    while count > 1:
        count //= 2
        low, high = (
            builder.shuffle_vector(
                lanes, lanes, ir.Constant(ir.VectorType(WORD, count), list(range(first, first + count)))
            )
            for first in (0, count)
        )
        lanes = both(low, high)
    return builder.extract_element(lanes, ir.Constant(WORD, 0))


@intrinsic
def _largest(_context: Any, _x: Any, _count: Any) -> Any:
    """The largest absolute value of float32 at an address, so many, a multiple of LANES."""
    vector = ir.VectorType(ir.FloatType(), LANES)

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        absolute = function(builder, f"llvm.fabs.v{LANES}f32", ir.FunctionType(vector, [vector]))

        def larger(one: Any, other: Any) -> Any:
            return builder.select(builder.fcmp_ordered(">", one, other), one, other)

        def turn(at: Any, most: Sequence[Any]) -> Sequence[Any]:
            some = load(builder, args[0], builder.mul(at, constant(4)), vector, align=4)
            return [larger(most[0], builder.call(absolute, [some]))]

        (lanes,) = accumulate(builder, zeros(vector, 1), turn, count=args[1], step=LANES)
        return _fold(builder, lanes, larger)

    return types.float32(types.intp, types.intp), generate


@intrinsic
def _round(_context: Any, _x: Any, _factor: Any, _count: Any, _to: Any) -> Any:
    """So many float32 at an address, a multiple of LANES, times a factor → bytes, rounded; returns their sum."""
    reals, words = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(WORD, LANES)

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        x, factor, count, to = args
        rint = function(builder, f"llvm.rint.v{LANES}f32", ir.FunctionType(reals, [reals]))
        factors = everywhere(builder, factor, reals)

        def turn(at: Any, sums: Sequence[Any]) -> Sequence[Any]:
            some = builder.fmul(load(builder, x, builder.mul(at, constant(4)), reals, align=4), factors)
            whole = builder.fptosi(builder.call(rint, [some]), words)
            store(builder, builder.trunc(whole, ir.VectorType(BYTE, LANES)), to, at, align=1)
            return [builder.add(sums[0], whole)]

        (lanes,) = accumulate(builder, zeros(words, 1), turn, count=count, step=LANES)
        return _fold(builder, lanes, builder.add)

    return types.int32(types.intp, types.float32, types.intp, types.intp), generate


@intrinsic
def _spread(_context: Any, _numbers: Any, _to: Any) -> Any:
    """HEAD_WIDTH bytes at an address → to another, LANES apart."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        numbers, to = args
        for i in range(HEAD_WIDTH):
            one = load(builder, numbers, constant(i), BYTE, align=1)
            store(builder, one, to, constant(LANES * i), align=1)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


@intrinsic
def _power_of_two(_context: Any, _exponent: Any) -> Any:
    """2 ** exponent, exponent int32 from -126 to 127, as float32."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        biased = builder.add(args[0], ir.Constant(ir.IntType(32), 127))
        return builder.bitcast(builder.shl(biased, ir.Constant(ir.IntType(32), 23)), ir.FloatType())

    return types.float32(types.int32), generate


@_inner
def _larger(x, y):
    """Without the care for NaN that `max` takes."""
    return x if x > y else y


@_inner
def _exp(x):
    """e ** x in float32, the same on every processor; beyond 87 either way it stays what it is there."""
    x = -_larger(-_larger(x, np.float32(-87)), np.float32(-87))
    whole = np.rint(x * LOG2_E)
    rest = x - whole * LN2_HIGH - whole * LN2_LOW
    total = E7
    total = total * rest + E6
    total = total * rest + E5
    total = total * rest + E4
    total = total * rest + E3
    total = total * rest + E2
    total = total * rest + np.float32(1)
    total = total * rest + np.float32(1)
    return total * _power_of_two(np.int32(whole))


@_inner
def _norm(x, floats, at, out):
    """The norm of x (hidden,) with the weights at floats[at:] and the biases behind them → out."""
    hidden = len(x)
    weight, bias = floats[at : at + hidden], floats[at + hidden : at + 2 * hidden]
    a = b = c = d = np.float32(0)
    for i in range(0, hidden, 4):
        a, b, c, d = a + x[i], b + x[i + 1], c + x[i + 2], d + x[i + 3]
    mean = ((a + b) + (c + d)) / np.float32(hidden)
    a = b = c = d = np.float32(0)
    for i in range(0, hidden, 4):
        e, f, g, h = x[i] - mean, x[i + 1] - mean, x[i + 2] - mean, x[i + 3] - mean
        a, b, c, d = a + e * e, b + f * f, c + g * g, d + h * h
    scale = np.float32(1) / np.sqrt(((a + b) + (c + d)) / np.float32(hidden) + EPSILON)
    for i in range(hidden):
        out[i] = (x[i] - mean) * scale * weight[i] + bias[i]


@_inner
def _shrink(x, small):
    """x (n,) as whole numbers from -127 to 127 → small; returns what they are to be multiplied by, and their sum."""
    largest = _larger(_largest(x.ctypes.data, len(x)), SMALLEST)
    total = _round(x.ctypes.data, np.float32(127) / largest, len(x), small.ctypes.data)
    return largest / np.float32(127), total


@_inner
def _linear(weights, at, floats, scales, x, rows, ins, outs, work, y):
    """x (rows, ins) → y (rows, outs): each row as whole numbers, times the packed weights at `at`.

    floats: at `scales` what each product is multiplied by, and the biases behind them. The same as `Int8Linear`.
    """
    small, row_scales, row_sums, products, rest = work
    factor, bias = floats[scales : scales + outs], floats[scales + outs : scales + 2 * outs]
    for row in range(rows):
        of_row = slice(row * ins, (row + 1) * ins)
        row_scales[row], row_sums[row] = _shrink(x[of_row], small[of_row])
    multiply(weights, at, small, rest, products, rows, ins, outs)
    for row in range(rows):
        scale, too_much = row_scales[row], OFFSET * row_sums[row]
        whole, out = products[row * outs : (row + 1) * outs], y[row * outs : (row + 1) * outs]
        for i in range(outs):
            out[i] = np.float32(np.int32(whole[i] - too_much)) * scale * factor[i] + bias[i]


@_inner
def _remember(cache, own, asked, hidden, small):
    """Put the key and the value of one row, which stand behind its query, at their place; small (64,) to work with."""
    keys, key_scales, values, value_scales = cache
    block, lane = own // LANES, own % LANES
    for head in range(hidden // HEAD_WIDTH):
        of_head = slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)
        key_scales[head, own], _ = _shrink(asked[hidden:][of_head], small)
        _spread(small.ctypes.data, keys[head, block].ctypes.data + lane)
        value_scales[head, own], _ = _shrink(asked[2 * hidden :][of_head], values[head, own])


@_inner
def _attend(cache, length, asked, hidden, out, scores):
    """One row's attention to `length` places, of which the last is its own → out (hidden,).

    cache: keys (heads, room / 16, 64, 16), values (heads, room, 64), of both what they are multiplied by (heads, room).
    asked: the query first. scores (room,).
    """
    keys, key_scales, values, value_scales = cache
    blocks = (length + LANES - 1) // LANES
    padded, heads = scores[: blocks * LANES], hidden // HEAD_WIDTH
    for head in range(heads):
        query, part = asked[head * HEAD_WIDTH :], out[head * HEAD_WIDTH : (head + 1) * HEAD_WIDTH]
        # What comes next is brought near: behind the keys the values, behind the values the next head's keys.
        own_values, own_scales = values[head], key_scales[head]
        for block in range(blocks):
            to, following = padded[block * LANES :], own_values[block * LANES :].ctypes.data
            _mix_keys(query.ctypes.data, keys[head, block].ctypes.data, HEAD_WIDTH, to.ctypes.data, following)
        for i in range(len(padded)):
            padded[i] *= own_scales[i]
        for i in range(length, len(padded)):
            padded[i] = IMPOSSIBLE
        a, b, c, d = padded[0], padded[1], padded[2], padded[3]
        for i in range(4, len(padded), 4):
            a, b = _larger(a, padded[i]), _larger(b, padded[i + 1])
            c, d = _larger(c, padded[i + 2]), _larger(d, padded[i + 3])
        most = _larger(_larger(a, b), _larger(c, d))
        for i in range(len(padded)):
            padded[i] = _exp((padded[i] - most) * np.float32(0.125))
        for i in range(length, len(padded)):
            padded[i] = np.float32(0)
        a = b = c = d = np.float32(0)
        for i in range(0, len(padded), 4):
            a, b, c, d = a + padded[i], b + padded[i + 1], c + padded[i + 2], d + padded[i + 3]
        total, own_scales = (a + b) + (c + d), value_scales[head]
        for i in range(len(padded)):
            padded[i] *= own_scales[i]
        following = keys[min(head + 1, heads - 1)].ctypes.data
        _mix_values(padded.ctypes.data, own_values.ctypes.data, length, part.ctypes.data, following)
        for i in range(HEAD_WIDTH):
            part[i] /= total


@_inner
def _gelu(x):
    for i in range(len(x)):
        u = x[i]
        z = np.float32(-1.5957691216) * (u + np.float32(0.044715) * u * u * u)
        x[i] = u / (np.float32(1) + _exp(z))


@_inner
def _copy(x, source):
    # Not `x[:] = source`: for what might be wrong with it numba would compile sentences, which takes seconds.
    for i in range(len(x)):
        x[i] = source[i]


@_inner
def _add(x, more):
    for i in range(len(x)):
        x[i] += more[i]


@_inner
def _stand(level, x, positions):
    """Add to x (rows, hidden) that its rows stand at such positions of a level."""
    hidden = level[1]
    for row in range(len(positions)):
        _add(x[row], level[4][positions[row] * hidden : (positions[row] + 1) * hidden])


@_inner
def _ask(level, layer, x, rows, work):
    """The query, key and value of a layer for rows of x → wide (rows, 3 * hidden)."""
    _, hidden, length, weights, floats = level
    wide, narrow, _, numbers = work
    f, w = (length + 22 * layer) * hidden, 12 * layer * hidden * hidden
    for row in range(rows):
        _norm(x[row], floats, f, narrow[row * hidden : (row + 1) * hidden])
    _linear(weights, w, floats, f + 4 * hidden, narrow, rows, hidden, 3 * hidden, numbers, wide)


@_inner
def _run_level(level, cache, x, places, positions, work):
    """x (rows, hidden) through a level, in place; row i comes to lie at positions[i] of place places[i] of the cache.

    Behind `_stand`, and behind `_ask` for the first layer. Rows of one place come in the order of their positions, so
    that each sees those before it.
    """
    layers, hidden, length, weights, floats = level
    keys, key_scales, values, value_scales = cache
    wide, narrow, scores, numbers = work
    rows, square = len(places), hidden * hidden
    for layer in range(layers):
        f, w = (length + 22 * layer) * hidden, 12 * layer * square
        if layer:
            _ask(level, layer, x, rows, work)
        for row in range(rows):
            asked, out = wide[3 * row * hidden : 3 * (row + 1) * hidden], narrow[row * hidden : (row + 1) * hidden]
            place = places[row]
            own = keys[layer, place], key_scales[layer, place], values[layer, place], value_scales[layer, place]
            _remember(own, positions[row], asked, hidden, numbers[0][:HEAD_WIDTH])
            _attend(own, positions[row] + 1, asked, hidden, out, scores)
        _linear(weights, w + 3 * square, floats, f + 10 * hidden, narrow, rows, hidden, hidden, numbers, wide)
        for row in range(rows):
            _add(x[row], wide[row * hidden : (row + 1) * hidden])
        for row in range(rows):
            _norm(x[row], floats, f + 2 * hidden, narrow[row * hidden : (row + 1) * hidden])
        _linear(weights, w + 4 * square, floats, f + 12 * hidden, narrow, rows, hidden, 4 * hidden, numbers, wide)
        _gelu(wide[: 4 * rows * hidden])
        _linear(weights, w + 8 * square, floats, f + 20 * hidden, wide, rows, 4 * hidden, hidden, numbers, narrow)
        for row in range(rows):
            _add(x[row], narrow[row * hidden : (row + 1) * hidden])
    for row in range(rows):
        _norm(x[row], floats, (length + 22 * layers) * hidden, x[row])


@_inner
def _hear(ears, heard, x, count_x, hidden, work):
    """Add to the first rows of x (rows, hidden) what the ears make of the bits of `heard`, the first the lowest.

    See `model/hearing.py`. A number is 0 or 1, so what the first layers add up is whole.
    """
    columns, scales, weights, outer = ears
    wide, narrow, _, numbers = work
    count, both = columns.shape
    sums, factor, bias = numbers[3][:both], scales[:both], scales[both:]
    for i in range(both):
        sums[i] = 0
    for number in range(count):
        if heard[number // 8] >> (number % 8) & 1:
            column = columns[number]
            for i in range(both):
                sums[i] += column[i]
    for i in range(both):
        wide[i] = np.float32(sums[i]) * factor[i] + bias[i]
    for row in range(count_x):
        _add(x[row], wide)
    inner = narrow[: both - hidden]
    _copy(inner, wide[hidden:])
    _gelu(inner)
    _linear(weights, FIRST, outer, FIRST, inner, ONLY, both - hidden, hidden, numbers, wide)
    for row in range(count_x):
        _add(x[row], wide)


# --- reading patches and characters --------------------------------------------------------------------------------


@_inner
def _begin_patches(table, bias, patches, x):
    """What the patch level reads for patches (rows, 16) → x (rows, hidden); table (16, 128, hidden)."""
    for row in range(len(patches)):
        _copy(x[row], bias)
        for place in range(patches.shape[1]):
            _add(x[row], table[place, patches[row, place]])


@_inner
def _begin_characters(table, ears, begin, chars, heard, live, seconds, place, x, rows, read, work):
    """What the character level reads → x (rows, hidden), for which rows of the cache → rows, and behind which
    characters → read; returns how many.

    Of each row that is live, and behind it of its second reading, which has written and hears the same.
    """
    count = 0
    for row in live:
        first = count
        for reading in (row, seconds[row]):
            if reading >= 0:
                rows[count], read[count] = reading, chars[row]
                _copy(x[count], begin[reading] if place == 0 else table[read[count]])
                count += 1
        if heard.shape[1]:
            _hear(ears, heard[row], x[first:], count - first, x.shape[1], work)
    return count


@_inner
def _ask_all(table, level, first, place, x, places, work):
    """What the first layer asks behind each character at a place → first (128, 3 * hidden). x, places: to work with."""
    at_once, asked = len(places), work[0]
    for start in range(0, VOCABULARY, at_once):
        rows = min(at_once, VOCABULARY - start)
        for row in range(rows):
            _copy(x[row], table[start + row])
            places[row] = place
        _stand(level, x, places[:rows])
        _ask(level, FIRST, x, rows, work)
        for row in range(rows):
            _copy(first[start + row], asked[row * first.shape[1] : (row + 1) * first.shape[1]])


@_inner
def _work_out_logits(x, turned, rows, logits):
    """What the character level gave for some rows → their logits (rows of the cache, 128); turned (2, hidden, 64)."""
    for number in range(len(rows)):
        hidden, out = x[number], logits[rows[number]]
        for half in range(2):  # as many sums as the registers hold
            to = out[half * HALF_OF_THEM :].ctypes.data
            _mix_characters(hidden.ctypes.data, turned[half].ctypes.data, len(hidden), to, 0)


# --- the draw ------------------------------------------------------------------------------------------------------


@_inner
def _probabilities(logits, out):
    """Softmax of logits (128,) → out, in float64."""
    most = logits[0]
    for i in range(1, VOCABULARY):
        most = max(most, logits[i])
    total = 0.0
    for i in range(VOCABULARY):
        out[i] = np.float64(_exp(logits[i] - most)) if logits[i] > IMPOSSIBLE else 0.0
        total += out[i]
    for i in range(VOCABULARY):
        out[i] /= total


@_inner
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


@_inner
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


@_inner
def _draw_each(logits, rows, seconds, settings, hints, place, uniform, chars, room):
    """`draw` for several rows → chars (rows of the cache,). seconds, settings (n, 4), hints (n, 3): of each row of the
    cache; uniform (rows of the cache, 16). room: as `_draw` takes it.
    """
    for row in rows:
        chars[row] = _draw(logits, row, seconds[row], settings[row], hints[row], uniform[row, place], room)


@_inner
def _write_characters(network, memory, live, free, place, draws):
    """One more character for all rows that are live, all at the same place of their patches, 0 to 15.

    network: table (128, hidden), the same turned in halves, ears, the level. memory, each for all rows of the cache:
    begin (rows, hidden), what is read at place 0; chars (rows,), what was written last and is read at other places, of
    the rows in `free` replaced by what is drawn; heard (rows, bytes): what each hears, no bytes: nothing; logits
    (rows, 128); the cache; x and the work space; rows, places and what is read, as many as there are rows; first (16,
    128, 3 * hidden), what the first layer asks behind each character at each place but the first, where nothing is
    heard and so it is always the same; asked (16,): for which places that was worked out. draws: seconds, settings,
    hints, uniform and room, as `_draw_each` takes them.
    """
    table, turned, ears, level = network
    begin, chars, heard, logits, cache, x, work, rows, places, read, first, asked = memory
    seconds, settings, hints, uniform, room = draws
    is_known = place > 0 and heard.shape[1] == 0
    if is_known and not asked[place]:
        _ask_all(table, level, first[place], place, x, places, work)
        asked[place] = 1
    count = _begin_characters(table, ears, begin, chars, heard, live, seconds, place, x, rows, read, work)
    rows, places = rows[:count], places[:count]
    for number in range(count):
        places[number] = place
    _stand(level, x, places)
    if is_known:
        wide = 3 * level[1]
        for number in range(count):
            _copy(work[0][number * wide : (number + 1) * wide], first[place, read[number]])
    else:
        _ask(level, FIRST, x, count, work)
    _run_level(level, cache, x, rows, places, work)
    _work_out_logits(x, turned, rows, logits)
    _draw_each(logits, free, seconds, settings, hints, place, uniform, chars, room)


# --- what is called from outside -----------------------------------------------------------------------------------

# Arrays come as a table of whole numbers, made by `machine_code.table_of`: of each its address and its sizes.
F, WHOLE = types.float32, types.int64
_ROWS, _REALS = WHOLE[::1], types.float64[:, ::1]
_NUMBERS = types.Tuple((types.int8[::1], F[::1], *[types.int32[::1]] * 3))
_WORK = types.Tuple((F[::1], F[::1], F[::1], _NUMBERS))
_LEVEL = types.Tuple((WHOLE, WHOLE, WHOLE, types.uint8[::1], F[::1]))
_SCALES = F[:, :, :, ::1]
_CACHE = types.Tuple((types.int8[:, :, :, :, :, ::1], _SCALES, types.int8[:, :, :, :, ::1], _SCALES))
_EARS = types.Tuple((types.int8[:, ::1], F[::1], types.uint8[::1], F[::1]))
_NETWORK = types.Tuple((F[:, ::1], F[:, :, ::1], _EARS, _LEVEL))
_MEMORY = types.Tuple(
    (F[:, ::1], _ROWS, types.uint8[:, ::1], F[:, ::1], _CACHE, F[:, ::1], _WORK, *[_ROWS] * 3, F[:, :, ::1], _ROWS)
)
_ROOM = types.Tuple((types.float64[::1], _ROWS))
_DRAWS = types.Tuple((_ROWS, _REALS, _REALS, _REALS, _ROOM))


def _reader(kind: Any) -> Any:
    """An intrinsic: what a table at an address describes, as numba knows it: arrays, whole numbers, tuples of both."""

    @intrinsic
    def read(_context: Any, _table: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            entry = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
            place = 0

            def number() -> Any:
                nonlocal place
                place += 1
                return builder.load(builder.gep(entry, [ir.Constant(ir.IntType(64), place - 1)]))

            def array(one: Any) -> Any:
                pointed = context.get_data_type(one.dtype)
                data, size = builder.inttoptr(number(), pointed.as_pointer()), context.get_abi_sizeof(pointed)
                shape, strides = [number() for _ in range(one.ndim)], [ir.Constant(ir.IntType(64), size)]
                for length in reversed(shape[1:]):
                    strides.insert(0, builder.mul(strides[0], length))
                made = make_array(one)(context, builder)
                populate_array(made, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
                return made._getvalue()

            def value(one: Any) -> Any:
                if isinstance(one, types.Array):
                    return array(one)
                if isinstance(one, types.BaseTuple):
                    return context.make_tuple(builder, one, [value(part) for part in one])
                return number()

            return value(kind)

        return kind(types.int64), generate

    return read


_read_patch_level = _reader(types.Tuple((F[:, :, ::1], F[::1], F[:, ::1], _LEVEL, _CACHE, _WORK)))
_read_char_level = _reader(types.Tuple((_NETWORK, _MEMORY, _DRAWS)))
_read_patches = _reader(types.Tuple((types.uint8[:, ::1], _ROWS, _ROWS)))
_read_rows = _reader(types.Tuple((_ROWS, _ROWS)))


def read_patches(level_at, patches_at):
    """Run the patch level over patches (rows, 16), of such places of the cache, at such positions: see `_run_level`.

    level: the table of `levels.PatchCache`.
    """
    table, bias, x, level, cache, work = _read_patch_level(level_at)
    patches, places, positions = _read_patches(patches_at)
    _begin_patches(table, bias, patches, x)
    _stand(level, x, positions)
    _ask(level, FIRST, x, len(positions), work)
    _run_level(level, cache, x, places, positions, work)


def write_characters(level_at, rows_at, place):
    """See `_write_characters`. level: the table of `levels.CharLevel`; rows: those that are live, and that are free."""
    network, memory, draws = _read_char_level(level_at)
    live, free = _read_rows(rows_at)
    _write_characters(network, memory, live, free, place, draws)


def draw_characters(level_at, rows_at, place):
    """Draw again for the rows that are free; the same arguments."""
    _, memory, draws = _read_char_level(level_at)
    seconds, settings, hints, uniform, room = draws
    _, free = _read_rows(rows_at)
    _draw_each(memory[3], free, seconds, settings, hints, place, uniform, memory[1], room)


def compile_entries() -> dict[str, tuple[str, str]]:
    """What numba makes of the three, by name: their symbols, and the text that LLVM reads.

    They take whole numbers: addresses of tables, a place.
    """
    compiled = {}
    for entry, count in ((read_patches, 2), (write_characters, 3), (draw_characters, 3)):
        function = njit(types.void(*[types.int64] * count), nogil=True, **OPTIONS)(entry)
        result = function.overloads[function.signatures[0]]
        compiled[entry.__name__] = result.fndesc.llvm_func_name, result.library.get_llvm_str()
    return compiled
