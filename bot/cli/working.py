"""Music that there is, taken further by the model: opened, worked on, written and shown, for `edit` and its like.

Promises: what cannot be done with the music is said before the model is loaded. Not covered: what is done (`edit.py`,
`onward.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from rich.console import Console

from bot.cli.options import client_language
from bot.cli.results import show_piece
from bot.cli.sources import find_music
from bot.making.files import open_piece_folder
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import language_of

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.files import Piece
    from bot.making.workshop import Order, Renderer, Source, Workshop
    from config.settings import Settings
    from generator.composer import Composer
    from generator.request import Progress
    from renderers.score.files import ScoreFile

Asked = TypeVar("Asked")
Remarks = Sequence[Mapping[str, Any]]


def workshop_of(composer: Composer, renderer: Renderer, settings: Settings) -> Workshop:
    """What a command makes pieces with; it knows no pieces but those that it is given."""
    from bot.making.maker import describe_model
    from bot.making.workshop import Workshop, no_source
    from generator.composer import SHIPPED_WEIGHTS

    return Workshop(
        composer=composer,
        renderer=renderer,
        catalogue=composer.catalogue,
        model=describe_model(settings.weights or SHIPPED_WEIGHTS),
        find_source=no_source,
    )


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """Where a command works on music. file: in another format than ABC, from which the tune of `source` is read."""

    source: Source
    file: ScoreFile | None
    tune: str
    settings: Settings
    formats: Sequence[str]
    folder: Path
    as_json: bool

    @classmethod
    def for_music(
        cls, named: str, settings: Settings, *, tune: str, formats: Sequence[str], out: Path | None, as_json: bool
    ) -> Self:
        """For FILE_OR_ID; out: the folder, the usual one where nobody names any. Raises BadInput, InputRefused."""
        folder = out or settings.out_dir
        source, file = find_music(named, folder)
        return cls(
            source=source,
            file=file,
            tune=tune,
            settings=settings,
            formats=formats,
            folder=folder,
            as_json=as_json,
        )

    async def work(
        self,
        plan: Callable[[Source], Asked],
        make: Callable[[Source, Asked, Workshop, Order, Remarks], Awaitable[Piece]],
    ) -> None:
        """plan: what is to be done with the music once it is read, before the model is loaded; make: do it.

        Raises BotError, GeneratorError, RenderError.
        """
        from bot.making.interleaved import interleave
        from bot.making.workshop import Order, open_renderer_for
        from generator.composer import open_composer

        with open_piece_folder(self.folder) as folder, ProgressLine(Console(stderr=True)) as line:
            line.show_step("reading ...")
            async with open_renderer_for(self.settings, self.formats) as renderer:
                read = await interleave(self.file or self.source.abc, renderer, tune=self.tune)
                source = replace(self.source, abc=read.abc)
                asked = plan(source)
                line.show_step("loading the model ...")
                async with open_composer(self.settings) as composer:

                    def show(progress: Progress) -> None:
                        line.show_bar(progress.bar, progress.bars, remaining_s=progress.remaining_s)

                    language = language_of(client_language())
                    order = Order(formats=self.formats, language=language, on_progress=show, on_step=line.show_step)
                    workshop = workshop_of(composer, renderer, self.settings)
                    piece = await make(source, asked, workshop, order, read.remarks)
            written = folder.write(piece.name, piece.files, piece.record)
            line.clear()
        show_piece(piece, written, as_json=self.as_json)
