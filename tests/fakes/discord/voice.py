"""Voice: the second gateway and its UDP socket, encrypted twice as Discord does it, and people who hear what arrives.

What is promised: TLS, version 8 of the protocol, AEAD XChaCha20-Poly1305 on the way, and DAVE between the people, whose
groups (MLS, RFC 9420) are joined by real key packages, proposals, commits and welcomes. A person who listens is a
`davey` session of their own: what they cannot decrypt is counted as unheard. What is not: speaking people, resuming,
more than one listener in a group, other modes.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import davey
from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.utils import random

from .world import Json

IDENTIFY, SELECT_PROTOCOL, READY, HEARTBEAT, SESSION_DESCRIPTION, SPEAKING = 0, 1, 2, 3, 4, 5
HEARTBEAT_ACK, HELLO, CLIENTS_CONNECT = 6, 8, 11
EXECUTE_TRANSITION, TRANSITION_READY, EXTERNAL_SENDER, KEY_PACKAGE, WELCOME = 22, 23, 25, 26, 30
AUTHENTICATION_FAILED, NEEDS_DAVE = 4004, 4017
MODE = "aead_xchacha20_poly1305_rtpsize"
DAVE_VERSION, TRANSITION = 1, 1
RTP_HEADER_BYTES, NONCE_BYTES, DISCOVERY_BYTES = 12, 4, 74
SILENCE = b"\xf8\xff\xfe"
NO_TIME = 0.0


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One that arrived. at_s: when the kernel had it. opus: as it is heard; None where nobody could decrypt it."""

    at_s: float
    sequence: int
    timestamp: int
    opus: bytes | None


@dataclass
class Call:
    """The bot in one channel, from IDENTIFY on."""

    channel: str
    key: bytes = field(default_factory=lambda: random(32))
    ear: davey.DaveSession | None = None
    is_secret: bool = False


