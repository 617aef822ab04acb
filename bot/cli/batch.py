"""`notabot batch`: hundreds of pieces overnight, from a list in a file.

Promises: whenever it is killed and begun again, no piece is lost and none is made twice; a piece that cannot be made is
counted and written down, and the others go on.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from bot.cli.options import USUAL_FORMATS, Out, client_language, parse_formats
from bot.cli.weights import settings_with_weights
from bot.cli.working import workshop_of
from bot.errors import CannotWrite
from bot.making.files import PieceFolder, open_piece_folder
from bot.texts import FALLBACK, explain, language_of
from config.errors import NotabotError

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.batch.journal import Journal
    from bot.making.batch.plan import Item, Plan
    from bot.making.workshop import Workshop
    from config.settings import Settings

log = logging.getLogger(__name__)


def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="What to compose.", show_default=False)],
    out: Out = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what could not be made before.")] = False,
) -> None:
    r"""Compose many pieces, one after the other. Begun again after any end, it goes on where it was.

    Beside the file stands its journal, FILE.jsonl: one line of JSON for each piece. For example, in the file:

      out = "night"
      pause_s = 2
      formats = \["abc", "mid", "mp3"]

      \[\[pieces]]
      words = "chopin keyboard, a sad waltz"
      count = 100
      temperature = 1.1

    For each: words, count, seed, bars, key, metre, tempo, form, chords, candidates, temperament, temperature, top_k,
    top_p, guidance. What stands above the pieces is for all of them.

    [bold]Examples[/bold]

      notabot batch night.toml

      notabot batch night.toml --retry
    """
    from bot.making.batch.journal import open_journal
    from bot.making.batch.plan import read_plan
    from generator.catalogue.catalogue import load_catalogue

    settings = settings_with_weights()
    plan = read_plan(file, load_catalogue(settings.weights))
    formats = parse_formats(",".join(plan.formats) or USUAL_FORMATS)
    folder = out or plan.out or settings.out_dir
    with open_journal(file.with_suffix(".jsonl")) as journal, open_piece_folder(folder) as place:
        _adopt(plan, journal, place.path)
        left = [item for item in plan.items if _is_left(journal.lines.get(item.id), retry=retry)]
        if left:
            asyncio.run(_make_all(left, plan, journal, place, settings, formats))
        _tell(plan, journal, file)


def _is_left(line: Mapping[str, Any] | None, *, retry: bool) -> bool:
    return line is None or (retry and "error" in line)


def _adopt(plan: Plan, journal: Journal, folder: Path) -> None:
    """What was made, but not written down any more, is written down now; files of half a piece are taken away."""
    for item in plan.items:
        line = journal.lines.get(item.id)
        if line is not None and "error" not in line:
            continue
        found = sorted(folder.glob(f"*_{item.id}.json"))
        if found:
            journal.note(_line(item, json.loads(found[-1].read_text(encoding="utf-8"))))
            continue
        for path in folder.glob(f"*_{item.id}[._]*"):
            path.unlink()


async def _make_all(
    left: Sequence[Item],
    plan: Plan,
    journal: Journal,
    place: PieceFolder,
    settings: Settings,
    formats: Sequence[str],
) -> None:
    failed = 0
    async with _open_workshop(settings) as workshop:
        with _bar() as bar:
            shown = bar.add_task("", total=len(plan.items), completed=len(plan.items) - len(left))
            for number, item in enumerate(left, 1):
                line = await _make_one(item, workshop, place, formats)
                journal.note(line)
                failed += "error" in line
                bar.update(shown, advance=1, description=f"{failed} failed" if failed else "")
                if number < len(left):
                    await asyncio.sleep(plan.pause_s)


@asynccontextmanager
async def _open_workshop(settings: Settings) -> AsyncIterator[Workshop]:
    from bot.making.workshop import open_renderer_for
    from generator.composer import open_composer

    async with open_composer(settings) as composer, open_renderer_for(settings) as renderer:
        yield workshop_of(composer, renderer, settings)


async def _make_one(item: Item, workshop: Workshop, place: PieceFolder, formats: Sequence[str]) -> dict[str, Any]:
    """The line for the journal. Raises CannotWrite: without a place for files nothing can go on."""
    from bot.making.workshop import Order

    order = Order(
        id=item.id,
        formats=formats,
        language=language_of(client_language()),
        on_progress=lambda _: None,
        on_step=lambda _: None,
    )
    started_s = time.monotonic()
    try:
        piece = await item.task.make(workshop, order)
        place.write(piece.name, piece.files, piece.record)
    except CannotWrite:
        raise
    except Exception as error:
        if not isinstance(error, NotabotError):
            log.exception("piece %d could not be made", item.number)
        sentence = explain(error, FALLBACK) or type(error).__name__
        return _head(item) | {"error": type(error).__name__, "sentence": sentence}
    return _line(item, piece.record) | {"took_s": round(time.monotonic() - started_s, 1)}


def _head(item: Item) -> dict[str, Any]:
    return {"id": item.id, "number": item.number, "words": item.words, "seed": item.task.request.seed}


def _line(item: Item, record: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down of a piece that is there."""
    card = record.get("report_card") or {}
    told = {name: record.get(name) for name in ("name", "title", "key", "made", "sampling", "report")}
    return _head(item) | told | {"bars": card.get("bars"), "seconds": record.get("seconds")}


def _bar() -> Progress:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    return Progress(*columns, console=Console(stderr=True))


def _tell(plan: Plan, journal: Journal, file: Path) -> None:
    lines = [journal.lines.get(item.id) for item in plan.items]
    failed = sum(line is not None and "error" in line for line in lines)
    made = sum(line is not None for line in lines) - failed
    words = (
        f"{made} of {len(plan.items)} pieces are made, {failed} could not be. {file.with_suffix('.jsonl')} says more"
    )
    hint = f"; notabot batch {file} --retry tries those again." if failed else "."
    Console().print(words + hint, markup=False, highlight=False, soft_wrap=True)
