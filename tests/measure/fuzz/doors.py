"""The doors through which strangers' input comes, and how each is thrown at.

A new door joins by one class below and its line in DOORS.
"""

import asyncio
import io
import random
import struct
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import torch

from bot.making.scores import SCORE_READER
from config.settings import Settings, load_settings
from generator.model.checkpoint import load_network, save_network
from generator.model.network import Network, Shape
from generator.training.prepare.child import Child, convert_file
from renderers.pipeline import open_renderer
from renderers.process.child import ProcessLimits
from renderers.score.files import ScoreFile
from tests.measure.fuzz.damage import damaged_bytes, damaged_text
from tests.measure.fuzz.verdict import (
    ABC_WORDS,
    DATA,
    REFUSED,
    TAKEN,
    TIME_LIMIT_S,
    WHOLE_SHARE,
    XML_WORDS,
    Throw,
    damaged_file,
    refused,
)
from tests.measure.fuzz.work import edit_door, hear_door, work_door

# --- notation --------------------------------------------------------------------------------------------------------

# Pages and sound take a hundred times as long as the reading of a tune, which is what strangers can hurt.
RENDERED = (*[("xml",), ("mid",), ("xml", "mid")] * 4, ("png",), ("pdf",), ("mp3",))


@asynccontextmanager
async def abc_door(_folder: Path) -> AsyncIterator[Throw]:
    """ABC of anybody, through the renderer's process."""
    originals = [path.read_text(encoding="utf-8") for path in sorted(DATA.rglob("*.abc"))]
    limits = ProcessLimits(time_s=TIME_LIMIT_S, cpu_s=int(TIME_LIMIT_S))
    async with open_renderer(limits=limits) as renderer:

        async def throw(rng: random.Random) -> str:
            text = damaged_text(rng.choice(originals), rng, words=ABC_WORDS)
            try:
                files = await renderer.render(text, rng.choice(RENDERED))
            except Exception as error:
                return refused(error)
            assert all(files.values()), "an empty file"
            return TAKEN

        yield throw


@asynccontextmanager
async def upload_door(_folder: Path) -> AsyncIterator[Throw]:
    """Files of anybody, as they are sent: known by their content, unpacked, scanned and read into a tune."""
    originals = [(path.suffix, path.read_bytes()) for path in sorted((DATA / "scores").iterdir())]
    limits = ProcessLimits(time_s=TIME_LIMIT_S, cpu_s=int(TIME_LIMIT_S))
    async with open_renderer(limits=limits) as reader:

        async def throw(rng: random.Random) -> str:
            ending, content = rng.choice(originals)
            content = damaged_file(content, rng) if rng.random() > WHOLE_SHARE else content
            if ending == ".musicxml" and rng.random() < 0.4:
                content = _packed(content, rng)
                content = damaged_bytes(content, rng) if rng.random() < 0.5 else content
            try:
                read = await reader.render_most(ScoreFile(name=f"thrown{ending}", content=content), ["abc"])
            except Exception as error:
                return refused(error)
            assert read.bars or read.files, "neither music nor a reason"
            return TAKEN

        yield throw


def _packed(content: bytes, rng: random.Random) -> bytes:
    """A .mxl, perhaps with an odd table of contents."""
    held = io.BytesIO()
    path = rng.choice(("score.xml", "music/score.musicxml", "gone.xml", ""))
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        if rng.random() < 0.7:
            archive.writestr("META-INF/container.xml", f'<container><rootfile full-path="{path}"/></container>')
        archive.writestr(rng.choice((path or "a.xml", "score.xml", "readme.txt")), content)
    return held.getvalue()


def file_door(*endings: str) -> "Callable[[Path], AbstractAsyncContextManager[Throw]]":
    """Scores of other programs, as `notabot train prepare` reads them: each by a process that may die."""

    @asynccontextmanager
    async def door(folder: Path) -> AsyncIterator[Throw]:
        originals = [path for path in sorted((DATA / "scores").iterdir()) if path.suffix in endings]
        child = Child(limit_s=TIME_LIMIT_S, convert=partial(convert_file, reader=SCORE_READER))

        def convert(content: bytes, name: str) -> str:
            path = folder / name
            path.write_bytes(content)
            try:
                converted = child.convert(path)
            finally:
                path.unlink()
            assert converted.pieces or all(converted.problems), "neither a piece nor a reason"
            return TAKEN if converted.pieces else REFUSED

        async def throw(rng: random.Random) -> str:
            original = rng.choice(originals)
            content = original.read_bytes()
            if rng.random() < WHOLE_SHARE:
                return await asyncio.to_thread(convert, content, f"thrown{original.suffix}")
            as_text = rng.random() < 0.5
            content = (
                damaged_text(content.decode(), rng, words=XML_WORDS).encode(errors="replace")
                if as_text
                else damaged_bytes(content, rng)
            )
            return await asyncio.to_thread(convert, content, f"thrown{original.suffix}")

        try:
            yield throw
        finally:
            child.end()

    return door


