"""What can go wrong in training.

GeneratorError
└── TrainingError
    ├── CorpusError     the corpus is missing, broken, empty, or would let held-out pieces into training
    ├── PlanError       a plan with values outside what is possible
    ├── ResumeError     a checkpoint that this run cannot go on from
    └── BrokenRunError  the loss is no number any more, or a helper process died
"""

from generator.errors import GeneratorError


class TrainingError(GeneratorError):
    """Training went wrong."""

    is_for_operators = True


class CorpusError(TrainingError):
    """A corpus that cannot be used, or made."""


class PlanError(TrainingError):
    """A plan with values outside what is possible."""


class ResumeError(TrainingError):
    """A checkpoint that this run cannot go on from."""


class BrokenRunError(TrainingError):
    """A run that went wrong half-way."""
