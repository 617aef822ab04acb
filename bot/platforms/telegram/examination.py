"""Whether the token is right and the bot may do what it needs: Telegram is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.asking import Unreachable, ask, not_reached, open_session, switched_off
from bot.platforms.spec import Finding
from config.settings import Settings


async def examine(settings: Settings) -> Sequence[Finding]:
    """The token, a webhook that would keep messages away, and the privacy mode."""
    if settings.telegram_token is None:
        return [switched_off("telegram", "NOTABOT_TELEGRAM_TOKEN")]
    bot_url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}"
    async with open_session() as session:
        try:
            status, me = await ask(session, f"{bot_url}/getMe")
            if status != 200:
                return [_refusal(status)]
            _, webhook = await ask(session, f"{bot_url}/getWebhookInfo")
        except Unreachable as error:
            return [not_reached("telegram", urlsplit(settings.telegram_api_url).netloc, error)]
    return [*_identity(me.get("result") or {}), *_webhook(webhook.get("result") or {})]


def _refusal(status: int) -> Finding:
    if status in (401, 404):
        advice = "Copy the token again from @BotFather: /mybots, your bot, API Token."
        return Finding("telegram", "problem", "Telegram refuses the token.", advice)
    return Finding("telegram", "problem", f"Telegram answers with status {status}.", "Look again in a few minutes.")


def _identity(me: Mapping[str, Any]) -> Iterator[Finding]:
    name = me.get("username", "?")
    invite = f"Invite: https://t.me/{name}?startgroup=new"
    needs = "It needs no administrator's rights in groups, and privacy mode may stay on; in channels it needs to post."
    yield Finding("telegram", "ok", f"The token belongs to @{name}.", f"{invite} . {needs}")
    if me.get("can_join_groups") is False:
        yield Finding(
            "telegram",
            "warning",
            "It cannot be added to groups.",
            "@BotFather: /setjoingroups, Enable, if you want that.",
        )
    if not me.get("supports_inline_queries"):
        yield Finding(
            "telegram",
            "ok",
            "Inline mode is off: nobody can write its name in another chat to post a piece there.",
            "@BotFather: /setinline, if you want that.",
        )
    if me.get("can_read_all_group_messages"):
        yield Finding(
            "telegram",
            "warning",
            "Privacy mode is off: Telegram sends the bot everything that is said in its groups, which it ignores.",
            "@BotFather: /setprivacy, Enable; then remove the bot from its groups and add it again.",
        )


def _webhook(webhook: Mapping[str, Any]) -> Iterator[Finding]:
    if webhook.get("url"):
        yield Finding(
            "telegram",
            "warning",
            f"Messages go to a webhook at {urlsplit(webhook['url']).hostname}.",
            "`notabot run` removes it. If another program uses this token, make a bot of your own with @BotFather.",
        )
