"""The vocabulary of a conversation, the same on every platform.

`bot.commands` is written in these words only; `bot.platforms` translates them to and from Discord, Telegram and the
terminal; `bot.jobs` delivers with them. Nothing here opens a connection or knows a platform's limits.

All text is plain: a platform escapes what would be markup or a mention there. Languages are "en" and "zh".
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.services import Services

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def language_of(tag: str | None) -> Language:
    """Our language for a client's tag: "zh-CN", "zh-hans", "zh_TW" → zh; everything else → en."""
    return "zh" if tag is not None and tag.lower().startswith("zh") else "en"


@dataclass(frozen=True)
class Person:
    """Somebody who talks to the bot. key is unique over all platforms, e.g. "discord:4711"."""

    platform: str
    id: str
    client_language: str | None = None  # as the client sends it, e.g. "zh-CN"

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True)
class Address:
    """Where an answer goes. Stored with a job, so it holds nothing that dies with the process.

    chat: channel or chat. guild: Discord's server, or Telegram's group; None in a private talk. topic: a Telegram
    forum topic. message: the message that is edited from "accepted" into the result, once it is known.
    token: of a Discord interaction, good until token_expires (seconds since 1970).
    file_limit: largest file in bytes that may be sent there, where the platform says so.
    """

    platform: str
    person: str
    chat: str
    guild: str | None = None
    topic: str | None = None
    message: str | None = None
    token: str | None = None
    token_expires: float | None = None
    reply_to: str | None = None
    file_limit: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Address:
        return cls(**values)


# --- what the bot says ---------------------------------------------------------------------------------------------

CALLBACK_BYTES = 64  # Telegram's limit, the smallest
_ACTION = re.compile(r"v1:([a-z]{1,12}):([0-9a-z]{0,20})(?::([0-9A-Za-z_.,-]{0,28}))?", re.ASCII)


@dataclass(frozen=True)
class Action:
    """What a button does: a verb, mostly the id of a piece or a job, sometimes an argument.

    Everything else is looked up in the store, so a button works for as long as its piece exists.
    """

    verb: str
    target: str = ""
    argument: str = ""

    def encode(self) -> str:
        """At most 64 bytes. Raises ValueError for what `decode` would not read."""
        text = f"v1:{self.verb}:{self.target}" + (f":{self.argument}" if self.argument else "")
        if _ACTION.fullmatch(text) is None or len(text) > CALLBACK_BYTES:
            raise ValueError(f"not an action: {text!r}")
        return text

    @classmethod
    def decode(cls, text: str) -> Action:
        """Raises BadInput for anything we did not write."""
        found = _ACTION.fullmatch(text) if len(text) <= CALLBACK_BYTES else None
        if found is None:
            raise BadInput("This button is not one of ours, or too old. Ask for the piece again with /piece.")
        return cls(found[1], found[2], found[3] or "")


@dataclass(frozen=True)
class Button:
    """label: at most 80 characters. style "danger" for what cannot be undone."""

    label: str
    action: Action
    style: Literal["primary", "secondary", "danger"] = "secondary"


FileKind = Literal["picture", "audio", "document"]


