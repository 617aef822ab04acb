"""`/batch`: a contact sheet of several pieces, which count and can be opened."""

from dataclasses import replace

from bot.making.files import Piece
from bot.making.kinds import read_task, write_task
from bot.making.several import Batch
from bot.making.task import Showing
from generator.errors import BadRequest
from generator.request import Progress
from tests.bot.commands.conftest import PNG, open_world, record_of
from tests.bot.tasks import composing


def composes(monkeypatch, *, failing=()):
    """Pieces come about without a model; those whose numbers are named cannot be made."""

    async def make(self, _workshop, order):
        if order.id[-1] in failing:
            raise BadRequest(reason="seed")
        order.on_progress(Progress(self.bars, self.bars, 1.0, 0.0))
        return Piece(record=record_of(order.id, self.request), files={"_p1.png": PNG + order.id.encode()})

    monkeypatch.setattr("bot.making.compose.Compose.make", make)


def verbs(reply):
    return [(button.label, button.action.verb) for row in reply.buttons for button in row]


def test_it_is_read_as_it_was_written():
    task = Batch(first=composing(seed=7), count=4)
    assert read_task(write_task(task, Showing())) == (task, Showing())
    assert (task.bars, task.pieces) == (4 * composing().bars, 4)


async def test_the_sheet_shows_all_and_opens_each(world, monkeypatch):
    composes(monkeypatch)
    sheet = await world.piece("/batch chopin keyboard n=3 bars=4 seed=7")
    assert sheet.title == "3 pieces side by side"
    assert sheet.attachments[0].kind == "picture"
    assert [line[:4] for line in sheet.text.splitlines() if line[1:4] == " · "] == ["1 · ", "2 · ", "3 · "]
    assert verbs(sheet)[:3] == [("1", "recall"), ("2", "recall"), ("3", "recall")]
    opened = [(await world.press(button)).replies[0].piece for button in sheet.buttons[0]]
    assert opened == [f"{sheet.piece}{number}" for number in (1, 2, 3)]
    pieces = await world.services.store.pieces.some(opened)
    assert [pieces[id_].record["seed"] for id_ in opened] == [7, 8, 9]


async def test_one_that_cannot_be_made_is_left_out_and_said(world, monkeypatch):
    composes(monkeypatch, failing="2")
    sheet = await world.piece("/batch chopin keyboard n=3 bars=4")
    assert "1 piece could not be made" in sheet.text
    assert [button.action.target[-1] for button in sheet.buttons[0]] == ["1", "3"]


async def test_each_piece_counts(tmp_path):
    async with open_world(tmp_path, running=False, pieces_per_person_per_day=5, max_waiting_per_person=50) as world:
        assert "4 pieces: Chopin keyboard" in (await world.say("/batch chopin keyboard")).replies[0].text
        refused = (await world.say("/batch chopin keyboard n=2")).replies[0]
        assert "5" in refused.text
        assert refused.private
        assert "Chopin" in (await world.say("/compose chopin keyboard")).replies[0].text
        refused = (await world.say("/compose chopin keyboard")).replies[0]
        assert refused.private


async def test_without_words_or_with_too_many_it_says_so(still_world):
    for line in ("/batch", "/batch n=4", "/batch chopin keyboard n=40", "/batch chopin keyboard bars=9999"):
        said = (await still_world.say(line)).replies
        assert len(said) == 1
        assert said[0].private
    async with still_world.services.store.reading() as connection:
        assert await still_world.services.store.jobs.unfinished(connection) == []


async def test_the_sheet_can_be_shown_again_and_deleted_alone(world, monkeypatch):
    composes(monkeypatch)
    sheet = await world.piece("/batch chopin keyboard n=2 bars=4")
    again = (await world.say(f"/piece id={sheet.piece}")).replies[0]
    assert replace(again, text="") == replace(sheet, text="") or again.buttons == sheet.buttons
    await world.press(f"v1:sure:{sheet.piece}")
    assert (await world.press(sheet.buttons[0][0])).replies[0].piece == f"{sheet.piece}1"
