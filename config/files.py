"""Reads the files that lie beside this module: styles, words, presets, openings.

Not covered: what stands in them; the packages that ask know that.
"""

import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def load_toml(name: str) -> dict[str, Any]:
    """The TOML file of that name, for example "styles.toml"."""
    return tomllib.loads(files("config").joinpath(name).read_text("utf-8"))


def load_named_toml(name: str) -> dict[str, Any]:
    """The same of a file with names in languages; written.toml says how some write the names of others."""
    loaded = load_toml(name)
    for tag, written in load_toml("written.toml").items():
        _write(loaded, tag, written)
    return loaded


def _write(value: Any, tag: str, written: Mapping[str, Any]) -> None:
    """Add the language `tag` to every table "names" within a value, in place."""
    if isinstance(value, list):
        for item in value:
            _write(item, tag, written)
    if not isinstance(value, dict):
        return
    names = value.get("names")
    if isinstance(names, dict) and tag not in names and written["from"] in names:
        names[tag] = _written(names[written["from"]], written["names"])
    for item in value.values():
        _write(item, tag, written)


def _written(name: Any, names: Mapping[str, str]) -> Any:
    return [names.get(each, each) for each in name] if isinstance(name, list) else names.get(name, name)


def load_json(name: str) -> dict[str, Any]:
    """The JSON file of that name, which holds an object."""
    loaded: dict[str, Any] = json.loads(files("config").joinpath(name).read_text("utf-8"))
    return loaded
