"""Voice channels: one programme for each server, played packet by packet, end-to-end encrypted.

Promises: what is sent are the packets of the sound that `Track.fetch` gave, nothing is encoded here; the next piece is
fetched while one plays; nothing is sent before the listeners can decrypt it. The bot leaves when nobody listens any
more, and some time after the last piece. Where it is thrown out, moved or cut off, the programme ends or goes on, and
the message that shows it says so. Not covered: Stage channels; listening to people: the bot is deaf there.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO

import discord
from discord.oggparse import OggError, OggStream

from bot.chat.hall import MOST_TRACKS, HallBusy, HallClosed, HallFull, NotInHall, Programme, Show, Track
from bot.chat.messages import Address
from bot.chat.messenger import PlatformError
from bot.platforms.discord.messenger import DiscordMessenger
from config.errors import NotabotError

CONNECT_LIMIT_S = 15.0
LEAVE_LIMIT_S = 2.0  # discord.py waits for Discord to confirm it, which over a broken line nobody does
SECRET_LIMIT_S = 5.0  # until a group for the encryption is there
SECRET_POLL_S = 0.02
OGG_HEADERS = 2
CLOSING = "closing"  # of the whole program: there is nobody to tell
ALONE_S = 30.0  # somebody may come back
IDLE_S = 120.0  # after the last piece
# Packets leave every 20 ms from a thread. Another thread, which composes, keeps it waiting for this long at most.
SWITCH_S = 0.001

_log = logging.getLogger(__name__)


class Packets(discord.AudioSource):
    """Sound that is encoded already."""

    def __init__(self, packets: Sequence[bytes]) -> None:
        self._packets: Iterator[bytes] = iter(packets)

    def read(self) -> bytes:
        """The next packet, b"" behind the last."""
        return next(self._packets, b"")

    def is_opus(self) -> bool:
        return True


class Halls:
    """All programmes on Discord. alone_s, idle_s: after how long without listeners, or without pieces, the bot goes."""

    def __init__(self, messenger: DiscordMessenger, *, alone_s: float = ALONE_S, idle_s: float = IDLE_S) -> None:
        self._messenger, self._alone_s, self._idle_s = messenger, alone_s, idle_s
        self._concerts: dict[int, Concert] = {}
        self._doors: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)  # one comes in after the other

    def door(self, guild: discord.Guild) -> asyncio.Lock:
        """Held by whoever has us come into a channel of a server."""
        return self._doors[guild.id]

    def of(self, guild: discord.Guild, person: int) -> GuildHall:
        """A server's, as somebody there can use them."""
        return GuildHall(self, guild, person)

    def concert(self, guild: discord.Guild) -> Concert | None:
        """What is played in a server now."""
        concert = self._concerts.get(guild.id)
        return concert if concert is not None and not concert.is_over else None

    async def open(self, channel: discord.VoiceChannel) -> Concert:
        """A new programme, without pieces. Raises HallClosed."""
        if (old := self._concerts.pop(channel.guild.id, None)) is not None:
            await old.end("stopped")
        voice = await _connect(channel)
        concert = Concert(voice, self._messenger, alone_s=self._alone_s, idle_s=self._idle_s)
        self._concerts[channel.guild.id] = concert
        return concert

    async def heard(self, member: discord.Member, after: discord.VoiceState) -> None:
        """Somebody came, went or was moved; of interest is the bot."""
        concert = self._concerts.get(member.guild.id)
        if concert is None or concert.is_over:
            return
        if member.id == member.guild.me.id and after.channel is None:
            await concert.end("thrown_out")

    async def close(self) -> None:
        """Leave everywhere."""
        concerts, self._concerts = list(self._concerts.values()), {}
        for concert in concerts:
            await concert.end(CLOSING)


