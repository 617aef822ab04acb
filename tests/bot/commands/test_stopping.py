"""Ending things: odd names of jobs, forgetting a person whose piece is being made, and draining."""

import asyncio

import pytest

from bot.commands import run_command
from bot.texts import say
from tests.bot.jobs.conftest import until


async def begun(world, who="ann"):
    """A piece that is being made until somebody stops it."""
    world.maker.may_finish.clear()
    await world.say("/compose chopin keyboard bars=4", who)
    await until(lambda: world.maker.tasks)
    return (await world.services.jobs.board.waiting())[0].job.id


@pytest.mark.parametrize(
    "name", ["zzzzzzzz", "'; DROP TABLE jobs; --", "../../etc/passwd", "x" * 150, "七夕", "#", "%"]
)
async def test_a_job_that_nobody_knows_cannot_be_cancelled_whatever_its_name(still_world, name):
    context = still_world.context(options={"job": name})
    await run_command(still_world.registry.command("cancel"), context)
    (answer,) = context.replies
    assert answer.private
    assert answer.text in (say("error.NoSuchJob", "en"), say("error.NothingToCancel", "en"))


async def test_a_job_is_found_in_capitals_and_with_a_number_sign(still_world):
    await still_world.say("/compose chopin keyboard")
    (waiting,) = await still_world.services.jobs.board.waiting()
    answer = (await still_world.say(f"/cancel #{waiting.job.id.upper()}")).replies[0]
    assert "is cancelled" in answer.text
    assert await still_world.services.jobs.board.waiting() == []


async def test_whoever_is_erased_has_their_piece_stopped_first_and_nothing_arrives(world):
    job = await begun(world)
    yes = (await world.say("/mydata erase")).replies[0].buttons[0][0]
    assert "Gone" in (await world.press(yes)).edits[0].text
    assert await world.services.jobs.board.waiting() == []
    assert await world.services.store.jobs.get(job) is None
    assert world.services.jobs.board.counts()["cancelled"] == 1
    world.maker.may_finish.set()
    await world.piece(who="bob")  # the slot is free again
    assert world.services.jobs.board.counts()["done"] == 1


async def test_an_operator_drains_and_takes_it_back(world):
    job = await begun(world)
    draining = asyncio.create_task(world.say("/admin drain", "root"))

    async def is_draining():
        return (await world.services.jobs.board.summary()).draining

    await until(is_draining)
    assert (await world.say("/compose bach keyboard", "bob")).replies[0].text == say("error.Draining", "en")
    world.maker.may_finish.set()
    answers = (await draining).replies
    assert answers[-1].text == say("admin.drained", "en")
    assert (await world.services.store.jobs.get(job)).state == "done"
    await world.say("/admin resume", "root")
    assert (await world.say("/compose bach keyboard", "bob")).replies[0].title == "On its way"


# --- first messages that were posted twice ---------------------------------------------------------------------------


async def finished_job(world):
    await world.piece()
    (piece,) = await world.services.store.pieces.of("test:ann")
    await world.settled(piece.id)
    return await world.services.store.jobs.get(piece.id)


async def test_a_left_over_message_is_finished_when_its_button_is_pressed_and_shows_the_piece(world):
    job = await finished_job(world)
    context = await world.press(f"v1:cancel:{job.id}", pressed="left over")
    (said,) = context.edits
    assert said.text == say("status.elsewhere", "en")
    assert context.replies == []
    shown = await world.press(said.buttons[0][0])
    assert shown.replies[0].attachments


async def test_the_message_of_the_piece_itself_is_never_taken_for_left_over(world):
    job = await finished_job(world)
    context = await world.press(f"v1:cancel:{job.id}", pressed=job.address.message)
    assert context.edits == []
    assert context.replies[0].text == say("error.AlreadyFinished", "en")


async def test_anothers_left_over_message_is_not_theirs(world):
    job = await finished_job(world)
    context = await world.press(f"v1:cancel:{job.id}", who="bob", pressed="left over")
    assert context.edits == []
    assert context.replies[0].text == say("error.NotYours", "en")
