"""One interaction: acknowledged in time, and answered in the way that is still open.

Promises: `acknowledge` and everything that answers may be called in any order, also at the same time. A private answer
is seen by that person alone, even if a public one had been promised to Discord. An interaction that Discord has
forgotten is answered by a message that calls the person, or, if private, in a private talk.
Raises TryLater and Unreachable, which are PlatformErrors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import discord

from bot.chat.messages import Address, Ask, Person, Reply
from bot.chat.messenger import Unreachable
from bot.commands.command import Here, Services
from bot.platforms.discord.message import Message, build_form, build_message
from bot.platforms.discord.messenger import TIMES_SMALLER, TOKEN_LIFE_S, pack, post
from bot.platforms.discord.wire import ANSWER, DEFER, DEFER_EDIT, EDIT, ORIGINAL, UNKNOWN_MESSAGE, DiscordRefused, Wire
from bot.platforms.questions import question
from bot.store import PersonSettings, ServerRules
from bot.texts import Language

# fresh: nothing said. loading: an answer is promised, publicly or not. held: a button is acknowledged, nothing said.
# answered: further messages follow. dead: Discord has forgotten the interaction.
State = Literal["fresh", "loading", "loading privately", "held", "answered", "dead"]


class DiscordContext:
    """A `bot.chat.Context`. pressed: the id of the message whose button was pressed."""

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        *,
        wire: Wire,
        services: Services,
        language: Language,
        options: Mapping[str, Any],
        here: Here,
        private: bool = False,
    ) -> None:
        self.services = services
        self.language: Language = language
        self.options = options
        self.likes, self.rules = PersonSettings(), ServerRules()
        self.here = here
        self.person = person_of(interaction)
        self.event_key = f"discord:{interaction.id}"
        self.pressed = str(interaction.message.id) if interaction.message is not None else None
        self.address = address_of(interaction, self.person, reply_to=self.pressed)
        self.called = interaction.user.display_name
        self._wire, self._id, self._token = wire, interaction.id, interaction.token
        self._private = private
        self._state: State = "fresh"
        self._last: str | None = None
        self._said = 0
        self._lock = asyncio.Lock()

    async def acknowledge(self) -> None:
        """Tell Discord that an answer will come, unless it has one already."""
        async with self._lock:
            if self._state == "fresh":
                await self._acknowledge(private=self._private)

    async def reply(self, reply: Reply) -> str | None:
        """Answer; the first one completes what was promised."""
        async with self._lock:
            self._said += 1
            await self._prepare(reply)
            self._last = await self._late(reply) if self._is_dead() else await self._smaller_and_smaller(reply)
            return self._last

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        """A message that becomes the result."""
        message = await self.reply(reply)
        return None if message is None else replace(self.address, message=message)

    async def ask(self, ask: Ask) -> None:
        """A form; where it is too late for one, a message to be answered."""
        async with self._lock:
            if self._state == "fresh" and self.pressed is not None:
                try:
                    await self._wire.open_form(self._id, self._token, build_form(ask))
                except DiscordRefused:
                    self._state = "dead"
                else:
                    self._state = "answered"
                    return
        await self.reply(question(ask, self.language))

    async def edit(self, reply: Reply) -> None:
        """Change the message of the button, or the last answer to a command; without one this is the answer."""
        if self.pressed is None and not self._said:
            await self.reply(reply)
            return
        async with self._lock:
            message = await self._pack(reply)
            if self.pressed is not None:
                await self._edit_pressed(message)
            elif self._last is not None:
                await self._wire.edit_answer(self._token, self._last, message)

    async def delete(self) -> None:
        """Remove the message of the button."""
        if self.pressed is None:
            return
        async with self._lock:
            if self._state == "fresh":
                await self._acknowledge(private=False)
            if self._state == "held":
                await self._wire.delete_answer(self._token, ORIGINAL)
                self._state = "answered"
            else:
                await self._wire.delete(self.address.chat, self.pressed)

    async def remove(self, message: str) -> bool:
        """As the bot itself. Where it may not, for example because it is no member of the server, the message stays."""
        try:
            await self._wire.delete(self.address.chat, message)
        except DiscordRefused as error:
            return error.code == UNKNOWN_MESSAGE
        return True

    async def _prepare(self, reply: Reply) -> None:
        """What has to be said before the answer itself.

        Sending files takes longer than Discord waits. A button is acknowledged first, because then its own message can
        still be changed, also one that only this person sees.
        """
        if self._state == "fresh" and (reply.attachments or self.pressed is not None):
            await self._acknowledge(private=reply.private or self._private)

    # --- acknowledging ---------------------------------------------------------------------------------------------

    async def _acknowledge(self, *, private: bool) -> None:
        if self.pressed is not None:
            await self._respond(DEFER_EDIT, "held")
        else:
            await self._respond(DEFER, "loading privately" if private else "loading", private=private)

    async def _respond(
        self, kind: int, then: State, message: Message | None = None, *, private: bool = False
    ) -> str | None:
        """The first word to Discord. None if it was not taken: somebody else was first, or it is too late."""
        try:
            made = await self._wire.respond(self._id, self._token, kind, message, private=private)
        except DiscordRefused as error:
            if error.is_too_large:
                raise
            if error.status == 400 and error.code != ALREADY_ACKNOWLEDGED:
                raise
            self._state = "answered" if error.code == ALREADY_ACKNOWLEDGED else "dead"
            return None
        self._state = then
        return made

    # --- answering -------------------------------------------------------------------------------------------------

    async def _smaller_and_smaller(self, reply: Reply) -> str | None:
        for halvings in range(TIMES_SMALLER + 1):
            try:
                return await self._answer(reply, await self._pack(reply, halvings=halvings))
            except DiscordRefused as error:
                if not error.is_too_large:
                    return await self._late(reply, error)
        raise Unreachable("Discord does not take even the smallest form of this message.")

    async def _answer(self, reply: Reply, message: Message) -> str | None:
        if self._state == "fresh":
            made = await self._respond(ANSWER, "answered", message, private=reply.private or self._private)
            if made is not None:
                return made or None
            if self._is_dead():
                return await self._late(reply)
        if self._state == "loading" and reply.private:
            await self._withdraw_promise()
        if self._state in ("loading", "loading privately"):
            made = await self._wire.edit_answer(self._token, ORIGINAL, message)
            self._state = "answered"
            return made
        return await self._wire.follow_up(self._token, message, private=reply.private or self._private)

    async def _withdraw_promise(self) -> None:
        """What was promised publicly cannot become private, so it is kept with a word that is then removed."""
        await self._wire.edit_answer(self._token, ORIGINAL, build_message(Reply("…")))
        self._state = "answered"
        await self._wire.delete_answer(self._token, ORIGINAL)

    async def _late(self, reply: Reply, error: DiscordRefused | None = None) -> str | None:
        """Without the interaction: a message that calls the person, or a private talk."""
        if error is not None and error.status not in (401, 403, 404):
            raise error
        nonce = f"{self._id}.{self._said}"[-25:]
        chat, message = await post(self._wire, self.address, reply, nonce=nonce, private=reply.private)
        self.address = replace(self.address, chat=chat, token=None, token_expires=None)
        return message

    def _is_dead(self) -> bool:
        return self._state == "dead"

    async def _pack(self, reply: Reply, *, halvings: int = 0) -> Message:
        return await pack(reply, limit=self.address.file_limit, halvings=halvings)

    # --- changing --------------------------------------------------------------------------------------------------

    async def _edit_pressed(self, message: Message) -> None:
        assert self.pressed is not None
        if self._state == "fresh" and not message.files:
            await self._respond(EDIT, "held", message)
            if not self._is_dead():
                return
        if self._state == "fresh":
            await self._respond(DEFER_EDIT, "held")
        if self._state == "held":
            await self._wire.edit_answer(self._token, ORIGINAL, message)
        else:
            await self._wire.edit(self.address.chat, self.pressed, message)


ALREADY_ACKNOWLEDGED = 40060


def person_of(interaction: discord.Interaction[Any]) -> Person:
    return Person("discord", str(interaction.user.id), str(interaction.locale))


def address_of(interaction: discord.Interaction[Any], person: Person, *, reply_to: str | None) -> Address:
    """Where to answer, for longer than this process may live. Of a command Discord itself says who used it."""
    is_pressed = interaction.type is discord.InteractionType.component
    return Address(
        "discord",
        person.id,
        str(interaction.channel_id or 0),
        guild=str(interaction.guild_id) if interaction.guild_id is not None else None,
        token=interaction.token,
        token_expires=discord.utils.utcnow().timestamp() + TOKEN_LIFE_S,  # by our own clock, which it is compared with
        reply_to=reply_to,
        file_limit=interaction.filesize_limit,
        name=interaction.user.display_name if is_pressed and interaction.guild_id is not None else None,
        called=interaction.user.display_name,
    )
