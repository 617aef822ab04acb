"""What a command may refuse, and why. Each class has a sentence of the same name in `bot/texts`.

BotError
├── NotAllowed         the operator's lists say no
├── AdminsOnly         a command for those who run the bot
├── NotYourPiece       another person's piece cannot be deleted
├── NotYourButton      a question that another person was asked
├── NoSuchPiece        no piece has this id
├── NoOwnPiece         the person has none, and named none
├── PieceIsGone        the piece was deleted
├── FileIsGone         the piece is there, one of its files is not
├── StaleButton        what a button stands for is no longer offered
├── NothingToCancel    the person has nothing in the queue
└── BadInput
    ├── UnknownCommand, MissingSubcommand
    ├── UnknownOption, NoOptions, MissingOption, RepeatedOption
    ├── NoValue            nothing stands behind an option's name
    ├── NotANumber, NotATruth, OutOfLimits, NotAChoice, TooLong
    ├── NoFile, NotAFile   a command about a file came without one, or with words instead
    └── NoSuchTarget   what an operator wanted to block is no id
"""

from __future__ import annotations

from bot.errors import BadInput, BotError


class NotAllowed(BotError):
    """The lists of people, servers and chats do not let somebody in."""


class AdminsOnly(BotError):
    """Somebody else's command."""


class NotYourPiece(BotError):
    """Only whoever asked for a piece may delete it."""


class NoSuchPiece(BotError):
    """id: what was asked for."""


class NoOwnPiece(BotError):
    """The person has no piece, and named none."""


class PieceIsGone(BotError):
    """id: of the deleted piece."""


class FileIsGone(BotError):
    """id: of the piece that has no such file (any more)."""


class StaleButton(BotError):
    """The catalogue no longer has what a button stands for."""


class NothingToCancel(BotError):
    """The person has nothing in the queue."""


class NotYourButton(BotError):
    """A button that asks one person a question."""


class UnknownCommand(BadInput):
    """name: what was typed."""


class MissingSubcommand(BadInput):
    """command, names: its subcommands."""


class UnknownOption(BadInput):
    """name, names: those there are."""


class NoOptions(BadInput):
    """name: what was written behind a command that stands alone."""


class MissingOption(BadInput):
    """name."""


class RepeatedOption(BadInput):
    """name."""


class NoValue(BadInput):
    """name: of an option behind which nothing stands."""


class NotANumber(BadInput):
    """name, value; example: a number that would do."""


class NotATruth(BadInput):
    """name, value."""


class OutOfLimits(BadInput):
    """name, value, low, high."""


class NotAChoice(BadInput):
    """name, value, names: those there are."""


class TooLong(BadInput):
    """name; n: how many characters there may be."""


class NoFile(BadInput):
    """A command that is about a file came without one."""


class NotAFile(BadInput):
    """name: of the option that wants a file, where words were given."""


class NoSuchTarget(BadInput):
    """value: what was to be blocked or allowed."""
