"""The network's arithmetic, compiled by numba: layers and logits, on flat arrays.

Promises: a row's result depends on that row alone, to the last bit, and on no property of the processor: products are
sums of whole numbers, and everything else takes the four basic operations and square roots of float32 in an order that
is written down here and in `vectors.py` (no fused or reordered sums, an exponential of our own).
Not covered: the products (`products.py`), attention and its memory (`attention.py`), the draw (`draw.py`), the layout
of the arrays (`packing.py`), keeping what was compiled (`machine_code.py`), who calls (`levels.py`). By this file and
those of `machine_code.SOURCES` alone is seen whether what was kept is still right, so they import nothing else of ours;
hence also constants that stand elsewhere too.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from generator.model.compiled.attention import attend, remember
from generator.model.compiled.draw import draw_each
from generator.model.compiled.products import OPTIONS, multiply
from generator.model.compiled.vectors import (
    HALF_OF_VOCABULARY,
    HEAD_WIDTH,
    LARGEST_BYTE,
    SMALLEST,
    VOCABULARY,
    finish,
    finish_and_add,
    finish_with_gelu,
    gelu,
    inner,
    larger,
    largest_of,
    mix_characters,
    round_to_numbers,
    sum_above,
    sum_of_squares,
)

EPSILON, NOTHING = np.float32(1e-5), np.float32(0)  # of the norms
# Not 0 and 1: of a function that is called with numbers as they are written numba compiles a second one.
FIRST, ONLY = np.int64(0), np.int64(1)


# --- layers --------------------------------------------------------------------------------------------------------


@inner
def _norm(x, floats, at, out):
    """The norm of x (hidden,) with the weights at floats[at:] and the biases behind them → out."""
    hidden, at_x = len(x), x.ctypes.data
    weight, bias = floats[at : at + hidden], floats[at + hidden : at + 2 * hidden]
    mean = sum_above(at_x, NOTHING, hidden) / np.float32(hidden)
    scale = np.float32(1) / np.sqrt(sum_of_squares(at_x, mean, hidden) / np.float32(hidden) + EPSILON)
    for i in range(hidden):
        out[i] = (x[i] - mean) * scale * weight[i] + bias[i]


@inner
def _multiply(weights, at, x, rows, ins, outs, work):
    """x (rows, ins), each row as whole numbers, times the packed weights at `at` → the sums and scales in `work`."""
    small, row_scales, sums, _ = work
    for row in range(rows):
        its = x[row * ins : (row + 1) * ins].ctypes.data
        largest = larger(largest_of(its, ins), SMALLEST)
        round_to_numbers(its, LARGEST_BYTE / largest, ins, small[row * ins :].ctypes.data)
        row_scales[row] = largest / LARGEST_BYTE
    multiply(weights, at, small, sums, rows, ins, outs)


@inner
def _linear(weights, at, floats, scales, x, rows, ins, outs, work, y):
    """x (rows, ins) → y (rows, outs): each row as whole numbers, times the packed weights at `at`.

    floats: at `scales` what each product is multiplied by, and the biases behind them. The same as `Int8Linear`.
    """
    _multiply(weights, at, x, rows, ins, outs, work)
    factors, biases = floats[scales:].ctypes.data, floats[scales + outs :].ctypes.data
    for row in range(rows):
        finish(work[2][row * outs :].ctypes.data, work[1][row], factors, biases, outs, y[row * outs :].ctypes.data)


@inner
def _linear_with_gelu(weights, at, floats, scales, x, rows, ins, outs, work, y):
    """The same, and of that what the activation makes of it."""
    _multiply(weights, at, x, rows, ins, outs, work)
    factors, biases = floats[scales:].ctypes.data, floats[scales + outs :].ctypes.data
    for row in range(rows):
        to = y[row * outs :].ctypes.data
        finish_with_gelu(work[2][row * outs :].ctypes.data, work[1][row], factors, biases, outs, to)


@inner
def _add_linear(weights, at, floats, scales, x, rows, ins, outs, work, y):
    """The same, added to y (rows, outs), which has two axes."""
    _multiply(weights, at, x, rows, ins, outs, work)
    factors, biases = floats[scales:].ctypes.data, floats[scales + outs :].ctypes.data
    for row in range(rows):
        finish_and_add(work[2][row * outs :].ctypes.data, work[1][row], factors, biases, outs, y[row].ctypes.data)


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
def _size(ins, outs):
    """Bytes of a packed matrix: of each output also what its sum begins with."""
    return (ins + 4) * outs


@inner
def _size_of_layer(hidden):
    return _size(hidden, 8 * hidden) + _size(4 * hidden, hidden)


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
    f, w = (length + 22 * layer) * hidden, layer * _size_of_layer(hidden)
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
    rows, square = len(places), _size(hidden, hidden)
    for layer in range(layers):
        f, w = (length + 22 * layer) * hidden, layer * _size_of_layer(hidden)
        if layer:
            _ask(level, layer, x, rows, work)
        for row in range(rows):
            asked, out = wide[3 * row * hidden : 3 * (row + 1) * hidden], narrow[row * hidden : (row + 1) * hidden]
            place = places[row]
            own = keys[layer, place], key_scales[layer, place], values[layer, place], value_scales[layer, place]
            remember(own, positions[row], asked, hidden, numbers[0][:HEAD_WIDTH])
            attend(own, positions[row] + 1, asked, hidden, out, scores, numbers[3])
        _add_linear(weights, w + 3 * square, floats, f + 10 * hidden, narrow, rows, hidden, hidden, numbers, x)
        for row in range(rows):
            _norm(x[row], floats, f + 2 * hidden, narrow[row * hidden : (row + 1) * hidden])
        _linear_with_gelu(
            weights, w + 4 * square, floats, f + 12 * hidden, narrow, rows, hidden, 4 * hidden, numbers, wide
        )
        _add_linear(weights, w + 8 * square, floats, f + 20 * hidden, wide, rows, 4 * hidden, hidden, numbers, x)
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
    sums, factor, bias = numbers[2][:both], scales[:both], scales[both:]
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
    gelu(inner.ctypes.data, len(inner))
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
            mix_characters(hidden.ctypes.data, turned[half].ctypes.data, len(hidden), to)


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
_NUMBERS = types.Tuple((types.int8[::1], F[::1], types.int32[::1], types.int16[::1]))
_WORK = types.Tuple((F[::1], F[::1], F[::1], _NUMBERS))
_LEVEL = types.Tuple((WHOLE, WHOLE, WHOLE, types.uint8[::1], F[::1]))
_SCALES = F[:, :, :, ::1]
_REMEMBERED = types.int8[:, :, :, :, ::1]
_CACHE = types.Tuple((_REMEMBERED, _SCALES, _REMEMBERED, _SCALES))
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
