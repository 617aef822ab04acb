"""The judge of finished tunes: what it finds, it measures once.

Promises: the same tune and style give the same judgement.
Not covered: what follows from it (`choice.py`).
"""

from collections.abc import Mapping
from typing import Protocol

from generator.catalogue.style import Style
from generator.critic.features import measure
from generator.critic.grade import grade
from generator.critic.human import load_humans
from generator.critic.judgement import Judgement
from generator.critic.leaning import shipped_leaning
from generator.critic.manner import shipped_manners
from generator.critic.originality import load_index
from generator.notation import Tune

# Beside nearness to people's pieces: so each of the two others tells three candidates apart about as much as nearness
# does. By measurement over 160 pieces, see docs/FIGURES.md.
LEANING_WEIGHT, MANNER_WEIGHT = 0.3, 3.0


class Judge(Protocol):
    """Who says what a tune is worth. Both are called in threads, one call at a time."""

    def prepare(self) -> None:
        """Load what judging needs, so that the first piece does not wait for it."""

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """The judgement on a finished tune that was composed with this seed."""


class Critic:
    """The judge that ships: liking by `human.py`, `leaning.py` and `manner.py`, copies by `originality.py`.

    leans: whether the tunes are by the weights that ship, whose leaning is known.
    """

    def __init__(self, *, leans: bool = True) -> None:
        self.leans = leans

    def prepare(self) -> None:
        """As Judge says."""
        load_humans()
        load_index()
        shipped_manners()
        if self.leans:
            shipped_leaning()

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """As Judge says."""
        originality = load_index().check(tune, style)
        humans, measured = load_humans(), measure(tune) | grade(tune)
        return Judgement(
            seed=seed,
            liking=self._liking(tune, style, measured),
            human=humans.report(measured, style),
            originality=originality,
        )

    def _liking(self, tune: Tune, style: Style, measured: Mapping[str, float]) -> float:
        """How near it is to people's pieces, whether people more than the network write so, and in whose manner."""
        nearness = load_humans().liking(measured, style)
        leaning = shipped_leaning().worth(measured) if self.leans else 0.0
        return nearness + LEANING_WEIGHT * leaning + MANNER_WEIGHT * shipped_manners().likeness(tune, style.composer)