@dataclass(frozen=True)
class Attachment:
    """A file to send. It lies in the bot's own store (`path`) or in memory (`data`); exactly one of the two.

    name: what the person sees, e.g. "chopin_keyboard_20261121_142312_k3f9_p1.png". description: for screen readers.
    title, performer, duration_s, cover: what a music player shows of audio. spare: what may be sent in its place where
    it is too large itself: a smaller file; for a page the PDF of all pages, which stands in for several of them.
    """

    name: str
    kind: FileKind
    path: Path | None = None
    data: bytes | None = None
    description: str = ""
    title: str = ""
    performer: str = ""
    duration_s: float | None = None
    cover: Path | None = None
    spare: Attachment | None = None

    def read(self) -> bytes:
        """The content. Raises OSError."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        return self.path.read_bytes()

    @property
    def size(self) -> int:
        """Bytes. Raises OSError."""
        if self.data is not None:
            return len(self.data)
        assert self.path is not None
        return self.path.stat().st_size


@dataclass(frozen=True)
class Reply:
    """Something the bot says.

    title: a headline above the text, or "". private: only the person who asked should see it, where the platform can.
    attachments: in order of importance; the first picture is the one shown large. language: that of its words, for what
    a platform has to add, for example that a file was too large.
    """

    text: str
    title: str = ""
    buttons: Sequence[Sequence[Button]] = ()
    attachments: Sequence[Attachment] = ()
    private: bool = False
    language: Language = "en"


# --- what people say -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggestion:
    """One line of an autocomplete list: what is shown (at most 100 characters) and what it stands for (likewise)."""

    label: str
    value: str


# (context, what is typed so far) → suggestions, best first; the options given so far are in the context.
Suggest = Callable[["Context", str], Awaitable[Sequence[Suggestion]]]


@dataclass(frozen=True)
class Option:
    """One option of a command. Its description is the text `option.<command>.<name>`.

    rest: takes all words that are not another option ("/compose chopin keyboard"); one option of a command may.
    minimum, maximum: limits of a number, in the option's own unit. choices: the only values allowed; each is shown as
    the text `choice.<value>`.
    """

    name: str
    kind: Literal["text", "integer", "number", "boolean"] = "text"
    required: bool = False
    rest: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[str] = ()
    suggest: Suggest | None = None


@dataclass(frozen=True)
class Command:
    """A command or, with `subcommands`, a family of them. Its description is the text `command.<name>`.

    The name of a subcommand's texts has its family in front: `command.admin.pause`, `option.admin.block.who`.
    private: its answers are for the person alone. admin: only for those whom the settings name.
    """

    name: str
    handle: Callable[[Context], Awaitable[None]] | None = None
    options: Sequence[Option] = ()
    subcommands: Sequence[Command] = ()
    private: bool = False
    admin: bool = False


class Context(Protocol):
    """One command, button or autocomplete request of one person, on one platform.

    Made by the platform, used by `bot.commands`. event_key is the same when the platform sends the same event again.
    language is the person's own choice, else the client's. options: values by name, typed as the command says and
    within its limits; what was not given is missing.
    """

    services: Services
    person: Person
    address: Address
    language: Language
    event_key: str
    options: Mapping[str, Any]

    async def reply(self, reply: Reply) -> str | None:
        """Answer; may be called more than once. Returns the message's id where there is one.

        Raises PlatformError.
        """

    async def edit(self, reply: Reply) -> None:
        """Change the message whose button was pressed; for a command, the last answer. Raises PlatformError."""

    async def delete(self) -> None:
        """Remove the message whose button was pressed. Raises PlatformError."""

    async def remove(self, message: str) -> bool:
        """Remove another message in this chat, as `Messenger.deliver` named it.

        False if it is still there: too old, or not allowed. Raises PlatformError.
        """


# --- what jobs need of a platform ------------------------------------------------------------------------------------


class PlatformError(Exception):
    """A platform did not take what we sent."""


class TryLater(PlatformError):
    """Flood control, an outage or a broken line: the same call may be right later.

    after_s: as the platform asked, or None. sent: False where it is certain that nothing arrived.
    """

    def __init__(self, message: str = "", *, after_s: float | None = None, sent: bool = True) -> None:
        super().__init__(message or self.__doc__)
        self.after_s, self.sent = after_s, sent


class Unreachable(PlatformError):
    """The chat is gone or closed to us: deleted, blocked, no permission. Trying again does not help."""


class Messenger(Protocol):
    """A platform, as far as jobs need it.

    Every method obeys the platform's limits of speed and size by itself: it waits for its turn, and falls back to
    smaller files and says so. All raise TryLater and Unreachable.
    """

    name: str

    def parts(self, reply: Reply) -> Sequence[str]:
        """Into which messages a result is cut, in order, e.g. ("result", "audio", "files")."""

    async def post_status(self, address: Address, reply: Reply, *, nonce: str) -> Address:
        """Say that a job is accepted where nothing was said yet; returns the address with the message in it."""

    async def edit_status(self, address: Address, reply: Reply) -> bool:
        """Change the status message. False if it was left out, because it would have had to wait: progress may."""

    async def deliver(self, address: Address, part: str, reply: Reply, *, nonce: str, in_doubt: bool) -> str | None:
        """Deliver one part of a result (or of the news that there is none); returns the id of its message.

        nonce: at most 25 characters, the same for every try of the same part. in_doubt: an earlier try may have
        arrived. Promises never to show the same part twice; where the platform cannot promise that for this part,
        a part in doubt is not sent again, and MaybeSent is raised.
        """


class MaybeSent(PlatformError):
    """A part that may have arrived, where the platform offers no way to find out."""


@dataclass
class Registry:
    """All commands, and what the buttons do."""

    commands: list[Command] = field(default_factory=list)
    actions: dict[str, Callable[[Context, Action], Awaitable[None]]] = field(default_factory=dict)

    def command(self, name: str) -> Command | None:
        return next((command for command in self.commands if command.name == name), None)
