"""Play a piece in a voice channel of the fake Discord, by the real program, and look at the packets that arrive.

    make measure NAME=voice ARGS="--seconds 60"

Once quietly, once while pieces are composed by one thread. Sound is encrypted twice, as Discord wants it; a listener in
the same group decrypts each packet. Jitter is how far the time between two packets is from 20 ms, by the clock of the
kernel where they arrive. While composing at most one packet may be lost and none may stay unheard, 95 of 100 have to
be at most 5 ms off, 99 at most 20. The exit code says whether that held.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.commands.announce import FIRST_PAGE
from tests.fakes.bot_process import REAL, environment_for, open_bot
from tests.fakes.discord import Channel, FakeDiscord, FakeVoice, Message, Packet, Person, open_fake_discord

PACKET_S, EDGE = 0.02, 5  # the first few follow the greeting
MOST_LOST, P95_S, P99_S = 1, 0.005, 0.020
START_LIMIT_S, PIECE_LIMIT_S, PLAY_LIMIT_S = 120.0, 300.0, 60.0
TEMPO, BEATS = 60, 4


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What arrived. off_s: how far each step from one packet to the next is from 20 ms."""

    packets: int
    lost: int
    unheard: int
    off_s: np.ndarray

    @classmethod
    def of(cls, packets: Sequence[Packet], unheard: int) -> "Sound":
        kept = packets[EDGE:]
        numbers = np.array([packet.sequence for packet in kept])
        steps = np.diff(numbers)
        times = np.diff([packet.at_s for packet in kept])
        lost = int((steps[steps > 0] - 1).sum())
        return cls(packets=len(kept), lost=lost, unheard=unheard, off_s=np.abs(times - PACKET_S * steps))

    @property
    def holds(self) -> bool:
        p95, p99 = np.quantile(self.off_s, [0.95, 0.99])
        return self.lost <= MOST_LOST and not self.unheard and p95 <= P95_S and p99 <= P99_S

    def line(self) -> str:
        p50, p95, p99 = (1000 * np.quantile(self.off_s, [0.5, 0.95, 0.99])).tolist()
        off = f"off by {p50:.2f}, {p95:.2f}, {p99:.2f} ms (p50, p95, p99), {1000 * self.off_s.max():.1f} at most"
        return f"{self.packets * PACKET_S:.0f} s, {self.lost} lost, {self.unheard} unheard; {off}"


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=voice", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    return 0 if asyncio.run(_measure(given.seconds)) else 1


async def _measure(seconds: int) -> bool:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        async with open_fake_discord() as discord:
            voice = await discord.open_voice(folder)
            guild = await discord.guild("Salon")
            room = await discord.voice_channel(guild, "Music room")
            ann = discord.person("ann")
            await discord.sit(ann, room)
            environment = environment_for(folder / "bot", discord=discord, threads="1", formats="png,mp3")
            environment["SSL_CERT_FILE"] = str(voice.certificate)
            async with open_bot(REAL, environment, log=folder / "log") as bot:
                async with asyncio.timeout(START_LIMIT_S):
                    await discord.gateway.connected.wait()
                await discord.until(lambda: discord.commands, timeout_s=START_LIMIT_S)
                scene = _Scene(discord, voice, guild.channels[0], ann)
                piece = await scene.compose(bars=seconds * TEMPO // 60 // BEATS + 2)
                print(f"quiet      {(await scene.listen(piece, seconds)).line()}", flush=True)
                at_work = asyncio.create_task(scene.keep_composing())
                await asyncio.sleep(3.0)
                busy = await scene.listen(piece, seconds)
                at_work.cancel()
                print(f"composing  {busy.line()}; {scene.composed} pieces of 16 bars meanwhile", flush=True)
                await bot.stop()
    return busy.holds


@dataclass
class _Scene:
    discord: FakeDiscord
    voice: FakeVoice
    channel: Channel
    ann: Person
    composed: int = 0

    async def compose(self, *, bars: int) -> str:
        """A piece of so many bars; its id."""
        options = {"style": "chopin keyboard", "bars": bars, "metre": "4/4", "tempo": TEMPO}
        call = await self.discord.slash(self.ann, self.channel, "compose", **options)

        def look() -> Message | None:
            whole = (one for one in call.messages if any(file.name != FIRST_PAGE for file in one.files))
            return next((one for one in whole if not one.deleted), None)

        message = await self.discord.until(look, timeout_s=PIECE_LIMIT_S, why="no piece")
        assert message is not None
        return str(message.button(":delete:")["custom_id"]).split(":")[2]

    async def keep_composing(self) -> None:
        """One piece after the other."""
        while True:
            await self.compose(bars=16)
            self.composed += 1

    async def listen(self, piece: str, seconds: int) -> Sound:
        """Play a piece for so long, and leave."""
        self.voice.packets.clear()
        await self.discord.slash(self.ann, self.channel, "play", piece=piece)
        wanted = int(seconds / PACKET_S)
        await self.discord.until(
            lambda: len(self.voice.packets) >= wanted, timeout_s=seconds + PLAY_LIMIT_S, why="the music does not play"
        )
        packets, unheard = self.voice.heard[:wanted], len(self.voice.unheard)
        await self.discord.slash(self.ann, self.channel, "play", do="stop")
        await self.discord.until(lambda: self.discord.seat_of(self.discord.bot) is None, why="it does not leave")
        return Sound.of(packets, unheard)
