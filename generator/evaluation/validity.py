"""Whether composed pieces are right as notation, and what it took to get there.

Promises: shares of bars and pieces are of everything that was asked for, failures among it.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.evaluation.errors import ToolMissing
from generator.evaluation.pieces import ComposedPiece
from generator.notation import check_bars
from generator.training.intervals import ratio_interval, wilson


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One piece, checked as it would be delivered. abctoolkit: None if it cannot read the piece."""

    bars: int
    bars_asked: int
    notes: int
    defects: tuple[str, ...]
    abctoolkit: bool | None

    @property
    def aligned(self) -> bool:
        """Whether all voices of every bar are as long as each other and as the metre says."""
        return self.bars > 0 and not self.defects


def check_piece(piece: ComposedPiece) -> Checked:
    """Check the text that would be delivered, bar by bar."""
    if piece.failure:
        return Checked(bars=0, bars_asked=piece.bars_asked, notes=0, defects=(piece.failure,), abctoolkit=None)
    return Checked(
        bars=len(piece.tune.bars),
        bars_asked=piece.bars_asked,
        notes=sum(voice.sounds for bar in piece.tune.bars for voice in bar.voices),
        defects=tuple(f"bar {defect.bar + 1}: {defect.message}" for defect in check_bars(piece.tune)),
        abctoolkit=abctoolkit_agrees(str(piece.tune)),
    )


def abctoolkit_agrees(text: str) -> bool | None:
    """Whether abctoolkit too finds the voices of every bar equally long (it does not know the metre).

    None for a piece it cannot read, as it happens with one in four real ones. Raises ToolMissing without Unidecode,
    which abctoolkit imports here, and which is under the GPL: only who evaluates has it.
    """
    try:
        from abctoolkit.check import check_alignment_rotated
    except ImportError as error:
        raise ToolMissing from error

    lines = [line + "\n" for line in text.splitlines()]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            _, same_number, same_duration = check_alignment_rotated(lines)
    except Exception:  # it raises whatever its parsing stumbles over
        return None
    return bool(same_number and same_duration)


def validity(pieces: Sequence[ComposedPiece], checked: Sequence[Checked]) -> dict[str, Any]:
    """The figures of all pieces; [value, low, high] where there is an interval.

    repair_cost: patches sampled for each that was needed; the versions of the last bars that are drawn to find a better
    cadence are no repair, and count as needed here. composed: pieces, those that were thrown away as copies among them.
    """
    made = [piece for piece in pieces if not piece.failure]
    opinions = [one.abctoolkit for one in checked if one.abctoolkit is not None]
    return {
        "pieces": len(pieces),
        "failed": len(pieces) - len(made),
        "composed": sum(piece.counts.get("pieces", 1) for piece in made),
        "copies_rejected": sum(piece.counts.get("copies_rejected", 0) for piece in made),
        "bars": sum(one.bars for one in checked),
        "bars_first_try": _ratio(made, ("bars_first_try",), ("bars",)),
        "bars_by_rule": _ratio(made, ("bars_repaired",), ("bars",)),
        "patches_per_kept_patch": _ratio(made, ("patches",), ("kept_patches",)),
        "repair_cost": _ratio(made, ("patches",), ("kept_patches", "ending_patches")),
        "pieces_right_at_once": share(
            [bool(piece.counts["bars_first_try"] == piece.counts["bars"]) for piece in made], of=len(pieces)
        ),
        "aligned": share([one.aligned for one in checked]),
        "aligned_abctoolkit": share(opinions),
        "unreadable_abctoolkit": len(checked) - len(opinions),
        "empty": sum(one.notes == 0 for one in checked),
        "wrong_length": sum(one.bars != one.bars_asked for one in checked),
        "defects": [defect for one in checked for defect in one.defects][:20],
    }


def share(values: Sequence[bool], *, of: int | None = None) -> list[float] | None:
    """[share, low, high] of the true ones; None if there are none at all."""
    count = len(values) if of is None else of
    if not count:
        return None
    low, high = wilson(sum(values), count)
    return [round(sum(values) / count, 4), round(low, 4), round(high, 4)]


def _ratio(pieces: Sequence[ComposedPiece], above: Sequence[str], below: Sequence[str]) -> list[float] | None:
    """[sum / sum, low, high] of counts over pieces; counts that a piece does not have are 0."""
    tops, bottoms = (
        [float(sum(piece.counts.get(name, 0) for name in names)) for piece in pieces] for names in (above, below)
    )
    if not sum(bottoms):
        return None
    low, high = ratio_interval(tops, bottoms)
    return [round(sum(tops) / sum(bottoms), 4), round(low, 4), round(high, 4)]
