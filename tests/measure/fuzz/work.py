"""The doors of work on pieces: files, pasted text and recordings of anybody, through every kind of work and edit.

The music is written by a network that has learnt nothing. What must hold, besides that nothing falls: bars that nobody
speaks of stand as they stood, and no bar is wrong that was not.
"""

import io
import random
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.making.hear import Hear, listen
from bot.making.interleaved import interleave
from bot.making.kinds import read_task, write_task
from bot.making.task import Showing
from config.settings import Settings
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.critic.judgement import Judgement
from generator.model.checkpoint import save_network
from generator.model.network import Network, Shape
from generator.notation import Tune, check_bars
from generator.onward import door as onward
from generator.onward import gap
from generator.onward.asking import edit_of_music, parse_bars, work_on_piece
from generator.onward.brought import Brought, bring
from generator.onward.by_hand import written_lines
from generator.onward.door import Worked
from generator.onward.said import read_edit
from generator.onward.step import Does, Step
from generator.onward.work import How, Kind
from renderers.pipeline import Renderer, open_renderer
from renderers.process.child import ProcessLimits
from renderers.score.files import ScoreFile
from renderers.score.hum.writing import write_heard
from tests.measure.fuzz.damage import damaged_bytes, damaged_text
from tests.measure.fuzz.verdict import (
    ABC_WORDS,
    DATA,
    REFUSED,
    TAKEN,
    TIME_LIMIT_S,
    WHOLE_SHARE,
    Throw,
    damaged_file,
    refused,
)
from tests.measure.humming import RATE, Samples, as_voice_message, synthesised

SPANS = ("1", "2", "1-2", "2-3", "99", "3-1", "0", "bar 2", "Takt 1 bis 2", "第1到2小节", "")
ASKED_RIGHT = 0.7  # of what is thrown; else nearly all would be refused for what was asked
SHARES = (0.5, 0.2, 1.0, 0.0, -1.0, 2.0, float("nan"))
STYLES = ("bach chorale", "liszt keyboard", "schubert art song")
WORDS = (
    "bars 1-2 calmer", "end in major", "left hand simpler", "slower", "half speed", "transpose it to D",
    "an octave lower", "louder", "bar 2 much softer", "a crescendo in bars 1-2", "pianissimo", "without ornaments",
    "repeat bars 1-2",
    "add a repeat", "without repeats", "copy bar 1 to bar 2", "the melody a third higher in bar 2", "sadder", "richer",
    "with ornaments", "Takt 1 anders", "die letzten zwei Takte leiser", "第1到2小节更响", "结尾用小调",
    "bar 1 in the same rhythm",
)  # fmt: skip
HUMS, HUM_S = 3, 4.0
PACKAGES = ("av", "swift_f0")  # of the extra that listens
ALIKE = (Kind.REWRITE, Kind.VARY, Kind.SIMPLIFY, Kind.ENRICH)  # as many bars as before


class Indifferent:
    """A judge to whom all music is the same."""

    def prepare(self) -> None:
        pass

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        return Judgement(seed=seed, liking=0.0)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the doors share, and what is thrown: files with their endings, and texts."""

    reader: Renderer
    composer: Composer
    texts: Sequence[str]
    files: Sequence[tuple[str, bytes]]

    async def brought(self, rng: random.Random) -> Brought:
        """Music of anybody. Raises NotabotError."""
        read = await interleave(self._thrown(rng), self.reader)
        return bring(read.abc)

    async def done(self, brought: Brought, asked: Any) -> Worked:
        async with aclosing(self.composer.work_on(brought, asked)) as events:
            found = [event async for event in events][-1]
        assert isinstance(found, Worked)
        return found

    def _thrown(self, rng: random.Random) -> str | ScoreFile:
        is_whole = rng.random() < 4 * WHOLE_SHARE
        if rng.random() < 0.7:
            text = rng.choice(self.texts)
            return text if is_whole else damaged_text(text, rng, words=ABC_WORDS)
        ending, content = rng.choice(self.files)
        return ScoreFile(name=f"thrown{ending}", content=content if is_whole else damaged_file(content, rng))


@asynccontextmanager
async def open_place(folder: Path) -> AsyncIterator[Place]:
    """With a network that has learnt nothing."""
    weights = folder / "untaught.safetensors"
    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=128))
    network.init_weights(seed=1)
    save_network(network, weights, precision="int8")
    settings = Settings(_env_file=None, weights=weights, slots=2, threads=1, tries_per_bar=1)  # type: ignore[call-arg]
    limits = ProcessLimits(time_s=TIME_LIMIT_S, cpu_s=int(TIME_LIMIT_S))
    texts = [path.read_text(encoding="utf-8") for path in sorted(DATA.rglob("*.abc"))]
    files = [(path.suffix, path.read_bytes()) for path in sorted((DATA / "scores").iterdir())]
    async with open_renderer(limits=limits) as reader, open_composer(settings, judge=Indifferent()) as composer:
        with _fewer_versions():
            yield Place(reader=reader, composer=composer, texts=texts, files=files)


@contextmanager
def _fewer_versions() -> Iterator[None]:
    """Two of each bar, and no second round: what is right is not asked of a network that has learnt nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gap, "PARTICLES", 2)
        patch.setattr(onward, "VARY_PARTICLES", 2)
        patch.setattr(onward, "MOST_ROUNDS_TO_JOIN", 1)
        yield


