"""The calls to Discord that answers and results need, each paced, limited in time, and with errors in our own words.

TryLater          a broken line, an outage, flood control, an answer that is not Discord's, or not connected yet
DiscordRefused    Discord said no; `status` and `code` are its own. It is an Unreachable: trying again is useless

discord.py's own calls are used underneath, so its buckets and its patience with 429 and 5xx hold. Its message objects
and views are not: they would be remembered for every message ever sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import discord
from asyncio_throttle.throttler import Throttler
from discord.http import Route
from discord.webhook.async_ import async_context

from bot.chat.messenger import TryLater, Unreachable
from bot.platforms.answers import note_answer, reading_answers
from bot.platforms.discord.message import EPHEMERAL, Message

CALL_LIMIT_S = 120.0  # 25 MiB over a slow line
ORIGINAL = "@original"

ANSWER, DEFER, DEFER_EDIT, EDIT, SUGGEST, FORM = 4, 5, 6, 7, 8, 9  # kinds of interaction response

UNKNOWN_MESSAGE = 10008
TOO_LARGE = 40005
TOO_MUCH, CODELESS = 413, (401, 404, 405)  # statuses
PAGE, MOST_PAGES = 100, 20  # messages: as many as Discord shows at a time

T = TypeVar("T")


class DiscordRefused(Unreachable):
    """Discord does not allow this, or does not know the message, the channel or the token."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"Discord refused ({status}, {code}).")
        self.status, self.code = status, code

    @property
    def is_too_large(self) -> bool:
        return self.status == TOO_MUCH or self.code == TOO_LARGE


@dataclass(frozen=True)
class Shown:
    """A message as it is in a chat. author: who sent it. files: their names; actions: what its buttons do."""

    id: str
    author: str
    nonce: str
    files: frozenset[str]
    actions: frozenset[str]


def listen_for_answers() -> aiohttp.TraceConfig:
    """For a client of discord.py: its `http_trace`."""

    async def note(*_: object) -> None:
        note_answer()

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)
    return trace


