"""Composes ten pieces that nobody picked, in ten styles, and shows what a phone shows of each: its first page.

    make measure NAME=gallery ARGS="docs/gallery"

Seeds are 1 to 10, in the order of the styles; pages are drawn as for the chats and shown 400 pixels wide.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.cli.working import workshop_of
from bot.making.compose import Compose
from bot.making.workshop import Order
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import open_composer
from generator.request import Request
from renderers.formats import ABC, PAGES
from renderers.pipeline import open_renderer
from tests.measure.twelve import README, small, write

STYLES = (
    "bach choral",
    "scarlatti keyboard",
    "vivaldi chamber",
    "haydn chamber",
    "mozart orchestral",
    "beethoven keyboard",
    "schubert art song",
    "chopin keyboard",
    "brahms choral",
    "debussy keyboard",
)
BARS, SHOWN_PX, IN_A_ROW, GREYS = 12, 400, 2, 16
HEAD = """# Ten styles, as a phone shows them

Seeds 1 to {last}, {bars} bars each, composed by the model that ships, nothing picked: the first page of each, as the
chats send it, {shown} pixels wide. Made by

    make measure NAME=gallery ARGS="docs/gallery"

With sound, and beside an earlier model: [twelve pieces](../twelve/README.md).

"""


async def compose(settings: Settings) -> dict[str, bytes]:
    """ABC and first page of all pieces by file name, and the page that shows them."""
    catalogue = load_catalogue(settings.weights)
    found: dict[str, bytes] = {}
    shown = []
    async with open_composer(settings) as composer, open_renderer() as renderer:
        workshop = workshop_of(composer, renderer, settings)
        order = Order(formats=(ABC.name, PAGES.name), on_progress=lambda _: None, on_step=lambda _: None)
        for seed, words in enumerate(STYLES, 1):
            style = catalogue.find(words)
            request = Request(style=style, seed=seed, bars=BARS, sampling=catalogue.preset(style))
            piece = await Compose(request=request).make(workshop, order)
            files, title = piece.files, piece.record["title"]
            found |= {
                f"{seed:02}{ABC.ending}": files[ABC.ending],
                f"{seed:02}.png": small(files[PAGES.page_ending(1)], greys=GREYS),
            }
            num_pages = sum(map(PAGES.has, files))
            shown.append(
                f"<td><code>{words}</code>, seed {seed}, {num_pages} page{'s' * (num_pages > 1)}"
                f' · <a href="{seed:02}{ABC.ending}">ABC</a><br>'
                f'<img src="{seed:02}.png" width="{SHOWN_PX}" alt="{title}, first page"></td>'
            )
            print(f"  {seed:2} {title}", flush=True)
    rows = [shown[start : start + IN_A_ROW] for start in range(0, len(shown), IN_A_ROW)]
    table = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    head = HEAD.format(last=len(STYLES), bars=BARS, shown=SHOWN_PX)
    return found | {README: f"{head}<table>\n{table}\n</table>\n".encode()}


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=gallery", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    files = asyncio.run(compose(Settings()))
    write(given.folder, files)
    print(f"{given.folder / README}: {sum(map(len, files.values())) / 1e6:.2f} MB in all")
    return 0