MIDI_READ = (*[("xml",), ("abc",)] * 4, ("xml", "mid"))


@asynccontextmanager
async def midi_door(_folder: Path) -> AsyncIterator[Throw]:
    """MIDI of anybody, through the renderer's process: bytes changed, and events of all kinds in any order."""
    from tests.midi_files import SCALE, midi_file

    hands = [*SCALE, *((n, 2, 40 + n) for n in range(0, 8, 2))]
    originals = [
        midi_file(SCALE, hands, metres=((0, 1, 4), (1, 3, 4)), programs=(40, 0)),
        midi_file(hands, SCALE, channels=(0, 9), kind=0, tempos=((0, 90), (3, 120))),
        midi_file([(n / 3, 1 / 3, 60 + n) for n in range(24)], ticks=96, metres=(), keys=()),
    ]
    limits = ProcessLimits(time_s=TIME_LIMIT_S, cpu_s=int(TIME_LIMIT_S))
    async with open_renderer(limits=limits) as renderer:

        async def throw(rng: random.Random) -> str:
            content = rng.choice(originals)
            if rng.random() > WHOLE_SHARE:
                content = _any_midi(rng) if rng.random() < 0.5 else damaged_bytes(content, rng)
            try:
                files = await renderer.render(ScoreFile(name="x.mid", content=content), rng.choice(MIDI_READ))
            except Exception as error:
                return refused(error)
            assert all(files.values()), "an empty file"
            return TAKEN

        yield throw


def _any_midi(rng: random.Random) -> bytes:
    """Events that are well formed, one by one, with values nobody would write."""
    from tests.midi_files import raw_file

    def event() -> bytes:
        delta = bytes([0x80 | rng.randrange(128)] * (rng.random() < 0.01) + [rng.choice((0, 0, rng.randrange(128)))])
        channel, pitch = rng.choice((0, 0, 1, 9)), rng.randrange(128)
        kind = rng.randrange(8)
        if kind < 4:
            return delta + bytes([0x90 | channel, pitch, rng.choice((0, 1, 127))])
        if kind == 4:
            return delta + bytes([0x80 | channel, pitch, 0])
        if kind == 5:
            return delta + bytes([rng.choice((0xB0, 0xE0)) | channel, rng.choice((64, 120, 123)), rng.randrange(128)])
        meta, size = rng.choice(((0x51, 3), (0x58, 4), (0x59, 2), (0x03, 5), (0x05, 3), (0x54, 5), (0x7F, 4)))
        return delta + bytes([0xFF, meta, size]) + rng.randbytes(size)

    tracks = [b"".join(event() for _ in range(rng.randrange(1, 50))) for _ in range(rng.randrange(1, 4))]
    return raw_file(
        *tracks, kind=rng.randrange(3), division=rng.choice((24, 96, 480, 480, 480, 32_767, 0xE728, 0xE250, 0))
    )


# --- chats -----------------------------------------------------------------------------------------------------------


def world_door(kind: str) -> "Callable[[Path], AbstractAsyncContextManager[Throw]]":
    """Lines of text, or callback data of buttons, through the real commands, jobs and store."""

    @asynccontextmanager
    async def door(folder: Path) -> AsyncIterator[Throw]:
        from tests.hostile.judge import check_reply
        from tests.hostile.words import NAMES, POISONS, VALUES
        from tests.hostile.world import ATTACKERS, open_world

        async with open_world(folder / "data", pieces_per_person_per_day=40) as world:
            own = [await world.piece_of(who) for who in ATTACKERS]
            commands = [command.name for command in world.registry.commands]
            verbs = sorted(world.registry.actions)

            def line(rng: random.Random) -> str:
                options = [f"{(name := rng.choice(NAMES))}={rng.choice(VALUES.get(name, POISONS))}" for _ in range(3)]
                words = [rng.choice(POISONS), rng.choice(VALUES["style"]), rng.choice(own), *options]
                return f"/{rng.choice(commands)} " + " ".join(rng.sample(words, rng.randint(0, len(words))))

            def pressed(rng: random.Random) -> str:
                return f"v1:{rng.choice(verbs)}:{rng.choice(own)}:{rng.choice(('', '1', 'no', 'x.y'))}"

            async def throw(rng: random.Random) -> str:
                who = rng.choice(ATTACKERS)
                text = line(rng) if kind == "chat" else pressed(rng)
                if rng.random() < 0.7:
                    text = damaged_text(text, rng, words=POISONS)
                context = await (world.say(text, who) if kind == "chat" else world.press(text, who))
                assert context.was_answered, "nobody answered"
                for reply in context.replies:
                    check_reply(reply, data=world.data, thrown=text)
                return TAKEN if any(not reply.private for reply in context.replies) else REFUSED

            yield throw

    return door


