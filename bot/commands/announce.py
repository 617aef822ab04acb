"""What a job looks like in a chat, from "accepted" to the piece, in the language of the job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.chat.messages import Attachment, Reply
from bot.commands.access import scope_of
from bot.commands.requests import cancel_row, waiting_reply
from bot.commands.showing import result_reply
from bot.commands.wording import Facts, progress_bar
from bot.making.compose import Compose
from bot.store import PieceView
from bot.store.jobs import JobView
from bot.texts import Language, clean, duration, has_text, say
from config.settings import Settings
from generator.catalogue.catalogue import Catalogue

MAX_DETAIL_CHARS = 500
SOON_S = 2.0
MAX_NAME_CHARS = 40
FIRST_PAGE = "first_page.png"  # no name of a piece's file: by those a result is found that may have arrived


class Announcer:
    """Looks nothing up: all it says is in its arguments. is_open: whether a challenge takes pieces in such a scope."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, *, is_open: Callable[[str], bool] = lambda _scope: False
    ) -> None:
        self._settings, self._catalogue, self._is_open = settings, catalogue, is_open

    def waiting(self, job: JobView, *, place: int, expected_s: float | None) -> Reply:
        """Accepted, and waiting."""
        can_change = isinstance(job.task, Compose)
        return waiting_reply(
            job.id, self._card(job), job.language, place=place, expected_s=expected_s, can_change=can_change
        )

    def progress(self, job: JobView, *, bar: int, bars: int, remaining_s: float | None) -> Reply:
        """How many bars are composed, as words and as a bar, and the expected time."""
        language = job.language
        where = say("status.bar", language, bar=bar, bars=bars) if bar else say("status.begun", language)
        line = f"{progress_bar(bar, bars)} {where}"
        if remaining_s is not None:
            line += " · " + _left(remaining_s, language)
        return self._status(job, say("status.composing", language), line)

    def rendering(
        self,
        job: JobView,
        *,
        remaining_s: float | None = None,
        percent: int | None = None,
        page: bytes | None = None,
    ) -> Reply:
        """Composed, and being rendered; of what takes long, how much of it is made. page: shown, as soon as it is."""
        if percent is not None:
            made = say("status.made", job.language, percent=percent)
            return self._status(job, say("status.filming", job.language), f"{progress_bar(percent, 100)} {made}")
        line = f"{progress_bar(1, 1)} {_left(remaining_s or 0.0, job.language)}"
        if page is None:
            return self._status(job, say("status.rendering", job.language), line)
        picture = Attachment(FIRST_PAGE, "picture", data=page, description=self._what(job))
        return replace(self._status(job, say("status.playing", job.language), line), attachments=(picture,))

    def result(self, job: JobView, piece: PieceView, paths: Callable[[str], Path], *, in_doubt: bool = False) -> Reply:
        """The piece. in_doubt: one of its messages may be missing, which is said."""
        facts = Facts(piece.record, self._catalogue)
        pdf = job.showing.pages == "pdf"
        note = say("result.doubtful", job.language) if in_doubt else ""
        asker = clean(job.address.name or "", limit=MAX_NAME_CHARS)
        can_enter = self._is_open(scope_of(job.address))
        return result_reply(
            facts,
            piece,
            paths,
            job.language,
            note=note,
            asker=asker,
            can_enter=can_enter,
            pdf=pdf,
            audio=job.showing.audio,
        )

    def failed(self, job: JobView) -> Reply:
        """What went wrong and what to do.

        job.error is the key of a text, in which job.detail may stand as sentence or reference number.
        """
        key = job.error if job.error is not None and has_text(job.error) else "error.unexpected"
        detail = clean(job.detail or "?", limit=MAX_DETAIL_CHARS)
        sentence = say(key, job.language, reference=detail, sentence=detail, message=detail)
        return Reply(f"{self._what(job)}\n{sentence}", title=say("status.failed", job.language), language=job.language)

    def cancelled(self, job: JobView) -> Reply:
        """Cancelled before it was finished."""
        return Reply(self._what(job), title=say("status.cancelled", job.language), language=job.language)

    def _status(self, job: JobView, title: str, line: str) -> Reply:
        buttons = (cancel_row(job.id, job.language),)
        return Reply(f"{self._card(job)}\n{line}", title=title, buttons=buttons, language=job.language)

    def _card(self, job: JobView) -> str:
        return job.task.card(self._catalogue, job.language)

    def _what(self, job: JobView) -> str:
        return job.task.describe(self._catalogue, job.language)


def _left(seconds: float, language: Language) -> str:
    if seconds <= SOON_S:
        return say("status.soon", language)
    return say("status.left", language, time=duration(seconds, language))
