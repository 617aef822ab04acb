"""The tools that making needs, and what all kinds of work end with: rendering, and writing down what happened.

It opens nothing but the renderer and writes no files: composer and renderer are opened by the caller, and
`bot.making.files` puts the result on disk.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import BotError
from bot.making.colophon import colophon_of
from bot.making.files import Piece, PieceName, new_id
from bot.texts import FALLBACK, Language, explain
from bot.texts.remarks import written_remark
from bot.texts.report import report_line
from bot.versions import installed_versions
from config.settings import Settings
from generator.critic import ReportCard
from renderers.errors import RenderError, SetupBroken
from renderers.formats import ANALYSIS, MUSICXML, chat_formats, format_of, in_order
from renderers.pages.printing import PRINTED_AS_EVER, Printing
from renderers.pipeline import Renderer as RendererProcess
from renderers.pipeline import Rendering, open_renderer
from renderers.process.child import ProcessLimits
from renderers.score.files import ScoreFile
from renderers.sound.playing import AS_EVER, Playing

if TYPE_CHECKING:  # who renders alone loads no network
    from generator.catalogue.catalogue import Catalogue
    from generator.onward.brought import Brought
    from generator.onward.chain import Chain
    from generator.onward.door import Worked
    from generator.onward.links import NextBars, Takes
    from generator.onward.step import Edit
    from generator.onward.work import Work
    from generator.request import Finished, Progress, Request

NOTHING_TIMED: Mapping[str, float] = {}


VIDEO_TIMES = 3  # as long as everything else of a piece may take
READ_LIMIT_S = 120.0  # humdrum takes 2 ms a note on a free core, ten times that on a busy machine


class Composing(Protocol):
    """What making needs of `generator.composer.open_composer`."""

    def compose(self, request: Request) -> AsyncGenerator[Progress | Finished, None]:
        """Progress at every finished bar, Finished at the end."""

    def work_on(self, brought: Brought, work: Work | Edit) -> AsyncGenerator[Progress | Worked, None]:
        """Progress at every finished bar, Worked at the end."""

    def next_bars(self, chain: Chain, asked: NextBars) -> AsyncGenerator[Progress | Takes, None]:
        """Progress at every finished bar, Takes at the end."""


ONE_BAR = "X:1\nT:One bar\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1\nCDEF|]\n"


class Renderer(Protocol):
    """What making needs of `renderers.pipeline.open_renderer`."""

    async def render_most(
        self,
        source: str | ScoreFile,
        formats: Sequence[str],
        *,
        title: str = "",
        composer: str = "",
        tune: str = "",
        tell: Callable[[float], None] = ...,
        show: Callable[[bytes], None] = ...,
        playing: Playing = ...,
        printing: Printing = ...,
    ) -> Rendering:
        """As much as can be rendered; the notation itself in any case.

        tell: hears how much of what takes long is made; show: is given the first page as soon as it is drawn. playing,
        printing: how it is to be heard and printed.
        """


class Camera(Renderer, Protocol):
    """What makes videos, in a process of its own."""

    async def rest(self) -> None:
        """Let the process go, unless something else is being made."""


class Filming(str):
    """The step of what takes long. percent: how much of it is made."""

    __slots__ = ("percent",)

    percent: int

    def __new__(cls, done: float) -> Filming:
        """done: 0 to 1."""
        percent = round(100 * done)
        step = super().__new__(cls, f"filming: {percent} %")
        step.percent = percent
        return step


class Drawn(str):
    """The step behind the first page. page: its picture, a PNG, which the finished piece will have."""

    __slots__ = ("page",)

    page: bytes

    def __new__(cls, page: bytes) -> Drawn:
        step = super().__new__(cls, "first page drawn ...")
        step.page = page
        return step


@dataclass(frozen=True, kw_only=True)
class Order:
    """One piece on order.

    id: what it will be called, one is drawn if there is none; formats: of its files; language: of whoever reads it.

    printing: how it is to be printed. on_progress hears of every bar, on_step of every later stage.
    """

    formats: Sequence[str]
    on_progress: Callable[[Progress], None]
    on_step: Callable[[str], None]
    id: str | None = None
    language: Language = FALLBACK
    printing: Printing = PRINTED_AS_EVER


@dataclass(frozen=True, kw_only=True)
class Source:
    """A piece that another is made from. name: of its files; record: as beside it, empty for a file that is alone."""

    id: str
    name: str
    abc: str
    record: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ChainPart:
    """Bars of one player of a chain. first: counted from 1; name: "" once they are forgotten."""

    place: int
    name: str
    first: int
    bars: int


@dataclass(frozen=True, kw_only=True)
class ChainScore:
    """A chain as it stands, and whose bars are whose."""

    music: Chain
    parts: tuple[ChainPart, ...]


class ChainIsGone(BotError):
    """id: of a chain that is not there any more."""


class SourceIsGone(BotError):
    """id: of the piece that was to be made into another, and is not there any more."""


async def no_chain(chain: str) -> ChainScore:
    """Of a workshop that has no chains."""
    raise ChainIsGone(id=chain)


class NoRival(BotError):
    """There are no other weights that a duel could be held with."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """All tools, open. model: what a record says about the weights (`bot.making.maker.describe_model`).

    rival: who composes with other weights, and what a record says about these; None where there are none.

    find_source: the piece with an id; raises SourceIsGone, StoreError. find_chain: likewise; raises ChainIsGone.
    camera: what makes videos where it is not the renderer, so that nobody has to wait for one.
    """

    composer: Composing
    renderer: Renderer
    catalogue: Catalogue
    model: Mapping[str, Any]
    find_source: Callable[[str], Awaitable[Source]]
    find_chain: Callable[[str], Awaitable[ChainScore]] = no_chain
    camera: Camera | None = None
    rival: tuple[Composing, Mapping[str, Any]] | None = None

    def with_rival(self) -> Workshop:
        """The same, composing with the other weights. Raises NoRival."""
        if self.rival is None:
            raise NoRival
        return replace(self, composer=self.rival[0], model=self.rival[1])


def _printed_id(record: Mapping[str, Any]) -> str:
    """The piece that is only printed anew; "" if this is another one."""
    return str(record.get("parent") or "") if record.get("printed") else ""


async def no_source(piece: str) -> Source:
    """Of a workshop that has no pieces to make others from."""
    raise SourceIsGone(id=piece)


@asynccontextmanager
async def open_renderer_for(settings: Settings, formats: Sequence[str] = ()) -> AsyncIterator[RendererProcess]:
    """The renderer with the soundfont and the limits that the settings name; it gets ready in the background.

    formats: that will be asked for; some take longer.
    """
    takes_long = any(row.on_request for row in in_order(formats))
    limits = _limits(settings, times=VIDEO_TIMES if takes_long else 1)
    async with open_renderer(soundfont=settings.soundfont, limits=limits) as renderer:
        warming = asyncio.create_task(renderer.warm_up(formats or None), name="renderer")
        try:
            yield renderer
        finally:
            warming.cancel()
            with suppress(asyncio.CancelledError, RenderError):  # the first piece meets the same error and reports it
                await warming


@asynccontextmanager
async def open_camera(settings: Settings) -> AsyncIterator[RendererProcess]:
    """A renderer for videos, whose process starts with the first."""
    limits = _limits(settings, times=VIDEO_TIMES)
    async with open_renderer(soundfont=settings.soundfont, limits=limits, alone=True) as camera:
        yield camera


def _limits(settings: Settings, *, times: int = 1) -> ProcessLimits:
    """times: how much longer than usual it may take."""
    time_s = times * settings.render_time_limit_s
    memory_mb = settings.render_memory_limit_mib * 1024**2 // 10**6
    return ProcessLimits(time_s=time_s, cpu_s=math.ceil(time_s), memory_mb=memory_mb)


@asynccontextmanager
async def open_reader(settings: Settings) -> AsyncIterator[RendererProcess]:
    """What reads the files that people send: a process of its own, so that nobody waits for a drawing.

    It starts with the first file.
    """
    time_s = min(READ_LIMIT_S, settings.render_time_limit_s)
    limits = ProcessLimits(
        time_s=time_s, cpu_s=math.ceil(time_s), memory_mb=settings.render_memory_limit_mib * 1024**2 // 10**6
    )
    async with open_renderer(limits=limits, alone=True) as reader:
        yield reader


async def prove_renderer(renderer: RendererProcess) -> None:
    """One bar becomes a file of every format that a chat may send. Raises SetupBroken.

    Soundfont, fonts and the program that draws are looked at before anybody is promised a piece.
    """
    try:
        files = await renderer.render(ONE_BAR, chat_formats(), title="One bar", composer="Notabot")
    except SetupBroken:
        raise
    except RenderError as error:
        raise SetupBroken(reason="not_drawn", why=explain(error)) from error
    made = {format_of(ending) for ending, content in files.items() if content}
    spares = {row.spare for row in made if row is not None}  # which are made where they are needed
    if missing := [row.name for row in in_order(chat_formats()) if row not in made and row.name not in spares]:
        raise SetupBroken(reason="not_all", formats=", ".join(missing))


async def render_piece(
    renderer: Renderer,
    order: Order,
    *,
    kind: str,
    name: str,
    abc: str,
    title: str,
    credit: str,
    record: Mapping[str, Any],
    card: ReportCard | Mapping[str, Any] | None = None,
    timings: Mapping[str, float] = NOTHING_TIMED,
    remarks: Sequence[Mapping[str, Any]] = (),
    tune: str = "",
    playing: Playing = AS_EVER,
) -> Piece:
    """Draw it and write down what it is, also which formats could not be made and why. Raises RenderError.

    name: how its files begin; record: what its kind of work writes down; card: None for music that nobody measured, or
    as it was written down before. remarks: what was not kept before; tune: which one is meant, where the ABC holds
    several; playing: how it is to be heard.
    """
    is_film = all(row.shown_as == "video" for row in in_order(order.formats))
    order.on_step(Filming(0.0) if is_film else "drawing ...")
    started_s = time.monotonic()
    wanted = (
        [*order.formats, ANALYSIS.name] if MUSICXML.name in order.formats else order.formats
    )  # the second opinion is on the MusicXML
    named = PieceName(name, datetime.now().astimezone(), order.id or new_id())
    ways: dict[str, Any] = {} if playing.is_nothing else {"playing": playing}
    if any(row.is_printed for row in in_order(order.formats)):
        colophon = colophon_of(record, order.language, piece=_printed_id(record) or named.id)
        ways["printing"] = replace(order.printing, colophon=colophon)
    rendering = await renderer.render_most(
        abc,
        wanted,
        title=title,
        composer=credit,
        tune=tune,
        tell=lambda done: order.on_step(Filming(done)),
        show=lambda page: order.on_step(Drawn(page)),
        **ways,
    )
    files = dict(rendering.files)
    analysis = files.pop(ANALYSIS.ending, None)
    measured = card.to_json() if isinstance(card, ReportCard) else dict(card) if card else None
    if measured and rendering.seconds is not None:
        measured["seconds"] = round(rendering.seconds, 1)  # as it is played: the generator counts no repeats
    whole = {
        "id": named.id,
        "name": str(named),
        "kind": kind,
        "title": title,
        "credit": credit,
        "made": named.made.isoformat(timespec="seconds"),
        **record,
        "report_card": measured,
        "report": report_line(measured, FALLBACK) if measured else None,
        "analysis": json.loads(analysis) if analysis else None,
        "timings": {**timings, "render_s": round(time.monotonic() - started_s, 3)},
        "versions": installed_versions(),
        "files": [str(named) + ending for ending in files],
        "seconds": rendering.seconds and round(rendering.seconds, 1),
        "remarks": [written_remark(one) for one in (*remarks, *(remark.to_json() for remark in rendering.remarks))],
        "missing": {row: type(error).__name__ for row, error in rendering.missing.items() if row != ANALYSIS.name},
    }
    return Piece(record=whole, files=files)
