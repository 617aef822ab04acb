"""A reply as Discord wants it: text that stays text, one embed per page, files with descriptions, rows of buttons.

Promises: nothing a person wrote is markup or a mention; every limit of a message is kept by cutting with "…"; what is
built replaces a message wholly, so that building and sending it again changes nothing.
Not covered: sizes of files; see `bot.platforms.fitting`.

The old embeds are used, not the newer components: with those a picture, a player for the audio and files cannot be in
one message.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
from discord.http import MultipartParameters

from bot.chat.messages import Ask, Attachment, Button, Menu, Reply
from bot.platforms.owning import owned

MAX_CONTENT_CHARS = 2000
MAX_TITLE_CHARS = 250
MAX_TEXT_CHARS = 4000
MAX_LABEL_CHARS = 80
MAX_CUSTOM_ID_CHARS = 100
MAX_DESCRIPTION_CHARS = 1000
MAX_FORM_CHARS, MAX_FIELD_CHARS = 45, 4000
BUTTONS_PER_ROW, MAX_ROWS = 5, 5
MAX_OPTIONS, MAX_OPTION_CHARS, MAX_PLACEHOLDER_CHARS = 25, 100, 150
MENU_ID = "v1:menu:"
MAX_FILES = 10
MAX_PAGES = 4  # an album of embeds shows no more

EPHEMERAL, VOICE_MESSAGE = 1 << 6, 1 << 13
ALBUM_URL = "https://discord.com/"  # embeds with one address are shown as one album
COLOUR = 0x4A5A8C

# Addresses stay as they are, so that they can be pressed. Quotes, headlines and lists begin a line.
_MARKUP = re.compile(
    r"(?P<address>https?://[^\s<>\[\]()*|`]+)|(?P<indent>^\s*)(?P<sign>[>#-])|(?P<mark>[\\*_~|`<\[])", re.MULTILINE
)
_MENTION = re.compile("@(?=everyone|here)")

_BUTTON_STYLES = {"primary": 1, "secondary": 2, "danger": 4}


@dataclass(frozen=True)
class Message:
    """What goes over the line. data: the JSON of a message. files: name, description and content of each."""

    data: dict[str, Any]
    files: Sequence[tuple[str, str, bytes]] = field(default=())

    def parameters(self, wrap: dict[str, Any] | None = None) -> MultipartParameters:
        """For discord.py's calls; to be closed. wrap: what the message is put into, as "data"."""
        body = self.data if wrap is None else {**wrap, "data": self.data}
        if not self.files:
            return MultipartParameters(payload=body, multipart=None, files=None)
        files = [
            discord.File(io.BytesIO(content), filename=name, description=description)
            for name, description, content in self.files
        ]
        parts: list[dict[str, Any]] = [{"name": "payload_json", "value": discord.utils._to_json(body)}]
        for index, file in enumerate(files):
            parts.append(
                {
                    "name": f"files[{index}]",
                    "value": file.fp,
                    "filename": file.filename,
                    "content_type": "application/octet-stream",
                }
            )
        return MultipartParameters(payload=None, multipart=parts, files=files)


