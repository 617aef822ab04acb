"""The network's arithmetic, compiled by numba: layers, attention and logits, on flat arrays.

Promises: a row's result depends on that row alone, to the last bit, and on no property of the processor: products are
sums of whole numbers, and everything else takes the four basic operations and square roots of float32 in an order that
is written down here and in `vectors.py` (no fused or reordered sums, an exponential of our own).
Not covered: the products (`products.py`), the draw (`draw.py`), the layout of the arrays (`packing.py`), keeping what
was compiled (`machine_code.py`), who calls (`levels.py`). By this file and those of `machine_code.SOURCES` alone is
seen whether what was kept is still right, so they import nothing else of ours; hence also constants that stand
elsewhere too.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from generator.model.compiled.draw import draw_each
from generator.model.compiled.products import DOT, OPTIONS, multiply
from generator.model.compiled.vectors import (
    HALF_OF_VOCABULARY,
    HEAD_WIDTH,
    IMPOSSIBLE,
    LANES,
    VOCABULARY,
    exp,
    inner,
    larger,
    largest_of,
    mix_characters,
    mix_keys,
    mix_values,
    round_to_bytes,
    spread,
)

OFFSET = np.int32(DOT.offset)
SMALLEST = np.float32(1e-12)
EPSILON = np.float32(1e-5)  # of the norms
# Not 0 and 1: of a function that is called with numbers as they are written numba compiles a second one.
FIRST, ONLY = np.int64(0), np.int64(1)


# --- layers --------------------------------------------------------------------------------------------------------


@inner
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


@inner
def _shrink(x, small):
    """x (n,) as whole numbers from -127 to 127 → small; returns what they are to be multiplied by, and their sum."""
    largest = larger(largest_of(x.ctypes.data, len(x)), SMALLEST)
    total = round_to_bytes(x.ctypes.data, np.float32(127) / largest, len(x), small.ctypes.data)
    return largest / np.float32(127), total


@inner
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


@inner
def _remember(cache, own, asked, hidden, small):
    """Put the key and the value of one row, which stand behind its query, at their place; small (64,) to work with."""
    keys, key_scales, values, value_scales = cache
    block, lane = own // LANES, own % LANES
    for head in range(hidden // HEAD_WIDTH):
        of_head = slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)
        key_scales[head, own], _ = _shrink(asked[hidden:][of_head], small)
        spread(small.ctypes.data, keys[head, block].ctypes.data + lane)
        value_scales[head, own], _ = _shrink(asked[2 * hidden :][of_head], values[head, own])


@inner
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
            mix_keys(query.ctypes.data, keys[head, block].ctypes.data, HEAD_WIDTH, to.ctypes.data, following)
        for i in range(len(padded)):
            padded[i] *= own_scales[i]
        for i in range(length, len(padded)):
            padded[i] = IMPOSSIBLE
        a, b, c, d = padded[0], padded[1], padded[2], padded[3]
        for i in range(4, len(padded), 4):
            a, b = larger(a, padded[i]), larger(b, padded[i + 1])
            c, d = larger(c, padded[i + 2]), larger(d, padded[i + 3])
        most = larger(larger(a, b), larger(c, d))
        for i in range(len(padded)):
            padded[i] = exp((padded[i] - most) * np.float32(0.125))
        for i in range(length, len(padded)):
            padded[i] = np.float32(0)
        a = b = c = d = np.float32(0)
        for i in range(0, len(padded), 4):
            a, b, c, d = a + padded[i], b + padded[i + 1], c + padded[i + 2], d + padded[i + 3]
        total, own_scales = (a + b) + (c + d), value_scales[head]
        for i in range(len(padded)):
            padded[i] *= own_scales[i]
        following = keys[min(head + 1, heads - 1)].ctypes.data
        mix_values(padded.ctypes.data, own_values.ctypes.data, length, part.ctypes.data, following)
        for i in range(HEAD_WIDTH):
            part[i] /= total


@inner
def _gelu(x):
    for i in range(len(x)):
        u = x[i]
        z = np.float32(-1.5957691216) * (u + np.float32(0.044715) * u * u * u)
        x[i] = u / (np.float32(1) + exp(z))


@inner
def _copy(x, source):
    # Not `x[:] = source`: for what might be wrong with it numba would compile sentences, which takes seconds.
    for i in range(len(x)):
        x[i] = source[i]


@inner
def _add(x, more):
    for i in range(len(x)):
        x[i] += more[i]


@inner
def _stand(level, x, positions):
    """Add to x (rows, hidden) that its rows stand at such positions of a level."""
    hidden = level[1]
    for row in range(len(positions)):
        _add(x[row], level[4][positions[row] * hidden : (positions[row] + 1) * hidden])


@inner
def _ask(level, layer, x, rows, work):
    """The query, key and value of a layer for rows of x → wide (rows, 3 * hidden)."""
    _, hidden, length, weights, floats = level
    wide, narrow, _, numbers = work
    f, w = (length + 22 * layer) * hidden, 12 * layer * hidden * hidden
    for row in range(rows):
        _norm(x[row], floats, f, narrow[row * hidden : (row + 1) * hidden])
    _linear(weights, w, floats, f + 4 * hidden, narrow, rows, hidden, 3 * hidden, numbers, wide)


@inner
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


@inner
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


@inner
def _begin_patches(table, bias, patches, x):
    """What the patch level reads for patches (rows, 16) → x (rows, hidden); table (16, 128, hidden)."""
    for row in range(len(patches)):
        _copy(x[row], bias)
        for place in range(patches.shape[1]):
            _add(x[row], table[place, patches[row, place]])


@inner
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


@inner
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


@inner
def _work_out_logits(x, turned, rows, logits):
    """What the character level gave for some rows → their logits (rows of the cache, 128); turned (2, hidden, 64)."""
    for number in range(len(rows)):
        hidden, out = x[number], logits[rows[number]]
        for half in range(2):
            to = out[half * HALF_OF_VOCABULARY :].ctypes.data
            mix_characters(hidden.ctypes.data, turned[half].ctypes.data, len(hidden), to, 0)


@inner
def _write_characters(network, memory, live, free, place, draws):
    """One more character for all rows that are live, all at the same place of their patches, 0 to 15.

    network: table (128, hidden), the same turned in halves, ears, the level. memory, each for all rows of the cache:
    begin (rows, hidden), what is read at place 0; chars (rows,), what was written last and is read at other places, of
    the rows in `free` replaced by what is drawn; heard (rows, bytes): what each hears, no bytes: nothing; logits
    (rows, 128); the cache; x and the work space; rows, places and what is read, as many as there are rows; first (16,
    128, 3 * hidden), what the first layer asks behind each character at each place but the first, where nothing is
    heard and so it is always the same; asked (16,): for which places that was worked out. draws: seconds, settings,
    hints, uniform and room, as `draw_each` takes them.
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
    draw_each(logits, free, seconds, settings, hints, place, uniform, chars, room)


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
    draw_each(memory[3], free, seconds, settings, hints, place, uniform, memory[1], room)


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