# --- operators -------------------------------------------------------------------------------------------------------

SETTING_VALUES = (
    "", "0", "-1", "1", "yes", "no", "1e9", "nan", "3.5", "abc", "/nonexistent", "https://example.org", "a,b", "[]",
    "99999999999999999999", "1" * 300, "Ä", "postgresql://u:p@h/d", "sqlite:///x", "cuda", "cpu", "int8", "telegram:5",
)  # fmt: skip


@asynccontextmanager
async def settings_door(_folder: Path) -> AsyncIterator[Throw]:
    """Values of the settings, as an operator mistypes them."""
    import os

    names = [f"NOTABOT_{name.upper()}" for name in Settings.model_fields]

    async def throw(rng: random.Random) -> str:
        chosen = {name: damaged_text(rng.choice(SETTING_VALUES), rng) for name in rng.sample(names, rng.randint(1, 3))}
        if rng.random() < 0.1:
            chosen[damaged_text(rng.choice(names), rng).replace("=", "") or "NOTABOT_X"] = "1"
        chosen = {name.replace("\0", ""): value.replace("\0", "") for name, value in chosen.items()}
        chosen = {name: value for name, value in chosen.items() if name and _can_be_set(name, value)}
        before = dict(os.environ)
        os.environ.update(chosen)
        try:
            load_settings()
        except Exception as error:
            return refused(error)
        finally:
            os.environ.clear()
            os.environ.update(before)
        return TAKEN

    yield throw


def _can_be_set(name: str, value: str) -> bool:
    """Whether the operating system could hold it: the environment is bytes."""
    try:
        name.encode(), value.encode()
    except UnicodeEncodeError:
        return False
    return "=" not in name


@asynccontextmanager
async def checkpoint_door(folder: Path) -> AsyncIterator[Throw]:
    """Files of weights: damaged bytes, wrong tensors, things that are no weights at all."""
    torch.manual_seed(1)
    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=64))
    ours = folder / "ours.safetensors"
    save_network(network, ours, precision="int8")
    contents = {".safetensors": ours.read_bytes(), ".pth": (DATA / "notagen_tiny.pth").read_bytes()}
    ours.unlink()

    async def throw(rng: random.Random) -> str:
        ending = rng.choice(sorted(contents))
        path = folder / f"thrown{rng.choice((ending, ending, '.pt', '.bin'))}"
        path.write_bytes(_weights(contents[ending], ending, rng))
        try:
            await asyncio.to_thread(load_network, path)
        except Exception as error:
            return refused(error)
        finally:
            path.unlink()
        return TAKEN

    yield throw


def _weights(content: bytes, ending: str, rng: random.Random) -> bytes:
    if rng.random() < WHOLE_SHARE:
        return content
    kind = rng.randrange(4)
    if kind == 0:
        return damaged_bytes(content, rng)
    if kind == 1:  # a header that promises other sizes
        return struct.pack("<Q", rng.choice((0, 3, 8, 2**20, 2**40, 2**63))) + content[8:]
    if kind == 2:  # tensors of other kinds and shapes
        shapes = [(), (0,), (1,), (3, 5), (64, 64), (2, 3, 4)]
        types = [torch.float16, torch.float32, torch.int8, torch.bool, torch.float64]
        tensors = {
            f"patch_level.layers.{rng.randrange(3)}.{rng.choice('abc')}": torch.zeros(rng.choice(shapes)).to(
                rng.choice(types)
            )
            for _ in range(4)
        }
        held = io.BytesIO()
        torch.save(tensors if rng.random() < 0.5 else {"model": tensors}, held)
        return held.getvalue()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("archive/data.pkl", rng.randbytes(rng.randint(0, 200)))
    return rng.choice((held.getvalue(), rng.randbytes(500), b"", content[:100] * 3))


DOORS: dict[str, Callable[[Path], AbstractAsyncContextManager[Throw]]] = {
    "abc": abc_door,
    "upload": upload_door,
    "musicxml": file_door(".musicxml"),
    "mei-and-humdrum": file_door(".mei", ".krn"),
    "midi": midi_door,
    "work": work_door,
    "edit": edit_door,
    "hear": hear_door,
    "chat": world_door("chat"),
    "callback": world_door("callback"),
    "settings": settings_door,
    "checkpoint": checkpoint_door,
}
