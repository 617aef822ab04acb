"""A small Bot API on a real socket: what python-telegram-bot speaks with instead of api.telegram.org.

Promised: long polling with offsets (an update comes again until it is confirmed; two pollers get 409), messages with
photos, audio, documents and albums, edits of all kinds, callback queries, command menus, files that can be read back,
topics, groups with privacy mode, the documented limits, and faults on demand. Unknown methods and parameters are
refused, as a misspelt one does nothing on the real server either, but silently.
Not promised: what Telegram does to pictures (compressing), its real flood limits, markup (parse_mode is refused).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import BodyPartReader, web
from PIL import Image
from telegram.constants import ReactionEmoji

TOKEN = "666:AAfaketoken"
BOT_ID, BOT_NAME = 666, "OurBot"
MIB = 1024 * 1024
UPLOAD_BYTES, PHOTO_BYTES, DOWNLOAD_BYTES = 50 * MIB, 10 * MIB, 20 * MIB
TEXT_UNITS, CAPTION_UNITS, ANSWER_CHARS, CALLBACK_BYTES = 4096, 1024, 200, 64
ALBUM = range(2, 11)
INLINE_RESULTS = 50
BUTTON_STYLES = ("primary", "success", "danger")
SHOWN = 100  # updates at a time
PHOTO_SIDES, PHOTO_RATIO, THUMBNAIL_SIDE, THUMBNAIL_BYTES = 10_000, 20, 320, 200_000

Json = dict[str, Any]

_WHERE = {"chat_id", "message_thread_id", "reply_parameters", "disable_notification"}
_EDIT = {"chat_id", "message_id", "reply_markup"}
# Each method's parameters; those with a "!" must be there.
METHODS: dict[str, set[str]] = {
    "getMe": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "deleteWebhook": {"drop_pending_updates"},
    "setMyCommands": {"commands!", "scope", "language_code"},
    "sendMessage": _WHERE | {"text!", "reply_markup", "link_preview_options", "ephemeral_message_parameters"},
    "sendPhoto": _WHERE | {"photo!", "caption", "reply_markup"},
    "sendAudio": _WHERE | {"audio!", "caption", "duration", "performer", "title", "thumbnail", "reply_markup"},
    "sendVideo": _WHERE | {"video!", "caption", "duration", "width", "height", "supports_streaming", "reply_markup"},
    "sendVoice": _WHERE | {"voice!", "caption", "duration", "reply_markup"},
    "sendDocument": _WHERE | {"document!", "caption", "thumbnail", "reply_markup", "disable_content_type_detection"},
    "sendMediaGroup": _WHERE | {"media!"},
    "sendChatAction": {"chat_id", "message_thread_id", "action!"},
    "sendRichMessage": _WHERE | {"rich_message!", "reply_markup"},
    "editMessageText": _EDIT | {"text", "rich_message", "link_preview_options"},
    "editMessageCaption": _EDIT | {"caption"},
    "editMessageReplyMarkup": _EDIT,
    "editMessageMedia": _EDIT | {"media!"},
    "deleteMessage": {"chat_id", "message_id"},
    "answerCallbackQuery": {"callback_query_id!", "text", "show_alert", "url", "cache_time"},
    "setMessageReaction": {"chat_id", "message_id", "reaction", "is_big"},
    "getChat": {"chat_id"},
    "getChatMember": {"chat_id", "user_id!"},
    "getFile": {"file_id!"},
    "answerInlineQuery": {"inline_query_id!", "results!", "cache_time", "is_personal", "next_offset", "button"},
    "answerGuestQuery": {"guest_query_id!", "result!"},
}


class Refusal(Exception):
    """An answer with "ok": false."""

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.description, self.status, self.parameters = description, status, parameters


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """What a bot asked for. at: seconds, monotonic."""

    method: str
    values: Mapping[str, Any]
    files: Mapping[str, Upload]
    at: float


@dataclass
class Fault:
    """What shall go wrong with the next calls of a method.

    kind: "status" answers with it; "hang" does nothing for `seconds`, then closes the line; "late" does what was asked
    after `seconds`, whoever still waits, and says so; "cut" closes the line instead of doing anything; "cut after" does
    what was asked and closes the line instead of saying so; "unreadable" does nothing and answers with `body`, which
    need not be Telegram's, "unreadable after" does what was asked before.
    """

    kind: Literal["status", "hang", "late", "cut", "cut after", "unreadable", "unreadable after"]
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    seconds: float = 30.0
    times: int = 1
    chat: int | None = None
    topic: int | None = None
    body: bytes = bytes(range(255, 127, -1))


@dataclass(frozen=True)
class Someone:
    id: int
    first_name: str
    language_code: str = "en"

    def to_json(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": self.language_code}


@dataclass
class Chat:
    """kind "private": its id is the person's. closed: the bot was blocked or kicked. sees_all: no privacy mode.

    per_minute: how many messages and edits it takes in `minute_s`, the items of an album each; None for any number.
    forbids: what members may not send there, in the words of Telegram's refusal ("photos", "audios", "text messages").
    """

    id: int
    kind: Literal["private", "group", "supergroup", "channel"]
    title: str
    forum: bool = False
    sees_all: bool = False
    closed: str | None = None
    moved_to: int | None = None
    reactions: frozenset[str] | None = None  # those that are allowed; None for all
    per_minute: int | None = None
    minute_s: float = 60.0
    forbids: frozenset[str] = frozenset()
    taken_at: list[float] = field(default_factory=list)
    known: bool = True
    managers: set[int] = field(default_factory=set)  # ids of its administrators
    strangers: set[int] = field(default_factory=set)  # and of those who are not in it
    name: str = ""  # "quartet" of @quartet

    def to_json(self) -> Json:
        name = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return {"id": self.id, "type": self.kind, **name, **({"is_forum": True} if self.forum else {})}


@dataclass
class FakeTelegram:
    """Made by `open_fake_telegram`. messages: by (chat, message id), as a client would see them now."""

    base: str = ""
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    deleted: set[tuple[int, int]] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    menus: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # (scope as JSON, language) → commands
    files: dict[str, Upload] = field(default_factory=dict)
    reactions: dict[tuple[int, int], str] = field(default_factory=dict)  # by (chat, message), the bot's
    put: dict[tuple[int, int, int], tuple[str, ...]] = field(default_factory=dict)  # by (person, chat, message)
    history: list[tuple[int, int, str]] = field(default_factory=list)  # (chat, message, what it then said)
    knows_ephemeral: bool = True  # messages of Bot API 10.2 and later
    whispers: list[tuple[int, int, str]] = field(default_factory=list)  # (chat, who saw it, what it said)
    knows_rich: bool = True  # messages of Bot API 10.1 and later
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    _updates: list[Json] = field(default_factory=list)
    _new: asyncio.Event = field(default_factory=asyncio.Event)
    _let_go: asyncio.Event = field(default_factory=asyncio.Event)
    _last_message: int = 0
    _last_update: int = 700_000
    _poll: int = 0
    _open_queries: set[str] = field(default_factory=set)

    # --- what tests do ---------------------------------------------------------------------------------------------

    def person(self, id: int = 77, first_name: str = "Ann", language_code: str = "en") -> Someone:  # noqa: A002
        """Somebody with a private chat that is open to the bot."""
        self.chats.setdefault(id, Chat(id, "private", first_name))
        return Someone(id, first_name, language_code)

    def group(self, id: int = -1001, title: str = "Quartet", *, forum: bool = False) -> Chat:  # noqa: A002
        return self.chats.setdefault(id, Chat(id, "supergroup", title, forum=forum))

    def channel(self, id: int = -1009, title: str = "Concerts") -> Chat:  # noqa: A002
        return self.chats.setdefault(id, Chat(id, "channel", title))

    def fail(self, method: str, fault: Fault) -> None:
        """method: "*" for all."""
        self._faults.setdefault(method, []).append(fault)

    def let_go(self) -> None:
        """Cut all lines on which nothing was answered."""
        self._let_go.set()
        self._let_go = asyncio.Event()

    def repeat_updates(self, rng: random.Random) -> None:
        """The next updates come twice, however often this is asked for, and in another order."""
        waiting = sorted(
            {update["update_id"]: update for update in self._updates}.values(), key=lambda one: one["update_id"]
        )
        soon, later = waiting[: SHOWN // 2], waiting[SHOWN // 2 :]
        self._updates = [*rng.sample(soon * 2, 2 * len(soon)), *later]
        self._new.set()

    def say(
        self,
        who: Someone,
        text: str,
        *,
        chat: int | None = None,
        topic: int | None = None,
        reply_to: int | None = None,
        in_the_name_of: int | None = None,
    ) -> int:
        """Somebody writes; returns the message's id. In a group the bot only gets what privacy mode lets through.

        in_the_name_of: the group itself (an anonymous administrator) or a channel: then nobody learns who it is.
        """
        where = self.chats[who.id if chat is None else chat]
        sender = who.to_json() if in_the_name_of is None else _front(where.id == in_the_name_of)
        message = self._new_message(where, sender, topic=topic)
        message |= {"text": text, "entities": _entities(text)}
        if in_the_name_of is not None:
            message["sender_chat"] = self.chats[in_the_name_of].to_json()
        if reply_to is not None:
            message["reply_to_message"] = _without_reply(self.messages[where.id, reply_to])
        self.messages[where.id, message["message_id"]] = message
        if _bot_sees(where, message):
            self.push({"message": message})
        return int(message["message_id"])

    def send(self, who: Someone, content: Json, *, chat: int | None = None, reply_to: int | None = None) -> int:
        """Somebody sends what is no text: content as in a Message, e.g. {"voice": ...}. Returns the message's id."""
        where = self.chats[who.id if chat is None else chat]
        message = self._new_message(where, who.to_json(), topic=None) | content
        if reply_to is not None:
            message["reply_to_message"] = _without_reply(self.messages[where.id, reply_to])
        self.messages[where.id, message["message_id"]] = message
        if _bot_sees(where, message):
            self.push({"message": message})
        return int(message["message_id"])

    def speak(self, who: Someone, content: bytes, *, seconds: float) -> int:
        """Send a voice message; returns the message's id."""
        told = {"duration": round(seconds), "mime_type": "audio/ogg"}
        return self.send(who, {"voice": self._stored(Upload("voice.oga", content)) | told})

    def correct(self, chat: int, message: int, text: str, *, after_s: int = 5) -> None:
        """Whoever wrote a message changes it."""
        old = self.messages[chat, message]
        changed = old | {"text": text, "entities": _entities(text), "edit_date": old["date"] + after_s}
        self.messages[chat, message] = changed
        if self.chats[chat].kind == "channel":
            self.push({"edited_channel_post": {name: value for name, value in changed.items() if name != "from"}})
        elif _bot_sees(self.chats[chat], changed):
            self.push({"edited_message": changed})

    def post(self, channel: Chat, text: str) -> int:
        """A channel posts; the bot, which is an administrator there, sees it. Returns the post's id."""
        message = self._new_message(channel, {}, topic=None) | {"text": text, "entities": _entities(text)}
        del message["from"]
        message["sender_chat"] = channel.to_json()
        self.messages[channel.id, message["message_id"]] = message | {"from": _front(is_group=False)}
        self.push({"channel_post": message})
        return int(message["message_id"])

    def put_bot(self, who: Someone, chat: Chat, before: str, after: str) -> int:
        """Somebody makes the bot a "member", "administrator", or takes it out: "left", "kicked". Returns the update."""
        members = [{"user": _bot(), "status": status, **_rights(status)} for status in (before, after)]
        change = {"chat": chat.to_json(), "from": who.to_json(), "date": int(time.time())}
        return self.push({"my_chat_member": change | {"old_chat_member": members[0], "new_chat_member": members[1]}})

    def send_document(
        self,
        who: Someone,
        name: str,
        content: bytes,
        caption: str = "",
        *,
        chat: int | None = None,
        size: int | None = None,
    ) -> int:
        """Somebody sends a file; returns the message's id. size: what Telegram says of it, where that is not true."""
        where = self.chats[who.id if chat is None else chat]
        message = self._new_message(where, who.to_json(), topic=None)
        stored = self._stored(Upload(name, content))
        told = {} if size is None else {"file_size": size}
        message["document"] = stored | {"file_name": name, "mime_type": "application/octet-stream"} | told
        if caption:
            message |= {"caption": caption, "caption_entities": _entities(caption)}
        self.messages[where.id, message["message_id"]] = message
        if _bot_sees(where, message):
            self.push({"message": message})
        return int(message["message_id"])

    def press(self, who: Someone, chat: int, message: int, label: str) -> str:
        """Somebody presses the button with this label; returns the query's id."""
        rows = self.messages[chat, message].get("reply_markup", {}).get("inline_keyboard", [])
        found = [button["callback_data"] for row in rows for button in row if button["text"] == label]
        assert found, f"no button {label!r} in {rows}"
        return self.press_data(who, chat, message, found[0])

    def press_data(self, who: Someone, chat: int, message: int, data: str) -> str:
        """Somebody's client sends these callback data, whatever the buttons say."""
        query = f"query{self._last_update + 1}"
        self._open_queries.add(query)
        shown = self.messages.get((chat, message)) or {
            "chat": self.chats[chat].to_json(),
            "message_id": message,
            "date": 0,
        }
        self.push(
            {
                "callback_query": {
                    "id": query,
                    "from": who.to_json(),
                    "chat_instance": "1",
                    "data": data,
                    "message": shown,
                }
            }
        )
        return query

    def react(self, who: Someone, chat: int, message: int, *emojis: str) -> None:
        """Somebody puts these below a message, in place of what they had put there. As the real server, it tells the
        bot of a group's only if the bot is an administrator there, and only if it asked for such updates. Signs that
        Telegram does not have cannot be put.
        """
        known = {each.value for each in ReactionEmoji}
        assert set(emojis) <= known, f"Telegram has no {set(emojis) - known} among its reactions"
        before = self.put.get((who.id, chat, message), ())
        self.put[who.id, chat, message] = emojis
        where = self.chats[chat]
        if where.kind != "private" and BOT_ID not in where.managers:
            return
        told = {"chat": where.to_json(), "message_id": message, "user": who.to_json(), "date": int(time.time())}
        told |= {"old_reaction": _reactions(before), "new_reaction": _reactions(emojis)}
        self.push({"message_reaction": told})

    def type_inline(self, who: Someone, text: str) -> str:
        """Somebody types behind our name in another chat; returns the query's id."""
        query = f"inline{self._last_update + 1}"
        self._open_queries.add(query)
        self.push({"inline_query": {"id": query, "from": who.to_json(), "query": text, "offset": ""}})
        return query

    def summon(self, who: Someone, text: str) -> str:
        """Somebody names us in a chat that we are no member of; returns the query's id."""
        query = f"guest{self._last_update + 1}"
        self._open_queries.add(query)
        chat = {"id": -5005, "type": "supergroup", "title": "Elsewhere"}
        message = {"message_id": 1, "date": int(time.time()), "chat": chat, "from": who.to_json(), "text": text}
        self.push({"guest_message": message | {"entities": _entities(text), "guest_query_id": query}})
        return query

    def remove(self, chat: int, message: int) -> None:
        """Somebody deletes a message."""
        del self.messages[chat, message]
        self.deleted.add((chat, message))

    def push(self, update: Json) -> int:
        self._last_update += 1
        self._updates.append({"update_id": self._last_update, **json.loads(json.dumps(update))})
        self._new.set()
        return self._last_update

    def from_bot(self, chat: int) -> list[Json]:
        """The bot's messages in a chat, oldest first."""
        return [
            message
            for (where, _), message in sorted(self.messages.items())
            if where == chat and message["from"]["id"] == BOT_ID
        ]

    def buttons(self, chat: int) -> list[tuple[int, Json]]:
        """Those below the bot's messages in a chat, oldest first, each with the id of its message."""
        return [
            (message["message_id"], button)
            for message in self.from_bot(chat)
            for row in message.get("reply_markup", {}).get("inline_keyboard", ())
            for button in row
        ]

    def sent(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def content(self, message: Json) -> Upload:
        """The file of a message."""
        media = (
            message["photo"][-1]
            if "photo" in message
            else message.get("audio") or message.get("video") or message["document"]
        )
        return self.files[media["file_id"]]

    @property
    def waiting_updates(self) -> list[int]:
        """The ids of updates that are not confirmed."""
        return [update["update_id"] for update in self._updates]

    # --- the server ------------------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal("Unauthorized", 401)
            values, files = await _read(request)
            self.calls.append(Call(method, values, files, time.monotonic()))
            fault = self._next_fault(method, values)
            if fault is not None and not fault.kind.endswith("after") and fault.kind != "late":
                return await self._suffer(fault, request)
            if fault is not None and fault.kind == "late":
                await asyncio.sleep(fault.seconds)
            result = await self._do(method, values, files, request)
            if fault is not None and fault.kind != "late":
                return await self._suffer(fault, request)
            return _json({"ok": True, "result": result})
        except Refusal as refusal:
            self.refused.append((method, refusal.description))
            body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            parameters = {"parameters": refusal.parameters} if refusal.parameters else {}
            return _json(body | parameters, status=refusal.status)

    async def download(self, request: web.Request) -> web.Response:
        upload = self.files.get(request.match_info["path"].removeprefix("files/"))
        if request.match_info["token"] != TOKEN or upload is None:
            return web.Response(status=404)
        return web.Response(body=upload.content)

    def _next_fault(self, method: str, values: Mapping[str, Any]) -> Fault | None:
        for fault in [*self._faults.get(method, []), *self._faults.get("*", [])]:
            is_there = fault.topic is None or str(fault.topic) == str(values.get("message_thread_id"))
            if fault.times > 0 and fault.chat in (None, values.get("chat_id")) and is_there:
                fault.times -= 1
                return fault
        return None

    async def _suffer(self, fault: Fault, request: web.Request) -> web.Response:
        """What the bot hears in place of an answer. Raises Refusal."""
        if fault.kind == "status":
            more = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
            raise Refusal(fault.description, fault.status, **more)
        if fault.kind.startswith("unreadable"):
            return web.Response(body=fault.body, status=200 if fault.status == 500 else fault.status)
        if fault.kind == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self._let_go.wait(), fault.seconds)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # nobody hears it

    async def _do(self, method: str, values: Json, files: Mapping[str, Upload], request: web.Request) -> Any:
        if method not in METHODS:
            raise Refusal("Not Found", 404)
        known = METHODS[method]
        for name in values.keys() | {name for name in files if f"attach://{name}" not in str(values)}:
            if name not in known and f"{name}!" not in known:
                raise Refusal(f"Bad Request: parameter {name} of {method} is unknown to this server")
        for name in (name[:-1] for name in known if name.endswith("!")):
            if name not in values and name not in files:
                raise Refusal(f"Bad Request: {name} is empty")
        _check_markup(values.get("reply_markup"))
        self._count(method, values)
        handlers: dict[str, Callable[[Json, Mapping[str, Upload]], Any | Awaitable[Any]]] = {
            "getMe": lambda values, files: _bot() | _abilities(),
            "deleteWebhook": lambda values, files: True,
            "setMyCommands": self._set_commands,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_file("photo"),
            "sendAudio": self._send_file("audio"),
            "sendVideo": self._send_file("video"),
            "sendVoice": self._send_file("voice"),
            "sendDocument": self._send_file("document"),
            "sendMediaGroup": self._send_album,
            "sendRichMessage": self._send_rich,
            "sendChatAction": lambda values, files: self._open_chat(values) and True,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": self._edit_markup,
            "editMessageMedia": self._edit_media,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer_query,
            "setMessageReaction": self._react,
            "getChat": self._get_chat,
            "getChatMember": self._get_member,
            "getFile": self._get_file,
            "answerInlineQuery": self._answer_inline,
            "answerGuestQuery": self._answer_guest,
        }
        if method == "getUpdates":
            return await self._get_updates(values, request)
        return handlers[method](values, files)

    def _count(self, method: str, values: Json) -> None:
        """Whether the chat takes one more message or edit. Raises Refusal."""
        if str(values.get("chat_id", 0)).startswith("@"):
            return
        chat = self.chats.get(int(values.get("chat_id", 0)))
        if chat is None or not method.startswith(("send", "editMessage")) or method == "sendChatAction":
            return
        forbidden = {"sendMessage": "text messages", "sendPhoto": "photos", "sendAudio": "audios"}.get(method)
        if method == "editMessageMedia" and values["media"]["type"] == "photo":
            forbidden = "photos"
        if forbidden in chat.forbids:
            raise Refusal(f"Bad Request: not enough rights to send {forbidden} to the chat")
        if chat.per_minute is None:
            return
        now, cost = time.monotonic(), len(values.get("media", "1")) if method == "sendMediaGroup" else 1
        chat.taken_at = [at for at in chat.taken_at if now - at < chat.minute_s]
        if len(chat.taken_at) + cost > chat.per_minute:
            wait_s = math.ceil(chat.taken_at[0] + chat.minute_s - now)
            raise Refusal(f"Too Many Requests: retry after {wait_s}", 429, retry_after=wait_s)
        chat.taken_at += [now] * cost

    # --- updates -----------------------------------------------------------------------------------------------------

    async def _get_updates(self, values: Json, request: web.Request) -> list[Json]:
        self._poll += 1
        mine = self._poll
        self._new.set()  # another poller that still waits is told
        await asyncio.sleep(0)
        offset, limit = int(values.get("offset", 0)), int(values.get("limit", SHOWN))
        if offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        end = time.monotonic() + float(values.get("timeout", 0))
        while not self._updates and time.monotonic() < end and request.transport is not None:
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), max(0.0, end - time.monotonic()))
            except TimeoutError:
                break
            if mine != self._poll:
                raise Refusal("Conflict: terminated by other getUpdates request", 409)
        allowed = values.get("allowed_updates")
        if allowed is not None:  # what the bot did not ask for it never sees
            self._updates = [update for update in self._updates if set(update) & set(allowed)]
        return self._updates[:limit]

    # --- sending -----------------------------------------------------------------------------------------------------

    def _open_chat(self, values: Json) -> Chat:
        wanted = str(values.get("chat_id", 0))
        named = next((one for one in self.chats.values() if one.name and f"@{one.name}" == wanted), None)
        chat = named or (None if wanted.startswith("@") else self.chats.get(int(wanted)))
        if chat is None or not chat.known:
            raise Refusal("Bad Request: chat not found")
        if chat.closed is not None:
            raise Refusal(chat.closed, 403)
        if chat.moved_to is not None:
            raise Refusal(
                "Bad Request: group chat was upgraded to a supergroup chat", 400, migrate_to_chat_id=chat.moved_to
            )
        if "message_thread_id" in values and not chat.forum:
            raise Refusal("Bad Request: message thread not found")
        return chat

    def _new_message(self, chat: Chat, sender: Json, *, topic: int | None) -> Json:
        self._last_message += 1
        message = {"message_id": self._last_message, "date": int(time.time()), "chat": chat.to_json(), "from": sender}
        return message | ({"message_thread_id": topic, "is_topic_message": True} if topic is not None else {})

    def _post(self, values: Json, content: Json) -> Json:
        chat = self._open_chat(values)
        message = self._new_message(chat, _bot(), topic=values.get("message_thread_id"))
        if (reply := values.get("reply_parameters")) is not None:
            answered = self.messages.get((chat.id, int(reply["message_id"])))
            if answered is None and not reply.get("allow_sending_without_reply"):
                self._last_message -= 1
                raise Refusal("Bad Request: message to be replied not found")
            if answered is not None:
                message["reply_to_message"] = _without_reply(answered)
        markup = {"reply_markup": values["reply_markup"]} if values.get("reply_markup") else {}
        message |= content | markup
        self.messages[chat.id, message["message_id"]] = message
        self._remember(message)
        return message

    def _remember(self, message: Json) -> None:
        text = str(message.get("text") or message.get("caption", ""))
        self.history.append((message["chat"]["id"], message["message_id"], text))

    def _send_message(self, values: Json, files: Mapping[str, Upload]) -> Json:
        if self.knows_ephemeral and "ephemeral_message_parameters" in values:
            return self._whisper(values, values["ephemeral_message_parameters"])
        return self._post(values, {"text": _text(values["text"])})

    def _send_file(self, kind: str) -> Callable[[Json, Mapping[str, Upload]], Json]:
        def send(values: Json, files: Mapping[str, Upload]) -> Json:
            self._open_chat(values)
            thumbnail = _attached(values.get("thumbnail"), files) or files.get("thumbnail")
            upload = _attached(values.get(kind), files) or files.get(kind)
            return self._post(values, self._media(kind, values, upload, thumbnail) | _caption(values))

        return send

    def _send_album(self, values: Json, files: Mapping[str, Upload]) -> list[Json]:
        self._open_chat(values)
        items: list[Json] = values["media"]
        if len(items) not in ALBUM:
            raise Refusal("Bad Request: wrong number of items in the album")
        kinds = {item["type"] for item in items}
        if len(kinds) > 1 and kinds & {"document", "audio"}:
            raise Refusal("Bad Request: documents and audio can't be mixed with other media types")
        contents = [self._item(item, files) for item in items]
        group = f"album{self._last_message + 1}"
        return [self._post(values, content | {"media_group_id": group}) for content in contents]

    def _item(self, item: Json, files: Mapping[str, Upload]) -> Json:
        thumbnail = _attached(item.get("thumbnail"), files)
        return self._media(item["type"], item, _attached(item["media"], files), thumbnail) | _caption(item)

    def _whisper(self, values: Json, parameters: Json) -> Json:
        """Shown to one member: after they pressed a button of ours, or at any time by an administrator."""
        chat, receiver = self._open_chat(values), int(parameters["receiver_user_id"])
        is_pressed = parameters.get("callback_query_id") in self._open_queries
        if not (chat.kind == "supergroup" and (is_pressed or BOT_ID in chat.managers)):
            raise Refusal("Bad Request: EPHEMERAL_MESSAGE_NOT_ALLOWED")
        self.whispers.append((chat.id, receiver, _text(values["text"])))
        return self._new_message(chat, _bot(), topic=None) | {"text": values["text"], "ephemeral_message_id": 1}

    def _send_rich(self, values: Json, files: Mapping[str, Upload]) -> Json:
        return self._post(values, self._rich(values["rich_message"], files))

    def _rich(self, message: Json, files: Mapping[str, Upload]) -> Json:
        """As Bot API 10.2 documents it: exactly one way to say what is in it; media inside of blocks."""
        if not self.knows_rich:
            raise Refusal("Bad Request: message text is empty")
        if sum(name in message for name in ("html", "markdown", "blocks")) != 1:
            raise Refusal("Bad Request: RICH_MESSAGE_INVALID")
        return {"rich_message": {"blocks": [self._block(block, files) for block in message["blocks"]]}}

    def _block(self, block: Json, files: Mapping[str, Upload]) -> Json:
        kind = block["type"]
        if kind == "slideshow":
            return block | {"blocks": [self._block(one, files) for one in block["blocks"]]}
        if kind in ("photo", "audio"):
            about = block[kind]
            return {"type": kind} | self._media(kind, about, _attached(about["media"], files), None)
        if kind not in ("heading", "paragraph") or not block["text"].strip():
            raise Refusal("Bad Request: RICH_MESSAGE_BLOCK_INVALID")
        return block

    def _media(self, kind: str, about: Json, upload: Upload | None, thumbnail: Upload | None) -> Json:
        if upload is None or not upload.content:
            raise Refusal("Bad Request: file must be non-empty")
        if len(upload.content) > UPLOAD_BYTES:
            raise Refusal("Request Entity Too Large", 413)
        if thumbnail is not None:
            _check_thumbnail(thumbnail)
        base = self._stored(upload)
        if kind == "photo":
            width, height = _check_photo(upload)
            return {"photo": [base | {"width": width, "height": height}]}
        if kind == "voice":
            return {"voice": base | {"duration": int(about.get("duration", 0))}}
        media = base | {"file_name": upload.name}
        if kind == "audio":
            known = {name: about[name] for name in ("title", "performer") if name in about}
            media |= known | {"duration": int(about.get("duration", 0))}
        if kind == "video":
            media |= {name: int(about.get(name, 0)) for name in ("width", "height", "duration")}
        return {kind: media}

    def _stored(self, upload: Upload) -> Json:
        digest = hashlib.sha256(upload.content + upload.name.encode()).hexdigest()[:24]
        self.files[digest] = upload
        return {"file_id": digest, "file_unique_id": f"u{digest}", "file_size": len(upload.content)}

    # --- editing -----------------------------------------------------------------------------------------------------

    def _own(self, values: Json, *, verb: str = "edit") -> Json:
        chat = self._open_chat(values)
        message = self.messages.get((chat.id, int(values.get("message_id", 0))))
        if message is None:
            raise Refusal(f"Bad Request: message to {verb} not found")
        if message["from"]["id"] != BOT_ID:
            raise Refusal(f"Bad Request: message can't be {verb}ed".replace("ee", "e"))
        return message

    def _change(self, old: Json, new: Json, values: Json) -> Json:
        new = {name: value for name, value in new.items() if name not in ("reply_markup", "edit_date")}
        if values.get("reply_markup"):
            new["reply_markup"] = values["reply_markup"]
        if new == {name: value for name, value in old.items() if name != "edit_date"}:
            raise Refusal(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        new["edit_date"] = int(time.time())
        self.messages[old["chat"]["id"], old["message_id"]] = new
        self._remember(new)
        return new

    def _edit_text(self, values: Json, files: Mapping[str, Upload]) -> Json:
        old = self._own(values)
        if "text" not in old and "rich_message" not in old:
            raise Refusal("Bad Request: there is no text in the message to edit")
        if "rich_message" in values:
            bare = {name: value for name, value in old.items() if name != "text"}
            return self._change(old, bare | self._rich(values["rich_message"], files), values)
        if "text" not in values:
            raise Refusal("Bad Request: message text is empty")
        old = {name: value for name, value in old.items() if name != "rich_message"}
        return self._change(old, old | {"text": _text(values["text"])}, values)

    def _edit_caption(self, values: Json, files: Mapping[str, Upload]) -> Json:
        old = self._own(values)
        if "text" in old:
            raise Refusal("Bad Request: there is no caption in the message to edit")
        without = {name: value for name, value in old.items() if name != "caption"}
        return self._change(old, without | _caption(values), values)

    def _edit_markup(self, values: Json, files: Mapping[str, Upload]) -> Json:
        old = self._own(values)
        return self._change(old, dict(old), values)

    def _edit_media(self, values: Json, files: Mapping[str, Upload]) -> Json:
        old = self._own(values)
        content = self._item(values["media"], files)
        gone = ("text", "caption", "photo", "audio", "video", "document", "entities")
        return self._change(old, {name: value for name, value in old.items() if name not in gone} | content, values)

    def _delete(self, values: Json, files: Mapping[str, Upload]) -> bool:
        message = self._own(values, verb="delete")
        self.remove(message["chat"]["id"], message["message_id"])
        return True

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _answer_query(self, values: Json, files: Mapping[str, Upload]) -> bool:
        query = str(values["callback_query_id"])
        if len(str(values.get("text", ""))) > ANSWER_CHARS:
            raise Refusal("Bad Request: MESSAGE_TOO_LONG")
        if query not in self._open_queries:
            raise Refusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._open_queries.discard(query)
        self.answers[query] = values
        return True

    def _answer_inline(self, values: Json, files: Mapping[str, Upload]) -> bool:
        results: list[Json] = values["results"]
        if len(results) > INLINE_RESULTS:
            raise Refusal("Bad Request: RESULTS_TOO_MUCH")
        if len({result["id"] for result in results}) < len(results):
            raise Refusal("Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            _check_inline(result, self.files)
        self._close(str(values["inline_query_id"]))
        self.answers[str(values["inline_query_id"])] = values
        return True

    def _answer_guest(self, values: Json, files: Mapping[str, Upload]) -> Json:
        _check_inline(values["result"], self.files)
        self._close(str(values["guest_query_id"]))
        self.answers[str(values["guest_query_id"])] = values
        return {"inline_message_id": f"inline{values['guest_query_id']}"}

    def _close(self, query: str) -> None:
        if query not in self._open_queries:
            raise Refusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._open_queries.discard(query)

    def _set_commands(self, values: Json, files: Mapping[str, Upload]) -> bool:
        scope = values.get("scope", {"type": "default"})
        if "chat_id" in scope:
            self._open_chat(scope)
        commands: list[Json] = values["commands"]
        for command in commands:
            name, description = command["command"], command["description"]
            if not (1 <= len(name) <= 32 and name.replace("_", "").isalnum() and name == name.lower()):
                raise Refusal("Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(description) <= 256:
                raise Refusal("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        key = (json.dumps(scope, sort_keys=True), str(values.get("language_code", "")))
        self.menus[key] = commands
        return True

    def _react(self, values: Json, files: Mapping[str, Upload]) -> bool:
        chat, reactions = self._open_chat(values), values.get("reaction") or []
        if chat.reactions is not None and any(one["emoji"] not in chat.reactions for one in reactions):
            raise Refusal("Bad Request: REACTION_INVALID")
        if (chat.id, int(values.get("message_id", 0))) not in self.messages:
            raise Refusal("Bad Request: message to react not found")
        for one in reactions:
            if one["emoji"] not in {each.value for each in ReactionEmoji}:
                raise Refusal("Bad Request: REACTION_INVALID")
            self.reactions[chat.id, int(values["message_id"])] = one["emoji"]
        return True

    def _get_chat(self, values: Json, files: Mapping[str, Upload]) -> Json:
        return self._open_chat(values).to_json()

    def _get_member(self, values: Json, files: Mapping[str, Upload]) -> Json:
        chat, user = self._open_chat(values), int(values["user_id"])
        status = "administrator" if user in chat.managers else "left" if user in chat.strangers else "member"
        posts = {"can_post_messages": True} if chat.kind == "channel" and status == "administrator" else {}
        return {"user": Someone(user, "Somebody").to_json(), "status": status, **_rights(status), **posts}

    def _get_file(self, values: Json, files: Mapping[str, Upload]) -> Json:
        upload = self.files.get(str(values["file_id"]))
        if upload is None:
            raise Refusal("Bad Request: invalid file_id")
        if len(upload.content) > DOWNLOAD_BYTES:
            raise Refusal("Bad Request: file is too big")
        return self._stored(upload) | {"file_path": f"files/{values['file_id']}"}


@asynccontextmanager
async def open_fake_telegram(port: int = 0) -> AsyncIterator[FakeTelegram]:
    """Listens on 127.0.0.1; `base` says where."""
    fake = FakeTelegram()
    app = web.Application(client_max_size=600 * MIB)
    app.router.add_route("*", "/bot{token}/{method}", fake.answer)
    app.router.add_get("/file/bot{token}/{path:.*}", fake.download)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    fake.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def _reactions(emojis: Sequence[str]) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji} for emoji in emojis]


# --- reading and checking --------------------------------------------------------------------------------------------

_NESTED = {
    "results",
    "result",
    "reaction",
    "ephemeral_message_parameters",
    "rich_message",
    "reply_markup",
    "reply_parameters",
    "media",
    "commands",
    "scope",
    "allowed_updates",
    "link_preview_options",
}
_NUMBERS = {"chat_id", "message_id", "message_thread_id", "offset", "limit", "timeout", "duration"}


async def _read(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    raw: Json = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read())
            if part.filename:
                files[part.name or ""] = Upload(part.filename, content)
            else:
                raw[part.name or ""] = content.decode()
    elif request.content_type == "application/json" and request.can_read_body:
        raw |= await request.json()
    else:
        raw |= dict(await request.post())
    return {name: _value(name, value) for name, value in raw.items()}, files


def _value(name: str, value: Any) -> Any:
    if name in _NESTED and isinstance(value, str):
        return json.loads(value)
    if name in _NUMBERS and isinstance(value, str) and not value.startswith("@"):
        try:
            return int(float(value))
        except ValueError as error:
            raise Refusal(f"Bad Request: {name} is no number") from error
    return value


def _json(body: Json, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _front(is_group: bool) -> Json:
    """Whom Telegram names as the sender where nobody shall learn who it is."""
    if is_group:
        return {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    return {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


def _rights(status: str) -> Json:
    """What python-telegram-bot wants to know of a member."""
    if status == "administrator":
        rights = (
            "manage_chat delete_messages manage_video_chats restrict_members promote_members change_info invite_users "
            "post_stories edit_stories delete_stories"
        )
        can = {f"can_{right}": True for right in rights.split()}
        return {"can_be_edited": False, "is_anonymous": False} | can
    return {"until_date": 0} if status == "kicked" else {}


def _bot() -> Json:
    return {"id": BOT_ID, "is_bot": True, "first_name": "Notabot", "username": BOT_NAME}


def _abilities() -> Json:
    return {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}


def _units(text: str) -> int:
    """Telegram counts as UTF-16 does."""
    return len(text.encode("utf-16-le")) // 2


def _text(text: str) -> str:
    if not text.strip():
        raise Refusal("Bad Request: message text is empty")
    if _units(text) > TEXT_UNITS:
        raise Refusal("Bad Request: message is too long")
    return text


def _caption(values: Json) -> Json:
    caption = values.get("caption", "")
    if _units(caption) > CAPTION_UNITS:
        raise Refusal("Bad Request: message caption is too long")
    return {"caption": caption} if caption else {}


def _check_inline(result: Json, files: Mapping[str, Upload]) -> None:
    """An article with an id, a title and a text, or a photo that was uploaded before; as far as we send such."""
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise Refusal("Bad Request: RESULT_ID_INVALID")
    if result.get("type") == "photo":
        if result.get("photo_file_id") not in files:
            raise Refusal("Bad Request: wrong file identifier/HTTP URL specified")
        _check_markup(result.get("reply_markup"))
        return
    if result.get("type") != "article" or not result.get("title"):
        raise Refusal("Bad Request: can't parse inline query result")
    _text(result["input_message_content"]["message_text"])
    _check_markup(result.get("reply_markup"))


def _check_markup(markup: Any) -> None:
    if not markup:
        return
    for row in markup["inline_keyboard"]:
        if not 1 <= len(row) <= 8:
            raise Refusal("Bad Request: too many buttons in a row")
        for button in row:
            is_link = str(button.get("url", "")).startswith("https://")
            if not is_link and not 1 <= len(button.get("callback_data", "").encode()) <= CALLBACK_BYTES:
                raise Refusal("Bad Request: BUTTON_DATA_INVALID")
            if not button.get("text"):
                raise Refusal("Bad Request: text buttons are unallowed in the inline keyboard")
            if button.get("style", "primary") not in BUTTON_STYLES:
                raise Refusal("Bad Request: BUTTON_STYLE_INVALID")
    if sum(len(row) for row in markup["inline_keyboard"]) > 100:
        raise Refusal("Bad Request: reply markup is too long")


def _attached(reference: Any, files: Mapping[str, Upload]) -> Upload | None:
    if not isinstance(reference, str) or not reference.startswith("attach://"):
        return None
    name = reference.removeprefix("attach://")
    if name not in files:
        raise Refusal(f"Bad Request: file {name} was not attached")
    return files[name]


def _check_photo(upload: Upload) -> tuple[int, int]:
    if len(upload.content) > PHOTO_BYTES:
        raise Refusal("Bad Request: file is too big for a photo")
    try:
        width, height = Image.open(io.BytesIO(upload.content)).size
    except OSError as error:
        raise Refusal("Bad Request: IMAGE_PROCESS_FAILED") from error
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise Refusal("Bad Request: PHOTO_INVALID_DIMENSIONS")
    return width, height


def _check_thumbnail(upload: Upload) -> None:
    image = Image.open(io.BytesIO(upload.content))
    if image.format != "JPEG" or max(image.size) > THUMBNAIL_SIDE or len(upload.content) > THUMBNAIL_BYTES:
        raise Refusal("Bad Request: THUMBNAIL_INVALID")


def _without_reply(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def _entities(text: str) -> list[Json]:
    """Commands at the beginning, and @names, as Telegram marks them."""
    found, at = [], 0
    for word in text.split(" "):
        if at == 0 and word.startswith("/") and len(word) > 1:
            found.append({"type": "bot_command", "offset": 0, "length": _units(word.split("\n")[0])})
        elif word.startswith("@") and len(word) > 1:
            found.append({"type": "mention", "offset": at, "length": _units(word)})
        at += _units(word) + 1
    return found


def _bot_sees(chat: Chat, message: Json) -> bool:
    """Privacy mode: in groups only commands (not for another bot), mentions and replies to the bot."""
    if chat.kind == "private" or chat.sees_all:
        return True
    text: str = message.get("text") or message.get("caption") or ""
    answered = message.get("reply_to_message", {}).get("from", {}).get("id")
    return text.startswith("/") or f"@{BOT_NAME}".lower() in text.lower() or answered == BOT_ID
