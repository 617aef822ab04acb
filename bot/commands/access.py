"""Who may use the bot, and who runs it.

A rule that an operator set in the chat wins over the lists of the settings. Whoever is blocked, or is in a blocked
server or chat, is refused. Where the settings have any allow-list, one of person, server and chat must be allowed.
Operators are always let in, so that nobody locks themselves out.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.messages import Address, Person
from bot.commands.command import Context, Services
from bot.commands.errors import NotAllowed, NotHere
from bot.store.rules import RuleKind
from config.settings import Settings

TERMINAL = "terminal"


def is_admin(settings: Settings, person: Person) -> bool:
    """Whether somebody runs this bot: the settings name them, or they sit at its machine."""
    return person.platform == TERMINAL or person.key in settings.admins


async def may_use(services: Services, person: Person, address: Address) -> None:
    """Raises NotAllowed."""
    settings = services.settings
    if is_admin(settings, person):
        return
    places = list(_places(person, address))
    decided = await services.store.rules.verdicts(places)
    verdicts = [decided.get((kind, key)) or _listed(settings, kind, key) for kind, key in places]
    is_closed = bool(settings.allowed_people or settings.allowed_guilds or settings.allowed_chats)
    if "block" in verdicts or (is_closed and "allow" not in verdicts):
        raise NotAllowed


def may_speak(context: Context) -> None:
    """Whether a server's own rules let the bot speak in this place. Raises NotHere with the names of where they do.

    Where there are no channels or topics (any more), rules about them mean nothing.
    """
    allowed, here = context.rules.channels, context.here
    if allowed and here.places and not set(allowed) & set(here.places):
        names = tuple(here.name_of(place, context.language) or place for place in allowed)
        raise NotHere(names=names)


async def acts_for(context: Context, person: str) -> bool:
    """Whether somebody may do what only this person may. Who asked in the name of a group, as Telegram's administrators
    can, shows who they are only when they press a button.
    """
    if person == context.person.key:
        return True
    return person == server_key(context.address) and await context.here.is_managed()


def server_key(address: Address) -> str | None:
    """Under which a server's or group's rules stand; None in a private talk."""
    return None if address.guild is None else f"{address.platform}:{address.guild}"


def scope_of(address: Address) -> str:
    """Where something belongs that people share: the server or group, or the private talk."""
    return server_key(address) or f"{address.platform}:{address.chat}"


def _places(person: Person, address: Address) -> Iterator[tuple[RuleKind, str]]:
    yield "person", person.key
    if address.guild is not None:
        yield "guild", f"{address.platform}:{address.guild}"
    yield "chat", f"{address.platform}:{address.chat}"


def _listed(settings: Settings, kind: str, key: str) -> str | None:
    """What the settings say."""
    blocked, allowed = {
        "person": (settings.blocked_people, settings.allowed_people),
        "guild": (settings.blocked_guilds, settings.allowed_guilds),
        "chat": (settings.blocked_chats, settings.allowed_chats),
    }[kind]
    if key in blocked:
        return "block"
    return "allow" if key in allowed else None
