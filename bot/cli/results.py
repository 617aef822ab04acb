"""How a finished piece is shown: its title, its files with their sizes, its report card; or one line of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from bot.errors import NotAllMade
from bot.making.files import WrittenFile, print_record
from bot.platforms.terminal.progress import size_in_words
from bot.texts import FALLBACK, explain, join, say
from renderers.errors import RenderError

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.files import Piece


def show_piece(piece: Piece, written: Iterable[WrittenFile], *, as_json: bool) -> None:
    """Print a piece to standard output."""
    if as_json:
        print(print_record(piece.record), flush=True)  # noqa: T201
        return
    record = piece.record
    named = " — ".join(filter(None, (record["title"], record["credit"])))
    show_text(f"{named}, seed {record['seed']}" if "seed" in record else named, style="bold")
    show_files(written)
    # Loaded here: every command imports this module, and most have nothing to do with the chats' wording.
    from bot.commands.wording import Facts
    from bot.making.kinds import kind_of
    from bot.texts.report import human_line, shared_line
    from generator.catalogue.catalogue import load_catalogue

    facts, kind = Facts(piece.record, load_catalogue()), kind_of(record)
    for line in (
        *(() if "seed" in record else (*kind.how_made(record, FALLBACK), *kind.recipe(record, FALLBACK))),
        facts.report(FALLBACK),
        human_line(facts.card, facts.style, FALLBACK),
        shared_line(facts.card, FALLBACK),
        facts.missing(FALLBACK),
        facts.not_of_this(FALLBACK),
        *facts.remarks(FALLBACK),
    ):
        if line:
            show_text(line)


def show_files(written: Iterable[WrittenFile]) -> None:
    """Print the list of files with their sizes to standard output."""
    for file in written:
        show_text(f"  {size_in_words(file.size_bytes):>8}  {file.path}")


def not_all_made(missing: Mapping[str, RenderError]) -> NotAllMade:
    """What to say about formats that could not be made. missing: the reason by format, at least one."""
    names = {name: say(f"format.{name}", FALLBACK) for name in missing}
    reasons = {name: explain(error, at_shell=True) for name, error in missing.items()}
    said = dict.fromkeys(reasons.values())
    why = next(iter(said)) if len(said) == 1 else " ".join(f"{names[name]}: {reasons[name]}" for name in missing)
    return NotAllMade(formats=join(names.values(), FALLBACK), why=why)


def show_text(line: str, *, style: str = "") -> None:
    """Print one line to standard output as it is: neither wrapped nor searched for markup."""
    Console().print(Text(line, style=style), soft_wrap=True)
