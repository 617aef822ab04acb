"""Reads the files that lie beside this module: styles, words, presets, openings.

Not covered: what stands in them; the packages that ask know that.
"""

import json
import tomllib
from importlib.resources import files
from typing import Any


def load_toml(name: str) -> dict[str, Any]:
    """The TOML file of that name, for example "styles.toml"."""
    return tomllib.loads(files("config").joinpath(name).read_text("utf-8"))


def load_json(name: str) -> dict[str, Any]:
    """The JSON file of that name, which holds an object."""
    loaded: dict[str, Any] = json.loads(files("config").joinpath(name).read_text("utf-8"))
    return loaded
