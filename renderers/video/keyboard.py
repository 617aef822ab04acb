"""A keyboard seen from above: as many octaves as a piece needs, and its keys in colour while they are held."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renderers.video.planes import GREY, WHITE, Planes, colour_of, halved, plain

OCTAVE, IN_OCTAVE = 12, 7  # semitones; white keys
BLACK_KEYS = {1: -0.1, 3: 0.1, 6: -0.14, 8: 0.0, 10: 0.14}  # semitones above C: how far beside the gap, in white keys
LOWEST, HIGHEST = 21, 108  # of a piano
LAST = 127  # of MIDI
WIDEST = 60  # pixels of a white key, beyond which it looks clumsy
BLACK_WIDTH, BLACK_LENGTH = 0.58, 0.63  # of a white key
LONGEST_SHARE = 0.21  # of the picture's height
LONG = 5.6  # times as long as wide
FELT = 6  # pixels of red cloth behind the keys
FELT_COLOUR, GAP, EDGE, INK = "#7f1d1d", 40, 150, 24
DARKER = 0.78  # a lit black key


@dataclass(frozen=True, slots=True)
class Key:
    """left, right: in pixels, even. A black key lies on its neighbours."""

    left: int
    right: int
    is_black: bool


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """keys: by pitch. left, right: its edges. height, width: of the picture of it, felt and all, even."""

    keys: Mapping[int, Key]
    left: int
    right: int
    width: int
    height: int

    @cached_property
    def _owners(self) -> npt.NDArray[np.int16]:
        """Whose pixel it is: (height, width), a pitch, or 0 where there is no key or an edge of one."""
        owners = np.zeros((self.height, self.width), np.int16)
        for pitch, key in sorted(self.keys.items(), key=lambda item: item[1].is_black):
            bottom = self._black_end if key.is_black else self.height - 2
            owners[FELT:bottom, key.left : key.right] = 0
            owners[FELT : bottom - 2 * key.is_black, key.left + key.is_black : key.right - 1] = pitch
        return owners

    @property
    def _black_end(self) -> int:
        return FELT + round((self.height - FELT) * BLACK_LENGTH) // 2 * 2

    @cached_property
    def picture(self) -> Planes:
        """All keys at rest."""
        picture = plain(self.height, self.width, (INK, GREY, GREY))
        keys = picture.y[:, self.left : self.right]
        keys[FELT:] = GAP
        for plane, value, step in zip(
            (picture.y, picture.u, picture.v), colour_of(FELT_COLOUR), (1, 2, 2), strict=True
        ):
            plane[: FELT // step, self.left // step : self.right // step] = value
        for pitch, key in self.keys.items():
            own = self._own(pitch)
            part = picture.y[:, key.left : key.right]
            part[own] = (self._shade(key)[:, None] * np.ones(own.shape[1]))[own]
        return picture

    def _shade(self, key: Key) -> npt.NDArray[np.float32]:
        """Luma of a key at rest, by row."""
        rows = np.arange(self.height, dtype=np.float32)
        if not key.is_black:
            behind = np.clip((rows - FELT) / 14, 0, 1)  # the shadow of the felt
            return (EDGE + (WHITE - 8 - EDGE) * behind).astype(np.float32)
        end = self._black_end
        return np.where(rows > end - 14, 62, 30 + 22 * rows / end).astype(np.float32)

    def _own(self, pitch: int) -> npt.NDArray[np.bool_]:
        key = self.keys[pitch]
        owned: npt.NDArray[np.bool_] = self._owners[:, key.left : key.right] == pitch
        return owned

    def light(self, target: Planes, held: Mapping[int, str]) -> None:
        """The picture with the keys that are held in colour, into `target`. held: the colour of each pitch."""
        target.put(self.picture)
        for pitch, name in held.items():
            if pitch not in self.keys:
                continue
            key, own = self.keys[pitch], self._own(pitch)
            colour = colour_of(name)
            shade = np.linspace(0.72, 1.0, self.height, dtype=np.float32)[:, None] * np.float32(colour[0])
            luma = target.y[:, key.left : key.right]
            luma[own] = (shade * (DARKER if key.is_black else 1.0) * np.ones(own.shape[1], np.float32))[own].round()
            share = halved(own.astype(np.float32))
            for plane, value in ((target.u, colour[1]), (target.v, colour[2])):
                part = plane[:, key.left // 2 : key.right // 2]
                part[:] = (part + (value - part.astype(np.float32)) * share).round()


def is_black(pitch: int) -> bool:
    """Whether a pitch is played on a black key."""
    return pitch % OCTAVE in BLACK_KEYS


def lay_keys(pitches: Collection[int], *, left: int, width: int, height: int) -> Keyboard:
    """A keyboard of whole octaves from C to C that has these pitches, in the middle of what is right of `left`.

    A piano has fewer keys below and above than two octaves. width, height: of the picture that it stands in.
    """
    lowest, highest = _range(pitches, least=(width - left) // WIDEST)
    whites = [pitch for pitch in range(lowest, highest + 1) if not is_black(pitch)]
    wide = max(2, min(WIDEST, (width - left) // len(whites)) // 2 * 2)
    start = left + (width - left - wide * len(whites)) // 4 * 2
    keys = {pitch: Key(start + place * wide, start + (place + 1) * wide, False) for place, pitch in enumerate(whites)}
    narrow = max(2, round(wide * BLACK_WIDTH / 2) * 2)
    for pitch in range(lowest + 1, highest):
        if is_black(pitch):
            middle = keys[pitch - 1].right + BLACK_KEYS[pitch % OCTAVE] * wide
            edge = round((middle - narrow / 2) / 2) * 2
            keys[pitch] = Key(edge, edge + narrow, True)
    tall = round(min(LONG * wide, LONGEST_SHARE * height)) // 2 * 2
    return Keyboard(
        keys=dict(sorted(keys.items())),
        left=start,
        right=start + wide * len(whites),
        width=width,
        height=FELT + tall,
    )


def _range(pitches: Collection[int], *, least: int) -> tuple[int, int]:
    """The first and the last key. least: so many white keys look well."""
    low, high = min(pitches, default=60), max(pitches, default=60)
    lowest, highest = low // OCTAVE * OCTAVE, -(-high // OCTAVE) * OCTAVE
    while (highest - lowest) // OCTAVE * IN_OCTAVE + 1 < least:
        if low - lowest < highest - high:
            lowest -= OCTAVE
        else:
            highest += OCTAVE
    first, last = (LOWEST if low >= LOWEST else 0), (HIGHEST if high <= HIGHEST else LAST)
    return max(first, lowest), min(last, highest)