# --- every kind of work ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def work_door(folder: Path) -> AsyncIterator[Throw]:
    """Continue, rewrite, vary, restyle, harmonise, simplify, enrich."""
    async with open_place(folder) as place:

        async def throw(rng: random.Random) -> str:
            kind, asked = rng.choice(list(Kind)), _asked(rng)
            try:
                brought = await place.brought(rng)
                if "bars_said" in asked:
                    asked["first"], asked["last"] = parse_bars(asked.pop("bars_said"))
                style = place.composer.catalogue.find(rng.choice(STYLES))
                work = work_on_piece(kind, brought, place.composer.catalogue, style=style, **asked)
                worked = await place.done(brought, work)
            except Exception as error:
                return refused(error)
            if kind in ALIKE:
                _assert_all_others_stand(brought, worked)
            return TAKEN

        yield throw


def _asked(rng: random.Random) -> dict[str, Any]:
    asked: dict[str, Any] = {"seed": rng.randrange(100), "bars": 1, "how": rng.choice((None, *How)), "how_far": 0.5}
    if rng.random() < ASKED_RIGHT:
        return asked | {"bars_said": rng.choice(("2", "1-2"))}
    asked["bars"] = rng.choice((1, 2, None, 0, 300))
    if rng.random() < 0.8:
        said = rng.choice(SPANS)
        asked["bars_said"] = damaged_text(said, rng) if rng.random() < 0.3 else said
    return asked | {"how_far": rng.choice(SHARES)}


def _assert_all_others_stand(brought: Brought, worked: Worked) -> None:
    old, new = list(map(str, brought.bars)), list(map(str, worked.tune.bars))
    changed = {number - 1 for number in worked.changed}
    assert len(old) == len(new)
    assert [n for n, pair in enumerate(zip(old, new, strict=True)) if len(set(pair)) > 1 and n not in changed] == []


# --- edits -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def edit_door(folder: Path) -> AsyncIterator[Throw]:
    """In words and by hand."""
    async with open_place(folder) as place:

        async def throw(rng: random.Random) -> str:
            try:
                brought = await place.brought(rng)
                steps = _steps(brought, place, rng)
                if not steps:
                    return REFUSED  # words that ask for nothing
                edit = edit_of_music(steps, brought, place.composer.catalogue, seed=rng.randrange(100))
                worked = await place.done(brought, edit)
            except Exception as error:
                return refused(error)
            _assert_all_others_stand(brought, worked)
            wrong = len(list(check_bars(worked.tune))) - len(list(check_bars(brought.tune)))
            assert wrong <= 0, f"{wrong} more bars are wrong after {steps}\n{brought.tune}\n{worked.tune}"
            return TAKEN

        yield throw


def _steps(brought: Brought, place: Place, rng: random.Random) -> Sequence[Step]:
    if rng.random() < 0.3:
        lines = written_lines(brought.tune)
        changed = damaged_text(lines, rng, words=ABC_WORDS)
        return (Step(does=Does.HAND, aim=changed if rng.random() < 0.8 else _with_other_octave(lines)),)
    words = ", ".join(rng.sample(WORDS, rng.choice((1, 1, 2, 3))))
    said = read_edit(damaged_text(words, rng) if rng.random() < 0.4 else words, place.composer.catalogue)
    return said.steps if said is not None else ()


def _with_other_octave(lines: str) -> str:
    """A change that is right: the first note an octave higher."""
    head, bar, rest = lines.partition("]")
    return head + bar + rest.replace("A", "a", 1)


# --- what is hummed --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def hear_door(_folder: Path) -> AsyncIterator[Throw]:
    """Voice messages and other recordings, as the process hears them that reads strangers' files; then written down."""
    recordings = _recordings()
    limits = ProcessLimits(time_s=TIME_LIMIT_S, cpu_s=int(TIME_LIMIT_S))
    async with open_renderer(limits=limits) as reader:

        async def throw(rng: random.Random) -> str:
            content = rng.choice(recordings)
            if rng.random() > 2 * WHOLE_SHARE:
                content = damaged_bytes(content, rng)
            try:
                heard = await listen(ScoreFile(name="thrown.ogg", content=content), reader)
                task = Hear(heard=heard, name="thrown")
                assert read_task(write_task(task, Showing()))[0] == task
                bring(write_heard(heard))
            except Exception as error:
                return refused(error)
            return TAKEN

        yield throw


def can_hear() -> bool:
    """Whether the extra is there; without it the door refuses everything."""
    return all(find_spec(name) is not None for name in PACKAGES)


def _recordings() -> list[bytes]:
    """Hums in WAV and, where it can be written, as voice messages; silence, noise, and next to nothing."""
    rng = np.random.default_rng(1)
    sung = [synthesised.make_hum(number).samples[: int(HUM_S * RATE)] for number in range(HUMS)]
    others = [np.zeros(RATE, np.float32), rng.standard_normal(RATE).astype(np.float32) * 0.1, np.zeros(10, np.float32)]
    makers: list[Callable[[Samples], bytes]] = [_as_wav, *([as_voice_message] if can_hear() else [])]
    return [make(samples) for samples in (*sung, *others) for make in makers]


def _as_wav(samples: Samples) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()
