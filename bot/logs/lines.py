"""What the running bot writes down: lines for people or JSON objects, to standard error.

Every module logs with `logging.getLogger(__name__)`; this module decides how it looks. Promises: no token, password or
interaction key is ever in a line, not in an address and not in a traceback; what people wrote is not logged, so the
libraries that would quote it are kept quiet; a person appears as a short code that only this installation can compute.
`bound` puts the job and the person on every line that is logged inside it.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from structlog.types import Processor

from bot.logs.redaction import Redactor

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings

PERSON_CODE_CHARS = 10
FIELDS = ("job", "person", "platform", "command", "reference")  # what `extra=` and `bound` may put on a line

# These quote requests, updates or SQL parameters below the level given here.
_QUIET = {
    "PIL": logging.INFO,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpx2": logging.WARNING,  # fetches published weights; the addresses it is sent on to are signed
    "sqlalchemy": logging.WARNING,
}

_person_key = secrets.token_bytes(16)  # replaced by one that stays the same over restarts: see `open_logs`


def person_code(key: str) -> str:
    """A person as logs show them: the same person the same code, and no way back."""
    return hashlib.blake2b(key.encode(), key=_person_key).hexdigest()[:PERSON_CODE_CHARS]


@contextmanager
def bound(*, job: str | None = None, person: str | None = None, **fields: str) -> Iterator[None]:
    """Put these on every line logged inside, also by tasks started there. person: their key, logged as a code."""
    values = {**fields, "job": job, "person": person_code(person) if person is not None else None}
    with structlog.contextvars.bound_contextvars(
        **{name: value for name, value in values.items() if value is not None}
    ):
        yield


@contextmanager
def open_logs(
    settings: Settings,
    *,
    redactor: Redactor,
    quiet: Mapping[str, int],
    tokens: Sequence[str],
    stream: TextIO | None = None,
) -> Iterator[None]:
    """Log as the settings say until the end of the block; what was set up before comes back then.

    redactor: knows what is secret. quiet: more loggers, by the level from which on they may speak. tokens: what only
    this installation has; people's codes are made with them.
    """
    global _person_key
    levels = {**_QUIET, **quiet}
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(settings, redactor, colours=handler.stream.isatty()))
    root = logging.getLogger()
    before = (root.handlers[:], root.level, {name: logging.getLogger(name).level for name in levels}, _person_key)
    root.handlers[:], _person_key = [handler], _stable_key(tokens) or _person_key
    root.setLevel(settings.log_level.upper())
    for name, level in levels.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:], _person_key = before[0], before[3]
        root.setLevel(before[1])
        for name, level in before[2].items():
            logging.getLogger(name).setLevel(level)


def _stable_key(tokens: Sequence[str]) -> bytes | None:
    """A key that only this installation has."""
    return (
        hashlib.blake2b("\n".join(tokens).encode(), person=b"notabot log", digest_size=32).digest() if tokens else None
    )


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record and then takes out what is secret, wherever in the line it stands."""

    def __init__(self, settings: Settings, redactor: Redactor, *, colours: bool) -> None:
        super().__init__(
            foreign_pre_chain=_describing(),
            processors=[self.remove_processors_meta, *_rendering(settings, colours=colours)],
        )
        self._redact = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def _describing() -> Sequence[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(settings: Settings, *, colours: bool) -> Sequence[Processor]:
    if settings.log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=_describe)]
    # Not the pretty traceback: it shows the values of variables.
    return [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]


def _describe(value: Any) -> str:
    """What is no JSON, by its kind only: its text might hold anything."""
    return f"<{type(value).__name__}>"
