"""The people, guilds, channels and messages of the fake, and how Discord writes them down as JSON.

Guilds have one role, @everyone; a channel may take permissions away from the bot. Threads, forums and group chats
are not covered.
"""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PIL import Image

Json = dict[str, Any]

MIB = 1024**2
DEFAULT_FILE_LIMIT = 10 * MIB

PERMISSIONS = {
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "CONNECT": 1 << 20,
    "SPEAK": 1 << 21,
    "SEND_VOICE_MESSAGES": 1 << 46,
    "USE_APPLICATION_COMMANDS": 1 << 31,
}
ALL_PERMISSIONS = sum(PERMISSIONS.values())
MANAGE_GUILD = 1 << 5

TEXT, VOICE, STAGE = 0, 2, 13  # kinds of channels
EPHEMERAL, LOADING, VOICE_MESSAGE = 1 << 6, 1 << 7, 1 << 13

mimetypes.add_type("audio/midi", ".mid")


@dataclass(frozen=True)
class Person:
    """Somebody, or the bot. locale: as the client sends it."""

    id: str
    name: str
    locale: str = "en-US"
    bot: bool = False
    takes_dms: bool = True

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
            "flags": 0,
            "public_flags": 0,
        }


@dataclass
class Channel:
    """A text, voice or stage channel of a guild, or a private talk with one person (then guild is None)."""

    id: str
    name: str
    guild: Guild | None = None
    person: Person | None = None
    denied: frozenset[str] = frozenset()  # permissions taken from the bot, by name
    silenced: set[str] = field(default_factory=set)  # ids of people who may not write there
    deleted: bool = False
    kind: int = TEXT
    seats: int = 0  # of a voice channel, 0 for any number
    seated: list[Person] = field(default_factory=list)  # in a voice channel

    def bot_permissions(self) -> int:
        return ALL_PERMISSIONS & ~sum(PERMISSIONS[name] for name in self.denied)

    def may(self, name: str) -> bool:
        return bool(self.bot_permissions() & PERMISSIONS[name])

    @property
    def file_limit(self) -> int:
        return self.guild.file_limit if self.guild else DEFAULT_FILE_LIMIT

    def to_json(self, bot: Person) -> Json:
        if self.person is not None:
            return {
                "id": self.id,
                "type": 1,
                "recipients": [self.person.to_json()],
                "last_message_id": None,
                "flags": 0,
            }
        assert self.guild is not None
        deny = ALL_PERMISSIONS & ~self.bot_permissions()
        overwrites = [{"id": bot.id, "type": 1, "allow": "0", "deny": str(deny)}] if deny else []
        mute = str(PERMISSIONS["SEND_MESSAGES"])
        overwrites += [{"id": one, "type": 1, "allow": "0", "deny": mute} for one in sorted(self.silenced)]
        return {
            "id": self.id,
            "type": self.kind,
            **({} if self.kind == TEXT else {"bitrate": 64000, "user_limit": self.seats, "rtc_region": None}),
            "name": self.name,
            "guild_id": self.guild.id,
            "position": 0,
            "permission_overwrites": overwrites,
            "nsfw": False,
            "parent_id": None,
            "topic": None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
            "flags": 0,
        }


