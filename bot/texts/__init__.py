"""Every sentence a person can read when something goes wrong.

`explain` turns an error of ours into its sentence. Anything else is a mistake of ours: it has no sentence, and the
caller shows `UNEXPECTED` with a reference number and puts the traceback into the log.
"""

from __future__ import annotations

import importlib

UNEXPECTED = (
    "Something went wrong that should not have. Please report it. Reference {reference}; the details are in {log}."
)
STOPPED = "Stopped. What was finished is kept; nothing half-written is left."

# Looked up by name, so that explaining "no such style" does not have to load the drawing libraries.
_FAMILIES = (
    ("bot.errors", "BotError"),
    ("config.errors", "ConfigError"),
    ("generator.errors", "GeneratorError"),
    ("renderers.errors", "RenderError"),
)


def explain(error: BaseException) -> str | None:
    """The sentence for an error of one of our families, None for a foreign one. Always one line."""
    if not any(isinstance(error, family) for family in known_families()):
        return None
    return " ".join(str(error).split()) or " ".join((type(error).__doc__ or "").split())


def known_families() -> tuple[type[Exception], ...]:
    """The root error class of every package that has one."""
    families = []
    for module_name, class_name in _FAMILIES:
        try:
            family = getattr(importlib.import_module(module_name), class_name)
        except (ModuleNotFoundError, AttributeError):
            continue
        families.append(family)
    return tuple(families)
