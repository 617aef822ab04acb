"""A small Discord on a real socket: REST v10, gateway and CDN, for an unmodified client in a process of its own.

What is promised: the rules a bot meets in practice hold here too. Three seconds to acknowledge, fifteen minutes for a
token, enforced nonces, permissions, limits of messages, embeds, components, commands and files; sessions that can be
resumed or are lost; and trouble on demand (429, 5xx, 413, cut lines). What this fake does not know it refuses, and
writes it into `complaints`, so that a test fails.
Sound in voice channels is in `voice.py`.
What is not: that Discord itself behaves so in every detail; threads, forums, Components V2, several
shards. Content-Type is exactly `application/json`, READY comes before GUILD_CREATE: discord.py needs both.
"""

from .clock import Clock
from .errors import ApiError
from .faults import Delay, RateLimited, ResetAfter, ResetBefore, ServerError, Silence, TooLarge, Unreadable
from .interactions import Interaction
from .server import FakeDiscord, open_fake_discord
from .voice import FakeVoice, Packet
from .world import Channel, Guild, Message, Person, SentFile

__all__ = [
    "ApiError",
    "Channel",
    "Clock",
    "Delay",
    "FakeDiscord",
    "FakeVoice",
    "Guild",
    "Interaction",
    "Message",
    "Packet",
    "Person",
    "RateLimited",
    "ResetAfter",
    "ResetBefore",
    "SentFile",
    "ServerError",
    "Silence",
    "TooLarge",
    "Unreadable",
    "open_fake_discord",
]
