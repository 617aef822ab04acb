"""Everything the fake remembers, and what happens to messages: posting, editing, removing, telling the gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import checks
from .clock import Clock, Snowflakes
from .errors import invalid, missing_access, missing_permissions, unknown
from .gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway
from .interactions import Interaction
from .world import (
    ALL_PERMISSIONS,
    EPHEMERAL,
    LOADING,
    Channel,
    Guild,
    Json,
    Message,
    Person,
    SentFile,
    link_embeds,
    member_to_json,
)

NONCE_REMEMBERED_S = 120.0  # documented as "the past few minutes"; the shortest that this can mean

NOTHING_SHOWN: Json = {"content": "", "embeds": [], "attachments": [], "components": []}  # no privileged intent
_MENTION = re.compile(r"<@!?(\d+)>")
_FORBIDDEN_IN_NAMES = re.compile(r"[^\w.\-]", re.ASCII)


@dataclass(frozen=True)
class Upload:
    """A file of a request, as it came."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """A request that was made, for tests to look at. status: what was answered, 0 if the line was cut."""

    method: str
    path: str
    data: Any
    files: tuple[str, ...]
    status: int
    at: float


@dataclass
class State:
    """complaints: what no correct program would have sent. base_url: where this server is reached."""

    clock: Clock
    bot: Person
    token: str
    application_id: str
    draw_id: Snowflakes
    base_url: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    files: dict[str, SentFile] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    guild_commands: dict[str, list[Json]] = field(default_factory=dict)  # by guild
    complaints: list[str] = field(default_factory=list)
    nonces: dict[tuple[str, str], tuple[float, Message]] = field(default_factory=dict)

    # --- finding things ----------------------------------------------------------------------------------------------

    def channel(self, channel_id: str) -> Channel:
        """One that the bot may see. Raises ApiError."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.deleted:
            raise unknown("Channel")
        if (channel.guild is not None and not channel.guild.bot_is_member) or not channel.may("VIEW_CHANNEL"):
            raise missing_access()
        return channel

    def message(self, channel: Channel, message_id: str) -> Message:
        """One that is there for everybody. Raises ApiError."""
        message = self.messages.get(message_id)
        if message is None or message.deleted or message.channel is not channel or message.ephemeral:
            raise unknown("Message")
        return message

    def history(self, channel: Channel) -> list[Message]:
        """What everybody can see there, newest first."""
        found = [
            one for one in self.messages.values() if one.channel is channel and not one.deleted and not one.ephemeral
        ]
        return sorted(found, key=lambda one: int(one.id), reverse=True)

    def private_talk(self, person: Person) -> Channel:
        found = next((one for one in self.channels.values() if one.person == person), None)
        if found is None:
            found = Channel(self.draw_id(), person.name, person=person)
            self.channels[found.id] = found
        return found

    # --- messages ----------------------------------------------------------------------------------------------------

    def make_message(
        self,
        channel: Channel,
        author: Person,
        data: Mapping[str, Any],
        uploads: Mapping[str, Upload],
        *,
        fields: set[str],
        interaction: Interaction | None = None,
    ) -> Message:
        """A new message, checked, remembered and not yet told to anybody. Raises ApiError."""
        checks.check_message(data, fields=fields, new_files=_names(data, uploads), kept=())
        message = Message(self.draw_id(), channel, author, self.clock.now())
        message.flags = int(data.get("flags") or 0)
        if interaction is not None:
            message.by_interaction, message.application_id = interaction.id, self.application_id
            message.seen_only_by = interaction.person if message.ephemeral else None
        self._fill(message, data, uploads)
        message.pings = set() if message.ephemeral else self._pings(message.content, data.get("allowed_mentions"))
        self.messages[message.id] = message
        return message

    def change_message(self, message: Message, data: Mapping[str, Any], uploads: Mapping[str, Upload]) -> None:
        """An edit; a loading message becomes a real one. Raises ApiError."""
        listed = {str(one["id"]) for one in data.get("attachments") or []}
        kept = message.files if "attachments" not in data else [one for one in message.files if one.id in listed]
        checks.check_message(
            data, fields=checks.EDIT_FIELDS, new_files=_names(data, uploads), kept=[file.name for file in kept]
        )
        was_loading, message.flags = message.loading, message.flags & ~LOADING
        self._fill(message, data, uploads, kept=kept)
        if was_loading and not message.ephemeral:
            message.pings = self._pings(message.content, data.get("allowed_mentions"))
        message.edited = self.clock.now()

    def loading_message(self, interaction: Interaction, *, flags: int) -> Message:
        """What a deferred interaction shows."""
        message = Message(self.draw_id(), interaction.channel, self.bot, self.clock.now(), flags=flags | LOADING)
        message.by_interaction, message.application_id = interaction.id, self.application_id
        message.seen_only_by = interaction.person if flags & EPHEMERAL else None
        self.messages[message.id] = message
        return message

    def _fill(
        self,
        message: Message,
        data: Mapping[str, Any],
        uploads: Mapping[str, Upload],
        *,
        kept: list[SentFile] | None = None,
    ) -> None:
        files = [*(kept or []), *self._take_files(data, uploads, kept=kept or [])]
        embeds = list(data.get("embeds") or []) if "embeds" in data else message.embeds
        if not message.channel.may("EMBED_LINKS") and message.by_interaction is None:
            embeds = []
        content = (data.get("content") or "") if "content" in data else message.content
        components = list(data.get("components") or []) if "components" in data else message.components
        if len(files) > checks.ATTACHMENTS:
            raise invalid("attachments", f"At most {checks.ATTACHMENTS}")
        checks.check_not_empty(content=content, embeds=embeds, files=files, components=components)
        message.embeds = link_embeds(embeds, files)
        shown = {embed.get(place, {}).get("url") for embed in message.embeds for place in ("image", "thumbnail")}
        message.files = [_with_place(file, in_embed=file.url in shown) for file in files]
        message.content, message.components = content, components
        message.revisions.append(message.text)

    def _take_files(
        self, data: Mapping[str, Any], uploads: Mapping[str, Upload], *, kept: list[SentFile]
    ) -> list[SentFile]:
        about = {str(one["id"]): one for one in data.get("attachments") or []}
        strangers = set(about) - set(uploads) - {file.id for file in kept}
        if strangers:
            raise invalid("attachments", f"Neither uploaded nor in the message: {sorted(strangers)}")
        found = []
        for number, upload in uploads.items():
            one = about.get(number, {})
            name = one.get("filename") or upload.name
            stored = self.upload(name, upload.content, one.get("description"))
            found.append(replace(stored, seconds=one.get("duration_secs")))
        return found

    def upload(self, name: str, content: bytes, description: str | None = None) -> SentFile:
        """A file that lies on the CDN from now on."""
        file_id, name = self.draw_id(), _clean(name)
        url = f"{self.base_url}/cdn/{file_id}/{name}?ex=0&is=0&hm=0"
        self.files[file_id] = file = SentFile(file_id, name, content, url, description)
        return file

    def _pings(self, content: str, allowed: Mapping[str, Any] | None) -> set[str]:
        """Who is really notified by a text."""
        named = set(_MENTION.findall(content)) & set(self.people)
        everyone = {"everyone"} if "@everyone" in content or "@here" in content else set()
        if allowed is None:
            return named | everyone
        parse = allowed.get("parse") or []
        users = named if "users" in parse else named & {str(one) for one in allowed.get("users") or []}
        return users | (everyone if "everyone" in parse else set())


