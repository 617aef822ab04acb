"""The fake as a test holds it: a server on a free port, and what people do in their clients."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from . import checks
from .clock import Clock, Snowflakes
from .faults import Bucket, Fault, Planned
from .gateway import DM_REACTIONS, GUILD_REACTIONS, GUILDS, VOICE_STATES, Gateway
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from .rest import PREFIX, REQUEST_LIMIT, Rest
from .state import Call, State, tell
from .voice import FakeVoice
from .world import (
    ALL_PERMISSIONS,
    MANAGE_GUILD,
    VOICE,
    VOICE_MESSAGE,
    Channel,
    Guild,
    Json,
    Message,
    Person,
    SentFile,
    member_to_json,
    voice_state,
)

TOKEN = "MTAwMA.fake.token-of-the-fake"
HEARTBEAT_S = 41.25
REPEATS_AFTER_S = 0.01

CHAT_INPUT, MESSAGE_MENU = 1, 3
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2

T = TypeVar("T")
_MENTION = re.compile(r"<@!?(\d+)>")


class FakeDiscord:
    """Made by `open_fake_discord`. api_url, gateway_url: what the bot under test must be told, with `token`."""

    def __init__(self, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self.clock = Clock()
        draw_id = Snowflakes(self.clock)
        bot_id = draw_id()
        bot = Person(bot_id, "notabot", bot=True)
        self._state = State(self.clock, bot, TOKEN, bot_id, draw_id)
        self.gateway = Gateway(
            token=TOKEN, heartbeat_s=heartbeat_s, ready=self._ready, guilds=self._known_guilds, voice=self._go
        )
        self.voice: FakeVoice | None = None
        self.rest = Rest(self._state, self.gateway)
        self.token = TOKEN
        self.api_url = self.gateway_url = ""

    # --- what a test looks at ----------------------------------------------------------------------------------------

    @property
    def complaints(self) -> list[str]:
        """What no correct program would have sent. A test that provokes one clears the list."""
        return self._state.complaints

    @property
    def calls(self) -> list[Call]:
        return self._state.calls

    @property
    def commands(self) -> list[Json]:
        """As registered."""
        return self._state.commands

    def commands_of(self, guild: Guild) -> list[Json]:
        """Those that only this server has."""
        return self._state.guild_commands.get(guild.id, [])

    @property
    def guilds(self) -> list[Guild]:
        return list(self._state.guilds.values())

    @property
    def bot(self) -> Person:
        return self._state.bot

    def messages(self, channel: Channel | None = None) -> list[Message]:
        """Everything that stands in a channel (or anywhere), oldest first, ephemeral messages included."""
        every = [one for one in self._state.messages.values() if not one.deleted]
        return [one for one in every if channel is None or one.channel is channel]

    async def until(self, look: Callable[[], T], *, timeout_s: float = 10.0, why: str = "") -> T:
        """Wait until `look` gives something true, and return it."""
        ends_s = time.monotonic() + timeout_s
        while not (found := look()):
            if time.monotonic() > ends_s:
                raise TimeoutError(f"{why or look} after {timeout_s} s. {self._report()}")
            await asyncio.sleep(REPEATS_AFTER_S)
        return found

    def _report(self) -> str:
        calls = [f"{call.method} {call.path[:60]} {call.status}" for call in self.calls[-8:]]
        said = [one.text[:80] for one in self.messages()[-8:]]
        return f"Said: {said}; calls: {calls}; complaints: {self.complaints}"

    # --- the world ---------------------------------------------------------------------------------------------------

    def person(self, name: str, *, locale: str = "en-US", takes_dms: bool = True, bot: bool = False) -> Person:
        person = Person(self._state.draw_id(), name, locale, bot=bot, takes_dms=takes_dms)
        self._state.people[person.id] = person
        return person

    async def guild(self, name: str, *, owner: Person | None = None, **more: Any) -> Guild:
        """A guild with the channel #general. more: fields of `world.Guild`."""
        guild = Guild(self._state.draw_id(), name, owner or self.person(f"owner of {name}"), **more)
        self._state.guilds[guild.id] = guild
        await self.channel(guild, "general")
        if guild.bot_is_member:
            await self.gateway.dispatch("GUILD_CREATE", guild.to_json(self.bot), intent=GUILDS)
        return guild

    async def channel(self, guild: Guild, name: str) -> Channel:
        channel = Channel(self._state.draw_id(), name, guild)
        known = bool(guild.channels)
        guild.channels.append(channel)
        self._state.channels[channel.id] = channel
        if known and guild.bot_is_member:
            await self.gateway.dispatch("CHANNEL_CREATE", channel.to_json(self.bot), intent=GUILDS)
        return channel

    async def voice_channel(self, guild: Guild, name: str, *, kind: int = VOICE, seats: int = 0) -> Channel:
        channel = Channel(self._state.draw_id(), name, guild, kind=kind, seats=seats)
        guild.channels.append(channel)
        self._state.channels[channel.id] = channel
        await self.gateway.dispatch("CHANNEL_CREATE", channel.to_json(self.bot), intent=GUILDS)
        return channel

    async def sit(self, person: Person, channel: Channel | None, *, guild: Guild | None = None) -> None:
        """Somebody goes into a voice channel, or (None) out of any of the guild."""
        guild = channel.guild if channel is not None else guild
        assert guild is not None
        for other in guild.channels:
            other.seated = [one for one in other.seated if one.id != person.id]
        if channel is not None:
            channel.seated.append(person)
        told = voice_state(person, channel) | {"guild_id": guild.id}
        await self.gateway.dispatch("VOICE_STATE_UPDATE", told, intent=VOICE_STATES)

    def seat_of(self, person: Person) -> Channel | None:
        """The voice channel where somebody sits."""
        return next((one for one in self._state.channels.values() if person.id in {p.id for p in one.seated}), None)

    async def open_voice(self, folder: Path) -> FakeVoice:
        """From now on there is sound in voice channels. folder: for its certificate. Closed with the fake."""

        def listener(channel: str) -> str | None:
            seated = self._state.channels[channel].seated
            return next((person.id for person in seated if not person.bot), None)

        def channel() -> str | None:
            seat = self.seat_of(self.bot)
            return seat.id if seat is not None else None

        self.voice = FakeVoice(self.bot.id, listener, channel)
        self.voice_runner = await self.voice.start(folder)
        return self.voice

    async def _go(self, data: Json) -> None:
        """The bot goes into a voice channel, or out."""
        guild = self._state.guilds[str(data["guild_id"])]  # discord.py sends numbers
        channel = self._state.channels[str(data["channel_id"])] if data["channel_id"] is not None else None
        await self.sit(self.bot, channel, guild=guild)
        if channel is not None and self.voice is not None:
            told = {"token": self.voice.token, "guild_id": guild.id, "endpoint": self.voice.endpoint}
            await self.gateway.dispatch("VOICE_SERVER_UPDATE", told)

    def private_talk(self, person: Person) -> Channel:
        return self._state.private_talk(person)

    async def deny(self, channel: Channel, *permissions: str) -> None:
        """Take permissions from the bot there; without any, give all back."""
        channel.denied = frozenset(permissions)
        await self.gateway.dispatch("CHANNEL_UPDATE", channel.to_json(self.bot), intent=GUILDS)

    async def remove_channel(self, channel: Channel) -> None:
        channel.deleted = True
        await self.gateway.dispatch("CHANNEL_DELETE", channel.to_json(self.bot), intent=GUILDS)

    # --- trouble -----------------------------------------------------------------------------------------------------

    def fail(self, method: str, route: str, fault: Fault, *, times: int = 1, with_files: bool = False) -> Planned:
        """Put a fault in the way of the next calls whose path (without /api/v10) matches all of `route`."""
        planned = Planned(method, route, fault, times, with_files)
        self.rest.faults.append(planned)
        return planned

    def limit(self, method: str, route: str, *, calls: int, per_s: float) -> Bucket:
        """Count a rate limit for real, with its headers."""
        bucket = Bucket(method, route, calls, per_s)
        self.rest.buckets.append(bucket)
        return bucket

    # --- what people do ----------------------------------------------------------------------------------------------

    async def say(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        files: Sequence[SentFile] = (),
        answers: Message | None = None,
    ) -> Message:
        """Write an ordinary message, perhaps with files; an answer mentions whom it answers, as clients do."""
        message = Message(self._state.draw_id(), channel, person, self.clock.now(), content=text, files=[*files])
        message.mentions = [self.bot] if self.bot.id in _MENTION.findall(text) else []
        if answers is not None:
            message.reference = {"type": 0, "message_id": answers.id, "channel_id": channel.id}
            message.mentions = list(dict.fromkeys([*message.mentions, answers.author]))
        self._state.messages[message.id] = message
        await tell(self._state, self.gateway, "MESSAGE_CREATE", message)
        return message

    async def speak(self, person: Person, channel: Channel, content: bytes, *, seconds: float) -> Message:
        """Send a voice message: Ogg Opus, alone in its message."""
        stored = self._state.upload("voice-message.ogg", content)
        file = replace(stored, seconds=seconds)
        message = Message(self._state.draw_id(), channel, person, self.clock.now(), files=[file], flags=VOICE_MESSAGE)
        self._state.messages[message.id] = message
        await tell(self._state, self.gateway, "MESSAGE_CREATE", message)
        return message

    async def correct(self, message: Message, text: str) -> None:
        """Whoever wrote a message changes it."""
        message.content, message.edited = text, self.clock.now()
        message.mentions = [self.bot] if self.bot.id in _MENTION.findall(text) else []
        await tell(self._state, self.gateway, "MESSAGE_UPDATE", message)

    async def react(self, person: Person, message: Message, emoji: str) -> None:
        """Put a reaction below a message."""
        told = self._reaction(person, message, emoji) | {"message_author_id": message.author.id}
        guild = message.channel.guild
        if guild is not None:
            told["member"] = member_to_json(person, ALL_PERMISSIONS)
        await self.gateway.dispatch("MESSAGE_REACTION_ADD", told, intent=reactions_in(guild))

    async def unreact(self, person: Person, message: Message, emoji: str) -> None:
        """Take it back. Discord then says neither whose message it was nor who the person is there."""
        told = self._reaction(person, message, emoji)
        await self.gateway.dispatch("MESSAGE_REACTION_REMOVE", told, intent=reactions_in(message.channel.guild))

    def _reaction(self, person: Person, message: Message, emoji: str) -> Json:
        guild = {} if message.channel.guild is None else {"guild_id": message.channel.guild.id}
        about = {"user_id": person.id, "channel_id": message.channel.id, "message_id": message.id, "type": 0}
        return {**about, **guild, "emoji": {"id": None, "name": emoji}, "burst": False}

    async def invite(self, guild: Guild) -> None:
        """Somebody adds the bot to a server."""
        guild.bot_is_member = True
        told = guild.to_json(self.bot)
        del told["unavailable"]
        await self.gateway.dispatch("GUILD_CREATE", told, intent=GUILDS)

    async def expel(self, guild: Guild) -> None:
        """Somebody takes the bot out of a server."""
        guild.bot_is_member = False
        await self.gateway.dispatch("GUILD_DELETE", {"id": guild.id}, intent=GUILDS)

    async def slash(self, person: Person, channel: Channel, path: str, **options: Any) -> Interaction:
        """Use a command: "compose", or "admin block" for a subcommand. Refuses what a client would refuse."""
        command, leaf, wrap = self._find(path, channel)
        known = {option["name"]: option for option in leaf.get("options") or []}
        assert set(options) <= set(known), f"/{path} has no option {sorted(set(options) - set(known))}"
        missing = [name for name, option in known.items() if option.get("required") and name not in options]
        assert not missing, f"/{path} needs {missing}"
        for name, value in options.items():
            checks.check_given(known[name], value)
        files = [value for value in options.values() if isinstance(value, SentFile)]
        values = {name: value.id if isinstance(value, SentFile) else value for name, value in options.items()}
        given = [{"name": name, "type": known[name]["type"], "value": value} for name, value in values.items()]
        data = _command_data(command, wrap(given))
        if files:
            data["resolved"] = {"attachments": {file.id: file.to_json() for file in files}}
        return await self._interact(COMMAND, person, channel, data)

    def attachment(self, name: str, content: bytes) -> SentFile:
        """A file that somebody puts into an option of a command: it lies on the CDN before the command is sent."""
        return self._state.upload(name, content)

    async def autocomplete(
        self, person: Person, channel: Channel, path: str, option: str, typed: str, **given: Any
    ) -> Interaction:
        """Type into an option. given: what the other options hold already."""
        command, leaf, wrap = self._find(path, channel)
        known = {one["name"]: one for one in leaf.get("options") or []}
        assert known[option].get("autocomplete"), f"{option} of /{path} suggests nothing"
        values = [{"name": name, "type": known[name]["type"], "value": value} for name, value in given.items()]
        values.append({"name": option, "type": known[option]["type"], "value": typed, "focused": True})
        return await self._interact(AUTOCOMPLETE, person, channel, _command_data(command, wrap(values)))

    async def click(self, person: Person, message: Message, wanted: str) -> Interaction:
        """Press the button whose label or custom_id contains `wanted`."""
        assert message.seen_only_by in (None, person), "somebody else's private message"
        assert not message.deleted, "a deleted message has no buttons"
        button = message.button(wanted)
        assert not button.get("disabled"), f"{wanted} is disabled"
        data = {"component_type": 2, "custom_id": button["custom_id"]}
        return await self._interact(COMPONENT, person, message.channel, data, source=message)

    async def send_custom_id(self, person: Person, message: Message, custom_id: str) -> Interaction:
        """What only a modified client can do: a button with data of one's own."""
        data = {"component_type": 2, "custom_id": custom_id}
        return await self._interact(COMPONENT, person, message.channel, data, source=message)

    async def choose(self, person: Person, message: Message, *values: str) -> Interaction:
        """Choose from the one select menu of a message."""
        (menu,) = [part for row in message.components for part in row["components"] if part["type"] == 3]
        assert set(values) <= {option["value"] for option in menu["options"]}, f"not in the menu: {values}"
        data = {"component_type": 3, "custom_id": menu["custom_id"], "values": list(values)}
        return await self._interact(COMPONENT, person, message.channel, data, source=message)

    async def submit(self, form: Interaction, **values: str) -> Interaction:
        """Fill in the form that an interaction opened, and hand it in. A form stays open until it is answered, so this
        may be done again. values: by the fields' custom_id; all others stay as they came.
        """
        rows = []
        for row in form.form["components"]:
            (field,) = row["components"]
            value = values.pop(field["custom_id"], field.get("value") or "")
            checks.check_filled(field, value)
            rows.append({"type": 1, "components": [{"type": 4, "custom_id": field["custom_id"], "value": value}]})
        assert not values, f"no fields {sorted(values)}"
        data = {"custom_id": form.form["custom_id"], "components": rows}
        return await self._interact(MODAL_SUBMIT, form.person, form.channel, data, source=form.source)

    async def use_on_message(self, person: Person, name: str, message: Message) -> Interaction:
        """Use a command of the message context menu."""
        command = next(one for one in self.commands if one["type"] == MESSAGE_MENU and one["name"] == name)
        resolved = {"messages": {message.id: message.to_json()}}
        data = {"id": command["id"], "name": name, "type": MESSAGE_MENU, "target_id": message.id, "resolved": resolved}
        return await self._interact(COMMAND, person, message.channel, data)

    async def answered(self, interaction: Interaction, *, timeout_s: float = 5.0) -> Interaction:
        """Wait for the acknowledgement."""
        async with asyncio.timeout(timeout_s):
            await interaction.answered.wait()
        return interaction

    async def response(self, interaction: Interaction, *, timeout_s: float = 10.0) -> Message:
        """Wait until the interaction shows something other than "thinking"; the message that does."""

        def shown() -> Message | None:
            message = interaction.response
            if (
                message is not None
                and not message.loading
                and not message.deleted
                and message is not interaction.source
            ):
                return message
            return next((one for one in interaction.messages if not one.loading and not one.deleted), None)

        found = await self.until(shown, timeout_s=timeout_s, why="no answer to the interaction")
        assert found is not None
        return found

    # --- inside ------------------------------------------------------------------------------------------------------

    def _find(self, path: str, channel: Channel) -> tuple[Json, Json, Callable[[list[Json]], list[Json]]]:
        """The command, its innermost part, and how its options are wrapped."""
        first, *rest = path.split()
        command = next((one for one in self.commands if one["type"] == CHAT_INPUT and one["name"] == first), None)
        assert command is not None, f"/{first} is not registered"
        context = 0 if channel.guild is not None else 1
        assert context in (command.get("contexts") or [0, 1]), f"/{first} cannot be used in {channel.name}"
        leaf = command
        steps: list[Json] = []
        for name in rest:
            leaf = next(one for one in leaf["options"] if one["name"] == name)
            steps.append(leaf)
        assert not any(one["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for one in leaf.get("options") or []), path

        def wrap(given: list[Json]) -> list[Json]:
            for step in reversed(steps):
                given = [{"name": step["name"], "type": step["type"], "options": given}]
            return given

        return command, leaf, wrap

    async def _interact(
        self, kind: int, person: Person, channel: Channel, data: Json, *, source: Message | None = None
    ) -> Interaction:
        state = self._state
        new = Interaction(state.draw_id(), f"tok{state.draw_id()}", kind, person, channel, self.clock.now(), source)
        state.interactions[new.id] = new
        await self.gateway.dispatch("INTERACTION_CREATE", self._payload(new, data))
        return new

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        person, channel = interaction.person, interaction.channel
        found: Json = {
            "id": interaction.id,
            "application_id": self._state.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": channel.to_json(self.bot) | {"permissions": str(ALL_PERMISSIONS)},
            "app_permissions": str(channel.bot_permissions()),
            "locale": person.locale,
            "entitlements": [],
            "attachment_size_limit": channel.file_limit,
        }
        if interaction.source is not None:
            found["message"] = interaction.source.to_json()
        return found | self._whereabouts(person, channel.guild)

    def _whereabouts(self, person: Person, guild: Guild | None) -> Json:
        if guild is None:
            return {"user": person.to_json(), "context": 1, "authorizing_integration_owners": {"0": "0"}}
        manages = MANAGE_GUILD if person.id in guild.managers else 0
        return {
            "member": member_to_json(person, ALL_PERMISSIONS | manages),
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "context": 0,
            "authorizing_integration_owners": {"0": guild.id} if guild.bot_is_member else {"1": person.id},
        }

    def _ready(self, session_id: str) -> Json:
        return {
            "v": 10,
            "user": self.bot.to_json() | {"verified": True, "email": None, "mfa_enabled": False},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in self._members_of()],
            "session_id": session_id,
            "resume_gateway_url": self.gateway_url,
            "shard": [0, 1],
            "application": {"id": self._state.application_id, "flags": 0},
        }

    def _known_guilds(self) -> list[Json]:
        return [guild.to_json(self.bot) for guild in self._members_of()]

    def _members_of(self) -> list[Guild]:
        return [guild for guild in self._state.guilds.values() if guild.bot_is_member]

    async def start(self, *, port: int = 0) -> web.AppRunner:
        app = web.Application(client_max_size=2 * REQUEST_LIMIT)  # ours is the limit that answers as Discord does
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/cdn/{file}/{name}", self._file)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        address = runner.addresses[0]
        self._state.base_url = f"http://127.0.0.1:{address[1]}"
        self.api_url = self._state.base_url + PREFIX
        self.gateway_url = self.rest.announced_gateway = f"ws://127.0.0.1:{address[1]}/gateway/"
        return runner

    async def _file(self, request: web.Request) -> web.Response:
        """The CDN. An address without its signature is refused."""
        file = self._state.files.get(request.match_info["file"])
        if file is None or not {"ex", "is", "hm"} <= set(request.query):
            return web.Response(status=404)
        return web.Response(body=file.content)


def _command_data(command: Mapping[str, Any], options: list[Json]) -> Json:
    return {"id": command["id"], "name": command["name"], "type": CHAT_INPUT, "options": options}


def reactions_in(guild: Guild | None) -> int:
    """The intent that tells a bot of reactions there."""
    return GUILD_REACTIONS if guild is not None else DM_REACTIONS


def mentions(message: Message) -> list[str]:
    """The ids of the people whom a text names, notified or not."""
    return _MENTION.findall(message.content)


@asynccontextmanager
async def open_fake_discord(*, heartbeat_s: float = HEARTBEAT_S, port: int = 0) -> AsyncIterator[FakeDiscord]:
    """A running fake on a free port of this machine."""
    discord = FakeDiscord(heartbeat_s=heartbeat_s)
    runner = await discord.start(port=port)
    try:
        yield discord
    finally:
        await discord.gateway.close()
        if discord.voice is not None:
            await discord.voice.close()
            await discord.voice_runner.cleanup()
        await runner.cleanup()
