"""What people kept and undid becomes votes: with consent, of their own music, without their names."""

import json

import pytest

from bot.store import open_store
from bot.store.choices import votes
from generator.training.votes import load_votes

HEAD = "X:1\nL:1/4\nM:3/4\nK:G\nV:1 treble\n"
STYLE = {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard"}


@pytest.fixture
async def store(tmp_path):
    async with open_store(None, tmp_path) as store:
        yield store


async def add(store, piece, music, *, person="test:ann", **record):
    files = await store.pieces.put_files(piece, {".abc": f"{HEAD}[V:1]{music}|]\n".encode()})
    async with store.writing() as connection:
        await store.pieces.add(
            connection,
            id=piece,
            person=person,
            platform="test",
            guild=None,
            record={"style": STYLE, **record},
            files=files,
            created=1.0,
        )


def edit(parent, verdict, *, consent=True, **more):
    choice = {"verdict": verdict, "at": "2026-11-29T21:30:00Z", "consent": consent}
    return {"parent": parent, "choice": choice, "edited": {"seed": 7, **more}}


async def test_each_choice_is_a_vote_against_what_it_came_from_and_what_it_came_instead_of(store, tmp_path):
    await add(store, "root", "GAB", request={})
    await add(store, "kept", "GBA", **edit("root", "kept", instead_of="undone"))
    await add(store, "undone", "AAA", **edit("root", "undone"))
    found = [vote async for vote in votes(store)]
    assert [(vote["id"], vote["verdict"]) for vote in found] == [
        ("kept-root", "a"),
        ("kept-undone", "a"),
        ("undone-root", "b"),
    ]
    assert len({vote["voter"] for vote in found}) == 1
    assert "ann" not in str(found)


@pytest.mark.parametrize(
    ("record", "person"),
    [
        (edit("root", "kept", consent=False), "test:ann"),
        (edit("theirs", "kept"), "test:ann"),
        (edit("root", "kept"), "test:bob"),
        ({"parent": "root"}, "test:ann"),
        (edit("gone", "kept"), "test:ann"),
    ],
)
async def test_without_consent_or_of_music_of_others_there_is_none(store, record, person):
    await add(store, "root", "GAB", request={})
    await add(store, "theirs", "GAB", came_from="air.abc")
    await add(store, "edit", "GBA", person=person, **record)
    assert [vote async for vote in votes(store)] == []


async def test_they_are_read_by_what_learns_from_votes(store, tmp_path):
    await add(store, "root", "GAB", request={})
    await add(store, "one", "GBA", **edit("root", "kept"))
    await add(store, "two", "AAA", **edit("root", "undone"))
    path = tmp_path / "votes.jsonl"
    path.write_text("".join(json.dumps(vote) + "\n" for vote in [one async for one in votes(store)]))
    assert len(load_votes(path).pairs) == 2
