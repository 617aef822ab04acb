"""What a command may refuse, and why. Each class has a sentence of the same name in `bot/texts`.

BotError
├── NotAllowed         the operator's lists say no
├── AdminsOnly         a command for those who run the bot
├── NotYourPiece       another person's piece cannot be deleted
├── NotYourButton      a question that another person was asked
├── NoSuchPiece        no piece has this id
├── PieceIsGone        the piece was deleted
├── FileIsGone         the piece is there, one of its files is not
├── StaleButton        what a button stands for is no longer offered
├── NothingToCancel    the person has nothing in the queue
└── BadInput
    ├── UnknownCommand, MissingSubcommand
    ├── UnknownOption, NoOptions, MissingOption, RepeatedOption
    ├── NotANumber, NotATruth, OutOfLimits, NotAChoice, TooLong
    ├── ImpossibleKey, ImpossibleMetre
    └── NoSuchTarget   what an operator wanted to block is no id
"""

from __future__ import annotations

from typing import Any

from bot.errors import BadInput, BotError
from bot.texts import say


class Worded(BotError):
    """Gives an error the sentence of its class, with the values it is raised with."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)
        Exception.__init__(self, say(f"error.{type(self).__name__}", "en", **values))


class NotAllowed(Worded):
    """The lists of people, servers and chats do not let somebody in."""


class AdminsOnly(Worded):
    """Somebody else's command."""


class NotYourPiece(Worded):
    """Only whoever asked for a piece may delete it."""


class NoSuchPiece(Worded):
    """id: what was asked for."""


class PieceIsGone(Worded):
    """id: of the deleted piece."""


class FileIsGone(Worded):
    """id: of the piece that has no such file (any more)."""


class StaleButton(Worded):
    """The catalogue no longer has what a button stands for."""


class NothingToCancel(Worded):
    """The person has nothing in the queue."""


class NotYourButton(Worded):
    """A button that asks one person a question."""


class UnknownCommand(Worded, BadInput):
    """name: what was typed."""


class MissingSubcommand(Worded, BadInput):
    """command, names: its subcommands."""


class UnknownOption(Worded, BadInput):
    """name, names: those there are."""


class NoOptions(Worded, BadInput):
    """name: what was written behind a command that stands alone."""


class MissingOption(Worded, BadInput):
    """name."""


class RepeatedOption(Worded, BadInput):
    """name."""


class NotANumber(Worded, BadInput):
    """name, value."""


class NotATruth(Worded, BadInput):
    """name, value."""


class OutOfLimits(Worded, BadInput):
    """name, value, low, high."""


class NotAChoice(Worded, BadInput):
    """name, value, names: those there are."""


class TooLong(Worded, BadInput):
    """name; n: how many characters there may be."""


class ImpossibleKey(Worded, BadInput):
    """value; message: what the generator says about it."""


class ImpossibleMetre(Worded, BadInput):
    """value; message: what the generator says about it."""


class NoSuchTarget(Worded, BadInput):
    """value: what was to be blocked or allowed."""
