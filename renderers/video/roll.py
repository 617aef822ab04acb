"""A falling piano roll: each note is a block as long as it is held, which falls onto its key and is there when it is
struck. Bar lines and the pedal fall with it.

The roll is painted once, a piece at a time as it comes into sight, and moves by whole pixels of colour: a frame is a
copy of a part of it, which an encoder knows again.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderers.pictures.lettering import length_of, write
from renderers.video.cursor import Turn
from renderers.video.keyboard import is_black, lay_keys
from renderers.video.planes import GREY, WHITE, Planes, colour_of, halved, plain
from renderers.video.schedule import Schedule, frame_of
from renderers.video.shapes import FRAMES_PER_S, Shape
from renderers.video.timeline import Timeline, Tone

# Bright on a dark ground, the first ones unlike each other for whoever sees red and green alike.
VOICES = ("#4ea8ff", "#ff9f43", "#34d399", "#d38bff", "#22d3ee", "#ff7eb6", "#c5d94e", "#a5b4fc")
GROUND = colour_of("#171b23")
DEEP, RIM = -4, 12  # luma beside the ground: below black keys, between octaves
BESIDE, BAR_LINE, PLAIN_TEXT = 28, 72, 128
STEPS = {False: (4, 6, 8), True: (6, 8, 12)}  # pixels a frame, wide and tall
LEAST_PX, SHORT_SHARE = 18, 0.1  # the shortest tenth of the notes may be no lower than that
CORNER, BETWEEN = 5, 2  # pixels: of a block's corners; between blocks that follow each other
BODY, STRIKE, STRIKE_PX = 0.78, 1.0, 4  # how bright a block is, and its lower edge
FAINTEST = 0.72  # a soft touch
GLOW = 0.32  # of what is missing to white, while it sounds
LIT = (
    np.array([luma + (luma > GROUND[0] + RIM) * (WHITE - luma) * GLOW for luma in range(256)])
    .clip(0, WHITE)
    .astype(np.uint8)
)
RELEASED_S = 0.06  # a key that is struck again is seen to be let go
LANE, PEDAL_PX = 44, 14  # pixels: of the pedal's lane, and of its bar
PEDAL = ("#e8d9b0", "Ped.")
NUMBER_SIZE, NAME_SIZE, NAME_GAP = 17, 20, 26
HEADER = 44  # pixels, where names of players are


@dataclass(frozen=True, slots=True)
class Block:
    """A tone on the roll. left, right: columns; low, high: pixels of time, from the first beat."""

    tone: Tone
    left: int
    right: int
    low: int
    high: int


class Roll:
    """What is seen of a piece at any moment, which only goes forward. keyboard: below it."""

    turns: tuple[Turn, ...] = ()  # nothing is wholly unlike what was seen before

    def __init__(self, timeline: Timeline, shape: Shape) -> None:
        self._timeline, self._width = timeline, shape.width
        self._header = _draw_names(timeline.players, shape.width)
        pitches = {tone.pitch for tone in timeline.tones}
        lane = LANE if timeline.pedals else 0
        self.keyboard = lay_keys(pitches, left=lane, width=shape.width, height=shape.height)
        self._top = 0 if self._header is None else HEADER
        self._height = shape.height - self.keyboard.height - self._top
        self._step = _step_of(timeline, is_tall=shape.height > shape.width)
        self._blocks = self._place_blocks()
        self._chunks: dict[int, Planes] = {}
        self._of_chunk: dict[int, list[Block]] = defaultdict(list)
        for block in self._blocks:
            for number in range(block.low // self._height, (block.high - 1) // self._height + 1):
                self._of_chunk[number].append(block)
        self._ground = self._paint_ground()
        self._held = Schedule(
            (tone.pitch, tone.start, max(tone.start, tone.end - RELEASED_S), tone.voice) for tone in timeline.tones
        )
        self._sounding = Schedule(
            (place, block.tone.start, block.tone.end, 0) for place, block in enumerate(self._blocks)
        )
        self._pedal = Schedule((place, start, end, 0) for place, (start, end) in enumerate(timeline.pedals))
        self._keys_shown = plain(self.keyboard.height, shape.width, (GREY, GREY, GREY))
        self._shown: tuple[Mapping[int, int], bool] | None = None
        self._moment = 0.0

    def look(self, moment: float) -> bool:
        """Go on to a moment, in seconds of the music. Returns whether anything is seen that was not before."""
        self._moment = moment
        return True

    def draw(self, target: Planes) -> None:
        """The frame that is seen at that moment, into `target`."""
        self._draw_roll(target)
        self._draw_keys(target)

    def _draw_roll(self, target: Planes) -> None:
        now = frame_of(self._moment) * self._step
        bottom = self._top + self._height
        if self._header is not None:
            target.rows(0, HEADER).put(self._header)
        number, into = divmod(now, self._height)
        here, there = self._chunk(number), self._chunk(number + 1)
        target.rows(self._top + into, bottom).put(here.rows(0, self._height - into))
        if into:
            target.rows(self._top, self._top + into).put(there.rows(self._height - into, self._height))
        for place in self._sounding.lit_at(self._moment):
            block = self._blocks[place]
            rows = slice(max(self._top, bottom - (block.high - now)), min(bottom, bottom - (block.low - now)))
            lit = target.y[rows, block.left : block.right]
            lit[:] = LIT[lit]

    def _draw_keys(self, target: Planes) -> None:
        held, is_down = self._held.lit_at(self._moment), bool(self._pedal.lit_at(self._moment))
        if (held, is_down) != self._shown:
            self._shown = held, is_down
            colours = {pitch: VOICES[voice % len(VOICES)] for pitch, voice in held.items()}
            self.keyboard.light(self._keys_shown, colours)
            if self._timeline.pedals:
                _write(
                    self._keys_shown, PEDAL[1], (5, self.keyboard.height // 2 - 12), size=NUMBER_SIZE, is_lit=is_down
                )
        target.rows(self._top + self._height, len(target.y)).put(self._keys_shown)

    def _chunk(self, number: int) -> Planes:
        """A part of the roll as high as what is seen of it, the later the higher; before the music there is ground."""
        if number not in self._chunks:
            for old in [each for each in self._chunks if each < number - 1]:
                del self._chunks[old]
            self._chunks[number] = self._paint_chunk(number)
        return self._chunks[number]

    # --- painting

    def _place_blocks(self) -> list[Block]:
        """Those of black keys last, which lie over their neighbours."""
        keys, blocks = self.keyboard.keys, []
        for tone in self._timeline.tones:
            low, high = self._pixel(tone.start), self._pixel(tone.end)
            key = keys[tone.pitch]
            blocks.append(Block(tone, key.left, key.right, low, max(low + 2 * BETWEEN, high - BETWEEN)))
        return sorted(blocks, key=lambda block: is_black(block.tone.pitch))

    def _pixel(self, moment: float) -> int:
        """How far above the first beat a moment is; even, for colour."""
        return round(moment * FRAMES_PER_S * self._step / 2) * 2

    def _paint_ground(self) -> Planes:
        ground = plain(self._height, self._width, GROUND)
        keyboard = self.keyboard
        for pitch, key in keyboard.keys.items():
            if key.is_black:
                ground.y[:, key.left : key.right] = GROUND[0] + DEEP
            elif pitch % 12 in (0, 5) and key.left > keyboard.left:
                ground.y[:, key.left - 1 : key.left + 1] = GROUND[0] + (RIM if pitch % 12 == 0 else -DEEP)
        ground.y[:, : keyboard.left] = ground.y[:, keyboard.right :] = BESIDE
        return ground

    def _paint_chunk(self, number: int) -> Planes:
        ground = self._ground
        chunk = Planes(ground.y.copy(), ground.u.copy(), ground.v.copy())
        first = number * self._height
        self._paint_bars(chunk, first)
        for block in self._of_chunk.get(number, ()):
            _paint_block(chunk, block, top=self._height + first - block.high)
        for start, end in self._timeline.pedals:
            low, high = self._pixel(start), self._pixel(end) - BETWEEN
            if low < first + self._height and high > first:
                left = (LANE - PEDAL_PX) // 2
                rows = _rows(self._height + first - high, self._height + first - low, self._height)
                _fill(chunk, rows, slice(left, left + PEDAL_PX), colour_of(PEDAL[0]), BODY)
        return chunk

    def _paint_bars(self, chunk: Planes, first: int) -> None:
        """A line where a bar begins, and its number above where there is room."""
        labelled = -np.inf
        for bar in self._timeline.bars:
            low = self._pixel(bar.start)
            row = self._height + first - low
            if 2 <= row <= self._height + NUMBER_SIZE * 2:
                chunk.y[max(0, row - 2) : row, self.keyboard.left : self.keyboard.right] = BAR_LINE
            if bar.name and low - labelled >= NUMBER_SIZE * 1.5:
                labelled = low
                _write(chunk, bar.name, (self.keyboard.left + 5, row - NUMBER_SIZE - 8), size=NUMBER_SIZE)


def _step_of(timeline: Timeline, *, is_tall: bool) -> int:
    """How many pixels the roll falls in a frame: so many that short notes are seen, and as few."""
    lengths = sorted(tone.end - tone.start for tone in timeline.tones)
    short_frames = FRAMES_PER_S * lengths[int(SHORT_SHARE * len(lengths))] if lengths else 1.0
    steps = STEPS[is_tall]
    return next((step for step in steps if step * short_frames >= LEAST_PX), steps[-1])


def _paint_block(chunk: Planes, block: Block, *, top: int) -> None:
    """top: the row of its upper edge, which may be above the chunk."""
    height, width = block.high - block.low, block.right - block.left
    rows = _rows(top, top + height, len(chunk.y))
    mask = _mask(height, width)[rows.start - top : rows.stop - top]
    dim = BODY * (FAINTEST + (1 - FAINTEST) * block.tone.strength)
    shade = np.full((height, 1), dim * (0.8 if is_black(block.tone.pitch) else 1.0), np.float32)
    shade[-STRIKE_PX:] = STRIKE
    name = VOICES[block.tone.voice % len(VOICES)]
    _fill(chunk, rows, slice(block.left, block.right), colour_of(name), shade[rows.start - top : rows.stop - top], mask)


def _fill(
    chunk: Planes,
    rows: slice,
    columns: slice,
    colour: tuple[int, int, int],
    shade: float | npt.NDArray[np.float32],
    mask: npt.NDArray[np.float32] | None = None,
) -> None:
    """A rectangle in a colour, as bright as `shade` says of each row, where `mask` is, 0 to 1."""
    part = chunk.y[rows, columns]
    if not part.size:
        return
    mask = np.ones(part.shape, np.float32) if mask is None else mask
    part[:] = (part + (colour[0] * shade - part.astype(np.float32)) * mask).round()
    share = halved(mask)
    for plane, value in ((chunk.u, colour[1]), (chunk.v, colour[2])):
        half = plane[rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2]
        half[:] = (half + (value - half.astype(np.float32)) * share).round()


def _rows(top: int, bottom: int, height: int) -> slice:
    return slice(max(0, min(top, height)), max(0, min(bottom, height)))


@lru_cache(maxsize=512)
def _mask(height: int, width: int) -> npt.NDArray[np.float32]:
    """A rectangle with round corners and a pixel free at each side."""
    corner = min(CORNER, width / 2 - 1, height / 2)
    y = np.abs(np.arange(height, dtype=np.float32)[:, None] + 0.5 - height / 2) - (height / 2 - corner)
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] + 0.5 - width / 2) - (width / 2 - 1 - corner)
    beyond = np.hypot(np.maximum(x, 0), np.maximum(y, 0))
    mask: npt.NDArray[np.float32] = np.float32(1) * np.clip(corner + 0.5 - beyond, 0, 1)
    return mask


def _write(picture: Planes, text: str, place: tuple[int, int], *, size: int, is_lit: bool = False) -> None:
    """A few letters, whose upper left corner may be outside."""
    mask = _lettered(text, size)
    height, width = mask.shape
    top, left = place[1], place[0]
    rows = _rows(top, top + height, len(picture.y))
    part = picture.y[rows, left : left + width]
    mask = mask[rows.start - top : rows.stop - top, : part.shape[1]]
    value = colour_of(PEDAL[0])[0] if is_lit else PLAIN_TEXT
    part[:] = (part + (value - part.astype(np.float32)) * mask).round()


@lru_cache(maxsize=512)
def _lettered(text: str, size: int) -> npt.NDArray[np.float32]:
    """How much of each pixel letters cover: (height, width)."""
    picture = Image.new("L", (max(1, round(length_of(text, size=size)) + 2), round(size * 1.3)), 255)
    write(picture, (0, 0), text, size=size, width=picture.width)
    return (1 - np.asarray(picture, dtype=np.float32) / 255).astype(np.float32)


def _draw_names(players: tuple[str, ...], width: int) -> Planes | None:
    """Who has which colour; nothing where only one plays, or there is no room for all."""
    lengths = [round(length_of(name, size=NAME_SIZE)) + NAME_SIZE + NAME_GAP for name in players]
    if not 2 <= len(players) <= len(VOICES) or sum(lengths) > width - NAME_GAP:
        return None
    header = plain(HEADER, width, (BESIDE, *GROUND[1:]))
    left = (width - sum(lengths) + NAME_GAP) // 4 * 2
    for voice, (name, length) in enumerate(zip(players, lengths, strict=True)):
        top, side = (HEADER - 14) // 4 * 2, 14
        _fill(header, slice(top, top + side), slice(left, left + side), colour_of(VOICES[voice]), 1.0)
        _write(header, name, (left + NAME_SIZE, (HEADER - round(1.3 * NAME_SIZE)) // 2), size=NAME_SIZE, is_lit=True)
        left += length // 2 * 2
    return header
