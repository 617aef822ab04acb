"""A second opinion on a score: what music21, an independent reader, finds in the MusicXML.

Keys are found by the Krumhansl-Schmuckler method: the correlation says how well the notes fit the key (1 is perfect;
tonal music reaches 0.7 and more). Pitches are those that sound. What is not covered: modulation, and music that has no
key.
"""

import warnings
from dataclasses import asdict, dataclass
from typing import Any

from renderers.errors import InputRefused


@dataclass(frozen=True)
class PartAnalysis:
    """One part; a piano has two, one for each staff. Pitches as music21 writes them: C4 is middle C, B-3 a B flat."""

    name: str
    num_notes: int
    lowest: str | None
    highest: str | None


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What music21 found. `num_notes` counts every note of a chord."""

    key: str | None
    key_correlation: float | None
    num_measures: int
    num_notes: int
    parts: tuple[PartAnalysis, ...]

    def to_json(self) -> dict[str, Any]:
        """As a dict of plain values."""
        return asdict(self)


def analyse(musicxml: str) -> Analysis:
    """Read a MusicXML document with music21 (imported here: it takes a second).

    Raises InputRefused when music21 cannot read it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 warns about deprecations of its own
        from music21 import converter

        try:
            score: Any = converter.parseData(musicxml, format="musicxml")
            score.toSoundingPitch(inPlace=True)
            parts = tuple(_analyse_part(part) for part in score.parts)
            key = score.analyze("key") if any(part.num_notes for part in parts) else None
        except Exception as error:  # music21 raises its own, AttributeError, KeyError, ZeroDivisionError ...
            raise InputRefused(reason="not_analysed") from error
    return Analysis(
        key=f"{key.tonic.name.replace('-', 'b')} {key.mode}" if key is not None else None,
        key_correlation=round(float(key.correlationCoefficient), 3) if key is not None else None,
        num_measures=max((len(part.getElementsByClass("Measure")) for part in score.parts), default=0),
        num_notes=sum(part.num_notes for part in parts),
        parts=parts,
    )


def _analyse_part(part: Any) -> PartAnalysis:
    pitches = sorted(part.recurse().notes.pitches, key=lambda pitch: pitch.ps) if part.recurse().notes else []
    return PartAnalysis(
        name=" ".join((part.partName or "").split()),
        num_notes=len(pitches),
        lowest=pitches[0].nameWithOctave if pitches else None,
        highest=pitches[-1].nameWithOctave if pitches else None,
    )
