"""What the pieces of a sweep say about each setting: one row for a setting in a family of styles.

Every feature has a mean and a deviation over the pieces of one setting, in deviations of human pieces, which have about
0 and 1 themselves. The distance of a setting is the mean over features of mean² + (deviation - 1)²: the Fréchet
distance of normal distributions, one feature at a time. Pieces too much alike score badly too.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from generator.critic.cadence import Ending
from generator.model.sampling import Sampling
from generator.request import Counts

ALL = "all"
FEWEST_PIECES = 2  # with a feature, for it to have a deviation


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One piece. deviations: by feature, from the middle of human pieces; None where it cannot be known."""

    family: str
    style: str
    seed: int
    sampling: Sampling
    deviations: dict[str, float | None]
    heard: bool
    liking: float
    ending: Ending | None
    counts: Counts

    def to_json(self) -> dict[str, Any]:
        """Everything by name."""
        values = {name: value for name, value in vars(self).items() if name not in ("sampling", "counts")}
        return {**values, "sampling": asdict(self.sampling), "counts": self.counts.to_json()}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is known about one setting in one family."""

    family: str
    sampling: Sampling
    pieces: int
    distance: float
    rank_by: float
    heard: float
    liking: float
    patches_per_kept_patch: float
    repair: float
    bars_first_try: float
    bars_repaired: float
    held_back_per_100_patches: float
    ends_on_tonic: float

    def line(self) -> str:
        """Under `HEADINGS`."""
        one = self.sampling
        figures = (
            f"{self.pieces:>7}",
            f"{self.distance:>9.3f}",
            f"{self.rank_by:>8.3f}",
            f"{self.heard:>6.2f}",
            f"{self.liking:>7.2f}",
            f"{self.patches_per_kept_patch:>8.2f}",
            f"{self.repair:>7.2f}",
            f"{self.bars_first_try:>8.2f}",
            f"{self.bars_repaired:>9.4f}",
            f"{self.held_back_per_100_patches:>10.1f}",
            f"{self.ends_on_tonic:>6.2f}",
        )
        return f"{self.family:<12}{one.temperature:>5}{one.top_p:>6}{one.top_k:>4}{one.guidance:>5}" + "".join(figures)


HEADINGS = (
    f"{'family':<12}{'T':>5}{'top-p':>6}{'k':>4}{'g':>5}{'pieces':>7}{'distance':>9}{'rank by':>8}{'heard':>6}"
    f"{'liking':>7}{'patches':>8}{'repair':>7}{'1st try':>8}{'repaired':>9}{'held back':>10}{'tonic':>6}"
)


def distance(outcomes: Iterable[Outcome]) -> float:
    """Fréchet distance of the features, each by itself, from those of human pieces; the mean over features."""
    columns: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for name, value in outcome.deviations.items():
            if value is not None:
                columns[name].append(value)
    distances = [
        statistics.fmean(values) ** 2 + (statistics.stdev(values) - 1) ** 2
        for values in columns.values()
        if len(values) >= FEWEST_PIECES
    ]
    return statistics.fmean(distances) if distances else float("inf")


def rows_of(outcomes: Sequence[Outcome], families: Iterable[str]) -> list[Row]:
    """A row for every setting in every family, and over all of them; the best of each family first."""
    by_setting: dict[Sampling, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_setting[outcome.sampling].append(outcome)
    everywhere = {sampling: distance(mine) for sampling, mine in by_setting.items()}
    rows = []
    for family in (*families, ALL):
        for sampling, mine in by_setting.items():
            own = mine if family == ALL else [outcome for outcome in mine if outcome.family == family]
            if own:
                rows.append(row_of(family, sampling, own, everywhere[sampling]))
    order = [*families, ALL]
    return sorted(rows, key=lambda row: (order.index(row.family), -row.pieces, row.rank_by))


def row_of(family: str, sampling: Sampling, outcomes: Sequence[Outcome], everywhere: float) -> Row:
    """One row. everywhere: the setting's distance over all families."""
    counts = Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts.to_json())
    apart = distance(outcomes)
    endings = [outcome.ending for outcome in outcomes if outcome.ending is not None]
    return Row(
        family=family,
        sampling=sampling,
        pieces=len(outcomes),
        distance=apart,
        rank_by=(apart + everywhere) / 2,
        heard=statistics.fmean(outcome.heard for outcome in outcomes),
        liking=statistics.fmean(outcome.liking for outcome in outcomes),
        patches_per_kept_patch=counts["patches"] / max(1, counts["kept_patches"]),
        repair=counts["patches"] / max(1, counts["kept_patches"] + counts["ending_patches"]),
        bars_first_try=counts["bars_first_try"] / max(1, counts["bars"]),
        bars_repaired=counts["bars_repaired"] / max(1, counts["bars"]),
        held_back_per_100_patches=100 * counts["held_back"] / max(1, counts["patches"]),
        ends_on_tonic=sum(ending is Ending.TONIC for ending in endings) / max(1, len(endings)),
    )


def best_settings(rows: Iterable[Row], family: str, *, most_patches: float) -> list[Sampling]:
    """Of the settings with the most pieces those that do not cost too much (all, if all do), the best first."""
    mine = [row for row in rows if row.family == family]
    most = max(row.pieces for row in mine)
    finalists = [row for row in mine if row.pieces == most]
    affordable = [row for row in finalists if row.repair <= most_patches] or finalists
    return [row.sampling for row in affordable]
