"""Why a request is not taken, or a job cannot be changed.

JobsError
├── Refused             a new request is not taken; nothing was written
│   ├── QueueFull       too many wait
│   ├── TooManyWaiting  this person's earlier requests come first
│   ├── DailyQuota      this person or guild had its share of today
│   ├── CoolDown        this person asked a moment ago
│   └── Draining        the program is about to stop
├── NoSuchJob           nobody knows this job
├── NotYours            somebody else asked for it
├── AlreadyFinished     too late to cancel
├── NotGuessedYet, ToldAlready   of the day's bars; others are told once
├── NoSuchDuel, DuelOver   nobody knows this duel; it has been unveiled
├── NoSuchChallenge     nobody knows this challenge
├── AnotherStage        what was asked for does not go with its stage
├── WrongTimes          its times would not come one after the other
├── NoEntriesNow, NoMoreEntries, AlreadyEntered     a piece is not taken
├── NoSuchEntry         there is no such entry (any more), or it is somebody else's
├── NoVotesNow, OwnEntry, WrongBallot               a vote is not taken
├── NotShownHere        a piece was taken down there, and may not be shown again
├── SharedAlready       it stands in that chat
├── TooManyShares, TooManyReports   this person has shared, or reported, very often lately
├── ReportedAlready     this person has reported it there
├── NoSuchChain         nobody knows this chain
├── WrongStage          it does not take players, or bars, now
├── AlreadyPlays, ChainIsFull                       somebody cannot join
├── NotYourTurn         somebody else writes, or the turn is over
└── AnotherProcess      this data folder is in use by another process

The attributes hold what the sentence about it needs (`bot/texts`, under the name of the class).
"""

from __future__ import annotations

from bot.errors import BotError


class JobsError(BotError):
    """The job cannot be changed."""


class Refused(JobsError):
    """The request cannot be taken now."""


class QueueFull(Refused):
    """Too many people wait. wait_s: until there is room again, a guess."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s=wait_s)


class TooManyWaiting(Refused):
    """The person has as many pieces on their way as one may have. limit: how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class DailyQuota(Refused):
    """The pieces of a day are used up. limit: how many; guild: the server's; wait_s: until the next."""

    def __init__(self, limit: int, *, guild: bool, wait_s: float) -> None:
        super().__init__(limit=limit, guild=guild, wait_s=wait_s)


class CoolDown(Refused):
    """The person has just asked. wait_s: until they may again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s=wait_s)


class Draining(Refused):
    """The program is about to stop."""


class NoSuchJob(JobsError):
    """Nobody knows this job."""


class NotYours(JobsError):
    """Somebody else asked for this job."""


class AlreadyFinished(JobsError):
    """Too late to cancel."""


class NoSuchChallenge(JobsError):
    """id: what was asked for."""


class AnotherStage(JobsError):
    """stage: the one it is in; id."""

    def __init__(self, *, stage: str, id: str) -> None:  # noqa: A002
        super().__init__(reason=stage, id=id)


class WrongTimes(JobsError):
    """reason: what is wrong with them."""


class NoEntriesNow(JobsError):
    """reason: when they are taken; id."""


class NoMoreEntries(JobsError):
    """limit: how many a person may have."""


class AlreadyEntered(JobsError):
    """id: of the piece."""


class NoSuchEntry(JobsError):
    """number, id: of the challenge."""


class NoVotesNow(JobsError):
    """reason: when they are taken; id."""


class OwnEntry(JobsError):
    """Nobody votes for themselves."""


class WrongBallot(JobsError):
    """What was chosen does not go with the way in which this challenge is voted on."""


class NoSuchDuel(JobsError):
    """id: what was asked for."""


class DuelOver(JobsError):
    """It has been unveiled; id."""


class NotGuessedYet(JobsError):
    """Something comes first that this person has not guessed."""


class ToldAlready(JobsError):
    """Others are told once a day."""


class NoSuchChain(JobsError):
    """id: what was asked for."""


class WrongStage(JobsError):
    """reason: the stage the chain is in; id."""


class AlreadyPlays(JobsError):
    """Nobody joins a chain twice."""


class ChainIsFull(JobsError):
    """As many play as were wanted."""


class NotYourTurn(JobsError):
    """reason: "turn" for somebody who plays, "stranger" for somebody who does not."""


class AnotherProcess(JobsError):
    """The data folder, or the database, is in use by another process."""

    is_for_operators = True


class NotShownHere(JobsError):
    """Those who manage a server have taken a piece down. why: their reason."""


class SharedAlready(JobsError):
    """A piece stands in that chat."""


class TooManyShares(JobsError):
    """limit: how many somebody may share in an hour."""


class TooManyReports(JobsError):
    """limit: how many somebody may make in a day."""


class ReportedAlready(JobsError):
    """Once is enough. id: of the piece."""
