"""What makes music here: the model, the soundfont, the program that draws and plays."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.operations.doctor.findings import Finding
from config.settings import Settings
from renderers.formats import chat_formats, format_of, in_order

ONE_BAR = "X:1\nT:One bar\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1\nCDEF|]\n"


async def check_model(settings: Settings) -> Sequence[Finding]:
    """The weights load, onto the device that the settings name."""
    from generator.composer import SHIPPED_WEIGHTS, open_composer
    from generator.model.precision import count_parameters

    path = settings.weights or SHIPPED_WEIGHTS
    async with open_composer(settings) as composer:
        network = composer.engine.network
        millions = count_parameters(network) / 10**6
        device = next(network.parameters()).device.type
    return [Finding("model", "ok", f"{path.name}: {millions:.1f} million parameters, on {device}.")]


async def check_soundfont(settings: Settings) -> Sequence[Finding]:
    """There is one; a small one sounds small."""
    from renderers.sound.soundfont import SYSTEM_FOLDERS, find_soundfont

    path = find_soundfont(settings.soundfont)
    said = f"{path.name}, {path.stat().st_size / 2**20:.0f} MiB."
    if settings.soundfont is None and path.parent not in SYSTEM_FOLDERS:
        advice = "A better one is used as soon as it is there: apt install fluid-soundfont-gm, or NOTABOT_SOUNDFONT."
        return [Finding("soundfont", "ok", f"{said} It is the small one that comes along.", advice)]
    return [Finding("soundfont", "ok", said)]


async def check_renderer(settings: Settings) -> Sequence[Finding]:
    """One bar becomes a file of every format that a chat may send."""
    from bot.making.workshop import open_renderer_for

    started_s = time.monotonic()
    async with open_renderer_for(settings) as renderer:
        files = await renderer.render(ONE_BAR, chat_formats(), title="One bar", composer="Notabot")
    made = [format_of(ending) for ending, content in files.items() if content]
    if missing := [row.name for row in in_order(chat_formats()) if row not in made]:
        said = f"One bar was drawn, but not all of it: {', '.join(missing)} is missing."
        return [Finding("drawing", "problem", said, "Install Notabot again.")]
    return [Finding("drawing", "ok", f"A bar was drawn and played in {time.monotonic() - started_s:.1f} s.")]
