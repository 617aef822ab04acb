"""The judge of finished tunes: what it finds, it measures once.

Promises: the same tune and style give the same judgement.
Not covered: what follows from it (`choice.py`).
"""

from typing import Protocol

from generator.catalogue.style import Style
from generator.critic.features import measure
from generator.critic.grade import grade
from generator.critic.human import load_humans
from generator.critic.judgement import Judgement
from generator.critic.originality import load_index
from generator.notation import Tune


class Judge(Protocol):
    """Who says what a tune is worth. Both are called in threads, one call at a time."""

    def prepare(self) -> None:
        """Load what judging needs, so that the first piece does not wait for it."""

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """The judgement on a finished tune that was composed with this seed."""


class Critic:
    """The judge that ships: liking by `human.py`, copies by `originality.py`."""

    def prepare(self) -> None:
        """As Judge says."""
        load_humans()
        load_index()

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """As Judge says."""
        originality = load_index().check(tune, style)
        humans, measured = load_humans(), measure(tune) | grade(tune)
        return Judgement(
            seed=seed,
            liking=humans.liking(measured, style),
            human=humans.report(measured, style),
            originality=originality,
        )
