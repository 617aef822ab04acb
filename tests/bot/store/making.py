"""Rows as the bot makes them, for tests."""

import time

from sqlalchemy import insert

from bot.store.tables import deliveries, jobs


async def add_piece(store, id_, *, person="discord:1", contents=None, created=None):
    """A piece with its files in the blobs; contents by ending."""
    if contents is None:
        contents = {".abc": f"X:1 {id_}".encode(), ".mp3": b"same sound"}
    stored = await store.pieces.put_files(f"bach_{id_}", contents)
    async with store.writing() as connection:
        await store.pieces.add(
            connection,
            id=id_,
            person=person,
            platform="discord",
            guild="77",
            record={"id": id_, "name": f"bach_{id_}"},
            files=stored,
            created=time.time() if created is None else created,
        )
    return stored


async def add_job(store, id_, *, person="discord:1", state="done", finished=None, delivery="sent"):
    """A job with one delivery."""
    now = time.time()
    job = {
        "id": id_,
        "person": person,
        "platform": "discord",
        "language": "en",
        "state": state,
        "task": {"composer": "bach"},
        "address": {"platform": "discord", "person": "1", "chat": "5", "token": "interaction-secret"},
        "event_key": f"discord:{id_}",
        "turn": 1,
        "created": now,
        "finished": finished,
    }
    row = {"job": id_, "part": "result", "order": 1, "platform": "discord", "state": delivery, "due": now}
    async with store.writing() as connection:
        await connection.execute(insert(jobs).values(**job))
        await connection.execute(insert(deliveries).values(**row))