def build_message(reply: Reply, *, mention: str | None = None, owner: str | None = None) -> Message:
    """The message for a reply. mention: id of the one person who is called; owner: of who alone may press its buttons.

    Reads files: call it in a thread.

    Raises OSError.
    """
    pages = [attachment for attachment in reply.attachments if attachment.kind == "picture"][:MAX_PAGES]
    reply = _with_origin(reply)
    call = f"<@{mention}>" if mention else ""
    is_plain = not (reply.title or pages or len(reply.text) > MAX_CONTENT_CHARS // 2)
    content = " ".join(part for part in (call, escape(reply.text) if is_plain else "") if part)
    data = {
        "content": cut(content, MAX_CONTENT_CHARS),
        "embeds": [] if is_plain else _embeds(reply, pages),
        "components": [*_select(reply.menu, owner), *_rows(reply.buttons, owner)][:MAX_ROWS],
        "attachments": [_describe(index, file) for index, file in enumerate(reply.attachments)],
        "allowed_mentions": {"parse": [], "users": [mention] if mention else []},
    }
    files = [(file.name, file.description, file.read()) for file in reply.attachments]
    return Message(data, files)


def build_voice(file: Attachment, waveform: bytes) -> Message:
    """A voice message: nothing but a recording of one channel in Ogg Opus, with what it looks like. Reads the file.

    Raises OSError.
    """
    described = {
        "id": 0,
        "filename": file.name,
        "duration_secs": round(file.duration_s or 1.0, 2),
        "waveform": base64.b64encode(waveform).decode(),
    }
    data = {"flags": VOICE_MESSAGE, "attachments": [described], "allowed_mentions": {"parse": []}}
    return Message(data, [(file.name, "", file.read())])


def _with_origin(reply: Reply) -> Reply:
    """With the address of the message in which the piece came first."""
    origin = reply.origin
    if origin is None or origin.guild is None or origin.message is None:
        return reply
    return replace(reply, text=f"{reply.text}\n{ALBUM_URL}channels/{origin.guild}/{origin.chat}/{origin.message}")


def build_form(ask: Ask) -> dict[str, Any]:
    """A form with one field: what a button opens."""
    field_of_it: dict[str, Any] = {
        "type": 4,
        "custom_id": "words",
        "style": 2 if ask.is_long else 1,
        "label": cut(ask.label, MAX_FORM_CHARS),
        "required": True,
        "max_length": MAX_FIELD_CHARS,
    }
    if ask.prefill:
        field_of_it["value"] = ask.prefill[:MAX_FIELD_CHARS]
    row = {"type": 1, "components": [field_of_it]}
    return {"custom_id": ask.action.encode(), "title": cut(ask.title, MAX_FORM_CHARS), "components": [row]}


def sparing_files(message: Message) -> Message:
    """The same without a word about files: those of the message that it changes stay, should it come late."""
    return Message({name: value for name, value in message.data.items() if name != "attachments"}, message.files)


def escape(text: str) -> str:
    """The text so that Discord shows just that: no markup, no mention, no emoji of a server, no time stamp."""
    return _MENTION.sub("@\u200b", _MARKUP.sub(_escape_one, text))


def _escape_one(found: re.Match[str]) -> str:
    if found["address"]:
        return found["address"]
    return f"{found['indent'] or ''}\\{found['sign'] or found['mark']}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _describe(index: int, file: Attachment) -> dict[str, Any]:
    described = {"id": index, "filename": file.name}
    return described | ({"description": cut(file.description, MAX_DESCRIPTION_CHARS)} if file.description else {})


def _embeds(reply: Reply, pages: Sequence[Attachment]) -> list[dict[str, Any]]:
    """The headline and text with the first page, then an embed for each further page."""
    album = {"url": ALBUM_URL} if len(pages) > 1 else {}
    first: dict[str, Any] = {**album, "color": COLOUR, "description": _heading(reply, as_text=bool(album))}
    if reply.title and not album:
        first["title"] = cut(escape(reply.title), MAX_TITLE_CHARS)
    embeds = [first] + [dict(album) for _ in pages[1:]]
    for embed, page in zip(embeds, pages, strict=False):
        embed["image"] = {"url": f"attachment://{page.name}"}
    return embeds


def _heading(reply: Reply, *, as_text: bool) -> str:
    """In an album a title would become a link, so there it is a bold line."""
    title = f"**{cut(escape(reply.title), MAX_TITLE_CHARS)}**\n" if as_text and reply.title else ""
    return cut(title + escape(reply.text), MAX_TEXT_CHARS)


def _rows(rows: Sequence[Sequence[Button]], owner: str | None) -> list[dict[str, Any]]:
    """Rows that are too long are broken; a button that is there already is left out, because ids must be unique."""
    seen: set[str] = set()
    built: list[dict[str, Any]] = []
    for row in rows:
        made = (_button(button, owner) for button in row)
        fresh = {button["custom_id"]: button for button in made if button["custom_id"] not in seen}
        seen.update(fresh)
        buttons = list(fresh.values())
        starts = range(0, len(buttons), BUTTONS_PER_ROW)
        built += [{"type": 1, "components": buttons[start : start + BUTTONS_PER_ROW]} for start in starts]
    return built[:MAX_ROWS]


def _select(menu: Menu | None, owner: str | None) -> list[dict[str, Any]]:
    """A list that opens. What a choice does is its value; whoever reads the answer takes that for the button's id."""
    if menu is None:
        return []
    options = [
        {
            "label": cut(choice.label, MAX_OPTION_CHARS),
            "value": owned(choice.action, owner, limit=MAX_CUSTOM_ID_CHARS),
        }
        for choice in menu.choices[:MAX_OPTIONS]
    ]
    label = cut(menu.label, MAX_PLACEHOLDER_CHARS)
    return [{"type": 1, "components": [{"type": 3, "custom_id": MENU_ID, "placeholder": label, "options": options}]}]


def _button(button: Button, owner: str | None) -> dict[str, Any]:
    return {
        "type": 2,
        "style": _BUTTON_STYLES[button.style],
        "label": cut(button.label, MAX_LABEL_CHARS),
        "custom_id": owned(button.action, owner, limit=MAX_CUSTOM_ID_CHARS),
    }
