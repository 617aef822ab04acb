"""A tune as ABC."""

from renderers.score.abc.model import Tune


def write_abc(tune: Tune) -> str:
    """The whole text."""
    raise NotImplementedError(tune)
