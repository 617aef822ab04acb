"""`/hear`: what somebody hums becomes a piece that can be read otherwise and gone on from."""

import dataclasses
import json

import pytest

from bot.making.hear import Hear
from bot.making.kinds import read_task, write_task
from bot.making.task import Showing
from renderers.errors import InputRefused
from renderers.formats import HEARD as HEARD_NOTES
from renderers.pipeline import Rendering
from renderers.score.hum.heard import Heard
from tests.bot.commands.test_render import sent

HEARD = {
    "notes": [[0, 4, 67], [4, 4, 69], [8, 4, 71], [12, 4, 67], [16, 4, 67], [20, 4, 69], [24, 4, 71], [28, 4, 67]],
    "tempo": 96,
    "bars": {"metre": "4/4", "pickup": 0},
    "key": "G",
}
OGG = b"OggS a voice message"


class StubEars:
    """Hears the same in every recording, and draws nothing."""

    def __init__(self):
        self.heard = []

    async def render_most(self, source, formats, *, title="", composer="", tune="", **_):
        if list(formats) == [HEARD_NOTES.name]:
            self.heard.append(source)
            if b"speech" in source.content:
                raise InputRefused(reason="no_tune")
            return Rendering(files={".heard.json": json.dumps(HEARD).encode()})
        abc = source if isinstance(source, str) else source.content.decode()
        return Rendering(files={".abc": abc.encode()}, title=title, bars=2)


@pytest.fixture
def reader(world, monkeypatch):
    """A bot with ears, whose drawing is a stub as well."""
    monkeypatch.setattr("renderers.score.hum.recordings.PACKAGES", ())
    world.services = dataclasses.replace(world.services, reader=StubEars())
    world.maker.workshop = dataclasses.replace(world.maker.workshop, renderer=world.services.reader)
    return world.services.reader


async def heard_piece(world):
    await world.say("/hear", file=sent(OGG, "voice.ogg"))
    return await world.messenger.next_delivery()


def pressed(reply, verb):
    return next(button.action for row in reply.rows for button in row if button.action.verb == verb)


async def test_a_hummed_tune_becomes_a_piece_that_says_what_was_heard(world, reader):
    delivered = await heard_piece(world)
    assert "I heard this: 2 bars, 4/4, ♩ = 96, G major." in delivered.text
    verbs = [button.action.verb for row in delivered.rows for button in row]
    assert verbs[:7] == ["right", "otherkey", "othermetre", "faster", "slower", "higher", "lower"]
    assert {"continue", "vary"} <= set(verbs)
    piece = await world.services.store.pieces.get(delivered.piece)
    assert piece.record["source"] == {"name": "voice", "form": "recording"}


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("faster", "♩ = 192"),
        ("slower", "♩ = 48"),
        ("othermetre", "/4, ♩ = 96"),
        ("otherkey", "♩ = 96"),
        ("higher", "♩ = 96"),
    ],
)
async def test_a_button_reads_it_otherwise_and_the_first_reading_stays(world, reader, verb, said):
    first = await heard_piece(world)
    await world.press(pressed(first, verb).encode())
    other = await world.messenger.next_delivery()
    assert said in other.text
    assert other.piece != first.piece
    record = (await world.services.store.pieces.get(other.piece)).record
    assert record["parent"] == first.piece
    assert record["heard"] != HEARD
    assert (await world.services.store.pieces.get(first.piece)).record["heard"] == HEARD


async def test_right_offers_what_can_become_of_it_and_restyle_asks_whose_style(world, reader):
    first = await heard_piece(world)
    context = await world.press(pressed(first, "right").encode())
    [reply] = context.replies
    assert [button.action.verb for row in reply.rows for button in row] == ["continue", "restyle", "harmonise", "vary"]
    context = await world.press(pressed(reply, "restyle").encode())
    styles = [button.action for row in context.replies[0].rows for button in row]
    assert len(styles) == 6
    context = await world.press(styles[2].encode())
    assert "Schubert" in context.replies[0].text
    await world.messenger.next_delivery()
    work = world.maker.tasks[-1].work
    assert (work.kind, work.style.composer) == ("restyle", "Schubert, Franz")


async def test_what_is_harmonised_by_a_button_is_sung_by_a_choir(world, reader):
    first = await heard_piece(world)
    context = await world.press(pressed(first, "right").encode())
    await world.press(pressed(context.replies[0], "harmonise").encode())
    await world.messenger.next_delivery()
    assert world.maker.tasks[-1].work.style.instrumentation == "Choral"


async def test_who_knows_the_key_says_so(world, reader):
    await world.say("/hear key=Em metre=2/4 tempo=200", file=sent(OGG, "voice.ogg"))
    assert "♩ = 192, E minor" in (await world.messenger.next_delivery()).text


async def test_render_listens_to_a_recording_too(world, reader):
    await world.say("/render", file=sent(OGG, "voice.ogg"))
    assert "I heard this" in (await world.messenger.next_delivery()).text


async def test_speech_a_score_and_nothing_are_refused_in_a_sentence(world, reader):
    for content, said in ((OGG + b"speech", "I hear no tune in this"), (b"X:1\nK:C\nCDEF|", "This is no recording")):
        context = await world.say("/hear", file=sent(content))
        assert said in context.replies[0].text
    assert "There is no recording" in (await world.say("/hear")).replies[0].text
    assert "metre cannot be “5/4”" in (await world.say("/hear metre=5/4", file=sent(OGG))).replies[0].text
    assert world.maker.tasks == []


@pytest.mark.parametrize("command", ["/hear", "/render", "/continue", "/harmonise"])
async def test_a_bot_without_ears_says_so(world, command):
    context = await world.say(command, file=sent(OGG, "voice.ogg"))
    assert "I cannot listen to recordings" in context.replies[0].text
    assert world.maker.tasks == []


def test_what_was_heard_is_there_after_a_restart():
    task = Hear(heard=Heard.from_json(HEARD), name="voice", piece="k3f9")
    assert read_task(write_task(task, Showing()))[0] == task
