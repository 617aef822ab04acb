"""`/continue`, `/rewrite` and their like: what is asked for, what is refused, what the result says."""

from dataclasses import replace

import pytest

from bot.chat.messages import SentFile
from bot.making.onward import Rewrite
from generator.critic import report_card
from generator.onward.door import Worked
from generator.request import Counts, Progress
from renderers.pipeline import open_renderer
from tests.bot.commands.conftest import TUNE, button, open_world


class Copyist:
    """Writes the first bar again wherever a new one is wanted."""

    async def work_on(self, brought, work):
        work = work.fit(len(brought.bars))
        first, last = work.first, work.last or work.first + (work.bars or 1) - 1
        if work.kind == "restyle":
            first, last = len(brought.bars) + 1, len(brought.bars) + work.bars
        changed = range(first, last + 1)
        yield Progress(1, len(changed), 0.1, 0.0)
        tune = brought.written({number - 1: brought.bars[0] for number in changed})
        counts = Counts(bars=len(changed))
        yield Worked(tune=tune, work=work, changed=tuple(changed), counts=counts, card=report_card(tune))


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as world:
        world.maker.workshop = replace(world.maker.workshop, composer=Copyist())
        yield world


async def made(world, line, **circumstances):
    asked = await world.say(line, **circumstances)
    assert asked.replies[0].buttons, asked.replies
    return asked.replies[0], await world.messenger.next_delivery()


async def source_of(world, result):
    piece = (await world.services.store.pieces.of("test:ann", 1))[0]
    assert result is not None
    return (await world.services.store.pieces.source(piece.id)).abc, piece.record


async def test_bars_are_written_anew_and_the_new_piece_says_where_it_comes_from(world):
    parent = button(await world.piece(), "delete").action.target
    first, result = await made(world, f"/rewrite bars=2 piece={parent} seed=5")
    assert f"Piece {parent} · bar 2 written anew" in first.text
    assert f"Made from {parent}: bar 2 written anew" in result.text
    abc, record = await source_of(world, result)
    assert (record["parent"], record["kind"], record["worked"]["changed"]) == (parent, "rewrite", [2])
    assert "C:Notabot, after Chopin, partly rewritten" in abc
    assert TUNE.splitlines()[9] in abc, "the other bar stands"
    assert (await world.services.store.pieces.source(parent)).abc == TUNE, "and so does the piece itself"


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("/continue bars=3", "3 more bars, from bar 3 on"),
        ("/continue bars=3 from=2", "3 more bars, from bar 2 on"),
        ("/vary percent=100 how=same-rhythm", "100 % of the bars anew, in the rhythm"),
        ('/restyle style="liszt keyboard" bars=2', "bars 1–2 as the theme of a new piece"),
        ("/harmonise", "other voices below its melody"),
        ("/simplify bars=1", "made easier"),
        ("/vary how=ornament", "50 % of the bars with ornaments"),
    ],
)
async def test_without_a_piece_the_newest_is_meant(world, line, done):
    await world.piece()
    _, result = await made(world, line)
    assert done in result.text


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/rewrite bars=2-9", "the music ends with bar 2"),
        ("/rewrite bars=first", "Write 5-8, or one number"),
        ("/rewrite", "bars"),
        ("/rewrite 5-8", "the music ends with bar 2"),
        ("/continue from=9", "There is no bar 9"),
        ("/restyle style=kazoo", "kazoo"),
        ("/vary bars=2-1", "backwards"),
        ("/continue piece=zzzz", "zzzz"),
    ],
)
async def test_what_cannot_be_done_is_one_private_sentence_and_nothing_is_accepted(world, line, complaint):
    await world.piece()
    refused = (await world.say(line)).replies[0]
    assert refused.private
    assert complaint in refused.text
    assert await world.services.jobs.board.waiting() == []


async def test_the_buttons_below_a_piece_continue_and_vary_it_for_whoever_presses(world):
    piece = await world.piece()
    for verb, done in (("continue", "8 more bars, from bar 3 on"), ("vary", "50 % of the bars anew")):
        await world.press(button(piece, verb), "bob")
        assert done in (await world.messenger.next_delivery()).text
    assert len(await world.services.store.pieces.of("test:bob", 5)) == 2


@pytest.mark.parametrize(("language", "name"), [("en", "Piano"), ("zh", "钢琴")])
async def test_who_sings_what_was_harmonised_is_called_as_the_person_calls_it(world, language, name):
    await world.piece()
    await world.say(f"/settings language={language}")
    _, result = await made(world, "/harmonise", language=language)
    abc, _ = await source_of(world, result)
    assert f'nm="{name}"' in abc


async def test_somebody_without_pieces_is_told_so(world):
    assert "no pieces yet" in (await world.say("/continue", who="bob")).replies[0].text


async def test_captions_are_in_the_language_of_the_person(world):
    await world.piece()
    await world.say("/settings language=zh")
    _, result = await made(world, "/rewrite bars=1-2", language="zh")
    assert "第 1–2 小节重写" in result.text


def sent(name, content):
    async def fetch(limit):
        return content[:limit]

    return SentFile(name=name, size=len(content), fetch=fetch)


async def test_music_of_ones_own_is_read_and_stands_in_the_task(world):
    theirs = "X:1\nT:Air\nC:Me\nM:3/4\nL:1/4\nK:G\nGAB|cBA|G3|]\n"
    async with open_renderer() as reader:
        world.services = replace(world.services, reader=reader)
        _, result = await made(world, "/rewrite bars=2", file=sent("my air.abc", theirs.encode()))
        refused = await world.say("/rewrite bars=2", file=sent("free.abc", theirs.replace("M:3/4", "M:none").encode()))
    assert "Made from my_air: bar 2 written anew" in result.text
    (task,) = [task for task in world.maker.tasks if isinstance(task, Rewrite)]
    assert "[V:1]G2 A2 B2|" in task.abc
    abc, record = await source_of(world, result)
    assert "C:Me, partly rewritten by Notabot" in abc
    assert record["came_from"] == "my_air"
    assert "has no metre" in refused.replies[0].text