class GuildHall:
    """A `bot.chat.hall.Hall`."""

    def __init__(self, halls: Halls, guild: discord.Guild, person: int) -> None:
        self._halls, self._guild, self._person = halls, guild, person

    @property
    def programme(self) -> Programme | None:
        concert = self._halls.concert(self._guild)
        return concert.programme if concert is not None else None

    @property
    def hears(self) -> bool:
        concert = self._halls.concert(self._guild)
        return concert is not None and self._person in concert.channel.voice_states

    async def enter(self) -> None:
        async with self._halls.door(self._guild):
            await self._enter(self._seat())

    async def _enter(self, channel: discord.VoiceChannel) -> None:
        concert = self._halls.concert(self._guild)
        if concert is None:
            await self._halls.open(channel)
        elif concert.channel.id != channel.id:
            if concert.is_heard and concert.programme.playing is not None:
                raise HallBusy(name=concert.channel.name)
            await self._halls.open(channel)

    def _seat(self) -> discord.VoiceChannel:
        """Where the person sits. Raises NotInHall, HallClosed."""
        channels: list[discord.VoiceChannel | discord.StageChannel] = [
            *self._guild.voice_channels,
            *self._guild.stage_channels,
        ]
        channel = next((one for one in channels if self._person in one.voice_states), None)
        if channel is None:
            raise NotInHall
        if not isinstance(channel, discord.VoiceChannel):
            raise NotInHall(reason="stage")
        allowed = channel.permissions_for(self._guild.me)
        lacks = next((name for name in ("connect", "speak") if not getattr(allowed, name)), None)
        if lacks is not None or not allowed.view_channel:
            raise HallClosed(reason=lacks or "connect", name=channel.name)
        is_inside = self._guild.me.id in channel.voice_states
        is_full = 0 < channel.user_limit <= len(channel.voice_states) and not allowed.move_members
        if is_full and not is_inside:
            raise HallClosed(reason="full", name=channel.name)
        return channel

    def _concert(self) -> Concert:
        concert = self._halls.concert(self._guild)
        if concert is None:
            raise HallClosed
        return concert

    def add(self, tracks: Sequence[Track]) -> int:
        return self._concert().add(tracks)

    def show(self, board: Address, show: Show) -> None:
        self._concert().show(board, show)

    async def pause(self) -> bool:
        return self._concert().pause()

    async def skip(self) -> None:
        self._concert().skip()

    async def leave(self) -> None:
        await self._concert().end("stopped")


class Concert:
    """One programme in one channel, from the first piece until the bot has left."""

    def __init__(
        self, voice: discord.VoiceClient, messenger: DiscordMessenger, *, alone_s: float, idle_s: float
    ) -> None:
        self._voice, self._messenger, self._alone_s, self._idle_s = voice, messenger, alone_s, idle_s
        self._waiting: deque[Track] = deque()
        self._fetched: dict[int, asyncio.Task[Sequence[bytes]]] = {}  # by the track's identity
        self._playing: Track | None = None
        self._is_skipped = False  # what is being made ready
        self._failed: list[str] = []
        self._ended = ""
        self._board: tuple[Address, Show] | None = None
        self._more, self._changed = asyncio.Event(), asyncio.Event()
        self._performing = asyncio.create_task(self._perform(), name="voice channel: pieces")
        self._watching = asyncio.create_task(self._watch(), name="voice channel: listeners")
        self._telling = asyncio.create_task(self._tell(), name="voice channel: board")

    # --- how it stands ---------------------------------------------------------------------------------------------

    @property
    def channel(self) -> discord.VoiceChannel:
        channel = self._voice.channel
        assert isinstance(channel, discord.VoiceChannel)
        return channel

    @property
    def is_over(self) -> bool:
        return bool(self._ended)

    @property
    def is_heard(self) -> bool:
        """Whether anybody but bots sits there. Whoever sits in a voice channel is known, before the bot came too."""
        members = map(self.channel.guild.get_member, self.channel.voice_states)
        return any(member is None or not member.bot for member in members)

    @property
    def programme(self) -> Programme:
        return Programme(
            hall=self.channel.name,
            playing=self._playing,
            following=tuple(self._waiting),
            is_paused=self._voice.is_paused(),
            ended=self._ended,
            failed=tuple(self._failed),
        )

    # --- what people ask for ---------------------------------------------------------------------------------------

    def add(self, tracks: Sequence[Track]) -> int:
        """Raises HallFull."""
        before = len(self._waiting) + (self._playing is not None)
        if before + len(tracks) > MOST_TRACKS:
            raise HallFull(limit=MOST_TRACKS)
        self._waiting.extend(tracks)
        self._fetch_next()
        self._more.set()
        self._changed.set()
        return before

    def show(self, board: Address, show: Show) -> None:
        self._board = (board, show)
        self._changed.set()

    def pause(self) -> bool:
        if self._voice.is_paused():
            self._voice.resume()
        elif self._voice.is_playing():
            self._voice.pause()
        self._changed.set()
        return self._voice.is_paused()

    def skip(self) -> None:
        self._is_skipped = True
        self._voice.stop()

    async def end(self, why: str) -> None:
        """Go, and say why; only the first reason counts."""
        if self._ended:
            return
        self._ended, self._playing = why, None
        self._waiting.clear()
        for task in (self._performing, self._watching, *self._fetched.values()):
            if task is not asyncio.current_task():
                task.cancel()
        self._changed.set()
        if why == CLOSING:
            self._telling.cancel()
        self._voice.stop()
        with suppress(discord.DiscordException, OSError, TimeoutError):
            async with asyncio.timeout(LEAVE_LIMIT_S):
                await self._voice.disconnect(force=True)

    # --- playing ---------------------------------------------------------------------------------------------------

    async def _perform(self) -> None:
        await _until_secret(self._voice)
        while True:
            if not self._waiting:
                self._changed.set()
                if not await self._wait(self._more, self._idle_s):
                    await self.end("finished")
                    return
                continue
            self._more.clear()
            self._playing, self._is_skipped = self._waiting.popleft(), False
            packets = await self._packets(self._playing)
            if packets and not self._is_skipped:
                await self._play(self._playing, packets)
            self._playing = None

    async def _packets(self, track: Track) -> Sequence[bytes]:
        """Of a track; none where they cannot be had, which the board says."""
        task = self._fetched.pop(id(track), None) or asyncio.create_task(_fetch(track))
        packets = await task
        if not packets:
            self._failed.append(track.title)
        return packets

    async def _play(self, track: Track, packets: Sequence[bytes]) -> None:
        loop, is_over = asyncio.get_running_loop(), asyncio.Event()
        self._fetch_next()
        self._changed.set()

        def over(_error: Exception | None) -> None:  # in the thread that sends
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(is_over.set)

        with _switches.quick():
            try:
                self._voice.play(Packets(packets), after=over)
            except discord.ClientException as error:
                _log.warning("a piece could not be played: %s", type(error).__name__)
                self._failed.append(track.title)
            else:
                await is_over.wait()
        if not self._voice.is_connected():
            await self.end("cut_off")

    def _fetch_next(self) -> None:
        """The next piece is made ready while another plays."""
        if self._waiting and id(track := self._waiting[0]) not in self._fetched:
            self._fetched[id(track)] = asyncio.create_task(_fetch(track))

    # --- beside it -------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Go where nobody listens any more."""
        alone_s = 0.0
        step_s = min(1.0, self._alone_s / 4)
        while True:
            await asyncio.sleep(step_s)
            alone_s = 0.0 if self.is_heard else alone_s + step_s
            if alone_s >= self._alone_s:
                await self.end("alone")
                return

    async def _tell(self) -> None:
        """Keep the board up to date, until it says that all is over."""
        shown: Programme | None = None
        while shown is None or not shown.ended:
            await self._changed.wait()
            self._changed.clear()
            if self._board is not None and self.programme != shown:
                shown = self.programme
                await self._update(*self._board, shown)

    async def _update(self, board: Address, show: Show, programme: Programme) -> None:
        try:
            await self._messenger.amend(replace(board, token=None, token_expires=None), await show(programme))
        except (PlatformError, NotabotError) as error:
            _log.info("a programme could not be shown: %s", type(error).__name__)

    async def _wait(self, event: asyncio.Event, limit_s: float) -> bool:
        try:
            async with asyncio.timeout(limit_s):
                await event.wait()
        except TimeoutError:
            return False
        return True


