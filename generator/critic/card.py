"""The report card: what can be measured about a tune, as data.

What is measured: bars aligned, key by ear against the key asked for, metre, each voice's range against its
instrument's, share of repeated bars, length in bars and seconds; and, if the critic has judged it, many features
beside those of human pieces of its style, and what it shares with known pieces. What is not: whether the music is any
good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from typing import Any

from generator.critic.judgement import HumanReport, Judgement, Originality
from generator.critic.key import FoundKey, Relation, find_key, relate_keys
from generator.critic.length import tune_seconds
from generator.critic.range_check import VoiceRange, check_ranges
from generator.critic.repetition import repeated_bars
from generator.critic.sounding import SoundingNote, sounding_notes
from generator.notation import Defect, Key, Metre, Tune, check_bars

MAX_DEFECTS_TOLD = 20
MINOR_MODES = frozenset({"min", "aeo", "dor", "phr", "loc"})  # those with a minor third


@dataclass(frozen=True, kw_only=True)
class ReportCard:
    """Figures of one tune. What was not asked for, or cannot be known, is None.

    bars_aligned: bars in which all voices are as long as the metre says; defects: what is wrong with the others;
    key_found: by ear, with its correlation; key_relation: to the key asked for; seconds: repeats counted once;
    counts: how often the composer had to try, by name; human: beside human pieces of the style; originality: the
    longest run of notes that a known piece has too.
    """

    bars: int
    bars_asked: int | None
    bars_aligned: int
    defects: tuple[str, ...]
    key_found: str | None
    key_correlation: float | None
    key_asked: str | None
    key_relation: Relation | None
    metre: str
    metre_asked: str | None
    tempo: str | None
    seconds: float
    notes: int
    ranges: tuple[VoiceRange, ...]
    repeated_bars: int
    counts: Mapping[str, int] = field(default_factory=dict)
    human: HumanReport | None = None
    originality: Originality | None = None

    @property
    def repeated_share(self) -> float:
        """The share of bars that are the same as an earlier bar, 0 to 1."""
        return self.repeated_bars / self.bars if self.bars else 0.0

    def to_json(self) -> dict[str, Any]:
        """All figures, for the `.json` beside a piece."""
        return {
            **asdict(replace(self, human=None, originality=None)),
            "repeated_share": round(self.repeated_share, 3),
            "ranges": [voice.to_json() for voice in self.ranges],
            "human": self.human.to_json() if self.human else None,
            "originality": self.originality.to_json() if self.originality else None,
        }


def report_card(
    tune: Tune,
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    bars: int | None = None,
    counts: Mapping[str, int] | None = None,
    judgement: Judgement | None = None,
) -> ReportCard:
    """Measure a tune.

    key, metre, bars: what was asked for, None for what was not. counts: how often the composer had to try.
    judgement: what the critic has said about it, None for a tune of no known style.
    """
    defects = check_bars(tune)
    notes = list(sounding_notes(tune))
    found = find_key(_time_by_pitch_class(notes))
    return ReportCard(
        bars=len(tune.bars),
        bars_asked=bars,
        bars_aligned=len(tune.bars) - len({defect.bar for defect in defects}),
        defects=tuple(map(_defect_words, defects[:MAX_DEFECTS_TOLD])),
        key_found=found.name if found else None,
        key_correlation=round(found.correlation, 3) if found else None,
        key_asked=key.name if key else None,
        key_relation=_relation(found, key),
        metre=_written_metre(tune),
        metre_asked=str(metre) if metre else None,
        tempo=tune.header.tempo,
        seconds=round(tune_seconds(tune), 1),
        notes=len(notes),
        ranges=check_ranges(tune, notes),
        repeated_bars=repeated_bars(tune),
        counts=dict(counts or {}),
        human=judgement.human if judgement else None,
        originality=judgement.originality if judgement else None,
    )


def _written_metre(tune: Tune) -> str:
    """As the tune header has it; "none" for no metre and for one that is impossible."""
    return (tune.header.field("M") or "none") if tune.header.metre else "none"


def _defect_words(defect: Defect) -> str:
    voice = "" if defect.voice is None else f", voice {defect.voice}"
    return f"bar {defect.bar + 1}{voice}: {defect.kind.value}: {defect.message}"


def _relation(found: FoundKey | None, asked: Key | None) -> Relation | None:
    if found is None or asked is None:
        return None
    return relate_keys(found, tonic=asked.pitch_class, is_minor=asked.mode in MINOR_MODES)


def _time_by_pitch_class(notes: list[SoundingNote]) -> dict[int, Fraction]:
    times: dict[int, Fraction] = defaultdict(Fraction)
    for note in notes:
        times[note.pitch % 12] += note.length
    return times
