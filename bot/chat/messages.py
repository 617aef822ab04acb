"""What is said in a conversation, and who says it where: the same on every platform.

Nothing here opens a connection or knows a platform's limits. All text is plain: a platform escapes what would be markup
or a mention there.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bot.errors import BadInput
from bot.texts.language import FALLBACK, Language


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
    file_limit: largest file in bytes that may be sent there, where the platform says so. name: what the person is
    called there, where others read along and do not see it anyway. called: the same in any case, for credits.
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
    name: str | None = None
    called: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Address:
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file that somebody sent, not fetched yet. size: in bytes, as the platform says; None where it does not.

    fetch: its content, of which no more than so many bytes are taken. Raises FileNotFetched, FileTooLarge.
    """

    name: str
    size: int | None
    fetch: Callable[[int], Awaitable[bytes]]


# --- what the bot says ---------------------------------------------------------------------------------------------

CALLBACK_BYTES = 64  # Telegram's limit, the smallest
_ACTION = re.compile(r"v1:([a-z]{1,12}):([0-9a-z]{0,20})(?::([0-9A-Za-z_.,-]{0,36}))?", re.ASCII)


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
            raise BadInput(reason="not_our_button")
        return cls(found[1], found[2], found[3] or "")


@dataclass(frozen=True)
class Button:
    """label: at most 80 characters. style "danger" for what cannot be undone."""

    label: str
    action: Action
    style: Literal["primary", "secondary", "danger"] = "secondary"


@dataclass(frozen=True)
class Menu:
    """One of at most 25 things to choose: a list that opens, or buttons where there are no such lists.

    label: what is to be chosen. choices: of each what it is called and what choosing it does.
    """

    label: str
    choices: Sequence[Button]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Words that somebody is asked for. action: what is done with them, as of a button.

    title: of the form; label: what is to be written; prefill: what stands in it already; is_long: on several lines.
    """

    action: Action
    title: str
    label: str
    prefill: str = ""
    is_long: bool = False

    @property
    def mark(self) -> str:
        """The line by which an answer to the question is known, where there are no forms."""
        return f"{ASK_SIGN} {self.action.encode()}"


ASK_SIGN = "✎"


def asked_in(text: str) -> str | None:
    """The action that a question of ours asks for, by its last line."""
    last = text.rstrip().rpartition("\n")[2]
    return last.removeprefix(f"{ASK_SIGN} ") if last.startswith(f"{ASK_SIGN} ") else None


MENU_COLUMNS = 3
FileKind = Literal["picture", "audio", "voice", "video", "document"]


@dataclass(frozen=True)
class Attachment:
    """A file to send. It lies in the bot's own store (`path`) or in memory (`data`); exactly one of the two.

    name: what the person sees, e.g. "chopin_keyboard_20261121_142312_k3f9_p1.png". description: for screen readers.
    title, performer, duration_s, cover: what a music player shows of audio. sides: width and height of a video, in
    pixels. spare: what may be sent in its place where
    it is too large itself: a smaller file; for a page the PDF of all pages, which stands in for several of them.
    optional: only where it takes no message of its own; elsewhere there is a button for it.
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
    sides: tuple[int, int] | None = None
    spare: Attachment | None = None
    optional: bool = False

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
    personal: nobody else must read it, or nobody else has any use for it: where a platform cannot show it to one person
    among others, it goes into the private talk.
    menu: stands above the buttons. attachments: in order of importance; the first picture is the one shown large.
    language: that of its words, for what a platform has to add, for example that a file was too large. piece: the id of
    the one it shows, for platforms that can link to it. origin: where that one came first, likewise.
    """

    text: str
    title: str = ""
    buttons: Sequence[Sequence[Button]] = ()
    attachments: Sequence[Attachment] = ()
    private: bool = False
    personal: bool = False
    language: Language = FALLBACK
    menu: Menu | None = None
    piece: str = ""
    origin: Address | None = None

    @property
    def rows(self) -> Sequence[Sequence[Button]]:
        """The buttons, behind those of the menu, where it cannot be a list that opens."""
        choices = self.menu.choices if self.menu else ()
        starts = range(0, len(choices), MENU_COLUMNS)
        return [*(choices[start : start + MENU_COLUMNS] for start in starts), *self.buttons]
