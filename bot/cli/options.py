"""Options that several commands share, how they are read, and what the Tab key offers for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BadInput
from bot.texts import FALLBACK, say
from config.choices import choice_called
from renderers.formats import offered_formats, usual_formats

USUAL_FORMATS = ",".join(usual_formats())  # what there is without asking: no videos, which take long


def client_language() -> str | None:
    """The terminal's own: "zh_CN.UTF-8"."""
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), None)


def parse_formats(text: str) -> tuple[str, ...]:
    """The text "abc, png,abc" means ("abc", "png"), and so does "abc,pictures".

    Raises BadInput for an unknown one and for none.
    """
    offered = offered_formats()
    asked = []
    for word in filter(None, text.lower().replace(" ", ",").split(",")):
        named = word if word in offered else choice_called(word, offered)
        if named is None:
            raise BadInput(reason="no_such_format", value=word, formats=",".join(offered))
        asked.append(named)
    if not asked:
        raise BadInput(reason="no_format", formats=",".join(offered))
    return tuple(dict.fromkeys(asked))


def split_named_paths(texts: Sequence[str]) -> dict[str, Path]:
    """The texts ["shipped=notabot.safetensors"] as paths by name. Raises BadInput."""
    paths = {}
    for text in texts:
        name, _, path = text.partition("=")
        if not name or not path:
            raise BadInput(reason="not_name_and_file", value=text)
        paths[name] = Path(path)
    return paths


def complete_formats(incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer every format not named yet: after "abc,m" come "abc,mid" and "abc,mp3"."""
    done, comma, word = incomplete.rpartition(",")
    for name in offered_formats():
        if name.startswith(word) and name not in done.split(","):
            yield f"{done}{comma}{name}", say(f"format_about.{name}", FALLBACK)


def complete_style_words(args: list[str], incomplete: str) -> list[str]:
    """Offer the words of those styles that have all words typed so far."""
    from config.errors import ConfigError
    from config.settings import load_settings
    from generator.catalogue.catalogue import load_catalogue
    from generator.errors import GeneratorError

    try:
        catalogue = load_catalogue(load_settings().weights)
    except (ConfigError, GeneratorError):  # the command itself will say what is wrong with them
        catalogue = load_catalogue()
    return matching_words([style.name for style in catalogue.offered()], typed=args, incomplete=incomplete)


def matching_words(names: Sequence[str], *, typed: Sequence[str], incomplete: str) -> list[str]:
    """The next words of `names` that begin with `incomplete`, of names that contain every typed word."""
    words_by_name = [name.lower().split() for name in names]
    known = {word for words in words_by_name for word in words}
    wanted = {word.lower() for word in typed} & known
    offered = {word for words in words_by_name if wanted <= set(words) for word in words}
    return sorted(word for word in offered - wanted if word.startswith(incomplete.lower()))


StyleWords = Annotated[
    list[str],
    typer.Argument(
        metavar="WORDS",
        help='In your own words: "chopin keyboard", "a slow waltz in A minor for cello and piano, about a minute".',
        autocompletion=complete_style_words,
        show_default=False,
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--formats",
        "-f",
        metavar="LIST",
        help=f"Any of {','.join(offered_formats())}, separated by commas.",
        autocompletion=complete_formats,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Folder for the files, made if need be.", show_default="out"),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, one line a piece, and nothing else.")]
