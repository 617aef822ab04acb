"""What the platforms bring along for the logs: their secrets, what looks like one, and the libraries to keep quiet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bot.logs.lines import open_logs
from bot.logs.redaction import Redactor
from bot.platforms import PLATFORMS
from config.settings import Settings


def redactor_of(settings: Settings | None) -> Redactor:
    """That knows every secret of the settings and of the platforms. None: only what secrets look like."""
    shapes = [shape for spec in PLATFORMS for shape in spec.secret_shapes]
    if settings is None:
        return Redactor(shapes=shapes)
    return Redactor.of(settings, shapes=shapes, more=[secret for spec in PLATFORMS for secret in spec.secrets()])


@contextmanager
def open_discreet_logs(settings: Settings, *, stream: TextIO | None = None) -> Iterator[None]:
    """The logs, as discreet as the platforms need them."""
    quiet = {logger: level for spec in PLATFORMS for logger, level in spec.quiet.items()}
    with open_logs(settings, redactor=redactor_of(settings), quiet=quiet, tokens=_tokens(settings), stream=stream):
        yield


def _tokens(settings: Settings) -> list[str]:
    return [token for spec in PLATFORMS if (token := spec.token(settings)) is not None]
