"""What jobs need of others, and what others may put in their place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Reply
from bot.making.files import Piece
from bot.making.post import Post
from bot.making.task import Task
from bot.store import PieceView
from bot.store.jobs import JobView
from bot.texts import Language
from generator.request import Progress


class Maker(Protocol):
    """Makes pieces, as many at a time as it is asked for."""

    async def make(
        self,
        job: str,
        task: Task,
        *,
        language: Language,
        on_progress: Callable[[Progress], None],
        on_step: Callable[[str], None],
    ) -> Piece:
        """Make what the task says, a piece whose id is that of the job; it can be cancelled at any moment.

        language: of whoever asked. on_progress hears of every bar, on_step when rendering begins and of
        what is known then: `percent`, `page` (`bot.making.workshop`).

        Raises GeneratorError, RenderError, BotError.
        """


class Announcer(Protocol):
    """What a job looks like in a chat, in the language of the job."""

    def waiting(self, job: JobView, *, place: int, expected_s: float | None) -> Reply:
        """Accepted, and waiting."""

    def progress(self, job: JobView, *, bar: int, bars: int, remaining_s: float | None) -> Reply:
        """Being composed."""

    def rendering(
        self,
        job: JobView,
        *,
        remaining_s: float | None = None,
        percent: int | None = None,
        page: bytes | None = None,
    ) -> Reply:
        """Composed, and being rendered; also what is shown while a finished piece is on its way.

        percent: how much is made of what takes long. page: the first one as a PNG, before all else is there.
        """

    def result(self, job: JobView, piece: PieceView, paths: Callable[[str], Path], *, in_doubt: bool = False) -> Reply:
        """The piece. paths: sha256 → where the file lies. in_doubt: one of its messages may be missing."""

    def failed(self, job: JobView) -> Reply:
        """From job.error and job.detail: a sentence with a next step."""

    def cancelled(self, job: JobView) -> Reply:
        """Cancelled before it was finished."""


class Poster(Protocol):
    """What messages say that nobody waits for."""

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now; None where there is nothing to tell any more. Raises StoreError."""

    def admission(self, post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """The same where something that follows it may be missing; not is_there: a word in its place, where it may be
        missing itself, and must not come twice.
        """


Handler = Callable[[str], Awaitable[None]]


class Dispatcher(Protocol):
    """Decides when which job is handled. The tables are the truth; a dispatcher only dispatches."""

    async def enqueue(self, connection: AsyncConnection, job: str) -> None:
        """Within the transaction that writes the job down."""

    def wake(self) -> None:
        """Something has changed: a job was committed, or starting is allowed again."""

    async def run(self, slots: int, handler: Handler) -> None:
        """Handle jobs, `slots` at a time, until cancelled."""

    def cancel(self, job: str) -> None:
        """Stop handling this job, if it is being handled."""

    def running(self) -> int:
        """How many are being handled."""