async def _connect(channel: discord.VoiceChannel) -> discord.VoiceClient:
    """Raises HallClosed."""
    try:
        if (left := channel.guild.voice_client) is not None:  # of a programme that ended badly
            await left.disconnect(force=True)
        return await channel.connect(timeout=CONNECT_LIMIT_S, reconnect=True, self_deaf=True)
    except TimeoutError as error:
        raise HallClosed(reason="silent", name=channel.name) from error
    except (discord.DiscordException, OSError, RuntimeError) as error:
        _log.warning("no way into a voice channel: %s", type(error).__name__)
        raise HallClosed(name=channel.name) from error


async def _until_secret(voice: discord.VoiceClient) -> None:
    """Wait for the group that encrypts with the listeners; what was sent before could not be heard.

    Without end-to-end encryption there is no such group, and the music begins after the limit.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(SECRET_LIMIT_S):
            while voice.voice_privacy_code is None:  # noqa: ASYNC110  # discord.py tells nobody
                await asyncio.sleep(SECRET_POLL_S)


async def _fetch(track: Track) -> Sequence[bytes]:
    """Its packets; none where there are none."""
    try:
        return await asyncio.to_thread(_packets_of, await track.fetch())
    except (NotabotError, OggError, OSError) as error:
        _log.warning("piece %s cannot be played: %s", track.piece, type(error).__name__)
        return ()
    except Exception as error:  # the pieces behind it are played all the same
        _log.error("piece %s cannot be played", track.piece, exc_info=error)
        return ()


def _packets_of(ogg: bytes) -> Sequence[bytes]:
    """The packets of Ogg Opus, 20 ms each, without the two that describe it. Raises OggError."""
    return list(OggStream(BytesIO(ogg)).iter_packets())[OGG_HEADERS:]


class _Switches:
    """While sound is sent, no thread keeps the interpreter for long."""

    def __init__(self) -> None:
        self._num_playing = 0
        self._usual_s = SWITCH_S

    @contextmanager
    def quick(self) -> Iterator[None]:
        """The interval is the whole process's, so the first shortens it and the last gives it back."""
        if not self._num_playing:
            self._usual_s = sys.getswitchinterval()
            sys.setswitchinterval(min(SWITCH_S, self._usual_s))
        self._num_playing += 1
        try:
            yield
        finally:
            self._num_playing -= 1
            if not self._num_playing:
                sys.setswitchinterval(self._usual_s)


_switches = _Switches()