class FakeVoice:
    """bot: its id. listener: the id of who sits in a channel, None for nobody. welcome_after_s: how long the people in
    a channel take to let somebody into their group.
    """

    def __init__(self, bot: str, listener: Callable[[str], str | None], channel: Callable[[], str | None]) -> None:
        self._bot, self._listener, self._channel = bot, listener, channel
        self._signing = ec.generate_private_key(ec.SECP256R1())
        self.token = "voice.token"
        self.welcome_after_s = 0.0
        self.packets: list[Packet] = []
        self.spoken: list[int] = []
        self.calls: list[Call] = []
        self.endpoint = ""
        self.certificate: Path | None = None
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tasks: set[asyncio.Task[None]] = set()
        self._sockets: set[web.WebSocketResponse] = set()

    @property
    def heard(self) -> list[Packet]:
        """What a listener heard, without the silence behind a piece."""
        return [packet for packet in self.packets if packet.opus not in (None, SILENCE)]

    @property
    def unheard(self) -> list[Packet]:
        return [packet for packet in self.packets if packet.opus is None]

    # --- open and closed ---------------------------------------------------------------------------------------------

    async def start(self, folder: Path) -> web.AppRunner:
        """folder: where the certificate goes that a client has to trust."""
        self.certificate = folder / "voice.pem"
        self.certificate.write_bytes(_certificate())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        app = web.Application()
        app.router.add_get("/", self._serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        self.endpoint = f"127.0.0.1:{runner.addresses[0][1]}"
        self._udp.bind(("127.0.0.1", 0))
        self._udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        threading.Thread(target=self._receive, daemon=True).start()
        return runner

    async def close(self) -> None:
        await self.drop()
        with suppress(OSError):  # not connected, as every UDP socket: the call ends `recvmsg` all the same
            self._udp.shutdown(socket.SHUT_RDWR)
        self._udp.close()

    async def drop(self) -> None:
        """End every connection."""
        for one in list(self._sockets):
            await one.close()

    # --- the gateway -------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse(max_msg_size=1 << 20)
        await connection.prepare(request)
        self._sockets.add(connection)
        await _tell(connection, HELLO, {"heartbeat_interval": 5000})
        call: Call | None = None
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                packet = json.loads(message.data)
                call = await self._answer(connection, call, packet["op"], packet["d"])
            elif message.type is WSMsgType.BINARY and call is not None and message.data[0] == KEY_PACKAGE:
                self._later(self._let_in(connection, call, message.data[1:]))
        self._sockets.discard(connection)
        return connection

    async def _answer(self, connection: web.WebSocketResponse, call: Call | None, op: int, data: Json) -> Call | None:
        if op == HEARTBEAT:
            await _tell(connection, HEARTBEAT_ACK, {"t": data["t"]})
        elif op == IDENTIFY:
            return await self._identify(connection, data)
        elif call is None:
            await connection.close(code=AUTHENTICATION_FAILED)
        elif op == SELECT_PROTOCOL:
            assert data["data"]["mode"] == MODE, data
            described = {"mode": MODE, "secret_key": list(call.key), "dave_protocol_version": DAVE_VERSION}
            await _tell(connection, SESSION_DESCRIPTION, described)
            await connection.send_bytes(_numbered(EXTERNAL_SENDER) + self._sender())
        elif op == SPEAKING:
            self.spoken.append(data["speaking"])
        elif op == TRANSITION_READY:
            await _tell(connection, EXECUTE_TRANSITION, {"transition_id": data["transition_id"]})
            call.is_secret = True
        return call

    async def _identify(self, connection: web.WebSocketResponse, data: Json) -> Call | None:
        channel = self._channel()
        if data["token"] != self.token or data["user_id"] != self._bot or channel is None:
            await connection.close(code=AUTHENTICATION_FAILED)
            return None
        if data["max_dave_protocol_version"] < DAVE_VERSION:
            await connection.close(code=NEEDS_DAVE)
            return None
        call = Call(channel)
        self.calls.append(call)
        host, port = self._udp.getsockname()
        await _tell(connection, READY, {"ssrc": 1, "ip": host, "port": port, "modes": [MODE]})
        if (person := self._listener(channel)) is not None:
            call.ear = davey.DaveSession(DAVE_VERSION, int(person), int(channel))
            call.ear.set_external_sender(self._sender())
            call.ear.get_serialized_key_package()
            await _tell(connection, CLIENTS_CONNECT, {"user_ids": [person]})
        return call

    # --- the group of those who hear ---------------------------------------------------------------------------------

    async def _let_in(self, connection: web.WebSocketResponse, call: Call, key_package: bytes) -> None:
        """The listener's client commits to the proposal that the server signs, and welcomes the bot."""
        if call.ear is None:
            return
        await asyncio.sleep(self.welcome_after_s)
        proposal = self._proposal(int(call.channel), call.ear.epoch or 0, key_package)
        made = call.ear.process_proposals(davey.ProposalsOperationType.append, _vector(proposal))
        assert made is not None
        assert made.welcome is not None
        call.ear.process_commit(made.commit)
        await connection.send_bytes(_numbered(WELCOME) + struct.pack(">H", TRANSITION) + made.welcome)

    def _sender(self) -> bytes:
        """The server as an external sender (RFC 9420, 12.1.8.1) with a basic credential."""
        point = serialization.PublicFormat.UncompressedPoint
        public = self._signing.public_key().public_bytes(serialization.Encoding.X962, point)
        return _vector(public) + struct.pack(">H", 1) + _vector(b"voice server")

    def _proposal(self, group: int, epoch: int, key_package: bytes) -> bytes:
        """A signed public message (RFC 9420, 6.2) that proposes to add somebody."""
        version, public_message, external, proposal, add = 1, 1, 2, 2, 1
        head = struct.pack(">HH", version, public_message)
        where = _vector(struct.pack(">Q", group)) + struct.pack(">Q", epoch)
        who = bytes([external]) + struct.pack(">I", 0) + _vector(b"")
        content = where + who + bytes([proposal]) + struct.pack(">H", add) + key_package
        signed = _vector(b"MLS 1.0 FramedContentTBS") + _vector(head + content)
        return head + content + _vector(self._signing.sign(signed, ec.ECDSA(hashes.SHA256())))

    # --- the sound ---------------------------------------------------------------------------------------------------

    def _receive(self) -> None:
        """In a thread, so that a busy loop does not look like late packets."""
        while True:
            try:
                data, ancillary, _, source = self._udp.recvmsg(2048, 256)
            except OSError:
                return
            if not data:
                return
            if len(data) == DISCOVERY_BYTES and data[:2] == b"\0\1":
                self._discover(data, source)
            elif self.calls:
                self.packets.append(self._unpack(data, _arrived(ancillary), self.calls[-1]))

    def _discover(self, data: bytes, source: tuple[str, int]) -> None:
        host, port = source
        answer = struct.pack(">HH", 2, 70) + data[4:8] + host.encode().ljust(64, b"\0") + struct.pack(">H", port)
        self._udp.sendto(answer, source)

    def _unpack(self, data: bytes, at_s: float, call: Call) -> Packet:
        header, sealed, nonce = data[:RTP_HEADER_BYTES], data[RTP_HEADER_BYTES:-NONCE_BYTES], data[-NONCE_BYTES:]
        sequence, timestamp = struct.unpack(">HI", header[2:8])
        opus: bytes | None = None
        try:
            secret = Aead(call.key).decrypt(sealed, header, nonce.ljust(24, b"\0"))
            if secret == SILENCE:
                opus = SILENCE  # as the protocol allows it
            elif call.ear is not None:
                opus = call.ear.decrypt(int(self._bot), davey.MediaType.audio, secret)
        except (CryptoError, ValueError, RuntimeError):
            opus = None
        return Packet(at_s=at_s, sequence=sequence, timestamp=timestamp, opus=opus)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)


def _arrived(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Seconds since 1970, by the kernel."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return float(seconds + nanoseconds / 1e9)
    return NO_TIME


async def _tell(connection: web.WebSocketResponse, op: int, data: Json) -> None:
    await connection.send_str(json.dumps({"op": op, "d": data}))


def _numbered(op: int) -> bytes:
    return struct.pack(">HB", 0, op)


def _vector(content: bytes) -> bytes:
    """With its length in front, as a variable-size integer (RFC 9420, 2.1.2)."""
    length = len(content)
    if length < 1 << 6:
        return bytes([length]) + content
    return struct.pack(">H", length | 1 << 14) + content


def _certificate() -> bytes:
    """A key and a certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake voice")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + made.public_bytes(pem)
