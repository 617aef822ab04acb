"""What makes music here: the model, the soundfont, the program that draws and plays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from bot.making.weights import remark_on, weights_folder, with_weights
from bot.platforms.spec import Finding
from bot.texts import explain
from config.settings import Settings
from generator.model.fetching import ask_hub
from generator.model.published import Published, published_named
from generator.wishes.scenes import is_available
from renderers.formats import chat_formats, in_order

ONE_BAR = "X:1\nT:One bar\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1\nCDEF|]\n"


async def check_model(settings: Settings) -> Sequence[Finding]:
    """The weights load, onto the device that the settings name."""
    from generator.composer import SHIPPED_WEIGHTS, open_composer

    published = published_named(settings.weights)
    if published is not None and not (weights_folder(settings) / published.file).is_file():
        return [await asyncio.to_thread(_not_here_yet, published, weights_folder(settings))]
    settings = await asyncio.to_thread(with_weights, settings, lambda _name, _done, _total: None)
    path = settings.weights or SHIPPED_WEIGHTS
    async with open_composer(settings) as composer:
        millions, device = composer.engine.count_parameters() / 10**6, composer.engine.device
    found = Finding("model", "ok", f"{path.name}: {millions:.1f} million parameters, on {device}.")
    remark = remark_on(settings)
    return [found, Finding("model", "warning", remark)] if remark else [found]


def _not_here_yet(published: Published, folder: Path) -> Finding:
    """Nothing is fetched: the hub is asked whether it could be. Raises CheckpointError."""
    size_bytes = ask_hub(published, folder).bytes
    said = f"{published.name} is not on this machine yet: {size_bytes / 1e9:.1f} GB. {published.remark}".rstrip()
    return Finding("model", "warning", said, f"It is fetched into {folder} when it is first used.")


async def check_soundfont(settings: Settings) -> Sequence[Finding]:
    """There is one, and it can be read."""
    from renderers.sound.presets import SoundfontFile
    from renderers.sound.soundfont import SHIPPED_SOUNDFONT, find_soundfont

    path = find_soundfont(settings.soundfont)
    SoundfontFile(path)
    whose = " It comes along." if path == SHIPPED_SOUNDFONT else ""
    return [Finding("soundfont", "ok", f"{path.name}, {path.stat().st_size / 2**20:.0f} MiB.{whose}")]


async def check_scenes(_settings: Settings) -> Sequence[Finding]:
    """Whether scenes that no list knows are read, which is an extra."""
    if is_available():
        return [Finding("scenes", "ok", "Scenes that no list knows are read by the nearest example.")]
    advice = (
        "Install it with pip install 'notabot[scenes]' (32 MB) if people describe scenes; everything works without."
    )
    return [Finding("scenes", "ok", "Moods and scenes are read by lists alone.", advice)]


async def check_renderer(settings: Settings) -> Sequence[Finding]:
    """One bar becomes a file of every format that a chat may send."""
    from bot.making.workshop import open_renderer_for

    started_s = time.monotonic()
    async with open_renderer_for(settings) as renderer:
        rendering = await renderer.render_most(ONE_BAR, chat_formats(), title="One bar", composer="Notabot")
    if rendering.missing:
        rows = in_order(rendering.missing)
        reason = explain(next(iter(rendering.missing.values())))
        said = f"One bar was drawn, but {', '.join(row.name for row in rows)} could not be made. {reason}"
        shared = frozenset.intersection(*(row.needs for row in rows))
        advice = f"All of these need the {' and the '.join(sorted(shared))}." if shared else "Install Notabot again."
        return [Finding("drawing", "problem", said, advice)]
    return [Finding("drawing", "ok", f"A bar was drawn and played in {time.monotonic() - started_s:.1f} s.")]
