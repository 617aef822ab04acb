"""Everything that can go wrong while a piece is composed.

GeneratorError
├── NotationError      text that is not the ABC we can read
├── UnknownStyle       words that name no style of the catalogue
├── BadRequest         a value outside what is possible
├── CheckpointError    weights that are missing, broken or not a NotaGen network
└── NoFreeSlot         more pieces at once than the engine has room for
"""

from collections.abc import Sequence

from config.errors import NotabotError


class GeneratorError(NotabotError):
    """The piece could not be composed. Try again with another seed."""


class NotationError(GeneratorError):
    """The text is not ABC that can be read. Check the tune header and the barlines.

    line: number of the line that could not be read, counted from 1; None if no single line is to blame.
    """

    line: int | None = None


class UnknownStyle(GeneratorError):
    """No style is called that. Ask for the list of styles.

    words: what was asked for; suggestions: those styles of the catalogue that come close, best first.
    """

    def __init__(
        self, words: str = "", *, suggestions: Sequence[object] = (), reason: str = "", **values: object
    ) -> None:
        line = f"no style is called “{words}” ({reason or 'not known'})"
        super().__init__(line, reason=reason, words=words, suggestions=tuple(suggestions), **values)


class BadRequest(GeneratorError):
    """One of the values is outside what is possible. Check number of bars, key, metre and tempo."""


class CheckpointError(GeneratorError):
    """The weights cannot be used. Check the path, or leave it out to use the model that ships."""


class NoFreeSlot(GeneratorError):
    """All places for pieces in work are taken. Wait until one is finished."""
