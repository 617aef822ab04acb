"""One instrument cut out of a soundfont, so that a piece decodes what it plays and nothing else.

A font of General MIDI holds some 190 instruments. To decode all of the one that comes along takes seconds and 270 MB;
its piano takes a twentieth of a second. A soundfont (.sf2, or .sf3 where the samples are Ogg Vorbis) is a RIFF file:
presets point to instruments and these to samples, each through zones that hold generators and modulators. What a
preset does not reach is left out, and every number is written anew; no sample is decoded here.

What is not covered: links between the two samples of a stereo pair, which the synthesiser does not follow.
"""

import mmap
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renderers.errors import SetupBroken

Preset = tuple[int, int]  # bank, program
Records = npt.NDArray[Any]

DRUM_BANK = 128
VERSION = struct.pack("<HH", 2, 4)  # of the standard
PROGRAMS_PER_FAMILY = 8  # General MIDI: pianos, chromatic percussion, organs ...
INSTRUMENT, SAMPLE = 41, 53  # the generators that point to the layer below
CUTOFF = 8  # the generator of the low pass, in cents above 8.176 Hz
VELOCITIES = 44  # the generator that says how hard a note must be struck for a zone: two bytes, from and to
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
    """Presets, or instruments. The last record of each list only says where the list ends."""

    heads: Records
    bags: Records
    modulators: Records
    generators: Records

    def pick(self, chosen: Sequence[int], *, link: int, order: Callable[[int], Any] = int) -> tuple["Layer", list[int]]:
        """The chosen ones alone, and in `order` what they point to by the generator `link`.

        In their generators these are numbered by their places in that order.
        """
        heads = self.heads[[*chosen, -1]].copy()
        zones = [range(self.heads["bag"][number], self.heads["bag"][number + 1]) for number in chosen]
        heads["bag"] = _offsets(zones)
        numbers = [zone for run in zones for zone in run]
        generators, first_generators = _gather(self.generators, self.bags["generator"], numbers)
        modulators, first_modulators = _gather(self.modulators, self.bags["modulator"], numbers)
        bags = np.array(list(zip(first_generators, first_modulators, strict=True)), BAG)
        links = generators["operator"] == link
        below = sorted(set(generators["amount"][links].tolist()), key=order)
        generators["amount"][links] = [below.index(number) for number in generators["amount"][links]]
        return Layer(heads, bags, modulators, generators), below


class SoundfontFile:
    """A soundfont on disk. Only the parts that are asked for are read."""

    def __init__(self, path: Path) -> None:
        """Raises SetupBroken when the file is no soundfont."""
        self._path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._chunks = dict(_chunks(self._bytes))
            self._presets = self._layer(PRESET_HEAD, "p", b"phdr")
            self._instruments = self._layer(INSTRUMENT_HEAD, "i", b"inst")
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

    def cut(self, preset: Preset, *, struck_as: Callable[[int], int] = int, darker_cents: int = 0) -> bytes:
        """A soundfont of this preset alone. Raises SetupBroken when its parts do not fit together.

        struck_as: the velocity that the synthesiser is told for one of 0 to 127, where it is told others than are
        meant: zones that are for hard notes only, mostly with a brighter tone, are then told of the same notes.
        darker_cents: how much lower than written all low passes begin.
        """
        try:
            presets, instruments = self._presets.pick([self._numbers[preset]], link=INSTRUMENT)
            layer, samples = self._instruments.pick(instruments, link=SAMPLE, order=self._order)
            pointers = layer.generators["operator"] == SAMPLE
            layer.generators["amount"][pointers] = 2 * layer.generators["amount"][pointers] + 1  # see _pick_samples
            for told in (presets.generators, layer.generators):
                _move_velocities(told, struck_as)
            layer.generators["amount"][layer.generators["operator"] == CUTOFF] -= np.uint16(darker_cents)
            heads, sounds = self._pick_samples(samples)
        except (IndexError, ValueError, OverflowError) as error:
            raise _unreadable(self._path) from error
        tables = [
            *zip((b"phdr", b"pbag", b"pmod", b"pgen"), _lists(presets), strict=True),
            *zip((b"inst", b"ibag", b"imod", b"igen"), _lists(layer), strict=True),
            (b"shdr", heads),
        ]
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

    def _layer(self, head: np.dtype[Any], letter: str, heads: bytes) -> Layer:
        bags, modulators, generators = (f"{letter}{kind}".encode() for kind in ("bag", "mod", "gen"))
        return Layer(
            self._records(heads, head),
            self._records(bags, BAG),
            self._records(modulators, MODULATOR),
            self._records(generators, GENERATOR),
        )

    def _records(self, name: bytes, kind: np.dtype[Any]) -> Records:
        records = np.frombuffer(self._chunks[name], kind)
        if not len(records):
            raise ValueError("a list without its end")
        return records


def _move_velocities(generators: Records, struck_as: Callable[[int], int]) -> None:
    """Say of each zone, in place, for which velocities it is when these are told as others; none is lost between."""
    ranges = generators["operator"] == VELOCITIES
    generators["amount"][ranges] = [
        _told(int(amount) & 0xFF, struck_as) | (_told((int(amount) >> 8) + 1, struck_as) - 1) << 8
        for amount in generators["amount"][ranges]
    ]


def _told(velocity: int, struck_as: Callable[[int], int]) -> int:
    """0 and 128, the ends of all ranges, stay."""
    return struck_as(velocity) if 1 < velocity < 128 else velocity - (velocity == 1)


def _unreadable(path: Path) -> SetupBroken:
    return SetupBroken(reason="soundfont_unreadable", path=path)


def _lists(layer: Layer) -> tuple[Records, ...]:
    return layer.heads, layer.bags, layer.modulators, layer.generators


def _offsets(runs: Iterable[Sequence[Any] | Records]) -> list[int]:
    """Where each run begins when one follows the other, and where the last one ends."""
    return list(accumulate((len(run) for run in runs), initial=0))


def _gather(records: Records, firsts: Records, zones: Iterable[int]) -> tuple[Records, list[int]]:
    """The records of the zones one after the other with an end mark, and where each zone's begin now."""
    runs = [records[firsts[zone] : firsts[zone + 1]] for zone in zones]
    return np.concatenate([*runs, np.zeros(1, records.dtype)]), _offsets(runs)


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
