"""One instrument cut out of a soundfont, so that a piece decodes what it plays and nothing else.

A font of General MIDI holds some 190 instruments. To decode all of the one that comes along takes seconds and 270 MB;
its piano takes a twentieth of a second. A soundfont (.sf2, or .sf3 where the samples are Ogg Vorbis) is a RIFF file:
presets point to instruments and these to samples, each through zones that hold generators, of which some hold for all
that follow and those of presets add to those of instruments. What is written here is one instrument whose zones are
complete; what the preset does not reach is left out. No sample is decoded.

What is not covered: modulators, and links between the two samples of a stereo pair. The synthesiser follows neither.
"""

import mmap
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers.errors import SetupBroken

Preset = tuple[int, int]  # bank, program
Zone = dict[int, int]  # generator → amount: signed, but for the numbers of samples and such, and ranges, two bytes each
Dialect = Callable[[Zone], list[Zone]]  # what a zone is told as: one, or several that sound together
Records = npt.NDArray[Any]

DRUM_BANK = 128
VERSION = struct.pack("<HH", 2, 4)  # of the standard
PROGRAMS_PER_FAMILY = 8  # General MIDI: pianos, chromatic percussion, organs ...
INSTRUMENT, SAMPLE = 41, 53  # the generators that point to the layer below
PITCHES, VELOCITIES = 43, 44  # the generators that say for which notes a zone is: two bytes, from and to
RANGES = frozenset({PITCHES, VELOCITIES})
UNSIGNED = RANGES | {INSTRUMENT, SAMPLE}
OF_INSTRUMENTS = frozenset(
    {0, 1, 2, 3, 4, 12, 45, 46, 47, 50, 54, 57, 58}
)  # places in samples, loops, roots: not added
CUTOFF, SCALE = 8, 56
NO_CUTOFF = 13_500  # cents above 8.176 Hz
TIMES = (21, 23, *range(25, 29), 30, *range(33, 37), 38)  # delays, and the sections of envelopes
DEFAULTS = {CUTOFF: NO_CUTOFF, SCALE: 100, **dict.fromkeys(TIMES, -12_000)}  # of all others 0
EVERYTHING = 127 << 8
VORBIS = 0x10  # in a sample's type: its start and end are bytes then, and its loop counts from its own start
FRAME_BYTES = 2  # of a sample that is not compressed
GUARD_FRAMES = 46  # of silence behind every sample, as the standard asks

BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
GENERATOR = np.dtype([("operator", "<u2"), ("amount", "<u2")])
MODULATOR = np.dtype("V10")
PRESET_HEAD = np.dtype([("name", "V20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")])
INSTRUMENT_HEAD = np.dtype([("name", "V20"), ("bag", "<u2")])
_SAMPLE_NUMBERS = [(name, "<u4") for name in ("start", "end", "loop_start", "loop_end", "rate")]
SAMPLE_HEAD = np.dtype([("name", "V20"), *_SAMPLE_NUMBERS, ("pitch", "V2"), ("link", "<u2"), ("type", "<u2")])


@dataclass(frozen=True)
class Layer:
    """Presets, or instruments. The last record of each list only says where the list ends.

    link: the generator that points to the layer below.
    """

    heads: Records
    bags: Records
    generators: Records
    link: int

    def zones(self, number: int) -> Iterator[Zone]:
        """Of one preset or instrument: those that sound, complete. The first may say what is common."""
        common: Zone = {}
        for place, zone in enumerate(self._zones(number)):
            if self.link in zone:
                yield common | zone
            elif place == 0:
                common = zone

    def _zones(self, number: int) -> Iterator[Zone]:
        for bag in range(self.heads["bag"][number], self.heads["bag"][number + 1]):
            start, end = self.bags["generator"][bag], self.bags["generator"][bag + 1]
            yield {
                int(operator): int(amount) if operator in UNSIGNED else int(amount.astype("<i2"))
                for operator, amount in self.generators[start:end]
            }


