"""Both levels of the network with what they remember, each behind one compiled call.

Promises: a row's result depends on nothing but that row and what its place holds, to the last bit; the patch level
reads many patches of one piece or one of each of many, with the same results.
Not covered: which patches and characters (`model/context.py`, `writer.py`).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from generator.model.compiled.machine_code import load_kernels, table_of
from generator.model.compiled.packing import Floats, pack_ears, pack_level
from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.plain import PlainNetwork
from generator.model.sampling_settings import NO_HINT
from generator.model.shape import HEAD_WIDTH

ROWS_AT_ONCE = 64  # a long opening is read in such parts, so that what is worked on stays near the processor
LANES = 16
NOBODY = -1  # no second reading
Integers = tuple[NDArray[np.int8], Floats, NDArray[np.int32], NDArray[np.int16]]
Work = tuple[Floats, Floats, Floats, Integers]
Places = NDArray[np.int64]
Cache = tuple[NDArray[np.int8], Floats, NDArray[np.int8], Floats]


def work_space(*, rows: int, hidden: int, room: int, width: int) -> Work:
    """What the compiled functions write to in between: for so many rows, places to attend to, and ears so wide."""
    most = rows * 4 * hidden
    whole = np.zeros(max(most, hidden + width), np.int32)
    numbers = (
        np.zeros(max(most, width), np.int8),
        np.zeros(rows, np.float32),
        whole,
        np.zeros(HEAD_WIDTH + room, np.int16),
    )
    wide, narrow = np.zeros(max(most, hidden + width), np.float32), np.zeros(max(rows * hidden, width), np.float32)
    return wide, narrow, np.zeros(room, np.float32), numbers


def room_for(length: int) -> int:
    """Places that lie in whole sixteens."""
    return -(-length // LANES) * LANES


def make_cache(*, layers: int, places: int, hidden: int, room: int) -> Cache:
    """Keys (layers, places, heads, room / 16, 16 * 64) and values (layers, places, heads, room / 2, 2 * 64), as bytes.

    In which order: `attention.attend`. Behind either what those of one place and head are multiplied by (layers,
    places, heads, room).
    """
    heads = hidden // HEAD_WIDTH
    # The operating system hands out the memory when it is first written to; what is not written is zero, not noise.
    keys = np.zeros((layers, places, heads, room // LANES, LANES * HEAD_WIDTH), np.int8)
    values = np.zeros((layers, places, heads, room // 2, 2 * HEAD_WIDTH), np.int8)
    key_scales, value_scales = (np.zeros((layers, places, heads, room), np.float32) for _ in range(2))
    return keys, key_scales, values, value_scales


class PatchCache:
    """Keys and values of the patch level for every place, and the vector the level gave for each patch.

    As `kv_cache.PatchCache`.
    """

    def __init__(self, network: PlainNetwork, *, slots: int) -> None:
        shape = network.shape
        level = pack_level(network, "patch_level", layers=shape.patch_layers)
        room = room_for(level.length)
        self.cache = make_cache(layers=level.layers, places=slots, hidden=level.hidden, room=room)
        table = np.ascontiguousarray(network.arrays["patch_table"]).reshape(PATCH_CHARS, VOCABULARY, shape.hidden)
        bias = np.ascontiguousarray(network.arrays["patch_bias"])
        self.rows = max(ROWS_AT_ONCE, slots)
        self.x = np.zeros((self.rows, shape.hidden), np.float32)
        work = work_space(rows=self.rows, hidden=shape.hidden, room=room, width=0)
        self._memory = table, bias, self.x, tuple(level), self.cache, work
        self._table = table_of(*self._memory)
        self._kernels = load_kernels()
        self.encoded = np.zeros((slots, level.length, shape.hidden), np.float32)

    def extend(self, slot: int, start: int, patches: Sequence[Sequence[int]]) -> None:
        """Append patches to one slot; they get the places start, start + 1, ..."""
        every = np.array(patches, np.uint8)
        for first in range(0, len(every), self.rows):
            part = every[first : first + self.rows]
            places = np.full(len(part), slot, np.int64)
            self._read(part, places, np.arange(start + first, start + first + len(part), dtype=np.int64))

    def append(self, slots: Sequence[int], lengths: Sequence[int], patches: NDArray[np.int64]) -> None:
        """Append one patch to each of several slots: patches (rows, 16); slot i has lengths[i] patches so far."""
        self._read(patches.astype(np.uint8), np.array(slots, np.int64), np.array(lengths, np.int64))

    def copy_place(self, source: int, to: int) -> None:
        """Let one place hold what another does."""
        for numbers in self.cache:
            numbers[:, to] = numbers[:, source]
        self.encoded[to] = self.encoded[source]

    def _read(self, patches: NDArray[np.uint8], places: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        patches = np.ascontiguousarray(patches)  # alive until the call is over, as all in a table has to be
        rows = table_of(patches, places, positions)
        self._kernels.read_patches(self._table.ctypes.data, rows.ctypes.data)
        self.encoded[places, positions] = self.x[: len(patches)]


class CharLevel:
    """The character level, with the draw: all rows that take part are at the same character of their patches.

    chars (rows,): what each wrote last; logits (rows, 128): of what it writes next; begin (rows, hidden): the vectors
    of the patch level that they begin with; heard (rows, bytes): what each hears; seconds (rows,): the row of its
    second reading, which writes the same, or NOBODY; settings (rows, 4), hints (rows, 3), uniform (rows, 16): what is
    drawn with, see `kernels.py`.
    """

    def __init__(self, network: PlainNetwork, *, rows: int) -> None:
        shape = network.shape
        level = pack_level(network, "char_level", layers=shape.char_layers)
        room = room_for(PATCH_CHARS)
        table = np.ascontiguousarray(network.arrays["char_table"])
        ears = pack_ears(network)
        self.begin = np.zeros((rows, shape.hidden), np.float32)
        self.chars = np.zeros(rows, np.int64)
        self.heard = np.zeros((rows, shape.heard // 8), np.uint8)
        self.logits = np.zeros((rows, VOCABULARY), np.float32)
        self.seconds = np.full(rows, NOBODY, np.int64)
        self.settings, self.hints = np.zeros((rows, 4)), np.zeros((rows, 3))
        self.hints[:, 0] = NO_HINT
        self.uniform = np.zeros((rows, PATCH_CHARS))
        turned = np.ascontiguousarray(table.reshape(2, VOCABULARY // 2, -1).transpose(0, 2, 1))
        its_network = table, turned, tuple(ears), tuple(level)
        cache = make_cache(layers=level.layers, places=rows, hidden=level.hidden, room=room)
        at_once = max(rows, LANES)  # however few rows there are, what is worked out once is worked out together
        x = np.zeros((at_once, shape.hidden), np.float32)
        work = work_space(rows=at_once, hidden=shape.hidden, room=room, width=ears.columns.shape[1])
        numbers = [np.zeros(at_once, np.int64) for _ in range(3)]
        first = np.zeros((0 if shape.heard else PATCH_CHARS, VOCABULARY, 3 * shape.hidden), np.float32)
        asked = np.zeros(PATCH_CHARS, np.int64)
        memory = self.begin, self.chars, self.heard, self.logits, cache, x, work, *numbers, first, asked
        room_to_draw = np.zeros(4 * VOCABULARY), np.zeros(VOCABULARY, np.int64)
        draws = self.seconds, self.settings, self.hints, self.uniform, room_to_draw
        self._memory = its_network, memory, draws
        self._table, self._rows = table_of(*self._memory), np.zeros(4, np.int64)
        self._table_at, self._rows_at = self._table.ctypes.data, self._rows.ctypes.data
        self._kernels = load_kernels()

    def write(self, live: Places, free: Places, place: int) -> None:
        """Work out the logits of the live rows at a place of their patches, 0 to 15, and draw for those that are free.

        They have taken the characters before that place.
        """
        self._call(self._kernels.write_characters, live, free, place)

    def draw(self, rows: Places, place: int) -> None:
        """Draw again, from the logits as they are now."""
        self._call(self._kernels.draw_characters, rows, rows, place)

    def _call(self, kernel: Callable[[int, int, int], None], live: Places, free: Places, place: int) -> None:
        numbers = self._rows  # a table, filled in by hand, since this is called for every character
        numbers[0], numbers[1] = live.ctypes.data, len(live)
        numbers[2], numbers[3] = free.ctypes.data, len(free)
        kernel(self._table_at, self._rows_at, place)
