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
    """The corpus cannot be used. It is a .jsonl or .jsonl.xz file with one piece a line."""


class PlanError(TrainingError):
    """The plan of this run is not possible. `--help` lists the options and their limits."""


class ResumeError(TrainingError):
    """The checkpoint in this folder is from another kind of run. Choose another folder."""


class BrokenRunError(TrainingError):
    """Training went wrong half-way. Go on from the last checkpoint with a lower rate."""
