"""`notabot compose`: pieces in a style, as files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.options import USUAL_FORMATS, Formats, Json, Out, StyleWords, client_language, parse_formats
from bot.cli.printing import USUAL_PAPER, LargePrint, Paper, WithParts, with_printed
from bot.cli.results import show_piece
from bot.cli.weights import settings_with_weights
from bot.cli.working import workshop_of
from bot.making.files import open_piece_folder
from bot.platforms.terminal.progress import ProgressLine
from bot.texts import FALLBACK, language_of
from renderers.pages.printing import Printing

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings
    from generator.request import Progress, Request
    from generator.wishes.asked import Note

MOST_PIECES = 100
USUAL_BARS = 16
NOT_GUIDED = "These weights were not taught guidance, so --guidance is left out."


class Temperament(StrEnum):
    """The four named temperaments."""

    CONSERVATIVE = "conservative"
    DEFAULT = "default"
    ADVENTUROUS = "adventurous"
    WILD = "wild"


def compose(
    words: StyleWords,
    bars: Annotated[int | None, typer.Option(help="How many bars. Default: as the words say, or 16.")] = None,
    key: Annotated[str | None, typer.Option(help='"Am", "Bb", "F# minor". Default: as in the style.')] = None,
    metre: Annotated[
        str | None, typer.Option("--metre", "--meter", help='"3/4", "6/8", "C|". Default: as in the style.')
    ] = None,
    tempo: Annotated[int | None, typer.Option(help="Quarter notes a minute. Default: as in the style.")] = None,
    form: Annotated[
        str | None,
        typer.Option(help='"ABA", "AABA", "rondo", "variations", "strophes". Default: as suits style and length.'),
    ] = None,
    chords: Annotated[
        str | None, typer.Option(help='"I V vi IV", "Dm7 G7 Cmaj7": one a bar, or bars between lines: "Am F | G".')
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same piece. Default: a random one.")] = None,
    count: Annotated[int, typer.Option(min=1, max=MOST_PIECES, help="How many pieces; each has the next seed.")] = 1,
    candidates: Annotated[
        int | None, typer.Option(help="Compose so many for each piece and keep the one the critic likes best.")
    ] = None,
    temperament: Annotated[Temperament | None, typer.Option(help="How daring, in a word.")] = None,
    temperature: Annotated[float | None, typer.Option(help="How daring, as a number above 0, up to 2.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Choose among the k likeliest characters only; 0 for all.")] = None,
    top_p: Annotated[
        float | None, typer.Option(help="Choose among the likeliest that together have this probability; 1 for all.")
    ] = None,
    guidance: Annotated[
        float | None, typer.Option(help="How strongly the piece leans to its composer, 0 (not more than learnt) to 5.")
    ] = None,
    formats: Formats = USUAL_FORMATS,
    out: Out = None,
    as_json: Json = False,
    paper: Paper = USUAL_PAPER,
    large_print: LargePrint = False,
    parts: WithParts = False,
) -> None:
    """Compose pieces and write them as files. Say in your own words what you would like.

    [bold]Examples[/bold]

      notabot compose chopin keyboard

      notabot compose a sad waltz in E minor for violin and piano, about a minute

      notabot compose bach chorale --bars 8 --key "E minor" --metre 4/4 --seed 7

      notabot compose haydn string quartet --temperament adventurous --count 3 --formats pdf,mp3

      notabot compose schubert art song --candidates 4

      notabot compose haydn string quartet --formats pdf --paper letter --large-print --parts

      notabot compose chopin keyboard --bars 32 --form ABA

      notabot compose mozart keyboard --chords "I V vi IV"

      notabot compose 肖邦 键盘 --json
    """
    from bot.making.presets import load_presets, preset_key, preset_note
    from generator.catalogue.catalogue import load_catalogue
    from generator.notation.keys import parse_key
    from generator.notation.limits import parse_metre
    from generator.planning.chords import parse_progression
    from generator.planning.form import parse_form
    from generator.request import MAX_BARS, Request, sample_seed, sampling_for
    from generator.wishes.asked import notes_on, options_of
    from generator.wishes.door import wishes_for

    # Everything the person may have mistyped is looked at before the model is loaded.
    printing = Printing(size=paper, large=large_print)
    asked_formats = with_printed(parse_formats(formats), printing=printing, parts=parts)
    settings = settings_with_weights()
    catalogue = load_catalogue(settings.weights)
    given = {
        "bars": bars,
        "key": parse_key(key) if key else None,
        "metre": parse_metre(metre) if metre else None,
        "tempo": tempo,
        "form": parse_form(form) if form else None,
        "chords": parse_progression(chords) if chords else None,
        "temperament": temperament,
    }
    seed = sample_seed() if seed is None else seed
    wishes = wishes_for(" ".join(words), catalogue)
    assert wishes.style is not None, "a request has a style"
    given = {name: value for name, value in given.items() if value is not None}
    asked = options_of(wishes, catalogue, given=given, seed=seed, most_bars=MAX_BARS)
    temperament_asked = asked.pop("temperament", None)
    notes = notes_on(wishes, most_bars=MAX_BARS)
    preset = load_presets(settings.data_dir).get(preset_key(wishes.style))
    if preset is not None and temperament_asked is temperature is top_k is top_p is None:
        temperature, top_p, top_k = preset["temperature"], preset["top_p"], int(preset["top_k"])
        notes = (*notes, preset_note(preset))
    first = Request(
        style=wishes.style,
        players=wishes.players,
        seed=seed,
        bars=asked.pop("bars", USUAL_BARS),
        candidates=candidates,
        sampling=sampling_for(
            catalogue,
            wishes.style,
            temperament=temperament_asked,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            guidance=guidance,
        ),
        **asked,
    )
    making = _make_pieces(
        [replace(first, seed=first.seed + number) for number in range(count)],
        settings,
        formats=asked_formats,
        printing=printing,
        out=out or settings.out_dir,
        as_json=as_json,
        guidance_asked=bool(guidance),
        notes=notes,
        genre=wishes.genre,
    )
    asyncio.run(making)


async def _make_pieces(
    requests: Sequence[Request],
    settings: Settings,
    *,
    formats: Sequence[str],
    printing: Printing,
    out: Path,
    as_json: bool,
    guidance_asked: bool,
    notes: Sequence[Note],
    genre: str,
) -> None:
    """Open everything, make all pieces at once, show each in its turn as soon as its files are there."""
    from bot.making.compose import Compose
    from bot.making.workshop import Order, open_renderer_for
    from generator.composer import open_composer

    console = Console(stderr=True)
    with open_piece_folder(out) as folder, ProgressLine(console) as line:
        line.show_step("loading the model ...")
        async with open_composer(settings) as composer, open_renderer_for(settings, formats) as renderer:
            if guidance_asked and not composer.guidable:
                line.clear()
                console.print(NOT_GUIDED, soft_wrap=True)
            if notes:
                line.clear()
                card = Compose(request=requests[0], notes=tuple(notes)).card(composer.catalogue, FALLBACK)
                console.print(card, markup=False, emoji=False, highlight=False, soft_wrap=True)
            if caution := Compose(request=requests[0]).caution(composer.catalogue, FALLBACK):
                line.clear()
                console.print(caution, markup=False, emoji=False, highlight=False, soft_wrap=True)
            workshop = workshop_of(composer, renderer, settings)
            turn, language = Turn(line, len(requests)), language_of(client_language())

            def order(number: int) -> Order:
                on_progress, on_step = partial(turn.show_progress, number), partial(turn.show_step, number)
                return Order(
                    formats=formats, language=language, printing=printing, on_progress=on_progress, on_step=on_step
                )

            tasks = [
                asyncio.create_task(
                    Compose(request=request, guidance_asked=guidance_asked, genre=genre).make(workshop, order(number)),
                    name=f"piece {number}",
                )
                for number, request in enumerate(requests, start=1)
            ]
            try:
                for task in tasks:
                    piece = await task
                    written = folder.write(piece.name, piece.files, piece.record)
                    line.clear()
                    show_piece(piece, written, as_json=as_json)
                    turn.next()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


class Turn:
    """Which of several pieces the progress line tells about: the first that is not finished."""

    def __init__(self, line: ProgressLine, pieces: int) -> None:
        self._line, self._pieces, self._number = line, pieces, 1

    def next(self) -> None:
        """Go on to the next piece."""
        self._number += 1

    def show_progress(self, number: int, progress: Progress) -> None:
        """Tell how many bars of piece `number` are finished."""
        if number == self._number:
            which = self._which()
            self._line.show_bar(progress.bar, progress.bars, remaining_s=progress.remaining_s, piece=which)

    def show_step(self, number: int, step: str) -> None:
        """Tell what happens to piece `number` now."""
        if number == self._number:
            self._line.show_step(self._which() + step)

    def _which(self) -> str:
        return f"piece {self._number} of {self._pieces} · " if self._pieces > 1 else ""
