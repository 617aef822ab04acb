"""`/sweep`: marks narrow what is tried, and what is found is kept for the person who gave them."""

from dataclasses import asdict, replace

import pytest

from bot.making.files import Piece
from bot.making.kinds import read_task, write_task
from bot.making.sweep import rated_in, sweep_for, sweep_in
from bot.making.task import Showing
from generator.catalogue.sweeping import MOST_ROUNDS
from generator.request import Progress
from tests.bot.commands.conftest import PNG, button, open_world, record_of
from tests.bot.tasks import composing


@pytest.fixture(autouse=True)
def composes(monkeypatch):
    """Pieces come about without a model."""

    async def make(self, _workshop, order):
        order.on_progress(Progress(self.bars, self.bars, 1.0, 0.0))
        return Piece(record=record_of(order.id, self.request), files={"_p1.png": PNG + order.id.encode()})

    monkeypatch.setattr("bot.making.compose.Compose.make", make)


def verbs(reply):
    return [each.action.verb for row in reply.buttons for each in row]


async def sheet_of(world, line="/sweep chopin keyboard n=4 seed=7"):
    return await world.piece(line)


async def record(world, sheet):
    return (await world.services.store.pieces.get(sheet.piece)).record


def test_it_is_read_as_it_was_written_in_every_round():
    first = sweep_for(composing(seed=7), count=4)
    second = first.following(rated_in({}, {}), parent="abc")
    for task in (first, second):
        assert read_task(write_task(task, Showing())) == (task, Showing())
    assert (second.number, second.parent, second.pieces) == (2, "abc", 4)
    assert second.first.request.seed != first.first.request.seed


async def test_the_pieces_of_a_sheet_begin_alike_and_differ_in_how_they_were_drawn(world):
    sheet = await sheet_of(world)
    rows = (await record(world, sheet))["sheet"]
    pieces = await world.services.store.pieces.some([row["id"] for row in rows])
    assert {piece.record["seed"] for piece in pieces.values()} == {7}
    assert len({tuple(row["sampling"].values()) for row in rows}) == 4
    assert "temperature" in sheet.text
    assert verbs(sheet) == ["recall"] * 4 + ["rate", "files", "delete"]


async def test_marks_by_button_lead_from_piece_to_piece_and_to_the_next_round(world):
    sheet = await sheet_of(world)
    question = (await world.press(button(sheet, "rate"))).replies[0]
    for place in (1, 2, 3, 4):
        assert f"piece {place} of 4" in question.text
        (question,) = (await world.press(question.buttons[0][place])).edits
    assert "All have their marks" in question.text
    assert "1: ★★ · 2: ★★★ · 3: ★★★★ · 4: ★★★★★" in question.text
    await world.press(button(question, "round"))
    second = await world.messenger.next_delivery()
    assert "Round 2" in second.title
    asked = sweep_in(await record(world, second))
    assert [one.stars for one in asked.rated] == [2, 3, 4, 5]
    best = (await record(world, sheet))["sheet"][3]["sampling"]
    assert asdict(asked.settings[0]) == best


async def test_a_sheet_is_gone_on_from_once_however_often_it_is_asked(tmp_path):
    async with open_world(tmp_path) as world:
        sheet = await sheet_of(world)
        rated = (await world.say("/sweep rate='4 2 5 1'".replace("'", '"'))).replies[0]
        await world.press(button(rated, "round"))
        second = await world.messenger.next_delivery()
        again = (await world.press(button(rated, "round"))).replies[0]
        assert f"made already, or on its way: {second.piece}" in again.text
        assert len(await world.services.store.pieces.of("test:ann", 50)) == 10
        assert sheet.piece != second.piece


@pytest.mark.parametrize(
    ("words", "marks"),
    [("4 2 5 1", "1: ★★★★ · 2: ★★ · 3: ★★★★★ · 4: ★"), ("1=4, 3:5", "1: ★★★★ · 2: – · 3: ★★★★★ · 4: –")],
)
async def test_marks_in_answer_to_a_sheet_count(world, words, marks):
    sheet = await sheet_of(world)
    context = world.context()
    context.options = {"style": words, "spoken": True, "about": sheet.piece}
    await world.registry.command("compose").handle(context)
    assert marks in context.replies[0].text


async def test_a_mark_in_answer_to_one_piece_is_for_this_one(world):
    sheet = await sheet_of(world)
    context = world.context()
    context.options = {"style": "3", "spoken": True, "about": f"{sheet.piece}2"}
    await world.registry.command("compose").handle(context)
    assert "2: ★★★ " in context.replies[0].text


