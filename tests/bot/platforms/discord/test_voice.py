"""Voice channels over real sockets: discord.py sends, somebody who listens decrypts what arrives. Voice messages."""

import asyncio
import ssl
from contextlib import suppress
from io import BytesIO

import aiohttp.connector
import discord.gateway
import numpy as np
import pytest
from discord.http import Route
from discord.oggparse import OggStream

from bot.chat.messages import Address, Attachment, Reply
from bot.commands import build_registry
from bot.commands.command import Services
from bot.platforms.discord.platform import open_discord
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from renderers.sound.encoding import make_opus, make_voice
from tests.fakes.discord import open_fake_discord
from tests.fakes.discord.world import STAGE, VOICE_MESSAGE

ALONE_S, IDLE_S = 0.4, 0.4
PIECES = ("k3f9abcd", "k3f9abce")


def tone(hertz, seconds):
    at = np.arange(int(44_100 * seconds)) / 44_100
    return make_opus(0.3 * np.sin(2 * np.pi * hertz * at, dtype=np.float32)[:, None].repeat(2, 1), title="", artist="")


SOUNDS = {PIECES[0]: tone(440, 0.6), PIECES[1]: tone(660, 0.3)}


def packets(*pieces):
    return [packet for piece in pieces for packet in list(OggStream(BytesIO(SOUNDS[piece])).iter_packets())[2:]]


async def add_piece(store, id_, ogg):
    name = f"chopin_keyboard_20261121_142312_{id_}"
    record = {"id": id_, "name": name, "title": f"Waltz {id_}", "request": {}, "seconds": 1.0}
    files = await store.pieces.put_files(name, {".opus": ogg, "_p1.png": b"\x89PNG page", ".abc": b"X:1\nK:C\nC|]"})
    async with store.writing() as connection:
        await store.pieces.add(
            connection, id=id_, person="discord:1", platform="discord", guild=None, record=record, files=files,
            created=1.0,
        )  # fmt: skip


class Scene:
    """A server with a voice channel; ann sits in it and a bot that was there first, ben does not."""

    def __init__(self, fake, platform, guild, room):
        self.fake, self.platform, self.guild, self.room = fake, platform, guild, room
        self.text = guild.channels[0]
        self.ann, self.ben = fake.person("ann"), fake.person("ben")

    @property
    def voice(self):
        return self.fake.voice

    async def play(self, who=None, **options):
        call = await self.fake.slash(who or self.ann, self.text, "play", **options)
        return await self.fake.response(call)

    async def heard(self, *pieces, more=0):
        """Wait until so much has arrived; then exactly that has."""
        wanted = packets(*pieces)
        await self.fake.until(lambda: len(self.voice.heard) >= len(wanted) + more, why="too little arrived")
        assert [packet.opus for packet in self.voice.heard] == wanted

    async def says(self, message, words):
        """A message says so, or has said so since it was posted."""
        await self.fake.until(
            lambda: any(words in text for text in (*message.revisions, message.text)),
            why=f"nobody says {words!r}: {message.revisions}",
        )

    @property
    def is_inside(self):
        return self.fake.seat_of(self.fake.bot) is not None


