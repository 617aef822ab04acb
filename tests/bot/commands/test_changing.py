"""A piece is changed by words: in answer to it, or right after it."""

import re

import pytest

from bot.commands.changing import ABOUT, piece_in
from bot.commands.running import run_command
from bot.commands.said import is_wish
from bot.commands.words import SPOKEN, find_command
from tests.bot.commands.conftest import button


async def test_right_after_a_piece_words_change_it_and_the_status_says_so(world):
    piece = await world.piece("/compose chopin keyboard bars=4 key=Am tempo=100 seed=7")
    id_ = button(piece, "again").action.target
    reply = (await world.say("/compose make it longer")).replies[0]
    assert f"Piece {id_} once more, with this changed: “longer”" in reply.text
    await world.messenger.next_delivery()
    task = world.maker.tasks[-1]
    assert (task.request.tempo, task.request.key.name, task.request.bars) == (100, "A minor", 6)
    assert (task.parent, task.way) == (id_, "changed")


async def test_the_piece_that_is_answered_is_meant_and_not_the_last_one(world):
    first = await world.piece("/compose chopin keyboard bars=4 key=Am seed=7")
    await world.piece("/compose bach keyboard bars=8 key=C seed=8")
    about = button(first, "again").action.target
    command, _ = find_command(world.registry, "/compose")
    await run_command(command, world.context("bob", options={"style": "longer", SPOKEN: True, ABOUT: about}))
    await world.messenger.next_delivery()
    task = world.maker.tasks[-1]
    assert (task.parent, task.request.bars, task.request.style.surname) == (about, 6, "Chopin")


async def test_without_a_piece_before_them_the_same_words_are_no_change(still_world):
    await still_world.say("/compose make it slower")
    assert not await still_world.services.jobs.board.waiting("test:ann")


async def test_an_answer_that_changes_a_piece_is_read_in_groups_too(world):
    catalogue = world.services.catalogue
    assert is_wish(catalogue, "make it sadder")
    assert is_wish(catalogue, "langsamer")
    assert not is_wish(catalogue, "that was lovely")
    piece = await world.piece()
    target = button(piece, "again").action.target
    assert piece_in(each.action.encode() for row in piece.buttons for each in row if each.action) == target
    assert piece_in(["https://somewhere", "v1:cancel:abc"]) is None


@pytest.mark.parametrize("words", ["another one please", "noch eins", "再来一首"])
async def test_another_one_is_what_the_button_makes(world, words):
    await world.piece("/compose chopin keyboard bars=4 key=Am seed=7")
    command, _ = find_command(world.registry, "/compose")
    await run_command(command, world.context("ann", options={"style": words, SPOKEN: True}))
    await world.messenger.next_delivery()
    first, again = (task.request for task in world.maker.tasks)
    assert (again.style, again.bars, again.key) == (first.style, first.bars, first.key)
    assert again.seed != first.seed


async def test_another_one_of_nothing_is_asked_about(still_world):
    assert "no piece here" in (await still_world.say("/compose again")).replies[0].text


async def test_what_is_said_of_the_tempo_is_the_tempo_that_the_piece_gets(world):
    await world.piece("/compose chopin keyboard bars=4 key=Am tempo=112 seed=7")
    reply = (await world.say("/compose make it a sadder waltz")).replies[0]
    await world.messenger.next_delivery()
    assert set(re.findall(r"♩ = (\d+)", reply.text)) == {str(world.maker.tasks[-1].request.tempo)}
