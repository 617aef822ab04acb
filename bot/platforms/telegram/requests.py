"""Requests to Telegram over aiohttp, in place of the httpx that python-telegram-bot brings along.

With thirty requests at a time httpx takes 3 ms of processor time for each, aiohttp 0.2 (measured): in a crowd that is
the difference between an answer at once and one after seconds. What is promised is what `BaseRequest` asks for. Errors
never hold the address, because Telegram's addresses hold the token. The proxy is that of the environment (HTTPS_PROXY,
NO_PROXY) when the line is opened: aiohttp by itself would look, and read ~/.netrc, in a thread for every request.
What does not look like Telegram's answer, whatever its status, is a NetworkError: python-telegram-bot would take a
proxy's 403 for a closed chat, its 404 for a wrong token, and write the whole of it into the log.
"""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.platforms.answers import note_answer

CONNECT_S, READ_S, WRITE_S, UPLOAD_S, POOL_S = 10.0, 30.0, 30.0, 60.0, 30.0
TOO_LARGE = 413
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # Telegram has not heard of these


class Requests(BaseRequest):
    """address: of the server, to find its proxy. connections: so many requests at a time; the others wait for a free
    one. Needs no network until it is used.
    """

    def __init__(self, address: str, *, connections: int) -> None:
        self._address, self._connections = address, connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """In seconds; long polling adds its own."""
        return READ_S

    async def initialize(self) -> None:
        """The first request would do it as well."""
        self._open()

    async def shutdown(self) -> None:
        """Hang up."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises NetworkError, TimedOut."""
        with_files = request_data is not None and request_data.contains_files
        read_s = _seconds(read_timeout, READ_S)
        write_s = _seconds(write_timeout, UPLOAD_S if with_files else WRITE_S)
        connect_s = _seconds(connect_timeout, CONNECT_S)
        connected_s = connect_s + _seconds(pool_timeout, POOL_S)
        timeout = aiohttp.ClientTimeout(
            total=connected_s + write_s + read_s, connect=connected_s, sock_connect=connect_s, sock_read=read_s
        )
        body = None if request_data is None else _body(request_data)
        try:
            async with self._open().request(method, url, data=body, timeout=timeout, allow_redirects=False) as answer:
                note_answer()
                status, content = answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error
        if method == "POST" and not _is_telegrams(status, content):
            raise NetworkError(f"what came back ({status}) cannot be read")
        return status, content

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=_proxy_for(self._address),
            )
        return self._session


def _proxy_for(address: str) -> str | None:
    """As the environment says; with name and password, if they stand in its address."""
    parts = urlsplit(address)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxy = urllib.request.getproxies().get(parts.scheme)
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _is_telegrams(status: int, content: bytes) -> bool:
    """Whether it has the form that the Bot API promises."""
    if status == TOO_LARGE:  # said by the server in front of it, in its own form
        return True
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and (answer.get("ok") is False or (answer.get("ok") is True and "result" in answer))


def _seconds(given: Any, usual: float) -> float:
    return usual if given is None or given is BaseRequest.DEFAULT_NONE else float(given)


def _body(data: RequestData) -> dict[str, str] | aiohttp.FormData | None:
    """As a form; with files in several parts."""
    if not data.contains_files:
        return data.json_parameters or None
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=file_name, content_type=kind)
    return form
