"""What is too old is forgotten: pieces with their files, the jobs that made them, challenges and chains that are over,
and who voted in duels.

What is promised: a clock that has jumped ahead deletes nothing. When it has gone on by more than it should since it was
looked at last, nothing is too old this time; if it goes on like that it is believed the next day.
"""

from __future__ import annotations

import logging
import time

from sqlalchemy import delete, select

from bot.store.database import Store
from bot.store.duels import forget_votes
from bot.store.guesses import forget_guesses
from bot.store.tables import challenges, deliveries, jobs, pieces

log = logging.getLogger(__name__)
DAY_S = 86_400.0
BELIEVED_S = 2 * DAY_S  # from one look, which is taken daily, to the next
LAST_LOOK = "retention_last_look"
BATCH = 500  # pieces in one transaction, so that the others need not wait long
_UNDELIVERED = ("pending", "sending")


async def keep_within(store: Store, *, retention_days: int) -> int:
    """Delete pieces and finished jobs that are older, and files that no piece uses; returns how many pieces.

    0 days keeps all pieces. What has not reached its chat yet is never too old. Meant to be called once a day.
    """
    deleted = 0
    if not await _is_clock_believed(store):
        return deleted
    if retention_days > 0:
        before = time.time() - retention_days * DAY_S
        while batch := await _delete_pieces(store, before):
            deleted += batch
        await _delete_jobs(store, before)
        await _delete_challenges(store, before)
        await _forget_votes(store, before)
    await store.blobs.remove_unused()
    return deleted


async def _is_clock_believed(store: Store) -> bool:
    now, last = time.time(), await store.switches.get(LAST_LOOK)
    await store.switches.set(LAST_LOOK, now)
    gone_s = 0.0 if last is None else now - last
    if gone_s > BELIEVED_S:
        log.warning("nothing is deleted today: the clock has gone on by %.0f days since yesterday", gone_s / DAY_S)
    return gone_s <= BELIEVED_S


async def _delete_pieces(store: Store, before: float) -> int:
    waiting = select(deliveries.c.job).where(deliveries.c.state.in_(_UNDELIVERED))
    old = select(pieces.c.id).where(pieces.c.created < before, pieces.c.deleted.is_(None), pieces.c.id.not_in(waiting))
    async with store.writing() as connection:
        ids = list((await connection.execute(old.limit(BATCH))).scalars())
        unused = await store.pieces.mark_deleted(connection, ids)
    await store.blobs.remove(unused)
    return len(ids)


async def _delete_challenges(store: Store, before: float) -> None:
    """Those that ended so long ago, with entries, votes and log."""
    async with store.writing() as connection:
        await connection.execute(delete(challenges).where(challenges.c.over < before))
        await store.chains.delete_before(connection, before)


async def _forget_votes(store: Store, before: float) -> None:
    """Who voted in duels that ended so long ago, of which only what came of them stays; and what was guessed."""
    async with store.writing() as connection:
        await forget_votes(connection, before=before)
        await forget_guesses(connection, before=before)


async def _delete_jobs(store: Store, before: float) -> None:
    waiting = select(deliveries.c.job).where(deliveries.c.state.in_(_UNDELIVERED))
    async with store.writing() as connection:
        await connection.execute(delete(jobs).where(jobs.c.finished < before, jobs.c.id.not_in(waiting)))