class Wire:
    """The line to Discord. client: gives the discord.py client of the moment; it changes when service starts anew."""

    def __init__(self, client: Callable[[], discord.Client], *, calls_per_s: float) -> None:
        self._client = client
        self._throttler = Throttler(rate_limit=max(1, int(calls_per_s)), period=max(1.0, 1 / calls_per_s))
        self._waiting = 0

    @property
    def is_busy(self) -> bool:
        """Whether a call made now would have to wait for its turn."""
        return self._waiting > 0

    # --- with the token of an interaction --------------------------------------------------------------------------

    async def respond(
        self, interaction: int, token: str, kind: int, message: Message | None = None, *, private: bool = False
    ) -> str:
        """The first answer, which has to come within three seconds. Returns the id of the message, "" if unknown."""
        data: dict[str, Any] = {"flags": EPHEMERAL} if private else {}
        content = Message({**message.data, **data}, message.files) if message else Message(data)
        return await self._respond(interaction, token, {"type": kind}, content, read=_id_of_response)

    async def open_form(self, interaction: int, token: str, form: dict[str, Any]) -> None:
        """A form for a button's first answer, which cannot come later."""
        await self._respond(interaction, token, {"type": FORM}, Message(form), read=_nothing)

    async def suggest(self, interaction: int, token: str, choices: list[dict[str, str]]) -> None:
        """The list of an autocomplete."""
        await self._respond(interaction, token, {"type": SUGGEST}, Message({"choices": choices}), read=_nothing)

    async def _respond(
        self, interaction: int, token: str, wrap: dict[str, Any], content: Message, *, read: Callable[[Any], T]
    ) -> T:
        client = self._connected()
        with content.parameters(wrap) as parameters:
            async with _translated():  # not paced: these do not count, and have no time to wait
                return read(
                    await async_context.get().create_interaction_response(
                        interaction, token, session=_session(client), params=parameters
                    )
                )

    async def follow_up(self, token: str, message: Message, *, private: bool = False) -> str:
        """A further message; the first one after a deferred answer takes its place. Returns its id."""
        content = Message({**message.data, "flags": EPHEMERAL}, message.files) if private else message
        params = {"wait": 1, "with_components": 1}
        return await self._with_token("POST", token, "", content, params=params, read=_id_of)

    async def edit_answer(self, token: str, which: str, message: Message) -> str:
        """Replace an answer; which: its id, or ORIGINAL. Doing it twice changes nothing. Returns its id."""
        params = {"with_components": 1}
        return await self._with_token("PATCH", token, f"/messages/{which}", message, params=params, read=_id_of)

    async def fetch_answer(self, token: str, which: str) -> Shown:
        return await self._with_token("GET", token, f"/messages/{which}", read=_shown)

    async def delete_answer(self, token: str, which: str) -> None:
        await self._with_token("DELETE", token, f"/messages/{which}", read=_nothing)

    async def _with_token(
        self,
        method: str,
        token: str,
        path: str,
        message: Message | None = None,
        *,
        read: Callable[[Any], T],
        params: dict[str, Any] | None = None,
    ) -> T:
        """The token of an interaction opens a webhook for 15 minutes."""
        client = self._connected()
        route = Route(
            method, "/webhooks/{webhook_id}/{webhook_token}" + path,
            webhook_id=_application(client), webhook_token=token,
        )  # fmt: skip
        if message is None:
            return await self._paced(lambda: async_context.get().request(route, session=_session(client)), read=read)
        with message.parameters() as sent:
            return await self._paced(
                lambda: async_context.get().request(
                    route, session=_session(client), params=params,
                    payload=sent.payload, multipart=sent.multipart, files=sent.files,
                ),
                read=read,
            )  # fmt: skip

    # --- as the bot itself -----------------------------------------------------------------------------------------

    async def post(self, channel: str, message: Message, *, nonce: str) -> str:
        """A new message; a second one with the same nonce within minutes is not made, but the first one returned."""
        named = Message({**message.data, "nonce": nonce, "enforce_nonce": True}, message.files)
        with named.parameters() as parameters:
            return await self._as_bot(
                lambda client: client.http.send_message(int(channel), params=parameters), read=_id_of
            )

    async def edit(self, channel: str, message_id: str, message: Message) -> str:
        with message.parameters() as parameters:
            return await self._as_bot(
                lambda client: client.http.edit_message(int(channel), int(message_id), params=parameters), read=_id_of
            )

    async def delete(self, channel: str, message_id: str) -> None:
        await self._as_bot(lambda client: client.http.delete_message(int(channel), int(message_id)), read=_nothing)

    async def react(self, channel: str, message_id: str, emoji: str) -> None:
        """A sign on somebody's message."""
        await self._as_bot(
            lambda client: client.http.add_reaction(int(channel), int(message_id), quote(emoji)), read=_nothing
        )

    async def fetch(self, channel: str, message_id: str) -> Shown:
        return await self._as_bot(lambda client: client.http.get_message(int(channel), int(message_id)), read=_shown)

    async def messages(self, channel: str, *, after: int | None) -> AsyncIterator[Shown]:
        """Those of a channel after a moment, as Discord's ids count it, from the oldest on, a page at a time.

        Of a very busy channel not all, but the newest in any case: the moment may come from a clock that was ahead.
        Only these where none is known.
        """
        for _ in range(MOST_PAGES if after is not None else 0):
            page = await self._page(channel, after=after)
            for shown in page:
                yield shown
            if len(page) < PAGE:
                break
            after = max(int(shown.id) for shown in page)
        for shown in await self._page(channel, after=None):
            yield shown

    async def _page(self, channel: str, *, after: int | None) -> list[Shown]:
        return await self._as_bot(
            lambda client: client.http.logs_from(int(channel), PAGE, after=after),
            read=lambda answer: [_shown(one) for one in reversed(_list(answer))],
        )

    async def open_talk(self, person: str) -> str:
        """The channel of the private talk with somebody."""
        return await self._as_bot(lambda client: client.http.start_private_message(int(person)), read=_id_of)

    async def put_commands(self, payloads: list[dict[str, Any]]) -> None:
        """Replace all commands; Discord allows 200 new ones a day."""
        route = Route("PUT", "/applications/{application_id}/commands", application_id=_application(self._connected()))
        await self._as_bot(lambda client: client.http.request(route, json=payloads), read=_list)

    async def put_guild_commands(self, guild: int, payloads: list[dict[str, Any]]) -> None:
        """Replace the commands that only this server has."""
        route = Route(
            "PUT", "/applications/{application_id}/guilds/{guild_id}/commands",
            application_id=_application(self._connected()), guild_id=guild,
        )  # fmt: skip
        await self._as_bot(lambda client: client.http.request(route, json=payloads), read=_list)

    # --- underneath ------------------------------------------------------------------------------------------------

    def _connected(self) -> discord.Client:
        client = self._client()
        if client.is_closed() or client.application_id is None:
            raise TryLater("Discord is not connected.", sent=False)
        return client

    async def _as_bot(self, call: Callable[[discord.Client], Awaitable[Any]], *, read: Callable[[Any], T]) -> T:
        client = self._connected()
        try:
            return await self._paced(lambda: call(client), read=read)
        except DiscordRefused as error:
            if error.status == 401:  # the bot's own token: an operator has to act, nothing is lost meanwhile
                raise TryLater("Discord does not accept the bot's token.", sent=False) from error
            raise

    async def _paced(self, call: Callable[[], Awaitable[Any]], *, read: Callable[[Any], T]) -> T:
        self._waiting += 1
        try:
            await self._throttler.acquire()  # type: ignore[no-untyped-call]
        finally:
            self._waiting -= 1
        async with _translated():
            return read(await call())


