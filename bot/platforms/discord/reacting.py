"""Reactions below our messages: which piece a message shows, and who means what by it.

Promises: nothing is fetched for signs that mean nothing here, for others' messages where Discord says whose they are,
and for bots. A reaction that is not ours to answer is left alone, without a word. No privileged intent is needed.
"""

from __future__ import annotations

import logging
import time

import discord

from bot.chat.messages import Address, Person
from bot.chat.messenger import PlatformError
from bot.commands.changing import piece_in
from bot.commands.command import Registry, Services
from bot.commands.sharing.reacting import STAR, meaning_of, run_reaction, run_unreaction
from bot.platforms.discord.answering import AnsweringContext
from bot.platforms.discord.whereabouts import here_for
from bot.platforms.discord.wire import Wire
from bot.platforms.owning import disowned
from bot.store import PersonSettings, ServerRules
from bot.store.errors import StoreError
from bot.store.exhibits import Exhibit
from bot.texts import Language, language_of

log = logging.getLogger(__name__)

REPEATED_WITHIN_S = 60  # the same reaction of the same person comes again after a broken line


class ReactingContext(AnsweringContext):
    """A `bot.chat.Context` of a reaction: what is public answers the message that has it."""

    def __init__(
        self,
        event: discord.RawReactionActionEvent,
        *,
        client: discord.Client,
        wire: Wire,
        services: Services,
        locale: str | None,
    ) -> None:
        guild = client.get_guild(event.guild_id) if event.guild_id is not None else None
        channel = guild.get_channel_or_thread(event.channel_id) if guild is not None else None
        self.services, self.here = services, here_for(client, guild, channel, event.member)
        self.options = {}
        self.likes, self.rules = PersonSettings(), ServerRules()
        self.person = Person("discord", str(event.user_id), locale)
        self.language: Language = language_of(locale or (str(guild.preferred_locale) if guild is not None else None))
        moment = int(time.time() // REPEATED_WITHIN_S)
        self.event_key = f"discord:{event.message_id}:{event.user_id}:{moment}"
        self.pressed = None
        self.called = event.member.display_name if event.member is not None else ""
        self.address = Address(
            "discord",
            self.person.id,
            str(event.channel_id),
            guild=str(event.guild_id) if event.guild_id is not None else None,
            file_limit=guild.filesize_limit if guild is not None else None,
            name=self.called or None,
            called=self.called or None,
        )
        self._wire, self._said, self._last = wire, 0, None
        self._answers_to, self._stem = str(event.message_id), f"{event.message_id}{event.user_id % 1000}"
        allowed = channel.permissions_for(guild.me) if guild is not None and channel is not None else None
        self._is_shown_as_answer = allowed is not None and allowed.read_message_history


class Reactions:
    """Belongs to a platform and outlives its connections."""

    def __init__(self, registry: Registry, services: Services, wire: Wire) -> None:
        self._registry, self._services, self._wire = registry, services, wire

    async def added(self, client: discord.Client, event: discord.RawReactionActionEvent, *, locale: str | None) -> None:
        """Somebody has put one."""
        meaning = meaning_of(event.emoji.name or "") if event.emoji.id is None else None
        if meaning is None or not self._is_meant(client, event):
            return
        found = await self._piece(client, event)
        if found is None:
            return
        piece, exhibit = found
        context = self._context(client, event, locale)
        scope = exhibit.scope if exhibit is not None else _scope(event)
        await run_reaction(self._registry, meaning, context, piece=piece, scope=scope, message=_message(event))

    async def removed(
        self, client: discord.Client, event: discord.RawReactionActionEvent, *, locale: str | None
    ) -> None:
        """Somebody has taken one back. Which piece it was about is known by the star."""
        if event.emoji.id is None and meaning_of(event.emoji.name or "") == STAR:
            await run_unreaction(self._context(client, event, locale), message=_message(event))

    def _is_meant(self, client: discord.Client, event: discord.RawReactionActionEvent) -> bool:
        ours = client.user.id if client.user is not None else 0
        is_bot = event.user_id == ours or (event.member is not None and event.member.bot)
        return not is_bot and event.message_author_id in (None, ours)

    async def _piece(
        self, client: discord.Client, event: discord.RawReactionActionEvent
    ) -> tuple[str, Exhibit | None] | None:
        """From our own tables, else from the buttons of the message."""
        chat, message = str(event.channel_id), str(event.message_id)
        try:
            found = await self._services.store.exhibits.piece_at("discord", chat, message)
            if found is not None:
                return found.piece, found.exhibit
            shown = await self._wire.fetch(chat, message)
        except (StoreError, PlatformError) as error:
            log.info("what a reaction is about is not known: %s", type(error).__name__)
            return None
        if client.user is None or shown.author != str(client.user.id):
            return None
        piece = piece_in(disowned(action)[0] for action in sorted(shown.actions))
        return None if piece is None else (piece, None)

    def _context(
        self, client: discord.Client, event: discord.RawReactionActionEvent, locale: str | None
    ) -> ReactingContext:
        return ReactingContext(event, client=client, wire=self._wire, services=self._services, locale=locale)


def _scope(event: discord.RawReactionActionEvent) -> str | None:
    return None if event.guild_id is None else f"discord:{event.guild_id}"


def _message(event: discord.RawReactionActionEvent) -> str:
    """As stars know it."""
    return f"{event.channel_id}/{event.message_id}"
