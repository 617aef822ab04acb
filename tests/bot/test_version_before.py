"""A database of the version before, which knew compositions only: it opens, what waits is made, its buttons work.

`store/version_0001.sql` is what that version wrote: a finished piece, a request that waits, and one that was being made
when the process died.
"""

import sqlite3
from pathlib import Path

import pytest

from bot.making.compose import Compose
from bot.making.kinds import read_task
from bot.making.task import Showing
from bot.store import open_store
from generator.model.sampling_settings import Sampling
from generator.notation.keys import Key
from generator.notation.limits import Metre
from tests.bot.commands.conftest import button, open_world
from tests.bot.tasks import composing

WRITTEN = Path(__file__).parent / "store" / "version_0001.sql"
BARE_WISH = {
    "period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "seed": 7, "bars": 4,
    "temperature": 1.0, "top_k": 9, "top_p": 0.9, "guidance": 0.5, "key": "Amin", "metre": "3/4", "tempo": 90,
    "parent": "olddone1", "guidance_asked": True, "pages": "pdf", "audio": False,
}  # fmt: skip


@pytest.fixture
async def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with sqlite3.connect(folder / "notabot.db") as connection:
        connection.executescript(WRITTEN.read_text(encoding="utf-8"))
    async with open_store(None, folder) as store:
        await store.blobs.put(WRITTEN.with_suffix(".abc").read_bytes())
    return tmp_path


def test_a_wish_without_a_kind_is_a_composition():
    task, showing = read_task(BARE_WISH)
    assert task == composing(
        sampling=Sampling(1.0, 9, 0.9, 0.5),
        key=Key("A", "min"),
        metre=Metre(3, 4),
        tempo=90,
        guidance_asked=True,
        parent="olddone1",
    )
    assert showing == Showing(pages="pdf", audio=False)


def test_a_wish_from_before_there_was_guidance_has_none():
    without = {name: value for name, value in BARE_WISH.items() if "guidance" not in name}
    assert read_task(without)[0].request.sampling.guidance == 0.0


async def test_what_waited_and_what_was_being_made_is_delivered(data):
    async with open_world(data) as world:
        for _ in range(2):
            await world.messenger.next_delivery()
        assert {task.request.seed: task.guidance_asked for task in world.maker.tasks} == {8: False, 9: True}
        shown = [await world.services.store.pieces.get(job) for job in ("oldqueue", "oldruns1")]
        assert all(piece is not None for piece in shown)


async def test_the_buttons_of_its_pieces_work(data):
    async with open_world(data) as world:
        for _ in range(2):
            await world.messenger.next_delivery()
        world.maker.tasks.clear()
        piece = (await world.say("/piece olddone1")).replies[0]
        assert (piece.title, piece.text.partition("\n")[0]) == (
            "Keyboard piece in A minor",
            "Chopin keyboard · 3/4 · Andantino (♩ = 90) · 4 bars, 6 s",
        )
        assert "seed 7" in (await world.press(button(piece, "details"))).replies[0].text
        for verb in ("again", "hotter", "cooler"):
            assert (await world.press(button(piece, verb))).replies[0].title == "On its way"
            await world.messenger.next_delivery()
        again, hotter, cooler = world.maker.tasks
        assert all(isinstance(task, Compose) and task.parent == "olddone1" for task in world.maker.tasks)
        assert again.request.seed != 7
        assert (again.request.key, again.request.metre, again.request.tempo) == (Key("A", "min"), Metre(3, 4), 90)
        assert [task.request.sampling.temperature for task in (again, hotter, cooler)] == [1.0, 1.15, 0.87]
        assert "composing 1.5 s" in (await world.press(button(piece, "details"))).replies[0].text
        choice = (await world.press(button(piece, "transpose"))).replies[0]
        await world.press(next(each for row in choice.buttons for each in row if each.label == "D minor"))
        assert (await world.messenger.next_delivery()).title == "Keyboard piece in D minor"
