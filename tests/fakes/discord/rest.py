"""REST v10: the routes a bot of commands needs, each checked as Discord documents it.

Every answer's Content-Type is exactly `application/json`: discord.py compares the whole header.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from . import checks, errors
from .errors import ApiError
from .faults import (
    Bucket,
    Delay,
    Fault,
    Planned,
    RateLimited,
    ResetAfter,
    ResetBefore,
    ServerError,
    Silence,
    TooLarge,
    Unreadable,
)
from .gateway import Gateway
from .interactions import (
    ACKNOWLEDGE_WITHIN_S,
    CALLBACKS,
    CHOICES,
    DEFER,
    DEFER_UPDATE,
    FOLLOWUPS_OF_A_PERSONS_OWN_INSTALL,
    MESSAGE,
    MODAL,
    TOKEN_LIFE_S,
    UPDATE,
    Interaction,
)
from .state import NONCE_REMEMBERED_S, Call, State, Upload, require_send, tell
from .world import ALL_PERMISSIONS, EPHEMERAL, MIB, VOICE_MESSAGE, Channel, Json, Message, member_to_json

REQUEST_LIMIT = 25 * MIB
PREFIX = "/api/v10"

Answer = Json | list[Json] | None


@dataclass(frozen=True)
class Asked:
    """A request, read. way: the path's parts that a route names."""

    method: str
    path: str
    query: Mapping[str, str]
    data: Any
    uploads: Mapping[str, Upload]
    way: Mapping[str, str]


Handler = Callable[[Asked], Awaitable[Answer]]


