"""The `notabot` command, also as `python -m bot`. Who stops it while it still starts sees no traceback either."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """The entry point. All else is imported within it, which takes a second or two on a busy machine."""
    try:
        from bot.cli import main as guarded
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from bot.texts import STOPPED

        print(STOPPED, file=sys.stderr)  # noqa: T201
        sys.exit(130)
    guarded()


if __name__ == "__main__":
    main()
