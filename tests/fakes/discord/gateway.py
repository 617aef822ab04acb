"""The gateway: HELLO, IDENTIFY, READY, heartbeats, events by intents, RESUME with replay, and being cut off.

A session outlives its connection, so that RESUME can replay what was missed. Compression is zlib-stream where the
client asks for it. Not covered: shards beyond one, presence updates, requests for members (they are ignored).
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from .world import Json

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11

NOT_AUTHENTICATED, AUTHENTICATION_FAILED, DECODE_ERROR, DISALLOWED_INTENTS = 4003, 4004, 4002, 4014

GUILDS, MEMBERS_INTENT, PRESENCES, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = (
    1 << 0, 1 << 1, 1 << 8, 1 << 9, 1 << 12, 1 << 15
)  # fmt: skip
GUILD_REACTIONS, DM_REACTIONS, VOICE_STATES = 1 << 10, 1 << 13, 1 << 7
PRIVILEGED = MEMBERS_INTENT | PRESENCES | MESSAGE_CONTENT


@dataclass
class Session:
    """What is known of one IDENTIFY. history: every event sent or missed, so that it can be replayed."""

    id: str
    intents: int
    socket: web.WebSocketResponse | None = None
    history: list[tuple[int, str]] = field(default_factory=list)
    compressor: zlib._Compress | None = None
    resumable: bool = True

    async def send(self, packet: Json) -> None:
        await self.send_text(json.dumps(packet))

    async def send_text(self, text: str) -> None:
        if self.socket is None or self.socket.closed:
            return
        try:
            await _send(self.socket, text, self.compressor)
        except (ConnectionError, RuntimeError):
            self.socket = None

    async def event(self, name: str, data: Json) -> None:
        number = len(self.history) + 1
        text = json.dumps({"op": DISPATCH, "t": name, "s": number, "d": data})
        self.history.append((number, text))
        await self.send_text(text)


async def _send(socket: web.WebSocketResponse, text: str, compressor: zlib._Compress | None) -> None:
    if compressor is None:
        await socket.send_str(text)
    else:
        await socket.send_bytes(compressor.compress(text.encode()) + compressor.flush(zlib.Z_SYNC_FLUSH))


@dataclass
class Counts:
    """How often what has happened."""

    identified: int = 0
    resumed: int = 0
    refused_resumes: int = 0
    heartbeats: int = 0


class Gateway:
    """token: the only one that is let in. ready, guilds: make the payloads of READY and GUILD_CREATE.

    voice: hears that the bot goes into a voice channel, or leaves one.
    """

    def __init__(
        self,
        *,
        token: str,
        heartbeat_s: float,
        ready: Callable[[str], Json],
        guilds: Callable[[], list[Json]],
        voice: Callable[[Json], Awaitable[None]],
    ) -> None:
        self._token, self._heartbeat_s, self._ready, self._guilds = token, heartbeat_s, ready, guilds
        self._voice = voice
        self._sessions: list[Session] = []
        self._drawn = 0
        self.counts = Counts()
        self.accepts = True  # False: connections are refused, as in an outage
        self.acknowledges_heartbeats = True
        self.connected = asyncio.Event()

    @property
    def live(self) -> list[Session]:
        return [one for one in self._sessions if one.socket is not None and not one.socket.closed]

    async def dispatch(self, name: str, data: Json, *, intent: int = 0) -> None:
        """Send an event to every session, those without a connection included: they may resume.

        intent: the one that a session must have asked for, 0 for what everybody gets.
        """
        for session in list(self._sessions):
            if not intent or session.intents & intent:
                await session.event(name, data)

    async def drop(self, *, code: int | None = None) -> None:
        """Cut every connection: with a close code, or (None) without a word, as when a line breaks."""
        self.connected.clear()
        for session in self.live:
            socket, session.socket = session.socket, None
            assert socket is not None
            if code is None:
                _abort(socket)
            else:
                await socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        self.connected.clear()
        for session in self.live:
            await session.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def forget_sessions(self) -> None:
        """The next RESUME is refused with INVALID_SESSION."""
        for session in self._sessions:
            session.resumable = False

    async def close(self) -> None:
        for session in self.live:
            assert session.socket is not None
            await session.socket.close(code=WSCloseCode.GOING_AWAY)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if not self.accepts:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        compressor = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        hello = {"op": HELLO, "d": {"heartbeat_interval": int(self._heartbeat_s * 1000)}, "s": None, "t": None}
        await _send(socket, json.dumps(hello), compressor)
        await self._converse(socket, compressor)
        return socket

    async def _converse(self, socket: web.WebSocketResponse, compressor: zlib._Compress | None) -> None:
        session: Session | None = None
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                await socket.close(code=DECODE_ERROR)
                break
            packet = json.loads(message.data)
            if packet["op"] == HEARTBEAT:
                await self._heartbeat(socket, compressor)
            elif packet["op"] == IDENTIFY:
                session = await self._identify(socket, compressor, packet["d"])
            elif packet["op"] == RESUME:
                session = await self._resume(socket, compressor, packet["d"])
            elif session is not None and packet["op"] == VOICE:
                await self._voice(packet["d"])
            elif session is None or packet["op"] not in (PRESENCE, MEMBERS):
                await socket.close(code=NOT_AUTHENTICATED)
        if session is not None and session.socket is socket:
            session.socket = None
        if not self.live:
            self.connected.clear()

    async def _heartbeat(self, socket: web.WebSocketResponse, compressor: zlib._Compress | None) -> None:
        self.counts.heartbeats += 1
        if self.acknowledges_heartbeats:
            await _send(socket, json.dumps({"op": HEARTBEAT_ACK, "d": None, "s": None, "t": None}), compressor)

    async def _identify(
        self, socket: web.WebSocketResponse, compressor: zlib._Compress | None, data: Json
    ) -> Session | None:
        if data["token"] != self._token:
            await socket.close(code=AUTHENTICATION_FAILED)
            return None
        if data["intents"] & PRIVILEGED:
            await socket.close(code=DISALLOWED_INTENTS)
            return None
        self._drawn += 1
        session = Session(f"session{self._drawn}", data["intents"], socket, compressor=compressor)
        self._sessions = [*self.live, session]  # the sessions of dead processes would only gather events
        self.counts.identified += 1
        await session.event("READY", self._ready(session.id))
        for guild in self._guilds():
            await session.event("GUILD_CREATE", guild)
        self.connected.set()
        return session

    async def _resume(
        self, socket: web.WebSocketResponse, compressor: zlib._Compress | None, data: Json
    ) -> Session | None:
        session = next((one for one in self._sessions if one.id == data["session_id"] and one.resumable), None)
        if session is None or data["token"] != self._token or data["seq"] > len(session.history):
            self.counts.refused_resumes += 1
            await _send(socket, json.dumps({"op": INVALID_SESSION, "d": False, "s": None, "t": None}), compressor)
            return None
        session.socket, session.compressor = socket, compressor
        for number, text in list(session.history):
            if number > data["seq"]:
                await session.send_text(text)
        self.counts.resumed += 1
        await session.event("RESUMED", {"_trace": []})
        self.connected.set()
        return session


def _abort(socket: web.WebSocketResponse) -> None:
    transport = socket._req.transport if socket._req is not None else None  # aiohttp offers no other way
    if transport is not None:
        transport.abort()
