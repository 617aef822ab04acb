"""What a command may refuse, and why. Each class has a sentence of the same name in `bot/texts`.

BotError
├── NotAllowed         the operator's lists say no
├── AdminsOnly         a command for those who run the bot
├── NotHere            a server's rules let the bot speak elsewhere only
├── NotManager         a command for those who manage the server
├── NoServerHere       a command about a server, in a private talk
├── NotYourPiece       another person's piece cannot be deleted
├── KeptByManagers     a server's rules let only those who manage it delete pieces
├── NothingToUndo      a piece was made from no other
├── NotYourSweep       another person's sheet is not rated
├── NotTogether        a piece is open to others, but not to this person
├── NobodyHere         there is nobody else to whom a piece could be opened
├── NoSuchPerson       nobody is called so here
├── NotYourRequest     another person's request cannot be changed
├── NotYourButton      a question that another person was asked
├── NoSuchPiece        no piece has this id
├── NoOwnPiece         the person has none, and named none
├── PieceIsGone        the piece was deleted
├── FileIsGone         the piece is there, one of its files is not
├── FilesAgain         the person was sent the same files a moment ago
├── FilesQuota         the person was sent files very often lately
├── StaleButton        what a button stands for is no longer offered
├── NothingToCancel    the person has nothing in the queue
├── NotOrganiser       a challenge is for its organiser, and for those who manage the server
├── NoChallenge        there is none here that this could be about
├── WhichChallenge     there are several
├── ElsewhereChallenge it belongs to another server
├── NotAllowedIn       a piece is not what a challenge demands
├── NotYourEntry       somebody else's piece cannot be entered
├── NotToday           bars are guessed on their day
├── ElsewhereDuel, NotYourDuel   a duel belongs to another server; only who asked for it may unveil it early
├── NotShareable       a piece that not everybody may see, and that is somebody else's
├── MayNotSpeakThere, MayNotWriteThere   the bot, or whoever asks, may not write where a piece is to go
├── NotSharedByYou     somebody else shared it, and it is not theirs
├── NotReportable      a piece that is shown nowhere
├── NoFavourite        a piece that was none
├── NothingToShow      a server has no stars, or nothing to show
├── NoHallHere         there are no voice channels here
├── NothingToPlay      a list or a challenge has nothing to hear
├── NothingPlays       there is nothing to pause, skip or end
├── NotStarter         a chain is led by who began it, and by those who manage the server
├── NoChain, WhichChain, ElsewhereChain     none, several, or one of another server
├── BarsDoNotFit       bars cannot stand in a chain
├── OtherBars          the bars of a button are not those that were shown last
└── BadInput
    ├── UnknownCommand, MissingSubcommand
    ├── UnknownOption, NoOptions, MissingOption, RepeatedOption
    ├── NoValue            nothing stands behind an option's name
    ├── NotANumber, NotATruth, OutOfLimits, NotAChoice, TooLong
    ├── NotAPiece          a message that was pointed at shows none, and no score
    ├── NotWords           reason: what was sent in place of words or a score
    ├── TooLongHere        a server's rules allow shorter pieces only
    ├── NoTimeToSubscribe  it is not said when pieces are to come
    ├── NoSuchSubscription there is none with this id here
    ├── TooManySubscriptions    a chat has as many as it may have
    ├── NoSuchZone         what is given as a time zone is none
    ├── NoSuchChannel      what a server's rules should name is no channel or topic of it
    ├── NotATime           what was given is no moment, or none that could be
    ├── NotTwoPieces       a duel is between two
    ├── NotANote, NotAMotifHere   a demand that cannot be read
    ├── NowhereToShare     where a piece is to go is no place, or not said
    ├── ForbiddenWords     what was written holds a word of the server's own list
    ├── NotAWordHere       a word that is to be on that list, or off it, and cannot be
    ├── NoFile, NotAFile   a command about a file came without one, or with words instead
    └── NoSuchTarget   what an operator wanted to block is no id
"""

from __future__ import annotations

from bot.errors import BadInput, BotError


class NotAllowed(BotError):
    """The lists of people, servers and chats do not let somebody in."""


class AdminsOnly(BotError):
    """Somebody else's command."""


class NotHere(BotError):
    """names: of the channels or topics where the bot may speak."""


class NotManager(BotError):
    """The rules of a server are for those who manage it."""


class NoServerHere(BotError):
    """There is no server or group here that could have rules."""


class NotYourPiece(BotError):
    """Only whoever asked for a piece may delete it, or, where a server's rules say so, whoever manages the server."""


class NotYourEdit(BotError):
    """id: of an edit that somebody else asked for; only they keep it or undo it."""


class NothingToUndo(BotError):
    """id: of a piece that was made from no other."""


class NotYourSweep(BotError):
    """A contact sheet to which somebody else gives marks."""


class NotTogether(BotError):
    """id: of a piece on which several people work, of whom this is none."""


