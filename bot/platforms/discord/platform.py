"""Discord's service: connects, keeps the commands up to date, and hands every interaction to `bot.commands`.

Promises: every interaction is acknowledged within a second, whatever its handler does; commands are sent to Discord
only when they have changed, because it allows 200 new ones a day; buttons work for ever, because what they do is in
their id; no privileged intent is needed. Dropped connections are resumed by discord.py; `serve` ends with an error.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.messenger import PlatformError, TryLater
from bot.commands.command import Option, Registry, Services
from bot.commands.errors import NotAPiece, NotYourButton
from bot.commands.running import refuse, run_about, run_action, run_answer, run_command, run_suggest
from bot.commands.words import check_options
from bot.errors import BadInput
from bot.platforms.asking import Unreachable, ask, open_session
from bot.platforms.discord.commands import (
    MESSAGE_MENU,
    Call,
    describe_all,
    fingerprint,
    read_call,
)
from bot.platforms.discord.context import DiscordContext
from bot.platforms.discord.halls import Halls
from bot.platforms.discord.listening import Listener
from bot.platforms.discord.message import cut
from bot.platforms.discord.messenger import DiscordMessenger
from bot.platforms.discord.pointing import find_piece, find_score
from bot.platforms.discord.reacting import Reactions
from bot.platforms.discord.servers import Servers
from bot.platforms.discord.whereabouts import here_of
from bot.platforms.discord.wire import DiscordRefused, Wire, listen_for_answers
from bot.platforms.errors import BadToken, PlatformDown
from bot.platforms.owning import disowned, mark
from bot.store.errors import StoreError
from bot.texts import language_of
from config.errors import NotabotError
from config.settings import Settings

ACKNOWLEDGE_AFTER_S = 0.6
PRESSED_AFTER_S = 0.2  # a button looks the same whether its answer is promised or there
CROWD = 20  # so many at a time are answered later than that anyway: they are acknowledged before anything else is done
FORM_WITHIN_S = 2.0  # of three: what was acknowledged can open no form
SUGGEST_LIMIT_S = 2.0  # of three; the rest is for the way
CLOSE_LIMIT_S = 5.0
SERVERS_KNOWN_AFTER_S = 0.3  # of silence; until then a server that the bot is added to passes for an old one
DEAF_S, STARTING_S = 6.0, 30.0  # a line that was dropped is resumed sooner by itself
EVENTS_END_S = 3.0
DEAF_AFTER_OUTAGE_S = 3.0  # then discord.py may wait for minutes
ANEW_AT_MOST, ANEW_WITHIN_S = 10, 1000.0  # Discord takes a token back that identifies itself 1,000 times a day
OK, REFUSES_TOKEN = 200, 401
MAX_SUGGESTIONS, MAX_SUGGESTION_CHARS = 25, 100
COMMANDS_SWITCH = "discord_commands"

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_discord(settings: Settings, registry: Registry, services: Services) -> AsyncIterator[DiscordPlatform]:
    """Everything for Discord, not yet connected."""
    Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
    platform = DiscordPlatform(settings, registry, services)
    try:
        yield platform
    finally:
        await platform.close()


class DiscordPlatform:
    """Made by `open_discord`."""

    name = "discord"

    def __init__(self, settings: Settings, registry: Registry, services: Services) -> None:
        self._settings, self._registry, self._services = settings, registry, services
        self.client = _Client(self)
        self.wire = Wire(lambda: self.client, calls_per_s=settings.discord_messages_per_s)
        self.messenger = DiscordMessenger(self.wire)
        self.halls = Halls(self.messenger)
        self.listener = Listener(registry, services, self.wire, self.halls)
        self.servers = Servers(registry, services, self.wire)
        self.reactions = Reactions(registry, services, self.wire)
        self._under_way = 0  # interactions that are being answered
        self._anew = asyncio.Event()
        self._deaf_since: float | None = None  # monotonic
        self._was_away = False  # Discord did not answer since we last heard it
        self._anews: deque[float] = deque(maxlen=ANEW_AT_MOST)  # when; likewise

    @property
    def ready(self) -> bool:
        """Whether events arrive."""
        return self.client.is_connected and not self.client.is_closed()

    @property
    def skipped(self) -> int:
        """Events that could not be read: discord.py hangs up at the first one, so there are none to count."""
        return 0

    async def serve(self) -> None:
        """Serve until cancelled. Raises BadToken and PlatformDown."""
        token = self._settings.discord_token
        if token is None:
            raise BadToken(reason="no_discord_token")
        if self.client.is_closed():
            self.client = _Client(self)
        try:
            await self._stay_connected(token.get_secret_value())
        except discord.LoginFailure as error:
            raise BadToken(reason="discord_refuses") from error
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PlatformDown(reason="discord_broke", why=type(error).__name__) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            _log.warning("the connection to Discord ended by what cannot be read", exc_info=error)
            raise PlatformDown(reason="discord_unreadable", why=type(error).__name__) from error
        finally:
            await self.close()
        raise PlatformDown(reason="discord_ended")

    async def _stay_connected(self, token: str) -> None:
        """Until the connection ends for good, or is to be begun anew."""
        self._anew.clear()
        connected = asyncio.create_task(self.client.start(token), name="discord connection")
        told = asyncio.create_task(self._anew.wait(), name="discord anew")
        try:
            await asyncio.wait({connected, told}, return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                await connected
        finally:
            await self.halls.close()  # while Discord can still be told
            for task in (connected, told):
                task.cancel()
            await asyncio.gather(connected, told, return_exceptions=True)

    async def check(self) -> None:
        """Beside the client, which tries a broken line again later and later. Raises PlatformDown, BadToken."""
        try:
            await self._ask_who_we_are()
        except PlatformDown:
            self._was_away = True
            raise
        self._begin_anew_if_deaf()

    async def _ask_who_we_are(self) -> None:
        token = self._settings.discord_token
        headers = {"Authorization": f"Bot {token.get_secret_value() if token else ''}"}
        async with open_session() as session:
            try:
                status, _ = await ask(session, f"{self._settings.discord_api_url}/users/@me", headers)
            except Unreachable as error:
                raise PlatformDown(reason="discord_broke", why=error) from error
        if status == REFUSES_TOKEN:
            raise BadToken(reason="discord_refuses")
        if status != OK:
            raise PlatformDown(reason="discord_broke", why=f"status {status}")

    def _begin_anew_if_deaf(self) -> None:
        """Discord answers. After a long outage discord.py may still wait for minutes until it tries its line again."""
        moment = time.monotonic()
        if self.ready:
            self._deaf_since, self._was_away = None, False
            return
        self._deaf_since = self._deaf_since or moment
        is_too_often = len(self._anews) == ANEW_AT_MOST and moment - self._anews[0] < ANEW_WITHIN_S
        patience_s = DEAF_AFTER_OUTAGE_S if self._was_away else DEAF_S
        patience_s = patience_s if self.client.was_connected else STARTING_S
        if moment - self._deaf_since >= patience_s and not is_too_often:
            self._deaf_since = None
            self._anews.append(moment)
            self._anew.set()

    async def close(self) -> None:
        """Hang up; a line that is broken is not waited for."""
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self.halls.close()
                await self.client.close()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            _log.warning("the connection to Discord did not close: %s", type(error).__name__)

    # --- the list of commands --------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Before the first event arrives. Raises PlatformDown."""
        try:
            await self.update_commands()
        except DiscordRefused as error:
            _log.error("Discord does not take the commands (%s); those it has stay", error)
        except (TryLater, StoreError) as error:
            raise PlatformDown(reason="commands_not_sent", why=type(error).__name__) from error

    async def update_commands(self) -> bool:
        """Send the commands to Discord if they have changed since last time; returns whether they had."""
        payloads = describe_all(self._registry)
        mark = f"{self.client.application_id}:{fingerprint(payloads)}"
        if await self._services.store.switches.get(COMMANDS_SWITCH, None) == mark:
            return False
        await self.wire.put_commands(payloads)
        await self._services.store.switches.set(COMMANDS_SWITCH, mark)
        _log.info("commands sent to Discord: %d", len(payloads))
        return True

    # --- what people do --------------------------------------------------------------------------------------------

    async def handle(self, interaction: discord.Interaction[Any]) -> None:
        """Answer one interaction, whatever it is."""
        self.listener.learn_locale(interaction)
        if interaction.type is discord.InteractionType.autocomplete:
            await self._suggest(interaction)
        elif interaction.type is discord.InteractionType.component:
            await self._press(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._submit(interaction)
        elif interaction.type is discord.InteractionType.application_command:
            if _data(interaction).get("type") == MESSAGE_MENU:
                await self._about(interaction)
            else:
                await self._command(interaction)

    async def _command(self, interaction: discord.Interaction[Any]) -> None:
        try:
            call = read_call(self._registry, _data(interaction))
            call = replace(call, options=check_options(call.command, call.options))
        except NotabotError as error:
            context = self._context(interaction, private=True)
            await self._in_time(context, partial(refuse, context, error))
            return
        context = self._context(interaction, call=call, private=call.command.private)
        await self._in_time(context, partial(run_command, call.command, context))

    async def _press(self, interaction: discord.Interaction[Any]) -> None:
        context = self._context(interaction)
        data = _data(interaction)
        chosen = data.get("values") or [data.get("custom_id", "")]  # of a list that opens, what was chosen
        if not _offers(interaction.message, str(chosen[0])):  # somebody's client made it up: other messages stay
            context.pressed = None
        pressed, owner = disowned(str(chosen[0]))
        if owner and owner != mark(context.person.id):
            await self._in_time(context, partial(refuse, context, NotYourButton()))
            return
        is_form = pressed.split(":")[1:2] and pressed.split(":")[1] in self._registry.forms
        quick_s = PRESSED_AFTER_S if self._under_way < CROWD else 0.0
        quick_s = quick_s if context.pressed is not None else ACKNOWLEDGE_AFTER_S
        patience_s = FORM_WITHIN_S if is_form else quick_s
        work = partial(run_action, self._registry, pressed, context)
        await self._in_time(context, work, patience_s=patience_s)
        await self._acknowledge(context)  # also what is answered elsewhere, or by nothing

    async def _submit(self, interaction: discord.Interaction[Any]) -> None:
        """A form that was filled in."""
        data = _data(interaction)
        parts = [part for row in data.get("components", ()) for part in row.get("components", ())]
        text = str(next((part.get("value") for part in parts if part.get("custom_id") == "words"), "") or "")
        context = self._context(interaction)
        asked = str(data.get("custom_id", ""))
        if not _opens(interaction.message, asked, context.person.id):  # made up, as a press can be
            context.pressed = None
        await self._in_time(context, partial(run_answer, self._registry, asked, text, context))

    async def _about(self, interaction: discord.Interaction[Any]) -> None:
        context = self._context(interaction, private=True)
        data = _data(interaction)
        about = find_piece(data) or find_score(data)
        if about is None:
            await self._in_time(context, partial(refuse, context, NotAPiece()))
        else:
            await self._in_time(context, partial(run_about, about, context))

    async def _suggest(self, interaction: discord.Interaction[Any]) -> None:
        """The list under a field; empty rather than late."""
        choices: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(SUGGEST_LIMIT_S):
                choices = await self._choices(interaction)
        except (TimeoutError, BadInput) as error:
            _log.info("no suggestions: %s", type(error).__name__)
        try:
            await self.wire.suggest(interaction.id, interaction.token, choices)
        except PlatformError as error:
            _log.info("suggestions came too late: %s", type(error).__name__)

    async def _choices(self, interaction: discord.Interaction[Any]) -> list[dict[str, Any]]:
        call = read_call(self._registry, _data(interaction))
        if call.focused is None:
            return []
        context = self._context(interaction, call=call)
        suggestions = await run_suggest(call.focused, context, call.typed)
        return [
            {"name": cut(suggestion.label, MAX_SUGGESTION_CHARS), "value": _typed(call.focused, suggestion.value)}
            for suggestion in suggestions
            if 0 < len(suggestion.value) <= MAX_SUGGESTION_CHARS
        ][:MAX_SUGGESTIONS]

    # --- in time ---------------------------------------------------------------------------------------------------

    def _context(
        self, interaction: discord.Interaction[Any], *, call: Call | None = None, private: bool = False
    ) -> DiscordContext:
        return DiscordContext(
            interaction, wire=self.wire, services=self._services, language=language_of(str(interaction.locale)),
            options=call.options if call else {}, private=private,
            here=here_of(self.client, interaction, self.halls),
        )  # fmt: skip

    async def _in_time(
        self,
        context: DiscordContext,
        work: Callable[[], Coroutine[Any, Any, None]],
        *,
        patience_s: float = ACKNOWLEDGE_AFTER_S,
    ) -> None:
        """Do the work, and acknowledge if that takes a while."""
        task = asyncio.create_task(work(), name=f"discord interaction {context.event_key}")
        self._under_way += 1
        try:
            await asyncio.wait({task}, timeout=patience_s)
            if not task.done():
                await self._acknowledge(context)
            await task
        finally:
            self._under_way -= 1
            task.cancel()

    async def _acknowledge(self, context: DiscordContext) -> None:
        try:
            await context.acknowledge()
        except PlatformError as error:
            _log.warning("an interaction could not be acknowledged: %s", type(error).__name__)


def _typed(option: Option, value: str) -> str | int:
    """A value as Discord wants it: of a number a number."""
    return int(value) if option.kind == "integer" else value


class _Client(discord.Client):
    """discord.py's client, which only reports to the platform."""

    def __init__(self, platform: DiscordPlatform) -> None:
        intents = discord.Intents.none()
        intents.guilds = True  # without it discord.py does not know the channels it is called from
        # Words of mentions, answers and private talks; of all other messages Discord sends none.
        intents.guild_messages = intents.dm_messages = True
        intents.guild_reactions = intents.dm_reactions = True  # shortcuts below our messages
        intents.voice_states = True  # who sits in which voice channel
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags(voice=True, joined=False),  # bots listen to nothing
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60.0,
            http_trace=listen_for_answers(),
            guild_ready_timeout=SERVERS_KNOWN_AFTER_S,
        )
        self._platform = platform
        self.is_connected = self.was_connected = False
        self._at_work: set[asyncio.Task[Any] | None] = set()

    async def close(self) -> None:
        """Hang up. Events that are being written down may end first: the store closes next."""
        await super().close()
        if others := [task for task in self._at_work if task is not None and task is not asyncio.current_task()]:
            await asyncio.wait(others, timeout=EVENTS_END_S)

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.current_task()
        self._at_work.add(task)
        try:
            await work
        finally:
            self._at_work.discard(task)

    async def setup_hook(self) -> None:
        await self._platform.prepare()

    async def on_connect(self) -> None:
        """Events arrive from now on; on_ready would wait for the list of servers, which is not needed."""
        self.is_connected = self.was_connected = True
        _log.info("connected to Discord")

    async def on_resumed(self) -> None:
        self.is_connected = True

    async def on_disconnect(self) -> None:
        self.is_connected = False

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self._platform.handle(interaction)

    async def on_message(self, message: discord.Message) -> None:
        await self._do(self._platform.listener.read(self, message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if payload.message.edited_at is not None:
            await self._do(self._platform.listener.read(self, payload.message))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        locale = self._platform.listener.locale_of(event.user_id)
        await self._do(self._platform.reactions.added(self, event, locale=locale))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        locale = self._platform.listener.locale_of(event.user_id)
        await self._do(self._platform.reactions.removed(self, event, locale=locale))

    async def on_voice_state_update(
        self, member: discord.Member, _before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        await self._do(self._platform.halls.heard(member, after))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._do(_noted(self._platform.servers.see(guild)))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._do(_noted(self._platform.servers.see(guild)))
        await self._do(_noted(self._platform.servers.join(guild)))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._do(_noted(self._platform.servers.leave(guild)))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Without what discord.py would print: the arguments hold what people wrote."""
        _log.exception("unexpected in %s", event_method)


async def _noted(work: Coroutine[Any, Any, None]) -> None:
    """What nobody waits for: that it failed is logged."""
    try:
        await work
    except (PlatformError, StoreError) as error:
        _log.info("about a server: %s", type(error).__name__)


def _offers(message: discord.Message | None, custom_id: str) -> bool:
    """Whether a message has the button, or the choice of a list."""
    return custom_id in _held_by(message)


def _opens(message: discord.Message | None, asked: str, person: str) -> bool:
    """Whether a message has the button that opens a form for this person: it holds what the form holds."""
    return any(disowned(held) in ((asked, ""), (asked, mark(person))) for held in _held_by(message))


def _held_by(message: discord.Message | None) -> list[str]:
    """What the buttons of a message and the choices of its lists send."""
    rows = (row for row in message.components if isinstance(row, discord.ActionRow)) if message is not None else ()
    held: list[str] = []
    for part in (part for row in rows for part in row.children):
        if isinstance(part, discord.SelectMenu):
            held += [option.value for option in part.options]
        else:
            held.append(part.custom_id or "")
    return held


def _data(interaction: discord.Interaction[Any]) -> Any:
    return interaction.data or {}
