"""One layer of a bar as the signs that a page shows: lengths split into note values, beams, tuplet brackets."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from renderers.score.abc.beams import FLAGS, Beamed, set_beams
from renderers.score.abc.decorations import TREMOLO_ENDS
from renderers.score.abc.durations import AS_WRITTEN, NoteValue, Total, one_value, single_value, split_length
from renderers.score.abc.metres import FREE, Metre
from renderers.score.abc.model import Event, Item

HALVED = Fraction(1, 2)


@dataclass(slots=True)
class Piece:
    """One sign of an event: all of it, or one of the tied notes that make it up. `value` is None for a bar's rest."""

    event: Event
    value: NoteValue | None
    length: Fraction  # as it sounds
    is_first: bool
    is_last: bool
    actual: int = 1  # so many notes ...
    normal: int = 1  # ... in the time of so many
    tuplets: list[str] = field(default_factory=list)  # tags that begin or end brackets here
    beams: list[str] = field(default_factory=list)


def is_whole_bar_rest(event: Event, layer: list[Item], metre: Metre, length: Fraction) -> bool:
    """Whether an event is the one rest of a bar, or stands for it.

    An invisible one is written by its length: verovio gives a measure of nothing but space no time to play. So is one
    in a measure that is not as long as the metre says: other programs would make it so.
    """
    if event.heads or event.tuplets or not event.is_visible or length != metre.length:
        return False
    if event.is_bar_rest:
        return True
    return is_alone(layer) and event.nominal == length


def is_alone(layer: list[Item]) -> bool:
    """Whether a layer has one event."""
    return sum(isinstance(item, Event) for item in layer) == 1


def has_chords_only(layer: list[Item]) -> bool:
    """Whether a layer has one rest and, beside it, nothing but chords: music21 counts these as no notes."""
    sizes = [len(item.heads) for item in layer if isinstance(item, Event)]
    return sizes.count(0) == 1 and len(sizes) > 1 and 1 not in sizes


def rest_values(length: Fraction, metre: Metre) -> tuple[NoteValue, ...]:
    """The rests of a measure that nothing else fills, or chords. A lone whole or breve means "all of it" to others."""
    values = split_length(length, metre)
    if len(values) == 1 and values[0].type in ("whole", "breve") and length != metre.length:
        return split_length(length / 2, metre) * 2
    return values


def space_values(length: Fraction) -> tuple[NoteValue, ...]:
    """What fills a bar that is short of so much."""
    return split_length(length, FREE)


def split_layer(layer: list[Item], metre: Metre, length: Fraction) -> dict[int, list[Piece]]:
    """The pieces of every event of a layer, by the event's `id()`."""
    pieces: dict[int, list[Piece]] = {}
    in_order: list[Piece] = []
    start = Total()
    has_tremolo = False
    for item in layer:
        if not isinstance(item, Event):
            continue
        begins = any(sign in TREMOLO_ENDS for sign in item.signs)
        is_tremolo = begins or (has_tremolo and bool(item.heads))
        has_tremolo = begins
        pieces[id(item)] = own = _split_event(item, layer, metre, length, start, is_tremolo=is_tremolo)
        in_order += own
        for piece in own:
            start.add(piece.length)
    _bracket_tuplets(in_order)
    _bracket_uneven(in_order)
    _beam(in_order)
    return pieces


def _split_event(
    event: Event, layer: list[Item], metre: Metre, length: Fraction, start: Total, *, is_tremolo: bool
) -> list[Piece]:
    """start: since the bar began."""
    if is_whole_bar_rest(event, layer, metre, length):
        return [Piece(event, None, length, is_first=True, is_last=True)]
    if is_tremolo and (doubled := single_value(event.nominal * 2)) is not None:
        # Both notes of such a tremolo are written as long as they sound together.
        value = NoteValue(*doubled, event.nominal, HALVED)
        values: tuple[NoteValue, ...] = (value,)
    else:
        nominal = length if event.is_bar_rest else event.nominal
        is_plain_rest = not event.heads and not event.tuplets
        if is_plain_rest and ((nominal == length and is_alone(layer)) or has_chords_only(layer)):
            values = rest_values(nominal, metre)
        else:
            values = one_value(nominal) or split_length(nominal, metre, start=_place_of(start))
    pieces = []
    last = len(values) - 1
    for place, value in enumerate(values):
        actual, normal = _numbers(event, value)
        as_it_sounds = value.length if event.ratio is AS_WRITTEN else value.length * event.ratio
        pieces.append(Piece(event, value, as_it_sounds, place == 0, place == last, actual, normal))
    return pieces


def _place_of(start: Total) -> Fraction:
    """Where a note is split by: 0 for what begins between all note values."""
    return start.length if start.length.denominator <= 64 else Fraction(0)


def _numbers(event: Event, value: NoteValue) -> tuple[int, int]:
    """The numbers of `<time-modification>`, as written: 6 in the time of 4 stays so."""
    actual, normal = value.ratio.denominator, value.ratio.numerator
    for tuplet in event.tuplets:
        actual, normal = actual * tuplet.actual, normal * tuplet.normal
    return actual, normal


def _bracket_tuplets(pieces: list[Piece]) -> None:
    """A bracket from the first to the last note of each tuplet; one that goes on in the next bar ends with the bar."""
    first: dict[int, Piece] = {}
    last: dict[int, Piece] = {}
    for piece in pieces:
        for tuplet in piece.event.tuplets:
            first.setdefault(tuplet.id, piece)
            last[tuplet.id] = piece
    for piece in pieces:
        for level, tuplet in enumerate(piece.event.tuplets, 1):
            number = f' number="{level}"' if level > 1 else ""
            if first[tuplet.id] is piece:
                piece.tuplets.append(f'tuplet type="start"{number} bracket="yes"')
            if last[tuplet.id] is piece:
                piece.tuplets.append(f'tuplet type="stop"{number}')


def _bracket_uneven(pieces: list[Piece]) -> None:
    """Lengths such as a third of a quarter, written without a tuplet sign: bracketed until they add up."""
    run: list[Piece] = []
    total = Fraction(0)
    for piece in [*pieces, None]:
        ratio = piece.value.ratio if piece is not None and piece.value is not None else AS_WRITTEN
        is_uneven = ratio is not AS_WRITTEN and piece is not None and not piece.event.tuplets and ratio != HALVED
        if run and (not is_uneven or run[-1].value is None or run[-1].value.ratio != ratio):
            _bracket(run)
            run, total = [], Fraction(0)
        if is_uneven and piece is not None:
            run.append(piece)
            total += piece.length
            if total.denominator & (total.denominator - 1) == 0:
                _bracket(run)
                run, total = [], Fraction(0)


def _bracket(run: list[Piece]) -> None:
    run[0].tuplets.append('tuplet type="start" bracket="yes"')
    run[-1].tuplets.append('tuplet type="stop"')


def _beam(pieces: list[Piece]) -> None:
    signs = []
    for piece in pieces:
        num_flags = FLAGS.get(piece.value.type, 0) if piece.value else 0
        is_joined = piece.event.is_joined and piece.is_last
        signs.append(Beamed(num_flags, bool(piece.event.heads), is_joined))
    set_beams(signs)
    for piece, sign in zip(pieces, signs, strict=True):
        piece.beams = sign.beams
