"""`notabot tree`: where a piece in a folder comes from and what was made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from bot.cli.options import Json, Out, client_language
from bot.cli.sources import FILE_OR_ID, find_source, records_in

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from bot.making.family import Family

MOST_SHOWN = 200
Records = dict[str, dict[str, Any]]


def tree(
    piece: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help=FILE_OR_ID, show_default=False)],
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Show the family of a piece: which pieces it comes from, which were made from it, and how.

    [bold]Examples[/bold]

      notabot tree k3f9

      notabot tree out/chopin_keyboard_20261121_142312_k3f9.abc --json
    """
    from bot.making.family import family_of
    from config.settings import load_settings

    folder = out or load_settings().out_dir
    source = find_source(piece, folder)
    beside = Path(piece).parent if Path(piece).exists() else folder
    records = records_in(beside) | {source.id: dict(source.record)}
    family = family_of(_parents(records), source.id, seen=set(records), most=MOST_SHOWN)
    if as_json:
        _print_json(family, records)
    else:
        _print_tree(family, records, source.id)


def _parents(records: Records) -> dict[str, str | None]:
    """Of each piece, and of those that only others know of: None."""
    from bot.store.lineage import parent_of

    parents: dict[str, str | None] = {}
    for id_, record in records.items():
        parent = parent_of(record)
        parent = None if parent == id_ else parent
        if parent is not None:
            parents.setdefault(str(parent), None)
        parents[id_] = parent
    return parents


def _print_tree(family: Family, records: Records, meant: str) -> None:
    from bot.commands.family import deed
    from bot.commands.wording import Facts
    from bot.texts import language_of, say
    from generator.catalogue.catalogue import load_catalogue

    catalogue, language = load_catalogue(), language_of(client_language())
    branches: list[Tree] = []
    for member in family.members:
        if member.is_seen:
            record = records[member.id]
            facts = Facts(record, catalogue)
            words = (member.id, facts.title(language), deed(record, facts, language))
            line = Text(" · ".join(filter(None, words)), style="bold" if member.id == meant else "")
        else:
            line = Text(f"{member.id} · {say('tree.gone', language)}", style="dim")
        branches.append(Tree(line) if member.parent is None else branches[member.parent].add(line))
    Console().print(branches[0])


def _print_json(family: Family, records: Records) -> None:
    """One object a line: id, parent, depth, title, file."""
    for member in family.members:
        record = records.get(member.id, {})
        parent = None if member.parent is None else family.members[member.parent].id
        row = {"id": member.id, "parent": parent, "depth": member.depth, "title": record.get("title")}
        print(json.dumps(row | {"name": record.get("name")}, ensure_ascii=False))  # noqa: T201
