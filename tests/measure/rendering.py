"""Render every .abc file of a folder and say which failed, and why.

    make measure NAME=rendering ARGS="FOLDER --formats xml,png,mid --sample 50 --keep OUT --time-s 60"

A failure is any RenderError. The exit status is 1 if there was one that is not a refusal.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from renderers.errors import InputRefused, RenderError
from renderers.pipeline import Renderer, open_renderer
from renderers.process.child import ProcessLimits


async def check(paths: Sequence[Path], *, formats: Sequence[str], keep: Path | None, limits: ProcessLimits) -> int:
    """Render all files with one warm process. Returns the exit status."""
    failures: dict[str, list[str]] = defaultdict(list)
    seconds = []
    has_crashed = False
    async with open_renderer(limits=limits) as renderer:
        await renderer.warm_up()
        for number, path in enumerate(paths, 1):
            started_s = time.monotonic()
            try:
                files = await render_file(renderer, path, formats)
                if keep is not None:
                    write_files(keep, path.stem, files)
            except RenderError as error:
                failures[f"{type(error).__name__}: {error}"].append(path.name)
                has_crashed = has_crashed or not isinstance(error, InputRefused)
            seconds.append(time.monotonic() - started_s)
            print(f"\r{number}/{len(paths)}", end="", file=sys.stderr, flush=True)
    num_failed = sum(map(len, failures.values()))
    print(f"\r{len(paths) - num_failed} of {len(paths)} rendered to {', '.join(formats)}")
    seconds.sort()
    if seconds:
        print(f"median {seconds[len(seconds) // 2]:.1f} s, longest {seconds[-1]:.1f} s")
    for reason, names in sorted(failures.items()):
        print(f"{len(names)} x {reason}\n    {', '.join(names[:8])}")
    return int(has_crashed)


async def render_file(renderer: Renderer, path: Path, formats: Sequence[str]) -> dict[str, bytes]:
    """The files of one tune, with its file name as title."""
    abc = path.read_bytes().decode("utf-8", errors="replace")  # noqa: ASYNC240  # nobody else is waiting
    return await renderer.render(abc, formats, title=path.stem.replace("_", " "), composer="Notabot")


def write_files(folder: Path, stem: str, files: dict[str, bytes]) -> None:
    """Keep the files to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for ending, content in files.items():
        (folder / f"{stem}{ending}").write_bytes(content)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=rendering", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--formats", default="xml,png,mid")
    parser.add_argument("--sample", type=int, help="only so many files, drawn with a fixed seed")
    parser.add_argument("--keep", type=Path, help="a folder for the files")
    parser.add_argument("--time-s", type=float, default=ProcessLimits.time_s)
    options = parser.parse_args(arguments)
    paths = sorted(options.folder.rglob("*.abc"))
    if options.sample and options.sample < len(paths):
        paths = sorted(random.Random(0).sample(paths, options.sample))
    limits = ProcessLimits(time_s=options.time_s)
    return asyncio.run(check(paths, formats=options.formats.split(","), keep=options.keep, limits=limits))