@contextlib.asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(CALL_LIMIT_S):
            with reading_answers("Discord"):
                yield
    except discord.RateLimited as error:
        raise TryLater("Discord asks for patience.", after_s=error.retry_after, sent=False) from error
    except discord.DiscordServerError as error:
        raise TryLater("Discord has an outage.") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise TryLater("Discord asks for patience.", after_s=_retry_after(error), sent=False) from error
        if not _is_discords(error):
            raise TryLater(f"Something between us and Discord refused ({error.status}).") from error
        raise DiscordRefused(error.status, error.code) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise TryLater(f"The line to Discord broke ({type(error).__name__}).") from error


def _is_discords(error: discord.HTTPException) -> bool:
    """Discord refuses in JSON and with a code; without one where it does not know us or the place, or is not asked."""
    if error.status == TOO_MUCH:
        return True
    is_json = hasattr(error, "_errors")  # else discord.py found a text
    return is_json and (error.code != 0 or error.status in CODELESS)


# --- what an answer says; TypeError, KeyError ... for what is none --------------------------------------------------


def _id_of(answer: Any) -> str:
    return str(int(answer["id"]))


def _id_of_response(answer: Any) -> str:
    found = answer["interaction"].get("response_message_id") if answer else None
    return str(found or "")


def _shown(answer: Any) -> Shown:
    files = frozenset(str(file["filename"]) for file in answer["attachments"])
    rows = answer.get("components") or ()
    actions = frozenset(str(button.get("custom_id")) for row in rows for button in row.get("components") or ())
    return Shown(_id_of(answer), _id_of(answer["author"]), str(answer.get("nonce")), files, actions)


def _list(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise TypeError("a list was promised")
    return answer


def _nothing(_answer: Any) -> None:
    """Nothing of it is needed."""


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None


def _application(client: discord.Client) -> int:
    assert client.application_id is not None
    return client.application_id


def _session(client: discord.Client) -> aiohttp.ClientSession:
    """discord.py's own, as its interactions use it."""
    session: aiohttp.ClientSession = client.http._HTTPClient__session  # type: ignore[attr-defined]
    return session
