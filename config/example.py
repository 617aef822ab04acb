"""Writes `.env.example`: every setting with what it is for and its default, from the settings themselves.

Not covered: what somebody has set; that is `notabot settings`.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from config.settings import Settings, variable_of

WIDTH = 120
HEAD = """\
# Settings of Notabot. Copy to .env and change what you need; environment variables of the same name win.
# Files in /run/secrets with these names (in small letters: notabot_discord_token) are read too.
# Everything is optional: what is commented out shows the default. With neither token, try `notabot chat`.
# `notabot settings --example` writes this file.
"""


def example(sections: Mapping[str, type[BaseSettings]] | None = None) -> str:
    """The whole file. sections: more settings, by what they are about."""
    lines = list(_lines_of(Settings))
    for title, kind in (sections or {}).items():
        lines += ["", f"# --- {title}", *_lines_of(kind)]
    return HEAD + "\n".join(lines) + "\n"


def _lines_of(kind: type[BaseSettings]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        opened = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if opened.get("section"):
            yield ""
            yield from _comment("--- " + ": ".join(filter(None, map(str, (opened["section"], opened.get("note"))))))
        yield ""
        yield from _comment(describe(field))
        yield f"# {variable_of(kind, name)}={in_words(field.default)}"


def _comment(text: str) -> Iterable[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def describe(field: FieldInfo) -> str:
    """What a setting is for, and the values it can have if these are few."""
    text = field.description or ""
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return f"{text} Choose from {', '.join(choices)}." if choices else text + _limits(field)


def _limits(field: FieldInfo) -> str:
    """Between which numbers it has to be: " 1 to 256."; nothing for what is no number."""
    found = {
        name: getattr(limit, name) for limit in field.metadata for name in ("ge", "gt", "le") if hasattr(limit, name)
    }
    if "le" not in found:
        return ""
    low = in_words(found["ge"]) if "ge" in found else f"More than {in_words(found['gt'])}"
    return f" {low} to {in_words(found['le'])}."


def in_words(value: Any) -> str:
    """A value as it is written after the `=`; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.as_posix() if isinstance(value, Path) else str(value)