class SoundfontFile:
    """A soundfont on disk. Only the parts that are asked for are read."""

    def __init__(self, path: Path) -> None:
        """Raises SetupBroken when the file is no soundfont."""
        self._path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._chunks = dict(_chunks(self._bytes))
            self._presets = self._layer(PRESET_HEAD, "p", b"phdr", INSTRUMENT)
            self._instruments = self._layer(INSTRUMENT_HEAD, "i", b"inst", SAMPLE)
            self._samples = self._records(b"shdr", SAMPLE_HEAD)
            self._sample_bytes = self._chunks[b"smpl"]
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise _unreadable(path) from error
        heads = self._presets.heads[:-1]
        self._numbers = {
            (int(bank), int(program)): number
            for number, (bank, program) in enumerate(zip(heads["bank"], heads["program"], strict=True))
        }

    def find(self, bank: int, program: int) -> Preset:
        """The preset to play: this one or, where the font has none, the nearest of its family or the first of all."""
        first = program - program % PROGRAMS_PER_FAMILY
        family = sorted(range(first, first + PROGRAMS_PER_FAMILY), key=lambda other: abs(other - program))
        wanted = [(bank, other) for other in family] if bank != DRUM_BANK else [(bank, program), (bank, 0)]
        return next((preset for preset in wanted if preset in self._numbers), min(self._numbers))

    def cut(self, preset: Preset, *, dialect: Dialect | None = None) -> bytes:
        """A soundfont of this preset alone. Raises SetupBroken when its parts do not fit together.

        dialect: how a complete zone is told to a synthesiser that reads some of its numbers in a way of its own.
        """
        try:
            number = self._numbers[preset]
            zones = list(self._complete_zones(number))
            zones = zones if preset[0] == DRUM_BANK else _reaching_all(zones)
            zones = [told for zone in zones for told in (dialect(zone) if dialect else [zone])]
            samples = sorted({zone[SAMPLE] for zone in zones}, key=self._order)
            numbered = [zone | {SAMPLE: 2 * samples.index(zone[SAMPLE]) + 1} for zone in zones]  # see _pick_samples
            heads, sounds = self._pick_samples(samples)
            tables = [
                *_tables(b"p", self._presets.heads[[number, -1]], [{INSTRUMENT: 0}]),
                *_tables(b"i", self._instruments.heads[[0, -1]], numbered),
                (b"shdr", heads),
            ]
        except (IndexError, ValueError, OverflowError) as error:
            raise _unreadable(self._path) from error
        data = b"".join(_chunk(name, records.tobytes()) for name, records in tables)
        body = b"".join(
            [
                b"sfbk",
                _chunk(b"LIST", b"INFO" + _chunk(b"ifil", VERSION)),
                _chunk(b"LIST", b"sdta" + _chunk(b"smpl", sounds)),
                _chunk(b"LIST", b"pdta" + data),
            ]
        )
        return _chunk(b"RIFF", body)

    def _complete_zones(self, number: int) -> Iterator[Zone]:
        """Of a preset, with what it adds to its instruments."""
        for upper in self._presets.zones(number):
            for lower in self._instruments.zones(upper[INSTRUMENT]):
                ranges = {kind: _both(upper.get(kind, EVERYTHING), lower.get(kind, EVERYTHING)) for kind in RANGES}
                added = {
                    generator: lower.get(generator, DEFAULTS.get(generator, 0)) + amount
                    for generator, amount in upper.items()
                    if generator not in OF_INSTRUMENTS | UNSIGNED
                }
                if all(both & 0xFF <= both >> 8 for both in ranges.values()):
                    yield lower | added | ranges

    def _pick_samples(self, chosen: Sequence[int]) -> tuple[Records, bytes]:
        """The heads of the chosen samples with their new places, and their sound. A silent one stands before each.

        The synthesiser blends the last frame of a sample with what lies behind it, where the next sample would click;
        Vorbis cannot be lengthened, hence samples of silence: the guard frames that all sound begins with. It takes
        the end mark for a sample, too.
        """
        heads = np.zeros(2 * len(chosen) + 1, SAMPLE_HEAD)
        for silence in heads[:-1:2]:
            silence["end"], silence["rate"], silence["type"] = GUARD_FRAMES, 44_100, 1
        heads[1::2] = self._samples[list(chosen)]
        sounds = bytearray(GUARD_FRAMES * FRAME_BYTES)
        for head in heads[1::2]:
            unit = 1 if head["type"] & VORBIS else FRAME_BYTES
            sound = self._sample_bytes[unit * int(head["start"]) : unit * int(head["end"])]
            moved = len(sounds) // unit - int(head["start"])
            for place in ("start", "end") if unit == 1 else ("start", "end", "loop_start", "loop_end"):
                head[place] = int(head[place]) + moved
            head["link"] = 0
            sounds += bytes(sound) + bytes(len(sound) % FRAME_BYTES if unit == 1 else GUARD_FRAMES * FRAME_BYTES)
        return heads, bytes(sounds)

    def _order(self, sample: int) -> tuple[bool, int]:
        """Compressed samples last: the synthesiser counts frames, and loses count when they stand between others."""
        return bool(self._samples["type"][sample] & VORBIS), sample

    def _layer(self, head: np.dtype[Any], letter: str, heads: bytes, link: int) -> Layer:
        bags, generators = (f"{letter}{kind}".encode() for kind in ("bag", "gen"))
        return Layer(self._records(heads, head), self._records(bags, BAG), self._records(generators, GENERATOR), link)

    def _records(self, name: bytes, kind: np.dtype[Any]) -> Records:
        records = np.frombuffer(self._chunks[name], kind)
        if not len(records):
            raise ValueError("a list without its end")
        return records


