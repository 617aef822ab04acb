"""The line itself: which way requests go."""

from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import encode_basic_auth, web

from bot.platforms.telegram.requests import Requests

ANSWER = {"ok": True, "result": {}}


@dataclass(frozen=True)
class Asked:
    url: str
    headers: Mapping[str, str]


@asynccontextmanager
async def open_server():
    """A server, or a proxy: it answers for whomever it is asked, and keeps what it was asked."""
    asked = []

    async def answer(request):
        asked.append(Asked(str(request.url), request.headers))
        return web.json_response(ANSWER)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1], asked
    finally:
        await runner.cleanup()


async def post(address):
    requests = Requests(address, connections=1)
    try:
        return await requests.do_request(f"{address}/bot1/getMe", "POST")
    finally:
        await requests.shutdown()


@pytest.mark.parametrize("written", ["http://ann:secret@127.0.0.1:{port}", "ann:secret@127.0.0.1:{port}"])
async def test_requests_go_through_the_proxy_of_the_environment(monkeypatch, written):
    async with open_server() as (port, asked):
        monkeypatch.setenv("http_proxy", written.format(port=port))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        status, _ = await post("http://api.example")
    assert status == 200
    [call] = asked
    assert call.url == "http://api.example/bot1/getMe"
    assert call.headers["Proxy-Authorization"] == encode_basic_auth("ann", "secret")


async def test_no_proxy_where_the_environment_says_so(monkeypatch):
    async with open_server() as (port, asked):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        status, _ = await post(f"http://127.0.0.1:{port}")
    assert status == 200
    assert len(asked) == 1


async def test_what_stands_in_netrc_is_for_other_programs(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with open_server() as (port, asked):
        await post(f"http://127.0.0.1:{port}")
    [call] = asked
    assert "Authorization" not in call.headers
