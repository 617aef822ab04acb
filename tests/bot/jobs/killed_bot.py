"""A small bot that is killed again and again: `python -m tests.bot.jobs.killed_bot PORT FOLDER KILLS`.

Everything is imported once; every life is a fork of it, so that six kills take seconds and not minutes. It talks to
the chat server of `test_killed.py`, which has a kind of chat that knows nonces and one that can only edit, and new
events for every life. Only the last life ends by itself, so that however fast the machine is, every kill finds its
life.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from bot.chat.messages import Address, Person
from bot.chat.messenger import TryLater
from bot.jobs import intake, open_jobs
from bot.making.files import Piece
from bot.store import open_store
from tests.bot.jobs.conftest import FREE, PlainAnnouncer
from tests.bot.tasks import composing

KINDS = ("nonces", "edits")
LIMITS = replace(FREE, slots=4, max_crashes=1000)  # every kill is ours: no job is to blame


class Line:
    """Calls to the chat server, each on a connection of its own."""

    def __init__(self, port):
        self._port = port

    async def call(self, **values):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                writer.write(json.dumps(values).encode() + b"\n")
                answer = await reader.readline()
            finally:
                writer.close()
        except OSError as error:
            raise TryLater from error
        if not answer:
            raise TryLater
        return json.loads(answer)


class Chat:
    """One kind of chat."""

    def __init__(self, line, name):
        self._line, self.name = line, name

    def parts(self, reply):
        return ("result", "files") if self.name == "nonces" else ("result",)

    async def post_status(self, address, reply, *, nonce):
        answer = await self._line.call(do="post", kind=self.name, text=reply.text, nonce=nonce)
        return replace(address, message=answer["id"])

    async def edit_status(self, address, reply):
        await self._line.call(do="edit", id=address.message, text=reply.text)
        return True

    async def sweep(self, address, job):
        """This chat cannot be searched."""

    async def deliver(self, address, part, reply, *, nonce, in_doubt):
        if part == "files":
            return (await self._line.call(do="post", kind=self.name, text=f"files {reply.text}", nonce=nonce))["id"]
        await self._line.call(do="edit", id=address.message, text=reply.text)
        return address.message


class Maker:
    async def make(self, job, task, *, language, on_progress, on_step):
        await asyncio.sleep(random.uniform(0.01, 0.06))
        seed = task.request.seed
        return Piece(record={"id": job, "name": f"piece_{seed}"}, files={".abc": str(seed).encode()})


class Announcer(PlainAnnouncer):
    def result(self, job, piece, paths, *, in_doubt=False):
        (file,) = piece.files
        return super().result(job, replace(piece, id=paths(file.sha256).read_text()), paths)


async def listen(line, jobs, kind, life):
    """Take events as a platform gives them: the same one again until it is confirmed."""
    while "event" in (update := await line.call(do="poll", kind=kind, life=life)):
        event = update["event"]
        address = Address(kind, f"{kind}:ada", chat="c1")
        accepted = await jobs.accept(
            composing(event),
            person=Person(kind, "ada"),
            address=address,
            language="en",
            event_key=f"{kind}:{event}",
        )
        if not accepted.again:
            posted = await line.call(do="post", kind=kind, text="waiting", nonce=None)
            await jobs.placed(accepted.job, replace(address, message=posted["id"]))
        await line.call(do="confirm", kind=kind, event=event)


async def live(port, folder, life, *, last):
    """Until everything is delivered if this is the last life, otherwise until it is killed."""
    line = Line(port)
    async with open_store(None, folder) as store, open_jobs(store, Maker(), LIMITS, Announcer()) as jobs:
        for kind in KINDS:
            jobs.add_messenger(Chat(line, kind))
        running = asyncio.create_task(jobs.run())
        await asyncio.gather(*(listen(line, jobs, kind, life) for kind in KINDS))
        if not last:
            await asyncio.Event().wait()
        while (summary := await jobs.board.summary()).queued or summary.running or summary.undelivered:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait([running])


def main(port, folder, kills):
    intake.PLACED_WITHIN_S = 0.3
    for life in range(kills + 1):
        child = os.fork()
        if child == 0:
            asyncio.run(live(port, folder, life, last=life == kills))
            os._exit(0)
        if life < kills:
            time.sleep(random.uniform(0.1, 0.6))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        end = "killed" if os.WIFSIGNALED(status) else f"exit {os.waitstatus_to_exitcode(status)}"
        sys.stdout.write(end + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
