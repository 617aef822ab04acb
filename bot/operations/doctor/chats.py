"""The tokens are right, and the bots may do what they need: the platforms are asked.

Not covered: permissions of single channels; the bot says so there when it meets one that is closed to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.operations.doctor.findings import Finding
from config.settings import Settings

TIME_LIMIT_S = 15.0

# What the bot does in a channel; their bits are those of Discord's documentation, "Permissions".
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}
ADMINISTRATOR = 1 << 3
GUILDS_NAMED = 5

Answer = tuple[int, Any]


class _Unreachable(Exception):
    """The platform gave no answer that can be read."""


async def _ask(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Status and JSON. Raises _Unreachable with the kind of failure."""
    try:
        async with session.get(url, headers=headers) as response:
            return response.status, await response.json(content_type=None)
    except TimeoutError as error:
        raise _Unreachable(f"no answer within {TIME_LIMIT_S:g} s") from error
    except aiohttp.ClientError as error:  # its text would hold the address, and Telegram's holds the token
        reason = getattr(error, "os_error", None)
        raise _Unreachable(str(getattr(reason, "strerror", None) or type(error).__name__)) from error
    except ValueError as error:
        raise _Unreachable("the answer is no JSON") from error


def _session() -> aiohttp.ClientSession:
    # trust_env: through the same proxy as everything else on the machine
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIME_LIMIT_S), trust_env=True)


def _not_reached(about: str, host: str, why: object) -> Finding:
    return Finding(
        about,
        "problem",
        f"{host} could not be reached: {why}. So nothing is known about the token.",
        "Look at the network, a proxy or a firewall, and look again.",
    )


# --- Discord ---------------------------------------------------------------------------------------------------------


async def check_discord(settings: Settings) -> Sequence[Finding]:
    """The token, the application's switches, and the rights in every server."""
    if settings.discord_token is None:
        return [Finding("discord", "ok", "Switched off: there is no NOTABOT_DISCORD_TOKEN.")]
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    api = settings.discord_api_url
    async with _session() as session:
        try:
            status, me = await _ask(session, f"{api}/users/@me", headers)
            if status != 200:
                return [_discord_refusal(status)]
            _, application = await _ask(session, f"{api}/oauth2/applications/@me", headers)
            guilds_status, guilds = await _ask(session, f"{api}/users/@me/guilds?limit=200", headers)
        except _Unreachable as error:
            return [_not_reached("discord", urlsplit(api).netloc, error)]
    return [
        *_discord_identity(me, application),
        *(_discord_guilds(guilds) if guilds_status == 200 else ()),
    ]


def _discord_refusal(status: int) -> Finding:
    if status == 401:
        advice = "Copy the token again: discord.com/developers/applications, your application, Bot, Reset Token."
        return Finding("discord", "problem", "Discord refuses the token.", advice)
    return Finding(
        "discord", "problem", f"Discord answers with status {status}.", "Look at discordstatus.com, then again."
    )


def _discord_identity(me: Mapping[str, Any], application: Mapping[str, Any]) -> Iterator[Finding]:
    yield Finding(
        "discord", "ok", f"The token belongs to {me.get('username', '?')}.", f"Invite: {invite_link(me, application)}"
    )
    if application.get("bot_require_code_grant"):
        yield Finding(
            "discord",
            "problem",
            "The application requires an OAuth2 code grant, so nobody can invite it.",
            "Switch that off on the page Bot of the application.",
        )
    if application.get("bot_public") is False:
        yield Finding("discord", "ok", "The bot is not public: only you can invite it.")


def invite_link(me: Mapping[str, Any], application: Mapping[str, Any]) -> str:
    """Where somebody adds the bot to a server, with the rights it needs and no more."""
    client = application.get("id") or me.get("id")
    wanted = sum(PERMISSIONS.values())
    return (
        f"https://discord.com/oauth2/authorize?client_id={client}&scope=bot+applications.commands&permissions={wanted}"
    )


def _discord_guilds(guilds: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    if not guilds:
        yield Finding("discord", "warning", "The bot is in no server yet.", "Open the invite link above.")
        return
    lacking = {str(guild.get("name", "?")): names for guild in guilds if (names := missing_permissions(guild))}
    for name, names in list(lacking.items())[:GUILDS_NAMED]:
        yield Finding(
            "discord",
            "warning",
            f"In “{name}” the bot lacks: {', '.join(names)}.",
            "Give these to its role there, or invite it again with the link above.",
        )
    if len(lacking) > GUILDS_NAMED:
        yield Finding("discord", "warning", f"It lacks rights in {len(lacking) - GUILDS_NAMED} more servers.")
    yield Finding("discord", "ok", f"It is in {len(guilds)} server{'' if len(guilds) == 1 else 's'}.")


def missing_permissions(guild: Mapping[str, Any]) -> list[str]:
    """What the bot needs and does not have in a server, by Discord's names."""
    granted = int(guild.get("permissions", 0))
    if granted & ADMINISTRATOR:
        return []
    return [name for name, bit in PERMISSIONS.items() if not granted & bit]


# --- Telegram --------------------------------------------------------------------------------------------------------


async def check_telegram(settings: Settings) -> Sequence[Finding]:
    """The token, a webhook that would keep messages away, and the privacy mode."""
    if settings.telegram_token is None:
        return [Finding("telegram", "ok", "Switched off: there is no NOTABOT_TELEGRAM_TOKEN.")]
    bot_url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}"
    async with _session() as session:
        try:
            status, me = await _ask(session, f"{bot_url}/getMe")
            if status != 200:
                return [_telegram_refusal(status)]
            _, webhook = await _ask(session, f"{bot_url}/getWebhookInfo")
        except _Unreachable as error:
            return [_not_reached("telegram", urlsplit(settings.telegram_api_url).netloc, error)]
    return [*_telegram_identity(me.get("result") or {}), *_telegram_webhook(webhook.get("result") or {})]


def _telegram_refusal(status: int) -> Finding:
    if status in (401, 404):
        advice = "Copy the token again from @BotFather: /mybots, your bot, API Token."
        return Finding("telegram", "problem", "Telegram refuses the token.", advice)
    return Finding("telegram", "problem", f"Telegram answers with status {status}.", "Look again in a few minutes.")


def _telegram_identity(me: Mapping[str, Any]) -> Iterator[Finding]:
    yield Finding("telegram", "ok", f"The token belongs to @{me.get('username', '?')}.")
    if me.get("can_join_groups") is False:
        yield Finding(
            "telegram",
            "warning",
            "It cannot be added to groups.",
            "@BotFather: /setjoingroups, Enable, if you want that.",
        )
    if me.get("can_read_all_group_messages"):
        yield Finding(
            "telegram",
            "warning",
            "Privacy mode is off: Telegram sends the bot everything that is said in its groups, which it ignores.",
            "@BotFather: /setprivacy, Enable; then remove the bot from its groups and add it again.",
        )


def _telegram_webhook(webhook: Mapping[str, Any]) -> Iterator[Finding]:
    if webhook.get("url"):
        yield Finding(
            "telegram",
            "warning",
            f"Messages go to a webhook at {urlsplit(webhook['url']).hostname}.",
            "`notabot run` removes it. If another program uses this token, make a bot of your own with @BotFather.",
        )
