"""People: what they chose, what is known about them, and how all of it is forgotten.

What is promised: `export` gives every row about a person, except the interaction token in an address, which is a key to
the platform and not about them. `erase` removes every such row and their pieces' files at once; what is being made for
them is dropped when it is finished. What operators decided (blocked, quota) stays, or erasing would lift it; so does a
change that they made in a server's rules, and what they did in a challenge that they organise, without their name.
Entries, votes, honours, favourites, stars and reports of theirs go, and what is shown of their pieces anywhere; of
votes in duels that are over a count without a name stays. Bars that they wrote in a chain stay, without their name.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args

from sqlalchemy import Row, Select, String, and_, cast, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batching import Batched
from bot.store.blobs import Blobs
from bot.store.chains import Chains
from bot.store.challenges import forget_doer
from bot.store.connections import Connections
from bot.store.duels import forget_votes
from bot.store.exhibits import forget_person, forget_pieces
from bot.store.pieces import Pieces
from bot.store.servers import find_reader, forget_reader
from bot.store.tables import (
    appointments,
    chain_players,
    chain_turns,
    chains,
    challenge_entries,
    challenge_log,
    challenge_votes,
    challenges,
    deliveries,
    duel_votes,
    duels,
    exhibits,
    favourites,
    files,
    guesses,
    honours,
    jobs,
    people,
    pieces,
    reports,
    rules,
    server_changes,
    stars,
    takedowns,
)
from bot.store.together import Together
from bot.texts import Language, languages
from config.zones import find_zone
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling

SEEN_STEP_S = 3600.0  # last_seen is not written more often: reading a row costs nothing, writing one costs an fsync
MOST_BARS = 256
MOST_PRESETS = 200
_TEMPERAMENT = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)

Pages = Literal["picture", "pdf"]


@dataclass(frozen=True, kw_only=True)
class PersonSettings:
    """What a person chose. None: the client's language, the bot's usual number of bars, the style's temperament.

    pages: how a score is shown. audio: whether a piece comes with something to hear. zone: for what comes at an hour in
    a private talk. learning: whether what the person keeps and undoes may teach models; None while they were not
    asked. presets: how to sample, by style ("Romantic|Chopin, Frederic|Keyboard"), as the person found that it suits.
    Raises ValueError for a value that cannot be.
    """

    language: Language | None = None
    bars: int | None = None
    temperament: str | None = None
    pages: Pages = "picture"
    audio: bool = True
    zone: str | None = None
    learning: bool | None = None
    presets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = [name for name, is_right in self._checks().items() if not is_right]
        if wrong:
            raise ValueError(f"wrong settings: {', '.join(wrong)}")

    def _checks(self) -> dict[str, bool]:
        bars, temperament = self.bars, self.temperament
        return {
            "language": self.language is None or self.language in languages(),
            "bars": bars is None or (type(bars) is int and 1 <= bars <= MOST_BARS),
            "temperament": temperament is None
            or (type(temperament) is str and bool(_TEMPERAMENT.fullmatch(temperament))),
            "pages": self.pages in get_args(Pages),
            "audio": type(self.audio) is bool,
            "zone": self.zone is None or (type(self.zone) is str and find_zone(self.zone) == self.zone),
            "learning": self.learning is None or type(self.learning) is bool,
            "presets": isinstance(self.presets, dict)
            and len(self.presets) <= MOST_PRESETS
            and all(_is_preset(each) for each in self.presets.values()),
        }


def _is_preset(values: object) -> bool:
    """Whether they are settings with which pieces can be composed."""
    try:
        return isinstance(values, dict) and bool(Sampling(**values))
    except (BadRequest, TypeError):
        return False


@dataclass(frozen=True)
class Met:
    """Somebody who is here. likes: what they chose; is_news: it was not written down lately that they were here."""

    likes: PersonSettings
    is_news: bool


@dataclass(frozen=True)
class Erased:
    """How much was erased."""

    pieces: int
    jobs: int


class People:
    """The table `people`, and everything about one of them in the others."""

    def __init__(self, connections: Connections, pieces: Pieces, blobs: Blobs, together: Together) -> None:
        self._connections, self._pieces, self._blobs, self._together = connections, pieces, blobs, together
        self._rows = Batched(self._find_all)
        self._seen = Batched(self._note_all)
        self._asked = Batched(self._decline_all)

    async def meet(self, key: str) -> Met:
        """What is known about whoever comes; nothing is written."""
        row = await self._rows.get(key)
        return Met(_settings(row), is_news=row is None or row.last_seen < time.time() - SEEN_STEP_S)

    async def remember(self, key: str, met: Met) -> None:
        """Write down that this person was here, unless that is no news."""
        if met.is_news:
            await self._seen.get(key)

    async def settings(self, key: str) -> PersonSettings:
        """What the person chose; the usual for somebody unknown."""
        return _settings(await self._rows.get(key))

    async def _find_all(self, keys: Collection[str]) -> dict[str, Row[Any]]:
        async with self._connections.reading() as connection:
            return {row.key: row for row in await connection.execute(select(people).where(people.c.key.in_(keys)))}

    async def _note_all(self, keys: Collection[str]) -> dict[str, None]:
        now = time.time()
        these = people.c.key.in_(keys)
        async with self._connections.writing() as connection:
            known = set((await connection.scalars(select(people.c.key).where(these))).all())
            await connection.execute(update(people).where(these).values(last_seen=now))
            new = [_values(PersonSettings()) | {"key": key, "first_seen": now} for key in keys if key not in known]
            if new:
                await connection.execute(insert(people), new)
        return {}

    async def change(self, key: str, **values: Any) -> PersonSettings:
        """Change some settings; returns all. Raises ValueError for a wrong value, TypeError for an unknown name."""
        async with self._connections.writing() as connection:
            row = await _find(connection, key)
            settings = replace(_settings(row), **values)
            await _save(connection, key, settings, is_new=row is None)
        return settings

    async def decline_learning(self, key: str) -> None:
        """Asked whether what they choose may teach a model, a person has said no until they say yes."""
        await self._asked.get(key)

    async def _decline_all(self, keys: Collection[str]) -> dict[str, None]:
        async with self._connections.writing() as connection:
            rows = await connection.execute(select(people).where(people.c.key.in_(keys)))
            known = {row.key: _settings(row) for row in rows}
            for key in keys:
                settings = known.get(key, PersonSettings())
                if settings.learning is None:
                    await _save(connection, key, replace(settings, learning=False), is_new=key not in known)
        return {}

    async def keep_preset(self, key: str, style: str, sampling: Mapping[str, float] | None) -> PersonSettings:
        """How the person's pieces of a style are to be sampled, None for as usual; returns all settings.

        Of more than `MOST_PRESETS` the oldest is forgotten.
        """
        async with self._connections.writing() as connection:
            row = await _find(connection, key)
            settings = _settings(row)
            presets = {name: values for name, values in settings.presets.items() if name != style}
            if sampling is not None:
                presets = dict([*presets.items(), (style, dict(sampling))][-MOST_PRESETS:])
            settings = replace(settings, presets=presets)
            await _save(connection, key, settings, is_new=row is None)
        return settings

    async def export(self, key: str) -> dict[str, Any]:
        """Every row about the person, as JSON can say it."""
        theirs = select(jobs.c.id).where(jobs.c.person == key)
        theirs_made = select(pieces.c.id).where(pieces.c.person == key)
        async with self._connections.reading() as connection:
            return {
                "person": key,
                "settings": asdict(_settings(await _find(connection, key))),
                "people": await _rows(connection, select(people).where(people.c.key == key)),
                "jobs": [
                    _without_token(row)
                    for row in await _rows(
                        connection, select(jobs).where(jobs.c.person == key).order_by(jobs.c.created)
                    )
                ],
                "pieces": await _rows(
                    connection, select(pieces).where(pieces.c.person == key).order_by(pieces.c.created)
                ),
                "files": await _rows(connection, select(files).where(files.c.piece.in_(theirs_made))),
                "deliveries": await _rows(connection, select(deliveries).where(deliveries.c.job.in_(theirs))),
                "rules": await _rows(connection, select(rules).where(rules.c.kind == "person", rules.c.key == key)),
                "appointments": await _rows(connection, select(appointments).where(appointments.c.person == key)),
                "server_changes": await _rows(connection, select(server_changes).where(server_changes.c.person == key)),
                "challenges": await _rows(connection, select(challenges).where(challenges.c.organiser == key)),
                "challenge_entries": await _rows(
                    connection, select(challenge_entries).where(challenge_entries.c.person == key)
                ),
                "challenge_votes": await _rows(
                    connection, select(challenge_votes).where(challenge_votes.c.person == key)
                ),
                "honours": await _rows(connection, select(honours).where(honours.c.person == key)),
                "favourites": await _rows(connection, select(favourites).where(favourites.c.person == key)),
                "stars": await _rows(connection, select(stars).where(stars.c.person == key)),
                "exhibits": [
                    row if row["person"] == key else {**row, "person": None, "sharer": ""}
                    for row in await _rows(
                        connection,
                        select(exhibits).where((exhibits.c.person == key) | exhibits.c.piece.in_(theirs_made)),
                    )
                ],
                "takedowns": await _rows(connection, select(takedowns).where(takedowns.c.piece.in_(theirs_made))),
                "servers": await find_reader(connection, key),
                "reports": await _rows(connection, select(reports).where(reports.c.person == key)),
                "challenge_log": await _rows(connection, select(challenge_log).where(challenge_log.c.person == key)),
                "guesses": await _rows(connection, select(guesses).where(guesses.c.person == key)),
                "duels": await _rows(connection, select(duels).where(duels.c.person == key)),
                "duel_votes": await _rows(connection, select(duel_votes).where(duel_votes.c.person == key)),
                "chains": await _rows(connection, select(chains).where(chains.c.starter == key)),
                "chain_players": await _rows(connection, select(chain_players).where(chain_players.c.person == key)),
                "chain_turns": await _rows(connection, _turns_of(key)),
            }

    async def erase(self, key: str) -> Erased:
        """Forget the person: settings, jobs, deliveries, pieces and their files.

        A job that is being made finds its row gone and is dropped; `Jobs.cancel` before this also stops the work.
        """
        theirs = select(pieces.c.id).where(pieces.c.person == key)
        async with self._connections.writing() as connection:
            unused = await self._pieces.drop_files(connection, theirs)
            await forget_pieces(connection, theirs)
            await forget_person(connection, key)
            await forget_reader(connection, key)
            platform, _, number = key.partition(":")
            told = jobs.c.state == "posted", jobs.c.platform == platform  # reports that came in private
            whose = cast(jobs.c.address, String).contains(f'"person": "{number}"')
            await connection.execute(delete(jobs).where(*told, whose))
            await connection.execute(delete(takedowns).where(takedowns.c.piece.in_(theirs)))
            await connection.execute(delete(reports).where(reports.c.person == key))
            await self._together.forget(connection, key)
            erased_pieces = await connection.execute(delete(pieces).where(pieces.c.person == key))
            erased_jobs = await connection.execute(delete(jobs).where(jobs.c.person == key))
            await connection.execute(delete(appointments).where(appointments.c.person == key))
            await connection.execute(delete(people).where(people.c.key == key))
            made = update(server_changes).where(server_changes.c.person == key)
            await connection.execute(made.values(person=None))
            await connection.execute(delete(challenge_entries).where(challenge_entries.c.person == key))
            await connection.execute(delete(challenge_votes).where(challenge_votes.c.person == key))
            await connection.execute(delete(honours).where(honours.c.person == key))
            drafts = challenges.c.organiser == key, challenges.c.stage == "draft"
            await connection.execute(delete(challenges).where(*drafts))
            await connection.execute(update(challenges).where(challenges.c.organiser == key).values(organiser=None))
            await forget_doer(connection, key)
            await forget_votes(connection, person=key)
            await connection.execute(delete(guesses).where(guesses.c.person == key))
            named = await Chains(self._connections).forget(connection, key, now=time.time())
            unused |= await self._pieces.mark_deleted(connection, named)
        await self._blobs.remove(unused)
        return Erased(erased_pieces.rowcount, erased_jobs.rowcount)


async def _find(connection: AsyncConnection, key: str) -> Row[Any] | None:
    return (await connection.execute(select(people).where(people.c.key == key))).one_or_none()


async def _save(connection: AsyncConnection, key: str, settings: PersonSettings, *, is_new: bool) -> None:
    values = _values(settings)
    if is_new:
        await connection.execute(insert(people).values(key=key, first_seen=values["last_seen"], **values))
    else:
        await connection.execute(update(people).where(people.c.key == key).values(**values))


def _values(settings: PersonSettings) -> dict[str, Any]:
    chosen = asdict(settings)
    return {"language": chosen.pop("language"), "settings": chosen, "last_seen": time.time()}


def _settings(row: Row[Any] | None) -> PersonSettings:
    """What an older or newer version wrote and this one does not understand is as if not chosen."""
    if row is None:
        return PersonSettings()
    written = {**row.settings, "language": row.language}
    settings = PersonSettings()
    for each in fields(PersonSettings):
        if each.name in written:
            try:
                settings = replace(settings, **{each.name: written[each.name]})
            except (ValueError, TypeError):
                continue
    return settings


def _turns_of(key: str) -> Select[Any]:
    is_theirs = and_(chain_players.c.chain == chain_turns.c.chain, chain_players.c.place == chain_turns.c.place)
    return select(chain_turns).join(chain_players, is_theirs).where(chain_players.c.person == key)


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await connection.execute(query)]


def _without_token(job: Mapping[str, Any]) -> dict[str, Any]:
    return {**job, "address": {name: value for name, value in job["address"].items() if name != "token"}}