class Rest:
    """faults and buckets: what a test has put in the way. expired: how a dead token is answered.

    token_life_s: Discord's 15 minutes, unless a test makes it shorter.
    """

    def __init__(self, state: State, gateway: Gateway) -> None:
        self._state, self._gateway = state, gateway
        self.faults: list[Planned] = []
        self.buckets: list[Bucket] = []
        self.expired: Callable[[], ApiError] = lambda: errors.unknown("Webhook")
        self.token_life_s = TOKEN_LIFE_S
        self.announced_gateway = ""
        self._routes = self._table()

    def _table(self) -> list[tuple[str, re.Pattern[str], bool, Handler]]:
        """Method, path, whether the bot's token must be given, who answers."""
        i = r"(?P<{}>\d+)"
        app, guild, channel, message = (i.format(name) for name in ("app", "guild", "channel", "message"))
        token, any_message = r"(?P<token>[\w-]+)", r"(?P<message>\d+|@original)"
        rows: list[tuple[str, str, bool, Handler]] = [
            ("GET", "/users/@me", True, self._me),
            ("GET", r"/users/(?P<person>\d+)", True, self._person),
            ("GET", "/users/@me/guilds", True, self._my_guilds),
            ("POST", "/users/@me/channels", True, self._open_talk),
            ("GET", "/oauth2/applications/@me", True, self._application),
            ("GET", "/applications/@me", True, self._application),
            ("GET", "/gateway", False, self._gateway_address),
            ("GET", "/gateway/bot", True, self._gateway_address),
            ("GET", f"/applications/{app}/commands", True, self._commands),
            ("PUT", f"/applications/{app}/commands", True, self._register),
            ("PUT", f"/applications/{app}/guilds/{guild}/commands", True, self._register_in_guild),
            ("GET", f"/guilds/{guild}", True, self._guild),
            ("GET", rf"/guilds/{guild}/members/(?P<person>\d+|@me)", True, self._member),
            ("POST", rf"/interactions/(?P<interaction>\d+)/{token}/callback", False, self._callback),
            ("POST", f"/webhooks/{app}/{token}", False, self._follow_up),
            ("GET", f"/webhooks/{app}/{token}/messages/{any_message}", False, self._webhook_message),
            ("PATCH", f"/webhooks/{app}/{token}/messages/{any_message}", False, self._edit_webhook_message),
            ("DELETE", f"/webhooks/{app}/{token}/messages/{any_message}", False, self._delete_webhook_message),
            ("GET", f"/channels/{channel}", True, self._channel),
            ("POST", f"/channels/{channel}/typing", True, self._typing),
            ("GET", f"/channels/{channel}/messages", True, self._history),
            ("POST", f"/channels/{channel}/messages", True, self._post),
            ("GET", f"/channels/{channel}/messages/{message}", True, self._message),
            ("PATCH", f"/channels/{channel}/messages/{message}", True, self._edit),
            ("DELETE", f"/channels/{channel}/messages/{message}", True, self._delete),
            (
                "PUT",
                rf"/channels/{channel}/messages/{message}/reactions/(?P<emoji>[^/]+)/@me",
                True,
                self._add_reaction,
            ),
        ]
        return [(method, re.compile(path), closed, handler) for method, path, closed, handler in rows]

    # --- the way of a request ----------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        data, uploads, size = await _read(request)
        asked = Asked(request.method, path, request.query, data, uploads, {})
        fault = self._strike(asked)
        if isinstance(fault, ResetBefore):
            return self._cut(request, asked)
        if isinstance(fault, Silence):
            await fault.until.wait()
            return self._cut(request, asked)
        if isinstance(fault, Unreadable) and fault.executed:
            await self._answer(request, asked, size)
        answer = self._limited(asked) or _refusal_by(fault) or await self._answer(request, asked, size)
        if isinstance(fault, ResetAfter):
            return self._cut(request, asked)
        if isinstance(fault, Delay):
            await asyncio.sleep(fault.seconds)
        self._note(asked, answer.status)
        return answer

    def _strike(self, asked: Asked) -> Fault | None:
        files = len(asked.uploads)
        return next((one.fault for one in self.faults if one.strikes(asked.method, asked.path, files=files)), None)

    def _limited(self, asked: Asked) -> web.Response | None:
        now = self._state.clock.now()
        for bucket in self.buckets:
            if bucket.covers(asked.method, asked.path) and (wait_s := bucket.take(now)):
                return _too_fast(RateLimited(wait_s), bucket.headers(now))
        return None

    async def _answer(self, request: web.Request, asked: Asked, size: int) -> web.Response:
        try:
            if size > REQUEST_LIMIT:
                raise errors.too_large()
            answer = await self._dispatch(request, asked)
        except ApiError as error:
            if error.breach:
                self._state.complaints.append(f"{asked.method} {asked.path}: {error}")
            return _json(error.body(), status=error.status)
        headers = self._bucket_headers(asked)
        return web.Response(status=204, headers=headers) if answer is None else _json(answer, headers=headers)

    async def _dispatch(self, request: web.Request, asked: Asked) -> Answer:
        for method, pattern, closed, handler in self._routes:
            found = pattern.fullmatch(asked.path) if method == asked.method else None
            if found is None:
                continue
            if closed and request.headers.get("Authorization") != f"Bot {self._state.token}":
                raise errors.unauthorised()
            there = Asked(asked.method, asked.path, asked.query, asked.data, asked.uploads, found.groupdict())
            try:
                return await handler(there)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise checks.as_error(error) from error
        raise errors.unknown_route(asked.method, asked.path)

    def _bucket_headers(self, asked: Asked) -> dict[str, str]:
        now = self._state.clock.now()
        covering = (bucket for bucket in self.buckets if bucket.covers(asked.method, asked.path))
        return next((bucket.headers(now) for bucket in covering), {})

    def _cut(self, request: web.Request, asked: Asked) -> web.Response:
        self._note(asked, 0)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _note(self, asked: Asked, status: int) -> None:
        names = tuple(upload.name for upload in asked.uploads.values())
        call = Call(asked.method, asked.path, asked.data, names, status, self._state.clock.now())
        self._state.calls.append(call)

    # --- who we are --------------------------------------------------------------------------------------------------

    async def _me(self, asked: Asked) -> Answer:
        return self._state.bot.to_json()

    async def _person(self, asked: Asked) -> Answer:
        person = self._state.people.get(asked.way["person"])
        if person is None:
            raise errors.unknown("User")
        return person.to_json()

    async def _my_guilds(self, asked: Asked) -> Answer:
        mine = [guild for guild in self._state.guilds.values() if guild.bot_is_member]
        return [
            {"id": guild.id, "name": guild.name, "owner": False, "permissions": str(ALL_PERMISSIONS)} for guild in mine
        ]

    async def _application(self, asked: Asked) -> Answer:
        return {
            "id": self._state.application_id,
            "name": self._state.bot.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None, "global_name": None},
            "bot": self._state.bot.to_json(),
            "integration_types_config": {"0": {}, "1": {}},
        }

    async def _gateway_address(self, asked: Asked) -> Answer:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        bot = {"shards": 1, "session_start_limit": limit} if asked.path.endswith("/bot") else {}
        return {"url": self.announced_gateway, **bot}

    async def _commands(self, asked: Asked) -> Answer:
        return self._state.commands

    async def _register(self, asked: Asked) -> Answer:
        checks.check_commands(asked.data)
        old = {(one["type"], one["name"]): one["id"] for one in self._state.commands}
        self._state.commands = [
            {
                "type": 1,
                "default_member_permissions": None,
                "dm_permission": True,
                "nsfw": False,
                "contexts": None,
                "integration_types": [0],
                "description": "",
                **command,
                "id": old.get((command.get("type", 1), command["name"])) or self._state.draw_id(),
                "application_id": self._state.application_id,
                "version": self._state.draw_id(),
            }
            for command in asked.data
        ]
        return self._state.commands

    async def _register_in_guild(self, asked: Asked) -> Answer:
        await self._guild(asked)
        checks.check_commands(asked.data)
        self._state.guild_commands[asked.way["guild"]] = list(asked.data)
        return list(asked.data)

    async def _add_reaction(self, asked: Asked) -> Answer:
        channel = self._state.channel(asked.way["channel"])
        message = self._state.message(channel, asked.way["message"])
        if not channel.may("ADD_REACTIONS"):
            raise errors.missing_permissions()
        message.reactions.append(unquote(asked.way["emoji"]))
        return None

    async def _guild(self, asked: Asked) -> Answer:
        guild = self._state.guilds.get(asked.way["guild"])
        if guild is None or not guild.bot_is_member:
            raise errors.missing_access() if guild else errors.unknown("Guild")
        return guild.to_json(self._state.bot)

    async def _member(self, asked: Asked) -> Answer:
        await self._guild(asked)
        wanted = asked.way["person"]
        person = self._state.bot if wanted in ("@me", self._state.bot.id) else self._state.people.get(wanted)
        if person is None:
            raise errors.unknown("User")
        return member_to_json(person, ALL_PERMISSIONS)

    # --- interactions ------------------------------------------------------------------------------------------------

    async def _callback(self, asked: Asked) -> Answer:
        interaction = self._state.interactions.get(asked.way["interaction"])
        now = self._state.clock.now()
        if interaction is None or interaction.token != asked.way["token"]:
            raise errors.unknown("Interaction")
        if interaction.acknowledged is not None:
            raise errors.already_acknowledged()
        if now - interaction.created > ACKNOWLEDGE_WITHIN_S:
            raise errors.unknown("Interaction")
        checks.known(asked.data, {"type", "data"}, "")
        kind = asked.data["type"]
        if kind not in CALLBACKS[interaction.kind]:
            raise errors.invalid("type", f"{kind} does not answer an interaction of type {interaction.kind}")
        _require_small(asked, interaction.channel)
        await self._act(interaction, kind, asked)
        interaction.acknowledge(asked.data, now)
        return self._resource(interaction) if asked.query.get("with_response", "").lower() in ("1", "true") else None

    async def _act(self, interaction: Interaction, kind: int, asked: Asked) -> None:
        data = asked.data.get("data") or {}
        if kind == CHOICES:
            _check_choices(data)
        elif kind == MODAL:
            checks.check_form(data)
        elif kind == DEFER:
            checks.known(data, {"flags"}, "data")
            flags = int(data.get("flags") or 0) & EPHEMERAL
            interaction.response = self._state.loading_message(interaction, flags=flags)
            interaction.messages.append(interaction.response)
        elif kind == MESSAGE:
            interaction.response = await self._make(interaction, data, asked, fields=checks.CALLBACK_FIELDS)
        elif kind in (DEFER_UPDATE, UPDATE):
            if interaction.source is None:
                raise errors.invalid("type", "A form that a command opened has no message to change")
            interaction.response = interaction.source
            if kind == UPDATE:
                self._state.change_message(interaction.source, data, asked.uploads)
                await tell(self._state, self._gateway, "MESSAGE_UPDATE", interaction.source)

    async def _make(self, interaction: Interaction, data: Json, asked: Asked, *, fields: set[str]) -> Message:
        message = self._state.make_message(
            interaction.channel, self._state.bot, data, asked.uploads, fields=fields, interaction=interaction
        )
        interaction.messages.append(message)
        await tell(self._state, self._gateway, "MESSAGE_CREATE", message)
        return message

    def _resource(self, interaction: Interaction) -> Json:
        assert interaction.callback is not None
        message = interaction.response
        about: Json = {"id": interaction.id, "type": interaction.kind}
        resource: Json = {"type": interaction.callback["type"]}
        if message is not None:
            about |= {
                "response_message_id": message.id,
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
            resource["message"] = message.to_json()
        return {"interaction": about, "resource": resource}

    def _by_token(self, asked: Asked) -> Interaction:
        token, now = asked.way["token"], self._state.clock.now()
        found = next((one for one in self._state.interactions.values() if one.token == token), None)
        if found is None or asked.way["app"] != self._state.application_id or found.acknowledged is None:
            raise errors.unknown("Webhook")
        if now - found.created > self.token_life_s:
            raise self.expired()
        return found

    async def _follow_up(self, asked: Asked) -> Answer:
        interaction = self._by_token(asked)
        _require_small(asked, interaction.channel)
        if interaction.response is not None and interaction.response.loading:
            # documented: the first follow-up after a defer is the loading message, whatever its own flags say
            data = {name: value for name, value in asked.data.items() if name != "flags"}
            self._state.change_message(interaction.response, data, asked.uploads)
            await tell(self._state, self._gateway, "MESSAGE_UPDATE", interaction.response)
            return interaction.response.to_json()
        interaction.followups += 1
        guild = interaction.channel.guild
        own_install = guild is not None and not guild.bot_is_member
        if own_install and interaction.followups > FOLLOWUPS_OF_A_PERSONS_OWN_INSTALL:
            raise errors.too_many_followups()
        message = await self._make(interaction, asked.data, asked, fields=checks.WEBHOOK_FIELDS)
        return message.to_json()

    def _message_by_token(self, asked: Asked) -> Message:
        interaction = self._by_token(asked)
        wanted = asked.way["message"]
        mine = [*interaction.messages, *([interaction.response] if interaction.response else [])]
        found = interaction.response if wanted == "@original" else next((one for one in mine if one.id == wanted), None)
        if found is None or found.deleted:
            raise errors.unknown("Message")
        return found

    async def _webhook_message(self, asked: Asked) -> Answer:
        return self._message_by_token(asked).to_json()

    async def _edit_webhook_message(self, asked: Asked) -> Answer:
        return await self._change(self._message_by_token(asked), asked)

    async def _delete_webhook_message(self, asked: Asked) -> Answer:
        return await self._remove(self._message_by_token(asked))

    # --- channels ----------------------------------------------------------------------------------------------------

    async def _open_talk(self, asked: Asked) -> Answer:
        checks.known(asked.data, {"recipient_id"}, "")
        person = self._state.people.get(str(asked.data["recipient_id"]))
        if person is None:
            raise errors.unknown("User")
        return self._state.private_talk(person).to_json(self._state.bot)

    async def _channel(self, asked: Asked) -> Answer:
        return self._state.channel(asked.way["channel"]).to_json(self._state.bot)

    async def _typing(self, asked: Asked) -> Answer:
        require_send(self._state.channel(asked.way["channel"]), files=False)
        return None

    async def _history(self, asked: Asked) -> Answer:
        channel = self._state.channel(asked.way["channel"])
        if not channel.may("READ_MESSAGE_HISTORY"):
            return []
        checks.known(asked.query, {"limit", "before", "after", "around"}, "")
        found = self._state.history(channel)
        if "before" in asked.query:
            found = [one for one in found if int(one.id) < int(asked.query["before"])]
        limit = int(asked.query.get("limit", 50))
        if "after" in asked.query:
            found = [one for one in found if int(one.id) > int(asked.query["after"])][-limit:]
        return [message.to_json() for message in found[:limit]]

    async def _post(self, asked: Asked) -> Answer:
        channel = self._state.channel(asked.way["channel"])
        require_send(channel, files=bool(asked.uploads))
        if channel.person is not None and not channel.person.takes_dms:
            raise errors.cannot_message_person()
        if int(asked.data.get("flags") or 0) & EPHEMERAL:
            raise errors.invalid("flags", "Only answers to interactions can be ephemeral")
        if int(asked.data.get("flags") or 0) & VOICE_MESSAGE and not channel.may("SEND_VOICE_MESSAGES"):
            raise errors.missing_permissions()
        _require_small(asked, channel)
        return (await self._said_before(asked) or await self._say(channel, asked)).to_json()

    async def _said_before(self, asked: Asked) -> Message | None:
        """The message that this nonce has made already, if Discord still remembers."""
        if not asked.data.get("enforce_nonce") or asked.data.get("nonce") is None:
            return None
        made, message = self._state.nonces.get((self._state.bot.id, str(asked.data["nonce"])), (0.0, None))
        return message if self._state.clock.now() - made <= NONCE_REMEMBERED_S else None

    async def _say(self, channel: Channel, asked: Asked) -> Message:
        reference = self._reference(channel, asked.data.get("message_reference"))
        message = self._state.make_message(
            channel, self._state.bot, asked.data, asked.uploads, fields=checks.CREATE_FIELDS
        )
        message.reference = reference
        if asked.data.get("nonce") is not None:
            message.nonce = str(asked.data["nonce"])
            self._state.nonces[(self._state.bot.id, message.nonce)] = (self._state.clock.now(), message)
        await tell(self._state, self._gateway, "MESSAGE_CREATE", message)
        return message

    def _reference(self, channel: Channel, reference: Json | None) -> Json | None:
        if reference is None:
            return None
        checks.known(
            reference, {"type", "message_id", "channel_id", "guild_id", "fail_if_not_exists"}, "message_reference"
        )
        if not channel.may("READ_MESSAGE_HISTORY"):
            raise ApiError(403, 160002, "Cannot reply without permission to read message history")
        with suppress(ApiError):
            self._state.message(channel, str(reference["message_id"]))
            return {"type": 0, "message_id": str(reference["message_id"]), "channel_id": channel.id}
        if reference.get("fail_if_not_exists", True):
            raise ApiError(400, 50035, "Invalid Form Body", errors={"message_reference": "Unknown message"})
        return None

    async def _message(self, asked: Asked) -> Answer:
        channel = self._state.channel(asked.way["channel"])
        return self._state.message(channel, asked.way["message"]).to_json()

    async def _edit(self, asked: Asked) -> Answer:
        channel = self._state.channel(asked.way["channel"])
        message = self._state.message(channel, asked.way["message"])
        if message.author.id != self._state.bot.id:
            raise errors.not_the_author()
        if asked.uploads and not channel.may("ATTACH_FILES"):
            raise errors.missing_permissions()
        return await self._change(message, asked)

    async def _delete(self, asked: Asked) -> Answer:
        message = self._state.message(self._state.channel(asked.way["channel"]), asked.way["message"])
        if message.author.id != self._state.bot.id:
            raise errors.missing_permissions()
        return await self._remove(message)

    async def _change(self, message: Message, asked: Asked) -> Answer:
        _require_small(asked, message.channel)
        self._state.change_message(message, asked.data, asked.uploads)
        await tell(self._state, self._gateway, "MESSAGE_UPDATE", message)
        return message.to_json()

    async def _remove(self, message: Message) -> Answer:
        message.deleted = True
        await tell(self._state, self._gateway, "MESSAGE_DELETE", message)
        return None


async def _read(request: web.Request) -> tuple[Any, dict[str, Upload], int]:
    """The JSON of a request, its files by number, and its size in bytes. It is always read to the end."""
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    body = await request.read()
    return (json.loads(body) if body else {}), {}, len(body)


async def _read_multipart(request: web.Request) -> tuple[Any, dict[str, Upload], int]:
    data: Any = {}
    uploads: dict[str, Upload] = {}
    size = 0
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "Discord's forms have no forms inside"
        content = bytes(await part.read())
        size += len(content)
        number = re.fullmatch(r"files\[(\d+)\]", part.name or "")
        if part.name == "payload_json":
            data = json.loads(content)
        elif number is not None:
            uploads[number[1]] = Upload(part.filename or "unknown", content)
        else:
            data = {f"part {part.name}": "unknown"}
    return data, uploads, size


def _refusal_by(fault: Fault | None) -> web.Response | None:
    if isinstance(fault, RateLimited):
        return _too_fast(fault, {})
    if isinstance(fault, ServerError):
        return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")
    if isinstance(fault, Unreadable):
        return web.Response(status=fault.status, body=fault.body, headers={"Content-Type": fault.content_type})
    if isinstance(fault, TooLarge):
        return _json(errors.too_large().body(), status=413)
    return None


def _too_fast(fault: RateLimited, headers: Mapping[str, str]) -> web.Response:
    is_global = fault.scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": fault.retry_after_s, "global": is_global}
    own = {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{fault.retry_after_s:.3f}",
        "X-RateLimit-Bucket": "0" * 32,
        **headers,
        "X-RateLimit-Scope": fault.scope,
        "Retry-After": f"{fault.retry_after_s:.3f}",
        "Via": "1.1 fake",  # discord.py takes a 429 without it for a ban by the proxy
        **({"X-RateLimit-Global": "true"} if is_global else {}),
    }
    return _json(body, status=429, headers=own)


def _json(body: Json | list[Json], *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    every = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=every)


def _require_small(asked: Asked, channel: Channel) -> None:
    if any(len(upload.content) > channel.file_limit for upload in asked.uploads.values()):
        raise errors.too_large()


def _check_choices(data: Json) -> None:
    checks.known(data, {"choices"}, "data")
    if len(data["choices"]) > 25:
        raise errors.invalid("data.choices", "At most 25")
    for number, choice in enumerate(data["choices"]):
        checks.check_choice(choice, where=f"data.choices.{number}")
