"""What running needs of its surroundings: sensible settings, a folder, room on the disk, a database, a port."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import stat
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from pathlib import Path

from bot import platforms
from bot.platforms.spec import Finding
from config.settings import Settings

LITTLE_ROOM_BYTES = 2 * 2**30
NO_ROOM_BYTES = 200 * 2**20
PROBE_TIME_LIMIT_S = 3.0


async def check_settings(settings: Settings) -> Sequence[Finding]:
    """What is allowed but probably not meant."""
    from config.settings import ENV_FILE

    return list(_remarks(settings, Path(ENV_FILE))) or [Finding("settings", "ok", "All can be used.")]


def _remarks(settings: Settings, env_file: Path) -> Iterator[Finding]:
    platforms.check_keys(settings)
    if not platforms.with_tokens(settings):
        yield Finding(
            "settings",
            "warning",
            "There is no token, so `notabot run` has nobody to talk to.",
            f"Set {' or '.join(platforms.token_settings())}; `notabot chat` works without.",
        )
    elif not settings.admins:
        yield Finding(
            "settings",
            "warning",
            "Nobody may use /admin.",
            "Set NOTABOT_ADMINS to your own id, like discord:123,telegram:77.",
        )
    if settings.queue_url is not None:
        yield Finding(
            "settings", "problem", "Only the embedded queue exists in this version.", "Leave NOTABOT_QUEUE_URL empty."
        )
    if env_file.is_file() and os.name == "posix" and env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield Finding(
            "settings",
            "warning",
            f"Other users of this machine can read {env_file}, where tokens may be.",
            f"chmod 600 {env_file}",
        )


async def check_data_folder(settings: Settings) -> Sequence[Finding]:
    """It is there and can be written to."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"notabot")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return [
            Finding(
                "data folder",
                "problem",
                f"{folder.absolute()} cannot be written to: {error.strerror}.",
                f"Give it to the user that runs the bot (chown {_user()} {folder}), or set NOTABOT_DATA_DIR.",
            )
        ]
    return [Finding("data folder", "ok", f"{folder.absolute()} can be written to.")]


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "its user"


async def check_disk(settings: Settings) -> Sequence[Finding]:
    """There is room for pieces."""
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    said = f"{free / 2**30:.1f} GiB free for {folder}."
    advice = "Make room, set NOTABOT_DATA_DIR to another disk, or let old pieces go with NOTABOT_RETENTION_DAYS."
    if free < NO_ROOM_BYTES:
        return [Finding("disk", "problem", said, advice)]
    if free < LITTLE_ROOM_BYTES:
        return [Finding("disk", "warning", said, advice)]
    return [Finding("disk", "ok", said)]


async def check_database(settings: Settings) -> Sequence[Finding]:
    """It opens, is of this version, and takes a transaction. Raises StoreError."""
    from sqlalchemy import func, select

    from bot.store import open_store
    from bot.store.tables import pieces

    url = settings.database_url.get_secret_value() if settings.database_url else None
    async with open_store(url, settings.data_dir) as store:
        async with store.writing() as connection:
            kept = (await connection.execute(select(func.count()).select_from(pieces))).scalar_one()
            given_up = await store.deliveries.given_up(connection)
        kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    return [
        Finding("database", "ok", f"{kind} opens and is of this version; pieces in it: {kept}."),
        *_undelivered(given_up),
    ]


def _undelivered(given_up: int) -> Iterator[Finding]:
    if given_up:
        said = f"{given_up} messages with results or news could not be delivered."
        yield Finding("deliveries", "warning", said, "/admin retry in a chat takes them up again.")


async def check_port(settings: Settings) -> Sequence[Finding]:
    """The port of /healthz is free, or a running bot has it."""
    host, port = settings.health_host, settings.health_port
    if port == 0:
        return [Finding("port", "ok", "/healthz and /metrics are switched off.")]
    try:
        _bind(host, port)
    except OSError as error:
        if await asyncio.to_thread(_is_notabot, host, port):
            return [Finding("port", "ok", f"A Notabot is running here and answers on port {port}.")]
        said = f"/healthz cannot be served on {host}:{port}: {error.strerror or error}."
        return [Finding("port", "problem", said, "Choose another NOTABOT_HEALTH_PORT, or 0 to do without.")]
    return [Finding("port", "ok", f"{host}:{port} is free for /healthz, /readyz and /metrics.")]


def _bind(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _is_notabot(host: str, port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{host}:{port}/healthz", timeout=PROBE_TIME_LIMIT_S) as answer:
            return bool(json.load(answer) == {"alive": True})
    except (OSError, HTTPException, ValueError):
        return False
