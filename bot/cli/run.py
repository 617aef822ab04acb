"""`notabot run`: the bots."""

from __future__ import annotations

import asyncio

import typer


def run() -> None:
    """Serve Discord, Telegram or both, until Ctrl-C or SIGTERM.

    Needs a token in NOTABOT_DISCORD_TOKEN or NOTABOT_TELEGRAM_TOKEN, in the environment or in a file .env;
    .env.example describes all settings. Told to stop, it lets running pieces finish; told twice, it stops at once.

    [bold]Examples[/bold]

      notabot doctor

      notabot run

      NOTABOT_LOG_FORMAT=json notabot run 2>> notabot.jsonl
    """
    from config.settings import load_settings

    settings = load_settings()
    from bot.app import check_can_run, serve

    check_can_run(settings)
    code = asyncio.run(serve(settings))
    if code:
        raise typer.Exit(code)
