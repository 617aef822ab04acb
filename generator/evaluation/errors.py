"""What can go wrong in an evaluation.

GeneratorError
└── EvaluationError
    ├── ToolMissing     a package that only an evaluation needs is not installed
    └── TooFewPieces    the corpus or the composed pieces are too few for a figure
"""

from generator.errors import GeneratorError


class EvaluationError(GeneratorError):
    """An evaluation that went wrong."""

    is_for_operators = True


class ToolMissing(EvaluationError):
    """A package that only an evaluation needs is not installed."""


class TooFewPieces(EvaluationError):
    """The corpus or the composed pieces are too few for a figure."""
