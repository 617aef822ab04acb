"""`/play`: what is put on the programme of a voice channel, and what is said about it."""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from bot.chat.hall import HallBusy, NotInHall, Programme, Track
from bot.commands.command import Here
from bot.commands.play import board
from bot.commands.play import sound_of as sound
from renderers.errors import InputRefused
from renderers.formats import OPUS
from renderers.pipeline import Rendering


@dataclass
class Hall:
    """Where ann listens; keeps what it was asked for."""

    hears: bool = True
    refusal: Exception | None = None
    tracks: list[Track] = field(default_factory=list)
    deeds: list[str] = field(default_factory=list)
    is_open: bool = False
    is_paused: bool = False

    @property
    def programme(self):
        if not self.is_open:
            return None
        first, others = (self.tracks[0], self.tracks[1:]) if self.tracks else (None, [])
        return Programme(hall="Music room", playing=first, following=tuple(others), is_paused=self.is_paused)

    async def enter(self):
        if self.refusal is not None:
            raise self.refusal
        self.is_open = True

    def add(self, tracks):
        before = len(self.tracks)
        self.tracks += tracks
        return before

    def show(self, board, show):
        self.deeds.append(f"board {board.message}")

    async def pause(self):
        self.deeds.append("pause")
        self.is_paused = not self.is_paused
        return self.is_paused

    async def skip(self):
        self.deeds.append("skip")

    async def leave(self):
        self.deeds.append("leave")
        self.is_open = False


@pytest.fixture
def hall():
    return Hall()


@pytest.fixture
def play(world, hall):
    """Type a command where there is a voice channel; returns the answers."""

    async def play(line="/play", who="ann", **circumstances):
        return (await world.say(line, who, here=Here(hall=hall), guild="salon", **circumstances)).replies

    return play


async def pieces(world, *, n=1):
    return [(await world.piece()).buttons[0][0].action.target for _ in range(n)]


async def test_without_a_piece_the_newest_of_ones_own_is_played_and_shown_with_its_page(world, hall, play):
    (piece,) = await pieces(world)
    (shown,) = await play()
    assert [track.piece for track in hall.tracks] == [piece]
    assert hall.deeds == ["board message1"]
    assert piece in shown.text
    assert [file.name.rpartition("_")[2] for file in shown.attachments] == ["p1.png"]
    assert [button.action.verb for button in shown.buttons[0]] == ["hallpause", "hallskip", "hallstop", "recall"]


async def test_several_are_played_in_the_order_in_which_they_are_named(world, hall, play):
    named = await pieces(world, n=3)
    await play(f"/play {named[2]}, {named[0]} {named[2]}")
    assert [track.piece for track in hall.tracks] == [named[2], named[0]]


async def test_while_something_plays_the_same_command_shows_what(world, hall, play):
    first, second = await pieces(world, n=2)
    await play(f"/play {first}")
    (added,) = await play(f"/play {second}")
    assert added.private
    assert "in line; before it: 1." in added.text
    (seen,) = await play(who="ben")
    assert seen.private
    assert "Then:" in seen.text
    assert [track.piece for track in hall.tracks] == [first, second]


async def test_lists_are_played_as_their_commands_show_them(world, hall, play):
    made = await pieces(world, n=2)
    assert "no favourites yet" in (await play("/play list=favourites"))[0].text
    assert "gallery of this server holds nothing" in (await play("/play list=gallery"))[0].text
    await world.say(f"/favourites add {made[0]}")
    await play("/play list=favourites")
    await play("/play list=own")
    assert [track.piece for track in hall.tracks] == [made[0], *reversed(made)]


async def test_what_was_taken_down_in_the_server_is_not_played_there(world, hall, play):
    (piece,) = await pieces(world)
    store = world.services.store
    async with store.writing() as connection:
        await store.exhibits.take_down(connection, "test:salon", piece, reason="loud", now=1.0)
    (said,) = await play(f"/play {piece}")
    assert "taken down in this server" in said.text
    assert hall.tracks == []


@pytest.mark.parametrize(
    ("deed", "done", "words"),
    [
        ("pause", ["pause"], "Paused"),
        ("resume", [], "goes on"),
        ("skip", ["skip"], "next piece"),
        ("stop", ["leave"], "I have left Music room"),
    ],
)
async def test_words_do_what_the_buttons_do(world, hall, play, deed, done, words):
    await pieces(world)
    await play()
    hall.deeds.clear()
    (said,) = await play(f"/play do={deed}")
    assert words in said.text
    assert hall.deeds == done


async def test_only_listeners_and_managers_may_end_it(world, hall, play):
    await pieces(world)
    await play()
    hall.hears = False
    hall.deeds.clear()
    (said,) = await play("/play do=stop", who="ben")
    assert "for those who listen in Music room" in said.text
    assert hall.deeds == []
    await play("/play do=stop", who="root")
    assert hall.deeds == ["leave"]
    (said,) = await play("/play do=skip")
    assert "No music is being played" in said.text


@pytest.mark.parametrize("refusal", [NotInHall(), HallBusy(name="Other room")])
async def test_where_it_cannot_be_heard_nothing_is_put_on(world, hall, play, refusal):
    await pieces(world)
    hall.refusal = refusal
    (said,) = await play()
    assert said.private
    assert hall.tracks == []


async def test_without_voice_channels_a_piece_comes_with_its_player_and_lists_are_refused(world):
    (piece,) = await pieces(world)
    shown = (await world.say(f"/play {piece}")).replies[0]
    assert any(file.kind == "audio" for file in shown.attachments)
    for line in ("/play list=own", "/play do=stop"):
        assert "voice channels of Discord servers only" in (await world.say(line)).replies[0].text


async def test_the_sound_is_made_from_the_notation_where_the_piece_came_without_it(world):
    (id_,) = await pieces(world)
    piece = await world.services.store.pieces.get(id_)

    class Reader:
        missing: ClassVar = {}

        async def render_most(self, source, formats, *, title, composer, tune):
            self.asked = source, formats, title
            return Rendering(files={OPUS.ending: b"OggS"}, missing=self.missing)

    reader = Reader()
    services = world.services.__class__(**{**vars(world.services), "reader": reader})
    assert await sound(services, piece) == b"OggS"
    assert reader.asked[0].startswith("X:1")
    assert reader.asked[1:] == ([OPUS.name], "Keyboard piece in A minor")
    reader.missing = {OPUS.name: InputRefused(reason="no_notes")}
    with pytest.raises(InputRefused):
        await sound(services, piece)


async def test_an_entry_of_a_challenge_is_shown_without_what_tells_whose_it_is(world):
    (id_,) = await pieces(world)

    async def fetch():
        return b""

    track = Track(piece=id_, title="Entry 3", fetch=fetch, is_anonymous=True)
    shown = await board(world.services, "en", Programme(hall="Music room", playing=track))
    assert shown.title == "Entry 3"
    assert id_ not in shown.text
    assert [file.name for file in shown.attachments] == ["page_p1.png"]
    assert "recall" not in [button.action.verb for row in shown.buttons for button in row]