class NobodyHere(BotError):
    """Everybody here is nobody else, in a private talk."""


class NoSuchPerson(BotError):
    """name: of somebody who is not known here; names: of those who are."""


class KeptByManagers(BotError):
    """Whoever asked for this piece may not delete it in this server."""


class NoSuchPiece(BotError):
    """id: what was asked for."""


class NoOwnPiece(BotError):
    """The person has no piece, and named none. reason: waiting, with the id of the one that is still to come;
    enter, with words for one that a challenge asks for.
    """


class PieceIsGone(BotError):
    """id: of the deleted piece."""


class FileIsGone(BotError):
    """id: of the piece that has no such file (any more)."""


class FilesAgain(BotError):
    """The same files, a moment later. wait_s: until they are sent again."""


class FilesQuota(BotError):
    """limit: how often files are sent in an hour; wait_s: until the next."""


class StaleButton(BotError):
    """The catalogue no longer has what a button stands for."""


class NothingToCancel(BotError):
    """The person has nothing in the queue."""


class NotOrganiser(BotError):
    """A challenge is begun and changed by those who manage the server, and by whoever organises it."""


class NoChallenge(BotError):
    """There is none here that this could be about. reason: which kind was looked for."""


class WhichChallenge(BotError):
    """names: of those there are."""


class ElsewhereChallenge(BotError):
    """It belongs to another server or chat."""


class NotAllowedIn(BotError):
    """lines: each demand that the piece does not meet, in words."""


class NotYourEntry(BotError):
    """Only one's own pieces can be entered."""


class ElsewhereDuel(BotError):
    """It belongs to another server or chat; id."""


class NotYourDuel(BotError):
    """Only whoever asked for it, and those who manage the server, may unveil it early; id."""


class NotToday(BotError):
    """Bars are guessed on their day."""


class NotYourRequest(BotError):
    """Somebody else asked for this. Ask for a piece of your own."""


class NotYourButton(BotError):
    """A button that asks one person a question."""


class NotStarter(BotError):
    """Somebody else began the chain."""


class NoChain(BotError):
    """There is none here."""


class WhichChain(BotError):
    """names: the ids of those that are here."""


class ElsewhereChain(BotError):
    """It belongs to another server."""


class OtherBars(BotError):
    """The bars that a button would keep are not those that were shown last."""


class BarsDoNotFit(BotError):
    """lines: what does not fit, a line each."""


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


class NotAPiece(BadInput):
    """The message that somebody points at shows no piece of ours, and no score."""


class NotWords(BadInput):
    """A voice message, a photo, a sticker ... reason: which of these."""


class TooLongHere(BadInput):
    """value: bars that were asked for; limit: how many a server's rules allow."""


class NoSuchChannel(BadInput):
    """value: what was given in place of a channel or topic."""


class NotTwoPieces(BadInput):
    """value: what was given in place of two ids."""


class NoTimeToSubscribe(BadInput):
    """value: what was written."""


class NoSuchSubscription(BadInput):
    """id: what was given."""


class TooManySubscriptions(BotError):
    """limit: how many a chat may have."""


class NoSuchZone(BadInput):
    """value: what was given in place of a time zone."""


class NoFile(BadInput):
    """A command that is about a file came without one."""


class HeardAlready(BadInput):
    """What was hummed cannot be read in the way that a button asks for."""


class NotAFile(BadInput):
    """name: of the option that wants a file, where words were given."""


class NotATime(BadInput):
    """value: what was given; reason: what is wrong with it."""


class NotANote(BadInput):
    """value: what was given for a range."""


class NotAMotifHere(BadInput):
    """value: what was given."""


class NoSuchTarget(BadInput):
    """value: what was to be blocked or allowed."""


class NotShareable(BotError):
    """id: of a piece that only whoever asked for it may share there."""


class MayNotSpeakThere(BotError):
    """name: of the place where the bot may not speak."""


class MayNotWriteThere(BotError):
    """name: of the place where whoever asks may not write."""


class NotSharedByYou(BotError):
    """Only whoever shared a piece, or owns it, takes it back."""


class NotReportable(BotError):
    """id: of a piece that nobody else is shown here."""


class NoFavourite(BotError):
    """id: of a piece that was no favourite."""


class NothingToShow(BotError):
    """reason: what there is none of."""


class NoHallHere(BotError):
    """Music is played aloud in voice channels of Discord's servers only."""


class NothingToPlay(BotError):
    """reason: what holds nothing: a list's name, "not_yet", "no_entries", "taken_down"."""


class NothingPlays(BotError):
    """No music is played in any voice channel of the server."""


class NowhereToShare(BadInput):
    """value: what was given in place of a channel or chat; reason: what is wrong with it."""


class ForbiddenWords(BadInput):
    """What somebody wrote holds a word that the server does not want to read; which one is not said."""


class NotAWordHere(BadInput):
    """value: what was given; limit: how many words a list may have; reason: what is wrong with it."""
