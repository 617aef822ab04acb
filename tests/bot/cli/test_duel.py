"""`notabot duel ratings` reads what people voted in the chats."""

import asyncio
import json

from typer.testing import CliRunner

from bot.cli.app import app
from bot.store import open_store
from bot.store.duels import StoredVote


def side(piece, setting):
    return {"piece": piece, "style": "Romantic/Chopin, Frederic/Keyboard", "setting": setting, "weights": "ab"}


async def voted(folder):
    """Four duels, in each of which two people like the wild one better."""
    async with open_store(None, folder) as store, store.writing() as connection:
        for number in range(4):
            id_ = f"duel{number}"
            duel = {"a": side(f"{id_}a", "wild"), "b": side(f"{id_}b", "style"), "hours": 1, "composed": True}
            await store.pieces.add(
                connection, id=id_, person="test:ann", platform="test", guild=None, record={"duel": duel}, files=(),
                created=1.0,
            )  # fmt: skip
            for who in ("test:bea", "test:cyd"):
                vote = StoredVote(duel=id_, person=who, verdict="a", consent=False, changed=2.0)
                await store.duels.vote(connection, vote)


async def test_votes_become_ratings_in_words_and_in_json(tmp_path, monkeypatch):
    await voted(tmp_path)
    monkeypatch.setenv("NOTABOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en")
    runner = CliRunner()
    said = await asyncio.to_thread(runner.invoke, app, ["duel", "ratings"])
    assert "1. Wild" in said.output
    assert "4 duels, 8 votes" in said.output
    written = json.loads((await asyncio.to_thread(runner.invoke, app, ["duel", "ratings", "--json"])).output)
    assert [rating["name"] for rating in written["setting"]] == ["wild", "style"]
    assert written["style"] == []
