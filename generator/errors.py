"""Everything that can go wrong while a piece is composed.

GeneratorError
├── NotationError      text that is not the ABC we can read
├── UnknownStyle       words that name no style of the catalogue
├── NotAWish           words that ask for no piece: a greeting, a question, a name that is only near
├── BadRequest         a value outside what is possible
├── CheckpointError    weights that are missing, broken or not a NotaGen network
└── NoFreeSlot         more pieces at once than the engine has room for
"""

from collections.abc import Sequence

from config.errors import NotabotError


class GeneratorError(NotabotError):
    """A piece was not composed."""


class NotationError(GeneratorError):
    """Text that is not the ABC we can read.

    line: number of the line that could not be read, counted from 1; None if no single line is to blame.
    """

    line: int | None = None


class UnknownStyle(GeneratorError):
    """Words that name no style of the catalogue.

    words: what was asked for; suggestions: those styles of the catalogue that come close, best first.
    """

    def __init__(
        self, words: str = "", *, suggestions: Sequence[object] = (), reason: str = "", **values: object
    ) -> None:
        line = f"no style is called “{words}” ({reason or 'not known'})"
        super().__init__(line, reason=reason, words=words, suggestions=tuple(suggestions), **values)


class NotAWish(GeneratorError):
    """Words that ask for no piece.

    reason: greeting, thanks, farewell, again, nod, about, press, talk, near or stranger. Of a name that is only near:
    word, names, instead; of somebody whom we do not have: name, style.
    """


class BadRequest(GeneratorError):
    """A value outside what is possible."""


class CheckpointError(GeneratorError):
    """Weights that cannot be used."""

    is_for_operators = True


class NoFreeSlot(GeneratorError):
    """All slots of the engine are taken."""
