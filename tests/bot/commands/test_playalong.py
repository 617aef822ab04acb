"""`/playalong`: a recording of a piece for whoever plays it too."""

from dataclasses import replace

import pytest

from bot.making.kinds import read_task, write_task
from bot.making.playalong import PlayAlong
from bot.making.task import Showing
from renderers.errors import InputRefused
from renderers.formats import VOICE
from renderers.pipeline import Rendering
from renderers.sound.playing import AS_EVER, Playing
from tests.bot.commands.conftest import TUNE


class Recorder:
    """A renderer that remembers how it was to play."""

    def __init__(self):
        self.asked = []

    async def render_most(self, abc, formats, *, title, composer, tune="", playing=AS_EVER, **_):
        self.asked.append((tuple(formats), playing))
        if "tuba" in playing.without:
            raise InputRefused(reason="no_such_part", part="tuba", parts="Piano")
        return Rendering(files={VOICE.ending: b"sound"}, seconds=38.0)


@pytest.fixture
def recorder(world):
    recorder = Recorder()
    world.maker.workshop = replace(world.maker.workshop, renderer=recorder)
    return recorder


async def played(world, line):
    asked = await world.say(line)
    assert asked.replies[0].title == "On its way", asked.replies
    return await world.messenger.next_delivery()


async def test_without_options_it_is_counted_in_and_has_a_click(world, recorder):
    await world.piece()
    await played(world, "/playalong")
    assert recorder.asked == [(("mp3",), Playing(count_in=1, click=True))]


async def test_all_options_are_obeyed_and_said_below_the_recording(world, recorder):
    parent = (await world.piece()).buttons[0][0].action.target
    line = f"/playalong left hand, violin and 3 piece={parent} speed=80 count_in=2 click=yes loop=5-8 form=voice-note"
    result = await played(world, line)
    wanted = Playing(without=("left hand", "violin", "3"), percent=80, count_in=2, click=True, loop=(5, 8))
    assert recorder.asked == [(("voice-note",), wanted)]
    assert f"play along with piece {parent}" in result.text
    assert "without left hand, violin, 3" in result.text
    assert "80 % of the tempo" in result.text
    assert "2 bars counted in" in result.text
    assert "bars 5–8 over and over" in result.text
    assert [file.kind for file in result.attachments][:1] == ["voice"]


async def test_who_only_wants_another_kind_of_file_hears_the_piece_as_ever(world, recorder):
    await world.piece()
    await played(world, "/playalong form=flac")
    assert recorder.asked == [(("flac",), AS_EVER)]


async def test_a_part_that_nobody_plays_is_said_with_those_that_there_are(world, recorder):
    await world.piece()
    result = await played(world, "/playalong tuba")
    assert "Nobody plays tuba here. Leave out one of these: Piano." in result.text


async def test_what_came_of_it_can_be_worked_on_like_any_piece(world, recorder):
    parent = (await world.piece()).buttons[0][0].action.target
    await played(world, "/playalong speed=80")
    newest = (await world.services.store.pieces.of("test:ann", 1))[0]
    assert (newest.record["parent"], newest.record["kind"]) == (parent, "playalong")
    assert (await world.services.store.pieces.source(newest.id)).abc == TUNE


async def test_words_that_name_no_bars_are_answered_and_nothing_is_made(world, recorder):
    await world.piece()
    answer = (await world.say("/playalong loop=twelve")).replies[0]
    assert "names no bars" in answer.text
    assert recorder.asked == []


@pytest.mark.parametrize("language", ["en", "de", "zh", "zh-hant"])
def test_what_is_wanted_is_said_in_every_language(language):
    playing = Playing(without=("Violine",), percent=60, count_in=1, click=True, loop=(1, 4), straight=True)
    task = PlayAlong(piece="k3f9abcd", playing=playing, form="mp3", length=8)
    words = task.describe(None, language)
    assert all(part in words for part in ("k3f9abcd", "Violine", "60", "1", "4"))
    assert words.count(" · ") == 6


def test_it_can_be_written_down_and_read_again():
    task = PlayAlong(piece="k3f9abcd", playing=Playing(loop=(5, 8)), form="opus", length=8)
    assert read_task(write_task(task, Showing()))[0] == task
    assert read_task(write_task(replace(task, form="wav"), Showing()))[0].kind == "unreadable"
