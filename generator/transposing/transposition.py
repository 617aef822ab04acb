"""To transpose a tune: to a key, by an interval, with one part written for an instrument.

Promises: what is asked is read and checked once, by `plan`, and any ABC will do, in NotaGen's form or not.
Not covered: another mode (major to minor), which would be another piece.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from generator.errors import BadRequest, NotationError
from generator.notation.keys import (
    MODE_NAMES,
    Key,
    key_with_fifths,
    names_mode,
    parse_key,
    printable_fifths,
)
from generator.notation.transpose import home_key, nearest_semitones
from generator.notation.transposer import Transposer
from generator.transposing.instruments import find_instrument, instrument_of
from generator.transposing.interval import name_interval, parse_interval
from generator.transposing.part import PartCheck, find_voice, write_part

SAME_MODES = {"ion": "maj", "aeo": "min"}


@dataclass(frozen=True, kw_only=True)
class Transposition:
    """What is done to a tune. fifths, semitones: how far all of it moves, to the sharp side and upwards.

    instrument: the id of that which one part is written for; voice: the id of its voice, None for a tune's only one.
    """

    fifths: int = 0
    semitones: int = 0
    instrument: str | None = None
    voice: str | None = None

    @property
    def interval(self) -> str:
        """The short name of the interval that all moves by, without direction: "m3"; empty if it stays."""
        return name_interval(self.fifths, self.semitones) if self.semitones or self.fifths else ""

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What is unknown means nothing here. Raises BadRequest for an instrument that is no longer there."""
        read = cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})
        if read.instrument is not None:
            instrument_of(read.instrument)
        return read


@dataclass(frozen=True, kw_only=True)
class Transposed:
    """A tune that was transposed. key: it sounds in; None for none. part: what an instrument makes of its part."""

    abc: str
    key: Key | None
    part: PartCheck | None


def plan(
    abc: str,
    *,
    to: str | None = None,
    by: str | None = None,
    instrument: str | None = None,
    part: str | None = None,
) -> Transposition:
    """What a person means, for this tune.

    to: a key ("Cm", "E flat major"; a note alone keeps the mode) or by: an interval. instrument: in words. part: see
    `find_voice`. Raises BadRequest with what would be possible, NotationError for a tune without key.
    """
    if to and by:
        raise BadRequest(reason="two_ways")
    if part and not instrument:
        raise BadRequest(reason="part_alone")
    if not (to or by or instrument):
        raise BadRequest(reason="no_way")
    home = home_key(abc) or Key("C")
    fifths, semitones = _to_key(to, home) if to else _by_interval(by, home) if by else (0, 0)
    if not instrument:
        return Transposition(fifths=fifths, semitones=semitones)
    found = find_instrument(instrument)
    voice = find_voice(abc, part, found)
    return Transposition(fifths=fifths, semitones=semitones, instrument=found.id, voice=voice)


def transpose(abc: str, way: Transposition) -> Transposed:
    """Carry it out. Raises NotationError with its line for a key signature that cannot be read."""
    home = home_key(abc)
    if way.fifths or way.semitones:
        transposer = Transposer(fifths=way.fifths, semitones=way.semitones, chord_names=True)
        abc = "\n".join(_moved(transposer, abc))
    key = None if home is None else key_with_fifths(printable_fifths(home.fifths + way.fifths), home.mode)
    part = None
    if way.instrument is not None:
        abc, part = write_part(abc, way.voice, instrument_of(way.instrument))
    return Transposed(abc=abc, key=key, part=part)


def _moved(transposer: Transposer, abc: str) -> list[str]:
    lines = []
    for number, line in enumerate(abc.split("\n"), start=1):
        try:
            lines.append(transposer.move_line(line))
        except NotationError as error:
            error.line = number
            raise
    return lines


def _to_key(words: str, home: Key) -> tuple[int, int]:
    wanted = _key_in_mode(words, home)
    fifths = printable_fifths(wanted.fifths) - home.fifths
    if fifths == 0:
        raise BadRequest(reason="same_key", key=home.name)
    return fifths, nearest_semitones(fifths)


def _key_in_mode(words: str, home: Key) -> Key:
    """The key that is meant, which has to be of the tune's own mode."""
    if not names_mode(words):
        return parse_key(f"{words} {MODE_NAMES[home.mode]}")
    wanted = parse_key(words)
    if SAME_MODES.get(wanted.mode, wanted.mode) == SAME_MODES.get(home.mode, home.mode):
        return Key(wanted.tonic, home.mode)
    on_tonic = Key(wanted.tonic, home.mode)
    same_signature = key_with_fifths(printable_fifths(wanted.fifths), home.mode).name
    raise BadRequest(
        reason="other_mode_here" if same_signature == home.name else "other_mode",
        home=home.name,
        asked=wanted.name,
        same_tonic=key_with_fifths(printable_fifths(on_tonic.fifths), home.mode).name,
        same_signature=same_signature,
    )


def _by_interval(words: str, home: Key) -> tuple[int, int]:
    interval = parse_interval(words)
    return interval.fifths_from(home.fifths), interval.semitones
