"""What can go wrong with one file, in words for the report.

GeneratorError
└── TrainingError
    └── Unusable   this file gives no row; the message is the reason
"""

from generator.training.errors import TrainingError


class Unusable(TrainingError):
    """Nothing can be learned from this file. Mend it, or leave it out."""
