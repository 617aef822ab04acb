"""What can go wrong in an evaluation.

GeneratorError
└── EvaluationError
    ├── ToolMissing     a package that only an evaluation needs is not installed
    └── TooFewPieces    the corpus or the composed pieces are too few for a figure
"""

from generator.errors import GeneratorError


class EvaluationError(GeneratorError):
    """The evaluation did not work. The message says at which step."""

    is_for_operators = True


class ToolMissing(EvaluationError):
    """An evaluation needs packages that a bot does not. Install them with pip install 'notabot[training]'."""


class TooFewPieces(EvaluationError):
    """There are too few pieces to compare. Compose more, or choose a larger corpus."""
