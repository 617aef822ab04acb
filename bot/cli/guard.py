"""The border of the command line: every way a command can end becomes an exit code and, if need be, one sentence.

With `--json` the sentence is also printed to standard output as `{"error": "..."}`, so that a program that reads the
results learns of the failure in the same place.
"""

from __future__ import annotations

import errno
import json
import logging
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console
from typer.exceptions import Abort, TyperException

from bot import texts
from bot.cli.app import app
from bot.errors import CannotWrite

EXIT_DONE = 0
EXIT_UNEXPECTED = 1
EXIT_FIXABLE = 2
EXIT_STOPPED = 130

log = logging.getLogger(__name__)


def main() -> None:
    """The entry point of the console command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Never raises, apart from SystemExit on a broken pipe."""
    _stop_on_sigterm()
    wants_json = "--json" in arguments
    try:
        code: int = app(list(arguments), prog_name="notabot", standalone_mode=False) or EXIT_DONE
        if code != EXIT_STOPPED:  # typer has made Ctrl-C into that code
            return code
        return _complain(texts.STOPPED, code=EXIT_STOPPED, wants_json=wants_json)
    except (KeyboardInterrupt, Abort):
        return _complain(texts.STOPPED, code=EXIT_STOPPED, wants_json=wants_json)
    except TyperException as error:  # an unknown option, a missing argument, "abc" where a number belongs
        return _complain(_usage_sentence(error), code=EXIT_FIXABLE, wants_json=wants_json)
    except Exception as error:
        sentence = texts.explain(_known(error), at_shell=True)
        if sentence is not None:
            log.debug("refused: %s", type(error).__name__, exc_info=error)  # `train` shows what is logged as info
            return _complain(sentence, code=EXIT_FIXABLE, wants_json=wants_json)
        return _complain(_log_unexpected(error), code=EXIT_UNEXPECTED, wants_json=wants_json)


def _known(error: Exception) -> Exception:
    """What is printed on a full disk is told like other files that cannot be written; those have said so already."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotWrite(reason="printed")
    return error


def _usage_sentence(error: TyperException) -> str:
    """What typer says, without pydantic's "Value error," and with the command that helps; nothing for no command."""
    sentence = error.format_message().replace("Value error, ", "").strip()
    context = getattr(error, "ctx", None)
    if not sentence or context is None:
        return sentence
    return f"{sentence.rstrip('.?')}{'?' if sentence.endswith('?') else '.'} See `{context.command_path} --help`."


def _complain(sentence: str, *, code: int, wants_json: bool) -> int:
    if not sentence:  # `notabot` alone: typer has shown the help
        return code
    if wants_json:
        print(json.dumps({"error": sentence}, ensure_ascii=False))  # noqa: T201
    Console(stderr=True).print(sentence, style="red", highlight=False, markup=False, emoji=False, soft_wrap=True)
    return code


def _log_unexpected(error: Exception) -> str:
    """Append the traceback to the log file; return the line with the reference number that finds it there."""
    reference = secrets.token_hex(3)
    path = _log_path()
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(_RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    record = logging.LogRecord(
        __name__, logging.ERROR, __file__, 0, "reference %s", (reference,), (type(error), error, error.__traceback__)
    )
    handler.handle(record)
    handler.close()
    return texts.UNEXPECTED.format(reference=reference, log=path)


class _RedactingFormatter(logging.Formatter):
    """A traceback may quote an address with a token in it."""

    def format(self, record: logging.LogRecord) -> str:
        return _redacted(super().format(record))


def _redacted(text: str) -> str:
    from bot.platforms.discretion import redactor_of
    from config.settings import load_settings

    try:
        redact = redactor_of(load_settings())
    except Exception:  # the settings themselves may be what is broken: what looks like a token is still taken out
        redact = redactor_of(None)
    return redact(text)


def _log_path() -> Path:
    """In the data folder where there is one that can be written to, else in the system's temporary folder."""
    try:
        from config.settings import load_settings

        folder = load_settings().data_dir
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder / "notabot.log"
    except Exception:  # the settings themselves may be what is broken
        return Path(tempfile.gettempdir()) / "notabot.log"


def _stop_on_sigterm() -> None:
    """`kill` and `docker stop` end a command as Ctrl-C does: by unwinding, so that nothing half-written stays."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a script, a shell makes it so
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
