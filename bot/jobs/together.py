"""What happens when a piece that several people work on is finished: it joins its line, and meets what others made.

Promises: that it joins, and that a job puts it together with what somebody else made meanwhile, are one commit with the
piece itself; so whatever dies, nothing is put together twice or not at all. The job waits for no quota.
Not covered: who may (`bot.store.together`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Person
from bot.jobs.intake import Intake
from bot.jobs.model import Accepted
from bot.making.merge import Merge
from bot.store import Store
from bot.store.jobs import JobView
from bot.store.lineage import parent_of
from bot.store.together import HANDS, OF


class Joining:
    """Asked by the runner within the transaction that finishes a job."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self._store, self._intake = store, intake

    async def with_line(self, connection: AsyncConnection, job: JobView, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record, which says to which opened piece it belongs and who has changed what, if it belongs to one."""
        together = self._store.together
        if isinstance(job.task, Merge):
            return {**record, HANDS: await together.hands_of(connection, [job.task.mine, job.task.theirs])}
        parent = parent_of(record)
        if parent is None or not job.task.changes_bars:
            return dict(record)
        place = job.guild if job.guild is not None else job.address.chat
        scope = f"{job.platform}:{place}"
        root = await together.root_within(connection, parent, person=job.person, scope=scope)
        if root is None:
            return dict(record)
        done = record.get("edited") or record.get("worked") or {}
        own = {"piece": job.id, "name": job.address.name or "", "bars": list(done.get("changed") or ())}
        return {**record, OF: root, HANDS: [*await together.hands_of(connection, [parent]), own]}

    async def put_together(
        self, connection: AsyncConnection, job: JobView, record: Mapping[str, Any]
    ) -> Accepted | None:
        """Have it put together with another end, if there is one. The piece has been written down."""
        root = record.get(OF)
        if not root or "sheet" in record:
            return None
        pair = await self._store.together.pair_with(connection, job.id, str(root))
        if pair is None:
            return None
        task = Merge(mine=pair.mine, theirs=pair.theirs, base=pair.base, root=str(root), length=job.task.bars)
        return await self._intake.take(
            connection,
            task,
            showing=job.showing,
            person=Person(job.platform, job.person.partition(":")[2]),
            address=replace(job.address, message=None),
            language=job.language,
            event_key=f"merge:{pair.mine}:{pair.theirs}",
            draining=False,
            is_counted=False,
        )