def _names(data: Mapping[str, Any], uploads: Mapping[str, Upload]) -> list[str]:
    about = {str(one.get("id")): one for one in data.get("attachments") or []}
    return [_clean(about.get(number, {}).get("filename") or upload.name) for number, upload in uploads.items()]


def _clean(name: str) -> str:
    return _FORBIDDEN_IN_NAMES.sub("_", name)


def _with_place(file: SentFile, *, in_embed: bool) -> SentFile:
    return replace(file, in_embed=in_embed)


async def tell(state: State, gateway: Gateway, name: str, message: Message) -> None:
    """MESSAGE_CREATE, MESSAGE_UPDATE or MESSAGE_DELETE for what everybody can see."""
    if message.ephemeral:
        return
    guild = message.channel.guild
    place = {"guild_id": guild.id} if guild else {}
    intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
    if name == "MESSAGE_DELETE":
        data: Json = {"id": message.id, "channel_id": message.channel.id, **place}
    else:
        data = message.to_json() | place
        if guild and message.author.id != state.bot.id:
            data["member"] = member_to_json(message.author, ALL_PERMISSIONS)
        is_for_bot = state.bot in message.mentions or f"<@{state.bot.id}>" in message.content
        if message.author.id != state.bot.id and guild and not is_for_bot:
            data |= NOTHING_SHOWN
        if message.reference is not None:
            data["referenced_message"] = _referenced(state, message.reference)
    await gateway.dispatch(name, data, intent=intent)


def _referenced(state: State, reference: Json) -> Json | None:
    """The answered message as it stands; None once it is deleted. A bot sees the words of its own."""
    found = state.messages.get(reference["message_id"])
    if found is None or found.deleted:
        return None
    is_shown = found.author.id == state.bot.id or found.channel.guild is None
    return found.to_json() | ({} if is_shown else NOTHING_SHOWN)


def require_send(channel: Channel, *, files: bool) -> None:
    """Raises ApiError where the bot may not write, or not attach files."""
    if not channel.may("SEND_MESSAGES") or (files and not channel.may("ATTACH_FILES")):
        raise missing_permissions()
