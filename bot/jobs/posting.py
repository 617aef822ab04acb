"""A message that is due: written down in the transaction of whatever it tells of, with the row that delivers it.

Promises: the same message is written down once, whoever dies meanwhile. Not covered: what it says, which is found when
it is sent (`bot.jobs.ports.Poster`).
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Address
from bot.jobs.intake import new_job_id
from bot.making.post import Post
from bot.store import Store
from bot.store.deliveries import RESULT
from bot.texts import Language


async def add_post(
    store: Store,
    connection: AsyncConnection,
    post: Post,
    *,
    address: Address,
    language: Language,
    now: float,
    job: str = "",
) -> bool:
    """False if it was written down before. now: seconds since 1970. job: its id, "" for a new one."""
    new = job or new_job_id()
    is_new = await store.jobs.add_post(connection, id=new, post=post, address=address, language=language, created=now)
    if is_new:
        await store.deliveries.add(connection, job=new, platform=address.platform, parts=[RESULT], first=1, due=now)
    return is_new


def public(address: Address) -> Address:
    """The place alone: whoever asked for what is told is not called, and nothing answers what they wrote."""
    return Address(address.platform, "", chat=address.chat, guild=address.guild, topic=address.topic)
