"""What people kept and undid, and voted for in duels, as pairs of pieces that a model may learn from.

Promises: only choices of people who said that theirs may teach; both pieces are the chooser's own, or were composed for
the duel, and neither goes back to music that somebody sent, which is not ours to pass on. Nobody can tell who chose: a
person is a hash with a secret of this store. What a person or a piece is erased with is gone from here, too, since
nothing is copied.
Not covered: what a vote is (docs/TRAINING.md), and learning from it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.making.edit import KEPT
from bot.making.workshop import SourceIsGone
from bot.store.database import Store
from bot.store.pieces import PieceView
from bot.store.tables import pieces

SALT = "votes_salt"
MOST_ANCESTORS = 200
LICENCE = "CC0"


async def votes(store: Store) -> AsyncIterator[dict[str, Any]]:
    """One vote for each choice: between an edit and what it was made from, and the edit in whose place it came."""
    salt = await store.switches.get(SALT)
    if salt is None:
        salt = secrets.token_hex(16)
        await store.switches.set(SALT, salt)
    async with store.reading() as connection:
        there = select(pieces.c.id).where(pieces.c.deleted.is_(None)).order_by(pieces.c.created, pieces.c.id)
        ids = list((await connection.execute(there)).scalars())
    for piece_id in ids:
        piece = await store.pieces.get(piece_id)
        choice = (piece.record.get("choice") or {}) if piece is not None else {}
        if piece is None or not choice.get("consent") or not await _is_ours(store, piece):
            continue
        is_kept = choice.get("verdict") == KEPT
        instead_of = (piece.record.get("edited") or {}).get("instead_of")
        for other in (piece.record.get("parent"), instead_of if is_kept else None):
            vote = await _vote(store, piece, str(other or ""), salt=str(salt), is_kept=is_kept)
            if vote is not None:
                yield vote
    async for vote in _in_duels(store, salt=str(salt)):
        yield vote


async def _in_duels(store: Store, *, salt: str) -> AsyncIterator[dict[str, Any]]:
    """One vote for each vote, also those that decide nothing. A was shown first."""
    async for duel, stored in store.duels.teaching():
        pieces = [await store.pieces.get(side.piece) for side in (duel.a, duel.b)]
        a, b = pieces
        if a is None or b is None or not all([await _is_ours(store, piece) for piece in (a, b)]):
            continue
        if not duel.composed and not a.person == b.person == stored.person:
            continue  # pieces that were there before are for those to give away whose they are
        try:
            first, second = [(await store.pieces.source(piece.id)).abc for piece in (a, b)]
        except SourceIsGone:
            continue
        yield {
            "id": f"{duel.id}-{_voter(stored.person, salt)}",
            "time": datetime.fromtimestamp(stored.changed, UTC).isoformat(timespec="seconds"),
            "style": _style(a),
            "a": {"abc": first, "seed": a.record.get("seed"), "weights": _weights(a)},
            "b": {"abc": second, "seed": b.record.get("seed"), "weights": _weights(b)},
            "first": "a",
            "verdict": stored.verdict,
            "voter": _voter(stored.person, salt),
            "consent": True,
            "licence": LICENCE,
        }


async def _is_ours(store: Store, piece: PieceView) -> bool:
    """Whether it goes back to a piece that was composed here."""
    now: PieceView | None = piece
    for _ in range(MOST_ANCESTORS):
        if now is None or now.deleted is not None or now.record.get("came_from"):
            return False
        parent = now.record.get("parent")
        if not parent:
            return "request" in now.record
        now = await store.pieces.get(str(parent))
    return False


async def _vote(store: Store, piece: PieceView, other: str, *, salt: str, is_kept: bool) -> dict[str, Any] | None:
    against = await store.pieces.get(other)
    if against is None or against.deleted is not None or against.person != piece.person:
        return None
    try:
        new, old = [(await store.pieces.source(one.id)).abc for one in (piece, against)]
    except SourceIsGone:
        return None
    return {
        "id": f"{piece.id}-{other}",
        "time": piece.record["choice"].get("at"),
        "style": _style(piece),
        "a": {"abc": new, "seed": (piece.record.get("edited") or {}).get("seed"), "weights": _weights(piece)},
        "b": {"abc": old, "weights": _weights(against)},
        "first": "b",
        "verdict": "a" if is_kept else "b",
        "voter": _voter(piece.person, salt),
        "consent": True,
        "licence": LICENCE,
    }


def _weights(piece: PieceView) -> str:
    return str((piece.record.get("model") or {}).get("sha256") or "")


def _style(piece: PieceView) -> list[str]:
    named = piece.record.get("style") or piece.record.get("request") or {}
    return [str(named.get(name) or "") for name in ("period", "composer", "instrumentation")]


def _voter(person: str, salt: str) -> str:
    return hashlib.sha256(f"{salt} {person}".encode()).hexdigest()[:16]
