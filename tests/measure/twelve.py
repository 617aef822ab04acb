"""Composes twelve pieces that nobody picked, two in each of six styles, seeds 1 to 12: engraved and audible on a page.

    make measure NAME=twelve ARGS="docs/twelve"
    make measure NAME=twelve ARGS="docs/twelve --weights other.safetensors --label after"

Each label has a folder of its own below the first argument; what other labels have composed stays, and the page shows
every piece of all of them, seed by seed.
"""

import argparse
import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mido
from PIL import Image

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import open_composer
from generator.request import Request
from renderers.pipeline import open_renderer
from renderers.sound.audio import make_mp3, mix_down, record
from renderers.sound.soundfont import find_soundfont

STYLES = ("chopin keyboard", "mozart keyboard", "bach keyboard", "schubert art song", "haydn chamber", "bach choral")
EACH, BARS, LABEL = 2, 16, "shipped"
PAGE_WIDTH_PX, GREYS, SOUND_KBPS = 800, 4, 32  # a set takes some 2.5 MB
ABC, PAGE, MIDI = ".abc", "_p", ".mid"
LIST, README = "pieces.json", "README.md"
HEAD = """# Twelve pieces that nobody picked

Seeds 1 to {last}, {each} in each of {styles} styles, {bars} bars, one candidate each: what the model writes, not
what it wrote best. Made, with pages and sound, by

    make measure NAME=twelve ARGS="docs/twelve"
    make measure NAME=twelve ARGS="docs/twelve --label before --weights OTHER.safetensors"

"""


async def compose(settings: Settings) -> dict[str, bytes]:
    """All pieces of one label by file name: ABC, pages, sound, and a list of them."""
    catalogue = load_catalogue(settings.weights)
    found: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    async with open_composer(settings) as composer, open_renderer() as renderer:
        for place in range(EACH * len(STYLES)):
            words, seed = STYLES[place // EACH], place + 1
            style = catalogue.find(words)
            piece = await composer.compose_whole(
                Request(style=style, seed=seed, bars=BARS, sampling=catalogue.preset(style), candidates=1)
            )
            files = await renderer.render(piece.abc, ("abc", "png", "mid"), title=piece.title, composer=piece.credit)
            pages = [content for ending, content in files.items() if ending.startswith(PAGE)]
            found |= {f"{seed:02}.abc": files[ABC], f"{seed:02}.mp3": sound(files[MIDI], piece.title, piece.credit)}
            found |= {f"{seed:02}_p{number}.png": small(page) for number, page in enumerate(pages, start=1)}
            listed.append({"seed": seed, "words": words, "title": piece.title, "pages": len(pages)})
            print(f"  {seed:2} {piece.title}, pages: {len(pages)}", flush=True)
    return found | {LIST: (json.dumps(listed, indent=1) + "\n").encode()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files of one label in place of those that were there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def sound(midi: bytes, title: str, artist: str) -> bytes:
    """An MP3 in one channel with few bits: twelve of them stand in the repository."""
    recording = mix_down(record(mido.MidiFile(file=io.BytesIO(midi)), soundfont=find_soundfont(None)))
    return make_mp3(recording, title=title, artist=artist, kbps=SOUND_KBPS)


def small(png: bytes, *, greys: int = GREYS) -> bytes:
    """A page as wide as a screen, in few greys, without the empty paper at its foot."""
    page = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", page.size, "white")
    paper.alpha_composite(page)
    grey = paper.convert("L")
    box = grey.point(lambda shade: 255 * (shade < 250)).getbbox() or (0, 0, *grey.size)
    margin = box[0]
    grey = grey.crop((0, 0, grey.width, min(grey.height, box[3] + margin)))
    grey = grey.resize((PAGE_WIDTH_PX, round(grey.height * PAGE_WIDTH_PX / grey.width)), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    grey.quantize(greys).save(file, "PNG", optimize=True)
    return file.getvalue()


def write_page(folder: Path) -> Path:
    """The page with the pieces of all labels."""
    lists = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob(f"*/{LIST}")}
    parts = [HEAD.format(last=EACH * len(STYLES), each=EACH, styles=len(STYLES), bars=BARS)]
    for place in range(EACH * len(STYLES)):
        for label in sorted(lists, key=lambda label: (label != LABEL, label)):
            piece = lists[label][place]
            name = f"{label}/{piece['seed']:02}"
            which = f" ({label})" if len(lists) > 1 else ""
            pages = "\n".join(
                f"![{piece['title']}, page {number}]({name}_p{number}.png)" for number in range(1, piece["pages"] + 1)
            )
            parts.append(
                f"## {piece['seed']}. {piece['title']}: `{piece['words']}`{which}\n\n"
                f"[listen]({name}.mp3) · [ABC]({name}.abc)\n\n{pages}\n\n"
            )
    page = folder / README
    page.write_text("".join(parts).rstrip() + "\n", encoding="utf-8")
    return page


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=twelve", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--label", default=LABEL)
    given = parser.parse_args(arguments)
    settings = Settings() if given.weights is None else Settings(weights=given.weights)
    write(given.folder / given.label, asyncio.run(compose(settings)))
    page = write_page(given.folder)
    size = sum(path.stat().st_size for path in given.folder.rglob("*") if path.is_file())
    print(f"{page}: {size / 1e6:.1f} MB in all")
    return 0
