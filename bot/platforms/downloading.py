"""Files from the platforms' own servers.

Promises: no more than so many bytes are taken into memory, whatever the server says of the size; errors never hold the
address, which may hold a token; nobody waits for ever.
"""

from __future__ import annotations

import aiohttp

from bot.errors import FileNotFetched, FileTooLarge

LIMIT_S = 60.0
CONNECT_S = 10.0
CHUNK_BYTES = 65_536


async def download(url: str, most: int) -> bytes:
    """The content behind an address. Raises FileTooLarge, FileNotFetched."""
    timeout = aiohttp.ClientTimeout(total=LIMIT_S, connect=CONNECT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise FileNotFetched
            return await _read(answer.content, most)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise FileNotFetched from error


async def _read(stream: aiohttp.StreamReader, most: int) -> bytes:
    content = bytearray()
    async for chunk in stream.iter_chunked(CHUNK_BYTES):
        content += chunk
        if len(content) > most:
            raise FileTooLarge(limit=most // 1_000_000)
    return bytes(content)