@dataclass
class Guild:
    """A server. bot_is_member: False where only a person has installed the application.

    file_limit: bytes per file that Discord announces and enforces there.
    """

    id: str
    name: str
    owner: Person
    locale: str = "en-US"
    bot_is_member: bool = True
    file_limit: int = DEFAULT_FILE_LIMIT
    managers: set[str] = field(default_factory=set)  # ids of members who may manage it
    joined: str = "2024-01-01T00:00:00+00:00"  # by the bot
    channels: list[Channel] = field(default_factory=list)

    def to_json(self, bot: Person) -> Json:
        everyone = {
            "id": self.id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(ALL_PERMISSIONS),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": self.owner.id,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": [everyone],
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.locale,
            "nsfw_level": 0,
            "joined_at": "2024-01-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": 2,
            "voice_states": [voice_state(person, channel) for channel in self.channels for person in channel.seated],
            "members": [  # without the intent for members Discord tells of the bot and of who sits in voice channels
                member_to_json(bot, ALL_PERMISSIONS) | {"joined_at": self.joined},
                *(member_to_json(person, ALL_PERMISSIONS) for channel in self.channels for person in channel.seated),
            ],
            "channels": [channel.to_json(bot) for channel in self.channels if not channel.deleted],
            "threads": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


def voice_state(person: Person, channel: Channel | None) -> Json:
    """Where somebody sits; channel: None for nowhere."""
    return {
        "channel_id": None if channel is None else channel.id,
        "user_id": person.id,
        "session_id": f"voice of {person.id}",
        "member": member_to_json(person, ALL_PERMISSIONS),
        "deaf": False,
        "mute": False,
        "self_deaf": False,
        "self_mute": False,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
    }


def member_to_json(person: Person, permissions: int) -> Json:
    return {
        "user": person.to_json(),
        "nick": None,
        "avatar": None,
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "permissions": str(permissions),
    }


@dataclass(frozen=True)
class SentFile:
    """A file that reached a chat. in_embed: an embed shows it, so Discord does not list it as an attachment.

    seconds: of a voice message.
    """

    id: str
    name: str
    content: bytes
    url: str
    description: str | None = None
    in_embed: bool = False
    seconds: float | None = None

    def to_json(self) -> Json:
        found = {
            "id": self.id,
            "filename": self.name,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": mimetypes.guess_type(self.name)[0] or "application/octet-stream",
        }
        if self.description is not None:
            found["description"] = self.description
        if self.seconds is not None:
            found |= {"duration_secs": self.seconds, "waveform": "AAAA"}
        if self.name.endswith(".png"):
            found["width"], found["height"] = _picture_size(self.content)
        return found


def _picture_size(content: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except OSError:
        return 0, 0


@dataclass
class Message:
    """A message as it stands now. revisions: every text it has shown, oldest first.

    person: the one who can see it, if it is ephemeral. by_interaction: it was made with an interaction's token.
    pings: who was really notified.
    """

    id: str
    channel: Channel
    author: Person
    created: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[SentFile] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    edited: float | None = None
    deleted: bool = False
    by_interaction: str | None = None
    application_id: str | None = None
    seen_only_by: Person | None = None
    reference: Json | None = None
    pings: set[str] = field(default_factory=set)
    revisions: list[str] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)  # the bot's
    mentions: list[Person] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Nothing but "the application is thinking" so far."""
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """All that can be read: the content and the embeds' titles, descriptions, fields and footers."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("title", ""), embed.get("description", "")]
            lines += [f"{one['name']} {one['value']}" for one in embed.get("fields", [])]
            lines.append(embed.get("footer", {}).get("text", ""))
        return "\n".join(line for line in lines if line)

    def buttons(self) -> list[Json]:
        return [part for row in self.components for part in row["components"] if part["type"] == 2]

    def button(self, wanted: str) -> Json:
        """The one whose label or custom_id contains `wanted`."""
        found = [one for one in self.buttons() if wanted in one.get("label", "") or wanted in one.get("custom_id", "")]
        assert len(found) == 1, f"{wanted!r} is not one button of {[one.get('label') for one in self.buttons()]}"
        return found[0]

    def file(self, ending: str) -> SentFile:
        found = [file for file in self.files if file.name.endswith(ending)]
        assert found, f"no {ending} among {[file.name for file in self.files]}"
        return found[0]

    def to_json(self) -> Json:
        found: Json = {
            "id": self.id,
            "channel_id": self.channel.id,
            "author": self.author.to_json(),
            "content": self.content,
            "timestamp": moment(self.created),
            "edited_timestamp": moment(self.edited) if self.edited else None,
            "tts": False,
            "mention_everyone": "everyone" in self.pings,
            "mentions": [person.to_json() for person in self.mentions],
            "mention_roles": [],
            "attachments": [file.to_json() for file in self.files if not file.in_embed],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "type": 19 if self.reference else 0,
            "flags": self.flags,
        }
        if self.nonce is not None:
            found["nonce"] = self.nonce
        if self.application_id is not None:
            found |= {"application_id": self.application_id, "webhook_id": self.application_id}
        if self.reference is not None:
            found["message_reference"] = self.reference
        return found


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def link_embeds(embeds: Sequence[Mapping[str, Any]], files: Sequence[SentFile]) -> list[Json]:
    """attachment:// becomes the address of the file, as in the messages that Discord gives back."""
    urls = {f"attachment://{file.name}": file.url for file in files}
    linked = []
    for embed in embeds:
        new = dict(embed)
        for place in ("image", "thumbnail"):
            if place in new:
                url = new[place]["url"]
                new[place] = {**new[place], "url": urls.get(url, url)}
        linked.append(new)
    return linked
