"""`/render`: a file that somebody sends becomes a piece, or one sentence."""

import dataclasses

import pytest

from bot.chat.messages import SentFile
from bot.errors import FileNotFetched
from renderers.errors import InputRefused
from renderers.pipeline import Rendering
from renderers.score.abc.remarks import Remark
from tests.bot.commands.test_server import in_channel

ABC = b"X:1\nT:Air\nC:Anon.\nM:2/4\nL:1/4\nK:G\nCD|EF|\n"
MUSICXML = b"<score-partwise/>"


class StubReader:
    """Reads every file as the same tune."""

    def __init__(self):
        self.files = []

    async def render_most(self, source, formats, *, title="", composer="", tune="", **_):
        self.files.append((source.name, source.content, tune))
        if b"hostile" in source.content:
            raise InputRefused(reason="file_entities")
        remarks = (Remark("left_out", 3, {"text": "bend", "n": 1}),)
        return Rendering(files={".abc": ABC}, title="Air", composer="Anon.", bars=2, remarks=remarks)


@pytest.fixture
def reader(world):
    world.services = dataclasses.replace(world.services, reader=StubReader())
    return world.services.reader


def sent(content, name="my song.mxl", size=None):
    async def fetch(most):
        return content[: most + 1]

    return SentFile(name=name, size=len(content) if size is None else size, fetch=fetch)


async def test_a_score_becomes_a_piece_that_says_what_it_was_made_from_and_what_it_lost(world, reader):
    context = await world.say("/render", file=sent(MUSICXML))
    assert "Air · 2 bars" in context.replies[0].text
    delivered = await world.messenger.next_delivery()
    assert "Made from my_song (musicxml)" in delivered.text
    assert "Bar 3: “bend” cannot be kept" in delivered.text
    assert reader.files == [("my_song", MUSICXML, "")]


async def test_of_abc_nothing_is_said_twice_and_the_tune_that_is_meant_is_drawn(world, reader):
    await world.say("/render tune=2", file=sent(ABC, "book.abc"))
    await world.messenger.next_delivery()
    [task] = world.maker.tasks
    assert (task.form, task.tune, task.remarks) == ("abc", "2", ())
    assert reader.files[0][2] == "2"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "There is no file"),
        (sent(b"%PDF-1.7"), "PDF"),
        (sent(b"Dear Jane"), "no file of notation"),
        (sent(b""), "is empty"),
        (sent(b"<score-partwise>hostile"), "declares entities"),
        (sent(MUSICXML, size=8_000_001), "larger than 8 MB"),
        (sent(b"x" * 8_000_002, size=10), "larger than 8 MB"),
    ],
)
async def test_what_cannot_be_read_is_one_private_sentence_and_asks_for_nothing(world, reader, file, sentence):
    context = await world.say("/render", file=file)
    [reply] = context.replies
    assert sentence in reply.text
    assert reply.private
    assert world.maker.tasks == []


async def test_a_file_that_does_not_arrive_is_said(world, reader):
    async def fetch(most):
        raise FileNotFetched

    context = await world.say("/render", file=SentFile(name="a.abc", size=None, fetch=fetch))
    assert "did not reach me" in context.replies[0].text


async def test_words_are_no_file(world, reader):
    """Otherwise people could read what lies on the bot's machine."""
    context = await world.say("/render file=/etc/hostname")
    assert "has to be a file" in context.replies[0].text
    assert reader.files == []


async def test_a_title_that_a_server_does_not_want_to_read_is_drawn_in_private_only(world, reader):
    here = in_channel("5", managed=True)
    await world.say("/server words add=air", guild="77", here=here)
    refused = await world.say("/render", file=sent(MUSICXML), guild="77", here=here)
    assert "nothing is lost" in refused.replies[-1].text
    await world.say("/render", file=sent(MUSICXML))
    piece = (await world.messenger.next_delivery()).piece
    assert "nothing is lost" in (await world.say(f"/piece {piece}", guild="77", here=here)).replies[-1].text
    assert (await world.say(f"/piece {piece}")).replies[-1].piece == piece
