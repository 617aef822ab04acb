"""What a stub bot imports and reads before it serves, for `tests.fakes.forked`. Nothing is opened or started here."""

from __future__ import annotations

import gc
from importlib import import_module

gc.disable()  # nothing of it is garbage


def load() -> None:
    from bot.commands import build_registry
    from bot.platforms import PLATFORMS
    from bot.texts import languages, texts
    from config.settings import Settings
    from generator.catalogue.catalogue import load_catalogue
    from generator.wishes.reading import read_wishes

    import_module("tests.fakes.stub_bot")
    for platform in PLATFORMS:
        platform.door()
    for language in languages():
        texts(language)
    read_wishes("chopin", load_catalogue())
    build_registry(Settings(_env_file=None))


load()
gc.freeze()
gc.enable()
