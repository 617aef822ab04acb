"""`kill -9` at random moments, with a real store, a real process and a chat server behind a socket."""

import asyncio
import json
import random
import sys
from collections import Counter
from itertools import count
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
EVENTS, KILLS = 50, 6


class ChatServer:
    """Messages by id with all they have said. Only the kind "nonces" drops a post whose nonce it knows."""

    def __init__(self):
        self.events = {kind: list(range(EVENTS)) for kind in ("nonces", "edits")}
        self.messages, self.nonces = {}, {}
        self._ids = count(1)

    async def answer(self, reader, writer):
        line = await reader.readline()
        try:
            if line:
                await asyncio.sleep(random.uniform(0.001, 0.01))
                reply = getattr(self, json.loads(line).pop("do"))(**json.loads(line))
                await asyncio.sleep(random.uniform(0.001, 0.01))
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass  # killed while it waited for the answer
        finally:
            writer.close()

    def poll(self, *, kind, life, do):
        """Every life finds new events, so that it has something to lose when it is killed."""
        happened = [event for event in self.events[kind] if event < EVENTS * (life + 1) // (KILLS + 1)]
        return {"event": happened[0]} if happened else {}

    def confirm(self, *, kind, event, do):
        if event in self.events[kind]:
            self.events[kind].remove(event)
        return {}

    def post(self, *, kind, text, nonce, do):
        if kind == "nonces" and nonce is not None and nonce in self.nonces:
            return {"id": self.nonces[nonce]}
        message = f"{kind}-{next(self._ids)}"
        self.messages[message] = [text]
        self.nonces[nonce] = message
        return {"id": message}

    def edit(self, *, id, text, do):  # noqa: A002
        if self.messages[id][-1] != text:  # "message is not modified"
            self.messages[id].append(text)
        return {}

    def shown(self, kind, prefix):
        """How often each text with this beginning was shown."""
        texts = (text for message, words in self.messages.items() if message.startswith(kind) for text in words)
        return Counter(text for text in texts if text.startswith(prefix))


async def test_a_hundred_jobs_and_six_kills_lose_nothing_and_double_nothing(tmp_path):
    chat = ChatServer()
    server = await asyncio.start_server(chat.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.jobs.killed_bot",
        str(port),
        str(tmp_path / "data"),
        str(KILLS),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            lives, errors = await bot.communicate()
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
        server.close()
        await server.wait_closed()
    assert lives.decode().split("\n")[:-1] == ["killed"] * KILLS + ["exit 0"], errors.decode()[-3000:]
    once = Counter({f"result {event}": 1 for event in range(EVENTS)})
    assert chat.shown("nonces", "result") == once
    assert chat.shown("edits", "result") == once
    assert chat.shown("nonces", "files") == Counter({f"files result {event}": 1 for event in range(EVENTS)})
    after_the_result = [words for words in chat.messages.values() if "result" in words[0] or "result" in words[-1]]
    assert len(after_the_result) == 3 * EVENTS
    assert chat.shown("nonces", "failed") == chat.shown("edits", "failed") == Counter()