def _both(first: int, second: int) -> int:
    """The range of what lies in two ranges; one that ends before it begins for nothing."""
    return max(first & 0xFF, second & 0xFF) | min(first >> 8, second >> 8) << 8


def _reaching_all(zones: Sequence[Zone]) -> list[Zone]:
    """The lowest and the highest of an instrument's zones for the notes beyond, too: what is written is heard."""
    lowest = min((zone[PITCHES] & 0xFF for zone in zones), default=0)
    highest = max((zone[PITCHES] >> 8 for zone in zones), default=127)
    reaching = []
    for zone in zones:
        low, high = zone[PITCHES] & 0xFF, zone[PITCHES] >> 8
        reaches = (0 if low == lowest else low) | (127 if high == highest else high) << 8
        reaching.append(zone | {PITCHES: reaches})
    return reaching


def _tables(letter: bytes, heads: Records, zones: Sequence[Zone]) -> Iterator[tuple[bytes, Records]]:
    """The lists of one preset ("p") or instrument ("i"). A zone has its ranges first and its link last."""
    written = [
        sorted(zone.items(), key=lambda pair: (pair[0] in (INSTRUMENT, SAMPLE), pair[0] not in RANGES, pair[0]))
        for zone in zones
    ]
    ends = list(accumulate(map(len, written), initial=0))
    heads = heads.copy()
    heads["bag"] = 0, len(zones)
    generators = [(operator, amount & 0xFFFF) for operator, amount in chain.from_iterable(written)]
    yield (b"phdr" if letter == b"p" else b"inst"), heads
    yield letter + b"bag", np.array([(end, 0) for end in ends], BAG)
    yield letter + b"mod", np.zeros(1, MODULATOR)
    yield letter + b"gen", np.array([*generators, (0, 0)], GENERATOR)


def _unreadable(path: Path) -> SetupBroken:
    return SetupBroken(reason="soundfont_unreadable", path=path)


def _chunks(font: mmap.mmap) -> Iterator[tuple[bytes, memoryview]]:
    """Every chunk inside the lists of the file, by name. Raises ValueError when it is no soundfont."""
    view = memoryview(font)
    if bytes(view[:4]) != b"RIFF" or bytes(view[8:12]) != b"sfbk":
        raise ValueError("no soundfont")
    for name, content in _siblings(view[12:]):
        if name == b"LIST":
            yield from _siblings(content[4:])


def _siblings(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    while len(view) >= 8:
        name, size = struct.unpack_from("<4sI", view)
        yield name, view[8 : 8 + size]
        padded = size % 2 and bytes(view[8 + size : 9 + size]) == b"\0"  # MuseScore pads none
        view = view[8 + size + bool(padded) :]


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
