"""Whether the token is right and the bot may do what it needs: Discord is asked.

Not covered: permissions of single channels; the bot says so there when it meets one that is closed to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.asking import Unreachable, ask, not_reached, open_session, switched_off
from bot.platforms.spec import Finding
from config.settings import Settings

# What the bot does in a channel; their bits are those of Discord's documentation, "Permissions".
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}
# Connect, Speak and Send Voice Messages; where these are lacking the bot says so when somebody wants to hear something,
# or sends a file.
VOICE_PERMISSIONS = (1 << 20) | (1 << 21) | (1 << 46)
ADMINISTRATOR = 1 << 3
GUILDS_NAMED = 5


async def examine(settings: Settings) -> Sequence[Finding]:
    """The token, the application's switches, and the rights in every server."""
    if settings.discord_token is None:
        return [switched_off("discord", "NOTABOT_DISCORD_TOKEN")]
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    api = settings.discord_api_url
    async with open_session() as session:
        try:
            status, me = await ask(session, f"{api}/users/@me", headers)
            if status != 200:
                return [_refusal(status)]
            _, application = await ask(session, f"{api}/oauth2/applications/@me", headers)
            guilds_status, guilds = await ask(session, f"{api}/users/@me/guilds?limit=200", headers)
        except Unreachable as error:
            return [not_reached("discord", urlsplit(api).netloc, error)]
    return [
        *_identity(me, application),
        *(_guilds(guilds) if guilds_status == 200 else ()),
    ]


def _refusal(status: int) -> Finding:
    if status == 401:
        advice = "Copy the token again: discord.com/developers/applications, your application, Bot, Reset Token."
        return Finding("discord", "problem", "Discord refuses the token.", advice)
    return Finding(
        "discord", "problem", f"Discord answers with status {status}.", "Look at discordstatus.com, then again."
    )


def _identity(me: Mapping[str, Any], application: Mapping[str, Any]) -> Iterator[Finding]:
    invite = f"Invite: {invite_link(me, application)} (scopes bot and applications.commands)"
    needs = (
        f"It needs these rights: {', '.join(PERMISSIONS)}; and no privileged intent: all three switches may stay off."
    )
    yield Finding("discord", "ok", f"The token belongs to {me.get('username', '?')}.", f"{invite}. {needs}")
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
    return invitation_to(application.get("id") or me.get("id"))


def invitation_to(application: object) -> str:
    """The same by the application's number."""
    wanted = sum(PERMISSIONS.values()) | VOICE_PERMISSIONS
    query = f"client_id={application}&scope=bot+applications.commands&permissions={wanted}"
    return f"https://discord.com/oauth2/authorize?{query}"


def _guilds(guilds: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
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
