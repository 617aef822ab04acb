"""Words about the last piece that have nothing composed: its notes, another key."""

import pytest

from bot.commands.said import said_line
from generator.wishes.errands import Errand, read_errand


@pytest.mark.parametrize(
    ("words", "errand"),
    [
        ("Transpose it, please", Errand.TRANSPOSE),
        ("transponier das bitte", Errand.TRANSPOSE),
        ("移调", Errand.TRANSPOSE),
        ("show me the notes!", Errand.NOTES),
        ("zeig mir die Noten bitte", Errand.NOTES),
        ("给我看谱", Errand.NOTES),
        ("show me the notes of a sad waltz", None),
        ("transpose k3f9", None),
        ("a sad waltz", None),
        ("", None),
    ],
)
def test_what_may_be_asked_of_a_piece_is_read_in_three_languages(words, errand):
    assert read_errand(words) == errand


async def test_without_a_key_there_are_buttons_to_choose_from(world):
    await world.piece("/compose chopin keyboard bars=4 key=Am seed=7")
    reply = (await world.say("/compose transpose it")).replies[0]
    assert reply.private
    assert reply.buttons


async def test_the_notes_are_the_pages_to_print(world):
    await world.piece("/compose chopin keyboard bars=4 key=Am seed=7")
    reply = (await world.say("/compose show me the notes")).replies[0]
    assert [file.name.rpartition(".")[2] for file in reply.attachments] == ["pdf"]


async def test_it_is_no_id_of_a_piece_where_the_command_has_no_stroke(world):
    assert said_line(world.registry, world.services.catalogue, "transpose it") == "/compose transpose it"
    assert said_line(world.registry, world.services.catalogue, "transpose k3f9 to=G") == "/transpose k3f9 to=G"


async def test_where_no_piece_is_there_nothing_is_transposed(still_world):
    await still_world.say("/compose transpose it")
    assert not await still_world.services.jobs.board.waiting("test:ann")


async def test_a_name_without_a_value_is_said_to_be_one(still_world):
    reply = (await still_world.say("/compose chopin waltz key= bars=4")).replies[0]
    assert "key=" in reply.text
    assert "4 bars" in reply.text


async def test_what_is_about_one_person_is_in_that_persons_language_in_a_group_too(still_world):
    store = still_world.services.store
    await store.servers.change("test:ours", by="test:ann", language="zh")
    for line in ("/settings", "/settings bars=8", "/mydata show", "/mydata export", "/mydata erase"):
        reply = (await still_world.say(line, guild="ours")).replies[0]
        assert reply.language == "en", line
    assert (await still_world.say("/queue", guild="ours")).replies[0].language == "zh"