@pytest.mark.parametrize("words", ["4 2", "6 1 1 1", "0 1 2 3", "5=1", "good", "1=9"])
async def test_what_is_no_mark_is_refused_and_nothing_is_rated(world, words):
    sheet = await sheet_of(world)
    refused = (await world.say(f'/sweep rate="{words}"')).replies[0]
    assert "I read no marks" in refused.text
    pieces = await world.services.store.pieces.some([f"{sheet.piece}{number}" for number in (1, 2, 3, 4)])
    assert not any("stars" in piece.record for piece in pieces.values())


async def test_the_example_of_marks_has_one_for_each_piece(world):
    sheet = await sheet_of(world, "/sweep chopin keyboard n=2 seed=7")
    assert "answer 4 2." in sheet.text
    refused = (await world.say('/sweep rate="4 2 5 1"')).replies[0]
    assert "in its turn, 4 2, or for some: 1=4." in refused.text


async def test_only_whose_sheet_it_is_gives_marks_goes_on_and_ends(world):
    sheet = await sheet_of(world)
    rated = (await world.say('/sweep rate="4 2 5 1"')).replies[0]
    opened = (await world.press(sheet.buttons[0][0], "bob")).replies[0]
    for pressed in (button(sheet, "rate"), button(rated, "round"), button(rated, "settle"), button(opened, "stars")):
        assert "Somebody else is trying" in (await world.press(pressed, "bob")).replies[0].text


async def test_what_is_found_is_said_kept_shown_with_the_next_piece_and_taken_back(world):
    await sheet_of(world)
    rated = (await world.say('/sweep rate="5 1 2 1"')).replies[0]
    ended = (await world.press(button(rated, "settle"))).replies[0]
    best = (await record(world, await _again(world)))["sheet"][0]["sampling"]
    assert f"temperature {best['temperature']:g}" in ended.text
    assert "Chopin keyboard" in ended.text
    asked = await world.say("/compose chopin keyboard bars=4")
    assert "As you found in your sweep" in asked.replies[0].text
    await world.messenger.next_delivery()
    assert asdict(world.maker.tasks[-1].request.sampling) == best
    daring = await world.say("/compose chopin keyboard bars=4 temperament=wild")
    assert "As you found" not in daring.replies[0].text
    await world.messenger.next_delivery()
    listed = (await world.say("/sweep")).replies[0]
    assert "Chopin keyboard: temperature" in listed.text
    forgotten = await world.press(button(ended, "unsettle"))
    assert "as suits the style again" in forgotten.edits[0].text
    asked = await world.say("/compose chopin keyboard bars=4")
    assert "As you found" not in asked.replies[0].text
    assert (await world.services.store.people.settings("test:bob")).presets == {}


async def _again(world):
    own = await world.services.store.pieces.of("test:ann", 50)
    sheet = next(piece for piece in own if piece.record.get("kind") == "sweep")
    return (await world.say(f"/piece {sheet.id}")).replies[0]


async def test_marks_that_tell_nothing_apart_keep_nothing(world):
    await sheet_of(world)
    rated = (await world.say('/sweep rate="3 3 3 3"')).replies[0]
    ended = (await world.press(button(rated, "settle"))).replies[0]
    assert "tell no settings apart" in ended.text
    assert (await world.services.store.people.settings("test:ann")).presets == {}


async def test_the_tenth_round_is_the_last(world):
    sheet = await sheet_of(world)
    asked = sweep_in(await record(world, sheet))
    last = replace(asked, number=MOST_ROUNDS)
    await world.services.store.pieces.note(sheet.piece, asked=last.to_json())
    rated = (await world.say('/sweep rate="4 2 5 1"')).replies[0]
    assert "this was the last round" in rated.text
    assert "round" not in verbs(rated)
    assert "settle" in verbs(rated)


async def test_a_sheet_counts_as_its_pieces_and_marks_stay_when_the_quota_is_used_up(tmp_path):
    async with open_world(tmp_path, pieces_per_person_per_day=5) as world:
        await sheet_of(world)
        rated = (await world.say('/sweep rate="4 2 5 1"')).replies[0]
        refused = (await world.press(button(rated, "round"))).replies[0]
        assert "5 pieces within a day" in refused.text
        assert "3: ★★★★★" in (await world.say('/sweep rate="1=4"')).replies[0].text


async def test_marks_and_rounds_are_there_after_a_restart(tmp_path):
    async with open_world(tmp_path) as world:
        sheet = await sheet_of(world)
        rated = (await world.say('/sweep rate="4 2 5 1"')).replies[0]
    async with open_world(tmp_path) as world:
        shown = (await world.press(f"v1:rate:{sheet.piece}")).replies[0]
        assert "4: ★" in shown.text
        await world.press(button(rated, "round"))
        assert "Round 2" in (await world.messenger.next_delivery()).title


async def test_without_a_style_or_anything_found_it_says_how_to_begin(still_world):
    for line in ("/sweep", '/sweep rate="4 2"'):
        (said,) = (await still_world.say(line)).replies
        assert "/sweep chopin keyboard" in said.text
