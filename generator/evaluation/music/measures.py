"""The measures: each counts something in one piece, of so many; a group's figure is the sum of the one by the other.

Promises: a piece that cannot say anything (no minor, no 32 bars, no tempo word) counts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from generator.critic import chords, lines
from generator.critic.chords import Chord, Tonic, named_tonic, tonic_led_to
from generator.critic.note_table import NoteTable, tabulate
from generator.evaluation.music import prints
from generator.notation import Tune

LONG_BARS = 32  # a theme has time to return
CHORDS_BETWEEN = 16  # parallels are counted per so many
BARS_BETWEEN = 8  # cadences are counted per so many

Count = tuple[float, float]
NOTHING: Count = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A piece to be measured. ending: its last bars, where `tune` is only its beginning.

    all_lines: whether parallels between any two lines count, as in a choir. vague: whether the header of a piece that
    is heard in its relative minor is right all the same, as in scores that only have a signature; what a composed
    piece says of its key stands above it and has to be true.
    """

    tune: Tune
    ending: Tune | None = None
    all_lines: bool = False
    vague: bool = False

    @cached_property
    def notes(self) -> NoteTable:
        return tabulate(self.tune)

    @cached_property
    def last_notes(self) -> NoteTable:
        return self.notes if self.ending is None else tabulate(self.ending)

    @cached_property
    def chords(self) -> list[Chord]:
        return chords.chords_of(self.notes)

    @cached_property
    def said_key(self) -> Tonic | None:
        """The key of the header; where it is vague, the one that the piece ends in."""
        return self.tonic if self.vague else named_tonic(self.tune.header)

    @cached_property
    def tonic(self) -> Tonic | None:
        """The key that is led to; see `tonic_led_to`."""
        return tonic_led_to(self.tune.header, self.last_notes)


def _key_heard(piece: Heard) -> Count:
    found = chords.heard_key(piece.notes)
    if piece.said_key is None or found is None:
        return NOTHING
    return float(found in (piece.said_key, _dominant_key(piece.said_key))), 1


def _dominant_key(tonic: Tonic) -> Tonic:
    """The key on the fifth, in the same mode."""
    return Tonic(tonic.dominant, tonic.is_minor)


def _cadences(piece: Heard) -> Count:
    if piece.tonic is None or not piece.chords:
        return NOTHING
    return chords.cadences(piece.chords, piece.tonic), len(piece.tune.bars) / BARS_BETWEEN


def _ends(piece: Heard) -> Count:
    if piece.tonic is None or not len(piece.last_notes):
        return NOTHING
    return float(chords.ends_after_dominant(chords.chords_of(piece.last_notes), piece.tonic)), 1


def _theme(piece: Heard) -> Count:
    return (float(lines.theme_returns(piece.notes)), 1) if len(piece.tune.bars) >= LONG_BARS else NOTHING


def _raised(piece: Heard) -> Count:
    return lines.raised_sevenths(piece.notes, piece.tonic) if piece.tonic else NOTHING


def _parallels(piece: Heard) -> Count:
    found, count = lines.parallels(piece.notes, outer_only=not piece.all_lines)
    return found, count / CHORDS_BETWEEN


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One row of the table. wanted: "like people", "at most" (people's figure) or "none"."""

    what: str
    of: Callable[[Heard], Count]
    wanted: str


MEASURES: Mapping[str, Measure] = {
    "key_heard": Measure(what="key heard as asked, or its dominant", of=_key_heard, wanted="like people"),
    "cadences": Measure(what="V-I, roots in the bass, per 8 bars", of=_cadences, wanted="like people"),
    "ends_after_dominant": Measure(what="ends on the tonic after its dominant", of=_ends, wanted="like people"),
    "theme_returns": Measure(what="32 bars or more: two bars of melody return", of=_theme, wanted="like people"),
    "equal_bars": Measure(
        what="bars equal to an earlier one", of=lambda piece: lines.equal_bars(piece.tune), wanted="like people"
    ),
    "raised_sevenths": Measure(what="minor: raised among all sevenths", of=_raised, wanted="like people"),
    "parallels": Measure(what="parallel fifths and octaves per 16 chords", of=_parallels, wanted="at most"),
    "clashes": Measure(
        what="beats with a semitone or major seventh",
        of=lambda piece: lines.clashing_beats(piece.notes),
        wanted="at most",
    ),
    "outside": Measure(
        what="notes outside their instrument", of=lambda piece: prints.notes_outside(piece.tune), wanted="none"
    ),
    "single_lines": Measure(
        what="chords in single lines", of=lambda piece: prints.chords_in_single_lines(piece.tune), wanted="none"
    ),
    "unbeamed": Measure(
        what="short notes left unbeamed", of=lambda piece: prints.unbeamed(piece.tune), wanted="at most"
    ),
    "wrong_staff": Measure(
        what="voices' bars left on another staff", of=lambda piece: prints.on_wrong_staff(piece.tune), wanted="at most"
    ),
    "tempo_words": Measure(
        what="tempo words against their number",
        of=lambda piece: prints.contradicting_tempos(piece.tune),
        wanted="none",
    ),
}


def measure(piece: Heard) -> dict[str, Count]:
    """All that is counted in a piece. Raises NotationError for music that cannot be read."""
    return {name: one.of(piece) for name, one in MEASURES.items()}