@pytest.fixture
async def scene(tmp_path, store, monkeypatch):
    """The platform with all its commands against the fake, connected."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", None)
    async with open_fake_discord() as fake:
        voice = await fake.open_voice(tmp_path)
        trusting = ssl.create_default_context(cafile=str(voice.certificate))
        monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
        settings = Settings(
            _env_file=None, data_dir=tmp_path, discord_token=fake.token, discord_api_url=fake.api_url,
            discord_gateway_url=fake.gateway_url,
        )  # fmt: skip
        services = Services(settings, load_catalogue(), store, jobs=None, model="tiny")
        for id_, ogg in SOUNDS.items():
            await add_piece(store, id_, ogg)
        guild = await fake.guild("Salon")
        room = await fake.voice_channel(guild, "Music room")
        await fake.sit(fake.person("jukebox", bot=True), room)
        async with open_discord(settings, build_registry(settings), services) as platform:
            platform.halls._alone_s, platform.halls._idle_s = 20.0, 20.0
            served = asyncio.create_task(platform.serve())
            await asyncio.wait_for(fake.gateway.connected.wait(), 10)
            await fake.until(lambda: fake.commands)
            scene = Scene(fake, platform, guild, room)
            await fake.sit(scene.ann, room)
            yield scene
            served.cancel()
            with suppress(asyncio.CancelledError):
                await served
        assert voice.unheard == []
        assert fake.complaints == []


async def test_what_somebody_hears_are_the_packets_of_the_pieces_one_after_another(scene):
    scene.voice.welcome_after_s = 0.2  # nothing is sent before the listener can decrypt it
    board = await scene.play(piece=" ".join(PIECES))
    await scene.says(board, "Waltz k3f9abcd")
    await scene.says(board, "Playing in the voice channel Music room")
    await scene.says(board, "1. Waltz k3f9abce")
    await scene.heard(*PIECES)
    assert [packet.sequence for packet in scene.voice.packets] == list(range(1, len(scene.voice.packets) + 1))


async def test_what_is_added_comes_behind_and_is_said_to_whoever_asked_alone(scene):
    board = await scene.play(piece=PIECES[0])
    await scene.says(board, "Waltz k3f9abcd")
    added = await scene.play(piece=PIECES[1])
    assert added.ephemeral
    assert "“Waltz k3f9abce” is in line; before it: 1." in added.text
    await scene.says(board, "1. Waltz k3f9abce")
    await scene.heard(*PIECES)


async def test_it_pauses_goes_on_skips_and_ends_by_buttons(scene, store):
    await add_piece(store, "k3f9abcg", tone(440, 20))
    await add_piece(store, "k3f9abch", tone(660, 20))
    board = await scene.play(piece="k3f9abcg k3f9abch")
    await scene.fake.until(lambda: len(scene.voice.heard) > 3)
    await scene.fake.click(scene.ann, board, "hallpause")
    await scene.says(board, "Paused")
    await asyncio.sleep(0.1)
    paused = len(scene.voice.heard)
    await asyncio.sleep(0.2)
    assert len(scene.voice.heard) == paused
    await scene.fake.click(scene.ann, board, "hallpause")
    await scene.says(board, "Playing")
    await scene.fake.click(scene.ann, board, "hallskip")
    await scene.says(board, "Waltz k3f9abch\nPlaying")
    assert board.file("_p1.png")
    await scene.fake.click(scene.ann, board, "hallstop")
    await scene.says(board, "Somebody ended it, and I have left Music room.")
    assert not board.buttons()
    await scene.fake.until(lambda: not scene.is_inside)


async def test_it_leaves_when_nobody_listens_any_more(scene):
    scene.platform.halls._alone_s = ALONE_S
    board = await scene.play(piece=PIECES[0])
    await scene.fake.until(lambda: scene.voice.heard)
    await scene.fake.sit(scene.fake.person("another jukebox", bot=True), scene.room)
    await scene.fake.sit(scene.ann, None, guild=scene.guild)
    await scene.says(board, "Nobody listened any more")
    assert not scene.is_inside


async def test_it_leaves_some_time_after_the_last_piece(scene):
    scene.platform.halls._idle_s = IDLE_S
    board = await scene.play(piece=PIECES[1])
    await scene.says(board, "All pieces were played")
    await scene.heard(PIECES[1])
    assert not scene.is_inside


async def test_where_it_is_thrown_out_it_says_so_and_can_come_again(scene):
    board = await scene.play(piece=PIECES[0])
    await scene.fake.until(lambda: scene.voice.heard)
    await scene.fake.sit(scene.fake.bot, None, guild=scene.guild)
    await scene.says(board, "I was taken out of Music room")
    scene.voice.packets.clear()
    await scene.play(piece=PIECES[1])
    await scene.heard(PIECES[1])


async def test_who_does_not_listen_there_is_told_what_to_do(scene):
    for message in (await scene.play(scene.ben, piece=PIECES[0]), await scene.play(scene.ben, do="stop")):
        assert message.ephemeral
    assert "You sit in no voice channel of this server." in scene.fake.messages()[-2].text
    assert "No music is being played" in scene.fake.messages()[-1].text
    board = await scene.play(piece=PIECES[0])
    await scene.fake.until(lambda: scene.voice.heard)
    pressed = await scene.fake.click(scene.ben, board, "hallstop")
    assert "for those who listen in Music room" in (await scene.fake.response(pressed)).text
    await scene.heard(PIECES[0])


@pytest.mark.parametrize(
    ("circumstance", "words"),
    [
        ("CONNECT", "the permission “Connect”"),
        ("SPEAK", "the permission “Speak”"),
        ("full", "Music room is full"),
        ("stage", "I do not play on stages"),
        ("busy", "I am playing for others in Music room"),
    ],
)
async def test_where_it_cannot_play_the_reason_is_said(scene, circumstance, words):
    who = scene.ann
    if circumstance == "full":
        scene.room.seats = 1
        await scene.fake.deny(scene.room)
    elif circumstance == "stage":
        await scene.fake.sit(scene.ann, await scene.fake.voice_channel(scene.guild, "Stage", kind=STAGE))
    elif circumstance == "busy":
        await scene.play(piece=" ".join(PIECES))
        await scene.fake.until(lambda: scene.voice.heard)
        await scene.fake.sit(who := scene.ben, await scene.fake.voice_channel(scene.guild, "Other room"))
    else:
        await scene.fake.deny(scene.room, circumstance)
    said = await scene.play(who, piece=PIECES[0])
    assert words in said.text
    assert said.ephemeral


async def test_a_piece_that_cannot_be_played_is_left_out_and_named(scene, store):
    await add_piece(store, "k3f9abcf", b"no sound")
    board = await scene.play(piece=f"k3f9abcf {PIECES[1]}")
    await scene.says(board, "“Waltz k3f9abcf” could not be played")
    await scene.heard(PIECES[1])


async def test_two_who_ask_at_once_are_heard_one_after_the_other(scene):
    await scene.fake.sit(scene.ben, scene.room)
    await asyncio.gather(scene.play(piece=PIECES[0]), scene.play(scene.ben, piece=PIECES[1]))
    await scene.fake.until(lambda: len(scene.voice.heard) >= len(packets(*PIECES)))
    heard = [packet.opus for packet in scene.voice.heard]
    assert heard in (packets(*PIECES), packets(*reversed(PIECES)))
    assert len(scene.voice.calls) == 1


async def test_what_is_played_can_be_looked_at_by_anybody(scene):
    board = await scene.play(piece=PIECES[0])
    await scene.says(board, "Waltz k3f9abcd")
    seen = await scene.play(scene.ben)
    assert seen.ephemeral
    assert "Waltz k3f9abcd" in seen.text


# --- voice messages -------------------------------------------------------------------------------------------------

NOTE = make_voice((0.3 * np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)[:, None]).astype(np.float32))


def note(content=NOTE):
    heard = Attachment("waltz_k3f9abcd_voice.ogg", "voice", data=content, duration_s=1.0)
    return Reply("Waltz, to play along", title="Waltz", attachments=(heard,), language="en")


async def deliver(scene, reply, *, in_doubt=False):
    address = Address("discord", f"discord:{scene.ann.id}", chat=scene.text.id, guild=scene.guild.id)
    messenger = scene.platform.messenger
    for part in messenger.parts(reply):
        await messenger.deliver(address, part, reply, nonce=f"k3f9abcd-{part}", in_doubt=in_doubt)
    return scene.fake.messages(scene.text)


async def test_a_voice_note_is_a_voice_message_with_its_waveform_behind_the_result(scene):
    said, voice = await deliver(scene, note())
    assert "Waltz" in said.text
    assert not said.files
    assert voice.flags & VOICE_MESSAGE
    assert [file.content for file in voice.files] == [NOTE]
    assert voice.files[0].seconds == 1.0
    scene.fake.clock.advance(600)  # the nonces are forgotten
    assert [message.id for message in await deliver(scene, note(), in_doubt=True)][1] == voice.id
    assert sum(bool(message.flags & VOICE_MESSAGE) for message in scene.fake.messages(scene.text)) == 1


@pytest.mark.parametrize("circumstance", ["denied", "no waveform"])
async def test_where_it_can_be_none_it_comes_as_a_file(scene, circumstance):
    if circumstance == "denied":
        await scene.fake.deny(scene.text, "SEND_VOICE_MESSAGES")
    content = NOTE if circumstance == "denied" else SOUNDS[PIECES[0]]
    *_, file = await deliver(scene, note(content))
    assert not file.flags & VOICE_MESSAGE
    assert [one.content for one in file.files] == [content]
