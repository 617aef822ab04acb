import pytest

from bot.store import PieceCounts, StoredFile
from tests.bot.store.making import add_piece


async def test_a_piece_is_found_with_its_files(store):
    stored = await add_piece(store, "abc", created=12.5)
    piece = await store.pieces.get("abc")
    assert piece.record == {"id": "abc", "name": "bach_abc"}
    assert (piece.person, piece.guild, piece.created, piece.deleted) == ("discord:1", "77", 12.5, None)
    assert piece.files == tuple(sorted(stored, key=lambda file: file.ending))
    assert piece.file(".abc") == StoredFile(".abc", "bach_abc.abc", piece.file(".abc").sha256, 7)
    assert store.blobs.path(piece.file(".abc").sha256).read_bytes() == b"X:1 abc"
    assert piece.file(".pdf") is None


async def test_a_piece_that_never_was_is_none(store):
    assert await store.pieces.get("nothing") is None
    assert await store.pieces.delete("nothing") is False


async def test_whatever_is_typed_for_an_id_finds_nothing_and_breaks_nothing(store):
    await add_piece(store, "abc")
    for typed in ("\x00", "\ud800", "", "a" * 10_000, "' OR 1=1 --", "../abc", "ABC", "曲"):
        assert await store.pieces.get(typed) is None
        assert await store.pieces.delete(typed) is False
    assert (await store.pieces.get("abc")).deleted is None


async def test_pieces_are_listed_newest_first_page_by_page(store):
    for number in range(5):
        await add_piece(store, f"p{number}", created=float(number))
    await add_piece(store, "other", person="discord:2")
    await store.pieces.delete("p3")
    assert [piece.id for piece in await store.pieces.of("discord:1", limit=3)] == ["p4", "p2", "p1"]
    assert [piece.id for piece in await store.pieces.of("discord:1", limit=3, offset=3)] == ["p0"]
    assert await store.pieces.of("discord:404") == []


async def test_a_deleted_piece_says_so_and_nothing_else(store):
    stored = await add_piece(store, "abc")
    assert await store.pieces.delete("abc") is True
    piece = await store.pieces.get("abc")
    assert piece.deleted is not None
    assert (piece.files, piece.record) == ((), {})
    assert not any(store.blobs.path(file.sha256).exists() for file in stored)
    assert await store.pieces.delete("abc") is False, "a second press finds nothing to do"


async def test_a_file_goes_with_the_last_piece_that_has_it(store):
    await add_piece(store, "one")
    [_, sound] = await add_piece(store, "two")
    await store.pieces.delete("one")
    assert store.blobs.path(sound.sha256).exists()
    await store.pieces.delete("two")
    assert not store.blobs.path(sound.sha256).exists()


async def add_and_fail(store):
    async with store.writing() as connection:
        await store.pieces.add(
            connection, id="x", person="p", platform="discord", guild=None, record={}, files=[], created=0.0
        )
        raise RuntimeError("on the way")


async def test_a_piece_that_was_not_committed_is_not_there(store):
    with pytest.raises(RuntimeError, match="on the way"):
        await add_and_fail(store)
    assert await store.pieces.get("x") is None


async def test_counts_count_shared_contents_once(store):
    await add_piece(store, "one", contents={".abc": b"12345", ".mp3": b"123"})
    await add_piece(store, "two", contents={".abc": b"12345"})
    await add_piece(store, "three")
    await store.pieces.delete("three")
    assert await store.pieces.counts() == PieceCounts(pieces=2, deleted=1, files=2, bytes=8)
